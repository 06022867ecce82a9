"""A partner that lies is refused by name, nothing of it is kept, and nobody else waits for it."""

from dataclasses import replace

import pytest

from node.actions import forum
from protocol.errors import Reason
from protocol.space import operation, writing
from protocol.space.operation import Operation
from protocol.space.writing import By
from tests.node.spaces.schools import Shared, holds_the_same, texts
from tests.node.spaces.speaking import (
    bring,
    next_place,
    own_log,
    post_payload,
    signer_of,
    write_threads,
)
from tests.nodes import settle

QUIET = frozenset({"nonces", "partners", "replication"})


def with_bad_signature(one: Operation) -> Operation:
    return replace(one, signature=bytes(64))


def with_other_text(one: Operation) -> Operation:
    return replace(one, payload=post_payload("other"))


def with_other_header(one: Operation) -> Operation:
    return replace(one, header_bytes=one.header_bytes.replace(b'000,"type"', b'001,"type"'))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (with_bad_signature, Reason.BAD_SIGNATURE),
        (with_other_text, Reason.BAD_OPERATION),
        (with_other_header, Reason.BAD_SIGNATURE),
    ],
)
async def test_a_tampered_batch_is_refused_and_nothing_of_it_is_kept(
    shared: Shared, spoil: object, reason: Reason
) -> None:
    assert callable(spoil)
    one, two, three = await write_threads(shared.alpha, shared.space, "one", "two", "three")
    before = await shared.beta.dump(but=QUIET)
    answer = await bring(shared.alpha, shared.beta, shared.space, [one, spoil(two), three])
    assert answer.reason is reason
    assert await shared.beta.dump(but=QUIET) == before


async def test_a_log_of_no_member_is_refused(shared: Shared) -> None:
    place, signer = (
        await next_place(shared.alpha, shared.space),
        await signer_of(shared.alpha, shared.space),
    )
    foreign = replace(place, head=type(place.head)(f"c/{'f' * 32}/0"))
    written = operation.write(
        writing.thread(foreign, By("A" * 22), "A" * 22), post_payload("one"), signer
    )
    before = await shared.beta.dump(but=QUIET)
    answer = await bring(shared.alpha, shared.beta, shared.space, [written])
    assert answer.reason is Reason.NOT_ALLOWED
    assert await shared.beta.dump(but=QUIET) == before


async def test_an_operation_in_anothers_name_is_refused(shared: Shared) -> None:
    place, signer = (
        await next_place(shared.beta, shared.space),
        await signer_of(shared.alpha, shared.space),
    )
    forged = operation.write(
        writing.thread(place, By("A" * 22), "A" * 22), post_payload("one"), signer
    )
    answer = await bring(shared.alpha, shared.beta, shared.space, [forged])
    assert answer.reason is Reason.BAD_SIGNATURE


async def test_an_operation_of_an_hour_to_come_waits(shared: Shared) -> None:
    shared.alpha.clock.advance(seconds=2 * 3600)
    batch = await write_threads(shared.alpha, shared.space, "one")
    shared.alpha.clock.advance(seconds=-2 * 3600)
    answer = await bring(shared.alpha, shared.beta, shared.space, batch)
    assert (answer.status, answer.reason) == (409, Reason.CLOCK_AHEAD)


async def test_a_school_that_forked_its_log_goes_on_in_a_new_one_and_stops_no_other(
    shared: Shared,
) -> None:
    await write_and_fork(shared)
    await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="t", text="goes on", language="en"
    )
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    await settle(shared.alpha, shared.beta)
    assert sorted(await texts(shared.alpha, shared.space)) == [["goes on"], ["kept"]]
    assert sorted(await texts(shared.beta, shared.space)) == [["goes on"], ["kept"]]


async def write_and_fork(shared: Shared) -> None:
    """Alpha says one thing to Beta and keeps another in the same place of its log."""
    said = await write_threads(shared.alpha, shared.space, "said to Beta")
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="t", text="kept", language="en"
    )
    assert (await bring(shared.alpha, shared.beta, shared.space, said)).status == 202


async def test_too_many_operations_at_once_are_refused(shared: Shared) -> None:
    written = await own_log(shared.alpha, shared.space)
    answer = await bring(shared.alpha, shared.beta, shared.space, written * 501)
    assert answer.reason in {Reason.TOO_MANY_ITEMS, Reason.TOO_LARGE}


async def test_a_refused_conversation_is_tried_again_later_and_heals(shared: Shared) -> None:
    shared.alpha.clock.advance(seconds=2 * 3600)
    batch = await write_threads(shared.alpha, shared.space, "early")
    shared.alpha.clock.advance(seconds=-2 * 3600)
    assert (await bring(shared.alpha, shared.beta, shared.space, batch)).status == 409
    shared.alpha.clock.advance(seconds=3 * 3600)
    assert (await bring(shared.alpha, shared.beta, shared.space, batch)).status == 202
    await settle(shared.alpha, shared.beta)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)
