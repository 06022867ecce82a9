"""Reading on at others what changed in their directories: a hub at its schools and at other hubs.

A hub asks each school that it accredits for `/changes` and each hub that it endorses for
`/directory`. A school asks nobody but the partners that its administrator approved by hand, who may
have no hub. Each source has a cursor; what fails is asked again later and later, like a delivery.
What a source lists of others counts by the word of their own nodes alone (`vouched`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from node import events
from node.actions import identity, listing, trust, vouched
from node.actions.context import Context
from node.actions.vouched import Heard
from node.storage import harvests, partners
from node.storage.database import Reader
from node.storage.harvests import ListedNode, Look, Source
from protocol import canonical, credentials, delivery, directory, names, vouchers
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.reading import text_of
from protocol.vouchers import Vouched

TOPIC = "harvest"
PAGE = 200
MAX_PAGE_BYTES = 4 * 1_048_576
PAGES_IN_A_TURN = 25
"""A source that has more comes again after the others."""
SOURCES_AT_ONCE = 8
LOOK_AROUND_S = 60
"""At most, and not more rarely than sources are read. A source that is new is first asked that much
later: both sides still introduce themselves."""
SOURCES_IN_A_PAGE = 500
PAGES_IN_A_LOOK = 20
"""So a look takes as long at a hub of 300,000 schools, which it goes through in half an hour."""
WEIGH_AT_ONCE = 200
MAX_BY_HAND = 5_000


async def step(context: Context) -> int | None:
    """Ask every source that is due; when the next one is, in milliseconds."""
    await _look_around(context)
    await _weigh(context)
    while True:
        async with context.database.read() as reader:
            due = await harvests.list_due(reader, context.now_ms(), limit=SOURCES_AT_ONCE)
            next_ms = await harvests.find_next_ms(reader)
        if not due:
            again_ms = context.now_ms() + _look_ms(context)
            return again_ms if next_ms is None else min(next_ms, again_ms)
        await asyncio.gather(*(_read_on(context, one) for one in due))


async def _look_around(context: Context) -> None:
    """Whom to ask from now on, some sources at a time; what came from nobody who counts any more is
    forgotten. The next look goes on where this one ends."""
    async with context.database.read() as reader:
        look = await harvests.find_look(reader)
    if look.at_ms + _look_ms(context) > context.now_ms() >= look.at_ms:
        return
    after = look.after
    for _ in range(PAGES_IN_A_LOOK):
        after = await _look_at(context, after)
        if not after:
            break
    look = Look(context.now_ms(), after)
    async with context.database.write() as transaction:
        await harvests.put_look(transaction, look)


async def _look_at(context: Context, after: str) -> str:
    """One page of sources; the last of it, or nothing where it was the last page."""
    async with context.database.read() as reader:
        wanted, last = await _list_wanted(context, reader, after)
        known = await harvests.list_page(reader, after, limit=SOURCES_IN_A_PAGE)
    if len(known) == SOURCES_IN_A_PAGE:
        last = min(last or known[-1].origin, known[-1].origin)
    wanted = [one for one in wanted if not last or one.origin <= last]
    known = [one for one in known if not last or one.origin <= last]
    if {_way(one) for one in known} != {_way(one) for one in wanted}:
        first_ms = context.now_ms() + _look_ms(context)
        new = [replace(one, next_ms=first_ms) for one in wanted]
        async with context.database.write() as transaction:
            for origin in await harvests.put_wanted(transaction, new, after, last):
                await listing.forget(context, transaction, origin)
    return last


def _way(source: Source) -> tuple[str, str, str]:
    return source.origin, source.via, source.public


def _look_ms(context: Context) -> int:
    return int(1000 * min(LOOK_AROUND_S, context.settings.directory.harvest_every_s))


async def _list_wanted(context: Context, reader: Reader, after: str) -> tuple[list[Source], str]:
    """Whom this node wants to ask, beyond `after`; and up to whom these are all, empty where there
    are no more."""
    if trust.is_hub(context):
        page = await trust.list_accredited(context, reader, after, limit=SOURCES_IN_A_PAGE)
        schools = [Source(origin, "changes", key) for origin, key in page]
        last = schools[-1].origin if len(schools) == SOURCES_IN_A_PAGE else ""
        return schools + [one for one in await _list_hubs(reader) if one.origin > after], last
    hub = await trust.find_own_hub(reader)
    return [
        Source(one.origin, "changes", one.public)
        for one in await partners.list_by_hand(reader, MAX_BY_HAND)
        if one.state == "approved" and (hub is None or hub.origin != one.origin)
        if one.origin > after
    ], ""


async def _list_hubs(reader: Reader) -> list[Source]:
    """The other hubs that this one endorses: few."""
    listed = await trust.list_hubs(reader)
    known = await partners.list_of(reader, [one.origin for one in listed])
    approved = {one.origin: one for one in known if one.state == "approved"}
    return [
        Source(one.origin, "directory", approved[one.origin].public)
        for one in listed
        if one.origin in approved
    ]


async def _weigh(context: Context) -> None:
    """Forget nodes whose accreditation has ended or counts no more, some at a time."""
    before_ms = context.now_ms() - int(context.settings.hub.refresh_s * 1000)
    async with context.database.read() as reader:
        nodes = await harvests.list_unweighed(reader, before_ms, limit=WEIGH_AT_ONCE)
        worths = [await trust.weigh(context, reader, one.credential) for one in nodes]
    if not nodes:
        return
    async with context.database.write() as transaction:
        for node, worth in zip(nodes, worths, strict=True):
            if worth in vouched.COUNTS:
                await harvests.put_weighed(transaction, node, context.now_ms())
                continue
            await harvests.drop_node(transaction, node.origin)
            await listing.forget(context, transaction, node.origin)


async def _read_on(context: Context, source: Source) -> None:
    """Read a source as far as it goes, or as far as one turn allows."""
    every_ms = int(context.settings.directory.harvest_every_s * 1000)
    try:
        for _ in range(PAGES_IN_A_TURN):
            lines = await _fetch(context, source)
            source = await _take(context, source, lines)
            if len(lines) < PAGE:
                source = replace(source, next_ms=context.now_ms() + every_ms)
                break
        else:
            source = replace(source, next_ms=context.now_ms() + 1)
        source = replace(source, attempts=0, trouble="", read_ms=context.now_ms())
    except (Refused, ValueError, LookupError, TypeError) as error:
        # What nobody foresaw in one source's answer must not keep the others waiting either.
        unforeseen = Refused(
            Reason.BAD_ANSWER, f"the source cannot be read ({type(error).__name__})"
        )
        refused = error if isinstance(error, Refused) else unforeseen
        attempts = source.attempts + 1
        wait_ms = delivery.wait_after(attempts, context.chance.fraction(), context.patience)
        asked_s = refused.facts.get("retry_after_s")
        if isinstance(asked_s, int):
            wait_ms = max(wait_ms, min(asked_s * 1000, delivery.LONGEST_RETRY_AFTER_MS))
        source = replace(
            source,
            attempts=attempts,
            trouble=str(refused.reason),
            next_ms=context.now_ms() + max(wait_ms, 1),
        )
        events.harvest_failed(source.origin, str(refused.reason))
    async with context.database.write() as transaction:
        # Somebody who was taken off the list meanwhile does not come back by this.
        if await harvests.is_wanted(transaction, source):
            await harvests.put(transaction, source)


async def _fetch(context: Context, source: Source) -> list[bytes]:
    speaker = await identity.get_service_identity(context)
    answer = await context.client.get(
        f"{source.origin}/{source.via}?after={source.cursor}&limit={PAGE}",
        origin=source.origin,
        as_=speaker,
        accept="application/x-ndjson",
        max_bytes=MAX_PAGE_BYTES,
    )
    if answer.status != 200:
        facts = {} if answer.retry_after_s is None else {"retry_after_s": answer.retry_after_s}
        raise Refused(
            answer.reason or Reason.BAD_ANSWER, f"the source answered {answer.status}", **facts
        )
    lines = [line for line in answer.body.split(b"\n") if line]
    if len(lines) > PAGE:
        raise Refused(Reason.BAD_ANSWER, "the source answers with more than it was asked for")
    return lines


async def _take(context: Context, source: Source, lines: Sequence[bytes]) -> Source:
    """Verify a page, list what is news, and move the cursor, in one transaction."""
    heard, cursor = [], source.cursor
    for line in lines:
        said = canonical.read_object(line)
        n = said.get("n")
        if not isinstance(n, int) or n <= cursor:
            raise Refused(Reason.BAD_ANSWER, "the source numbers its changes backwards")
        cursor = n
        one = _read_line(context, source, said, n)
        if one is not None:
            heard.append(one)
    good, nodes = await _open_all(context, source, heard)
    taken = 0
    async with context.database.write() as transaction:
        for node in nodes:
            await harvests.put_node(transaction, node)
        for opened in good:
            try:
                taken += await vouched.keep(context, transaction, opened, source.origin)
            except Refused as refused:
                events.listing_refused(source.origin, str(refused.reason))
        source = replace(source, cursor=cursor, taken=source.taken + taken)
        if await harvests.is_wanted(transaction, source):
            await harvests.put(transaction, source)
    return source


def _read_line(context: Context, source: Source, said: JSONObject, n: int) -> Heard | None:
    """A line that a directory may list. One that no schema fits is left out, not waited for."""
    if not context.book.fits("change", said):
        events.listing_refused(source.origin, str(Reason.BAD_SHAPE))
        return None
    document = said["document"]
    credential = said.get("accreditation")
    if not isinstance(document, dict) or "voucher" not in said:
        return None
    if not directory.is_listed(document):
        return None
    return Heard(
        document,
        vouchers.read_voucher(said),
        credential if isinstance(credential, dict) else None,
        n,
    )


async def _open_all(
    context: Context, source: Source, heard: Sequence[Heard]
) -> tuple[list[Vouched], list[ListedNode]]:
    """What holds of a page, and the nodes that it newly speaks of."""
    others = {text_of(one.document, "id"): one.document for one in heard}
    good: list[Vouched] = []
    nodes: dict[str, ListedNode] = {}
    async with context.database.read() as reader:
        for one in heard:
            try:
                key = await _key_of(context, reader, source, one, nodes)
                good.append(await vouched.open_heard(context, reader, one, key, others))
            except Refused as refused:
                events.listing_refused(source.origin, str(refused.reason))
    return good, list(nodes.values())


async def _key_of(
    context: Context, reader: Reader, source: Source, heard: Heard, nodes: dict[str, ListedNode]
) -> PublicKey:
    """The key of the service actor of the document's node."""
    origin = names.origin(text_of(heard.document, "id"))
    if source.via == "changes":
        if origin != source.origin:
            raise Refused(Reason.FOREIGN_ORIGIN, "a school lists its own documents only")
        return await vouched.find_partners_key(
            reader, source.origin, heard.voucher.key_id, source.public
        )
    if heard.accreditation is not None:
        node = await vouched.open_node(context, reader, source.origin, heard.accreditation)
        nodes[node.origin] = node
    known = nodes.get(origin) or await harvests.find_node(reader, origin)
    if known is None:
        raise Refused(Reason.NOT_PARTNER, "nobody states what node this is")
    return PublicKey.read(credentials.key_of(known.credential))
