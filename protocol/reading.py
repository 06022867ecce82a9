"""Typed reads of documents whose shape was checked: no `cast` and no surprise further on."""

from collections.abc import Mapping
from datetime import datetime

from protocol.canonical import JSON, JSONObject
from protocol.errors import Reason, Refused

ACTOR_TYPES = frozenset({"Person", "Organization", "Application", "Project"})
"""Types of documents that have keys of their own and sign for themselves."""


def text_of(document: Mapping[str, JSON], name: str) -> str:
    """The text member `name`. Refuses with BAD_SHAPE where there is none."""
    value = document.get(name)
    if not isinstance(value, str):
        raise Refused(Reason.BAD_SHAPE, f"/{name}: must be a text")
    return value


def optional_text_of(document: Mapping[str, JSON], name: str) -> str:
    """The text member `name`, empty where it is absent."""
    return text_of(document, name) if name in document else ""


def whole_of(document: Mapping[str, JSON], name: str) -> JSONObject:
    """The object member `name`. Refuses with BAD_SHAPE where there is none."""
    value = document.get(name)
    if not isinstance(value, dict):
        raise Refused(Reason.BAD_SHAPE, f"/{name}: must be an object")
    return value


def texts_of(document: Mapping[str, JSON], name: str) -> list[str]:
    """The texts of the list member `name`; none where it is absent."""
    value = document.get(name, [])
    if not isinstance(value, list):
        raise Refused(Reason.BAD_SHAPE, f"/{name}: must be a list")
    return [item for item in value if isinstance(item, str)]


def number_of(document: Mapping[str, JSON], name: str) -> int | None:
    """The whole number `name`; None where it is absent or none."""
    value = document.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def place_of(document: Mapping[str, JSON]) -> tuple[int, int] | None:
    """Latitude and longitude of `location` in tenths of a degree; None where it is absent."""
    value = document.get("location")
    if not isinstance(value, dict):
        return None
    north, east = number_of(value, "latitudeTenths"), number_of(value, "longitudeTenths")
    return None if north is None or east is None else (north, east)


def version_of(document: Mapping[str, JSON]) -> int:
    """The version of a document, 1 at first. Refuses with BAD_SHAPE where there is none."""
    value = document.get("version")
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(Reason.BAD_SHAPE, "/version: must be a whole number")
    return value


def time_of(document: Mapping[str, JSON], name: str) -> datetime:
    """The moment that the member `name` names. Refuses with BAD_SHAPE where it names none."""
    try:
        return datetime.strptime(text_of(document, name), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise Refused(Reason.BAD_SHAPE, f"/{name}: there is no such day or hour") from None


def owner_of(document: Mapping[str, JSON]) -> str:
    """The actor whose key signs `document`: an actor itself, else whom it is attributed to."""
    return text_of(document, "id" if document.get("type") in ACTOR_TYPES else "attributedTo")


def type_of(document: Mapping[str, JSON]) -> str:
    """The type of a document; of a tombstone, what it was before."""
    type_ = text_of(document, "type")
    return text_of(document, "formerType") if type_ == "Tombstone" else type_


def is_for_everybody(document: Mapping[str, JSON]) -> bool:
    """Whether strangers may read `document` too: its reach, where it names one, is public."""
    return document.get("reach", "public") == "public"


def present_key_of(document: Mapping[str, JSON]) -> str:
    """The key, as Multikey text, with which an actor signs: the last that it lists without an end.

    Refuses with BAD_KEY an actor that lists none.
    """
    entries = document.get("assertionMethod")
    for entry in reversed(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict) and "validUntil" not in entry:
            return text_of(entry, "publicKeyMultibase")
    raise Refused(Reason.BAD_KEY, "/assertionMethod: the actor has no key that it signs with")


def keys_of(document: Mapping[str, JSON], at: datetime | None = None) -> dict[str, str]:
    """The keys that an actor's document lists, Multikey text by key id; with `at`, those in use."""
    entries = document.get("assertionMethod")
    listed: dict[str, str] = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            retired = at is not None and "validUntil" in entry
            if at is None or not retired or time_of(entry, "validUntil") > at:
                listed[text_of(entry, "id")] = text_of(entry, "publicKeyMultibase")
    return listed
