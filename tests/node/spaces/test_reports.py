"""Reports: at both ends, without the name of who reported, decided by each, told to the other."""

import json

import pytest

from node.actions import cards, forum, reports, spaces, trash, walls
from node.storage import contents
from node.storage import reports as rows
from node.storage.reports import Report
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import Card
from tests.node.spaces.schools import Shared, discussions, texts
from tests.nodes import Node, settle

WHY = {"reason": "private_data_shown", "note": "A telephone number.", "language": "en"}


async def thread_of(shared: Shared, text: str = "Call me under 4711.") -> str:
    made = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="Call", text=text, language="en"
    )
    await settle(shared.alpha, shared.beta)
    return made


async def at(node: Node, space: str) -> list[Report]:
    async with node.context.database.read() as reader:
        return await rows.list_of_space(reader, space)


async def test_a_report_reaches_both_ends_and_names_nobody_beyond_the_school(
    shared: Shared,
) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared)
    await reports.report(alpha.context, shared.ana, shared.space, thread, **WHY)
    await settle(alpha, beta)
    (here,), (there,) = await at(alpha, shared.space), await at(beta, shared.space)
    assert here.account == shared.ana.id
    assert (there.account, there.reason, there.note) == (None, WHY["reason"], WHY["note"])
    assert (there.item, there.other) == (thread, f"{alpha.url}/actor")
    # Nothing that beta keeps of it says who it was.
    kept = await beta.dump()
    for table in ("reports", "inbox"):
        words = json.dumps(kept.get(table, []), default=str)
        assert shared.ana.actor not in words
        assert shared.ana.name not in words


async def test_each_end_decides_and_hears_of_the_other(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared)
    made = await reports.report(alpha.context, shared.ana, shared.space, thread, **WHY)
    await settle(alpha, beta)
    await reports.decide(
        alpha.context, shared.ana, shared.space, made.id, decision="hidden", text="", language="en"
    )
    await settle(alpha, beta)
    for node in (alpha, beta):
        (discussion,) = await discussions(node, shared.space)
        assert discussion.thread.standing is Standing.HIDDEN
    (there,) = await at(beta, shared.space)
    assert (there.decision, there.their_decision) == ("", "hidden")
    carla = await beta.account("carla", "Carla")
    await spaces.add_colleague(beta.context, shared.bob, shared.space, "carla")
    with pytest.raises(Refused) as refused:
        # Nobody lets his own stand.
        await reports.decide(
            beta.context, shared.bob, shared.space, made.id, decision="kept", text="", language="en"
        )
    assert refused.value.reason is Reason.NOT_ALLOWED
    await reports.decide(
        beta.context, carla, shared.space, made.id, decision="kept", text="", language="en"
    )
    await settle(alpha, beta)
    (here,) = await at(alpha, shared.space)
    assert (here.decision, here.their_decision) == ("hidden", "kept")
    for node, account in ((alpha, shared.ana), (beta, carla)):
        with pytest.raises(Refused) as refused:
            await reports.decide(
                node.context,
                account,
                shared.space,
                made.id,
                decision="kept",
                text="",
                language="en",
            )
        assert refused.value.reason is Reason.ALREADY_ANSWERED


async def test_the_author_s_school_is_asked_to_delete_and_says_that_it_did(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared)
    made = await reports.report(alpha.context, shared.ana, shared.space, thread, **WHY)
    await reports.decide(
        alpha.context,
        shared.ana,
        shared.space,
        made.id,
        decision="erasure_asked",
        text="",
        language="en",
    )
    await settle(alpha, beta)
    (there,) = await at(beta, shared.space)
    assert there.their_decision == "erasure_asked"
    await forum.erase(beta.context, shared.bob, shared.space, thread)
    await reports.decide(
        beta.context, shared.bob, shared.space, made.id, decision="deleted", text="", language="en"
    )
    await settle(alpha, beta)
    (here,) = await at(alpha, shared.space)
    assert here.their_decision == "deleted"
    assert await texts(alpha, shared.space) == [[""]]


async def test_a_colleague_s_post_is_reported_without_any_letter(shared: Shared) -> None:
    thread = await thread_of(shared)
    carla = await shared.beta.account("carla", "Carla")
    await spaces.add_colleague(shared.beta.context, shared.bob, shared.space, "carla")
    await settle(shared.alpha, shared.beta)
    before = await shared.beta.count("outbox")
    made = await reports.report(shared.beta.context, carla, shared.space, thread, **WHY)
    assert (made.other, await shared.beta.count("outbox")) == ("", before)
    await settle(shared.alpha, shared.beta)
    assert await at(shared.alpha, shared.space) == []


async def test_what_one_cannot_see_is_not_reported_and_nothing_twice(shared: Shared) -> None:
    thread = await thread_of(shared)
    outsider = await shared.alpha.account("otto", "Otto")
    with pytest.raises(Refused) as refused:
        await reports.report(shared.alpha.context, outsider, shared.space, thread, **WHY)
    assert refused.value.reason is Reason.NOT_FOUND
    await reports.report(shared.alpha.context, shared.ana, shared.space, thread, **WHY)
    with pytest.raises(Refused) as refused:
        await reports.report(shared.alpha.context, shared.ana, shared.space, thread, **WHY)
    assert refused.value.reason is Reason.CONFLICT
    await forum.erase(shared.beta.context, shared.bob, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await reports.report(shared.alpha.context, shared.ana, shared.space, thread, **WHY)
    assert refused.value.reason is Reason.GONE


async def test_twenty_reports_wait_for_an_answer_and_no_more(shared: Shared) -> None:
    made = [await thread_of(shared, f"Number {number}") for number in range(2)]
    threads = [
        await forum.start_thread(
            shared.beta.context, shared.bob, shared.space, title="T", text=f"{n}", language="en"
        )
        for n in range(reports.MAX_OPEN_OF_PERSON - 1)
    ]
    await settle(shared.alpha, shared.beta)
    for thread in (*threads, made[0]):
        await reports.report(shared.alpha.context, shared.ana, shared.space, thread, **WHY)
    with pytest.raises(Refused) as refused:
        await reports.report(shared.alpha.context, shared.ana, shared.space, made[1], **WHY)
    assert refused.value.reason is Reason.TOO_MANY_ITEMS


async def test_what_was_deleted_is_hidden_when_its_author_brings_it_back(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared)
    made = await reports.report(alpha.context, shared.ana, shared.space, thread, **WHY)
    await trash.throw_away(beta.context, shared.bob, shared.space, thread)
    await settle(alpha, beta)
    await reports.decide(
        alpha.context, shared.ana, shared.space, made.id, decision="hidden", text="", language="en"
    )
    await settle(alpha, beta)
    await trash.restore(beta.context, shared.bob, shared.space, thread)
    await settle(alpha, beta)
    for node in (alpha, beta):
        (discussion,) = await discussions(node, shared.space)
        assert (discussion.thread.standing, discussion.thread.text) == (Standing.HIDDEN, "")


async def test_a_report_of_what_is_common_goes_to_who_wrote_what_is_shown(shared: Shared) -> None:
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    wall = await walls.make(
        alpha.context,
        shared.ana,
        space,
        title="Questions",
        columns=("One",),
        language="en",
        audience="members",
    )
    said = {"file": "", "colour": "plain", "language": "en"}
    card = await cards.add(alpha.context, shared.ana, space, wall, text="a", column=0, **said)
    await settle(alpha, beta)
    home, _, name = card.partition("/")
    async with beta.context.database.read() as reader:
        found = await contents.find(reader, space, home, name, Card)
    assert found is not None
    await cards.write(
        beta.context, shared.bob, space, card, text="A slur", bases=found.bases["face"], **said
    )
    await settle(alpha, beta)
    made = await reports.report(alpha.context, shared.ana, space, card, **WHY)
    assert made.other == f"{beta.url}/actor"
    await settle(alpha, beta)
    (there,) = await at(beta, space)
    assert there.item == card
    with pytest.raises(Refused) as refused:
        # Nobody lets his own stand.
        await reports.decide(
            beta.context, shared.bob, space, there.id, decision="kept", text="", language="en"
        )
    assert refused.value.reason is Reason.NOT_ALLOWED
    await reports.decide(
        alpha.context,
        shared.ana,
        space,
        made.id,
        decision="erasure_asked",
        text="",
        language="en",
    )
