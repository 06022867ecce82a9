"""A member, or the steward, that speaks the protocol and means harm: the others agree and go on."""

import os
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from node.actions import forum, stewards
from node.storage import operations, spaces
from protocol import names
from protocol.errors import Reason
from protocol.space import erasure, operation, statement, writing
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.writing import By, Place
from tests.node.spaces.schools import Shared, holds_the_same, texts
from tests.node.spaces.speaking import (
    bring,
    bring_statements,
    next_place,
    own_log,
    post_payload,
    signer_of,
    write_threads,
)
from tests.node.spaces.test_stewards import admin, id_of, state_at
from tests.nodes import Node, settle

Three = tuple[Shared, Node]
FORKS = int(os.environ.get("BYZANTINE_FORKS", "1000"))
AT_ONCE = 250


async def everybody_goes_on(shared: Shared, *silent: Node) -> None:
    """Alpha and Beta write, agree, and come to rest, with nobody else's help."""
    for number, (node, account) in enumerate(
        ((shared.alpha, shared.ana), (shared.beta, shared.bob))
    ):
        await forum.start_thread(
            node.context, account, shared.space, title="t", text=f"on {number}", language="en"
        )
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta, *silent)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)
    seen = sorted(one[0] for one in await texts(shared.alpha, shared.space))
    assert [one for one in seen if one.startswith("on ")] == ["on 0", "on 1"]


async def forked(node: Node, space: str, count: int) -> list[Operation]:
    """As many operations of one place of the node's log."""
    place, signer = await next_place(node, space), await signer_of(node, space)
    author = (await own_log(node, space))[0].header.object
    written = []
    for number in range(count):
        name = names.random_name(node.context.chance.octets(16))
        header = writing.thread(place, By(author), name)
        written.append(operation.write(header, post_payload(f"fork {number}"), signer))
    return written


async def test_forks_without_number_leave_schools_that_agree(three: Three) -> None:
    shared, gamma = three
    forks = await forked(gamma, shared.space, FORKS)
    await gamma.close_doors()
    chance = random.Random(1)
    for node in (shared.alpha, shared.beta):
        chance.shuffle(forks)
        for start in range(0, FORKS, AT_ONCE):
            await bring(gamma, node, shared.space, forks[start : start + AT_ONCE])
    await everybody_goes_on(shared)
    shown = await texts(shared.alpha, shared.space)
    # One branch at most counts, the same everywhere.
    assert len([one for one in shown if one[0].startswith("fork")]) <= 1


async def test_withheld_and_rejected_parents_hold_up_one_log_only(three: Three) -> None:
    shared, gamma = three
    one, two, three_ = await write_threads(gamma, shared.space, "one", "two", "three")
    answer = await bring(gamma, shared.alpha, shared.space, [two, three_])
    assert (answer.status, answer.reason) == (409, Reason.GAP)
    rejected = replace(one, signature=bytes(64))
    for _ in range(3):
        answer = await bring(gamma, shared.alpha, shared.space, [rejected, two, three_])
        assert answer.status in {401, 409}
    assert not [said for said in await texts(shared.alpha, shared.space) if said == ["two"]]
    await everybody_goes_on(shared, gamma)
    assert (await bring(gamma, shared.alpha, shared.space, [one, two, three_])).status == 202
    await everybody_agrees(shared)
    assert ["two"] in await texts(shared.beta, shared.space)


async def everybody_agrees(shared: Shared) -> None:
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_replays_in_any_number_have_one_effect(three: Three) -> None:
    shared, gamma = three
    written = await write_threads(gamma, shared.space, "once")
    history = await own_log(gamma, shared.space)
    for _ in range(20):
        assert (await bring(gamma, shared.alpha, shared.space, [*history, *written])).status == 202
        await bring(gamma, shared.beta, shared.space, [*written, *history])
    await everybody_goes_on(shared)
    assert (await texts(shared.alpha, shared.space)).count(["once"]) == 1


@pytest.mark.parametrize("control", ["genesis", "", "unheard-of"])
async def test_an_old_or_unknown_control_head_is_no_reason_to_stop(
    three: Three, control: str
) -> None:
    shared, gamma = three
    known = {"genesis": shared.space, "": "", "unheard-of": "A" * 43}[control]
    place, signer = await next_place(gamma, shared.space), await signer_of(gamma, shared.space)
    author = (await own_log(gamma, shared.space))[0].header.object
    header = writing.thread(replace(place, control=known), By(author), "B" * 21 + "A")
    said = operation.write(header, post_payload("said"), signer)
    for node in (shared.alpha, shared.beta):
        assert (await bring(gamma, node, shared.space, [said])).status == 202
    await everybody_goes_on(shared)
    assert ["said"] in await texts(shared.beta, shared.space)


async def test_nobody_erases_what_another_school_wrote(three: Three) -> None:
    shared, gamma = three
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="t", text="ours", language="en"
    )
    await everybody_agrees(shared)
    last = (await own_log(shared.alpha, shared.space))[-1]
    target = (last.header.log, last.header.seq, last.id)
    signer = await signer_of(gamma, shared.space)
    for node in (await id_of(gamma, shared.space), await id_of(shared.alpha, shared.space)):
        said = erasure.Statement(1, shared.space, node, (target,), shared.alpha.clock.now_ms())
        sealed = statement.seal(erasure.PREFIX, said, signer)
        for at in (shared.alpha, shared.beta):
            answer = await bring_statements(gamma, at, shared.space, "erasures", [sealed])
            assert answer.reason in {Reason.NOT_OWNER, Reason.BAD_SIGNATURE}
    await everybody_goes_on(shared)
    assert ["ours"] in await texts(shared.beta, shared.space)


async def control(
    node: Node, space: str, make: Callable[[Place], Header], after: Operation | None = None
) -> Operation:
    """What the steward's node never would: a control operation that it signs and does not keep."""
    async with node.context.database.read() as reader:
        kept = await spaces.get(reader, space)
        head = await operations.find_head(reader, space, kept.state.control_log)
    if after is not None:
        head = LogHead(head.log, after.header.seq, after.id, after.header.time)
    place = Place(space, head, "", node.clock.now_ms(), border=kept.state.head[1])
    return operation.write(make(place), None, await signer_of(node, space))


async def others_take_over(shared: Shared, gamma: Node) -> None:
    """Beta and Gamma vote for Beta, without the steward."""
    bob, cleo = await admin(shared.beta, "bob"), await admin(gamma, "cleo")
    me = await id_of(shared.beta, shared.space)
    await stewards.vote(shared.beta.context, bob, shared.space, me)
    await settle(shared.beta, gamma)
    await stewards.vote(gamma.context, cleo, shared.space, me)
    await settle(shared.beta, gamma)
    for node in (shared.beta, gamma):
        assert (await state_at(node, shared.space)).steward == me


async def they_write_on(shared: Shared, gamma: Node) -> None:
    """Beta and Gamma hold the same, and what either writes the other reads."""
    await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="t", text="we go on", language="en"
    )
    shared.beta.clock.advance(seconds=700)
    await settle(shared.beta, gamma)
    assert await holds_the_same(shared.beta, gamma, shared.space)
    assert ["we go on"] in await texts(gamma, shared.space)


async def test_a_steward_that_forks_the_control_log_is_overruled(three: Three) -> None:
    shared, gamma = three
    space = shared.space
    gone = await id_of(gamma, space)
    one = await control(shared.alpha, space, lambda place: writing.checkpoint(place, {}))
    other = await control(shared.alpha, space, lambda place: writing.cut(place, gone, {}))
    await shared.alpha.close_doors()
    assert (await bring(shared.alpha, shared.beta, space, [one])).status == 202
    assert (await bring(shared.alpha, gamma, space, [other])).status == 202
    await they_write_on(shared, gamma)
    await others_take_over(shared, gamma)
    await they_write_on_again(shared, gamma)


async def they_write_on_again(shared: Shared, gamma: Node) -> None:
    shared.beta.clock.advance(seconds=700)
    await settle(shared.beta, gamma)
    assert await holds_the_same(shared.beta, gamma, shared.space)
    assert await id_of(gamma, shared.space) in (await state_at(shared.beta, shared.space)).members


async def test_a_steward_that_hands_over_to_nobody_keeps_the_keys_until_others_take_them(
    three: Three,
) -> None:
    shared, gamma = three
    space = shared.space
    to_nobody = await control(shared.alpha, space, lambda place: writing.handover(place, "e" * 32))
    await shared.alpha.close_doors()
    for node in (shared.beta, gamma):
        await bring(shared.alpha, node, space, [to_nobody])
    await they_write_on(shared, gamma)
    await others_take_over(shared, gamma)
    await they_write_on_again(shared, gamma)


async def test_a_steward_that_cuts_everybody_leaves_schools_that_agree(three: Three) -> None:
    shared, gamma = three
    space = shared.space
    ids = [await id_of(node, space) for node in (shared.beta, gamma)]
    one = await control(shared.alpha, space, lambda place: writing.cut(place, ids[0], {}))
    two = await control(
        shared.alpha, space, lambda place: writing.cut(place, ids[1], {}), after=one
    )
    before = await texts(gamma, space)
    await shared.alpha.close_doors()
    for node in (shared.beta, gamma):
        await bring(shared.alpha, node, space, [one, two])
    shared.beta.clock.advance(seconds=700)
    await settle(shared.beta, gamma)
    states = [await state_at(node, space) for node in (shared.beta, gamma)]
    assert states[0].members == states[1].members
    # The second cut would leave one school alone: it is void, and its school goes on.
    assert ids[1] in states[1].members
    assert await texts(gamma, space) == before
