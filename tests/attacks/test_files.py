"""Files as attackers bring them: by a browser's form, and as a member's node that lies."""

import hashlib
import re
from collections.abc import AsyncIterator

import pytest

from node.actions import materials, news, spaces, uploads
from node.actions.materials import Said
from node.storage import blobs, contents
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from protocol.space.fold.materials import File
from protocol.space.vocabulary import reference
from protocol.space.writing import By
from tests import pictures
from tests.attacks.carrying import bring_form, form_with
from tests.attacks.founding import Shared
from tests.attacks.hand import ALIAS, Hand, is_taken, lines
from tests.attacks.hostile import Rogue, answer
from tests.attacks.speaking import Request, send
from tests.attacks.visiting import Visitor, signed_in
from tests.files import pdf
from tests.node.spaces.bringing import bring, on_disk
from tests.nodes import settle

PDF = pdf(2_000)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
FILE = "A" * 22
SAID = Said("Plan.pdf", "", "CC0-1.0", "en")


async def names_of(shared: Shared) -> list[str]:
    """What Ana's files that wait are called."""
    found = await uploads.list_own(shared.alpha.context, shared.ana, shared.space)
    return [one.name for one in found]


def named(hand: Hand, octets: bytes, media_type: str, name: str = "a.pdf", size: int = 0) -> bytes:
    """Eve's words about a file, and the bytes where alpha asks for them; lines for the inbox."""
    sha256 = b64(hashlib.sha256(octets).digest())
    content: JSONObject = {
        "name": name,
        "mediaType": media_type,
        "size": size or len(octets),
        "sha256": sha256,
        "licence": "CC0-1.0",
    }
    payload = operation.payload(content, "en", b"\4" * 16)
    role = hand.role()
    file = hand.write(lambda place: writing.file(place, By(ALIAS), FILE), payload)
    path = f"/spaces/{hand.shared.space}/blobs/{sha256}"
    hand.mallory.answers[path] = answer(octets, "application/octet-stream")
    return lines(role, file)


async def file_of(hand: Hand) -> File:
    async with hand.shared.alpha.context.database.read() as reader:
        found = await contents.find(reader, hand.shared.space, hand.mallory.node, FILE, File)
    assert found is not None
    return found


def address(hand: Hand) -> str:
    return f"/w/{hand.shared.space}/files/{hand.mallory.node}-{FILE}"


@pytest.mark.parametrize(
    ("name", "kind", "octets"),
    [
        ("avatar.svg", "image/svg+xml", SVG),
        ("avatar.png", "image/png", SVG),
        ("a.pdf", "application/pdf", b"\xef\xbb\xbf \n" + SVG),
        ("a.txt", "text/plain", b"words <foreignObject> words <html><body onload=x>"),
        ("a.html", "text/html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a.xml", "text/xml", b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>"),
    ],
)
async def test_a106_a_page_or_a_vector_picture_is_not_taken(
    shared: Shared, name: str, kind: str, octets: bytes
) -> None:
    ana = await signed_in(shared.alpha, "ana")
    told = await bring_form(ana, shared.space, form_with(name, octets, kind))
    assert told.status == 422
    assert b"is not taken" in told.body
    assert on_disk(shared.alpha) == {}
    twin = await bring_form(ana, shared.space, form_with(name, PDF, kind))
    assert twin.status == 303
    assert await names_of(shared) == [f"{name.partition('.')[0]}.pdf"]


@pytest.mark.parametrize("claimed", ["image/svg+xml", "text/html", "image/webp", "video/mp4"])
async def test_a106_a_members_page_is_only_a_file_to_keep(hand: Hand, claimed: str) -> None:
    alpha = hand.shared.alpha
    await is_taken(alpha, hand, named(hand, SVG, claimed))
    await settle(alpha)
    ana = await signed_in(alpha, "ana")
    told = await ana.get(address(hand))
    assert (told.status, told.body) == (200, SVG)
    assert told.fields["content-type"] == "application/octet-stream"
    assert told.fields["content-disposition"].startswith("attachment")
    assert "sandbox" in told.fields["content-security-policy"]
    assert told.fields["x-content-type-options"] == "nosniff"
    # The page about it shows no picture and no film of it either.
    page = await ana.get(address(hand).replace("/files/", "/materials/"))
    assert page.status == 200
    assert b"<video" not in page.body
    assert f'<img class="whole" src="{address(hand)}'.encode() not in page.body


async def test_a106_a_members_picture_is_shown(hand: Hand) -> None:
    alpha, octets = hand.shared.alpha, pictures.plain("WEBP")
    await is_taken(alpha, hand, named(hand, octets, "image/webp"))
    await settle(alpha)
    told = await (await signed_in(alpha, "ana")).get(address(hand))
    assert (told.fields["content-type"], told.body) == ("image/webp", octets)


@pytest.mark.parametrize("kind", ["EPS", "TIFF", "ICNS", "BMP", "PPM", "TGA", "PCX", "SGI", "DDS"])
async def test_a110_other_formats_under_a_pictures_name_are_not_taken(
    shared: Shared, kind: str
) -> None:
    ana = await signed_in(shared.alpha, "ana")
    octets = pictures.plain(kind)
    told = await bring_form(ana, shared.space, form_with("photo.jpg", octets, "image/jpeg"))
    assert (told.status, on_disk(shared.alpha)) == (422, {})
    # Also with the beginning of a picture before them: the reader of that picture says no.
    told = await bring_form(
        ana, shared.space, form_with("photo.jpg", b"\xff\xd8\xff\xe0" + octets, "image/jpeg")
    )
    assert (told.status, on_disk(shared.alpha)) == (422, {})
    twin = form_with("photo.jpg", pictures.plain("JPEG"), "image/tiff")
    assert (await bring_form(ana, shared.space, twin)).status == 303


async def test_a112_the_bytes_that_really_came_are_counted(shared: Shared) -> None:
    context, space = shared.alpha.context, shared.space
    most = context.settings.files.video_mib << 20
    with pytest.raises(Refused) as refused:
        await uploads.begin(context, shared.ana, space, name="a.zip", size=most + 1)
    assert refused.value.reason is Reason.TOO_LARGE
    begun = await uploads.begin(context, shared.ana, space, name="a.pdf", size=100)

    async def more() -> AsyncIterator[bytes]:
        yield PDF

    with pytest.raises(Refused) as refused:
        await uploads.take(context, shared.ana, space, begun.id, 0, more())
    assert refused.value.reason is Reason.TOO_LARGE
    assert on_disk(shared.alpha) == {}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.pdf"),
        ("a%00b.pdf", "a%00b.pdf"),
        ("evil\u202efdp.exe", "evilfdp.pdf"),
        ("x" * 300, "x" * 116 + ".pdf"),
        ("CON", "_CON.pdf"),
        ("-rf", "rf.pdf"),
        (".bashrc", "bashrc.pdf"),
    ],
)
async def test_a114_a_name_is_cleaned_and_no_part_of_a_path(
    shared: Shared, name: str, shown: str
) -> None:
    ana = await signed_in(shared.alpha, "ana")
    told = await bring_form(ana, shared.space, form_with(name, PDF))
    assert told.status == 303, told.body[-600:]
    assert await names_of(shared) == [shown]
    (place,) = on_disk(shared.alpha)
    assert place.startswith("blobs/part/")
    assert place.removeprefix("blobs/part/").removesuffix(".part").isalnum()


async def test_a114_a_members_names_are_no_paths_either(hand: Hand) -> None:
    alpha = hand.shared.alpha
    await is_taken(alpha, hand, named(hand, PDF, "application/pdf", "../../../node.sqlite"))
    await settle(alpha)
    (place,) = on_disk(alpha)
    assert place.removeprefix("blobs/").replace("/", "") == hashlib.sha256(PDF).hexdigest()
    told = await (await signed_in(alpha, "ana")).get(address(hand))
    assert told.body == PDF


@pytest.mark.parametrize(
    "name",
    ["a\r\nSet-Cookie: x=y\r\n.pdf", 'a"; filename="b.pdf', "a\r\n\r\n<script>", "ä\u2028b.pdf"],
)
async def test_a077_a_name_makes_no_header(hand: Hand, name: str) -> None:
    """What a member signed as a name that no line may hold is no file; else it is encoded."""
    alpha = hand.shared.alpha
    await is_taken(alpha, hand, named(hand, PDF, "application/pdf", name))
    await settle(alpha)
    told = await (await signed_in(alpha, "ana")).get(address(hand))
    if told.status == 404:
        assert (await file_of(hand)).name == ""
        return
    assert "x=y" not in str(told.fields)
    whole = r"attachment; filename=\"[^\"\\]*\"; filename\*=UTF-8''[A-Za-z0-9._~%-]*"
    assert re.fullmatch(whole, told.fields["content-disposition"])
    assert told.body == PDF


@pytest.mark.parametrize(
    "more",
    ["\r\nSet-Cookie: x=y", "; name=file\r\n\r\nbody", "\r\nContent-Transfer-Encoding: base64"],
)
async def test_a077_a_line_in_a_forms_header_changes_no_answer(shared: Shared, more: str) -> None:
    ana = await signed_in(shared.alpha, "ana")
    told = await bring_form(ana, shared.space, form_with("a.pdf", PDF, more=more))
    assert told.status in {303, 400, 422}
    assert "x=y" not in str(told.fields)
    assert b"Set-Cookie: x=y" not in told.raw.partition(b"\r\n\r\n")[0]
    twin = await bring_form(ana, shared.space, form_with("b.pdf", PDF))
    assert twin.status == 303


async def test_a117_nobody_shows_or_publishes_what_another_brought(shared: Shared) -> None:
    alpha, space = shared.alpha, shared.space
    carl = await alpha.account("carl")
    await spaces.add_colleague(alpha.context, shared.ana, space, "carl")
    ready = await bring(alpha, shared.ana, space, "a.png", pictures.plain("PNG"))
    visitor = await signed_in(alpha, "carl")
    words = {f"name-{ready.id}": "mine", "licence": "CC0-1.0", "language": "en"}
    told = await visitor.post(f"/w/{space}/materials/publish", words | {"residency": "shared"})
    assert told.status == 422
    with pytest.raises(Refused) as refused:
        await materials.publish(alpha.context, carl, space, [(ready.id, SAID)])
    assert refused.value.reason is Reason.NOT_OWNER
    for path in (f"/w/{space}/uploads/{ready.id}", f"/w/{space}/uploads/{ready.id}/thumbnail"):
        assert (await visitor.get(path)).status == 403
    told = await visitor.post(f"/w/{space}/materials/discard", {"upload": ready.id})
    assert told.status == 403
    (file,) = await materials.publish(alpha.context, shared.ana, space, [(ready.id, SAID)])
    words = {"text": "Look!", "language": "en", "audience": "members"}
    told = await visitor.post(
        f"/w/{space}/updates/new", words | {"pictures": file.replace("/", "-")}
    )
    assert told.status == 403
    with pytest.raises(Refused) as refused:
        await news.tell(alpha.context, carl, space, text="Look!", language="en", pictures=[file])
    assert refused.value.reason is Reason.NOT_OWNER
    await news.tell(alpha.context, shared.ana, space, text="Look!", language="en", pictures=[file])


async def test_a117_a_members_update_shows_only_its_own_schools_files(hand: Hand) -> None:
    alpha, ana, space = hand.shared.alpha, hand.shared.ana, hand.shared.space
    ready = await bring(alpha, ana, space, "a.png", pictures.plain("PNG"))
    (file,) = await materials.publish(alpha.context, ana, space, [(ready.id, SAID)])
    payload = operation.payload(
        {"text": "Mine!", "pictures": [file.partition("/")[2]]}, "en", b"\5" * 16
    )
    role = hand.role()
    update = hand.write(
        lambda place: writing.update(place, By(ALIAS), "B" * 21 + "A", audience="members"), payload
    )
    await is_taken(alpha, hand, lines(role, update))
    page = await (await signed_in(alpha, "ana")).get(f"/w/{space}/updates")
    assert b"Mine!" in page.body
    assert b"/thumbnail" not in page.body


async def test_a119_a_private_address_gives_strangers_what_is_not_there(
    shared: Shared, mallory: Rogue, third: Rogue
) -> None:
    alpha, space = shared.alpha, shared.space
    await alpha.account("carl")
    ready = await bring(alpha, shared.ana, space, "a.png", pictures.plain("PNG"))
    (file,) = await materials.publish(alpha.context, shared.ana, space, [(ready.id, SAID)])
    there = f"/w/{space}/files/{file.replace('/', '-')}"
    absent = f"/w/{space}/files/{reference('0' * 32, FILE).replace('/', '-')}"
    ana = await signed_in(alpha, "ana")
    assert (await ana.get(there)).status == 200
    ended = Visitor(alpha, cookie=ana.cookie)
    await ended.post("/logout", {})
    for visitor in (Visitor(alpha), ended, await signed_in(alpha, "carl")):
        told = {}
        for path in (there, f"{there}/thumbnail", f"{there}?keep=1", absent):
            answered = await visitor.get(path, range="bytes=0-9")
            told[answered.status, answered.body.replace(path.partition("?")[0].encode(), b"")] = 1
            assert answered.status == 404
        assert len(told) == 1
    async with alpha.context.database.read() as reader:
        (blob, *_) = (await blobs.list_many(reader, space, [ready.sha256])).values()
    path = f"/spaces/{space}/blobs/{blob.sha256}"
    assert (await send(alpha, mallory.get(alpha, path))).status == 200
    hidden = await send(alpha, third.get(alpha, path))
    nowhere = await send(alpha, third.get(alpha, path.replace(space, "x" * 43)))
    assert (hidden.status, hidden.body) == (nowhere.status, nowhere.body)
    assert hidden.status == 404
    bare = await send(alpha, Request("GET", path, ()))
    assert bare.status == 401


async def test_a119_after_an_erasure_the_same_address_gives_nothing(
    shared: Shared, mallory: Rogue
) -> None:
    alpha, space = shared.alpha, shared.space
    ready = await bring(alpha, shared.ana, space, "Plan.pdf", PDF)
    (file,) = await materials.publish(alpha.context, shared.ana, space, [(ready.id, SAID)])
    path = f"/spaces/{space}/blobs/{ready.sha256}"
    assert (await send(alpha, mallory.get(alpha, path))).body == PDF
    await materials.erase(alpha.context, shared.ana, space, file)
    assert (await send(alpha, mallory.get(alpha, path))).status == 404
    ana = await signed_in(alpha, "ana")
    assert (await ana.get(f"/w/{space}/files/{file.replace('/', '-')}")).status == 404


async def test_a118_bytes_that_are_not_what_was_signed_are_never_seen(hand: Hand) -> None:
    alpha = hand.shared.alpha
    body = named(hand, PDF, "application/pdf")
    path = next(one for one in hand.mallory.answers if "/blobs/" in one)
    for wrong in (SVG, PDF[:-1], PDF + b"x", b"", PDF[:-1] + b"x"):
        hand.mallory.answers[path] = answer(wrong, "application/octet-stream")
        if body:
            await is_taken(alpha, hand, body)
            body = b""
        alpha.clock.advance(days=1)
        await settle(alpha)
        assert (await (await signed_in(alpha, "ana")).get(address(hand))).status == 404
        assert on_disk(alpha) == {}
    hand.mallory.answers[path] = answer(PDF, "application/octet-stream")
    alpha.clock.advance(days=1)
    await settle(alpha)
    assert (await (await signed_in(alpha, "ana")).get(address(hand))).body == PDF


async def test_a118_a_file_whose_size_is_a_lie_is_never_seen(hand: Hand) -> None:
    alpha = hand.shared.alpha
    await is_taken(alpha, hand, named(hand, PDF, "application/pdf", size=len(PDF) + 10))
    await settle(alpha)
    ana = await signed_in(alpha, "ana")
    assert (await ana.get(address(hand))).status == 404
    assert (await ana.get(address(hand).replace("/files/", "/materials/"))).status == 200
