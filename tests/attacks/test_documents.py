"""Documents as attackers and the careless bring them: bombs, traps, and what tells of people."""

from collections.abc import Callable

import pytest

from node.app import open_context
from node.storage import contents
from tests import canary, pictures, tagged_documents, tagged_films, tagged_pdf
from tests.attacks.carrying import archive_of, bring_form, form_with
from tests.attacks.founding import Shared
from tests.attacks.visiting import signed_in
from tests.files import pdf
from tests.node.spaces.bringing import on_disk
from tests.nodes import CHEAP, shared_book
from tests.tagged_documents import changed

PDF = pdf(2_000)
TELLING: dict[str, Callable[[], bytes]] = {
    "a.jpg": lambda: pictures.tagged("JPEG"),
    "a.png": lambda: pictures.tagged("PNG"),
    "a.webp": lambda: pictures.tagged("WEBP"),
    "a.pdf": tagged_pdf.pdf,
    "a.docx": lambda: tagged_documents.document("docx"),
    "a.odt": lambda: tagged_documents.document("odt"),
    "a.mp4": lambda: tagged_films.film("h264.mp4"),
    "a.mp3": lambda: tagged_films.sound("a.mp3"),
}
PICTURES = frozenset({"a.jpg", "a.png", "a.webp"})


def tells(octets: bytes) -> bool:
    return bool(canary.find(octets)) or any(one in octets for one in pictures.SECRETS[:2])


ENTRIES = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
HOSTILE_ARCHIVES = {
    "bomb": archive_of(*ENTRIES, "word/media/zeros.png", size=300_000_000),
    "many": archive_of(*ENTRIES, *(f"word/{number}" for number in range(20_000)), size=0),
    "overlap": archive_of(*ENTRIES) + archive_of("a", "b"),
    "climbing": archive_of(*ENTRIES, "../../../etc/cron.d/x", "/etc/passwd", "C:\\x", "a\x01b"),
}


async def is_refused(shared: Shared, name: str, octets: bytes) -> bytes:
    """A file is not taken, and nothing of it lies here; what its owner reads."""
    ana = await signed_in(shared.alpha, "ana")
    told = await bring_form(ana, shared.space, form_with(name, octets))
    assert (told.status, on_disk(shared.alpha)) == (422, {})
    twin = await bring_form(ana, shared.space, form_with("twin.pdf", PDF))
    assert twin.status == 303
    return told.body


@pytest.mark.parametrize("name", ["bomb", "many", "overlap"])
async def test_a112_an_archive_is_never_unpacked(shared: Shared, name: str) -> None:
    octets = archive_of("a.txt", size=50_000_000) + HOSTILE_ARCHIVES[name]
    assert b"is an archive" in await is_refused(shared, "a.zip", octets)


@pytest.mark.parametrize("name", ["bomb", "many", "overlap"])
async def test_a112_a_document_is_unpacked_within_bounds(shared: Shared, name: str) -> None:
    await is_refused(shared, "a.docx", HOSTILE_ARCHIVES[name])


async def test_a113_names_in_an_archive_lead_nowhere_also_after_a_restart(shared: Shared) -> None:
    alpha = shared.alpha
    before = {one for one in alpha.folder.path.rglob("*") if "blobs" not in one.parts}
    await is_refused(shared, "a.docx", HOSTILE_ARCHIVES["climbing"])
    assert {one for one in alpha.folder.path.rglob("*") if "blobs" not in one.parts} == before
    # Another process opens the same folder and finds nothing that it would choke on.
    async with (
        open_context(alpha.folder, CHEAP, clock=alpha.clock, book=shared_book()) as again,
        again.database.read() as reader,
    ):
        assert await contents.list_files(reader, shared.space) == []


@pytest.mark.parametrize("name", TELLING)
async def test_a111_what_tells_of_people_never_lies_here(shared: Shared, name: str) -> None:
    octets = TELLING[name]()
    assert tells(octets)
    ana = await signed_in(shared.alpha, "ana")
    assert (await bring_form(ana, shared.space, form_with(name, octets))).status == 303
    there = on_disk(shared.alpha)
    # A picture has a small one beside it.
    assert len(there) == (2 if name in PICTURES else 1)
    assert [place for place, one in there.items() if tells(one)] == []


@pytest.mark.parametrize(
    ("name", "octets", "said"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000), b"of an old kind"),
        ("a.rtf", b"{\\rtf1{\\info{\\author Canary}} words}", b"of an old kind"),
        ("a.docm", changed("docx", "word/vbaProject.bin", b"\xd0\xcf"), b"has macros"),
        ("a.docx", changed("docx", "word/media/a.emf", bytes(99)), b"Something inside"),
    ],
    ids=["doc", "rtf", "docm", "docx"],
)
async def test_a111_what_cannot_be_cleaned_is_refused_and_says_what_to_do(
    shared: Shared, name: str, octets: bytes, said: bytes
) -> None:
    assert said in await is_refused(shared, name, octets)
