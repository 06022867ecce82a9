"""A hub's answers about its directory: each result with the word of its own node, and the hub's
word for that node."""

from node.actions import trust, vouched
from node.actions.context import Context
from node.storage import harvests, listings
from node.storage.database import Reader
from node.storage.listings import Listed
from node.storage.partners import Partner
from protocol.canonical import JSON, JSONObject
from protocol.directory import Cursor, Query
from protocol.errors import Reason, Refused


async def list_changes(
    context: Context, asker: Partner, after: int, limit: int
) -> list[JSONObject]:
    """What changed at the schools that this hub accredits, for a hub that it endorses.

    With the first line of each node goes what this hub states about it. To anybody else there is
    no such list (NOT_FOUND).
    """
    async with context.database.read() as reader:
        hubs = {one.origin for one in await trust.list_hubs(reader)}
        if not trust.is_hub(context) or asker.origin not in hubs:
            raise Refused(Reason.NOT_FOUND, "There is nothing here.")
        changed = await listings.list_changes(reader, after, limit)
        lines: list[JSONObject] = []
        told: set[str] = set()
        for one in changed:
            line: JSONObject = {"n": one.change, **_with_voucher(one)}
            if one.origin not in told:
                told.add(one.origin)
                known = await trust.find_accredited(reader, one.origin)
                if known is not None:
                    line["accreditation"] = known.credential
            lines.append(line)
    return lines


async def answer_search(
    context: Context, asker: Partner, query: Query, cursor: Cursor
) -> JSONObject:
    """A page of this hub's directory for an accredited school.

    Refuses with NOT_FOUND where this is no hub, NOT_ALLOWED whom no hub that counts accredits, and
    TOO_MANY_REQUESTS whoever searches all day.
    """
    await _require_searcher(context, asker)
    async with context.database.read() as reader:
        page = await listings.search(reader, query, cursor, now_ms=context.now_ms(), vouched=True)
        schools = await listings.list_with_schools(
            reader, sorted({one.school for one in page.results if one.school})
        )
        owners = {one.owner for one in page.results if one.kind in ("notice", "project")}
        people = await listings.list_with_schools(reader, sorted(owners))
        accreditations = await _accreditations(reader, {one.origin for one in page.results})
    found: JSONObject = {
        "results": [_with_voucher(one) for one in page.results],
        "people": [_with_voucher(one) for one in people if one.kind == "person" and one.voucher],
        "schools": [_with_voucher(one) for one in schools if one.kind == "school" and one.voucher],
        "accreditations": accreditations,
    }
    if page.next is not None:
        found["next"] = str(page.next)
    return found


async def answer_accreditation(context: Context, asker: Partner, origin: str) -> JSONObject:
    """What hubs state about the node at `origin`, for an accredited school that knows an address
    there. Refuses as `answer_search`, and with NOT_FOUND where nothing is known."""
    await _require_searcher(context, asker)
    async with context.database.read() as reader:
        found = await _accreditations(reader, {origin})
    stated = found[0] if found else None
    if not isinstance(stated, dict):
        raise Refused(Reason.NOT_FOUND, "No hub that counts here accredits a node there.")
    return stated


async def _require_searcher(context: Context, asker: Partner) -> None:
    trust.require_hub(context)
    wait_s = context.searches.take(asker.origin, context.now_ms())
    if wait_s:
        raise Refused(
            Reason.TOO_MANY_REQUESTS,
            f"Your school searches too often; search again in {wait_s} s.",
            retry_after_s=wait_s,
        )
    async with context.database.read() as reader:
        standing = await trust.standing_of(context, reader, asker.origin)
    if standing.worth != "valid":
        raise Refused(Reason.NOT_ALLOWED, "Only accredited schools search here.")


async def _accreditations(reader: Reader, origins: set[str]) -> list[JSON]:
    """What hubs state about these nodes: this hub itself, or the one that they were read at."""
    found: list[JSON] = []
    for origin in sorted(origins):
        accredited = await trust.find_accredited(reader, origin)
        node = await harvests.find_node(reader, origin)
        if accredited is not None:
            found.append(accredited.credential)
        elif node is not None:
            found.append(node.credential)
    return found


def _with_voucher(one: Listed) -> dict[str, JSON]:
    return {"document": one.document, "voucher": vouched.read_written(one.voucher).to_json()}
