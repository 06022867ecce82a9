"""What a block of a page says: a heading, a paragraph, a list, a picture, a file, a table, or
something embedded.

A body has a *written form*: named texts as a form without scripts holds them, an entry of a list or
a row of a table on a line. Differences and merges are of written forms, so that every kind of block
has them alike.
"""

import re
from collections.abc import Mapping
from typing import Annotated, TypeAlias, assert_never

import msgspec
from msgspec import Meta

from protocol.canonical import JSON, JSONObject
from protocol.errors import Refused
from protocol.space.fold.item import ANY_TEXT, LINE, Language, Text, Title
from protocol.space.operation import read_payload
from protocol.space.vocabulary import REFERENCE

MAX_OCTETS = 65_536
MAX_ENTRIES = 100
MAX_ROWS = 50
MAX_COLUMNS = 12
MAX_DATA = 16

Entry = Annotated[str, Meta(min_length=1, max_length=1000, pattern=LINE)]
Cell = Annotated[str, Meta(max_length=500, pattern=LINE.replace(r"+\Z", r"*\Z"))]
Caption = Annotated[str, Meta(max_length=500, pattern=ANY_TEXT)]
Reference = Annotated[str, Meta(pattern=rf"^{REFERENCE}\Z")]
Row = Annotated[tuple[Cell, ...], Meta(min_length=1, max_length=MAX_COLUMNS)]
_ADDRESS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9._~!$&'()*+,;=:@%/?#-]{2,498}\Z")
_BAR = re.compile(r"(?<!\\)\|")


def is_address(text: str) -> bool:
    """Whether a page may link to it."""
    return _ADDRESS.match(text) is not None


class Heading(msgspec.Struct, frozen=True, tag_field="block", tag="heading"):
    text: Title
    language: Language
    level: Annotated[int, Meta(ge=2, le=4)] = 2


class Paragraph(msgspec.Struct, frozen=True, tag_field="block", tag="paragraph"):
    text: Text
    language: Language


class Entries(msgspec.Struct, frozen=True, tag_field="block", tag="list"):
    entries: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]
    language: Language
    ordered: bool = False


class Picture(msgspec.Struct, frozen=True, tag_field="block", tag="image"):
    """`file` is a reference of a file of the space, by whichever school."""

    file: Reference
    language: Language
    caption: Caption = ""


class Attachment(msgspec.Struct, frozen=True, tag_field="block", tag="file"):
    file: Reference
    language: Language
    caption: Caption = ""


class Table(msgspec.Struct, frozen=True, tag_field="block", tag="table"):
    """`head`: the first row says what stands in the columns."""

    rows: Annotated[tuple[Row, ...], Meta(min_length=1, max_length=MAX_ROWS)]
    language: Language
    head: bool = True


class Embed(msgspec.Struct, frozen=True, tag_field="block", tag="embed"):
    """Something that this version only links to: `type` says what it is, `data` whatever it needs.
    A `url` and a `title` among them are what is shown."""

    type: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")]
    data: Annotated[
        dict[
            Annotated[str, Meta(pattern=r"^[a-z][A-Za-z0-9]{0,31}\Z")],
            Annotated[str, Meta(max_length=2000, pattern=ANY_TEXT)],
        ],
        Meta(max_length=MAX_DATA),
    ]
    language: Language

    @property
    def address(self) -> str:
        """Where it is; empty where `url` is no web address that a page may link to."""
        url = self.data.get("url", "")
        return url if is_address(url) else ""


Body: TypeAlias = Heading | Paragraph | Entries | Picture | Attachment | Table | Embed
KINDS: Mapping[str, type[Body]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "list": Entries,
    "image": Picture,
    "file": Attachment,
    "table": Table,
    "embed": Embed,
}
# Of these parts one reading is taken whole; the other parts are merged by words.
CHOSEN = frozenset({"level", "ordered", "file", "head", "type", "language", "url"})


def read(text: str) -> Body | None:
    """The body that a payload says; None where it says none that this version knows."""
    try:
        body: Body = msgspec.convert(read_payload(text), Body)
    except (Refused, msgspec.ValidationError):
        return None
    return body


def kind_of(body: Body) -> str:
    """The word by which payloads name this kind of block."""
    return next(word for word, kind in KINDS.items() if isinstance(body, kind))


def written(body: Body) -> dict[str, str]:
    """The written form, in the order in which a form asks for it."""
    parts: dict[str, str]
    match body:
        case Heading():
            parts = {"text": body.text, "level": str(body.level)}
        case Paragraph():
            parts = {"text": body.text}
        case Entries():
            parts = {"text": "\n".join(body.entries), "ordered": "yes" if body.ordered else ""}
        case Picture() | Attachment():
            parts = {"file": body.file, "caption": body.caption}
        case Table():
            lines = (" | ".join(one.replace("|", r"\|") for one in row) for row in body.rows)
            parts = {"text": "\n".join(lines), "head": "yes" if body.head else ""}
        case Embed():
            parts = {"type": body.type, **body.data}
        case _:
            assert_never(body)
    return {**parts, "language": body.language}


def payload_of(kind: str, parts: Mapping[str, str]) -> JSONObject:
    """What a payload says for a written form; whether it may is for the schema to say."""
    text = parts.get("text", "").strip()
    lines = [one.strip() for one in text.split("\n") if one.strip()]
    said: JSONObject = {"block": kind}
    match kind:
        case "heading":
            level = parts.get("level", "2")
            said |= {"text": text, "level": int(level) if level in {"2", "3", "4"} else 2}
        case "list":
            said |= {"entries": [*lines], "ordered": bool(parts.get("ordered"))}
        case "image" | "file":
            caption = parts.get("caption", "").strip()
            said |= {"file": parts.get("file", "")} | ({"caption": caption} if caption else {})
        case "table":
            said |= {"rows": _rows(lines), "head": bool(parts.get("head"))}
        case "embed":
            data: JSONObject = {
                name: value for name, value in parts.items() if name not in {"type", "language"}
            }
            said |= {"type": parts.get("type") or "link", "data": data}
        case _:
            said |= {"text": text}
    return said


def _rows(lines: list[str]) -> list[JSON]:
    """Rows of equal length: short ones are filled up with empty cells."""
    rows = [[cell.replace(r"\|", "|").strip() for cell in _BAR.split(line)] for line in lines]
    longest = max((len(row) for row in rows), default=0)
    return [row + [""] * (longest - len(row)) for row in rows]


def plain(body: Body) -> str:
    """All of its words, for a search."""
    match body:
        case Heading() | Paragraph():
            return body.text
        case Entries():
            return "\n".join(body.entries)
        case Picture() | Attachment():
            return body.caption
        case Table():
            return "\n".join(" ".join(row) for row in body.rows)
        case Embed():
            return body.data.get("title", "")
        case _:
            assert_never(body)
