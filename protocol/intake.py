"""One verified activity and what is known of the matter → what to do: documents are decided here.

The activity has passed its schema (`protocol.shapes`) and its proof, and came from an approved
partner in a request signed by its own actor. `needs` says what to load, `judge` decides; one module
per family holds the rules (`intake_objects`, `_follow`, `_contacts`, `_projects`, `_joining`,
`_approvals`, `_flags`, `_verifications`).
"""

from datetime import datetime
from typing import Final

from protocol import (
    intake_approvals,
    intake_contacts,
    intake_flags,
    intake_follow,
    intake_joining,
    intake_objects,
    intake_projects,
    intake_verifications,
    names,
)
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.effects import Effect, Nothing
from protocol.errors import Reason, Refused
from protocol.known import Known, Needed
from protocol.reading import text_of, texts_of, whole_of
from protocol.shapes import kind_of

FINAL: Final = frozenset(
    {
        *(Reason.BAD_SHAPE, Reason.BAD_NAME, Reason.BAD_KEY, Reason.BAD_PROOF),
        *(Reason.WRONG_ACTOR, Reason.OWN_ORIGIN, Reason.FOREIGN_ORIGIN),
        *(Reason.NOT_OWNER, Reason.IMMUTABLE_FIELD),
    }
)
"""Refusals that nothing still in the queue can heal: the door may answer with them at once.

All others depend on what this node knows, and an earlier activity may wait unjudged: a message can
overtake, in the judging, the Accept that made its writer a contact.
"""


def needs(activity: JSONObject) -> Needed:
    """What to load before `activity`, which has passed its schema, is judged."""
    match kind_of(activity):
        case "create" | "update":
            inner = whole_of(activity, "object")
            kind = kind_of(inner)
            reader = texts_of(inner, "to")[0] if kind == "message" else None
            return Needed(
                inner=inner,
                object=text_of(inner, "id"),
                local=reader,
                contact_with=reader,
                followed=kind in intake_objects.FOLLOWED,
            )
        case "delete":
            inner = whole_of(activity, "object")
            return Needed(inner=inner, object=text_of(inner, "id"))
        case "follow":
            return Needed(local=text_of(activity, "object"))
        case "offer-contact":
            asked = text_of(whole_of(activity, "object"), "object")
            return Needed(local=asked, contact_with=asked)
        case "offer-project":
            inner = whole_of(activity, "object")
            asked, project = texts_of(activity, "to")[0], text_of(inner, "id")
            return Needed(
                inner=inner, object=project, local=asked, contact_with=asked, project=project
            )
        case "offer-approval" | "accept-approval" | "reject-approval" | "announce-approval" as kind:
            return intake_approvals.needs(activity, kind)
        case "offer-verification" | "accept-verification" | "reject-verification" as kind:
            return intake_verifications.needs(activity, kind)
        case "accept" | "accept-project" | "reject":
            return Needed(answered=text_of(activity, "object"))
        case "invite-school" | "join" | "remove" as kind:
            return intake_joining.needs(activity, kind)
        case "flag" | "accept-flag" | "escalated-flag" as kind:
            return intake_flags.needs(activity, kind)
        case "undo":
            return Needed(answered=text_of(activity, "object"), asked=text_of(activity, "object"))
        case "invite" if "approval" in activity:
            answer = whole_of(activity, "approval")
            return Needed(project=text_of(activity, "object"), answer=answer)
        case "invite" | "move-founding":
            return Needed(project=text_of(activity, "object"))
        case other:
            raise Refused(Reason.BAD_SHAPE, f"a document of the kind {other!r} is no activity")


def judge(activity: Verified[JSONObject], known: Known, now: datetime) -> list[Effect]:
    """The effects of `activity`, to be performed in one transaction; never empty.

    Refuses with the reasons of the family's rules; whatever it refuses changes nothing.
    """
    said = activity.value
    kind = kind_of(said)
    _check_speaker(said, known.base)
    match kind:
        case "create" | "update":
            return intake_objects.judge_put(activity, known, now)
        case "delete":
            return intake_objects.judge_delete(activity, known, now)
        case "follow":
            return intake_follow.judge_follow(said, known)
        case "offer-contact":
            return intake_contacts.judge_offer(said, known, now)
        case "offer-project":
            return intake_projects.judge_offer(activity, known, now)
        case "accept-project":
            if known.project is None:
                raise Refused(Reason.NEVER_OFFERED, "nothing of this name was offered here")
            return intake_projects.judge_acceptance(said, known.project, known)
        case "accept" | "reject":
            return _judge_answer(said, kind, known)
        case _ if kind.endswith(("-approval", "-verification", "flag")):
            return _judge_of_schools(said, kind, known, now)
        case "undo":
            return _judge_undo(said, known, now)
        case "invite":
            return intake_projects.judge_invite(said, known)
        case "invite-school" | "join" | "remove":
            return intake_joining.judge(activity, kind, known, now)
        case "move-founding":
            return intake_projects.judge_move(said, known)
        case other:
            raise Refused(Reason.BAD_SHAPE, f"a document of the kind {other!r} is no activity")


def _check_speaker(activity: JSONObject, base: str) -> None:
    actor = names.read_url(text_of(activity, "actor"), development=True)
    if names.same_origin(actor, base):
        raise Refused(Reason.OWN_ORIGIN, "/actor: who lives here does not write from elsewhere")
    if not names.same_origin(names.read_url(text_of(activity, "id"), development=True), actor):
        raise Refused(Reason.FOREIGN_ORIGIN, "/id: has to lie where the actor lives")


def _judge_of_schools(activity: JSONObject, kind: str, known: Known, now: datetime) -> list[Effect]:
    """What schools and hubs say to each other, for nobody in particular."""
    if kind.endswith("flag"):
        return intake_flags.judge(activity, kind, known, now)
    if kind.endswith("-approval"):
        return intake_approvals.judge(activity, kind, known, now)
    return intake_verifications.judge(activity, kind, known, now)


def _judge_answer(activity: JSONObject, kind: str, known: Known) -> list[Effect]:
    if known.follow is not None:
        return intake_follow.judge_answer(activity, known.follow)
    if known.contact is not None:
        return intake_contacts.judge_answer(activity, known.contact, known)
    if known.joining is not None and kind == "reject":
        return intake_joining.judge_refusal(activity, known.joining)
    if known.project is not None and kind == "reject":
        return intake_projects.judge_refusal(activity, known.project)
    if known.project is not None:
        raise Refused(Reason.BAD_SHAPE, "/founder: is missing; accept a project with your part")
    raise Refused(Reason.NEVER_OFFERED, "nothing of this name was offered here")


def _judge_undo(activity: JSONObject, known: Known, now: datetime) -> list[Effect]:
    if known.follow is not None:
        return intake_follow.judge_undo(activity, known.follow)
    if known.contact is not None:
        return intake_contacts.judge_undo(activity, known.contact, now)
    if known.joining is not None:
        return intake_joining.judge_undo(activity, known.joining)
    if known.project is not None:
        return intake_projects.judge_undo(activity, known.project)
    if known.request is not None:
        return intake_approvals.judge_withdrawal(activity, known)
    if known.teacher is not None:
        return intake_verifications.judge_withdrawal(activity, known)
    return [Nothing("nothing of this name is here")]
