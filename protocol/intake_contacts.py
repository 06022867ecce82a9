"""Contacts: mutual, offered with a letter, answered yes, not now or no, lapsed after 30 days.

A block is silent: what comes from somebody blocked is taken and does nothing, so that it cannot be
told from an offer that nobody has read yet.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from protocol.canonical import JSONObject
from protocol.effects import ContactState, Effect, Nothing, PutContact
from protocol.errors import Reason, Refused
from protocol.known import Known, KnownContact
from protocol.reading import optional_text_of, text_of, time_of, whole_of

LAPSES_AFTER: Final = timedelta(days=30)
REMINDS_AFTER: Final = timedelta(days=20)
ASKS_AGAIN_AFTER: Final = timedelta(days=30)
MAX_OPEN_OFFERS: Final = 10


def due(
    state: ContactState, offered_at: datetime, now: datetime, *, reminded: bool
) -> Literal["remind", "lapse"] | None:
    """What time asks of an offer: one reminder after 20 days, its end after 30."""
    if state != "offered":
        return None
    if now >= offered_at + LAPSES_AFTER:
        return "lapse"
    return "remind" if now >= offered_at + REMINDS_AFTER and not reminded else None


def judge_offer(activity: JSONObject, known: Known, now: datetime) -> list[Effect]:
    """An Offer of a contact to somebody here.

    Refuses with NOT_OWNER an offer in another's name, NOT_FOUND whoever does not live here, and
    TOO_MANY_ITEMS where ten offers of the same person wait here. Two offers that cross are a yes.
    """
    offer, actor = text_of(activity, "id"), text_of(activity, "actor")
    relationship = whole_of(activity, "object")
    if text_of(relationship, "subject") != actor:
        raise Refused(Reason.NOT_OWNER, "/object/subject: offer a contact with yourself")
    reader = text_of(relationship, "object")
    if known.local is None or known.local.id != reader or known.local.type != "Person":
        raise Refused(Reason.NOT_FOUND, "nobody of this name lives here")
    if known.blocked:
        return [Nothing("the one who was asked blocked the offerer")]
    at = min(time_of(activity, "published"), now)
    contact = known.contact
    if contact is not None and contact.state == "offered" and contact.offerer == reader:
        return [_step(contact, "contacts", at, offer, activity)]
    idle = contact is not None and _why_idle(contact, offer, actor, now)
    if idle:
        return [Nothing(idle)]
    if known.open_offers >= MAX_OPEN_OFFERS:
        raise Refused(Reason.TOO_MANY_ITEMS, f"{MAX_OPEN_OFFERS} offers wait here for an answer")
    note, language = text_of(activity, "content"), text_of(activity, "language")
    return [PutContact(offer, actor, reader, "offered", at, offer, note, language)]


def _why_idle(contact: KnownContact, offer: str, actor: str, now: datetime) -> str:
    """Why a further offer by `actor` changes nothing; empty if it does."""
    mine = contact.offerer == actor
    waits = contact.state == "offered" and now < contact.offered_at + LAPSES_AFTER
    if contact.offer == offer:
        return "this offer is here already"
    if contact.state == "contacts":
        return "they are contacts already"
    if mine and waits:
        return "an earlier offer waits for its answer"
    match answer_that_stands(contact, actor, now):
        case "no":
            return "the answer was no"
        case "not_now":
            return "the answer was not now"
        case None:
            return ""


def answer_that_stands(
    contact: KnownContact, actor: str, now: datetime
) -> Literal["no", "not_now"] | None:
    """The answer that keeps `actor` from offering again: a no for good, a not now for 30 days.

    Whoever gave it may offer a contact at any time.
    """
    if contact.offerer != actor:
        return None
    if contact.state == "no":
        return "no"
    early = now < contact.changed_at + ASKS_AGAIN_AFTER
    return "not_now" if contact.state == "not_now" and early else None


def judge_answer(activity: JSONObject, contact: KnownContact, known: Known) -> list[Effect]:
    """Yes, not now or no to an offer that somebody here made.

    Refuses with NOT_ALLOWED anybody but the one who was asked, LAPSED an answer given too late,
    ALREADY_ANSWERED another answer than the first (yes may follow on not now).
    """
    actor = text_of(activity, "actor")
    if actor != contact.offered:
        raise Refused(Reason.NOT_ALLOWED, "only the one who was asked answers")
    if known.blocked:
        return [Nothing("the offerer blocked the one who was asked")]
    yes = text_of(activity, "type") == "Accept"
    answer: ContactState = "contacts" if yes else _no(text_of(activity, "answer"))
    at = time_of(activity, "published")
    if contact.state == answer:
        return [Nothing("this answer is here already")]
    if contact.state in {"withdrawn", "ended"}:
        return [Nothing("the offer was taken back before")]
    open_ = contact.state in {"offered", "lapsed", "not_now"}
    if not open_:
        raise Refused(Reason.ALREADY_ANSWERED, "this offer has its answer")
    # The answer's own date counts: it may have waited for six weeks of holiday.
    if at > contact.offered_at + LAPSES_AFTER:
        raise Refused(Reason.LAPSED, "the offer lapsed after 30 days; offer a contact anew")
    return [_step(contact, answer, at, text_of(activity, "id"), activity)]


def judge_undo(activity: JSONObject, contact: KnownContact, now: datetime) -> list[Effect]:
    """One's own offer taken back, or one's own contact ended. Refuses with NOT_OWNER others'."""
    actor, undone = text_of(activity, "actor"), text_of(activity, "object")
    owner = contact.offered if undone == contact.acceptance else contact.offerer
    if actor != owner:
        raise Refused(Reason.NOT_OWNER, "take back your own offer or acceptance")
    at = min(time_of(activity, "published"), now)
    said = text_of(activity, "id")
    if contact.state == "contacts":
        return [_step(contact, "ended", at, said, activity)]
    if contact.state in {"offered", "lapsed", "not_now"}:
        return [_step(contact, "withdrawn", at, said, activity)]
    return [Nothing("there is nothing left to take back")]


def _no(answer: str) -> Literal["not_now", "no"]:
    return "not_now" if answer == "not_now" else "no"


def _step(
    contact: KnownContact, state: ContactState, at: datetime, said: str, activity: JSONObject
) -> PutContact:
    note, language = optional_text_of(activity, "content"), optional_text_of(activity, "language")
    return PutContact(
        contact.offer, contact.offerer, contact.offered, state, at, said, note, language
    )
