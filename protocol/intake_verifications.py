"""A hub verifies teachers: its schools ask for their own staff, it answers with a credential.

The school's service actor asks, for no person vouches for himself. What the hub states is a
credential of its own (`protocol.credentials`), which the teacher's profile carries from then on.
"""

from datetime import datetime
from typing import Final

from protocol import credentials, names
from protocol.canonical import JSONObject
from protocol.effects import Effect, Nothing
from protocol.effects_verifications import ForgetTeacher, KeepVerification, QueueTeacher
from protocol.errors import Reason, Refused
from protocol.intake_objects import inner_of
from protocol.known import Known, Needed
from protocol.reading import optional_text_of, text_of, time_of, whole_of

MAX_WAITING: Final = 200
"""Unanswered requests of one school: more than a school has staff that is new at once."""


def needs(activity: JSONObject, kind: str) -> Needed:
    """What to load before an activity of this family is judged."""
    if kind == "offer-verification":
        return Needed(inner=whole_of(activity, "object"), asked=text_of(activity, "id"))
    credential = whole_of(activity, "credential") if kind == "accept-verification" else None
    return Needed(asked=text_of(activity, "object"), credential=credential)


def judge(activity: JSONObject, kind: str, known: Known, now: datetime) -> list[Effect]:
    """What a school asks its hub about its staff, and what the hub answers."""
    if kind == "offer-verification":
        return judge_request(activity, known, now)
    return judge_answer(activity, kind, known)


def judge_request(activity: JSONObject, known: Known, now: datetime) -> list[Effect]:
    """An Offer of a person to this hub, by the service actor of a school that it accredits.

    Refuses with NOT_FOUND at a school, NOT_ALLOWED whoever is not accredited here or is no service
    actor, NOT_OWNER a person of another school, TOO_MANY_ITEMS where too many wait.
    """
    person = inner_of(activity, known)
    if not known.is_hub:
        raise Refused(Reason.NOT_FOUND, "this node is no hub")
    actor, asked = text_of(activity, "actor"), text_of(activity, "id")
    if not known.accredits:
        raise Refused(Reason.NOT_ALLOWED, "a hub verifies teachers of schools that it accredits")
    if actor != names.service_actor_id(names.origin(actor)):
        raise Refused(Reason.NOT_ALLOWED, "/actor: the school asks, by its service actor")
    if not names.same_origin(text_of(person, "id"), actor):
        raise Refused(Reason.NOT_OWNER, "/object: is nobody of your school")
    if known.teacher is not None:
        return [Nothing("this request is here already")]
    if known.open_requests >= MAX_WAITING:
        raise Refused(Reason.TOO_MANY_ITEMS, f"{MAX_WAITING} teachers of your school wait already")
    note, language = optional_text_of(activity, "content"), optional_text_of(activity, "language")
    at = min(time_of(activity, "published"), now)
    return [QueueTeacher(asked, person, actor, note, language, at)]


def judge_withdrawal(activity: JSONObject, known: Known) -> list[Effect]:
    """A school takes its request back, or what came of it. Refuses with NOT_OWNER anybody else."""
    teacher = known.teacher
    if teacher is None:
        return [Nothing("nothing of this name is here")]
    if text_of(activity, "actor") != teacher.actor:
        raise Refused(Reason.NOT_OWNER, "only the school that asked takes it back")
    if teacher.state not in {"waiting", "verified"}:
        return [Nothing("this is over already")]
    return [ForgetTeacher(teacher.asked)]


def judge_answer(activity: JSONObject, kind: str, known: Known) -> list[Effect]:
    """The hub's answer, or that it takes an earlier yes back; of two the later one counts.

    Refuses with NEVER_OFFERED what was not asked, NOT_ALLOWED anybody but the hub that was asked,
    BAD_PROOF a credential that is not the hub's own, WRONG_ACTOR one about somebody else.
    """
    request = known.verification
    if request is None or request.asked != text_of(activity, "object"):
        raise Refused(Reason.NEVER_OFFERED, "this was not asked")
    if text_of(activity, "actor") != request.hub:
        raise Refused(Reason.NOT_ALLOWED, "only the hub that was asked answers")
    person, at = text_of(activity, "person"), time_of(activity, "published")
    if person != request.person:
        raise Refused(Reason.NEVER_OFFERED, "/person: somebody else was meant")
    if request.state == "withdrawn" or (request.state != "waiting" and at < request.since):
        return [Nothing("this was taken back, or answered later")]
    if kind == "reject-verification":
        reason, language = text_of(activity, "content"), text_of(activity, "language")
        if request.state in {"verified", "revoked"}:
            return [KeepVerification(request.asked, person, "revoked", at, reason, language)]
        return [KeepVerification(request.asked, person, "refused", at, reason, language)]
    if known.credential is None:
        raise Refused(Reason.BAD_PROOF, "/credential/proof: is of no hub whose word counts here")
    stated = credentials.read_verification(known.credential)
    if stated.hub != request.hub or stated.teacher.id != person:
        raise Refused(Reason.WRONG_ACTOR, "/credential: is another hub's, or about somebody else")
    return [
        KeepVerification(request.asked, person, "verified", at, credential=known.credential.value)
    ]
