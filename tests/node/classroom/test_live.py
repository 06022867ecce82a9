"""Supervised live writing: at once while a teacher is there, and never what the check marks."""

import pytest

from node.actions import spaces, succession
from node.actions.permission import OPERATOR
from node.classroom import live
from node.vault import works
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned
from tests.node.classroom.works import begin, choose_policy, hand_in, let_live
from tests.node.spaces.schools import texts
from tests.nodes import settle

MINUTE_S = 60


async def write(twinned: Twinned, thread: str, text: str) -> bool:
    """Whether what a pupil hands in is out at once."""
    work = await hand_in(twinned, thread, text)
    room = twinned.alpha.node.room
    out = await live.pass_on(room, work)
    async with room.vault.read() as view:
        kept = await works.find(view, work)
    assert kept is not None
    assert kept.state == ("released" if out else "held")
    return out


async def test_what_is_handed_in_appears_at_once_while_a_teacher_is_there(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    await let_live(twinned)
    assert not await write(twinned, thread, "Nobody is there.")
    await live.begin(room, shared.ana, shared.space)
    assert await live.is_on(room, shared.space)
    assert await write(twinned, thread, "Ana is there.")
    shared.alpha.clock.advance(seconds=45 * MINUTE_S - 1)
    assert (await live.find(room, shared.ana, shared.space)).minutes == 1
    assert await write(twinned, thread, "For one more second.")
    shared.alpha.clock.advance(seconds=1)
    assert not await live.is_on(room, shared.space)
    assert not await write(twinned, thread, "The lesson is over.")
    await live.begin(room, shared.ana, shared.space)
    live.end(room, shared.ana, shared.space)
    assert not await write(twinned, thread, "Ana said that she went.")
    await settle(shared.alpha, shared.beta)
    out = [["Which?", "Ana is there.", "For one more second."]]
    assert await texts(shared.beta, shared.space) == out


@pytest.mark.parametrize(
    "text",
    ["I am Mia Nowak.", "Mia was there.", "Tomé was there.", "T o m é was there."],
)
async def test_what_the_check_marks_waits_although_a_teacher_is_there(
    twinned: Twinned, text: str
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    await let_live(twinned)
    await live.begin(room, shared.ana, shared.space)
    assert not await write(twinned, thread, text)
    assert await write(twinned, thread, "It was there.")
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", "It was there."]]


async def test_a_space_that_wants_a_release_first_has_no_live_writing(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    with pytest.raises(Refused) as refused:
        await live.begin(room, shared.ana, shared.space)
    assert refused.value.reason is Reason.CONFLICT
    await let_live(twinned)
    await live.begin(room, shared.ana, shared.space)
    own = (await spaces.find_space(shared.alpha.context, shared.ana, shared.space)).space.node
    await choose_policy(twinned, "release-first", own)
    assert not await live.is_on(room, shared.space)
    assert not await write(twinned, thread, "The project changed its mind.")


async def test_who_is_not_in_the_space_any_more_is_not_there(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    await let_live(twinned)
    eva = await shared.alpha.account("eva", "Eva Sá")
    with pytest.raises(Refused) as refused:
        await live.begin(room, eva, shared.space)
    assert refused.value.reason is Reason.NOT_FOUND
    alias = await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eva")
    await live.begin(room, eva, shared.space)
    assert await write(twinned, thread, "Eva is there.")
    await spaces.remove_colleague(shared.alpha.context, eva, shared.space, alias)
    assert not await write(twinned, thread, "Eva is in no space.")
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eva")
    assert await write(twinned, thread, "Eva is there again.")
    await succession.end_account(shared.alpha.context, OPERATOR, "eva")
    assert not await write(twinned, thread, "Eva works here no more.")
