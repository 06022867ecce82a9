"""Calls that wait for a node that fetches them: one question at a time, answers find back."""

import asyncio

import pytest

from node.remote.answer import Answer
from node.remote.lines import MAX_HANDED, MAX_WAITING, Call, Lines
from protocol.errors import Reason, Refused

THERE = "https://there.example"
OTHER = "https://other.example"
DONE = Answer(202, {}, b"", None, None)


def there() -> bool:
    return True


async def all_closed(_: str) -> bool:
    return True


def call(number: int) -> Call:
    return Call(f"call-{number}", "GET", f"/people/{number}", {}, None)


@pytest.fixture
def lines() -> Lines:
    return Lines(all_closed)


async def ringing(lines: Lines, *numbers: int) -> list[asyncio.Task[Answer]]:
    """Calls that are under way."""
    tasks = [asyncio.create_task(lines.call(THERE, call(one), 5)) for one in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_a_call_waits_for_the_question_and_its_answer_finds_the_caller(lines: Lines) -> None:
    lines.hear_of(THERE)
    one, two = await ringing(lines, 1, 2)
    handed = await lines.take(THERE, 0, there)
    assert [each.id for each in handed] == ["call-1", "call-2"]
    lines.answer(THERE, "call-2", DONE)
    assert await two == DONE
    assert not one.done()
    assert await lines.take(THERE, 0, there) == []
    one.cancel()


async def test_a_question_is_answered_as_soon_as_somebody_calls(lines: Lines) -> None:
    asking = asyncio.create_task(lines.take(THERE, 5, there))
    await asyncio.sleep(0)
    [caller] = await ringing(lines, 1)
    assert [each.id for each in await asking] == ["call-1"]
    caller.cancel()


async def test_whoever_does_not_ask_sleeps(lines: Lines) -> None:
    with pytest.raises(Refused) as refused:
        await lines.call(THERE, call(1), 5)
    assert (refused.value.reason, refused.value.facts) == (
        Reason.UNREACHABLE,
        {"failure": "asleep"},
    )


async def test_a_newer_question_ends_the_older_with_nothing(lines: Lines) -> None:
    older = asyncio.create_task(lines.take(THERE, 5, there))
    await asyncio.sleep(0)
    newer = asyncio.create_task(lines.take(THERE, 5, there))
    assert await older == []
    [caller] = await ringing(lines, 1)
    assert len(await newer) == 1
    caller.cancel()


async def test_nobody_answers_anothers_call_or_one_call_twice(lines: Lines) -> None:
    lines.hear_of(THERE)
    lines.hear_of(OTHER)
    [caller] = await ringing(lines, 1)
    await lines.take(THERE, 0, there)
    for origin, name in ((OTHER, "call-1"), (THERE, "call-2")):
        with pytest.raises(Refused) as refused:
            lines.answer(origin, name, DONE)
        assert refused.value.reason is Reason.NOT_FOUND
    lines.answer(THERE, "call-1", DONE)
    assert await caller == DONE
    with pytest.raises(Refused):
        lines.answer(THERE, "call-1", DONE)


async def test_a_connection_that_broke_gets_nothing_handed(lines: Lines) -> None:
    lines.hear_of(THERE)
    [caller] = await ringing(lines, 1)
    assert await lines.take(THERE, 0, lambda: False) == []
    assert not lines.is_listening(THERE)
    assert [each.id for each in await lines.take(THERE, 0, there)] == ["call-1"]
    caller.cancel()


async def test_after_a_call_without_an_answer_a_node_sleeps_until_it_asks_again(
    lines: Lines,
) -> None:
    asking = asyncio.create_task(lines.take(THERE, 5, there))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await lines.call(THERE, call(1), 0.01)
    await asking
    assert not lines.is_listening(THERE)
    await lines.take(THERE, 0, there)
    assert lines.is_listening(THERE)


async def test_what_waits_is_bounded_and_handed_out_in_parts(lines: Lines) -> None:
    lines.hear_of(THERE)
    callers = await ringing(lines, *range(MAX_WAITING))
    with pytest.raises(Refused) as refused:
        await lines.call(THERE, call(99), 5)
    assert refused.value.reason is Reason.BUSY
    assert len(await lines.take(THERE, 0, there)) == MAX_HANDED
    assert len(await lines.take(THERE, 0, there)) == MAX_HANDED
    for each in callers:
        each.cancel()


async def test_closing_doors_end_every_question(lines: Lines) -> None:
    asking = asyncio.create_task(lines.take(THERE, 60, there))
    await asyncio.sleep(0)
    lines.hush()
    assert await asking == []
