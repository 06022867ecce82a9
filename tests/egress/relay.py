"""A road to a process of its own, which hears every octet in both directions."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

AT_ONCE = 65_536


@dataclass
class Relay:
    """Who asks at one port is led to another one of the same host."""

    host: str
    port: int
    to_port: int
    heard: list[bytes] = field(default_factory=list)
    leading: list[threading.Thread] = field(default_factory=list)
    once: Callable[[bool], bool] | None = None
    """Called with each piece, whether it is an answer, before it is handed on, until it is true."""

    @property
    def octets(self) -> bytes:
        return b"".join(self.heard)

    def carry(self, source: socket.socket, target: socket.socket, *, is_answer: bool) -> None:
        said: list[bytes] = []
        with suppress(OSError):
            while piece := source.recv(AT_ONCE):
                said.append(piece)
                once = self.once
                if once is not None and once(is_answer):
                    self.once = None
                target.sendall(piece)
        # Each direction of each connection in one piece: what was cut in two is found.
        self.heard.append(b"".join(said) + b"\n")
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def lead(self, asking: socket.socket, there: socket.socket) -> None:
        """Both directions of a connection, until either end is gone."""
        with asking, there:
            back = threading.Thread(
                target=self.carry, args=(there, asking), kwargs={"is_answer": True}, daemon=True
            )
            back.start()
            self.carry(asking, there, is_answer=False)
            back.join()

    def serve(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                asking, _ = door.accept()
                try:
                    there = socket.create_connection((self.host, self.to_port), timeout=5)
                    there.settimeout(None)
                except OSError:
                    asking.close()
                    continue
                self.leading.append(_begin(self.lead, asking, there))


@contextmanager
def relaying(host: str, port: int, to_port: int) -> Iterator[Relay]:
    """A relay for as long as the block lasts; the connections end with their processes."""
    relay = Relay(host, port, to_port)
    with socket.create_server((host, port)) as door:
        relay.leading.append(_begin(relay.serve, door))
        try:
            yield relay
        finally:
            door.shutdown(socket.SHUT_RDWR)
            for one in relay.leading:
                one.join()


def _begin(work: Callable[..., None], *given: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=given, daemon=True)
    thread.start()
    return thread
