"""A made-up space: schools with keys of their own, and what they write, every signature real.

Operations come out in an order in which each can be stored. The mix is that of a lively project:
of ten, one opens a thread, six reply, two write blocks of a page, one tells news.
"""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from node.actions import absorb, found, refold, replica, spaces
from node.actions.context import Context
from node.storage import accounts
from node.storage import spaces as rows
from node.storage.accounts import Account
from node.storage.spaces import Space
from protocol import names
from protocol.canonical import b64
from protocol.keys import Signer
from protocol.space import consent, genesis, writing
from protocol.space.genesis import Founder, Genesis
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, payload, write
from protocol.space.vocabulary import Role, reference
from protocol.space.writing import By, Place

T = TypeVar("T")
BATCH = 500
TEXT = "We counted storks with our class this morning and share the numbers with you. " * 3
BLOCKS_A_PAGE = 100
REPLIES_A_THREAD = 50
_ORDER = "h{:08d}"


def in_batches(source: Iterator[T], size: int = BATCH) -> Iterator[list[T]]:
    """The same, some at a time."""
    while batch := list(islice(source, size)):
        yield batch


@dataclass
class MadeSchool:
    """A member school as the others know it: entry, key, one teacher, the end of its log."""

    founder: Founder
    signer: Signer
    teacher: str
    head: LogHead
    pages: list[str] = field(default_factory=list)
    thread: str = ""

    @classmethod
    def made_up(cls, number: int) -> "MadeSchool":
        """A school without a node: nobody answers at its address."""
        seed = hashlib.sha256(f"school {number}".encode()).digest()
        signer = Signer.from_seed(seed)
        actor = names.service_actor_id(f"http://127.0.0.1:{number + 1}")
        return cls.of(Founder(seed.hex()[:32], actor, signer.public.multikey), signer)

    @classmethod
    def of(cls, founder: Founder, signer: Signer) -> "MadeSchool":
        teacher = name_of(f"teacher of {founder.node}")
        return cls(founder, signer, teacher, LogHead(f"c/{founder.node}/0"))


def name_of(word: str) -> str:
    """A name that looks random and is the same for the same word."""
    return b64(hashlib.sha256(word.encode()).digest()[:16])


@dataclass
class MadeSpace:
    """A space that the first two schools found, and all others join."""

    project: str
    genesis: Genesis
    schools: Sequence[MadeSchool]
    now_ms: int
    control: list[Operation]
    numbers: Iterator[int] = field(default_factory=itertools.count)
    said: int = 0
    """How much was said: a millisecond for each, as no two things happen at once."""

    @property
    def id(self) -> str:
        return self.genesis.space

    def introduce(self) -> Iterator[Operation]:
        """Every school declares its teacher."""
        for one in self.schools:
            header = writing.role(self.place(one), one.teacher, Role.TEACHER)
            said = payload({"name": "Ana Reis"}, "en", self.salt())
            yield self.written(one, header, said)

    def write(self, count: int, among: Sequence[MadeSchool] = ()) -> Iterator[Operation]:
        """So many contributions, school after school in turn."""
        turn = itertools.cycle(among or self.schools)
        for number in range(count):
            yield self._contribute(next(turn), number // len(among or self.schools))

    def _contribute(self, one: MadeSchool, number: int) -> Operation:
        by, name = By(one.teacher), name_of(f"{one.founder.node} {next(self.numbers)}")
        place, step = self.place(one), number % 10
        if step == 0 and (not one.thread or number % REPLIES_A_THREAD == 0):
            one.thread = reference(one.founder.node, name)
            said = payload({"title": "Storks", "text": TEXT}, "en", self.salt())
            return self.written(one, writing.thread(place, by, name), said)
        if step in {3, 7}:
            return self.written(one, *self._block(one, place, by, name, number))
        said = payload({"text": TEXT}, "en", self.salt())
        if step == 9:
            header = writing.update(place, by, name, audience="members")
        else:
            header = writing.reply(place, by, name, thread_=one.thread)
        return self.written(one, header, said)

    def _block(
        self, one: MadeSchool, place: Place, by: By, name: str, number: int
    ) -> tuple[Header, str]:
        if number // 5 % BLOCKS_A_PAGE == 0:
            one.pages.append(reference(one.founder.node, name))
            said = payload({"title": "Our storks"}, "en", self.salt())
            return writing.create(place, by, name, "page", order=_ORDER.format(number)), said
        order = _ORDER.format(number)
        header = writing.create(place, by, name, "block", inside=one.pages[-1], order=order)
        return header, payload({"block": "paragraph", "text": TEXT}, "en", self.salt())

    def place(self, one: MadeSchool) -> Place:
        return Place(self.id, one.head, self.control[-1].id, self.now_ms + self.said)

    def written(self, one: MadeSchool, header: Header, said: str) -> Operation:
        operation = write(header, said, one.signer)
        one.head = LogHead(one.head.log, header.seq, operation.id, header.time)
        self.said += 1
        return operation

    def salt(self) -> bytes:
        return next(self.numbers).to_bytes(16, "big")


def make(project: str, schools: Sequence[MadeSchool], now_ms: int) -> MadeSpace:
    """A space of these schools. The first writes the control log."""
    one, other = schools[0], schools[1]
    salt = b64(bytes(16))
    founders = (one.founder, other.founder)
    signature = genesis.sign(founders, salt, other.signer)
    begun = genesis.write_genesis(founders, salt, signature, time_ms=now_ms, signer=one.signer)
    chain = [begun]
    head = LogHead(begun.header.log, 1, begun.id, now_ms)
    for school in schools[2:]:
        candidate = school.founder
        args: dict[str, object] = {
            **candidate.as_json(),
            "incarnation": 0,
            "invite": consent.sign_invitation(
                begun.id, candidate.node, candidate.actor, one.signer
            ),
            "acceptance": consent.sign_acceptance(begun.id, candidate, school.signer),
        }
        admitted = write(
            Place(begun.id, head, "", now_ms).header("Admit", args=args), None, one.signer
        )
        chain.append(admitted)
        head = LogHead(head.log, admitted.header.seq, admitted.id, now_ms)
    return MadeSpace(project, genesis.open_genesis(begun), schools, now_ms, chain)


async def enter(context: Context, project: str) -> MadeSchool:
    """A real node as a member to be: its own entry, and its own space key."""
    async with context.database.write() as transaction:
        entry, _ = await found.propose_founder(context, transaction, project)
        key_id = replica.space_key_id(project)
        return MadeSchool.of(entry, await replica.get_signer(context, transaction, key_id))


async def open_replica(context: Context, space: MadeSpace, node: str) -> Space:
    """Begin the space at a node with its control log; nothing is written there yet."""
    async with context.database.write() as transaction:
        opened = await replica.open_replica(
            context, transaction, space.project, space.genesis, node
        )
        if space.control[1:]:
            judgement = await absorb.absorb(context, transaction, space.id, space.control[1:])
            replica.require_kept(judgement)
        await replica.make_due(context, transaction, space.id)
    return opened


async def keep(context: Context, space: MadeSpace, source: Iterator[Operation]) -> int:
    """Put operations through the real judge in batches, as if a partner had sent them, and show
    them; how many."""
    kept = 0
    for batch in in_batches(source):
        async with context.database.write() as transaction:
            judgement = await absorb.absorb(context, transaction, space.id, batch)
            replica.require_kept(judgement)
        kept += len(batch)
    await refold.catch_up(context, space.id)
    return kept


async def seat(context: Context, space: MadeSpace) -> Account:
    """The administrator of a node, as a teacher of its school in the space."""
    async with context.database.write() as transaction:
        account = await accounts.find_by_handle(transaction, "admin")
        if account is None:
            raise LookupError("this node has no administrator")
        kept = await rows.get(transaction, space.id)
        await spaces.declare(context, transaction, kept, account, Role.TEACHER)
    return account
