"""Founding is handed to a colleague, and no account ends before its projects have a successor."""

from datetime import date

import msgspec
import pytest

from node.actions import (
    absorb,
    find,
    forum,
    joining,
    projects,
    replica,
    sign_in,
    spaces,
    succession,
)
from node.actions.permission import OPERATOR
from node.storage import clocks, contacts, follows, foundings, listings, objects, operations
from node.storage import spaces as space_rows
from node.storage.foundings import Founding
from protocol.errors import Reason, Refused
from protocol.space import operation
from tests.node.members.joining import Joined, card_at, invite, joining_at
from tests.node.spaces.schools import FIELDS, texts
from tests.node.web.browser import browsing
from tests.nodes import PASSWORD, Node, make_partners


async def founding_at(node: Node, project: str) -> Founding:
    async with node.context.database.read() as reader:
        found = await foundings.find_of_project(reader, project)
    assert found is not None
    return found


async def may_sign_in(node: Node, handle: str) -> bool:
    try:
        await sign_in.sign_in(
            node.context, handle, PASSWORD, address="192.0.2.1", user_agent="test"
        )
    except Refused:
        return False
    return True


async def test_a_founder_hands_the_founding_to_a_colleague(begun: Joined) -> None:
    alpha, beta, ana = begun.shared.alpha, begun.shared.beta, begun.shared.ana
    eve = await alpha.account("eve", "Eve Esser")
    await succession.hand_over(alpha.context, ana, begun.project, "eve")
    await begun.settle()
    for node in (alpha, beta):
        assert (await founding_at(node, begun.project)).founder == eve.actor
        assert (await card_at(node, begun.project))["attributedTo"] == eve.actor
    async with alpha.context.database.read() as reader:
        await joining.require_founded(reader, eve, begun.project)
        with pytest.raises(Refused):
            await joining.require_founded(reader, ana, begun.project)
    fields = await _fields(alpha, begun.project)
    await projects.edit(alpha.context, eve, begun.project, fields)
    # She who handed it on is still a teacher in the space.
    assert await spaces.pseudonym_of(alpha.context, ana, begun.space)


async def _fields(node: Node, project: str) -> projects.ProjectFields:
    async with node.context.database.read() as reader:
        return await projects.get_fields(reader, project)


async def test_a_co_founder_hands_his_part_on_and_the_project_names_the_colleague(
    begun: Joined,
) -> None:
    alpha, beta, bob = begun.shared.alpha, begun.shared.beta, begun.shared.bob
    zoe = await beta.account("zoe", "Zoe Zander")
    await succession.hand_over(beta.context, bob, begun.project, "zoe")
    await begun.settle()
    for node in (alpha, beta):
        assert (await founding_at(node, begun.project)).co_founder == zoe.actor
        assert (await card_at(node, begun.project))["coFounder"] == zoe.actor


async def test_an_account_with_projects_ends_only_with_a_successor(begun: Joined) -> None:
    alpha, beta, ana = begun.shared.alpha, begun.shared.beta, begun.shared.ana
    await forum.start_thread(
        alpha.context, ana, begun.space, title="t", text="of ana", language="en"
    )
    with pytest.raises(Refused) as refused:
        await succession.end_account(alpha.context, OPERATOR, "ana")
    assert (refused.value.reason, refused.value.facts) == (Reason.CONFLICT, {"projects": 1})
    assert await may_sign_in(alpha, "ana")
    eve = await alpha.account("eve", "Eve Esser")
    for nobody in ("ana", "xeno"):
        with pytest.raises(Refused) as refused:
            await succession.end_account(alpha.context, OPERATOR, "ana", successor=nobody)
        assert refused.value.reason is Reason.BAD_INPUT
    await succession.end_account(alpha.context, OPERATOR, "ana", successor="eve")
    await begun.settle()
    assert not await may_sign_in(alpha, "ana")
    assert (await founding_at(beta, begun.project)).founder == eve.actor
    assert await spaces.pseudonym_of(alpha.context, eve, begun.space)
    assert await texts(beta, begun.space) == [["of ana"]]
    seen = await spaces.find_space(beta.context, begun.shared.bob, begun.space)
    roles = {one.name: str(one.role) for school in seen.schools for one in school.people}
    assert roles == {"Ana Alves": "left", "Eve Esser": "teacher", "Bob Bell": "teacher"}


async def test_who_joined_for_a_school_needs_a_successor_too(three: Joined, gamma: Node) -> None:
    with pytest.raises(Refused) as refused:
        await succession.end_account(gamma.context, OPERATOR, "cleo")
    assert refused.value.reason is Reason.CONFLICT
    dora = await gamma.account("dora", "Dora Gamma")
    await succession.end_account(gamma.context, OPERATOR, "cleo", successor="dora")
    await three.settle()
    assert (await joining_at(gamma, three.project)).invited == dora.actor
    assert await spaces.pseudonym_of(gamma.context, dora, three.space)


async def test_a_temporary_account_ends_by_itself_after_its_last_day(begun: Joined) -> None:
    alpha = begun.shared.alpha
    await alpha.account("eve", "Eve Esser")
    last = date(2026, 11, 18)
    with pytest.raises(Refused) as refused:
        await succession.set_end(alpha.context, OPERATOR, "ana", last)
    assert refused.value.reason is Reason.CONFLICT
    with pytest.raises(Refused) as refused:
        await succession.set_end(alpha.context, OPERATOR, "ana", date(2026, 1, 1), successor="eve")
    assert refused.value.reason is Reason.BAD_INPUT
    await succession.set_end(alpha.context, OPERATOR, "ana", last, successor="eve")
    assert await may_sign_in(alpha, "ana")
    alpha.clock.advance(days=1)
    assert not await may_sign_in(alpha, "ana")
    await begun.settle()
    assert (await alpha.get("ana")).state == "ended"
    assert (await founding_at(alpha, begun.project)).founder == (await alpha.get("eve")).actor


async def test_an_account_that_is_over_waits_closed_for_a_successor_of_its_projects(
    begun: Joined,
) -> None:
    """The project came after the last day was set, so nobody was named for it."""
    alpha = begun.shared.alpha
    async with alpha.context.database.write() as transaction:
        await transaction.run("UPDATE accounts SET ends_ms = 1 WHERE handle = 'ana'")
    await begun.settle()
    assert not await may_sign_in(alpha, "ana")
    assert (await alpha.get("ana")).state == "active"
    await alpha.account("eve", "Eve Esser")
    await succession.end_account(alpha.context, OPERATOR, "ana", successor="eve")
    assert (await alpha.get("ana")).state == "ended"


async def test_what_waits_for_an_answer_is_settled_when_an_account_ends(
    begun: Joined, gamma: Node
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    cleo = await gamma.account("cleo", "Cleo Gamma")
    await invite(begun, alpha, ana, gamma, cleo)
    await succession.end_account(gamma.context, OPERATOR, "cleo")
    await begun.settle()
    assert (await joining_at(alpha, begun.project)).state == "declined"


async def set_clock_wrong(node: Node, *partners: Node) -> None:
    async with node.context.database.write() as transaction:
        for one in partners:
            await clocks.put(transaction, [(one.url, 700_000)], node.clock.now_ms())


async def test_an_account_ends_also_where_the_space_takes_no_word_of_it(
    begun: Joined, gamma: Node
) -> None:
    alpha, ana = begun.shared.alpha, begun.shared.ana
    await make_partners(alpha, gamma)
    await alpha.account("eve", "Eve Esser")
    await spaces.add_colleague(alpha.context, ana, begun.space, "eve")
    await set_clock_wrong(alpha, begun.shared.beta, gamma)
    assert await may_sign_in(alpha, "eve")
    await succession.end_account(alpha.context, OPERATOR, "eve")
    assert (await alpha.get("eve")).state == "ended"
    assert not await may_sign_in(alpha, "eve")
    assert await alpha.count("sessions") == 0


async def test_an_account_that_cannot_end_yet_holds_up_no_other(begun: Joined, gamma: Node) -> None:
    alpha = begun.shared.alpha
    await make_partners(alpha, gamma)
    for handle in ("eve", "zoe"):
        await alpha.account(handle)
    last = date(2026, 11, 18)
    await succession.set_end(alpha.context, OPERATOR, "ana", last, successor="eve")
    await succession.set_end(alpha.context, OPERATOR, "zoe", last)
    for handle in ("ana", "zoe"):
        assert await may_sign_in(alpha, handle)
    alpha.clock.advance(days=1)
    # Eve cannot be declared in Ana's place while the clock is wrong.
    await set_clock_wrong(alpha, begun.shared.beta, gamma)
    await succession.end_due(alpha.context)
    assert (await alpha.get("ana")).state == "active"
    assert (await alpha.get("zoe")).state == "ended"
    assert await alpha.count("sessions") == 0


async def test_an_end_that_is_refused_changes_nothing(begun: Joined) -> None:
    alpha, ana, bob = begun.shared.alpha, begun.shared.ana, begun.shared.bob
    project = await projects.draft(alpha.context, ana, FIELDS)
    await projects.offer(alpha.context, ana, project, bob.actor, note="Once more.")
    with pytest.raises(Refused) as refused:
        await succession.end_account(alpha.context, OPERATOR, "ana")
    assert refused.value.reason is Reason.CONFLICT
    assert (await founding_at(alpha, project)).state == "offered"


async def test_nobody_finds_somebody_whose_account_has_ended_and_his_words_keep_his_name(
    begun: Joined,
) -> None:
    alpha, beta, ana, bob = (
        begun.shared.alpha,
        begun.shared.beta,
        begun.shared.ana,
        begun.shared.bob,
    )
    await alpha.account("eve", "Eve Esser")
    post = await forum.start_thread(
        alpha.context, ana, begun.space, title="Storks", text="Seven storks", language="en"
    )
    await begun.settle()
    assert await find.find_actor(beta.context, bob, ana.actor) == ana.actor
    await succession.end_account(alpha.context, OPERATOR, "ana", successor="eve")
    await begun.settle()
    eve = await alpha.get("eve")
    for node, who in ((alpha, eve), (beta, bob)):
        with pytest.raises(Refused) as refused:
            await find.find_actor(node.context, who, ana.actor)
        assert refused.value.reason in {Reason.NOT_FOUND, Reason.GONE}
        async with node.context.database.read() as reader:
            stored = await objects.find(reader, ana.actor)
            listed = await listings.find(reader, ana.actor)
            contact = await contacts.find_pair(reader, ana.actor, bob.actor)
            assert not await follows.list_followers(reader, ana.actor)
        assert stored is not None
        assert stored.buried
        assert listed is None or listed.buried
        assert contact is not None
        assert contact.state == "ended"
    async with browsing(alpha, "eve") as colleague, browsing(beta, "bob") as partner:
        for browser in (colleague, partner):
            page = await browser.get(f"/w/{begun.space}/forum")
            thread = await browser.get(page.link(f"/forum/{post.partition('/')[0]}"))
            assert "Seven storks" in thread.text
            assert "Ana Alves" in thread.text
            assert "School Alpha" in thread.text
        assert (await colleague.get("/people/ana")).status == 410
    async with browsing(alpha) as visitor:
        assert (await visitor.get("/people/ana")).status == 404
        found = await visitor.get(f"/.well-known/webfinger?resource=acct:ana@{alpha.url[7:]}")
        assert found.status == 404


async def fork_own_log(node: Node, space: str) -> None:
    """As a copy of the node that ran beside it: two operations in one place of its own log."""
    context = node.context
    async with context.database.write() as transaction:
        kept = await space_rows.get(transaction, space)
        head = await replica.own_head(transaction, kept)
        last = (
            await operations.list_accepted(transaction, space, head.log, head.seq - 1, limit=1)
        )[0]
        signer = await replica.get_signer(context, transaction, kept.key_id)
        other = operation.write(
            msgspec.structs.replace(last.header, time=last.header.time + 1), last.payload, signer
        )
        await absorb.absorb(context, transaction, space, [other])


async def test_an_account_ends_although_the_own_log_has_stopped(begun: Joined) -> None:
    alpha = begun.shared.alpha
    eve = await alpha.account("eve", "Eve Esser")
    await forum.start_thread(
        alpha.context, begun.shared.ana, begun.space, title="t", text="t", language="en"
    )
    await fork_own_log(alpha, begun.space)
    with pytest.raises(Refused) as refused:
        await forum.start_thread(
            alpha.context, begun.shared.ana, begun.space, title="x", text="x", language="en"
        )
    assert refused.value.reason is Reason.READ_ONLY
    await succession.end_account(alpha.context, OPERATOR, "ana", successor="eve")
    assert not await may_sign_in(alpha, "ana")
    await begun.settle()
    for node in begun.nodes:
        assert (await founding_at(node, begun.project)).founder == eve.actor
