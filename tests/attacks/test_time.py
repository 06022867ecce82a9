"""Clocks that jump, and that differ from node to node: order, windows and retries stay sane."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from node.actions import forum, messages, people, sign_in
from node.actions.actors import Profile
from node.clock import stamp, unstamp
from node.storage import objects
from protocol.errors import Reason, Refused
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import send
from tests.node.spaces.schools import Shared, found_together, texts
from tests.node.spaces.speaking import own_log
from tests.nodes import PASSWORD, Node, VirtualClock, make_partners, running, settle

YEAR_S = 365 * 86_400
TWO_HOURS_S = 7_200


@pytest.fixture
async def late(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node with a clock of its own."""
    async with running("late", tmp_path / "late", VirtualClock(clock.at_ms)) as node:
        yield node


@pytest.fixture
async def between(late: Node, beta: Node) -> Shared:
    """A space of the node with its own clock and another one."""
    await make_partners(late, beta)
    return await found_together(late, beta)


async def write(shared: Shared, text: str) -> None:
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title=text, text=text, language="en"
    )


async def shown(node: Node, shared: Shared) -> list[str]:
    return sorted(one[0] for one in await texts(node, shared.space))


async def test_a155_a_clock_a_year_ahead_signs_nothing_and_costs_nothing_once_it_is_set(
    late: Node, beta: Node, between: Shared
) -> None:
    await write(between, "in time")
    await settle(late, beta)
    late.clock.advance(seconds=YEAR_S)
    await settle(late, beta)
    # One partner alone: still, what it would sign now nobody would take for a year.
    with pytest.raises(Refused) as refused:
        await write(between, "from next year")
    assert refused.value.reason is Reason.CLOCK_OFF
    late.clock.advance(seconds=-YEAR_S)
    await settle(late, beta)
    await write(between, "in time again")
    await settle(late, beta)
    for node in (late, beta):
        assert await shown(node, between) == ["in time", "in time again"]


async def test_a155_a_clock_two_hours_behind_writes_on_in_order(
    late: Node, beta: Node, between: Shared
) -> None:
    await write(between, "first")
    late.clock.advance(seconds=-TWO_HOURS_S)
    await settle(late, beta)
    # Whatever it signed now would stand before what it has signed.
    with pytest.raises(Refused) as refused:
        await write(between, "too early")
    assert refused.value.reason is Reason.CLOCK_OFF
    late.clock.advance(seconds=TWO_HOURS_S // 2)
    await write(between, "second")
    await people.update_profile(late.context, between.ana, Profile("Ana, later"))
    await settle(late, beta)
    times = [one.header.time for one in await own_log(late, between.space)]
    assert times == sorted(times)
    late.clock.advance(seconds=TWO_HOURS_S // 2)
    await write(between, "third")
    await settle(late, beta)
    assert await shown(beta, between) == ["first", "second", "third"]
    # The newer version is the one with the higher number, whatever the clocks said.
    async with beta.context.database.read() as reader:
        known = await objects.find(reader, between.ana.actor)
    assert known is not None
    assert known.document["name"] == "Ana, later"


@pytest.mark.parametrize("jump_s", [-TWO_HOURS_S, TWO_HOURS_S, YEAR_S])
async def test_a155_a_letter_that_waits_is_delivered_whatever_the_clock_does(
    late: Node, beta: Node, between: Shared, jump_s: int
) -> None:
    await beta.close_doors()
    await messages.send(
        late.context, between.ana, between.bob.actor, text="Are you there?", language="en"
    )
    await settle(late)
    late.clock.advance(seconds=jump_s)
    await settle(late)
    late.clock.advance(seconds=-jump_s)
    await beta.open_doors()
    for _ in range(3):
        for node in (late, beta):
            node.clock.advance(seconds=6 * 3600)
        await settle(late, beta)
    assert await beta.count("messages WHERE text = 'Are you there?'") == 1


async def test_a155_a_session_ends_with_its_time_and_not_before(late: Node) -> None:
    token = await sign_in.sign_in(
        late.context, "admin", PASSWORD, address="127.0.0.1", user_agent=""
    )
    late.clock.advance(seconds=-TWO_HOURS_S)
    assert await sign_in.recognise_session(late.context, token) is not None
    late.clock.advance(seconds=TWO_HOURS_S)
    assert await sign_in.recognise_session(late.context, token) is not None
    late.clock.advance(seconds=YEAR_S)
    assert await sign_in.recognise_session(late.context, token) is None


@pytest.fixture
def in_berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
async def test_a155_the_hour_that_comes_twice_comes_once(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    # 2026-10-25 00:30 UTC: 02:30 in Berlin for the first time, an hour later for the second.
    for clock in {id(one.clock): one.clock for one in pair}.values():
        clock.at_ms = unstamp("2026-10-25T00:30:00Z")
    seen = []
    for _ in range(3):
        note = await people.publish_update(alpha.context, alpha.admin, text="Hour", language="en")
        async with alpha.context.database.read() as reader:
            kept = await objects.find(reader, note)
        assert kept is not None
        seen.append(str(kept.document["published"]))
        alpha.clock.advance(seconds=3600)
        await settle(alpha, beta)
    assert seen == [f"2026-10-25T0{hour}:30:00Z" for hour in (0, 1, 2)]
    assert [stamp(unstamp(one)) for one in seen] == seen


async def test_a155_a_leap_second_in_a_letter_is_a_refusal_and_no_defect(
    alpha: Node, mallory: Rogue
) -> None:
    eve = mallory.person("eve")
    for published, statuses in (
        ("2016-12-31T23:59:60Z", {400, 401}),
        (stamp(alpha.clock.now_ms()), {202}),
    ):
        activity = mallory.follow(eve, alpha.admin.actor) | {"published": published}
        told = await send(alpha, mallory.letter(alpha, activity))
        assert told.status in statuses, told.body
