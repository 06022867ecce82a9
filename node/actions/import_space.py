"""Bringing in a space from a file: everything in it is judged as if a stranger had sent it.

A node that has a replica of the space takes what it lacks; one that has none keeps an archive that
can be read and never changed. What was taken back, here or by the file's own word, is obeyed before
the first text is read, so that nothing of it comes back.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from node.actions import absorb, erase, fetch_blobs, refold, replica, restore, votes
from node.actions.context import MIB, Context
from node.actions.permission import By, require_admin
from node.storage import accounts, blobs, control, erasures, meta, operations, space_file, spaces
from node.storage.database import Transaction
from node.storage.space_file import SpaceReader
from node.storage.spaces import Space
from protocol import names
from protocol.canonical import b64, unb64
from protocol.errors import Reason, Refused
from protocol.space import erasure, operation, statement, succession, sync
from protocol.space.blobs import name_of
from protocol.space.control import State, start
from protocol.space.effects import PutPayload, StoreOperation
from protocol.space.evidence import open_acknowledgement
from protocol.space.genesis import open_genesis
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.vocabulary import is_hash

T = TypeVar("T")
AT_ONCE = sync.MAX_BATCH_OPERATIONS
WRONG = frozenset({Reason.BAD_SIGNATURE, Reason.BAD_OPERATION, Reason.BAD_KEY, Reason.NOT_FOUND})
"""Whoever made a file with such an entry had not verified it: nothing more of it is taken."""


@dataclass
class Brought:
    """What came of a file. `passed` counts entries that this replica keeps nothing of: beyond a
    fork or a cut, of logs that nobody admitted, or after something that is missing."""

    space: str
    archive: bool
    operations: int = 0
    payloads: int = 0
    files: int = 0
    erased: int = 0
    passed: int = 0


async def import_file(context: Context, by: By, file: Path, readers: Sequence[str]) -> Brought:
    """Take in the space of `file`; `readers` are those here who may read an archive.

    Refuses with NOT_ALLOWED, BAD_INPUT a file that is none or a reader who is nobody here,
    BAD_SIGNATURE and its like what is forged in it, STORAGE_FULL. What was verified until then
    stays: it is as good as if a partner had sent it.
    """
    require_admin(by)
    with space_file.reading(file) as source:
        bringing = await _begin(context, source, readers)
        await bringing.take_control()
        await bringing.take_erasures()
        await bringing.take_content()
        await bringing.take_words()
        await bringing.take_bytes()
    await refold.catch_up(context, bringing.brought.space)
    async with context.database.read() as reader:
        kept = await spaces.get(reader, bringing.brought.space)
    if not kept.ended:
        await replica.tell(context, kept.id)
    context.wake.notify(fetch_blobs.TOPIC)
    return bringing.brought


async def _begin(context: Context, source: SpaceReader, readers: Sequence[str]) -> "_Bringing":
    """Open the replica if there is none. Refuses as `import_file`."""
    space = source.about.space
    if not is_hash(space):
        raise _wrong("about.json names no space")
    async with context.database.write() as transaction:
        numbers = [await _find_reader(transaction, handle) for handle in readers]
        kept = await spaces.find(transaction, space)
        if kept is None:
            kept = await _open_archive(context, transaction, source, space)
        if kept.ended == "archive":
            for number in numbers:
                await spaces.put_reader(transaction, space, number)
        elif numbers:
            raise Refused(
                Reason.BAD_INPUT,
                "this node has a replica of the space, which its teachers read; name no readers",
            )
    return _Bringing(context, source, Brought(space, kept.ended == "archive"))


async def _find_reader(transaction: Transaction, handle: str) -> int:
    account = await accounts.find_by_handle(transaction, handle)
    if account is None or account.state != "active":
        raise Refused(
            Reason.BAD_INPUT, f"nobody here is called {handle}; see: schoolgate user list"
        )
    return account.id


async def _open_archive(
    context: Context, transaction: Transaction, source: SpaceReader, space: str
) -> Space:
    """A row for a space of which this node keeps nothing: it begins with the genesis."""
    firsts = [
        one
        for log in sorted(source.logs)
        if log.startswith("k/") and log.endswith("/0")
        for one in _first(source, log)
        if one.id == space
    ]
    if not firsts:
        raise _wrong("its genesis is missing")
    genesis = open_genesis(firsts[0])
    now_ms = context.now_ms()
    # An own address that leads nowhere: the file's word on its project is worth nothing here.
    project = names.project_id(context.base, b64(unb64(space)[:16]))
    kept = Space(
        space,
        project,
        await meta.get(transaction, "node"),
        replica.space_key_id(project),
        start(genesis),
        now_ms,
        now_ms,
        "",
    )
    await spaces.put(transaction, kept)
    await spaces.put_ended(transaction, space, "archive", now_ms)
    judgement = await absorb.absorb(context, transaction, space, [genesis.operation])
    replica.require_kept(judgement)
    return replace(kept, ended="archive")


def _first(source: SpaceReader, log: str) -> Iterator[Operation]:
    """The first operation of a log."""
    line = next(source.lines(source.logs[log]), None)
    if line is not None:
        yield operation.read(line)


@dataclass
class _Bringing:
    """One file on its way into one replica."""

    context: Context
    source: SpaceReader
    brought: Brought

    async def take_control(self) -> None:
        """Epoch by epoch, then the votes and what was acknowledged elsewhere."""
        for log in sorted(self.source.logs, key=_order):
            if log.startswith("k/"):
                await self._take_log(log)
        async for page in self._pages("votes", statement.read):
            async with self.context.database.write() as transaction:
                kept = await spaces.get(transaction, self.brought.space)
                known = [one for one in page if self._is_of_a_member(one, kept.state)]
                await votes.count(self.context, transaction, kept, known)

    def _is_of_a_member(self, one: Signed, state: State) -> bool:
        """Whether a key that is known here signed a vote; what a lost branch admitted is passed
        over, as is what nobody admitted signed. Refuses what is no vote of this space."""
        try:
            succession.open_vote(one, state)
        except Refused as refused:
            if refused.reason not in {Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE}:
                raise
            self.brought.passed += 1
            return False
        return True

    async def take_erasures(self) -> None:
        """What is to be nowhere, by this node's own memory and by the file."""
        await restore.obey_again(self.context, self.context.folder)
        async for page in self._pages("erasures", statement.read):
            async with self.context.database.write() as transaction:
                kept = await spaces.get(transaction, self.brought.space)
                known = await erasures.list_known(transaction, kept.id, [one.id for one in page])
                fresh = [one for one in page if one.id not in known]
                opened = [one for one in fresh if self._is_of_somebody(one, kept.state)]
                if opened:
                    # A member owes its receipt whichever way it heard of it; an archive gives none.
                    await erase.obey(self.context, transaction, kept, opened)
                self.brought.erased += len(opened)

    def _is_of_somebody(self, one: Signed, state: State) -> bool:
        """Whether a statement's school is known here; what a lost branch admitted is passed over.
        Refuses what is forged."""
        try:
            erasure.open_statement(one, state)
        except Refused as refused:
            if refused.reason is not Reason.UNKNOWN_KEY:
                raise
            self.brought.passed += 1
            return False
        return True

    async def take_content(self) -> None:
        for log in sorted(self.source.logs, key=_order):
            if not log.startswith("k/"):
                await self._take_log(log)

    async def take_words(self) -> None:
        """Receipts; and what was acknowledged by operations that are in no log here."""
        async for page in self._pages("receipts", statement.read):
            async with self.context.database.write() as transaction:
                kept = await spaces.get(transaction, self.brought.space)
                passed = await erase.keep_receipts(self.context, transaction, kept, page)
                self.brought.passed += len(passed)
        async for evidence in self._pages("acknowledgements", operation.read):
            async with self.context.database.write() as transaction:
                await self._take_evidence(transaction, evidence)

    async def _take_evidence(self, transaction: Transaction, page: list[Operation]) -> None:
        kept = await spaces.get(transaction, self.brought.space)
        stored = await operations.list_stored(transaction, kept.id, [one.id for one in page])
        for one in page:
            try:
                said = open_acknowledgement(one, kept.state)
            except Refused as refused:
                if refused.reason is not Reason.UNKNOWN_KEY:
                    raise
                self.brought.passed += 1
                continue
            evidence = None if one.id in stored else one
            await control.put_acknowledgement(transaction, kept.id, said, evidence)
        await absorb.steer(self.context, transaction, kept.id)

    async def _take_log(self, log: str) -> None:
        lines = self.source.lines(self.source.logs[log])
        async for batch in _in_batches(lines, operation.read):
            for one in batch:
                if one.header.log != log:
                    raise _wrong(f"the file of {log} holds an entry of another log")
                if one.id != self.brought.space and one.header.space != self.brought.space:
                    raise _wrong(f"{log} holds an entry of another space")
            await self._take(log, batch)

    async def _take(self, log: str, batch: list[Operation]) -> None:
        """Judge and keep a batch. Refuses at the first forged entry, and names it."""
        async with self.context.database.write() as transaction:
            judgement = await absorb.absorb(self.context, transaction, self.brought.space, batch)
            wrong = next((one for one in judgement.refused if one.reason in WRONG), None)
            if wrong is not None:
                raise Refused(
                    wrong.reason, f"{log} holds a forged entry {wrong.id}: {wrong.detail}"
                )
        kept = sum(isinstance(one, StoreOperation) for one in judgement.effects)
        self.brought.operations += kept
        self.brought.payloads += sum(isinstance(one, PutPayload) for one in judgement.effects)
        self.brought.passed += len(judgement.refused) + len(judgement.passed_over)

    async def take_bytes(self) -> None:
        """The bytes that a payload here names and that are away; nothing else is even unpacked."""
        async with self.context.database.read() as reader:
            missing = {
                sha256
                for space, sha256 in await blobs.list_missing(reader)
                if space == self.brought.space
            }
        for digits, entry in sorted(self.source.files.items()):
            sha256 = name_of(bytes.fromhex(digits))
            if sha256 in missing:
                await self._take_bytes(sha256, entry)

    async def _take_bytes(self, sha256: str, entry: str) -> None:
        context = self.context
        size = self.source.size_of(entry)
        most_mib = context.settings.files.video_mib
        if size > most_mib * MIB:
            raise _wrong(f"{entry} is larger than {most_mib} MiB, the setting files.video_mib")
        async with context.database.read() as reader:
            await fetch_blobs.require_space_room(context, reader, self.brought.space, size)
        await asyncio.to_thread(context.shelf.check_room, size)
        part = context.shelf.part_of("import", self.brought.space, sha256)
        try:
            found = await asyncio.to_thread(self._unpack, entry, part, size)
            if found != sha256:
                raise Refused(Reason.BAD_DIGEST, f"{entry} does not hold what its name says")
            async with context.database.read() as reader:
                blob = await blobs.find(reader, self.brought.space, sha256)
            if blob is not None:
                await fetch_blobs.keep(context, blob, part)
                self.brought.files += 1
        finally:
            context.shelf.forget(part)

    def _unpack(self, entry: str, part: Path, size: int) -> str:
        digest = hashlib.sha256()
        written = 0
        with self.context.shelf.append_to(part, 0) as stream:
            for piece in self.source.pieces(entry):
                written += len(piece)
                if written > size:
                    raise _wrong(f"{entry} unpacks to more than it says")
                digest.update(piece)
                stream.write(piece)
        return name_of(digest.digest())

    async def _pages(self, kind: str, read: Callable[[bytes], T]) -> AsyncIterator[list[T]]:
        name = f"replica/{kind}.ndjson"
        if name in self.source.texts:
            async for page in _in_batches(self.source.lines(name), read):
                yield page


async def _in_batches(lines: Iterator[bytes], read: Callable[[bytes], T]) -> AsyncIterator[list[T]]:
    """What the lines say, some at a time. Refuses as `read`."""
    while batch := await asyncio.to_thread(_read_some, lines, read):
        yield batch


def _read_some(lines: Iterator[bytes], read: Callable[[bytes], T]) -> list[T]:
    """As many as travel together, and at least one."""
    batch: list[T] = []
    octets = 0
    for line in lines:
        batch.append(read(line))
        octets += len(line)
        if len(batch) == AT_ONCE or octets > sync.MAX_BATCH_BYTES:
            break
    return batch


def _order(log: str) -> tuple[int, str]:
    return int(log.rpartition("/")[2]), log


def _wrong(how: str) -> Refused:
    return Refused(Reason.BAD_INPUT, f"this is no sound file of a space: {how}")
