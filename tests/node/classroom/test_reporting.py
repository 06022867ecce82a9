"""A pupil says that something is not right: both schools' teachers hear it, no pupil sees it, and
who it was and what he said stays in the vault."""

import asyncio
import json

import pytest

from node.actions import forum, reports, spaces
from node.classroom import reporting, working
from node.storage import spaces as space_rows
from node.vault import evidence
from protocol.effects_reports import Decision
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.reported import WORDS, listed, sealed, shielded, tell
from tests.node.classroom.works import begin
from tests.node.spaces.schools import discussions
from tests.nodes import Node, settle


async def decide(twinned: Twinned, node: Node, decision: Decision, handle: str) -> None:
    account = await node.get(handle)
    (row,) = [one for one in await listed(node, twinned.space) if not one.decision]
    await reports.decide(
        node.context, account, twinned.space, row.id, decision=decision, text="", language="en"
    )
    await settle(twinned.shared.alpha, twinned.shared.beta)


async def test_a_pupils_report_reaches_both_schools_by_its_code_alone(twinned: Twinned) -> None:
    alpha, beta = twinned.shared.alpha, twinned.shared.beta
    thread = await begin(twinned)
    await tell(twinned, thread)
    (here,), (there,) = await listed(alpha, twinned.space), await listed(beta, twinned.space)
    for one in (here, there):
        assert (one.by_pupil, one.reason, one.note) == (True, "private_data_shown", "")
        assert one.account is None
    # Not even the own database knows who of its pupils it was; the partner's knows no word of it.
    async with alpha.room.vault.read() as view:
        (place,) = await view.rows.all(
            "SELECT pseudonym FROM places WHERE pupil = $1", twinned.alpha.pupils["Panda Nova"].id
        )
    for kept, tables in ((await alpha.dump(), ("reports", "outbox")), (await beta.dump(), None)):
        told = json.dumps([kept[one] for one in tables or kept], default=str)
        assert WORDS not in told
        if tables:
            assert place["pseudonym"] not in told


async def test_pupils_of_both_schools_see_it_no_more_until_their_school_has_decided(
    twinned: Twinned,
) -> None:
    alpha, beta, space = twinned.shared.alpha, twinned.shared.beta, twinned.space
    thread = await begin(twinned)
    pupil = await sign_in(twinned.alpha, "Koala Orion")
    assert await shielded(alpha, space) == frozenset()
    await tell(twinned, thread)
    assert await shielded(alpha, space) == await shielded(beta, space) == {thread}
    with pytest.raises(Refused) as refused:
        await working.write_reply(
            alpha.room, pupil, space, thread, text="Storks", language="en", hand_in=True
        )
    assert refused.value.reason is Reason.GONE
    (discussion,) = await discussions(beta, space)
    assert discussion.thread.standing is Standing.SHOWN, "teachers go on to see it"
    await decide(twinned, alpha, "kept", "ana")
    assert await shielded(alpha, space) == frozenset()
    assert await shielded(beta, space) == {thread}, "each school decides for its own pupils"


async def test_every_teacher_of_both_schools_in_the_space_reads_it_and_lets_it_stand(
    twinned: Twinned,
) -> None:
    beta, space = twinned.shared.beta, twinned.space
    thread = await begin(twinned)
    await tell(twinned, thread)
    carla = await beta.account("carla", "Carla")
    await spaces.add_colleague(beta.context, twinned.shared.bob, space, "carla")
    async with beta.context.database.read() as reader:
        kept = await space_rows.find(reader, space)
        assert kept is not None
        (row,) = await reports.list_for(reader, carla, kept)
        assert (await reports.get(reader, kept, row.id, carla)).by_pupil
    await reports.decide(
        beta.context, carla, space, row.id, decision="kept", text="", language="en"
    )
    assert await shielded(beta, space) == frozenset()


async def test_what_the_school_let_stand_is_not_hidden_by_the_next_pupil(
    twinned: Twinned,
) -> None:
    alpha, space = twinned.shared.alpha, twinned.space
    thread = await begin(twinned)
    await tell(twinned, thread)
    alpha.clock.advance(seconds=60)
    await decide(twinned, alpha, "kept", "ana")
    await tell(twinned, thread, alias="Koala Orion")
    assert [one.shields for one in await listed(alpha, space) if not one.decision] == [False]
    assert await shielded(alpha, space) == frozenset()
    # What its author wrote anew is another thing.
    alpha.clock.advance(seconds=60)
    await forum.edit(
        twinned.shared.beta.context,
        twinned.shared.bob,
        space,
        thread,
        title="Birds",
        text="Mia lives in Elm Street",
        language="en",
    )
    await settle(alpha, twinned.shared.beta)
    (open_,) = [one for one in await listed(alpha, space) if not one.decision]
    await reports.decide(
        alpha.context,
        twinned.shared.ana,
        space,
        open_.id,
        decision="erasure_asked",
        text="",
        language="en",
    )
    await tell(twinned, thread, alias="Koala Orion")
    assert await shielded(alpha, space) == {thread}


async def test_what_its_author_wrote_anew_is_hidden_and_sealed_anew_whatever_time_he_says(
    twinned: Twinned,
) -> None:
    alpha, beta, space = twinned.shared.alpha, twinned.shared.beta, twinned.space
    thread = await begin(twinned)
    await tell(twinned, thread)
    alpha.clock.advance(seconds=60)
    await decide(twinned, alpha, "kept", "ana")
    await beta.account("carla", "Carla")
    await spaces.add_colleague(beta.context, twinned.shared.bob, space, "carla")
    await decide(twinned, beta, "kept", "carla")
    await tell(twinned, thread, alias="Koala Orion")
    assert await shielded(alpha, space) == await shielded(beta, space) == frozenset()
    # By the clock of beta that was before ana decided.
    bob = twinned.shared.bob
    await forum.edit(
        beta.context, bob, space, thread, title="Birds", text="In Elm Street", language="en"
    )
    await settle(alpha, beta)
    assert await shielded(alpha, space) == frozenset()
    await tell(twinned, thread)
    assert await shielded(alpha, space) == await shielded(beta, space) == {thread}
    assert len(await sealed(alpha)) == 3
    await tell(twinned, thread, alias="Koala Orion")
    assert len(await sealed(alpha)) == 3, "of one version there is one copy"


@pytest.mark.parametrize("first", ["pupil", "teacher"])
async def test_a_pupils_report_and_a_teachers_both_reach_the_authors_school(
    twinned: Twinned, first: str
) -> None:
    shared, space, thread = twinned.shared, twinned.space, await begin(twinned)
    for who in (first, "teacher" if first == "pupil" else "pupil"):
        if who == "pupil":
            await tell(twinned, thread)
            continue
        said = {"reason": "hate", "note": "Look", "language": "en"}
        await reporting.report_by_teacher(shared.alpha.room, shared.ana, space, thread, **said)
    await settle(shared.alpha, shared.beta)
    assert {one.by_pupil for one in await listed(shared.beta, space)} == {True, False}


async def test_a_pupil_who_reports_everything_is_stopped_after_five_a_day(
    twinned: Twinned,
) -> None:
    alpha, space = twinned.shared.alpha, twinned.space
    threads = [await begin(twinned) for _ in range(reporting.MAX_A_DAY + 1)]
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    for thread in threads[:-1]:
        await tell(twinned, thread, pupil=pupil)
    await tell(twinned, threads[0], pupil=pupil)  # Said twice, it is one.
    with pytest.raises(Refused) as refused:
        await tell(twinned, threads[-1], pupil=pupil)
    assert refused.value.reason is Reason.TOO_MANY_ITEMS
    assert await shielded(alpha, space) == set(threads[:-1])
    assert len(await sealed(alpha)) == reporting.MAX_A_DAY
    alpha.clock.advance(days=1, seconds=1)
    await tell(twinned, threads[-1], pupil=pupil)
    assert threads[-1] in await shielded(alpha, space)


async def test_many_reports_at_the_same_moment_count_as_much_as_one_after_the_other(
    twinned: Twinned,
) -> None:
    alpha, space = twinned.shared.alpha, twinned.space
    threads = [await begin(twinned) for _ in range(reporting.MAX_A_DAY + 3)]
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    said = {"reason": "hate", "words": ""}
    answers = await asyncio.gather(
        *(reporting.report(alpha.room, pupil, space, one, **said) for one in threads),
        return_exceptions=True,
    )
    refused = [one.reason for one in answers if isinstance(one, Refused)]
    assert refused == [Reason.TOO_MANY_ITEMS] * 3
    assert len(await sealed(alpha)) == len(await listed(alpha, space)) == reporting.MAX_A_DAY


async def test_a_pupil_who_presses_the_button_twice_is_one_voice(twinned: Twinned) -> None:
    alpha, space, thread = twinned.shared.alpha, twinned.space, await begin(twinned)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    said = {"reason": "hate", "words": ""}
    await asyncio.gather(
        *(reporting.report(alpha.room, pupil, space, thread, **said) for _ in range(4))
    )
    (one,) = await sealed(alpha)
    async with alpha.room.vault.read() as view:
        assert await evidence.count_voices(view, one.id) == (1, 0)


async def test_two_pupils_make_one_report_with_two_voices(twinned: Twinned) -> None:
    alpha, beta, space = twinned.shared.alpha, twinned.shared.beta, twinned.space
    thread = await begin(twinned)
    await tell(twinned, thread)
    await tell(twinned, thread, alias="Koala Orion")
    assert len(await listed(alpha, space)) == len(await listed(beta, space)) == 1
    assert len(await sealed(alpha)) == 1


async def test_a_pupil_reports_nothing_that_he_does_not_see(twinned: Twinned) -> None:
    thread = await begin(twinned)
    for alias, item, reason in (
        ("Tiger Vega", thread, Reason.NOT_FOUND),  # takes no part
        ("Panda Nova", f"{'a' * 32}/{'A' * 22}", Reason.NOT_FOUND),
    ):
        with pytest.raises(Refused) as refused:
            await tell(twinned, item, alias=alias)
        assert refused.value.reason is reason
    await forum.erase(twinned.shared.beta.context, twinned.shared.bob, twinned.space, thread)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    with pytest.raises(Refused) as refused:
        await tell(twinned, thread)
    assert refused.value.reason is Reason.GONE
    assert await sealed(twinned.alpha.node) == []
    for word in ("", "spam"):
        with pytest.raises(Refused) as refused:
            await tell(twinned, thread, reason=word)
        assert refused.value.reason is Reason.BAD_INPUT


@pytest.mark.parametrize("word", ["Mia Nowak", "Panda Nova", "of 5b", "Mia Nowak-Reis"])
async def test_a_teachers_note_that_tells_of_a_pupil_is_not_taken(
    twinned: Twinned, word: str
) -> None:
    shared, space, thread = twinned.shared, twinned.space, await begin(twinned)
    room, said = shared.alpha.room, {"reason": "hate", "language": "en"}
    before = await shared.alpha.dump()
    with pytest.raises(Refused) as refused:
        await reporting.report_by_teacher(
            room, shared.ana, space, thread, note=f"It hurts {word}.", **said
        )
    assert (refused.value.reason, refused.value.facts["field"]) == (Reason.NOT_ALLOWED, "note")
    assert await shared.alpha.dump() == before
    assert await sealed(shared.alpha) == []
    await reporting.report_by_teacher(
        room, shared.ana, space, thread, note="It hurts one of ours.", **said
    )
    assert len(await sealed(shared.alpha)) == 1
