"""One operation at a time: what is stored, what has an effect, what is refused by which name."""

import pytest

from protocol.errors import Reason
from protocol.space import apply, operation, writing
from protocol.space.apply import Judgement
from protocol.space.authority import Void
from protocol.space.effects import PutHead, PutRole, StoreOperation
from protocol.space.fold.history import MAX_GROUND_OCTETS
from protocol.space.fold.reading import payloads_of
from protocol.space.operation import Operation, payload, write
from protocol.space.vocabulary import Role
from protocol.space.writing import By
from tests.protocol.space.cast import NOW_MS, SALT, Cast, changed, person, words
from tests.simulation.school import School, name_of


@pytest.fixture
def cast() -> Cast:
    return Cast()


def reasons(judgement: Judgement) -> list[Reason]:
    return [one.reason for one in judgement.refused]


def voids(judgement: Judgement) -> list[Void | None]:
    return [one.void for one in judgement.effects if isinstance(one, StoreOperation)]


def test_a_post_in_order_is_stored_moves_the_head_and_touches_its_object(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    judgement = cast.receive(post)
    assert voids(judgement) == [None]
    assert [one.object for one in judgement.touched] == [post.header.object]
    assert cast.head(cast.beta).id == post.id
    assert not judgement.refused
    assert not judgement.recheck


def test_a_repeat_does_nothing(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    assert cast.receive(post, post) == Judgement()


def test_an_unbroken_log_is_judged_from_a_few_rows(cast: Cast) -> None:
    for number in range(50):
        cast.receive(cast.thread(cast.beta, f"thread {number}"))
    loaded = cast.replica.load([cast.thread(cast.beta, "one more")])
    assert len(loaded.stored) == 1
    assert len(loaded.heads) == 1
    assert len(loaded.roles) == 1


def test_a_gap_is_never_stored_and_names_its_log(cast: Cast) -> None:
    first, log = cast.thread(cast.beta), cast.beta.log
    header = changed(first.header, seq=first.header.seq + 1, prev=first.id)
    second = write(header, first.payload, cast.beta.signer)
    judgement = cast.receive(second)
    assert reasons(judgement) == [Reason.GAP]
    assert judgement.gaps == {log}
    assert not judgement.effects
    assert not cast.receive(second, first).refused
    assert cast.head(cast.beta).id == second.id


def test_a_gap_in_one_log_holds_back_no_other(cast: Cast) -> None:
    gone = cast.thread(cast.beta)
    header = changed(gone.header, seq=9, prev=gone.id)
    late = write(header, gone.payload, cast.beta.signer)
    judgement = cast.receive(late, cast.thread(cast.alpha))
    assert (reasons(judgement), voids(judgement)) == ([Reason.GAP], [None])


def test_prev_must_be_the_operation_before_in_the_same_log(cast: Cast) -> None:
    good = cast.thread(cast.beta)
    tip = cast.head(cast.alpha)
    for wrong in (
        {"seq": good.header.seq + 1},
        {"prev": cast.genesis.id},
        {"prev": tip.id, "seq": tip.seq + 1},
    ):
        bad = write(changed(good.header, **wrong), good.payload, cast.beta.signer)
        assert reasons(cast.receive(bad)) == [Reason.BAD_OPERATION]


def test_time_never_runs_backwards_within_a_log(cast: Cast) -> None:
    bad = cast.thread(cast.beta, time=NOW_MS - 1)
    assert reasons(cast.receive(bad)) == [Reason.BAD_OPERATION]


def test_an_operation_more_than_an_hour_ahead_waits(cast: Cast) -> None:
    early = cast.thread(cast.beta, time=NOW_MS + apply.MAX_AHEAD_MS + 1)
    assert reasons(cast.receive(early)) == [Reason.CLOCK_AHEAD]
    assert not cast.receive(early, now_ms=NOW_MS + 1).refused


def test_a_log_signed_with_another_members_key_is_refused(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    forged = write(post.header, post.payload, cast.alpha.signer)
    judgement = cast.receive(forged)
    assert reasons(judgement) == [Reason.BAD_SIGNATURE]
    assert not judgement.effects
    # The signature is no part of the id: the true one is still welcome.
    assert forged.id == post.id
    assert voids(cast.receive(post)) == [None]


def test_an_operation_verified_under_another_key_is_verified_again(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    forged = write(post.header, post.payload, cast.alpha.signer)
    mine = operation.verify(forged, cast.alpha.signer.public)
    judgement = apply.judge([mine], cast.replica.load([post]), NOW_MS)
    assert reasons(judgement) == [Reason.BAD_SIGNATURE]
    theirs = operation.verify(post, cast.beta.signer.public)
    assert not apply.judge([theirs], cast.replica.load([post]), NOW_MS).refused


def test_the_log_of_a_stranger_is_never_stored(cast: Cast) -> None:
    judgement = cast.receive(cast.thread(cast.gamma))
    assert reasons(judgement) == [Reason.NOT_ALLOWED]
    assert not judgement.effects


def test_an_operation_of_another_space_is_refused(cast: Cast) -> None:
    post = cast.thread(cast.beta, space=name_of("x") + name_of("y")[:20] + "A")
    assert reasons(cast.receive(post)) == [Reason.NOT_FOUND]


def test_only_the_steward_writes_the_control_log(cast: Cast) -> None:
    place = cast.place(cast.beta, log=f"k/{cast.beta.node}/1")
    header = changed(writing.cut(place, cast.alpha.node, {}), base=(cast.space,))
    before = cast.state
    assert not cast.receive(write(header, None, cast.beta.signer)).refused
    assert cast.state == before
    assert not cast.replica.rows[write(header, None, cast.beta.signer).id].accepted
    place = cast.place(cast.alpha, log=f"k/{cast.alpha.node}/0")
    forged = write(writing.checkpoint(place, {}), None, cast.beta.signer)
    assert reasons(cast.receive(forged)) == [Reason.BAD_SIGNATURE]


def test_who_has_no_role_has_no_effect(cast: Cast) -> None:
    stranger = cast.thread(cast.beta, actor=name_of("nobody"))
    assert voids(cast.receive(stranger)) == [Void.NO_ROLE]
    foreign = cast.thread(cast.beta, actor=cast.alpha.teacher)
    assert voids(cast.receive(foreign)) == [Void.NO_ROLE]
    helper = cast.thread(cast.beta, with_=(cast.alpha.teacher,))
    assert voids(cast.receive(helper)) == [Void.NO_ROLE]
    assert not cast.replica.posts


@pytest.mark.parametrize("releaser", ["", "pupil", "nobody", "teacher of alpha"])
def test_a_pupils_work_needs_a_teacher_of_the_same_school(cast: Cast, releaser: str) -> None:
    who = {"pupil": cast.beta.pupil, "teacher of alpha": cast.alpha.teacher, "": ""}
    by = who.get(releaser, name_of(releaser))
    post = cast.thread(cast.beta, actor=cast.beta.pupil, released_by=by)
    assert voids(cast.receive(post)) == [Void.NOT_RELEASED]
    good = cast.thread(cast.beta, actor=cast.beta.pupil, released_by=cast.beta.teacher)
    assert voids(cast.receive(good)) == [None]


def test_a_pupils_part_in_a_teachers_work_needs_a_release_too(cast: Cast) -> None:
    post = cast.thread(cast.beta, with_=(cast.beta.pupil,))
    assert voids(cast.receive(post)) == [Void.NOT_RELEASED]


def test_who_has_left_writes_no_more_and_what_was_written_stays(cast: Cast) -> None:
    cast.receive(cast.thread(cast.beta, "before"))
    header = writing.role(cast.place(cast.beta), cast.beta.teacher, Role.LEFT)
    gone = write(header, None, cast.beta.signer)
    judgement = cast.receive(gone)
    assert PutRole(cast.beta.log, cast.beta.teacher, Role.LEFT) in judgement.effects
    assert voids(cast.receive(cast.thread(cast.beta, "after"))) == [Void.NO_ROLE]
    assert len(cast.replica.posts) == 1


def test_a_role_in_the_same_batch_counts_for_what_follows(cast: Cast) -> None:
    place, new = cast.place(cast.beta), name_of("new teacher")
    role = write(writing.role(place, new, Role.TEACHER), person("New"), cast.beta.signer)
    header = writing.thread(place, By(new), name_of("first words"))
    header = changed(header, seq=role.header.seq + 1, prev=role.id)
    post = write(header, words(title="First"), cast.beta.signer)
    assert voids(cast.receive(post, role)) == [None, None]


def test_after_its_leave_a_school_has_no_effect(cast: Cast) -> None:
    leave = write(writing.leave(cast.place(cast.beta)), None, cast.beta.signer)
    judgement = cast.receive(leave)
    assert [one.head.left for one in judgement.effects if isinstance(one, PutHead)] == [True]
    assert voids(cast.receive(cast.thread(cast.beta))) == [Void.LEFT]


def test_an_edit_of_another_schools_post_edits_nothing(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    header = writing.edit(
        cast.place(cast.alpha), By(cast.alpha.teacher), post.header.object, base=[post.id]
    )
    cast.receive(write(header, words("Taken over", title="Taken"), cast.alpha.signer))
    assert [one.title for one in cast.replica.posts.values()] == ["a thread"]


def test_creating_another_schools_object_again_makes_an_object_of_ones_own(cast: Cast) -> None:
    post = cast.thread(cast.beta, time=NOW_MS + 5)
    copy = cast.thread(cast.alpha, time=NOW_MS)
    cast.receive(post, copy)
    assert sorted(one.home for one in cast.replica.posts.values()) == sorted(
        [cast.alpha.node, cast.beta.node]
    )


def hide(cast: Cast, school: School, post: Operation, payload: str | None = None) -> Judgement:
    home = post.header.node
    header = writing.hide(cast.place(school), By(school.teacher), post.header.object, home=home)
    return cast.receive(write(header, payload, school.signer))


def test_founders_hide_what_another_school_owns_until_that_is_revoked(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    why = payload({"reason": "hate", "text": "A slur."}, "en", SALT)
    assert voids(hide(cast, cast.alpha, post, why)) == [None]
    (shown,) = cast.replica.posts.values()
    assert (shown.standing, shown.text) == ("hidden", "")
    assert shown.put_away is not None
    assert (shown.put_away.home, shown.put_away.actor) == (cast.alpha.node, cast.alpha.teacher)
    assert (shown.put_away.reason, shown.put_away.text) == ("hate", "A slur.")
    cast.receive(cast.decide("Unmoderator", {"node": cast.alpha.node, "logs": {}}))
    (shown,) = cast.replica.posts.values()
    assert (shown.standing, shown.put_away) == ("shown", None)
    assert voids(hide(cast, cast.alpha, post)) == [Void.NO_MODERATOR]


def test_of_many_hides_only_the_one_that_is_told_is_read(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    why = payload({"reason": "hate", "text": "A slur."}, "en", SALT)
    for _ in range(5):
        hide(cast, cast.alpha, post, why)
    items = cast.replica.items(cast.beta.node, post.header.object)
    read = payloads_of(items)
    assert len(items) == 6
    assert len(read) == 2
    huge = payload({"reason": "hate", "more": "x" * MAX_GROUND_OCTETS}, "en", SALT)
    hide(cast, cast.alpha, post, huge)
    (shown,) = cast.replica.posts.values()
    assert shown.put_away is not None
    assert (shown.standing, shown.put_away.reason) == ("hidden", "")


def test_only_a_moderator_hides_what_another_school_owns(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    cast.declare(cast.gamma)
    post = cast.thread(cast.beta)
    cast.receive(post)
    reference = f"{cast.beta.node}/{post.header.object}"
    assert voids(hide(cast, cast.gamma, post)) == [Void.NO_MODERATOR]
    assert cast.replica.posts[reference].standing == "shown"
    head = cast.head(cast.gamma)
    cast.receive(
        cast.decide("Moderator", {"node": cast.gamma.node, "logs": {head.log: [head.seq, head.id]}})
    )
    assert voids(hide(cast, cast.gamma, post)) == [None]
    assert cast.replica.posts[reference].standing == "hidden"
    assert cast.replica.posts[reference].text == ""
