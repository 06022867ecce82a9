"""Asking the own hub: a page of its directory, verified result by result.

The hub chooses and orders; what stands in a result is by the word of its own node, and what that
node is by the word of a hub that counts. Results are kept for a while, so that they can be shown
and met; they are not searched here, for nobody tells this node when they change.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from node import events
from node.actions import identity, introductions, trust, vouched
from node.actions.context import Context
from node.actions.trust import Hub
from node.actions.vouched import Heard
from node.storage import harvests
from node.storage.database import Reader
from node.storage.harvests import ListedNode
from node.storage.listings import Listed
from node.storage.register import DAYS_OF_RESULTS
from protocol import canonical, credentials, names, vouchers
from protocol.canonical import JSON, JSONObject
from protocol.directory import Cursor, Query, read_cursor
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.reading import optional_text_of, text_of
from protocol.vouchers import Vouched

KEPT_MS = DAYS_OF_RESULTS * 86_400_000
MAX_ANSWER_BYTES = 4 * 1_048_576
_CLOSED = frozenset({401, 403, 404})


@dataclass(frozen=True)
class FromHub:
    """What the hub said: `none` without a hub, `closed` where it does not answer this school yet,
    `silent` where it did not answer in time or not in order."""

    state: Literal["none", "answered", "closed", "silent"]
    name: str = ""
    results: Sequence[Listed] = ()
    next: Cursor | None = None


async def ask_hub(context: Context, query: Query, cursor: Cursor) -> FromHub:
    """A page of the own hub's directory. Never refuses: a page shows what there is."""
    async with context.database.read() as reader:
        hub = await trust.find_own_hub(reader)
    if hub is None:
        return FromHub("none")
    try:
        async with asyncio.timeout(context.settings.directory.hub_timeout_s):
            answer = await _get(context, hub, query, cursor)
    except (TimeoutError, Refused) as error:
        why = error.reason if isinstance(error, Refused) else Reason.UNREACHABLE
        events.search_failed(hub.origin, str(why))
        closed = isinstance(error, Refused) and error.reason is Reason.NOT_ALLOWED
        return FromHub("closed" if closed else "silent", hub.name)
    results = await _take(context, hub, answer)
    after = optional_text_of(answer, "next")
    return FromHub("answered", hub.name, results, read_cursor(after) if after else None)


async def ask_about(context: Context, origin: str) -> ListedNode | None:
    """The node at `origin` by what the own hub knows of it, verified and kept; None where there is
    no hub or it knows nothing. Refuses with UNREACHABLE, BAD_ANSWER, and as `vouched.open_node`."""
    async with context.database.read() as reader:
        hub = await trust.find_own_hub(reader)
    if hub is None:
        return None
    speaker = await identity.get_service_identity(context)
    answer = await context.client.get(
        f"{hub.origin}/accreditations?{urlencode({'origin': origin})}",
        origin=hub.origin,
        as_=speaker,
        accept="application/vc",
    )
    if answer.status in _CLOSED:
        return None
    if answer.status != 200:
        raise Refused(answer.reason or Reason.BAD_ANSWER, f"the hub answered {answer.status}")
    credential = canonical.read_object(answer.body)
    async with context.database.write() as transaction:
        node = await vouched.open_node(context, transaction, hub.origin, credential)
        if node.origin != origin:
            raise Refused(Reason.BAD_ANSWER, "The hub answers about another node.")
        await harvests.put_node(transaction, node)
        if await trust.weigh(context, transaction, node.credential) == "unknown":
            await vouched.want_list(context, transaction, node.credential)
    return node


async def _get(context: Context, hub: Hub, query: Query, cursor: Cursor) -> JSONObject:
    """The hub's page, of the right shape. Refuses with NOT_ALLOWED where it is closed to us."""
    asked = urlencode([*query.pairs(), ("after", str(cursor))])
    speaker = await identity.get_service_identity(context)
    answer = await context.client.get(
        f"{hub.origin}/search?{asked}",
        origin=hub.origin,
        as_=speaker,
        accept="application/json",
        max_bytes=MAX_ANSWER_BYTES,
    )
    if answer.status in _CLOSED:
        raise Refused(Reason.NOT_ALLOWED, f"the hub answered {answer.status}")
    if answer.status != 200:
        raise Refused(answer.reason or Reason.BAD_ANSWER, f"the hub answered {answer.status}")
    page = canonical.read_object(answer.body, max_bytes=MAX_ANSWER_BYTES)
    context.book.check("search-results", page)
    return page


async def _take(context: Context, hub: Hub, page: JSONObject) -> list[Listed]:
    """The results that hold, in the hub's order, kept here with whom they name."""
    results = _heard(page, "results")
    along = [*_heard(page, "schools"), *_heard(page, "people")]
    async with context.database.read() as reader:
        nodes = await _open_nodes(context, reader, hub, page)
        good = await _open_all(context, reader, hub, nodes, [*along, *results])
        known = [await harvests.find_node(reader, origin) for origin in nodes]
        unheard = [
            node
            for node in nodes.values()
            if await trust.weigh(context, reader, node.credential) == "unknown"
        ]
    kept: dict[str, Listed] = {}
    until_ms = context.now_ms() + KEPT_MS
    stated = {one.origin: one.credential for one in known if one is not None}
    async with context.database.write() as transaction:
        for node in nodes.values():
            if stated.get(node.origin) != node.credential:
                await harvests.put_node(transaction, node)
        for node in unheard:
            await vouched.want_list(context, transaction, node.credential)
        for one in good:
            try:
                row = await vouched.keep_stranger(context, transaction, one, hub.origin, until_ms)
            except Refused as refused:
                events.listing_refused(hub.origin, str(refused.reason))
                continue
            if not row.buried:
                kept[row.id] = row
    if unheard:
        context.wake.notify(introductions.TOPIC)
    order = [text_of(one.document, "id") for one in results]
    return [kept[id_] for id_ in order if id_ in kept]


def _heard(page: JSONObject, name: str) -> list[Heard]:
    listed = page[name]
    return [
        Heard(one["document"], vouchers.read_voucher(one))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one["document"], dict)
    ]


async def _open_nodes(
    context: Context, reader: Reader, hub: Hub, page: JSONObject
) -> dict[str, ListedNode]:
    """The nodes whose accreditation counts here, by origin."""
    nodes: dict[str, ListedNode] = {}
    listed: JSON = page["accreditations"]
    for credential in listed if isinstance(listed, list) else []:
        if not isinstance(credential, dict):
            continue
        try:
            node = await vouched.open_node(context, reader, hub.origin, credential)
        except Refused as refused:
            events.listing_refused(hub.origin, str(refused.reason))
        else:
            nodes[node.origin] = node
    return nodes


async def _open_all(
    context: Context,
    reader: Reader,
    hub: Hub,
    nodes: dict[str, ListedNode],
    heard: Sequence[Heard],
) -> list[Vouched]:
    others = {text_of(one.document, "id"): one.document for one in heard}
    good = []
    for one in heard:
        node = nodes.get(names.origin(text_of(one.document, "id")))
        if node is None:
            # The own school is known here, and needs nobody's word.
            continue
        try:
            key = PublicKey.read(credentials.key_of(node.credential))
            good.append(await vouched.open_heard(context, reader, one, key, others))
        except Refused as refused:
            events.listing_refused(hub.origin, str(refused.reason))
    return good
