"""A tap on every socket of the process: what nodes say to each other, octet by octet.

Two nodes of one test speak over real sockets of this machine. What a browser asks of a node goes to
a server of its own port and is not counted: a teacher may see names, another machine may not.
"""

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest

from tests.nodes import Node

Octets: TypeAlias = bytes | bytearray | memoryview


@dataclass
class Tap:
    """What was sent by or to the nodes' own doors, by connection."""

    ports: frozenset[int]
    heard: dict[tuple[int, int], bytearray] = field(default_factory=dict)

    def note(self, one: socket.socket, octets: bytes) -> None:
        try:
            ends = one.getsockname()[1], one.getpeername()[1]
        except (OSError, IndexError, TypeError):
            return
        if self.ports & set(ends):
            self.heard.setdefault(ends, bytearray()).extend(octets)

    @property
    def octets(self) -> bytes:
        return b"\n".join(bytes(one) for one in self.heard.values())


@contextmanager
def tapping(monkeypatch: pytest.MonkeyPatch, *nodes: Node) -> Iterator[Tap]:
    """All that leaves a socket while the block lasts and concerns a door of these nodes."""
    tap = Tap(frozenset(urlsplit(node.url).port or 0 for node in nodes))
    send, sendmsg, sendall = socket.socket.send, socket.socket.sendmsg, socket.socket.sendall

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

    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "send", tapped_send)
        patched.setattr(socket.socket, "sendall", tapped_sendall)
        patched.setattr(socket.socket, "sendmsg", tapped_sendmsg)
        yield tap
