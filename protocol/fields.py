"""Header fields as values: structured dictionaries (RFC 9651), repeated fields as one."""

from collections.abc import Sequence
from typing import NoReturn

import http_sf


def read_dictionary(field: str) -> http_sf.DictionaryType | None:
    """A structured dictionary (RFC 9651 §3.2), or None where it is none.

    Stricter than the RFC: nothing in it is named twice, because readers differ on which one counts.
    """
    try:
        parsed = http_sf.parse(
            field.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_repeated
        )
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def find_field(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    """The value of all fields of this name, in order, joined by commas (RFC 9421 §2.1)."""
    values = [" ".join(value.split("\r\n")).strip() for own, value in fields if own.lower() == name]
    return ", ".join(values) if values else None


def count_fields(fields: Sequence[tuple[str, str]], name: str) -> int:
    """How often a field of this name was sent."""
    return sum(own.lower() == name for own, _ in fields)


def _refuse_repeated(name: str, where: str) -> NoReturn:
    raise http_sf.StructuredFieldError(f"{name} is repeated in the {where}")
