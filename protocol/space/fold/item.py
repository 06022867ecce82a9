"""What folds are fed with, and the contents that payloads have.

A payload that says something else than its kind allows makes its object unreadable, on every
replica alike; it never stops a log. Members that this version does not know are left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from protocol.errors import Refused
from protocol.space.operation import Header, read_payload

_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+$"
_TEXT = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]+$"
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=_LINE)]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=_LINE)]
Text = Annotated[str, Meta(min_length=1, max_length=10_000, pattern=_TEXT)]
Language = Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]+$")]


@dataclass(frozen=True)
class Item:
    """One effective operation of an object. `payload` is None where it lacks or was erased."""

    id: str
    header: Header
    payload: str | None
    erased: bool = False


class Thread(msgspec.Struct, frozen=True):
    title: Title
    text: Text
    language: Language


class Reply(msgspec.Struct, frozen=True):
    text: Text
    language: Language


class Person(msgspec.Struct, frozen=True):
    name: Name
    language: Language
    person: Annotated[str, Meta(max_length=500)] = ""


Content = TypeVar("Content", Thread, Reply, Person)


def content(item: Item, kind: type[Content]) -> Content | None:
    """What the payload says; None if it says nothing that this kind of object can."""
    if item.payload is None:
        return None
    try:
        return msgspec.convert(read_payload(item.payload), kind)
    except (Refused, msgspec.ValidationError):
        return None


def in_order(items: Iterable[Item]) -> list[Item]:
    """The home node's own order: incarnation, then number."""
    return sorted(items, key=lambda one: (one.header.number, one.header.seq, one.id))
