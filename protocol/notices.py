"""Notices: a member of staff looks for partners, or offers to be one, until a day.

A notice is a document like a note, owned by a person, with an end of its own. What is over leaves
the lists; the document stays until its writer takes it back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import Written, check_order, compose, lines, stamp
from protocol.reading import time_of

MAX_DAYS: Final = 90
"""A notice runs that long at most after it was last changed."""
MAX_AHEAD_S: Final = 3600
"""How far the clock of its writer's node may be ahead of the reader's."""


def notice(
    url: str,
    written: Written,
    *,
    author: str,
    school: str,
    title: str,
    purpose: str,
    text: str,
    language: str,
    languages: Sequence[str],
    expires: datetime,
    reach: str,
    country: str = "",
    subjects: Sequence[str] = (),
    age_from: int | None = None,
    age_to: int | None = None,
    countries: Sequence[str] = (),
) -> JSONObject:
    """A notice of `author` at `url`; `language` is that of its texts, `countries` the wanted ones.

    Refuses with BAD_INPUT where ages run backwards, and where it runs too long or not at all.
    """
    check_order(age_from, age_to, "the age from", "the age to")
    document = compose(
        url,
        "Notice",
        written,
        attributedTo=author,
        school=school,
        country=country,
        name=title,
        purpose=purpose,
        content=lines(text),
        language=language,
        languages=list(languages),
        subjects=list(subjects),
        ageFrom=age_from,
        ageTo=age_to,
        countries=list(countries),
        expires=stamp(expires),
        reach=reach,
    )
    try:
        check_expiry(document)
    except Refused as refused:
        raise Refused(Reason.BAD_INPUT, refused.detail, field="expires") from None
    return document


def is_over(notice: JSONObject, now: datetime) -> bool:
    """Whether nobody is to answer `notice` any more."""
    return time_of(notice, "expires") <= now


def check_expiry(notice: JSONObject) -> None:
    """Refuse with BAD_SHAPE a notice that ends before it begins, or runs too long."""
    lasts = time_of(notice, "expires") - time_of(notice, "updated")
    if lasts <= timedelta(0):
        raise Refused(Reason.BAD_SHAPE, "/expires: has to be later than /updated")
    if lasts > timedelta(days=MAX_DAYS):
        raise Refused(Reason.BAD_SHAPE, f"/expires: at most {MAX_DAYS} days later than /updated")


def check_not_ahead(notice: JSONObject, now: datetime) -> None:
    """Refuse with CLOCK_AHEAD a notice that was dated ahead, and so would run for too long."""
    if time_of(notice, "expires") > now + timedelta(days=MAX_DAYS, seconds=MAX_AHEAD_S):
        raise Refused(Reason.CLOCK_AHEAD, "/expires: further away than a notice may run")
