"""Following: whoever lives here in public may be followed by anybody of a partner's node."""

from protocol.canonical import JSONObject
from protocol.effects import AnswerFollow, DropFollow, Effect, Nothing, PutFollow
from protocol.errors import Reason, Refused
from protocol.known import Known, KnownFollow
from protocol.reading import text_of

_FOLLOWABLE = frozenset({"Person", "Organization", "Project"})


def judge_follow(activity: JSONObject, known: Known) -> list[Effect]:
    """A Follow: answered at once, unless the followed one approves followers by hand.

    Refuses with NOT_FOUND whoever does not live here. A repeated Follow is answered again: the
    first answer may be what got lost.
    """
    follow, follower = text_of(activity, "id"), text_of(activity, "actor")
    followed = text_of(activity, "object")
    local = known.local
    if local is None or local.id != followed or local.type not in _FOLLOWABLE:
        raise Refused(Reason.NOT_FOUND, "nobody of this name lives here")
    if known.blocked:
        return [Nothing("the followed one blocked the follower")]
    if local.approves_followers:
        return [PutFollow(follow, follower, followed, "asked")]
    return [
        PutFollow(follow, follower, followed, "following"),
        AnswerFollow(follow, follower, followed),
    ]


def judge_answer(activity: JSONObject, follow: KnownFollow) -> list[Effect]:
    """An Accept or a Reject of a Follow. Refuses with NOT_ALLOWED anybody but the followed one."""
    if text_of(activity, "actor") != follow.followed:
        raise Refused(Reason.NOT_ALLOWED, "only the one who is followed answers")
    yes = text_of(activity, "type") == "Accept"
    state = "following" if yes else "refused"
    if follow.state == state:
        return [Nothing("this answer is here already")]
    return [
        PutFollow(follow.id, follow.follower, follow.followed, "following" if yes else "refused")
    ]


def judge_undo(activity: JSONObject, follow: KnownFollow) -> list[Effect]:
    """The end of following. Refuses with NOT_OWNER anybody but the follower."""
    if text_of(activity, "actor") != follow.follower:
        raise Refused(Reason.NOT_OWNER, "only the follower takes a Follow back")
    return [DropFollow(follow.id, follow.follower, follow.followed)]
