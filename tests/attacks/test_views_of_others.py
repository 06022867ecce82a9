"""A member's node that lies about what stays there, and what its readers see of it."""

import asyncio

import pytest

from node.actions import views
from protocol import canonical
from protocol.canonical import JSONObject, b64
from protocol.space import operation, writing
from protocol.space.vocabulary import reference
from protocol.space.writing import By
from tests import pictures
from tests.attacks.hand import ALIAS, Hand, is_taken, lines
from tests.attacks.hostile import MISSING, answer
from tests.attacks.speaking import Told
from tests.attacks.visiting import signed_in
from tests.nodes import Node, settle

JSON = "application/json"
FILE = "A" * 22
TICKET = "3q2-7wAAAAECAwQFBgcICQoLDA0ODxAR"


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
        hand.mallory.slow = {slow: 1.0}
        began = asyncio.get_running_loop().time()
        told = await look(hand)
        assert told.status == 502
        assert asyncio.get_running_loop().time() - began < 0.9
        hand.shared.alpha.clock.advance(seconds=400)
        # What it says too late is heard by nobody.
        await asyncio.sleep(1.1)


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
