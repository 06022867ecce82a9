"""The keys of a space: taken over, agreed to, handed over; a space at rest and open again."""

import pytest

from node.storage import accounts, spaces
from protocol.space import control
from tests.node.spaces.schools import Shared, found_together, open_together
from tests.node.spaces.third import join
from tests.node.web.browser import browsing
from tests.nodes import Node, settle


@pytest.fixture
async def three(pair: tuple[Node, Node], gamma: Node) -> tuple[Shared, Node]:
    return await join(await open_together(*pair), gamma)


async def promote(node: Node, handle: str) -> None:
    """Make somebody an administrator, who speaks for the school."""
    async with node.context.database.write() as transaction:
        account = await accounts.find_by_handle(transaction, handle)
        assert account is not None
        await accounts.put_roles(transaction, account.id, account.roles | {"admin"})


async def steward_at(node: Node, space: str) -> str:
    async with node.context.database.read() as reader:
        return (await spaces.get(reader, space)).state.steward


async def test_the_others_take_over_by_forms_alone(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await promote(beta, "bob")
    await promote(gamma, "cleo")
    await alpha.close_doors()
    async with browsing(beta, "bob") as bob, browsing(gamma, "cleo") as cleo:
        members = await bob.get(f"/w/{space}/members")
        keys = await bob.get(members.link("/keys"))
        assert "Take over the keys of this space" in keys.text
        assert "School Alpha" in keys.text
        asked = await bob.submit(keys, "/keys")
        assert "It takes effect when enough schools have agreed." in asked.text
        assert "1 of 2 schools that are needed has agreed: School Beta" in asked.text
        await settle(beta, gamma)
        seen = await cleo.get(f"/w/{space}/keys")
        assert "School Beta" in seen.text
        agreed = await cleo.submit(seen, "/keys")
        assert agreed.status == 200
        await settle(beta, gamma)
        now = await bob.get(f"/w/{space}/keys")
        assert "Hand the keys over" in now.text
    async with gamma.context.database.read() as reader:
        kept = await spaces.get(reader, space)
    async with beta.context.database.read() as reader:
        assert kept.state.steward == (await spaces.get(reader, space)).node


async def test_whoever_does_not_speak_for_the_school_only_reads(
    three: tuple[Shared, Node],
) -> None:
    shared, _ = three
    async with browsing(shared.beta, "bob") as bob:
        keys = await bob.get(f"/w/{shared.space}/keys")
        assert "decides about this" in keys.text
        assert "Take over the keys</button>" not in keys.text
        node = await steward_at(shared.beta, shared.space)
        refused = await bob.send(f"/w/{shared.space}/keys", school=node)
        assert refused.status == 422


async def test_a_project_is_archived_and_opened_again(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    shared = await found_together(alpha, beta)
    async with browsing(beta, "bob") as bob, browsing(alpha, "ana") as ana:
        project = (await bob.get(f"/w/{shared.space}")).link("/projects/")
        manage = await bob.get(f"{project}/manage")
        asking = await bob.get(manage.link("/archive"))
        assert "Archive this space?" in asking.text
        archived = await bob.submit(asking, "/archive")
        assert archived.status == 200
        await settle(alpha, beta)
        for browser in (ana, bob):
            space = await browser.get(f"/w/{shared.space}")
            assert "This space is archived" in space.text
            assert "Begin a thread" not in space.text
        manage = await bob.get(f"{project}/manage")
        opened = await bob.submit(manage, "/reopen")
        assert opened.status == 200
        await settle(alpha, beta)
        for browser in (ana, bob):
            space = await browser.get(f"/w/{shared.space}")
            assert "Begin a thread" in space.text
        again = await bob.get(f"{project}/archive")
        await bob.submit(again, "/archive")
        await settle(alpha, beta)
        space = await ana.get(f"/w/{shared.space}")
        assert "This space is archived" in space.text


async def test_where_nothing_helps_a_new_project_goes_on_from_the_old_one(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    shared = await found_together(alpha, beta)
    async with browsing(beta, "bob") as bob:
        near = await bob.get(f"/w/{shared.space}/keys")
        assert "Continue in a new space" not in near.text
        alpha.clock.advance(seconds=3 * 86_400)
        keys = await bob.get(f"/w/{shared.space}/keys")
        begun = await bob.submit(keys, "/keys/continue")
        assert "The new project is a draft." in begun.text
        assert "Birds of two coasts" in begun.text
        path = begun.path.partition("/manage")[0]
        project = await bob.get(path)
        old = await bob.get(project.link("/projects/"))
        assert "Birds of two coasts" in old.text
        await bob.send(
            f"{path}/edit",
            title="Birds again",
            summary="We count on.",
            language="en",
            languages="en",
            subjects="biology",
            age_from="10",
            age_to="12",
            scope="european",
        )
        again = await bob.get(path)
        assert "Birds again" in again.text
        assert "It goes on from an earlier project" in again.text


async def test_a_stolen_key_is_replaced_by_forms_alone(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    for node, name in ((alpha, "ana"), (beta, "bob"), (gamma, "cleo")):
        await promote(node, name)
    async with browsing(beta, "bob") as bob:
        keys = await bob.get(f"/w/{space}/keys")
        asked = await bob.submit(await bob.get(keys.link("/keys/new")), "/keys/new")
        assert "0 of 2 confirmed" in asked.text
        assert "writes nothing here until it has it" in asked.text
        await settle(alpha, beta, gamma)
        for node, name in ((alpha, "ana"), (gamma, "cleo")):
            async with browsing(node, name) as other:
                told = await other.submit(await other.get(f"/w/{space}/keys"), "/keys/vouch")
                assert "Thank you." in told.text
            await settle(alpha, beta, gamma)
        alpha.clock.advance(seconds=700)
        await settle(alpha, beta, gamma)
        now = await bob.get(f"/w/{space}/keys")
        assert "New keys for a school" not in now.text
        assert "writes nothing here" not in now.text
    async with browsing(alpha, "ana") as ana:
        vain = await ana.submit(await ana.get(f"/w/{space}/keys/new"), "/keys/new")
        assert vain.status == 422
        assert "Another school takes over the keys of this space first" in vain.text


async def test_the_school_with_the_keys_says_how_pupils_work_comes_to_others(
    shared: Shared,
) -> None:
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    for node, name in ((alpha, "ana"), (beta, "bob")):
        await promote(node, name)
    async with browsing(alpha, "ana") as ana, browsing(beta, "bob") as bob:
        page = await ana.get(f"/w/{space}/keys")
        vain = await ana.submit(page, "/keys/policy", release="never")
        assert vain.status == 422
        saved = await ana.submit(page, "/keys/policy", release="live")
        assert "Pupils write while a teacher of their school is there" in saved.text
        await settle(alpha, beta)
        theirs = await bob.get(f"/w/{space}/keys")
        assert "Pupils write while a teacher of their school is there" in theirs.text
        refused = await bob.send(f"/w/{space}/keys/policy", release="live")
        assert refused.status == 422
    async with beta.context.database.read() as reader:
        state = (await spaces.get(reader, space)).state
    assert {control.policy(state, node).release for node in state.members} == {"live"}
