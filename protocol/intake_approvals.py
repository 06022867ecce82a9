"""Hubs approve a project: asked by each founder's school, answered, the answer passed on.

After the co-founder accepted and before the space opens, each school asks its own hub. The answer
of the co-founder's hub travels inside an Announce of the co-founder, that of the founder's hub
inside the Invite. Where the hub is one whose word counts here, the answer is verified as its own;
where it is not, the school says it of itself, and the copy inside is no proof of anything (A010).
"""

from datetime import datetime

from protocol import names
from protocol.canonical import JSONObject
from protocol.effects import ChangeProject, Effect, FoundSpace, Nothing
from protocol.effects_approvals import (
    ApprovalState,
    DropRequest,
    PassApproval,
    PutApproval,
    PutRequest,
    Side,
)
from protocol.errors import Reason, Refused
from protocol.intake_objects import inner_of
from protocol.known import Known, KnownApproval, KnownProject, Needed
from protocol.reading import optional_text_of, text_of, time_of, whole_of


def needs(activity: JSONObject, kind: str) -> Needed:
    """What to load before an activity of this family is judged."""
    match kind:
        case "offer-approval":
            return Needed(inner=whole_of(activity, "object"), asked=text_of(activity, "id"))
        case "announce-approval":
            answer = whole_of(activity, "object")
            return Needed(answer=answer, project=text_of(answer, "target"))
        case _:
            return Needed(asked=text_of(activity, "object"))


def judge(activity: JSONObject, kind: str, known: Known, now: datetime) -> list[Effect]:
    """What a school asks its hub, what the hub answers, and what is passed on of it."""
    match kind:
        case "offer-approval":
            return judge_request(activity, known, now)
        case "announce-approval":
            return judge_announcement(activity, known)
        case _:
            return judge_answer(activity, known)


def judge_request(activity: JSONObject, known: Known, now: datetime) -> list[Effect]:
    """An Offer of a project to this hub, by the service actor of a school that it accredits.

    Refuses with NOT_FOUND at a school, NOT_ALLOWED whoever is not accredited here, NOT_OWNER a
    project that nobody of that school founds, FOREIGN_ORIGIN an acceptance that is not the
    co-founder's.
    """
    project = inner_of(activity, known)
    if not known.is_hub:
        raise Refused(Reason.NOT_FOUND, "this node is no hub")
    if not known.accredits:
        raise Refused(Reason.NOT_ALLOWED, "a hub decides for the schools that it accredits")
    actor, asked = text_of(activity, "actor"), text_of(activity, "id")
    founder, co_founder = text_of(project, "attributedTo"), text_of(activity, "target")
    if not any(names.same_origin(one, actor) for one in (founder, co_founder)):
        raise Refused(Reason.NOT_OWNER, "/object: nobody of your school founds this project")
    acceptance = text_of(activity, "inReplyTo")
    if not names.same_origin(names.read_url(acceptance, development=True), co_founder):
        raise Refused(Reason.FOREIGN_ORIGIN, "/inReplyTo: is no acceptance by the co-founder")
    if known.request is not None:
        return [Nothing("this request is here already")]
    at = min(time_of(activity, "published"), now)
    return [PutRequest(asked, project, actor, founder, co_founder, acceptance, at)]


def judge_withdrawal(activity: JSONObject, known: Known) -> list[Effect]:
    """A school does not ask any more. Refuses with NOT_OWNER anybody else."""
    request = known.request
    if request is None:
        return [Nothing("nothing of this name is here")]
    if text_of(activity, "actor") != request.actor:
        raise Refused(Reason.NOT_OWNER, "only the school that asked takes it back")
    return [DropRequest(request.asked)]


def judge_answer(activity: JSONObject, known: Known) -> list[Effect]:
    """The own hub's answer. Refuses with NEVER_OFFERED what was not asked, NOT_ALLOWED others."""
    approval, project = known.approval_of("own"), known.project
    asked = text_of(activity, "object")
    if approval is None or project is None or approval.asked != asked:
        raise Refused(Reason.NEVER_OFFERED, "this was not asked")
    if text_of(activity, "actor") != approval.hub:
        raise Refused(Reason.NOT_ALLOWED, "only the hub that was asked answers")
    _check_pairing(activity, project)
    if approval.state != "waiting" or project.state != "accepted":
        return [Nothing("this is decided already")]
    kept = _kept(activity, project, "own")
    if names.same_origin(project.founder, known.base):
        return [kept, *_go_on(project, known, kept)]
    if kept.state == "refused":
        return [kept, PassApproval(project.offer, activity), _declined(project, kept)]
    change = ChangeProject(project.project, project.offer, "accepted", project.founder, kept.at)
    return [kept, PassApproval(project.offer, activity), change]


def judge_announcement(activity: JSONObject, known: Known) -> list[Effect]:
    """The co-founder passes on what his hub decided.

    Refuses with NEVER_OFFERED what nothing waits for, NOT_ALLOWED whoever is not the co-founder,
    WRONG_ACTOR the word of another hub.
    """
    project = known.project
    answer = whole_of(activity, "object")
    approval = known.approval_of("other")
    if project is None or not names.same_origin(project.founder, known.base):
        raise Refused(Reason.NEVER_OFFERED, "no project of this name was offered here")
    if text_of(activity, "actor") != project.co_founder:
        raise Refused(Reason.NOT_ALLOWED, "only the co-founder passes on what his hub decided")
    if approval is None:
        raise Refused(Reason.NEVER_OFFERED, "no hub of the co-founder was named")
    check_answer(answer, approval.hub, project, known)
    if approval.state != "waiting" or project.state != "accepted":
        return [Nothing("this is decided already")]
    kept = _kept(answer, project, "other")
    return [kept, *_go_on(project, known, kept)]


def check_answer(answer: JSONObject, hub: str, project: KnownProject, known: Known) -> None:
    """Whether a hub's answer that came inside something is the one that is waited for.

    Refuses with WRONG_ACTOR another hub's, NEVER_OFFERED one about another project or an
    earlier acceptance of it, BAD_PROOF one of a hub whose word counts here that was not verified
    as its own.
    """
    if text_of(answer, "actor") != hub:
        raise Refused(Reason.WRONG_ACTOR, "/object/actor: another hub was to decide")
    _check_pairing(answer, project)
    if known.trusts_hub and (known.answer is None or known.answer.value != answer):
        raise Refused(Reason.BAD_PROOF, "/object/proof: is not the hub's own")


def _check_pairing(answer: JSONObject, project: KnownProject) -> None:
    """What a hub said of another pair of schools, or of these before, counts for nothing now."""
    if text_of(answer, "target") != project.project:
        raise Refused(Reason.NEVER_OFFERED, "/target: another project was meant")
    if text_of(answer, "inReplyTo") != project.acceptance:
        raise Refused(Reason.NEVER_OFFERED, "/inReplyTo: another acceptance was meant")


def _kept(answer: JSONObject, project: KnownProject, side: Side) -> PutApproval:
    state: ApprovalState = "approved" if text_of(answer, "type") == "Accept" else "refused"
    return PutApproval(
        project.offer,
        side,
        state,
        time_of(answer, "published"),
        optional_text_of(answer, "content"),
        optional_text_of(answer, "language"),
        answer,
    )


def _go_on(project: KnownProject, known: Known, decided: PutApproval) -> list[Effect]:
    """At the founder's node: found, wait for the other hub, or give up."""
    if decided.state == "refused":
        return [_declined(project, decided)]
    waiting = [
        one for one in known.approvals if one.side != decided.side and one.state == "waiting"
    ]
    if waiting:
        return [_waits(project, waiting[0], decided.at)]
    entry, signature, acceptance = (
        project.co_founder_entry,
        project.genesis_signature,
        project.acceptance,
    )
    if entry is None or signature is None or acceptance is None:
        raise Refused(Reason.NEVER_OFFERED, "nobody accepted this project")
    return [
        FoundSpace(
            project.project,
            project.offer,
            acceptance,
            project.co_founder,
            (project.entry, entry),
            project.salt,
            signature,
        ),
        ChangeProject(project.project, project.offer, "active", None, decided.at),
    ]


def _waits(project: KnownProject, approval: KnownApproval, at: datetime) -> ChangeProject:
    return ChangeProject(project.project, project.offer, "accepted", approval.hub, at)


def _declined(project: KnownProject, decided: PutApproval) -> ChangeProject:
    return ChangeProject(
        project.project,
        project.offer,
        "declined",
        project.founder,
        decided.at,
        decided.note,
        decided.language,
    )
