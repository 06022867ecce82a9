"""A tap on every socket of the process: what nodes say to each other, octet by octet.

Two nodes of one test speak over real sockets of this machine. What a browser asks of a node goes to
a server of its own port and is not counted: a teacher may see names, another machine may not.

Whom the process calls, and which programs it starts, is heard from the interpreter itself, whatever
library does it (PEP 578).
"""

import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest

from tests.nodes import Node

Octets: TypeAlias = bytes | bytearray | memoryview
Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | str
CALLING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
"""A socket, and where to; nothing where it is connected already. `connect_ex` is told as a call."""
LOOKING_UP = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
STARTING = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "os.spawn"})
BY_ITSELF = frozenset({"os.fork", "os.forkpty"})
"""A copy of this process with all that is open in it."""


@dataclass
class Tap:
    """What was sent by or to the nodes' own doors, by connection."""

    ports: frozenset[int]
    heard: dict[tuple[int, int, bool], bytearray] = field(default_factory=dict)
    dialled: set[str] = field(default_factory=set)
    """Hosts to which any socket of the process was to be connected or to send, and names that were
    looked up, by whatever code."""
    started: list[str] = field(default_factory=list)
    """The command lines of programs that were started, and `os.fork`."""

    def note(self, one: socket.socket, octets: bytes, *, received: bool = False) -> None:
        try:
            ends = one.getsockname()[1], one.getpeername()[1]
        except (OSError, IndexError, TypeError):
            return
        if self.ports & set(ends):
            self.heard.setdefault((*ends, received), bytearray()).extend(octets)

    def note_letter(self, one: socket.socket, octets: bytes, address: object) -> None:
        """What is sent without a connection: to whomever, nobody of the nodes listens to such."""
        own = one.getsockname()
        here = own[1] if isinstance(own, tuple) and len(own) > 1 else 0
        there = address[1] if isinstance(address, tuple) and len(address) > 1 else 0
        self.heard.setdefault((here, there, False), bytearray()).extend(octets)

    def hear(self, event: str, given: tuple[object, ...]) -> None:
        """What the interpreter tells of itself."""
        if event in CALLING:
            address = given[1] if len(given) > 1 else None
            if isinstance(address, tuple):
                self.dialled.add(_host(address[0]))
            elif address is not None:
                self.dialled.add(_host(address))
        elif event in LOOKING_UP:
            first = given[0] if given else ""
            self.dialled.add(_host(first[0] if isinstance(first, tuple) else first))
        elif event in STARTING:
            self.started.append(" ".join(_words(given)))
        elif event in BY_ITSELF:
            self.started.append(event)

    @property
    def octets(self) -> bytes:
        return b"\n".join(bytes(one) for one in self.heard.values())


_listening: list[Tap] = []


def _overhear(event: str, given: tuple[object, ...]) -> None:
    """For as long as the process lasts: such a hook cannot be taken away again."""
    for tap in tuple(_listening):
        tap.hear(event, given)


sys.addaudithook(_overhear)


def _host(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes | bytearray) else str(said)


def _words(given: Iterable[object]) -> Iterator[str]:
    """The program and its arguments; what it inherits is none of them."""
    for one in given:
        if isinstance(one, list | tuple):
            yield from map(str, one)
        elif isinstance(one, str | bytes):
            yield _host(one)


@contextmanager
def tapping(monkeypatch: pytest.MonkeyPatch, *nodes: Node) -> Iterator[Tap]:
    """As `tapping_ports`, of the doors of these nodes."""
    ports = frozenset(urlsplit(node.url).port or 0 for node in nodes)
    with tapping_ports(monkeypatch, ports) as tap:
        yield tap


@contextmanager
def tapping_ports(monkeypatch: pytest.MonkeyPatch, ports: frozenset[int]) -> Iterator[Tap]:
    """All that leaves a socket while the block lasts and concerns one of these ports.

    And all that arrives there: what the kernel sends from a file passes no call of a socket.
    """
    tap = Tap(ports)
    _listening.append(tap)
    try:
        with monkeypatch.context() as patched:
            _tap_sockets(tap, patched)
            yield tap
    finally:
        _listening.remove(tap)


def _tap_sockets(tap: Tap, patched: pytest.MonkeyPatch) -> None:
    send, sendmsg, sendall = socket.socket.send, socket.socket.sendmsg, socket.socket.sendall
    sendto: Callable[..., int] = socket.socket.sendto
    recv, recv_into = socket.socket.recv, socket.socket.recv_into

    def tapped_send(self: socket.socket, data: Octets, *more: int) -> int:
        sent = send(self, data, *more)
        tap.note(self, bytes(data)[:sent])
        return sent

    def tapped_sendall(self: socket.socket, data: Octets, *more: int) -> None:
        sendall(self, data, *more)
        tap.note(self, bytes(data))

    def tapped_sendto(self: socket.socket, data: Octets, *more: object) -> int:
        sent = sendto(self, data, *more)
        tap.note_letter(self, bytes(data)[:sent], more[-1])
        return sent

    def tapped_sendmsg(
        self: socket.socket,
        buffers: Iterable[Octets],
        ancillary: Sequence[tuple[int, int, Octets]] = (),
        flags: int = 0,
        address: Address | None = None,
    ) -> int:
        pieces = [bytes(one) for one in buffers]
        said = b"".join(pieces)
        if address is None:
            sent = sendmsg(self, pieces, ancillary, flags)
            tap.note(self, said[:sent])
        else:
            sent = sendmsg(self, pieces, ancillary, flags, address)
            tap.note_letter(self, said[:sent], address)
        return sent

    def tapped_recv(self: socket.socket, size: int, *more: int) -> bytes:
        octets = recv(self, size, *more)
        tap.note(self, octets, received=True)
        return octets

    def tapped_recv_into(self: socket.socket, buffer: bytearray | memoryview, *more: int) -> int:
        count = recv_into(self, buffer, *more)
        tap.note(self, bytes(memoryview(buffer)[:count]), received=True)
        return count

    patched.setattr(socket.socket, "recv", tapped_recv)
    patched.setattr(socket.socket, "recv_into", tapped_recv_into)
    patched.setattr(socket.socket, "send", tapped_send)
    patched.setattr(socket.socket, "sendall", tapped_sendall)
    patched.setattr(socket.socket, "sendto", tapped_sendto)
    patched.setattr(socket.socket, "sendmsg", tapped_sendmsg)
