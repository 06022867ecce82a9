"""How long what somebody says of itself holds: whoever looks for partners says so twice a year."""

from datetime import date, datetime
from typing import Final

from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of, time_of

AVAILABILITY_DAYS: Final = 182
"""An availability that was said longer ago ranks lower, and its owner is asked to renew it."""

_RENEWED = frozenset({"looking_for_partners", "open_to_offers"})


def said_on(person: JSONObject) -> date | None:
    """The day on which `person` said its availability, or said it again; None for none.

    Profiles that name no day are dated by their last change.
    """
    if "availability" not in person:
        return None
    named = optional_text_of(person, "availabilityDate")
    try:
        return date.fromisoformat(named) if named else time_of(person, "updated").date()
    except ValueError:
        raise Refused(Reason.BAD_SHAPE, "/availabilityDate: there is no such day") from None


def is_fresh(person: JSONObject, now: datetime) -> bool:
    """Whether the availability of `person`, if there is one, was said lately.

    A day that lies ahead of `now` is no fresher than today.
    """
    said = said_on(person)
    return said is None or (now.date() - said).days <= AVAILABILITY_DAYS


def is_to_be_renewed(person: JSONObject, now: datetime) -> bool:
    """Whether `person` should be asked: still looking for partners?"""
    return person.get("availability") in _RENEWED and not is_fresh(person, now)
