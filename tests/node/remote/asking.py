"""A client as tests use it: its clock stands still, and it may ask this machine."""

from node.clock import SystemChance
from node.remote.client import Client, Identity
from node.remote.guard import Guard
from protocol.keys import Signer

NOW_MS = 1_800_000_000_000
ALICE = Identity("https://home.example/people/alice#ed25519-key", Signer.from_seed(b"\1" * 32))


class StillClock:
    def now_ms(self) -> int:
        return NOW_MS


def make_client(timeout_s: float = 5.0, guard: Guard | None = None) -> Client:
    return Client(
        guard or Guard(True), StillClock(), SystemChance(), version="0.1.0", timeout_s=timeout_s
    )
