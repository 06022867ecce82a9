"""A PDF is written anew: its pages stay; who made them, what acts and what it hides does not."""

import importlib
import io
import random
from pathlib import Path

import pikepdf
import pytest

from node.cleaning import workshop
from protocol.errors import Reason
from tests import canary, tagged_pdf
from tests.files import pdf
from tests.node.cleaning.cleaning import cleaned, cleaned_or_refused, refusal
from tests.tagged_documents import SEEN

PDF = "application/pdf"
pdfium = importlib.import_module("pypdfium2")


async def test_a_pdf_comes_out_clean_and_shows_the_same(tmp_path: Path) -> None:
    octets = tagged_pdf.pdf()
    found = canary.find(octets)
    assert len(found) > 25
    bare, became = await cleaned(tmp_path, octets, PDF)
    assert (canary.find(bare), became) == ([], PDF)
    for number in range(2):
        shown = [
            pdfium.PdfDocument(one)[number].render(scale=1, may_draw_forms=False).to_pil().tobytes()
            for one in (octets, bare)
        ]
        assert shown[0] == shown[1]
    with pikepdf.open(io.BytesIO(bare)) as made:
        assert len(made.pages) == 2
        with made.open_outline() as outline:
            assert [one.title for one in outline.root] == ["A heading", "Another heading"]
        notes = list(made.pages[0].obj.Annots)
        assert [str(one.Contents) for one in notes if "/Contents" in one] == ["A remark"]
        assert [str(one.A.URI) for one in notes if "/A" in one] == ["https://school.example/"]
        assert [str(one.V) for one in made.Root.AcroForm.Fields if "/V" in one] == ["A value"]
        assert not {"/Info", "/Own", "/Prev"} & set(made.trailer.keys())


async def test_what_is_clean_is_cleaned_to_the_same_bytes(tmp_path: Path) -> None:
    once, _ = await cleaned(tmp_path, pdf(3_000), PDF)
    assert (await cleaned(tmp_path, once, PDF))[0] == once


async def test_a_mark_makes_two_hashes_and_two_identities(tmp_path: Path) -> None:
    one, two = [(await cleaned(tmp_path, tagged_pdf.pdf(), PDF, mark))[0] for mark in ("m1", "m2")]
    assert one != two
    ids = [pikepdf.open(io.BytesIO(each)).trailer.ID for each in (one, two)]
    assert not {bytes(each) for each in ids[0]} & {bytes(each) for each in ids[1]}


async def test_a_pdf_that_asks_for_a_password_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    refused = await refusal(tmp_path, out.getvalue(), PDF)
    assert (refused.reason, refused.facts["why"]) == (Reason.UNSUPPORTED_MEDIA_TYPE, "locked")
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(out := io.BytesIO(), encryption=pikepdf.Encryption(user="", owner="secret"))
    bare, _ = await cleaned(tmp_path, out.getvalue(), PDF)
    assert not pikepdf.open(io.BytesIO(bare)).is_encrypted


@pytest.mark.parametrize("seed", range(4))
async def test_a_garbled_pdf_harms_nothing(tmp_path: Path, seed: int) -> None:
    chance, octets = random.Random(seed), tagged_pdf.pdf()
    garbled = bytearray(octets)
    for _ in range(chance.randrange(1, 200)):
        garbled[chance.randrange(len(garbled))] = chance.randrange(256)
    cut = octets[: chance.randrange(8, len(octets))]
    for hostile in (bytes(garbled), cut, b"%PDF-1.7\n" + chance.randbytes(2_000)):
        bare = await cleaned_or_refused(tmp_path, hostile, PDF)
        assert bare is None or canary.find(bare) == []


async def test_a_deep_nest_of_objects_is_refused(tmp_path: Path) -> None:
    nest = b"[" * 400 + b"]" * 400
    hostile = pdf().replace(b"%PDF-1.5", b"%PDF-1.5\n9 0 obj\n" + nest + b"\nendobj", 1)
    bare = await cleaned_or_refused(tmp_path, hostile, PDF)
    assert bare is None or canary.find(bare) == []


async def test_the_words_of_a_pdf_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(tagged_pdf.pdf())
    read = await workshop.read_texts(tmp_path / "in", tmp_path / "words", PDF)
    assert not (tmp_path / "words").exists()
    assert any(SEEN in words for where, words in read.texts if where == "text")
    said = " ".join(words for where, words in read.texts if where == "metadata")
    for word in ("A remark", "A heading", "A value", "CanaryAuthor", "CanaryXmp", "CanarySigner"):
        assert word in said
    # The second page has no letters.
    assert read.unread == {"pictures"}
