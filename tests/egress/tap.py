"""A tap on every socket of the process: what nodes say to each other, octet by octet.

Two nodes of one test speak over real sockets of this machine. What a browser asks of a node goes to
a server of its own port and is not counted: a teacher may see names, another machine may not.
"""

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest

from tests.nodes import Node

Octets: TypeAlias = bytes | bytearray | memoryview
Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | str


@dataclass
class Tap:
    """What was sent by or to the nodes' own doors, by connection."""

    ports: frozenset[int]
    heard: dict[tuple[int, int, bool], bytearray] = field(default_factory=dict)
    dialled: set[str] = field(default_factory=set)
    """Hosts to which any socket of the process was to be connected, and names that were looked up,
    by whatever code."""

    def note(self, one: socket.socket, octets: bytes, *, received: bool = False) -> None:
        try:
            ends = one.getsockname()[1], one.getpeername()[1]
        except (OSError, IndexError, TypeError):
            return
        if self.ports & set(ends):
            self.heard.setdefault((*ends, received), bytearray()).extend(octets)

    @property
    def octets(self) -> bytes:
        return b"\n".join(bytes(one) for one in self.heard.values())


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
    send, sendmsg, sendall = socket.socket.send, socket.socket.sendmsg, socket.socket.sendall

    recv, recv_into = socket.socket.recv, socket.socket.recv_into
    connect = socket.socket.connect
    look_up: Callable[..., Sequence[object]] = socket.getaddrinfo

    def tapped_connect(self: socket.socket, address: Address) -> None:
        tap.dialled.add(address if isinstance(address, str) else str(address[0]))
        connect(self, address)

    def tapped_look_up(host: object, *more: object, **named: object) -> Sequence[object]:
        tap.dialled.add(str(host))
        return look_up(host, *more, **named)

    def tapped_send(self: socket.socket, data: Octets, *more: int) -> int:
        sent = send(self, data, *more)
        tap.note(self, bytes(data)[:sent])
        return sent

    def tapped_sendall(self: socket.socket, data: Octets, *more: int) -> None:
        sendall(self, data, *more)
        tap.note(self, bytes(data))

    def tapped_sendmsg(self: socket.socket, buffers: Iterable[Octets]) -> int:
        pieces = [bytes(one) for one in buffers]
        sent = sendmsg(self, pieces)
        tap.note(self, b"".join(pieces)[:sent])
        return sent

    def tapped_recv(self: socket.socket, size: int, *more: int) -> bytes:
        octets = recv(self, size, *more)
        tap.note(self, octets, received=True)
        return octets

    def tapped_recv_into(self: socket.socket, buffer: bytearray | memoryview, *more: int) -> int:
        count = recv_into(self, buffer, *more)
        tap.note(self, bytes(memoryview(buffer)[:count]), received=True)
        return count

    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "connect", tapped_connect)
        patched.setattr(socket, "getaddrinfo", tapped_look_up)
        patched.setattr(socket.socket, "recv", tapped_recv)
        patched.setattr(socket.socket, "recv_into", tapped_recv_into)
        patched.setattr(socket.socket, "send", tapped_send)
        patched.setattr(socket.socket, "sendall", tapped_sendall)
        patched.setattr(socket.socket, "sendmsg", tapped_sendmsg)
        yield tap
