"""Archives of own works with bad intentions: each is refused by name, and nothing of it is kept."""

import io
import stat
import struct
import zipfile

import pytest

from node.classroom.works_archive import MAX_ENTRIES, MAX_TEXT_CHARACTERS
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.classroom import archives
from tests.node.classroom.archives import archive, pack, take_in, work, works_json
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.pupil_files import sealed
from tests.node.spaces.schools import open_together
from tests.nodes import Node

NOISE = bytes(range(7)) * 40
TEXT = "files/001-a.png"
PNG = pictures.tagged("PNG", (64, 48))


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


def linked() -> bytes:
    info = zipfile.ZipInfo("01-Z/files/001-a.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return pack({"01-Z/works.json": works_json(work("A.", TEXT, PNG)), info: b"/etc/passwd"})


def twice() -> bytes:
    """The second name is the first one's, letter by letter, once it is packed."""
    octets = pack({"01-Z/works.json": works_json(work()), "01-Z/works.jsom": works_json(work())})
    return octets.replace(b"works.jsom", b"works.json")


def encrypted() -> bytes:
    octets = bytearray(archive(work()))
    at = octets.rfind(b"PK\x01\x02")
    octets[at + 8] |= 1
    return bytes(octets)


def rarely_packed() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as whole:
        whole.writestr("01-Z/works.json", works_json(work()))
    return packed.getvalue()


def damaged() -> bytes:
    """One bit of a stored file is another."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        whole.writestr("01-Z/works.json", works_json(work("A.", TEXT, PNG)))
        whole.writestr(f"01-Z/{TEXT}", PNG)
    octets = bytearray(packed.getvalue())
    octets[octets.find(PNG[:32]) + 60] ^= 1
    return bytes(octets)


def endless_list() -> bytes:
    """Its end says that the list is longer than any list of ours."""
    octets = bytearray(archive(work()))
    at = octets.rfind(b"PK\x05\x06")
    octets[at + 12 : at + 16] = struct.pack("<L", 0x7FFFFFFF)
    return bytes(octets)


def large_list() -> bytes:
    """It says in the newer form how many entries it has."""
    octets = archive(work())
    at = octets.rfind(b"PK\x05\x06")
    return octets[:at] + b"PK\x06\x07" + b"\0" * 16 + octets[at:]


def named(name: str) -> bytes:
    return pack({"01-Z/works.json": works_json(work()), name: b"x"})


WHOLE = archive(work("A.", TEXT, PNG), files={TEXT: PNG})
HOSTILE = {
    "no archive": (b"GIF89a" * 100, "zip"),
    "cut off": (WHOLE[: len(WHOLE) // 2], "zip"),
    "up and away": (named("01-Z/../../evil"), "name"),
    "from the root": (named("/etc/cron.d/evil"), "name"),
    "in a folder of dots": (named("../works.json"), "name"),
    "with a drive": (named("01-Z/files/C:evil"), "name"),
    "with backslashes": (named("01-Z\\..\\evil"), "name"),
    "with a line in its name": (named("01-Z/files/a\nb"), "name"),
    "something beside": (named("01-Z/run.exe"), "name"),
    "a file of no work": (named("01-Z/files/002-b.png"), "name"),
    "a link": (linked(), "name"),
    "the same twice": (twice(), "name"),
    "encrypted": (encrypted(), "locked"),
    "packed rarely": (rarely_packed(), "locked"),
    "damaged": (damaged(), "damaged"),
    "an endless list": (endless_list(), "many"),
    "a list in the newer form": (large_list(), "many"),
    "too many entries": (pack({f"{at}/works.html": b"" for at in range(MAX_ENTRIES + 1)}), "many"),
    "works of too many": (
        pack({f"{at}/works.json": works_json(work()) for at in range(101)}),
        "many",
    ),
    "no works": (pack({"01-Z/works.html": b"<p>"}), "works"),
    "no object": (pack({"01-Z/works.json": b"[]"}), "works"),
    "the same member twice": (
        pack({"01-Z/works.json": b'{"format": "a", "format": "schoolgate-works-1"}'}),
        "works",
    ),
    "deep": (pack({"01-Z/works.json": b'{"a":' + b"[" * 9_000 + b"]" * 9_000 + b"}"}), "works"),
    "another version": (
        pack({"01-Z/works.json": works_json(format="schoolgate-works-2")}),
        "format",
    ),
    "one member more": (archive(work(pupil="Mia")), "value"),
    "a state that is none": (archive(work(state="public")), "value"),
    "a language that is none": (archive(work(language='en" onload="x')), "value"),
    "a text too long": (archive(work("x" * (MAX_TEXT_CHARACTERS + 1))), "value"),
    "a time that is none": (archive(work(created="2026-02-31T09:00:00Z")), "value"),
    "a time to come": (archive(work(changed="2999-01-01T00:00:00Z")), "value"),
    "a file elsewhere": (archive(work("A.", "files/../../x", PNG)), "value"),
    "a file that is not there": (archive(work("A.", TEXT, PNG)), "missing"),
    "a file of another size": (archive(work("A.", TEXT, PNG, size=3), files={TEXT: PNG}), "other"),
    "another file": (archive(work("A.", TEXT, PNG[::-1]), files={TEXT: PNG}), "other"),
    "one file for two": (
        archive(work("A.", TEXT, PNG), work("B.", TEXT, PNG), files={TEXT: PNG}),
        "name",
    ),
    "a size without a file": (archive(work(size=5)), "value"),
}


async def is_untouched(twinned: Twinned) -> bool:
    rows = await twinned.alpha.node.dump_vault()
    return not rows["brought_works"] and sealed(twinned) == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_archive_is_refused_by_name_and_nothing_of_it_is_kept(
    twinned: Twinned, name: str
) -> None:
    octets, why = HOSTILE[name]
    with pytest.raises(Refused) as caught:
        await take_in(twinned, octets)
    assert (caught.value.reason, caught.value.facts.get("why")) == (Reason.BAD_INPUT, why)
    assert await is_untouched(twinned)


async def test_their_well_formed_twin_is_taken_in(twinned: Twinned) -> None:
    assert (await take_in(twinned, WHOLE)).new == 1


async def test_a_bomb_is_refused_before_it_is_unpacked(twinned: Twinned) -> None:
    most = twinned.alpha.node.context.settings.files.brought_mib
    zeros = bytes((most + 17) * 1_048_576)
    octets = archive(work("A.", TEXT, zeros), files={TEXT: zeros})
    assert len(octets) < 1_000_000
    with pytest.raises(Refused) as caught:
        await take_in(twinned, octets)
    assert caught.value.reason is Reason.TOO_LARGE
    assert await is_untouched(twinned)


async def test_a_later_file_that_cannot_be_taken_leaves_nothing_of_the_earlier_ones(
    twinned: Twinned,
) -> None:
    other = "files/002-b.bin"
    octets = archive(
        work("A.", TEXT, PNG), work("B.", other, NOISE), files={TEXT: PNG, other: NOISE}
    )
    with pytest.raises(Refused) as caught:
        await take_in(twinned, octets)
    assert caught.value.reason is Reason.UNSUPPORTED_MEDIA_TYPE
    assert caught.value.facts["name"] == "b.bin"
    assert await is_untouched(twinned)


async def test_markup_in_an_archive_is_shown_as_letters(twinned: Twinned) -> None:
    from_outside = "<script>alert(1)</script>"
    octets = archive(work(from_outside, project=from_outside, thread=from_outside))
    await take_in(twinned, octets)
    school = twinned.alpha
    async with archives.as_pupil(school, "Tiger Vega") as pupil:
        page = await pupil.get("/c/works")
    assert from_outside in page.text
    assert from_outside not in page.html
