"""Erasure: what a school signed it can take back, for ever, from everyone who has it.

A statement lists up to 32 operations of the signer's own node. Where files are among them it names
operations of other schools that say that they have the same bytes: nobody keeps a hash of what was
erased, so nobody could find them afterwards. It is effective from anyone who was
ever admitted, and stands outside the logs, so it outlives cuts, expulsion and forks: the set of
statements only grows. The headers stay, so that the chain still verifies. Everyone who gets a
statement owes its node a signed receipt.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import msgspec

from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.names import read_log
from protocol.space import statement as statements
from protocol.space import vocabulary as words
from protocol.space.apply import Judgement
from protocol.space.consent import Target
from protocol.space.control import State
from protocol.space.effects import Erase, StoreStatement
from protocol.space.fold.touched import touched
from protocol.space.known import KnownSpace
from protocol.space.operation import Header
from protocol.space.statement import Signed

PREFIX = b"schoolgate/erasure/1\n"
RECEIPT_PREFIX = b"schoolgate/receipt/1\n"
MAX_TARGETS = 32
Same: TypeAlias = tuple[str, str]
"""The ids of two operations, the erased one first."""
MAX_SAME = 32


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`node` erases the payloads of its own operations `targets`; `time` in ms. `same` are pairs of
    a target and another node's operation that names the same bytes."""

    v: int
    space: str
    node: str
    targets: tuple[Target, ...]
    time: int
    same: tuple[Same, ...] = ()


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`node` has dropped what the statement with the id `statement` names."""

    v: int
    space: str
    node: str
    statement: str
    time: int


@dataclass(frozen=True)
class Erasure:
    """A verified statement; only `open_statement` makes one."""

    signed: Signed
    said: Statement

    @property
    def id(self) -> str:
        return self.signed.id


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_SHAPE, sentence)


class _Item(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def header(self) -> Header: ...


def targets_for(node: str, operations: Iterable[_Item]) -> list[list[Target]]:
    """What to name in order to erase an object: every payload of `node` among its operations.

    In portions that each fit into one statement; none if there is nothing of that node.
    """
    targets = [
        (one.header.log, one.header.seq, one.id)
        for one in operations
        if one.header.node == node and one.header.payload_hash
    ]
    return [targets[at : at + MAX_TARGETS] for at in range(0, len(targets), MAX_TARGETS)]


def sign_statement(
    space: str,
    node: str,
    targets: Sequence[Target],
    *,
    time_ms: int,
    signer: Signer,
    same: Iterable[Same] = (),
) -> Signed:
    """A statement of the own node. Refuses with BAD_SHAPE what the others would refuse."""
    said = Statement(1, space, node, tuple(targets), time_ms, tuple(same))
    _check(said)
    return statements.seal(PREFIX, said, signer)


def sign_statements(
    space: str,
    node: str,
    targets: Sequence[Target],
    *,
    time_ms: int,
    signer: Signer,
    same: Iterable[Same] = (),
) -> list[Signed]:
    """Statements that erase all these operations of the own node, and say all of `same`: where
    there are more pairs than one has room for, others name the same targets again."""
    pairs = sorted(set(same))
    made = []
    for start in range(0, len(targets), MAX_TARGETS):
        portion = targets[start : start + MAX_TARGETS]
        mine = {target[2] for target in portion}
        fitting = [one for one in pairs if one[0] in mine]
        for first in range(0, max(1, len(fitting)), MAX_SAME):
            said = fitting[first : first + MAX_SAME]
            made.append(
                sign_statement(space, node, portion, time_ms=time_ms, signer=signer, same=said)
            )
    return made


def open_statement(signed: Signed, state: State) -> Erasure:
    """Verify a statement with the keys that its node ever had in this space.

    Refuses with BAD_SHAPE, NOT_FOUND (another space), UNKNOWN_KEY (never admitted) and
    BAD_SIGNATURE.
    """
    said = statements.peek(Statement, signed)
    _check(said)
    place = statements.check_member(PREFIX, signed, said.space, said.node, state)
    end = state.keys[said.node][place][0] + words.MAX_INCARNATIONS
    if any(int(target[0][35:]) >= end for target in said.targets):
        # Written under a later key, which may not have been heard of here: an old one, which may be
        # stolen, takes back what was signed with it and nothing that came afterwards.
        raise Refused(Reason.UNKNOWN_KEY, "this key was replaced before what it is to erase")
    return Erasure(signed, said)


def sign_receipt(
    space: str, node: str, statement_id: str, *, time_ms: int, signer: Signer
) -> Signed:
    """The own node's receipt for a statement whose targets it has dropped."""
    return statements.seal(RECEIPT_PREFIX, Receipt(1, space, node, statement_id, time_ms), signer)


def open_receipt(signed: Signed, state: State) -> Receipt:
    """Verify a receipt. Refuses as `open_statement`."""
    said = statements.peek(Receipt, signed)
    if said.v != 1 or not words.is_hash(said.statement) or not words.is_count(said.time):
        raise _bad("this is no receipt of version 1")
    statements.check_member(RECEIPT_PREFIX, signed, said.space, said.node, state)
    return said


def open_new_receipt(signed: Signed, state: State) -> Receipt:
    """As `open_receipt`, for one that was not kept before: it counts with the newest key of its
    node only. Refuses with REVOKED_KEY too."""
    said = open_receipt(signed, state)
    statements.check_present(RECEIPT_PREFIX, signed, said.space, said.node, state)
    return said


def _check(said: Statement) -> None:
    if said.v != 1 or not words.is_count(said.time) or not words.is_node(said.node):
        raise _bad("this is no erasure statement of version 1")
    if not 1 <= len(said.targets) <= MAX_TARGETS or len(set(said.targets)) < len(said.targets):
        raise _bad(f"a statement lists 1 to {MAX_TARGETS} different operations")
    _check_same(said)
    for log, seq, operation_id in said.targets:
        if not words.is_log(log) or not log.startswith("c/") or seq < 1:
            raise _bad("a target is [content log, seq, id]")
        if not words.is_hash(operation_id):
            raise _bad("a target is [content log, seq, id]")
        if read_log(log).node != said.node:
            raise Refused(Reason.NOT_OWNER, "a school erases only what its own node signed")


def _check_same(said: Statement) -> None:
    targets = {target[2] for target in said.targets}
    others = {other for _, other in said.same}
    if len(said.same) > MAX_SAME or len(set(said.same)) < len(said.same):
        raise _bad(f"same lists at most {MAX_SAME} different pairs")
    if not all(map(words.is_hash, others)) or targets & others:
        raise _bad("same is [a target, another school's operation]")
    if not {one for one, _ in said.same} <= targets:
        raise _bad("same begins with one of the targets")


def targets_of(batch: Iterable[Erasure]) -> frozenset[str]:
    """The ids to load into `KnownSpace.stored` before `judge_erasures`."""
    batch = list(batch)
    targets = {target[2] for one in batch for target in one.said.targets}
    return frozenset(targets | {other for one in batch for _, other in one.said.same})


def judge_erasures(
    batch: Iterable[Erasure], known: KnownSpace, stored_statements: frozenset[str]
) -> Judgement:
    """What statements erase. `stored_statements` are the ids of those stored before.

    A target that has not arrived is remembered, so that it never gets a payload; one that is
    another node's operation is not erased, whatever its log was said to be.
    """
    judgement = Judgement()
    seen = set(stored_statements)
    for one in batch:
        if one.id in seen:
            continue
        seen.add(one.id)
        node, signed = one.said.node, one.signed
        judgement.effects.append(
            StoreStatement(one.id, node, signed.octets, signed.signature, one.said.same)
        )
        for _, other in one.said.same:
            user = known.stored.get(other)
            if user is not None and (changed := touched(user.header)) is not None:
                judgement.touched.add(changed)
        for _, _, operation_id in one.said.targets:
            target = known.stored.get(operation_id)
            if target is not None and target.header.node != node:
                continue
            judgement.effects.append(Erase(node, operation_id, one.id))
            if target is not None and (changed := touched(target.header)) is not None:
                judgement.touched.add(changed)
    return judgement


def digest(statement_ids: Iterable[str]) -> str:
    """How two replicas compare one node's statements: SHA-256 of the sorted ids, line by line."""
    return b64(hashlib.sha256("\n".join(sorted(statement_ids)).encode()).digest())
