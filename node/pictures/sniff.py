"""What bytes are, as they themselves show: a short list of kinds, and nothing else is taken.

The name and the type that a browser or another school claims are not looked at. Nothing is ever
unpacked: a document that is an archive inside is told by its beginning, and stays as it came.
"""

import re
from dataclasses import dataclass

HEAD_BYTES = 4_096
"""How much of the beginning is looked at."""

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"})
"""What is made into a clean picture on its way in."""

INLINE = frozenset(
    {
        "image/webp",
        *("audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/mp4", "audio/aac"),
        *("video/mp4", "video/webm", "video/ogg"),
    }
)
"""What a browser may show in a page. Everything else is given as a file to keep."""

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_MP4_SOUND = frozenset({b"M4A ", b"M4B ", b"M4P "})
_MP4_PICTURE = frozenset({b"heic", b"heix", b"mif1"})
_MP4_OTHER = frozenset({b"hevc", b"msf1", b"avif", b"avis", b"crx ", b"jxl "})
_OPEN_DOCUMENT = re.compile(
    rb"mimetypeapplication/(vnd\.oasis\.opendocument\.[a-z-]{1,40}|epub\+zip)"
)
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_FOLDERS = tuple(folder for folder, _ in _OFFICE)
# Whatever a browser might take for a page or a picture with scripts, however it is spelled.
_MARKUP = re.compile(
    rb"<\s*(?:!doctype|\?xml|html|svg|script|head|body|iframe|xsl|math|meta)", re.IGNORECASE
)
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    _OFFICE[0][1]: "docx",
    _OFFICE[1][1]: "xlsx",
    _OFFICE[2][1]: "pptx",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "text/plain": "txt",
}
_OLE_ENDINGS = frozenset({"doc", "xls", "ppt"})


@dataclass(frozen=True)
class Kind:
    """What some bytes are."""

    media_type: str

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES

    @property
    def is_film(self) -> bool:
        return self.media_type.startswith("video/")


def look_at(head: bytes) -> Kind | None:
    """What begins with `head` (up to `HEAD_BYTES`, all of it where it is shorter); None for what
    is not taken: pages, vector pictures, programs, and whatever is not known."""
    head = head[:HEAD_BYTES]
    for start, media_type in _STARTS:
        if head.startswith(start):
            return Kind(media_type)
    found = _container(head) or _stream(head) or _text(head)
    return None if found is None else Kind(found)


def _container(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _MP4_PICTURE:
            # The general brand tells by its companions whether it is one of another kind.
            return None if b"avif" in head[8:64] else "image/heic"
        if brand in _MP4_OTHER:
            return None
        return "audio/mp4" if brand in _MP4_SOUND else "video/mp4"
    if head[:4] == b"OggS":
        return "video/ogg" if b"theora" in head[:200] else "audio/ogg"
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _archive(head)
    return None


def _archive(head: bytes) -> str:
    told = _OPEN_DOCUMENT.match(head[30:])
    if told is not None:
        return f"application/{told[1].decode('ascii')}"
    # The first entry tells; programs differ in which one that is.
    if head[30:].startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", *_FOLDERS)):
        for folder, media_type in _OFFICE:
            if folder in head:
                return media_type
    return "application/zip"


def _stream(head: bytes) -> str | None:
    """Sound without a container: the first bits of an MPEG or ADTS frame."""
    if len(head) > 4 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0:
            return "audio/aac"
        if head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0:
            return "audio/mpeg"
    return None


def _text(head: bytes) -> str | None:
    """Plain text in UTF-8 that no browser could take for a page."""
    if not head or _MARKUP.search(head) or head.startswith((b"%!", b"#!")):
        return None
    try:
        # The last character may be cut in two.
        text = (
            head.decode("utf-8") if len(head) < HEAD_BYTES else head[:-4].decode("utf-8", "ignore")
        )
        if len(head) >= HEAD_BYTES and len(text.encode("utf-8")) < len(head) - 8:
            return None
    except UnicodeDecodeError:
        return None
    if any((ord(one) < 32 and one not in "\t\n\r\f") or 127 <= ord(one) < 160 for one in text):
        return None
    return "text/plain"


def ending_for(media_type: str, name: str) -> str:
    """The ending that a file of this type is called by; "" where it has none of its own."""
    own = name.rpartition(".")[2].lower()
    if media_type == "application/x-ole-storage":
        return own if own in _OLE_ENDINGS else ""
    if media_type == "text/plain" and own in {"csv", "txt", "md", "tsv"}:
        return own
    if media_type == "application/zip" and own in {"ggb", "key", "pages", "numbers", "zip", "h5p"}:
        return own
    return _ENDINGS.get(media_type, "")
