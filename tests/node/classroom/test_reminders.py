"""Work that waits too long: every teacher of the school in the space is reminded, once."""

from datetime import UTC, datetime

import pytest

from node import crew
from node.actions import mail_server, spaces
from node.actions.mail_server import Chosen
from node.actions.permission import OPERATOR
from node.classroom import reminders, working
from node.classroom.school_days import DAY_MS, school_ms
from node.storage import mails
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.works import begin, hand_back, hand_in


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("since", "now", "hours"),
    [
        ("2026-11-18T10:00", "2026-11-18T12:00", 2),
        ("2026-11-18T10:00", "2026-11-20T10:00", 48),
        ("2026-11-20T20:00", "2026-11-23T04:00", 8),
        ("2026-11-21T10:00", "2026-11-22T23:00", 0),
        ("2026-11-21T10:00", "2026-11-23T01:00", 1),
        ("2026-11-18T10:00", "2026-11-25T10:00", 120),
        ("2026-11-18T10:00", "2026-11-18T09:00", 0),
    ],
)
def test_weekends_are_counted_out(since: str, now: str, hours: int) -> None:
    assert school_ms(ms(since), ms(now)) == hours * 3_600_000


def test_what_is_longer_than_a_month_counts_whole() -> None:
    assert school_ms(0, 400 * DAY_MS) == 400 * DAY_MS


class Letters:
    """What was written, and to whom."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str, int]] = []

    def __call__(self, tag: str, school: str, url: str, many: int) -> tuple[str, str]:
        self.written.append((tag, url, many))
        return school, f"{many}"


async def remind(twinned: Twinned) -> list[tuple[str, str, int]]:
    letters = Letters()
    await reminders.step(twinned.alpha.node.room, letters, twinned.alpha.node.context)
    return letters.written


async def test_after_three_school_days_every_teacher_in_the_space_is_reminded_once(
    twinned: Twinned,
) -> None:
    shared, clock = twinned.shared, twinned.alpha.node.clock
    room = twinned.alpha.node.room
    await shared.alpha.account("eve", "Eve Esser")
    stranger = await shared.alpha.account("rui", "Rui Sá")
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eve")
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "We saw storks.")
    # It was a Wednesday.
    clock.advance(days=4.9)
    assert await remind(twinned) == []
    assert await reminders.find_overdue(room, shared.ana) is None
    clock.advance(days=0.2)
    held = f"{shared.alpha.context.address}/held"
    assert await remind(twinned) == [("en", held, 1), ("en", held, 1)]
    assert await remind(twinned) == []
    assert await reminders.find_overdue(room, shared.ana) is not None
    assert await reminders.find_overdue(room, stranger) is None
    await hand_back(twinned, work, "Which?")
    assert await reminders.find_overdue(room, shared.ana) is None
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    await working.rewrite(room, pupil, work, text="Two storks.", language="en", hand_in=True)
    assert await remind(twinned) == []
    clock.advance(days=7)
    assert len(await remind(twinned)) == 2, "handed in anew, it waits anew"


async def test_a_letter_goes_to_whom_an_address_is_known_and_names_nobody(
    twinned: Twinned,
) -> None:
    shared, context = twinned.shared, twinned.shared.alpha.context
    await hand_in(twinned, await begin(twinned), "We saw storks.")
    await spaces.add_colleague(
        context, shared.ana, shared.space, (await shared.alpha.account("eve", "Eve Esser")).handle
    )
    await mail_server.choose(
        context, OPERATOR, Chosen("mail.alpha.example", 587, "tls", "", "node@alpha.example")
    )
    async with context.database.write() as transaction:
        await mails.put_address(transaction, "ana", "ana@alpha.example")
    twinned.alpha.node.clock.advance(days=6)
    (worker,) = [one for one in crew.pick("web", shared.alpha.room) if one.name == "reminders"]
    await worker.step(context)
    async with context.database.read() as reader:
        (queued,) = await mails.list_open(reader, 5)
    assert queued.address == "ana@alpha.example"
    assert f"{context.address}/held" in queued.text
    for name in ("Mia", "Nowak", "Panda", "storks"):
        assert name not in queued.subject + queued.text
