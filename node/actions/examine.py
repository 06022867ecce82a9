"""Is a replica what its operations say: every byte, signature and view of a space looked at again.

Nothing is changed. A log is held in memory at a time, and a page of payloads.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from node.actions import load, refold
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import (
    blobs,
    carried,
    descendants,
    home_files,
    operations,
    pages,
    shown,
    spaces,
    views,
)
from node.storage import proposals as proposal_rows
from node.storage.carried import Lying, LyingStatement
from node.storage.database import Reader
from node.storage.home_files import HomeFile
from node.storage.shelf import digest_of
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import (
    descriptor,
    erasure,
    evidence,
    examination,
    operation,
    recheck,
    succession,
)
from protocol.space.authority import Void, home_of
from protocol.space.blobs import name_of, named_in
from protocol.space.examination import Keys
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.genesis import open_genesis
from protocol.space.known import Stored, incarnation_before
from protocol.space.operation import Header

MAX_TROUBLES = 100
OBJECTS_AT_ONCE = 200


@dataclass
class Findings:
    """What was looked at, and in sentences what is wrong; `more` counts those beyond the first."""

    logs: int = 0
    operations: int = 0
    payloads: int = 0
    blobs: int = 0
    statements: int = 0
    receipts: int = 0
    votes: int = 0
    objects: int = 0
    troubles: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, trouble: str) -> None:
        if len(self.troubles) < MAX_TROUBLES:
            self.troubles.append(trouble)
        else:
            self.more += 1


async def examine(context: Context, by: By, space: str) -> Findings:
    """Look at everything that this node keeps of a space. Refuses with NOT_FOUND."""
    require_admin(by)
    await refold.catch_up(context, space)
    async with context.database.read() as reader:
        return await look_at(context, reader, space)


async def look_at(context: Context, reader: Reader, space: str) -> Findings:
    """The same over one view of the database. Refuses with NOT_FOUND."""
    kept = await spaces.find(reader, space)
    if kept is None:
        raise Refused(Reason.NOT_FOUND, f"There is no space {space}; see: schoolgate space list")
    look = _Look(context, reader, kept, Findings())
    await look.at_everything()
    return look.found


@dataclass
class _Look:
    """One look at one space, over one consistent view of the database."""

    context: Context
    reader: Reader
    space: Space
    found: Findings
    erased: set[tuple[str, str, str]] = field(default_factory=set)
    gone: set[tuple[str, str]] = field(default_factory=set)
    references: set[tuple[str, str]] = field(default_factory=set)
    at_home: dict[tuple[str, str], HomeFile] = field(default_factory=dict)

    async def at_everything(self) -> None:
        keys = await self._read_control()
        if keys is None:
            return
        self.erased = await carried.list_erased(self.reader, self.space.id)
        self.gone = {(node, op) for node, op, _ in self.erased}
        self.at_home = await home_files.list_of_space(self.reader, self.space.id)
        for log in await carried.list_logs(self.reader, self.space.id):
            with self._troubles(log):
                await self._look_at_log(keys, log)
        with self._troubles("the control log"):
            await self._look_at_chains()
        with self._troubles("statements"):
            await self._look_at_statements()
        kept = await carried.list_references(self.reader, self.space.id)
        for op, sha256 in sorted(kept ^ self.references):
            self.found.add(f"operation {op}: what it says of the bytes {sha256} is not noted right")
        await self._look_at_blobs()
        with self._troubles("what is shown"):
            await self._look_at_views()

    @contextmanager
    def _troubles(self, what: str) -> Iterator[None]:
        """What is so damaged that it cannot be read is one trouble more, and the rest goes on."""
        try:
            yield
        except (Refused, msgspec.MsgspecError, KeyError, ValueError) as error:
            self.found.add(f"{what} cannot be read ({type(error).__name__})")

    async def _read_control(self) -> Keys | None:
        """The whole control tree; None where there is no genesis to begin with."""
        entries: dict[str, Header] = {}
        for log in await carried.list_logs(self.reader, self.space.id):
            if not log.startswith("k/"):
                break
            async for page in carried.walk(self.reader, self.space.id, log):
                for one in page:
                    opened = self._open(one)
                    if opened is not None and opened.id != self.space.id:
                        entries[opened.id] = opened.header
        try:
            genesis = open_genesis(await operations.get(self.reader, self.space.id, self.space.id))
            keys = Keys(genesis, entries)
        except (Refused, LookupError, msgspec.MsgspecError):
            self.found.add("the genesis is missing or damaged")
            return None
        if self.space.pin is not None:
            try:
                at_pin = keys.tail.state_at(self.space.settled)
            except KeyError:
                at_pin = None
            if at_pin != self.space.pin:
                self.found.add("what is settled is not what the control log says")
        return keys

    def _open(self, one: Lying) -> operation.Operation | None:
        try:
            return operation.read_again(one.header, one.signature, one.payload)
        except Refused:
            return None

    async def _look_at_log(self, keys: Keys, log: str) -> None:
        self.found.logs += 1
        entries: dict[str, Stored] = {}
        async for page in carried.walk(self.reader, self.space.id, log):
            for one in page:
                self.found.operations += 1
                try:
                    entries[one.id] = self._look_at_operation(keys, one, entries)
                except Refused as refused:
                    self.found.add(f"{log} number {one.seq} ({one.id}): {refused.detail}")
        if log.startswith("c/"):
            await self._recheck(log, entries)

    def _look_at_operation(self, keys: Keys, one: Lying, entries: dict[str, Stored]) -> Stored:
        opened = operation.read_again(one.header, one.signature, one.payload)
        header = opened.header
        if opened.id != one.id:
            raise _bad("its id is not the hash of its header")
        if opened.id != self.space.id and header.space != self.space.id:
            raise _bad("it belongs to another space")
        home, named = home_of(header), (header.log, header.seq, header.object)
        if (one.log, one.seq, one.object) != named or one.home != home:
            raise _bad("it lies under another name than its header states")
        before = entries.get(header.prev)
        examination.check_place(header, None if before is None else before.header)
        keys.check(opened, self.space.state)
        is_gone = (header.node, one.id) in self.gone
        if is_gone and one.payload is not None:
            raise _bad("its payload was erased and is still here")
        lacks = header.payload_hash != "" and one.payload is None
        # Of what was erased before it came, nothing is to come, whatever its row says.
        if one.lacks != lacks and not is_gone:
            raise _bad("whether its payload is still to come is not noted right")
        if one.payload is not None:
            self.found.payloads += 1
        blobs_named = named_in(header, one.payload)
        at_home = self.at_home.get((header.node, header.object))
        if one.payload is not None and header.residency == "home" and at_home is not None:
            blobs_named = at_home.blobs
        self.references |= {(one.id, blob.sha256) for blob in blobs_named}
        void = None if one.void is None else Void(one.void)
        return Stored(header, one.accepted, void, lacks)

    async def _recheck(self, log: str, entries: dict[str, Stored]) -> None:
        """Its chain, its effects and its people's roles are those that the operations make."""
        logs = {log, incarnation_before(log) or log}
        heads = await operations.list_heads(self.reader, self.space.id, logs)
        roles = await operations.list_roles_of_log(self.reader, self.space.id, log)
        done = recheck.recheck(log, entries, self.space.state, heads, roles)
        if done.effects:
            self.found.add(f"{log}: what is kept of its chain and its people is not what it says")

    async def _look_at_chains(self) -> None:
        """What the control log says now follows from what is stored of it."""
        tail, stored = await load.load_tail(self.reader, self.space)
        heads = await operations.list_heads(self.reader, self.space.id)
        if recheck.recheck_control(tail, self.space.state, heads, stored).effects:
            self.found.add("what is kept of members and stewards is not what the control log says")

    async def _look_at_statements(self) -> None:
        state, named = self.space.state, set[tuple[str, str, str]]()

        def erases(one: LyingStatement) -> None:
            said = erasure.open_statement(one.open(), state).said
            _require(one.open().id == one.key and said.node == one.node)
            named.update((said.node, target[2], one.key) for target in said.targets)
            self.found.statements += 1

        def confirms(one: LyingStatement) -> None:
            said = erasure.open_receipt(one.open(), state)
            _require((said.statement, said.node) == (one.key, one.node))
            self.found.receipts += 1

        def votes(one: LyingStatement) -> None:
            said = succession.open_vote(one.open(), state).said
            _require((one.open().id, said.node) == (one.key, one.node))
            self.found.votes += 1

        def describes(one: LyingStatement) -> None:
            _require(descriptor.open_descriptor(one.open(), state).said.node == one.node)

        for kind, look in (
            ("erasures", erases),
            ("receipts", confirms),
            ("votes", votes),
            ("descriptors", describes),
        ):
            await self._look_at_kind(kind, look)
        # Of two statements that name one operation the first is noted; another node's is none.
        noted = {(node, op) for node, op, _ in self.erased}
        missing = [one for one in sorted(named) if one[:2] not in noted]
        stored = await operations.list_stored(
            self.reader, self.space.id, {op for _, op, _ in missing}
        )
        for node, op, id_ in missing:
            if op not in stored or stored[op].header.node == node:
                self.found.add(f"statement {id_}: it erases {op}, and that is not noted")
        purged = {
            (name[:32], name[33:], one.by) for name, one in state.purges.items() if one.erases
        }
        if not self.erased <= named | purged:
            self.found.add("something is noted as erased that nobody erased")
        for op, header_bytes, signature in await carried.list_evidence(self.reader, self.space.id):
            try:
                opened = operation.read_again(header_bytes, signature, None)
                _require(opened.id == op)
                evidence.open_acknowledgement(opened, state)
            except Refused as refused:
                self.found.add(f"acknowledgement {op}: {refused.detail}")

    async def _look_at_kind(self, kind: str, look: Callable[[LyingStatement], None]) -> None:
        async for page in carried.walk_statements(self.reader, self.space.id, kind):
            for one in page:
                try:
                    look(one)
                except Refused as refused:
                    self.found.add(f"{kind} {one.key}: {refused.detail}")

    async def _look_at_blobs(self) -> None:
        hashes = sorted({sha256 for _, sha256 in self.references})
        kept = await blobs.list_many(self.reader, self.space.id, hashes)
        for sha256 in hashes:
            one = kept.get(sha256)
            if one is None:
                self.found.add(f"bytes {sha256}: nothing is noted of them")
            elif one.here:
                self.found.blobs += 1
                place = self.context.shelf.place_of(sha256)
                try:
                    digest = await asyncio.to_thread(digest_of, place)
                except OSError:
                    self.found.add(f"bytes {sha256}: they are not on the disk")
                    continue
                if name_of(digest.digest()) != sha256 or place.stat().st_size != one.size:
                    self.found.add(f"bytes {sha256}: they are damaged")

    async def _look_at_views(self) -> None:
        objects = await operations.list_objects(self.reader, self.space.id)
        self.found.objects = len(objects)
        counts = dict.fromkeys(await carried.count_views(self.reader, self.space.id), 0)
        for start in range(0, len(objects), OBJECTS_AT_ONCE):
            folded = await refold.fold(
                self.reader, self.space.id, objects[start : start + OBJECTS_AT_ONCE]
            )
            await self._compare(folded, counts)
        for table, count in (await carried.count_views(self.reader, self.space.id)).items():
            if counts[table] != count:
                self.found.add(f"{table}: {count} rows are shown, and {counts[table]} should be")

    async def _compare(self, folded: refold.Folded, counts: dict[str, int]) -> None:
        id_ = self.space.id
        for home, name, post in folded.posts:
            is_post = isinstance(post, Post)
            counts["posts" if is_post else "contents"] += post is not None
            at_home = self.at_home.get((home, name))
            if isinstance(post, File) and at_home is not None and post.standing is Standing.SHOWN:
                post = home_files.completed(post, at_home) if post.stays_home else post
            self._same(await shown.find_listed(self.reader, id_, home, name), post, home, name)
        for home, name, page in folded.pages:
            counts["pages"] += page is not None
            self._same(await pages.find_page(self.reader, id_, home, name), page, home, name)
        for home, name, block in folded.blocks:
            counts["page_blocks"] += block is not None
            self._same(await pages.find_block(self.reader, id_, home, name), block, home, name)
        counts["page_versions"] += sum(len(past) for _, past in folded.past)
        for _, past in folded.past:
            for one in past:
                known = await pages.find_version(self.reader, id_, one.id)
                self._same(known, one, one.node, one.object)
        for (home, name), found in folded.inherited:
            counts["descendants"] += len(found)
            noted = await descendants.list_of_object(self.reader, id_, home, name)
            self._same(noted, [one for _, one in found], home, name)
        people = (
            {(one.home, one.pseudonym): one for one in await views.list_people(self.reader, id_)}
            if folded.people
            else {}
        )
        for home, name, person in folded.people:
            counts["space_people"] += person is not None
            self._same(people.get((home, name)), person, home, name)
        asked = (
            {
                (one.home, one.name): one
                for one in await proposal_rows.list_of_space(self.reader, id_)
            }
            if folded.asked
            else {}
        )
        for home, name, proposal in folded.asked:
            counts["space_proposals"] += proposal is not None
            self._same(asked.get((home, name)), proposal, home, name)

    def _same(self, kept: object, folded: object, home: str, name: str) -> None:
        if kept != folded:
            self.found.add(f"{home}/{name}: what is shown is not what its operations make")


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_OPERATION, sentence)


def _require(is_right: bool) -> None:
    if not is_right:
        raise _bad("it lies under another name than it states")
