"""Something in a space was reported: both ends decide, and each hears what the other decided.

A report goes to the school that wrote the item, from the school of whoever reported it, and to no
third one. It names no person. Whether an item exists is told to members of its space only.
"""

from datetime import datetime

from protocol import names
from protocol.canonical import JSONObject
from protocol.effects import Effect, Nothing
from protocol.effects_reports import AnswerReport, Decision, PutReport, QueueEscalation
from protocol.errors import Reason, Refused
from protocol.known import Known, Needed
from protocol.reading import optional_text_of, text_of, time_of

MAX_OPEN = 100
"""Undecided reports by one school's teachers in one space, and as many by its pupils: more are a
flood, and would hide the rest."""


def needs(activity: JSONObject, kind: str) -> Needed:
    """What to load before an activity of this family is judged."""
    if kind == "escalated-flag":
        return Needed()
    if kind == "flag":
        return Needed(flagged=(text_of(activity, "target"), text_of(activity, "object")))
    return Needed(report=text_of(activity, "object"))


def judge(activity: JSONObject, kind: str, known: Known, now: datetime) -> list[Effect]:
    """An activity of this family; refuses as the functions below."""
    if kind == "escalated-flag":
        return judge_escalation(activity, known, now)
    return judge_flag(activity, known, now) if kind == "flag" else judge_decision(activity, known)


def judge_flag(activity: JSONObject, known: Known, now: datetime) -> list[Effect]:
    """Refuses with NOT_FOUND whoever is no member and whatever this school did not write there, in
    one and the same way; with TOO_MANY_ITEMS a flood."""
    found, actor = known.flagged, text_of(activity, "actor")
    if found is None or actor not in found.members or not found.is_ours:
        raise Refused(Reason.NOT_FOUND, "there is no such item of this school in a common space")
    by_pupil = optional_text_of(activity, "by") == "pupil"
    # Apart: what pupils report stands in no teacher's way, nor the other way round.
    before = found.by_pupils if by_pupil else found.by_teachers
    if before.is_repeated:
        return [Nothing("this school has reported it already, and nobody has decided yet")]
    if before.count >= MAX_OPEN:
        raise Refused(
            Reason.TOO_MANY_ITEMS, f"{MAX_OPEN} reports of this school wait already; decide those"
        )
    return [
        PutReport(
            text_of(activity, "id"),
            text_of(activity, "target"),
            text_of(activity, "object"),
            actor,
            text_of(activity, "reason"),
            optional_text_of(activity, "content"),
            optional_text_of(activity, "language"),
            now,  # What the sender says of it would put it last.
            by_pupil=by_pupil,
        )
    ]


def judge_escalation(activity: JSONObject, known: Known, now: datetime) -> list[Effect]:
    """A school that this hub accredits tells it of something that was reported there.

    Refuses with NOT_FOUND at a school, NOT_ALLOWED whoever is not accredited here or is no service
    actor, FOREIGN_ORIGIN a report of another school's, TOO_MANY_ITEMS a flood.
    """
    if not known.is_hub:
        raise Refused(Reason.NOT_FOUND, "this node is no hub")
    actor, report = text_of(activity, "actor"), text_of(activity, "inReplyTo")
    if not known.accredits or actor != names.service_actor_id(names.origin(actor)):
        raise Refused(Reason.NOT_ALLOWED, "a hub hears of reports from schools that it accredits")
    if not names.same_origin(report, actor):
        raise Refused(Reason.FOREIGN_ORIGIN, "/inReplyTo: has to be a report of your school")
    if known.open_requests >= MAX_OPEN:
        raise Refused(Reason.TOO_MANY_ITEMS, f"{MAX_OPEN} reports of your school wait already")
    return [
        QueueEscalation(
            report,
            actor,
            text_of(activity, "target"),
            text_of(activity, "object"),
            text_of(activity, "reason"),
            optional_text_of(activity, "content"),
            optional_text_of(activity, "language"),
            min(time_of(activity, "published"), now),
        )
    ]


def judge_decision(activity: JSONObject, known: Known) -> list[Effect]:
    """Refuses with NEVER_OFFERED what was not reported, NOT_ALLOWED anybody but the other end."""
    report = known.report
    if report is None:
        raise Refused(Reason.NEVER_OFFERED, "nothing was reported by this name")
    if text_of(activity, "actor") != report.other:
        raise Refused(Reason.NOT_ALLOWED, "only the school at the other end says what it decided")
    decision: Decision = _decision(text_of(activity, "decision"))
    return [AnswerReport(report.id, decision, time_of(activity, "published"))]


def _decision(word: str) -> Decision:
    match word:
        case "hidden" | "kept" | "erasure_asked" | "deleted":
            return word
        case _:
            raise Refused(Reason.BAD_SHAPE, "/decision: is none of the list")
