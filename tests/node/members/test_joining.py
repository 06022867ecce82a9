"""A third school joins a running project, whoever invites it and whoever is away meanwhile."""

from pathlib import Path

import pytest

from node.actions import duties, export, forum, import_space, joining, parting, replica, spaces
from node.actions.permission import OPERATOR
from node.storage import clocks, keys
from node.storage import spaces as space_rows
from protocol.errors import Reason, Refused
from protocol.reading import texts_of
from tests.node.members.joining import Joined, card_at, invite, join, joining_at, space_at
from tests.node.spaces.schools import holds_the_same, texts
from tests.nodes import Node, make_partners, settle


async def test_an_invited_school_that_accepts_receives_the_whole_space(
    begun: Joined, gamma: Node
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    await forum.start_thread(
        alpha.context, ana, begun.space, title="t", text="before", language="en"
    )
    await begun.settle()
    cleo = await join(begun, alpha, ana, gamma, "cleo")
    assert await texts(gamma, begun.space) == [["before"]]
    listed = await spaces.list_spaces(gamma.context, cleo)
    assert [one.title for one in listed] == ["Birds of two coasts"]
    alpha.clock.advance(seconds=150)
    await begun.settle()
    for node in begun.nodes:
        assert len((await space_at(node, begun.space)).state.members) == 3
        seen = await spaces.find_space(node.context, begun.people[node.name], begun.space)
        people = {one.name for school in seen.schools for one in school.people}
        assert people == {"Ana Alves", "Bob Bell", "Cleo Gamma"}
    assert (await joining_at(alpha, begun.project)).state == "member"
    assert (await joining_at(gamma, begun.project)).state == "member"


async def test_the_project_names_the_school_that_joined(three: Joined, gamma: Node) -> None:
    for node in three.nodes:
        (named,) = texts_of(await card_at(node, three.project), "partnerSchools")
        assert named.startswith(f"{gamma.url}/schools/")


async def test_what_the_newcomer_writes_reaches_everybody_through_a_common_partner(
    three: Joined, gamma: Node
) -> None:
    """Beta and gamma are no partners: alpha passes on what each writes."""
    await forum.start_thread(
        gamma.context, three.people["gamma"], three.space, title="t", text="mine", language="en"
    )
    await three.settle()
    three.shared.beta.clock.advance(seconds=150)
    await three.settle()
    assert await texts(three.shared.beta, three.space) == [["mine"]]
    assert await holds_the_same(three.shared.beta, gamma, three.space)


async def test_a_node_that_hears_of_a_newcomer_talks_to_its_partners_at_once(
    begun: Joined, gamma: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks more often from now on; asleep it would learn that ten minutes later."""
    beta = begun.shared.beta
    told: list[str] = []
    monkeypatch.setattr(beta.context.wake, "notify", told.append)
    await join(begun, begun.shared.alpha, begun.shared.ana, gamma, "cleo")
    assert replica.TOPIC in told


async def test_the_co_founder_invites_too_and_the_steward_admits(
    begun: Joined, gamma: Node
) -> None:
    beta, bob = begun.shared.beta, begun.shared.bob
    await join(begun, beta, bob, gamma, "cleo")
    for node in begun.nodes:
        assert len((await space_at(node, begun.space)).state.members) == 3
    assert (await joining_at(gamma, begun.project)).state == "member"


async def test_an_admission_waits_for_the_steward_and_nobody_else(
    begun: Joined, gamma: Node
) -> None:
    alpha, beta, bob = begun.shared.alpha, begun.shared.beta, begun.shared.bob
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, beta, bob, gamma, cleo)
    await alpha.close_doors()
    await joining.accept(gamma.context, cleo, begun.project)
    await settle(beta, gamma)
    assert (await joining_at(beta, begun.project)).state == "accepted"
    assert await spaces.list_spaces(gamma.context, cleo) == []
    await alpha.open_doors()
    beta.clock.advance(days=2)
    await begun.settle()
    assert [one.id for one in await spaces.list_spaces(gamma.context, cleo)] == [begun.space]


@pytest.mark.parametrize("before", [True, False])
async def test_a_school_that_accepts_while_the_space_rests_takes_part_when_it_goes_on(
    begun: Joined, gamma: Node, before: bool
) -> None:
    """`before`: the founder puts the space to rest before the guest accepts; else right after,
    while the acceptance is on its way."""
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    begun.people["gamma"] = cleo
    await invite(begun, alpha, ana, gamma, cleo)
    if before:
        await parting.archive(alpha.context, ana, begun.project)
        await begun.settle()
    await joining.accept(gamma.context, cleo, begun.project)
    if not before:
        await parting.archive(alpha.context, ana, begun.project)
    await begun.settle()
    for _ in range(2):
        alpha.clock.advance(seconds=700)
        await begun.settle()
    await parting.reopen(alpha.context, ana, begun.project)
    for _ in range(3):
        alpha.clock.advance(seconds=3700)
        await begun.settle()
    assert len((await space_at(gamma, begun.space)).state.members) == 3
    await forum.start_thread(
        gamma.context, cleo, begun.space, title="t", text="we are here", language="en"
    )
    for _ in range(2):
        alpha.clock.advance(seconds=150)
        await begun.settle()
    for node in begun.nodes:
        assert await texts(node, begun.space) == [["we are here"]]


async def test_a_school_joins_where_a_file_of_the_space_lies_already(
    begun: Joined, gamma: Node, tmp_path: Path
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    await forum.start_thread(
        alpha.context, ana, begun.space, title="t", text="before", language="en"
    )
    await begun.settle()
    cleo = await gamma.account("cleo", "Cleo Gamma")
    file = tmp_path / "space.zip"
    await export.export_now(alpha.context, OPERATOR, begun.space, file, "en")
    await import_space.import_file(gamma.context, OPERATOR, file, ["cleo"])
    assert (await space_at(gamma, begun.space)).ended == "archive"
    begun.people["gamma"] = cleo
    await invite(begun, alpha, ana, gamma, cleo)
    await joining.accept(gamma.context, cleo, begun.project)
    for _ in range(3):
        await begun.settle()
        alpha.clock.advance(seconds=700)
    kept = await space_at(gamma, begun.space)
    assert (kept.ended, len(kept.state.members), kept.awaited) == ("", 3, "")
    await forum.start_thread(
        gamma.context, cleo, begun.space, title="t", text="after", language="en"
    )
    for _ in range(2):
        alpha.clock.advance(seconds=150)
        await begun.settle()
    for node in begun.nodes:
        assert sorted(await texts(node, begun.space)) == [["after"], ["before"]]


async def test_a_school_that_is_away_for_days_is_in_when_it_comes_back(
    begun: Joined, gamma: Node
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    await joining.accept(gamma.context, cleo, begun.project)
    await settle(gamma)
    await gamma.close_doors()
    await settle(alpha, begun.shared.beta)
    await forum.start_thread(
        alpha.context, ana, begun.space, title="t", text="meanwhile", language="en"
    )
    for _ in range(4):
        gamma.clock.advance(days=1)
        await settle(alpha, begun.shared.beta)
    await gamma.open_doors()
    gamma.clock.advance(days=1)
    await begun.settle()
    assert await texts(gamma, begun.space) == [["meanwhile"]]


async def test_declining_and_withdrawing_end_an_invitation_and_another_is_possible(
    begun: Joined, gamma: Node
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    await joining.decline(gamma.context, cleo, begun.project, "Not this year.")
    await begun.settle()
    kept = await joining_at(alpha, begun.project)
    assert (kept.state, kept.answer_note) == ("declined", "Not this year.")
    await joining.invite(alpha.context, ana, begun.project, cleo.actor)
    with pytest.raises(Refused) as refused:
        await joining.invite(alpha.context, ana, begun.project, cleo.actor)
    assert refused.value.reason is Reason.CONFLICT
    await begun.settle()
    await joining.withdraw(alpha.context, ana, (await joining_at(alpha, begun.project)).invite)
    await begun.settle()
    with pytest.raises(Refused) as refused:
        await joining.accept(gamma.context, cleo, begun.project)
    assert refused.value.reason is Reason.ALREADY_ANSWERED
    assert await gamma.count("spaces") == 0


async def test_a_school_that_accepts_twice_accepts_with_one_key(begun: Joined, gamma: Node) -> None:
    """The first acceptance was on its way when the invitation was withdrawn: both may come to be
    admitted, on two branches of the control log."""
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    begun.people["gamma"] = cleo
    await invite(begun, alpha, ana, gamma, cleo)
    await alpha.close_doors()
    await joining.accept(gamma.context, cleo, begun.project)
    await joining.withdraw(alpha.context, ana, (await joining_at(alpha, begun.project)).invite)
    await alpha.open_doors()
    for _ in range(2):
        alpha.clock.advance(seconds=700)
        await begun.settle()
    await joining.invite(alpha.context, ana, begun.project, cleo.actor)
    await begun.settle()
    await joining.accept(gamma.context, cleo, begun.project)
    await begun.settle()
    async with gamma.context.database.read() as reader:
        own = await keys.list_of_actor(reader, replica.space_key_id(begun.project))
    kept = await space_at(gamma, begun.space)
    assert [(0, one.public) for one in own] == list(kept.state.keys[kept.node])


async def test_an_invitation_lapses_after_thirty_days(begun: Joined, gamma: Node) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    gamma.clock.advance(days=31)
    await begun.settle()
    for node in (alpha, gamma):
        assert (await joining_at(node, begun.project)).state == "lapsed"
    with pytest.raises(Refused) as refused:
        await joining.accept(gamma.context, cleo, begun.project)
    assert refused.value.reason is Reason.LAPSED


async def test_only_a_founder_invites_and_only_a_contact(begun: Joined, gamma: Node) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    eve = await alpha.account("eve")
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    for who, reason in ((eve, Reason.NOT_FOUND), (ana, Reason.NOT_ALLOWED)):
        with pytest.raises(Refused) as refused:
            await joining.invite(alpha.context, who, begun.project, f"{gamma.url}/people/dora")
        assert refused.value.reason is reason


async def test_a_school_that_may_not_write_yet_receives_the_space_and_moves_in_later(
    begun: Joined, gamma: Node
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    await forum.start_thread(
        alpha.context, ana, begun.space, title="t", text="before", language="en"
    )
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    await joining.accept(gamma.context, cleo, begun.project)
    async with gamma.context.database.write() as transaction:
        await space_rows.put_closed_to_writing(transaction, begun.space, "restored")
    await begun.settle()
    assert await texts(gamma, begun.space) == [["before"]]
    assert (await joining_at(gamma, begun.project)).state == "member"
    assert await spaces.pseudonym_of(gamma.context, cleo, begun.space)


async def test_a_school_with_a_wrong_clock_moves_in_once_it_is_set(
    begun: Joined, gamma: Node
) -> None:
    """It is admitted meanwhile and hears the others; it signs nothing before that."""
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    await make_partners(gamma, begun.shared.beta)
    await joining.accept(gamma.context, cleo, begun.project)
    await settle(gamma)
    async with gamma.context.database.write() as transaction:
        for partner in (alpha, begun.shared.beta):
            await clocks.put(transaction, [(partner.url, 700_000)], gamma.clock.now_ms())
    # The workers of gamma rest: each answer that they got would tell the right time.
    await settle(alpha, begun.shared.beta)
    assert len((await space_at(gamma, begun.space)).state.members) == 3
    assert (await joining_at(gamma, begun.project)).state == "accepted"
    async with gamma.context.database.read() as reader:
        assert await space_rows.list_teachers(reader, begun.space) == []
    async with gamma.context.database.write() as transaction:
        await clocks.forget(transaction)
    await duties.attend_all(gamma.context)
    await begun.settle()
    assert (await joining_at(gamma, begun.project)).state == "member"
    async with gamma.context.database.read() as reader:
        assert await space_rows.list_teachers(reader, begun.space) == [cleo.id]
