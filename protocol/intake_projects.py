"""Founding a project together: offered, then accepted, declined or withdrawn; accepted, founded.

The founder offers to exactly one contact. The acceptance carries that school's signature over the
genesis of the space; the founder's node adds its own, writes the genesis and invites.
"""

from datetime import datetime

from protocol import names
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.effects import (
    ChangeFounder,
    ChangeProject,
    Effect,
    FoundSpace,
    JoinSpace,
    Nothing,
    ProjectState,
    PutProjectOffer,
)
from protocol.effects_approvals import AwaitApprovals
from protocol.errors import Reason, Refused
from protocol.intake_approvals import check_answer
from protocol.intake_objects import inner_of, judge_document
from protocol.known import Known, KnownProject
from protocol.reading import optional_text_of, text_of, texts_of, time_of, whole_of
from protocol.space import operation
from protocol.space.genesis import Founder, Genesis, check_signature, open_genesis, read_founder

_OVER = frozenset({"declined", "withdrawn", "left"})


def judge_offer(activity: Verified[JSONObject], known: Known, now: datetime) -> list[Effect]:
    """An Offer of a project to somebody here.

    Refuses with NOT_OWNER a project of another founder, NOT_FOUND whoever does not live here,
    NOT_ALLOWED whoever is no contact, CONFLICT where the project is offered or founded already.
    """
    said = activity.value
    actor, offer, reader = text_of(said, "actor"), text_of(said, "id"), texts_of(said, "to")[0]
    project = inner_of(said, known)
    if text_of(project, "attributedTo") != actor or text_of(project, "state") != "offered":
        raise Refused(Reason.NOT_OWNER, "/object: offer a project that you founded")
    if known.local is None or known.local.id != reader or known.local.type != "Person":
        raise Refused(Reason.NOT_FOUND, "nobody of this name lives here")
    if known.blocked:
        return [Nothing("the one who was asked blocked the founder")]
    contact = known.contact
    if (
        contact is None
        or contact.state != "contacts"
        or {contact.offerer, contact.offered} != {actor, reader}
    ):
        raise Refused(
            Reason.NOT_ALLOWED, "a project is offered to a contact; offer a contact first"
        )
    entry = _read_entry(said, actor)
    earlier = known.project
    if earlier is not None and earlier.offer == offer:
        return [Nothing("this offer is here already")]
    if earlier is not None and earlier.founder != actor:
        raise Refused(Reason.NOT_OWNER, "the project has another founder")
    if earlier is not None and earlier.state not in _OVER:
        raise Refused(Reason.CONFLICT, "the project is offered already; withdraw that offer first")
    # The project's own key signs its document; the key that signed the offer is its founder's.
    url = text_of(project, "id")
    inner = known.inner
    key = activity.key if inner is None else inner.key
    kept = [
        effect
        for effect in judge_document(project, url, key, known, now)
        if not isinstance(effect, Nothing)
    ]
    note, language = text_of(said, "content"), text_of(said, "language")
    at = min(time_of(said, "published"), now)
    salt = text_of(said, "salt")
    return [
        *kept,
        PutProjectOffer(url, offer, actor, reader, entry, salt, note, language, at),
    ]


def judge_acceptance(activity: JSONObject, project: KnownProject, known: Known) -> list[Effect]:
    """The co-founder's yes to an offer made here.

    Refuses with NOT_ALLOWED anybody else's, ALREADY_ANSWERED a second answer, and BAD_SIGNATURE
    where the genesis is not signed by the key that the acceptance names.
    """
    actor, acceptance = text_of(activity, "actor"), text_of(activity, "id")
    _check_asked(actor, project)
    if known.blocked:
        return [Nothing("the founder blocked the one who was asked")]
    if project.acceptance == acceptance:
        return [Nothing("this answer is here already")]
    if project.state == "withdrawn":
        return [Nothing("the offer was withdrawn before")]
    if project.state != "offered":
        raise Refused(Reason.ALREADY_ANSWERED, "this offer has its answer")
    entry = _read_entry(activity, actor)
    own = project.entry
    if entry.node == own.node or entry.key == own.key:
        raise Refused(Reason.NOT_ALLOWED, "/founder: node and key are the founder's own")
    signature = text_of(activity, "genesisSignature")
    check_signature((own, entry), project.salt, entry.node, signature)
    their_hub = optional_text_of(activity, "hub")
    if known.their_hub and their_hub != known.their_hub:
        raise Refused(Reason.NOT_ALLOWED, "/hub: the hub that accredits your school decides too")
    if known.own_hub or their_hub:
        at = time_of(activity, "published")
        waits_for = known.own_hub or their_hub
        return [
            AwaitApprovals(
                project.offer, acceptance, entry, signature, known.own_hub, their_hub, at
            ),
            _change(project, "accepted", waits_for, activity),
        ]
    return [
        FoundSpace(
            project.project,
            project.offer,
            acceptance,
            project.co_founder,
            (own, entry),
            project.salt,
            signature,
        ),
        _change(project, "active", None, activity),
    ]


def judge_refusal(activity: JSONObject, project: KnownProject) -> list[Effect]:
    """The co-founder's no to an offer made here; the founder may then ask somebody else."""
    _check_asked(text_of(activity, "actor"), project)
    if project.state in _OVER:
        return [Nothing("the offer is over already")]
    if project.state != "offered":
        raise Refused(Reason.ALREADY_ANSWERED, "this offer has its answer")
    return [_change(project, "declined", project.founder, activity)]


def judge_undo(activity: JSONObject, project: KnownProject) -> list[Effect]:
    """The founder withdraws an offer that is not yet founded. Refuses with NOT_OWNER others."""
    if text_of(activity, "actor") != project.founder:
        raise Refused(Reason.NOT_OWNER, "only the founder withdraws the offer of a project")
    if project.state in _OVER:
        return [Nothing("the offer is over already")]
    if project.state == "active":
        raise Refused(Reason.ALREADY_ANSWERED, "the project is founded; close it instead")
    return [_change(project, "withdrawn", None, activity)]


def judge_invite(activity: JSONObject, known: Known) -> list[Effect]:
    """The founder's Invite, with the genesis of the space, for what somebody here accepted.

    Refuses with NEVER_OFFERED what nobody here accepted, NOT_ALLOWED whoever is not the founder,
    and with the reasons of `open_genesis`, or BAD_OPERATION, a genesis that was not agreed.
    """
    project = known.project
    if project is None or not names.same_origin(project.co_founder, known.base):
        raise Refused(Reason.NEVER_OFFERED, "nobody here was offered this project")
    if text_of(activity, "actor") != project.founder:
        raise Refused(Reason.NOT_ALLOWED, "only the founder invites")
    if project.state == "active":
        return [Nothing("the space is open already")]
    accepted = project.state == "accepted" and project.acceptance is not None
    if not accepted or text_of(activity, "inReplyTo") != project.acceptance:
        raise Refused(Reason.NEVER_OFFERED, "nobody here accepted this project")
    if known.their_hub and "approval" not in activity:
        raise Refused(Reason.NOT_ALLOWED, "/approval: the founder's hub has to approve")
    if known.their_hub:
        approval = whole_of(activity, "approval")
        check_answer(approval, known.their_hub, project, known)
    own = known.approval_of("own")
    if own is not None and own.state != "approved":
        raise Refused(Reason.NEVER_OFFERED, "the own hub has not approved this project")
    genesis = _open_agreed(whole_of(activity, "genesis"), project)
    return [
        JoinSpace(project.project, genesis),
        _change(project, "active", None, activity),
    ]


def judge_move(activity: JSONObject, known: Known) -> list[Effect]:
    """A founder hands his part to a colleague, who lives where he does.

    Refuses with NOT_ALLOWED whoever is no founder, FOREIGN_ORIGIN a successor of another school.
    """
    project, actor = known.project, text_of(activity, "actor")
    if project is None:
        return [Nothing("nothing of this name is here")]
    successor = text_of(activity, "target")
    if successor in {project.founder, project.co_founder} - {actor}:
        raise Refused(Reason.NOT_ALLOWED, "/target: a project has two founders")
    if not names.same_origin(successor, actor):
        raise Refused(Reason.FOREIGN_ORIGIN, "/target: founding is handed to a colleague only")
    if actor not in {project.founder, project.co_founder}:
        raise Refused(Reason.NOT_ALLOWED, "only a founder hands the founding on")
    return [ChangeFounder(project.project, actor, successor)]


def _check_asked(actor: str, project: KnownProject) -> None:
    if actor != project.co_founder:
        raise Refused(Reason.NOT_ALLOWED, "only the one who was asked answers")


def _read_entry(activity: JSONObject, actor: str) -> Founder:
    entry = read_founder(whole_of(activity, "founder"))
    if not names.same_origin(entry.actor, actor):
        raise Refused(Reason.FOREIGN_ORIGIN, "/founder/actor: is not this school's service actor")
    return entry


def _open_agreed(sent: JSONObject, project: KnownProject) -> Genesis:
    genesis = open_genesis(operation.read_json(sent))
    salt = genesis.operation.header.args["salt"]
    if genesis.founders != (project.entry, project.co_founder_entry) or salt != project.salt:
        raise Refused(Reason.BAD_OPERATION, "/genesis: is not what both schools agreed")
    return genesis


def _change(
    project: KnownProject, state: ProjectState, waiting_for: str | None, activity: JSONObject
) -> ChangeProject:
    return ChangeProject(
        project.project,
        project.offer,
        state,
        waiting_for,
        time_of(activity, "published"),
        optional_text_of(activity, "content"),
        optional_text_of(activity, "language"),
    )
