"""Every word that can be read in a file is read, and what cannot be read is said."""

import random
from pathlib import Path

import pytest

from node.cleaning import workshop
from node.cleaning.workshop import Words
from protocol.errors import Reason, Refused
from tests import pictures, tagged_documents, tagged_films, tagged_pdf
from tests.tagged_documents import SEEN, TYPES, changed


async def read(folder: Path, octets: bytes, media_type: str) -> Words:
    (folder / "in").write_bytes(octets)
    words = await workshop.read_texts(folder / "in", folder / "words", media_type)
    assert not (folder / "words").exists()
    return words


def all_of(words: Words) -> str:
    return "\n".join(one for _, one in words.texts)


@pytest.mark.parametrize("kind", TYPES)
async def test_the_words_of_a_document_are_read_with_what_it_hides(
    tmp_path: Path, kind: str
) -> None:
    words = await read(tmp_path, tagged_documents.document(kind), TYPES[kind])
    said = all_of(words)
    assert ("text", SEEN) in words.texts
    hidden = {
        "docx": ["less", "Commenter", "User\\a.jpg", "Creator", "CanarySharer", "A thread"],
        "xlsx": ["A remark", "Creator", "Sheet"],
        "pptx": ["Commenter", "Home/a.png"],
        "odt": ["A remark", "Annotator", "Changer", "Creator"],
        "ods": ["A remark", "Annotator"],
        "odp": ["A remark", "Annotator"],
    }[kind]
    assert [one for one in hidden if one not in said] == []
    assert "pictures" in words.unread or kind == "ods"


async def test_what_stands_in_one_line_is_one_text(tmp_path: Path) -> None:
    """A name is found although half of it is bold."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        f"<w:document xmlns:w='{main}'><w:body><w:p><w:r><w:t>Mar</w:t></w:r><w:r><w:rPr><w:b/>"
        "</w:rPr><w:t>ia Silva</w:t></w:r></w:p><w:p><w:r><w:t>Bob</w:t></w:r></w:p></w:body>"
        "</w:document>"
    )
    words = await read(tmp_path, changed("docx", "word/document.xml", body), TYPES["docx"])
    assert ("text", "Maria Silva") in words.texts
    assert ("text", "Bob") in words.texts


async def test_what_a_film_and_a_photograph_say_of_themselves_is_read(tmp_path: Path) -> None:
    film = await read(tmp_path, tagged_films.film("h264.mp4"), "video/mp4")
    assert "CanaryTitle" in all_of(film)
    assert "CanaryChapter" in all_of(film)
    assert film.unread == {"film"}
    photograph = await read(tmp_path, pictures.tagged("JPEG"), "image/jpeg")
    assert pictures.OWNER in all_of(photograph)
    assert photograph.unread == {"pictures"}


async def test_a_plain_text_is_read_and_an_unknown_file_is_not(tmp_path: Path) -> None:
    words = await read(tmp_path, "Blåbær, Ana\n".encode(), "text/plain")
    assert words == Words([("text", "Blåbær, Ana")], frozenset())
    assert (await read(tmp_path, b"PK\3\4", "application/zip")).unread == {"all"}


@pytest.mark.parametrize("media_type", ["application/pdf", *TYPES.values(), "video/mp4"])
async def test_a_garbled_file_is_refused_or_read_and_harms_nothing(
    tmp_path: Path, media_type: str
) -> None:
    chance = random.Random(media_type)
    if media_type == "application/pdf":
        whole = tagged_pdf.pdf()
    elif media_type == "video/mp4":
        whole = tagged_films.film("h264.mp4")
    else:
        whole = tagged_documents.document("docx")
    garbled = bytearray(whole)
    for _ in range(30):
        garbled[chance.randrange(len(garbled))] = chance.randrange(256)
    for octets in (bytes(garbled), whole[: len(whole) // 2], chance.randbytes(500)):
        try:
            await read(tmp_path, octets, media_type)
        except Refused as refused:
            if refused.reason not in {Reason.UNSUPPORTED_MEDIA_TYPE, Reason.TOO_LARGE}:
                raise
