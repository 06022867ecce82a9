"""Harmful things that came from elsewhere, and reports that are none."""

from dataclasses import replace

import pytest

from node.actions import fetch_blobs, forum, give, moderation, quarantine, reports
from node.storage import reports as rows
from node.storage.blobs import TOPIC
from protocol import activities, intake_flags, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from tests import pictures
from tests.attacks.founding import Shared
from tests.attacks.hand import Hand, is_taken
from tests.attacks.hostile import Rogue
from tests.attacks.test_files import FILE, named
from tests.node.spaces.bringing import on_disk
from tests.nodes import Node, settle

PICTURE = pictures.plain("WEBP", (60, 50))


async def test_a094_a_harmful_picture_is_locked_here_whatever_its_origin_does(
    alpha: Node, shared: Shared, hand: Hand
) -> None:
    await is_taken(alpha, hand, named(hand, PICTURE, "image/webp", "a.webp"))
    await settle(alpha)
    reference = f"{hand.mallory.node}/{FILE}"
    # The well-formed twin: a picture that nobody minds is here and shown.
    given = await give.find(alpha.context, shared.ana, shared.space, reference)
    assert given.path.read_bytes() == PICTURE
    boss = replace(shared.ana, roles=frozenset({"teacher", "admin"}))
    await quarantine.lock(alpha.context, boss, shared.space, reference)
    assert on_disk(alpha) == {}
    # Mallory offers it again and again, and somebody asks for it.
    await give.want(alpha.context, shared.ana, shared.space, reference)
    alpha.context.wake.notify(TOPIC)
    await fetch_blobs.step(alpha.context)
    await settle(alpha)
    assert on_disk(alpha) == {}
    await moderation.hide(
        alpha.context,
        shared.ana,
        shared.space,
        reference,
        reason="harmful_to_a_child",
        text="",
        language="en",
    )
    with pytest.raises(Refused) as refused:
        await give.find(alpha.context, shared.ana, shared.space, reference)
    assert refused.value.reason is Reason.NOT_FOUND


def flag(mallory: Rogue, item: str, space: str) -> JSONObject:
    said = mallory.said(names.service_actor_id(mallory.base))
    to = "http://127.0.0.1:1/actor"
    return activities.flag(said, item, space, to=to, reason="hate", note="", language="en")


async def own_thread(alpha: Node, shared: Shared, number: int = 0) -> str:
    made = await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="T", text=f"Number {number}", language="en"
    )
    await settle(alpha)
    return made


async def test_a_report_about_what_is_not_there_is_refused_like_one_about_a_strange_space(
    alpha: Node, mallory: Rogue, third: Rogue, shared: Shared
) -> None:
    item = await own_thread(alpha, shared)
    absent = f"{item.partition('/')[0]}/{'A' * 22}"
    theirs = f"{mallory.node}/{'A' * 22}"
    for sender, named_item, space in (
        (mallory, absent, shared.space),
        (mallory, theirs, shared.space),
        (mallory, item, "A" * 43),
        (third, item, shared.space),
    ):
        told = await sender.told(alpha, flag(sender, named_item, space))
        assert told == ("refused", Reason.NOT_FOUND)
    await mallory.is_done(alpha, flag(mallory, item, shared.space))
    assert await alpha.count("reports") == 1


async def test_a_flood_of_reports_ends_and_hides_nothing(
    alpha: Node, mallory: Rogue, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_flags, "MAX_OPEN", 2)
    items = [await own_thread(alpha, shared, number) for number in range(3)]
    for item in (items[0], items[0], items[1]):
        await mallory.is_done(alpha, flag(mallory, item, shared.space))
    assert await alpha.count("reports") == 2
    told = await mallory.told(alpha, flag(mallory, items[2], shared.space))
    assert told == ("refused", Reason.TOO_MANY_ITEMS)
    async with alpha.context.database.read() as reader:
        waiting = await rows.list_of_space(reader, shared.space)
    await reports.decide(
        alpha.context,
        shared.ana,
        shared.space,
        waiting[0].id,
        decision="hidden",
        text="",
        language="en",
    )
    await mallory.is_done(alpha, flag(mallory, items[2], shared.space))
