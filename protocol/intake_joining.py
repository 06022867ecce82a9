"""A further school joins a running project: invited by a founder's school, then it accepts.

The invitation carries the genesis of the space and a founder's signature for exactly that school;
the acceptance the school's own signature with its new space key. The founder's school then asks the
steward to admit it (`space.stewardship`). Who is removed hears of it in a letter, for the space
tells it nothing more.
"""

from datetime import datetime, timedelta

from protocol import names
from protocol.canonical import JSONObject, unb64
from protocol.documents import Verified
from protocol.effects import (
    ChangeJoining,
    Effect,
    EndMembership,
    JoiningState,
    Nothing,
    ProposeSchool,
    PutInvitation,
)
from protocol.errors import Reason, Refused
from protocol.intake_objects import inner_of, judge_document
from protocol.keys import PublicKey
from protocol.known import Known, KnownJoining, Needed
from protocol.reading import optional_text_of, text_of, texts_of, time_of, whole_of
from protocol.space import consent, operation
from protocol.space.genesis import Genesis, open_genesis, read_founder

LAPSE = timedelta(days=30)
_OPEN = frozenset({"invited", "accepted"})


def needs(activity: JSONObject, kind: str) -> Needed:
    """What to load before an `invite-school`, a `join` or a `remove` is judged."""
    match kind:
        case "invite-school":
            inner = whole_of(activity, "object")
            asked, project = texts_of(activity, "to")[0], text_of(inner, "id")
            return Needed(
                inner=inner, object=project, local=asked, contact_with=asked, project=project
            )
        case "join":
            return Needed(answered=text_of(activity, "inReplyTo"))
        case _:
            return Needed(project=text_of(activity, "target"))


def judge(activity: Verified[JSONObject], kind: str, known: Known, now: datetime) -> list[Effect]:
    """An `invite-school`, a `join` or a `remove`; refuses as the functions below."""
    match kind:
        case "invite-school":
            return judge_invite(activity, known, now)
        case "join":
            return judge_join(activity.value, known)
        case _:
            return judge_remove(activity.value, known)


def judge_invite(activity: Verified[JSONObject], known: Known, now: datetime) -> list[Effect]:
    """A founder's Invite to somebody here.

    Refuses with NOT_FOUND whoever does not live here, NOT_ALLOWED whoever is no contact or no
    founder's, CONFLICT where the school is in the project or was asked by somebody else,
    BAD_SIGNATURE an invitation that no founder signed for this node, and as `open_genesis`.
    """
    said = activity.value
    actor, invite, reader = text_of(said, "actor"), text_of(said, "id"), texts_of(said, "to")[0]
    project = inner_of(said, known)
    url = text_of(project, "id")
    if known.local is None or known.local.id != reader or known.local.type != "Person":
        raise Refused(Reason.NOT_FOUND, "nobody of this name lives here")
    if known.blocked:
        return [Nothing("the one who is invited blocked the inviter")]
    _check_contact(actor, reader, known)
    earlier = known.joining
    if earlier is not None and earlier.invite == invite:
        return [Nothing("this invitation is here already")]
    if known.project is not None and known.project.state == "active":
        raise Refused(Reason.CONFLICT, "this school founded the project")
    if earlier is not None and (earlier.state == "member" or _is_open(earlier, now)):
        raise Refused(Reason.CONFLICT, "this school is in the project, or was asked already")
    genesis = open_genesis(operation.read_json(whole_of(said, "genesis")))
    service = names.service_actor_id(known.base)
    signature = text_of(said, "invitation")
    _check_invitation(genesis, actor, known.node, service, signature)
    if not names.same_origin(genesis.founders[0].actor, url):
        raise Refused(Reason.FOREIGN_ORIGIN, "/object: the first founder's school keeps a project")
    kept: list[Effect] = []
    if names.same_origin(url, actor) and known.inner is not None:
        # What lies at a third school is shown as it was sent, and believed when that school says
        # it itself: its key is not known here.
        found = judge_document(project, url, known.inner.key, known, now)
        kept = [effect for effect in found if not isinstance(effect, Nothing)]
    return [
        *kept,
        PutInvitation(
            invite,
            url,
            actor,
            reader,
            known.node,
            service,
            signature,
            genesis,
            text_of(said, "settled"),
            project,
            optional_text_of(said, "content"),
            optional_text_of(said, "language"),
            min(time_of(said, "published"), now),
        ),
    ]


def judge_join(activity: JSONObject, known: Known) -> list[Effect]:
    """The invited school's yes, at the school that invited.

    Refuses with NEVER_OFFERED what was not invited, NOT_ALLOWED anybody else's answer, LAPSED one
    that was given too late, ALREADY_ANSWERED a second one, BAD_SIGNATURE an entry that its own key
    has not signed.
    """
    joining = known.joining
    if joining is None or not names.same_origin(joining.inviter, known.base):
        raise Refused(Reason.NEVER_OFFERED, "nobody was invited by this name from here")
    actor = text_of(activity, "actor")
    _check_asked(actor, joining)
    if known.blocked:
        return [Nothing("the inviter blocked the one who was invited")]
    if joining.state in {"withdrawn", "over"}:
        return [Nothing("the invitation was withdrawn before")]
    if joining.state not in {"invited", "lapsed"}:
        raise Refused(Reason.ALREADY_ANSWERED, "this invitation has its answer")
    if time_of(activity, "published") - joining.invited_at > LAPSE:
        raise Refused(Reason.LAPSED, "the invitation had lapsed when it was answered")
    entry = read_founder(whole_of(activity, "member"))
    if (entry.node, entry.actor) != (joining.node, joining.actor):
        raise Refused(Reason.FOREIGN_ORIGIN, "/member: is not the school that was invited")
    acceptance = text_of(activity, "acceptance")
    agreed = consent.acceptance(joining.space, entry)
    if not PublicKey.read(entry.key).verify(agreed, unb64(acceptance)):
        raise Refused(Reason.BAD_SIGNATURE, "/acceptance: not signed by the key in /member")
    return [
        ProposeSchool(joining.invite, entry, acceptance),
        _change(joining, "accepted", activity),
    ]


def judge_refusal(activity: JSONObject, joining: KnownJoining) -> list[Effect]:
    """The invited school's no."""
    _check_asked(text_of(activity, "actor"), joining)
    if joining.state in {"invited", "lapsed"}:
        return [_change(joining, "declined", activity)]
    if joining.state in {"declined", "withdrawn", "over"}:
        return [Nothing("the invitation is over already")]
    raise Refused(Reason.ALREADY_ANSWERED, "this invitation has its answer")


def judge_undo(activity: JSONObject, joining: KnownJoining) -> list[Effect]:
    """The inviter takes an invitation back; one who has been admitted meanwhile stays."""
    if text_of(activity, "actor") != joining.inviter:
        raise Refused(Reason.NOT_OWNER, "only who invited takes the invitation back")
    if joining.state in _OPEN | {"lapsed"}:
        return [_change(joining, "withdrawn", activity)]
    return [Nothing("the invitation is over already, or the school is in the project")]


def judge_remove(activity: JSONObject, known: Known) -> list[Effect]:
    """A founder's school ended this school's membership. Refuses with NOT_ALLOWED anybody else."""
    if not known.founders:
        return [Nothing("nothing of this name is here")]
    actor, removed = text_of(activity, "actor"), text_of(activity, "object")
    if not any(names.same_origin(actor, one) for one in known.founders):
        raise Refused(Reason.NOT_ALLOWED, "only a founder's school removes another")
    if removed != names.service_actor_id(known.base):
        return [Nothing("it is another school that was removed; the space says so")]
    return [EndMembership(text_of(activity, "target"), time_of(activity, "published"))]


def _check_contact(actor: str, reader: str, known: Known) -> None:
    contact = known.contact
    if (
        contact is None
        or contact.state != "contacts"
        or {contact.offerer, contact.offered} != {actor, reader}
    ):
        raise Refused(Reason.NOT_ALLOWED, "only a contact is invited; offer a contact first")


def _check_invitation(
    genesis: Genesis, actor: str, node: str, service: str, signature: str
) -> None:
    founder = next((one for one in genesis.founders if names.same_origin(one.actor, actor)), None)
    if founder is None:
        raise Refused(Reason.NOT_ALLOWED, "only a founder's school invites another")
    if node in {one.node for one in genesis.founders}:
        raise Refused(Reason.CONFLICT, "this school founded the project")
    invited = consent.invitation(genesis.space, node, service)
    if not PublicKey.read(founder.key).verify(invited, unb64(signature)):
        raise Refused(Reason.BAD_SIGNATURE, "/invitation: not signed for this school")


def _check_asked(actor: str, joining: KnownJoining) -> None:
    if actor != joining.invited:
        raise Refused(Reason.NOT_ALLOWED, "only the one who was invited answers")


def _is_open(joining: KnownJoining, now: datetime) -> bool:
    return joining.state in _OPEN and now - joining.invited_at <= LAPSE


def _change(joining: KnownJoining, state: JoiningState, activity: JSONObject) -> ChangeJoining:
    note = optional_text_of(activity, "content")
    return ChangeJoining(joining.invite, state, time_of(activity, "published"), note)
