"""Files that stay at their school, as those ask for them who may not, and as a school lies."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace

import pytest

from node.actions import materials, views
from node.actions.materials import Said
from node.federation import views as door
from protocol import canonical
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason
from protocol.space import operation, writing
from protocol.space.vocabulary import reference
from protocol.space.writing import By
from tests import pictures
from tests.attacks.founding import Shared
from tests.attacks.hand import ALIAS, Hand, is_taken, lines
from tests.attacks.hostile import MISSING, Rogue, answer
from tests.attacks.speaking import Key, Request, Told, expect_refusal, send, signed
from tests.attacks.visiting import signed_in
from tests.node.spaces.bringing import bring
from tests.node.spaces.viewing import FILM, MIB, film
from tests.nodes import FLEETING, Node, settle

JSON = "application/json"
FILE = "A" * 22
TICKET = "3q2-7wAAAAECAwQFBgcICQoLDA0ODxAR"
OCTETS = film(300_000)


async def publish(shared: Shared, octets: bytes = OCTETS, said: Said = FILM) -> str:
    """Ana publishes a film that stays at alpha; its reference."""
    ready = await bring(shared.alpha, shared.ana, shared.space, said.name, octets)
    (file,) = await materials.publish(
        shared.alpha.context, shared.ana, shared.space, [(ready.id, said)]
    )
    return file


def wish(
    shared: Shared, by: Rogue, file: object, *, space: str = "", key: Key | None = None
) -> Request:
    """The signed request of a ticket."""
    body = json.dumps({"object": file}).encode()
    path = f"/spaces/{space or shared.space}/views"
    now_ms = by.clock.now_ms()
    return signed("POST", shared.alpha.url, path, key or by.service, now_ms, body, media_type=JSON)


async def ticket_for(shared: Shared, mallory: Rogue, file: str) -> str:
    told = await send(shared.alpha, wish(shared, mallory, file))
    assert told.status == 201, told.body
    return str(json.loads(told.body)["ticket"])


def use(shared: Shared, by: Rogue, ticket: str, part: str = "", **fields: str) -> Request:
    """The signed request of the bytes for a ticket."""
    asked = by.get(shared.alpha, f"/spaces/{shared.space}/views/{ticket}{part}")
    for name, value in fields.items():
        asked = asked.adding(name, value)
    return asked


async def is_seen(shared: Shared, by: Rogue, ticket: str) -> None:
    told = await send(shared.alpha, use(shared, by, ticket))
    assert (told.status, told.body) == (200, OCTETS)


async def absent(shared: Shared, request: Request) -> bytes:
    """The one answer that everything gets which is not to be seen."""
    told = await expect_refusal(shared.alpha, request, Reason.NOT_FOUND, but=FLEETING)
    return told.body


async def test_only_a_member_gets_a_ticket(
    shared: Shared, mallory: Rogue, third: Rogue, stranger: Rogue
) -> None:
    file = await publish(shared)
    nowhere = await absent(shared, wish(shared, mallory, file, space="A" * 43))
    assert await absent(shared, wish(shared, third, file)) == nowhere
    await expect_refusal(shared.alpha, wish(shared, stranger, file), Reason.UNKNOWN_KEY)
    # A person of a member's school is no member's node.
    eve = mallory.key(shared.eve)
    assert await absent(shared, wish(shared, mallory, file, key=eve)) == nowhere
    bare = wish(shared, mallory, file).without("signature").without("signature-input")
    await expect_refusal(shared.alpha, bare, Reason.MISSING_SIGNATURE)
    await is_seen(shared, mallory, await ticket_for(shared, mallory, file))


async def test_whatever_is_no_file_that_stays_here_is_not_there(
    shared: Shared, mallory: Rogue
) -> None:
    stays = await publish(shared)
    goes = await publish(shared, film(1_000), replace(FILM, residency="shared"))
    gone = await publish(shared, film(2_000))
    await materials.erase(shared.alpha.context, shared.ana, shared.space, gone)
    home = stays.partition("/")[0]
    asked = [goes, gone, reference(home, FILE), reference(mallory.node, stays.partition("/")[2])]
    answers = {await absent(shared, wish(shared, mallory, one)) for one in asked}
    assert len(answers) == 1
    await is_seen(shared, mallory, await ticket_for(shared, mallory, stays))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"object": "../../etc/passwd"},
        {"object": 7},
        {"object": f"{'a' * 32}/{FILE}", "actor": "https://beta.example/people/bob"},
        {"object": [f"{'a' * 32}/{FILE}"] * 10_000},
    ],
)
async def test_a_request_names_one_file_and_no_person(
    shared: Shared, mallory: Rogue, body: JSONObject
) -> None:
    octets = canonical.encode(body)
    path = f"/spaces/{shared.space}/views"
    now_ms = mallory.clock.now_ms()
    request = signed(
        "POST", shared.alpha.url, path, mallory.service, now_ms, octets, media_type=JSON
    )
    reason = Reason.TOO_LARGE if len(octets) > 1_000 else Reason.BAD_SHAPE
    await expect_refusal(shared.alpha, request, reason, but=FLEETING)


async def test_a_request_counts_once(shared: Shared, mallory: Rogue) -> None:
    file = await publish(shared)
    asked = wish(shared, mallory, file)
    assert (await send(shared.alpha, asked)).status == 201
    await expect_refusal(shared.alpha, asked, Reason.REPLAYED, but=FLEETING)
    seen = use(shared, mallory, await ticket_for(shared, mallory, file))
    assert (await send(shared.alpha, seen)).status == 200
    await expect_refusal(shared.alpha, seen, Reason.REPLAYED, but=FLEETING)


async def test_a_ticket_is_its_nodes_own_and_for_one_file_and_for_ten_minutes(
    shared: Shared, mallory: Rogue, third: Rogue, stranger: Rogue
) -> None:
    file = await publish(shared)
    ticket = await ticket_for(shared, mallory, file)
    nowhere = await absent(shared, use(shared, mallory, "A" * 32))
    assert await absent(shared, use(shared, third, ticket)) == nowhere
    await expect_refusal(shared.alpha, use(shared, stranger, ticket), Reason.UNKNOWN_KEY)
    for wrong in (ticket[:-1], ticket + "A", ticket.swapcase(), b64(ticket.encode())):
        assert await absent(shared, use(shared, mallory, wrong)) == nowhere
    # A film has no small picture, whoever asks.
    assert await absent(shared, use(shared, mallory, ticket, "/thumbnail")) == nowhere
    elsewhere = mallory.get(shared.alpha, f"/spaces/{'A' * 43}/views/{ticket}")
    assert await absent(shared, elsewhere) == nowhere
    await is_seen(shared, mallory, ticket)
    shared.alpha.clock.advance(seconds=599)
    await is_seen(shared, mallory, ticket)
    shared.alpha.clock.advance(seconds=1)
    assert await absent(shared, use(shared, mallory, ticket)) == nowhere


async def test_a_hash_opens_nothing_that_stays_here(shared: Shared, mallory: Rogue) -> None:
    file = await publish(shared)
    async with shared.alpha.context.database.read() as reader:
        row = await reader.one("SELECT sha256 FROM home_files")
    assert row is not None
    path = f"/spaces/{shared.space}/blobs"
    told = [
        await send(shared.alpha, mallory.get(shared.alpha, f"{path}/{sha256}"))
        for sha256 in (row["sha256"], b64(bytes(32)))
    ]
    assert told[0].status == told[1].status == 404
    assert told[0].body == told[1].body
    # The same bytes as those of a file that goes to all are given by their hash.
    await publish(shared, OCTETS, replace(FILM, residency="shared"))
    twin = await send(shared.alpha, mallory.get(shared.alpha, f"{path}/{row['sha256']}"))
    assert (twin.status, twin.body) == (200, OCTETS)
    assert file


RANGES = [
    "bytes=-",
    "bytes=5-4",
    "bytes=300000-",
    "bytes=99999999999999999999-",
    f"bytes={'9' * 9_000}-",
    "bytes=0-1,2-3",
    "bytes=0-0,-1,5-5" + ",7-7" * 500,
    "bytes=-1-2",
    "lines=0-1",
    "bytes=a-b",
]


@pytest.mark.parametrize("range_", RANGES)
async def test_a_range_that_is_none_is_refused(shared: Shared, mallory: Rogue, range_: str) -> None:
    ticket = await ticket_for(shared, mallory, await publish(shared))
    told = await send(shared.alpha, use(shared, mallory, ticket, Range=range_))
    assert (told.status, told.reason) == (400, "bad_input")
    twin = await send(shared.alpha, use(shared, mallory, ticket, Range="bytes=10-19"))
    assert (twin.status, twin.body) == (206, OCTETS[10:20])
    assert twin.fields["content-range"] == "bytes 10-19/300000"


async def test_what_is_asked_too_often_is_counted_apart(
    shared: Shared, mallory: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await publish(shared)
    while (await send(shared.alpha, wish(shared, mallory, file))).status == 201:
        looks = shared.alpha.context.looks
        monkeypatch.setattr(looks, "take", lambda key, now_ms: 7)
    told = await send(shared.alpha, wish(shared, mallory, file))
    assert (told.status, told.fields["retry-after"]) == (429, "7")
    heads = await send(shared.alpha, mallory.get(shared.alpha, f"/spaces/{shared.space}/heads"))
    assert heads.status == 200


async def test_who_reads_slowly_is_cut_off_and_holds_nobody_up(
    shared: Shared, mallory: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = film(30 * MIB)
    ticket = await ticket_for(shared, mallory, await publish(shared, octets))
    monkeypatch.setattr(door, "GRACE_S", 0.5)
    monkeypatch.setattr(door, "BYTES_PER_S", 1e12)
    monkeypatch.setattr(door, "AT_ONCE", 2)
    host, port = shared.alpha.url.partition("://")[2], shared.alpha.listening.port
    slow = []
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
        writer.write(use(shared, mallory, ticket).raw(host))
        await reader.readexactly(100)
        slow.append((reader, writer))
    told = await send(shared.alpha, use(shared, mallory, ticket))
    assert (told.status, told.reason) == (503, "busy")
    await asyncio.sleep(0.8)
    monkeypatch.setattr(door, "GRACE_S", 30.0)
    told = await send(shared.alpha, use(shared, mallory, ticket, Range="bytes=0-9"))
    assert told.body == octets[:10]
    for reader, writer in slow:
        # What lies in the sockets may still be read, and then it breaks off.
        rest = 0
        with suppress(ConnectionError):
            while piece := await reader.read(MIB):
                rest += len(piece)
        assert rest < 20 * MIB
        writer.close()


# A member's node that lies about what stays there


def say_stub(hand: Hand, media_type: str, size: int = 300_000) -> bytes:
    """Eve's words about a file that stays at mallory; lines for the inbox."""
    content: JSONObject = {
        "name": "Rio.webp",
        "mediaType": media_type,
        "size": size,
        "licence": "CC0-1.0",
    }
    payload = operation.payload(content, "en", b"\4" * 16)
    role = hand.role()
    file = hand.write(lambda place: writing.file(place, By(ALIAS), FILE, residency="home"), payload)
    return lines(role, file)


def promise(hand: Hand, changes: JSONObject) -> None:
    """What mallory answers to whoever asks for a ticket."""
    ticket: JSONObject = {
        "object": reference(hand.mallory.node, FILE),
        "ticket": TICKET,
        "mediaType": "image/webp",
        "size": 1_000,
        "seconds": 600,
    }
    body = canonical.encode(ticket | changes)
    hand.mallory.taken = answer(body, JSON, "201 Created")


def give(hand: Hand, octets: bytes, media_type: str = "image/webp", status: str = "") -> None:
    """What mallory answers to whoever brings the ticket."""
    path = f"/spaces/{hand.shared.space}/views/{TICKET}"
    hand.mallory.answers[path] = answer(octets, media_type, status or "200 OK")


def address(hand: Hand) -> str:
    return f"/w/{hand.shared.space}/files/{hand.mallory.node}-{FILE}"


async def look(hand: Hand, **fields: str) -> Told:
    """Ana opens the file at alpha."""
    return await (await signed_in(hand.shared.alpha, "ana")).get(address(hand), **fields)


def is_safe(told: Told) -> bool:
    """No page, no script, and nothing that anybody keeps."""
    fields = told.fields
    return (
        "sandbox" in fields["content-security-policy"]
        and fields["x-content-type-options"] == "nosniff"
        and fields["cache-control"] == "no-store"
        and "text/html" not in fields["content-type"]
    )


async def test_a_picture_of_another_school_is_shown_as_one(hand: Hand) -> None:
    octets = pictures.plain("WEBP", (400, 300))
    await is_taken(hand.shared.alpha, hand, say_stub(hand, "image/webp"))
    promise(hand, {"size": len(octets)})
    give(hand, octets)
    told = await look(hand)
    assert (told.status, told.body, told.fields["content-type"]) == (200, octets, "image/webp")
    assert is_safe(told)
    assert told.fields["content-disposition"] == "inline"
    assert "actor" not in hand.mallory.heads[-1].lower().partition("signature-input")[0]


PAGE = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>" + b" " * 2_000


@pytest.mark.parametrize("claimed", ["text/html", "image/svg+xml", "application/xhtml+xml"])
async def test_what_no_browser_may_show_is_a_file_to_keep(hand: Hand, claimed: str) -> None:
    await is_taken(hand.shared.alpha, hand, say_stub(hand, claimed))
    promise(hand, {"size": len(PAGE), "mediaType": claimed})
    give(hand, PAGE, claimed)
    told = await look(hand)
    assert (told.status, told.body) == (200, PAGE)
    assert is_safe(told)
    assert told.fields["content-type"] == "application/octet-stream"
    assert told.fields["content-disposition"].startswith("attachment")


async def test_a_page_that_is_called_a_picture_is_not_passed_on(hand: Hand) -> None:
    await is_taken(hand.shared.alpha, hand, say_stub(hand, "image/webp"))
    promise(hand, {"size": len(PAGE)})
    give(hand, PAGE, "text/html")
    told = await look(hand)
    assert told.status == 502
    assert b"alert" not in told.body
    # Neither in a part of it that is asked for behind its beginning: nobody shows that as a page.
    hand.shared.alpha.clock.advance(seconds=25)
    part = answer(PAGE[100:200], "text/html", "206 Partial Content")
    mark = f"Content-Range: bytes 100-199/{len(PAGE)}\r\n".encode()
    path = f"/spaces/{hand.shared.space}/views/{TICKET}"
    hand.mallory.answers[path] = part.replace(b"Content-Type", mark + b"Content-Type", 1)
    told = await look(hand, range="bytes=100-199")
    assert (told.status, told.fields["content-type"]) == (206, "image/webp")
    assert is_safe(told)


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (pictures.plain("WEBP", (900, 700)) + bytes(100_000), "200 OK"),
        (b"", "302 Found\r\nLocation: http://127.0.0.1/admin"),
        (b"{}", "500 Internal Server Error"),
        (b"", "206 Partial Content"),
        (b"", "204 No Content"),
        (bytes(1_000), "200 OK"),
    ],
)
async def test_what_is_not_what_was_promised_is_not_passed_on(
    hand: Hand, octets: bytes, status: str
) -> None:
    await is_taken(hand.shared.alpha, hand, say_stub(hand, "image/webp"))
    promise(hand, {})
    give(hand, octets, status=status)
    told = await look(hand)
    assert told.status == 502
    assert octets[:200] not in told.body or not octets
    # Nobody waits for that school again for a while.
    asked = len(hand.mallory.asked)
    assert (await look(hand)).status == 502
    assert len(hand.mallory.asked) == asked


async def test_what_ends_too_early_breaks_off(hand: Hand) -> None:
    octets = pictures.plain("WEBP", (900, 700))
    await is_taken(hand.shared.alpha, hand, say_stub(hand, "image/webp"))
    promise(hand, {"size": len(octets) + 10_000})
    give(hand, octets)
    told = await look(hand)
    assert int(told.fields["content-length"]) == len(octets) + 10_000
    assert len(told.body) <= len(octets)


@pytest.mark.parametrize(
    "changes",
    [
        {"object": f"{'a' * 32}/{FILE}"},
        {"ticket": "../../../../actor"},
        {"ticket": TICKET + "\n"},
        {"size": 0},
        {"size": 2**52},
        {"thumbnail": 2**40},
        {"seconds": 10**9},
        {"mediaType": "text/html\r\nSet-Cookie: a=b"},
        {"sha256": b64(bytes(32))},
    ],
)
async def test_a_ticket_that_is_none_opens_nothing(hand: Hand, changes: JSONObject) -> None:
    await is_taken(hand.shared.alpha, hand, say_stub(hand, "image/webp"))
    promise(hand, changes)
    give(hand, pictures.plain("WEBP"))
    before = len(hand.mallory.asked)
    assert (await look(hand)).status == 502
    asked = [one for one in hand.mallory.asked[before:] if "views" in one]
    assert asked == [f"/spaces/{hand.shared.space}/views"]


async def test_a_school_that_says_nothing_is_not_waited_for(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await is_taken(hand.shared.alpha, hand, say_stub(hand, "image/webp"))
    monkeypatch.setattr(views, "TICKET_TIMEOUT_S", 0.2)
    monkeypatch.setattr(views, "FIRST_BYTES_TIMEOUT_S", 0.2)
    promise(hand, {})
    give(hand, b"RIFF")
    for slow in (
        f"/spaces/{hand.shared.space}/views",
        f"/spaces/{hand.shared.space}/views/{TICKET}",
    ):
        hand.mallory.slow = {slow: 3.0}
        began = asyncio.get_running_loop().time()
        told = await look(hand)
        assert told.status == 502
        assert asyncio.get_running_loop().time() - began < 2
        hand.shared.alpha.clock.advance(seconds=400)


async def test_the_page_about_it_is_there_without_its_school(hand: Hand) -> None:
    alpha: Node = hand.shared.alpha
    await is_taken(alpha, hand, say_stub(hand, "image/webp"))
    await settle(alpha)
    hand.mallory.taken = MISSING
    asked = [one for one in hand.mallory.asked if "views" in one]
    page = await (await signed_in(alpha, "ana")).get(
        address(hand).replace("/files/", "/materials/")
    )
    assert page.status == 200
    assert b"stays at its school" in page.body
    assert b'loading="lazy"' in page.body
    assert [one for one in hand.mallory.asked if "views" in one] == asked
