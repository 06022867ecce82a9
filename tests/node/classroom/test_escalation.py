"""A safeguarding person tells the hub of a report: which item and why, and words only by choice."""

import json

import pytest

from node.actions import escalations
from node.classroom import safeguarding
from node.storage import escalations as rows
from node.storage.accounts import Account
from node.storage.escalations import Escalation
from node.storage.paging import START
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned
from tests.node.classroom.reported import WORDS, sealed, tell
from tests.node.classroom.works import begin
from tests.node.web.browser import browsing
from tests.nodes import Node, accredit, settle


async def told(hub: Node) -> list[Escalation]:
    async with hub.context.database.read() as reader:
        waiting, _ = await rows.list_in(reader, "waiting", START)
        seen, _ = await rows.list_in(reader, "seen", START)
    return [*waiting, *seen]


async def reported(twinned: Twinned) -> tuple[Account, int]:
    """The safeguarding person, and the number of what a pupil reported."""
    greta = await twinned.shared.alpha.account("greta", "Greta", roles="safeguarding")
    await tell(twinned, await begin(twinned))
    (one,) = await sealed(twinned.alpha.node)
    return greta, one.id


async def test_the_hub_learns_the_item_and_the_reason_and_nothing_else(
    twinned: Twinned, hub_a: Node
) -> None:
    alpha = twinned.shared.alpha
    await accredit(hub_a, alpha)
    greta, number = await reported(twinned)
    await hub_a.close_doors()
    await safeguarding.tell_hub(alpha.room, greta, number, note="", language="en")
    with pytest.raises(Refused) as refused:
        await safeguarding.tell_hub(alpha.room, greta, number, note="", language="en")
    assert refused.value.reason is Reason.CONFLICT
    await settle(alpha)
    assert await told(hub_a) == []
    await hub_a.open_doors()
    alpha.clock.advance(seconds=3600)
    await settle(alpha, hub_a)
    (one,) = await told(hub_a)
    (kept,) = await sealed(alpha)
    assert (one.report, one.item, one.space, one.reason, one.note) == (
        *(kept.report, kept.item, twinned.space, "private_data_shown", ""),
    )
    everything = json.dumps(await hub_a.dump(), default=str)
    for secret in (WORDS, "Which?", "Panda Nova", "Nowak", "Bob Bell"):
        assert secret not in everything


async def test_words_go_to_the_hub_by_choice_alone_and_no_pupils_name_with_them(
    twinned: Twinned, hub_a: Node
) -> None:
    alpha = twinned.shared.alpha
    await accredit(hub_a, alpha)
    greta, number = await reported(twinned)
    for note in (
        "It is about Mia Nowak.",
        "Mia reported it.",
        "Panda Nova reported it.",
        "It was somebody of class 5B.",
    ):
        with pytest.raises(Refused) as refused:
            await safeguarding.tell_hub(alpha.room, greta, number, note=note, language="en")
        assert refused.value.reason is Reason.NOT_ALLOWED, note
    await settle(alpha, hub_a)
    assert await told(hub_a) == []
    await safeguarding.tell_hub(
        alpha.room, greta, number, note="We told the police.", language="en"
    )
    await settle(alpha, hub_a)
    assert [one.note for one in await told(hub_a)] == ["We told the police."]


async def test_told_twice_it_is_one_and_only_a_safeguarding_person_tells(
    twinned: Twinned, hub_a: Node
) -> None:
    shared = twinned.shared
    greta, number = await reported(twinned)
    with pytest.raises(Refused) as refused:
        await safeguarding.tell_hub(shared.alpha.room, greta, number, note="", language="en")
    assert refused.value.reason is Reason.NOT_FOUND, "there is no hub"
    await accredit(hub_a, shared.alpha)
    for other in (shared.ana, shared.alpha.admin):
        with pytest.raises(Refused) as refused:
            await safeguarding.tell_hub(shared.alpha.room, other, number, note="", language="en")
        assert refused.value.reason is Reason.NOT_ALLOWED
    (one,) = await sealed(shared.alpha)
    # As after a stop between the letter and the note that it was sent.
    for _ in range(2):
        await escalations.tell(shared.alpha.context, one.report, note="", language="en")
    await settle(shared.alpha, hub_a)
    assert len(await told(hub_a)) == 1


async def test_officers_read_it_at_their_desk_deal_with_it_and_it_goes(
    twinned: Twinned, hub_a: Node
) -> None:
    alpha = twinned.shared.alpha
    await accredit(hub_a, alpha)
    await hub_a.account("olga", "Olga Neves", roles="officer")
    _, number = await reported(twinned)
    async with browsing(alpha, "greta") as greta, browsing(hub_a, "olga") as olga:
        page = await greta.get(f"/safeguarding/{number}")
        asked = await greta.submit(page, "/hub", note="We told the police.")
        assert "told=hub-told" in asked.path, asked.text
        assert "Your hub was told" in asked.text
        await settle(alpha, hub_a)
        assert "A school tells of a report" in (await olga.get("/home")).text
        desk = await olga.get("/agency/reports")
        for words in ("Private data is shown", "We told the police.", twinned.space):
            assert words in desk.text
        done = await olga.submit(desk, "/seen")
        assert "No report waits" in done.text
        assert "Olga Neves" in (await olga.get("/agency/reports?state=seen")).text
    await escalations.drop_over(hub_a.context)
    assert len(await told(hub_a)) == 1
    hub_a.clock.advance(days=91)
    await escalations.drop_over(hub_a.context)
    assert await told(hub_a) == []
