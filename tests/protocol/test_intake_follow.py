"""Following: answered at once or by hand, ended by the follower alone."""

from typing import Any

import pytest

from protocol import activities
from protocol.effects import AnswerFollow, DropFollow, Nothing, PutFollow
from protocol.errors import Reason, Refused
from protocol.intake import needs
from protocol.known import Known, KnownFollow, LocalActor
from tests.protocol.people import ANN, ANN_HERE, BEN, BETA, BIRDS, EVE, judged, name

ALPHA = "https://alpha.example"
FOLLOW = f"https://beta.example/activities/{name('follow')}"
BENS = KnownFollow(FOLLOW, BEN.url, ANN.url, "following")


def refusal(activity: Any, actor: Any, known: Known) -> Reason:
    with pytest.raises(Refused) as caught:
        judged(activity, actor, known)
    return caught.value.reason


@pytest.mark.parametrize("target", [ANN_HERE, LocalActor(BIRDS.url, "Project")])
def test_who_is_public_is_followed_at_once(target: LocalActor) -> None:
    activity = activities.follow(BEN.said(), target.id)
    url = str(activity["id"])
    assert needs(activity).local == target.id
    assert judged(activity, BEN, Known(base=ALPHA, local=target)) == [
        PutFollow(url, BEN.url, target.id, "following"),
        AnswerFollow(url, BEN.url, target.id),
    ]


def test_who_approves_followers_is_asked() -> None:
    activity = activities.follow(BEN.said(), ANN.url)
    known = Known(base=ALPHA, local=LocalActor(ANN.url, "Person", approves_followers=True))
    assert judged(activity, BEN, known) == [
        PutFollow(str(activity["id"]), BEN.url, ANN.url, "asked")
    ]


@pytest.mark.parametrize(
    "local", [None, LocalActor(ANN.url, "Application"), LocalActor(EVE.url, "Person")]
)
def test_nobody_is_followed_who_does_not_live_here(local: Any) -> None:
    activity = activities.follow(BEN.said(), ANN.url)
    assert refusal(activity, BEN, Known(base=ALPHA, local=local)) is Reason.NOT_FOUND


def test_who_lives_here_does_not_speak_from_elsewhere() -> None:
    known = Known(base=ALPHA, local=ANN_HERE)
    assert refusal(activities.follow(EVE.said(), ANN.url), EVE, known) is Reason.OWN_ORIGIN


def test_who_is_blocked_gets_no_answer() -> None:
    known = Known(base=ALPHA, local=ANN_HERE, blocked=True)
    (effect,) = judged(activities.follow(BEN.said(), ANN.url), BEN, known)
    assert isinstance(effect, Nothing)


def test_the_followed_one_answers() -> None:
    asked = KnownFollow(FOLLOW, BEN.url, ANN.url, "asked")
    known = Known(base=BETA, follow=asked)
    yes = activities.accept(ANN.said(), FOLLOW, to=BEN.url)
    no = activities.reject(ANN.said(), FOLLOW, to=BEN.url, answer="no")
    assert needs(yes).answered == FOLLOW
    assert judged(yes, ANN, known) == [PutFollow(FOLLOW, BEN.url, ANN.url, "following")]
    assert judged(no, ANN, known) == [PutFollow(FOLLOW, BEN.url, ANN.url, "refused")]
    assert isinstance(judged(yes, ANN, Known(base=BETA, follow=BENS))[0], Nothing)


def test_nobody_else_answers() -> None:
    activity = activities.accept(EVE.said(), FOLLOW, to=BEN.url)
    assert refusal(activity, EVE, Known(base=BETA, follow=BENS)) is Reason.NOT_ALLOWED


def test_an_answer_to_what_was_never_asked_is_refused() -> None:
    for activity in (
        activities.accept(ANN.said(), FOLLOW, to=BEN.url),
        activities.reject(ANN.said(), FOLLOW, to=BEN.url, answer="no"),
    ):
        assert refusal(activity, ANN, Known(base=BETA)) is Reason.NEVER_OFFERED


def test_the_follower_unfollows() -> None:
    known = Known(base=ALPHA, follow=BENS)
    assert judged(activities.undo(BEN.said(), FOLLOW, to=ANN.url), BEN, known) == [
        DropFollow(FOLLOW, BEN.url, ANN.url)
    ]


def test_nobody_else_takes_a_follow_back() -> None:  # A009
    activity = activities.undo(EVE.said(), FOLLOW, to=BEN.url)
    assert refusal(activity, EVE, Known(base=BETA, follow=BENS)) is Reason.NOT_OWNER


def test_taking_back_what_is_unknown_does_nothing() -> None:
    (effect,) = judged(activities.undo(BEN.said(), FOLLOW, to=ANN.url), BEN, Known(base=ALPHA))
    assert isinstance(effect, Nothing)
