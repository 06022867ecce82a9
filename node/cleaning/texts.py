"""The process that reads every word in a file, for somebody who looks for names in it.

What is to be read: the text of pages, tables and slides with what is hidden or crossed out, notes,
remarks, descriptions of pictures, names of fields, links, parts and attachments, and what a file
says about itself. What cannot be read (points of pictures, sound, films) is said, not passed over.
"""

import io
import json
import os
from collections.abc import Iterator
from typing import BinaryIO, Final

import av
import pikepdf
import pypdf
from PIL import (
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from pypdf.errors import PyPdfError

from node.cleaning import archive, films, markup
from node.cleaning.archive import Packed
from node.cleaning.cage import Said, Unfit, load_all, serve
from node.cleaning.kinds import FILMS, OFFICE, OPEN_DOCUMENT, PDF
from node.cleaning.markup import Element, local
from node.cleaning.parts import DEEPEST
from node.pictures import sniff

MOST_CHARACTERS: Final = 4_000_000
MOST_PAGES: Final = 2_000
LOADED: Final = (
    *(GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin),
    *(TiffImagePlugin, MpoImagePlugin),
)
"""Read before the process may open nothing any more."""
Image.preinit()
load_all(pikepdf)
load_all(pypdf)
BROKEN: Final = (
    *(PyPdfError, pikepdf.PdfError, RecursionError, TypeError, AttributeError, IndexError),
    *(ZeroDivisionError, SyntaxError, *archive.BROKEN, *markup.BROKEN, *films.BROKEN),
)
_PARAGRAPHS: Final = frozenset(
    {"p", "h", "si", "c", "comment", "table-cell", "li", "tr", "row", "annotation", "note"}
    | {
        "creator",
        "date",
        "date-string",
        "initial-creator",
        "keyword",
        "user-defined",
        "config-item",
    }
)
_BREAKS: Final = frozenset({"br", "tab", "cr", "line-break", "s"})
_WORDS_IN: Final = frozenset(
    {"descr", "title", "alt", "author", "userName", "displayName", "initials", "tip", "href"}
    | {"tooltip", "lastModifiedBy", "instr", "string-value", "prompt", "promptTitle", "error"}
    | {"errorTitle", "refreshedBy", "display-name", "Target"}
)
"""Attributes that hold what somebody wrote, or who it was."""
_NAMED: Final = frozenset(
    {"docPr", "cNvPr", "sheet", "table", "frame", "section", "bookmark", "bookmarkStart"}
    | {"bookmark-start", "cmAuthor", "author", "page", "definedName", "tag"}
)
"""Elements whose names people choose."""


class Reading:
    """The words found so far, and what could not be read."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.unread: set[str] = set()
        self._left = MOST_CHARACTERS

    def say(self, where: str, words: str) -> None:
        words = words.strip()
        if not words:
            return
        if len(words) > self._left:
            self.unread.add("rest")
        self.texts.append((where, words[: self._left]))
        self._left -= len(words[: self._left])


def read(source: BinaryIO, media_type: str, reading: Reading) -> None:
    """Refuses with locked, broken, unpacked."""
    if media_type == PDF:
        _read_pdf(source, reading)
    elif media_type.startswith((OFFICE, OPEN_DOCUMENT)):
        _read_packed(source, reading)
    elif media_type in FILMS:
        _read_film(source, media_type, reading)
    elif media_type in sniff.PICTURES:
        _read_picture(source, reading)
    elif media_type.startswith("text/"):
        reading.say("text", source.read(4 * MOST_CHARACTERS).decode("utf-8", "replace"))
    else:
        reading.unread.add("all")


def _read_pdf(source: BinaryIO, reading: Reading) -> None:
    try:
        with pikepdf.open(source, access_mode=pikepdf.AccessMode.stream) as pdf:
            _read_objects(pdf, reading)
    except pikepdf.PasswordError:
        raise Unfit("locked") from None
    source.seek(0)
    for number, page in enumerate(pypdf.PdfReader(source).pages):
        if number >= MOST_PAGES:
            reading.unread.add("rest")
            break
        try:
            words = page.extract_text()
        except BROKEN:
            reading.unread.add("page")
            continue
        if not words.strip():
            # A page without letters is a picture of one.
            reading.unread.add("pictures")
        reading.say("text", words)


def _read_objects(pdf: pikepdf.Pdf, reading: Reading) -> None:
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream):
            kind = str(one.get("/Subtype", ""))
            if kind == "/Image":
                reading.unread.add("pictures")
            if kind == "/XML":
                reading.say("metadata", one.read_bytes().decode("utf-8", "replace"))
        _say_strings(one, reading, 0)


def _say_strings(one: object, reading: Reading, depth: int) -> None:
    if depth > 20:
        reading.unread.add("rest")
    elif isinstance(one, pikepdf.String):
        reading.say("metadata", str(one))
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        for key in list(one.keys()):
            _say_inside(one.get(key), reading, depth)
    elif isinstance(one, pikepdf.Array):
        for inner in list(one):
            _say_inside(inner, reading, depth)


def _say_inside(inner: object, reading: Reading, depth: int) -> None:
    is_elsewhere = isinstance(inner, pikepdf.Array | pikepdf.Dictionary) and inner.objgen[0]
    if not is_elsewhere:
        _say_strings(inner, reading, depth + 1)


def _read_packed(source: BinaryIO, reading: Reading, depth: int = 0) -> None:
    packed = Packed(source)
    for name, octets in packed.read_all():
        if name.lower().endswith((".xml", ".rels", ".vml", ".rdf")):
            root = markup.read(octets, name)
            for words in _paragraphs(root):
                reading.say("text", words)
            for words in _words_in(root):
                reading.say("description", words)
        elif name != "mimetype":
            reading.say("name", name)
            _read_part(octets, depth, reading)


def _read_part(octets: bytes, depth: int, reading: Reading) -> None:
    kind = sniff.look_at(octets[: sniff.HEAD_BYTES])
    if kind is None:
        reading.unread.add("inside")
    elif kind.media_type.startswith((OFFICE, OPEN_DOCUMENT)) and depth < DEEPEST:
        _read_packed(io.BytesIO(octets), reading, depth + 1)
    elif kind.is_picture:
        reading.unread.add("pictures")
    elif kind.media_type in FILMS:
        reading.unread.add("film" if kind.is_film else "sound")
    else:
        reading.unread.add("inside")


def _paragraphs(root: Element) -> Iterator[str]:
    """Text by paragraphs and cells: what stands in one line is one text, however it is marked."""
    words: list[str] = []
    for event, one in _walk(root):
        name = local(one.tag) if isinstance(one.tag, str) else ""
        if event == "start":
            if name in _PARAGRAPHS and words:
                yield "".join(words)
                words = []
            if name in _BREAKS:
                words.append(" ")
            words.append(one.text or "")
        else:
            if name in _PARAGRAPHS:
                yield "".join(words)
                words = []
            words.append(one.tail or "")
    yield "".join(words)


def _walk(root: Element) -> Iterator[tuple[str, Element]]:
    """Every element where it begins and where it ends, without recursion."""
    waiting = [(False, root)]
    while waiting:
        is_over, one = waiting.pop()
        if is_over:
            yield "end", one
            continue
        yield "start", one
        waiting.append((True, one))
        waiting.extend((False, inner) for inner in reversed(one))


def _words_in(root: Element) -> Iterator[str]:
    for one in root.iter("*"):
        named = local(one.tag) in _NAMED
        if local(one.tag) == "Relationship" and one.get("TargetMode") != "External":
            continue
        for key, value in one.items():
            if local(key) in _WORDS_IN or (named and local(key) == "name"):
                yield str(value)


def _read_film(source: BinaryIO, media_type: str, reading: Reading) -> None:
    reading.unread.add("film" if media_type.startswith("video/") else "sound")
    with av.open(source, format=FILMS[media_type], metadata_errors="replace") as coming:
        for where in (coming, *coming.streams):
            for value in where.metadata.values():
                reading.say("metadata", value)
        for chapter in coming.chapters():
            for value in chapter["metadata"].values():
                reading.say("metadata", value)


def _read_picture(source: BinaryIO, reading: Reading) -> None:
    reading.unread.add("pictures")
    with Image.open(source, formats=["JPEG", "PNG", "WEBP", "GIF"]) as image:
        exif = image.getexif()
        tags = [exif, *(exif.get_ifd(one) for one in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo))]
        said = [value for one in tags for value in one.values()]
        said += [
            image.info.get(key) for key in ("comment", "xmp", "XML:com.adobe.xmp", "photoshop")
        ]
        said += list(getattr(image, "text", {}).values())
    for value in said:
        if isinstance(value, bytes):
            reading.say("metadata", value.decode("utf-8", "replace"))
        elif isinstance(value, str):
            reading.say("metadata", value)


def work(source: int, target: int, media_type: str, mark: str) -> Said:
    """The words go to `target` as JSON; `mark` means nothing here."""
    reading = Reading()
    with os.fdopen(source, "rb") as coming:
        read(coming, media_type, reading)
    with os.fdopen(target, "w", encoding="utf-8", errors="replace") as out:
        json.dump({"texts": reading.texts, "unread": sorted(reading.unread)}, out)
    return {"media_type": media_type + mark}


if __name__ == "__main__":
    serve(work, BROKEN)
