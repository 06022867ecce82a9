"""What bytes are is told by the bytes."""

import io
import zipfile

import pytest

from node.pictures import sniff
from tests import pictures


def zipped(*names: str, first: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return out.getvalue()


KNOWN = {
    "image/jpeg": pictures.plain("JPEG"),
    "image/png": pictures.plain("PNG"),
    "image/webp": pictures.plain("WEBP"),
    "image/gif": pictures.plain("GIF"),
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3",
    "application/zip": zipped("a.txt"),
    "application/vnd.oasis.opendocument.text": zipped(
        "mimetype", first=b"application/vnd.oasis.opendocument.text"
    ),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": zipped(
        "[Content_Types].xml", "_rels/.rels", "word/document.xml"
    ),
    "application/x-ole-storage": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
    "audio/mpeg": b"ID3\x04" + bytes(64),
    "audio/ogg": b"OggS\x00\x02" + bytes(22) + b"\x01\x1eOpusHead",
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "audio/mp4": b"\x00\x00\x00\x20ftypM4A \x00",
    "video/mp4": b"\x00\x00\x00\x20ftypisom\x00",
    "video/webm": b"\x1aE\xdf\xa3" + bytes(20),
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00",
    "text/plain": "Größe, ściana, μέγεθος\n1;2;3\n".encode(),
}


@pytest.mark.parametrize(("media_type", "octets"), KNOWN.items(), ids=KNOWN)
def test_a_known_kind_is_recognised_by_its_bytes(media_type: str, octets: bytes) -> None:
    found = sniff.look_at(octets)
    assert found is not None
    assert found.media_type == media_type


@pytest.mark.parametrize(
    "octets",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
        b"<!-- a comment --><html><script>alert(1)</script>",
        b"plain words and then <ScRiPt>alert(1)</sCrIpT>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ\x90\x00" + bytes(60),
        b"\x7fELF\x02\x01\x01" + bytes(60),
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"8BPS\x00\x01" + bytes(40),
        b"II*\x00\x08\x00\x00\x00",
        b"icns\x00\x00\x10\x00",
        b"BLP2" + bytes(40),
        b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00avif",
        bytes(4096),
        b"",
        "half a letter \u00e9".encode()[:-1],
    ],
    ids=lambda octets: repr(octets[:14]),
)
def test_what_is_not_on_the_list_is_not_taken(octets: bytes) -> None:
    assert sniff.look_at(octets) is None


@pytest.mark.parametrize("first", ["word/numbering.xml", "docProps/app.xml", "_rels/.rels"])
def test_a_document_is_one_whichever_entry_comes_first(first: str) -> None:
    found = sniff.look_at(zipped(first, "word/document.xml", "[Content_Types].xml"))
    assert found is not None
    assert found.media_type.endswith("wordprocessingml.document")


def test_a_long_text_may_end_in_the_middle_of_a_letter() -> None:
    for shift in range(4):
        octets = (b"a" * shift + "日本".encode() * 2000)[: sniff.HEAD_BYTES]
        found = sniff.look_at(octets)
        assert found is not None
        assert found.media_type == "text/plain"


def test_only_what_a_browser_may_show_is_inline() -> None:
    assert not {one for one in sniff.INLINE if "html" in one or "svg" in one or "xml" in one}
    assert "application/pdf" not in sniff.INLINE


def test_the_ending_follows_from_what_the_bytes_are() -> None:
    assert sniff.ending_for("image/webp", "virus.exe") == "webp"
    assert sniff.ending_for("text/plain", "list.csv") == "csv"
    assert sniff.ending_for("text/plain", "page.html") == "txt"
    assert sniff.ending_for("application/x-ole-storage", "marks.xls") == "xls"
    assert sniff.ending_for("application/x-ole-storage", "setup.msi") == ""
