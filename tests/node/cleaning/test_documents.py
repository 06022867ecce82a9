"""Office documents lose what tells of people, places, programs and devices, and stay readable."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from node.cleaning import workshop
from protocol.errors import Reason
from tests import canary, tagged_documents
from tests.node.cleaning.cleaning import cleaned, cleaned_or_refused, refusal
from tests.tagged_documents import SEEN, TYPES, changed


@pytest.mark.parametrize("kind", TYPES)
async def test_a_document_comes_out_clean_and_keeps_its_words(tmp_path: Path, kind: str) -> None:
    octets = tagged_documents.document(kind)
    assert len(canary.find(octets)) > 20
    bare, became = await cleaned(tmp_path, octets, TYPES[kind])
    assert (canary.find(bare), became) == ([], TYPES[kind])
    (tmp_path / "bare").write_bytes(bare)
    read = await workshop.read_texts(tmp_path / "bare", tmp_path / "words", TYPES[kind])
    said = " ".join(words for _, words in read.texts)
    assert SEEN in said
    assert "2024" not in said
    with zipfile.ZipFile(io.BytesIO(bare)) as archive:
        assert archive.testzip() is None
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        if kind == "docx":
            assert b"A remark" in archive.read("word/comments.xml")
            assert b"https://school.example/" in archive.read("word/_rels/document.xml.rels")
            assert b"delText" in archive.read("word/document.xml")


@pytest.mark.parametrize("kind", ["docx", "xlsx", "odt", "odp"])
async def test_what_is_clean_is_cleaned_to_the_same_bytes(tmp_path: Path, kind: str) -> None:
    once, _ = await cleaned(tmp_path, tagged_documents.document(kind), TYPES[kind])
    assert (await cleaned(tmp_path, once, TYPES[kind]))[0] == once


@pytest.mark.parametrize("kind", ["docx", "odt"])
async def test_a_mark_makes_two_hashes_of_one_document(tmp_path: Path, kind: str) -> None:
    octets = tagged_documents.document(kind)
    one, two = [(await cleaned(tmp_path, octets, TYPES[kind], mark))[0] for mark in ("m1", "m2")]
    assert one != two


@pytest.mark.parametrize(
    ("name", "octets", "why"),
    [
        ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "macros"),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "inside"),
        ("word/media/image9.emf", b"\x01\0\0\0" + bytes(100), "inside"),
        ("word/media/image9.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "inside"),
        ("word/styles.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "unreadable"),
        ("word/styles.xml", "<x>", "unreadable"),
        ("../climbing.xml", "<x/>", "unreadable"),
        ("/absolute.xml", "<x/>", "unreadable"),
    ],
)
async def test_what_cannot_be_cleaned_is_refused_with_its_reason(
    tmp_path: Path, name: str, octets: bytes | str, why: str
) -> None:
    refused = await refusal(tmp_path, changed("docx", name, octets), TYPES["docx"])
    assert (refused.reason, refused.facts["why"]) == (Reason.UNSUPPORTED_MEDIA_TYPE, why)
    twin = changed("docx", "word/styles.xml", "<styles/>")
    assert (await cleaned(tmp_path, twin, TYPES["docx"]))[1] == TYPES["docx"]


async def test_documents_in_documents_in_documents_are_refused(tmp_path: Path) -> None:
    octets = tagged_documents.document("xlsx")
    for _ in range(2):
        octets = changed("docx", "word/embeddings/a.docx", octets)
    assert (await cleaned(tmp_path, octets, TYPES["docx"]))[1] == TYPES["docx"]
    octets = changed("docx", "word/embeddings/a.docx", octets)
    assert (await refusal(tmp_path, octets, TYPES["docx"])).facts["why"] == "inside"


@pytest.mark.parametrize("kind", TYPES)
async def test_a_garbled_document_harms_nothing(tmp_path: Path, kind: str) -> None:
    chance = random.Random(kind)
    octets = tagged_documents.document(kind)
    for _ in range(3):
        garbled = bytearray(octets)
        for _ in range(chance.randrange(1, 30)):
            garbled[chance.randrange(len(garbled))] = chance.randrange(256)
        bare = await cleaned_or_refused(tmp_path, bytes(garbled), TYPES[kind])
        assert bare is None or canary.find(bare) == []
        cut = octets[: chance.randrange(4, len(octets))]
        assert await cleaned_or_refused(tmp_path, cut, TYPES[kind]) is None
