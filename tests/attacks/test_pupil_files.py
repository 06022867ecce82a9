"""Files of pupils that tell more than they show: by their names, and by what is written in them."""

from pathlib import Path

import pytest

from node.classroom import bringing, files, release
from protocol.errors import Reason, Refused
from tests import pictures
from tests.canary import WORD
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.pupil_files import bring, mend
from tests.node.classroom.works import let_out
from tests.node.spaces.bringing import files_at, in_pieces
from tests.node.spaces.schools import open_together
from tests.node.spaces.test_erasure import files_of
from tests.node.spaces.viewing import look
from tests.nodes import Node, settle
from tests.tagged_documents import document


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def seen_by_a_teacher(twinned: Twinned, work: int) -> bytes:
    room = twinned.alpha.node.room
    given = await release.show(room, twinned.shared.ana, work)
    return b"".join([piece async for piece in files.pieces(room, given)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a111_a_pupils_photo_says_nothing_of_its_camera_to_the_teacher_nor_to_a_partner(
    twinned: Twinned, kind: str
) -> None:
    coming = pictures.tagged(kind, (320, 240))
    assert any(one in coming for one in pictures.SECRETS), "the photo says it"
    work = await bring(twinned, octets=coming)
    held = await seen_by_a_teacher(twinned, work)
    file = await let_out(twinned, work)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    _, there = await look(twinned.shared, file)
    for octets in (held, there):
        assert [one for one in (pictures.OWNER, pictures.PLACE) if one.encode() in octets] == []
    for node in (twinned.shared.alpha, twinned.shared.beta):
        kept = files_of(node)
        assert [one for one in (pictures.OWNER, pictures.PLACE) if one.encode() in kept] == []


async def test_a111_a_pupils_document_names_no_author(twinned: Twinned) -> None:
    coming = document("docx")
    work = await bring(twinned, "Birds.docx", coming, alt="")
    held = await seen_by_a_teacher(twinned, work)
    assert WORD.encode() not in held
    assert WORD.encode() not in files_of(twinned.shared.alpha)


async def test_a111_what_cannot_be_made_clean_is_refused_and_what_can_is_taken(
    twinned: Twinned,
) -> None:
    room, mia = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    with pytest.raises(Refused) as refused:
        await bringing.bring(
            room,
            mia,
            twinned.space,
            name="a.zip",
            language="en",
            pieces=in_pieces(b"PK\x03\x04" + pictures.OWNER.encode() * 9),
        )
    assert refused.value.reason is Reason.UNSUPPORTED_MEDIA_TYPE
    assert pictures.OWNER.encode() not in files_of(twinned.alpha.node)
    assert await bring(twinned, "a.txt", b"Storks.")


TEXT = b"We counted storks. " * 500


@pytest.mark.parametrize(
    "tail",
    [
        pictures.tagged("JPEG", (32, 24)),
        document("docx"),
        "Jürgen Müller".encode("cp1252"),
        "Mia Nowak".encode("utf-16-le"),
        b"\xed\xa0\x80",
        b"\xe2\x82",
    ],
    ids=["photo", "document", "other encoding", "wide letters", "half a letter", "cut off"],
)
async def test_a111_what_only_begins_as_a_text_is_refused_and_a_text_is_taken(
    twinned: Twinned, tail: bytes
) -> None:
    room, mia = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    with pytest.raises(Refused) as refused:
        await bringing.bring(
            room, mia, twinned.space, name="a.txt", language="en", pieces=in_pieces(TEXT + tail)
        )
    assert refused.value.reason is Reason.UNSUPPORTED_MEDIA_TYPE
    assert refused.value.facts["why"] == "unreadable"
    assert await bring(twinned, "a.txt", TEXT + "Müller".encode())


@pytest.mark.parametrize(
    ("name", "alt", "words"),
    [
        ("Mia Nowak.jpg", "A stork.", ""),
        ("Storks.jpg", "Mia Nowak and a stork.", ""),
        ("Storks.txt", "", "Counted by M.i.a. N.o.w.a.k"),
    ],
)
async def test_a158_a_name_leaves_with_no_file_and_the_mended_one_leaves_under_an_alias(
    twinned: Twinned, name: str, alt: str, words: str
) -> None:
    shared = twinned.shared
    work = await bring(twinned, name, words.encode(), alt=alt)
    await settle(shared.alpha, shared.beta)
    assert await files_at(shared.beta, shared.space) == [], "never by itself"
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work, anyway=["Mia", "Nowak", "Mia Nowak"])
    assert refused.value.reason is Reason.NOT_ALLOWED
    if not words:
        await mend(twinned, work, name="Storks", alt="A stork.")
        await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    seen = [one.name for one in await files_at(shared.beta, shared.space)]
    assert seen == ([] if words else ["Storks.webp"])
    assert b"Nowak" not in files_of(shared.beta)


def vault_of(twinned: Twinned) -> Path:
    return twinned.alpha.node.folder.vault


async def test_a163_a_file_that_waits_lies_in_no_plain_byte_anywhere(twinned: Twinned) -> None:
    text = b"Kingfishers at the weir, counted by nobody."
    await bring(twinned, "Storks.txt", text, alt="Kingfishers")
    kept = b"".join(one.read_bytes() for one in vault_of(twinned).rglob("*") if one.is_file())
    assert b"SQLite" in kept
    assert b"ingfisher" not in kept
    assert b"ingfisher" not in files_of(twinned.alpha.node)
