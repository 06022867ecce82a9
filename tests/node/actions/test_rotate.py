"""A node and its people change their keys: partners follow, what is on its way arrives."""

from dataclasses import replace

import pytest

from node.actions import forum, identity, messages, partners, rotate
from node.actions.permission import OPERATOR
from node.remote.client import Identity
from node.storage import actor_keys, deliveries, keys, objects
from node.storage import messages as message_rows
from node.storage import partners as partner_rows
from node.storage import spaces as space_rows
from protocol import names
from protocol.errors import Reason, Refused
from tests.node.actions.pairs import Pair, meet
from tests.node.spaces.schools import Shared, found_together, texts
from tests.node.web.browser import browsing
from tests.nodes import Node, VirtualClock, settle


async def speaker(node: Node, key_id: str) -> Identity:
    async with node.context.database.read() as reader:
        return await identity.get_identity_of_key(node.context, reader, key_id)


async def write(them: Pair, text: str) -> None:
    await messages.send(them.alpha.context, them.ana, them.bob.actor, text=text, language="en")


async def settle_patiently(them: Pair) -> None:
    """What is signed with a new key waits until the announcement was applied."""
    for _ in range(5):
        them.alpha.clock.advance(seconds=7 * 3600)
        await them.settle()


async def received(them: Pair) -> list[str]:
    async with them.beta.context.database.read() as reader:
        kept = await message_rows.list_with(reader, them.bob.actor, them.ana.actor)
    return sorted(one.text for one in kept)


async def test_letters_go_on_with_the_new_key_and_those_under_way_arrive(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await them.beta.close_doors()
    await write(them, "signed with the old key")
    await settle(them.alpha)
    await rotate.rotate(them.alpha.context, OPERATOR, them.ana.actor)
    await write(them, "signed with the new key")
    await them.beta.open_doors()
    await settle_patiently(them)
    assert await received(them) == ["signed with the new key", "signed with the old key"]
    async with them.alpha.context.database.read() as reader:
        assert await deliveries.list_open(reader) == []
        stored = await objects.find(reader, them.ana.actor)
    assert stored is not None
    listed = stored.document["assertionMethod"]
    assert isinstance(listed, list)
    assert [isinstance(one, dict) and "validUntil" in one for one in listed] == [True, False]
    async with them.beta.context.database.read() as reader:
        known = await actor_keys.list_of_actor(reader, them.ana.actor)
    assert {one.key_id for one in known} == {
        names.key_id(them.ana.actor), names.key_id(them.ana.actor, 2)
    }  # fmt: skip


async def test_the_old_key_counts_until_its_end_and_no_longer(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    service = names.service_actor_id(alpha.url)
    await rotate.rotate(alpha.context, OPERATOR, service)
    await settle(alpha, beta)
    old = await speaker(alpha, names.key_id(service))
    new = await speaker(alpha, names.key_id(service, 2))
    for days, statuses in ((0, [200, 200]), (89, [200, 200]), (2, [401, 200])):
        alpha.clock.advance(days=days)
        answers = [
            await alpha.context.client.get(f"{beta.url}/outbox", origin=beta.url, as_=one)
            for one in (old, new)
        ]
        assert [one.status for one in answers] == statuses
        assert (answers[0].reason is Reason.REVOKED_KEY) is (statuses[0] == 401)


async def test_the_fingerprint_of_a_node_is_that_of_its_new_key_everywhere(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    alpha, beta = pair
    shown = await rotate.rotate(alpha.context, OPERATOR, names.service_actor_id(alpha.url))
    await settle(alpha, beta)
    assert shown != alpha.fingerprint
    async with browsing(alpha, "admin") as own, browsing(beta, "admin") as other:
        for page in (
            await own.get("/admin"),
            await other.get(f"/admin/partners/{alpha.url.partition('://')[2]}"),
        ):
            assert shown in page.text
            assert alpha.fingerprint not in page.text
    found = await partners.look_up(gamma.context, OPERATOR, alpha.url)
    assert found.fingerprint == shown


async def test_a_space_goes_on_and_its_key_is_not_touched(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    shared: Shared = await found_together(alpha, beta)
    async with alpha.context.database.read() as reader:
        space = await space_rows.get(reader, shared.space)
        before = await keys.list_of_actor(reader, space.key_id)
    for actor in await rotate.list_actors(alpha.context, OPERATOR):
        await rotate.rotate(alpha.context, OPERATOR, actor)
    await settle(alpha, beta)
    for node, writer, text in ((alpha, shared.ana, "one"), (beta, shared.bob, "two")):
        await forum.start_thread(
            node.context, writer, shared.space, title=text, text=text, language="en"
        )
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert {one[0] for one in await texts(node, shared.space)} == {"one", "two"}
    async with alpha.context.database.read() as reader:
        assert await keys.list_of_actor(reader, space.key_id) == before


async def test_a_partner_that_was_away_and_follows_nobody_learns_the_new_key(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await them.beta.close_doors()
    for _ in range(3):
        await rotate.rotate(them.alpha.context, OPERATOR, them.ana.actor)
    await write(them, "with the fourth key")
    clock.advance(days=40)
    await settle(them.alpha)
    await them.beta.open_doors()
    await settle_patiently(them)
    assert await received(them) == ["with the fourth key"]


async def test_who_was_blocked_meanwhile_learns_it_afterwards(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await partners.block(alpha.context, OPERATOR, beta.url)
    service = names.service_actor_id(alpha.url)
    shown = await rotate.rotate(alpha.context, OPERATOR, service)
    await settle(alpha, beta)
    await partners.unblock(alpha.context, OPERATOR, beta.url)
    await partners.approve(alpha.context, OPERATOR, beta.url, beta.fingerprint)
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        partner = await partner_rows.find(reader, alpha.url)
        known = await actor_keys.list_of_actor(reader, service)
    assert partner is not None
    assert len(known) == 2
    async with browsing(beta, "admin") as admin:
        page = await admin.get(f"/admin/partners/{alpha.url.partition('://')[2]}")
        assert shown in page.text


async def test_nobody_elses_key_is_rotated_here(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    for actor in (f"{alpha.url}/people/nobody", names.service_actor_id(beta.url)):
        with pytest.raises(Refused) as refused:
            await rotate.rotate(alpha.context, OPERATOR, actor)
        assert refused.value.reason is Reason.NOT_FOUND
    ana = await alpha.account("ana")
    with pytest.raises(Refused) as refused:
        await rotate.rotate(alpha.context, replace(ana), names.service_actor_id(alpha.url))
    assert refused.value.reason is Reason.NOT_ALLOWED


async def test_an_administrator_changes_the_key_of_the_server_on_a_page(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    async with browsing(alpha, "admin") as admin:
        told = await admin.submit(await admin.get("/admin/key"), "/admin/key")
        assert "has a new key" in told.text
        assert alpha.fingerprint not in told.text
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        assert len(await actor_keys.list_of_actor(reader, names.service_actor_id(alpha.url))) == 2
