"""One school of the simulation: its keys, its replica, and what became of it."""

import hashlib
import random
from dataclasses import dataclass

from protocol.canonical import b64
from protocol.keys import Signer
from protocol.space import genesis
from protocol.space.control import State
from protocol.space.genesis import Founder
from protocol.space.operation import Operation
from tests.simulation.replica import Replica


class Chance(random.Random):
    """Seeded, and never the source of a real key."""


def name_of(text: str) -> str:
    """A name of 22 characters, the same for the same text."""
    return b64(hashlib.sha256(text.encode()).digest()[:16])


@dataclass
class School:
    """One school. `hostile`: whoever holds its keys wishes the others ill."""

    word: str
    replica: Replica
    incarnation: int = 0
    last: str = ""  # the last operation it wrote, as its state/tips file says
    backup: tuple[Replica, int, str] | None = None
    hostile: bool = False
    dead: bool = False  # for good
    left: bool = False  # by its own wish
    expelled: bool = False  # by somebody's wish
    unsure: set[str] | None = None  # after a restore: whom it has pulled from since
    restored: bool = False  # since it opened its present incarnation
    was_restored: bool = False  # ever
    thief: Signer | None = None  # the key that was stolen, once it has asked for another one
    settled_before: str = ""
    hidden_before: tuple[object, frozenset[str]] | None = None

    def __post_init__(self) -> None:
        self.node = self.node_of(self.word)
        self.signer = Signer.from_seed(hashlib.sha256(b"seed" + self.word.encode()).digest())
        self.former = self.signer
        self.teacher, self.pupil = name_of("teacher" + self.word), name_of("pupil" + self.word)
        self.founder = Founder(
            self.node, f"https://{self.word}.example/actor", self.signer.public.multikey
        )

    @staticmethod
    def node_of(word: str) -> str:
        return hashlib.sha256(word.encode()).hexdigest()[:32]

    @property
    def known_by(self) -> Signer:
        """The newest key that its replica knows: one that is to come back is not admitted yet."""
        state = self.replica.state
        admitted = {key for _, key in state.keys.get(self.node, ())} if state else set()
        return self.signer if self.signer.public.multikey in admitted else self.former

    @property
    def log(self) -> str:
        return f"c/{self.node}/{self.incarnation}"

    @property
    def state(self) -> State:
        assert self.replica.state is not None
        return self.replica.state

    @property
    def is_member(self) -> bool:
        return self.replica.state is not None and self.node in self.replica.state.members


def found(one: School, other: School, now_ms: int) -> Operation:
    pair, salt = (one.founder, other.founder), name_of("salt")
    signature = genesis.sign(pair, salt, other.signer)
    return genesis.write_genesis(pair, salt, signature, time_ms=now_ms, signer=one.signer)
