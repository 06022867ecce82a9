"""Who is no member sees nothing: not even that there is a space."""

import pytest

from node.actions import forum, spaces
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared
from tests.node.spaces.speaking import bring, get, write_threads
from tests.nodes import Node, make_partners, settle

UNKNOWN = "A" * 43


async def test_a_colleague_outside_the_space_gets_what_an_unknown_space_gives(
    shared: Shared,
) -> None:
    eve = await shared.alpha.account("eve")
    refusals = []
    for space in (shared.space, UNKNOWN):
        with pytest.raises(Refused) as refused:
            await spaces.find_space(shared.alpha.context, eve, space)
        refusals.append((refused.value.reason, refused.value.detail, refused.value.facts))
        with pytest.raises(Refused) as refused:
            await forum.start_thread(
                shared.alpha.context, eve, space, title="t", text="t", language="en"
            )
        assert refused.value.reason is Reason.NOT_FOUND
    assert refusals[0] == refusals[1]
    assert await spaces.list_spaces(shared.alpha.context, eve) == []


async def test_a_colleague_who_was_added_takes_part_until_he_leaves(shared: Shared) -> None:
    eve = await shared.alpha.account("eve", "Eve Esser")
    alias = await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eve")
    assert await spaces.pseudonym_of(shared.alpha.context, eve, shared.space) == alias
    thread = await forum.start_thread(
        shared.alpha.context, eve, shared.space, title="t", text="mine", language="en"
    )
    await settle(shared.alpha, shared.beta)
    view = await spaces.find_space(shared.beta.context, shared.bob, shared.space)
    assert view.name_of(thread.partition("/")[0], alias) == "Eve Esser"
    await spaces.remove_colleague(shared.alpha.context, eve, shared.space, alias)
    with pytest.raises(Refused) as refused:
        await spaces.find_space(shared.alpha.context, eve, shared.space)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_partner_node_outside_the_space_gets_what_an_unknown_space_gives(
    shared: Shared, gamma: Node
) -> None:
    await make_partners(shared.alpha, gamma)
    kept = await spaces.find_space(shared.alpha.context, shared.ana, shared.space)
    log = f"c/{kept.space.node}/0"
    for path in (
        "heads",
        f"logs/{log}?after=0",
        f"ops/{shared.space}",
        f"payloads?ids={shared.space}",
        "erasures?after=0",
    ):
        told = await get(gamma, shared.alpha, f"/spaces/{shared.space}/{path}")
        unknown = await get(gamma, shared.alpha, f"/spaces/{UNKNOWN}/{path}")
        assert (told.status, told.body, told.headers) == (404, unknown.body, unknown.headers)


async def test_a_teacher_of_a_member_school_is_no_member_node(shared: Shared) -> None:
    told = await get(
        shared.beta, shared.alpha, f"/spaces/{shared.space}/heads", person=shared.bob.actor
    )
    assert told.status == 404


async def test_an_operation_brought_by_an_outsider_is_not_looked_at(
    shared: Shared, gamma: Node
) -> None:
    await make_partners(shared.alpha, gamma)
    batch = await write_threads(shared.beta, shared.space, "one")
    before = await shared.alpha.dump(but=frozenset({"nonces", "partners"}))
    answer = await bring(gamma, shared.alpha, shared.space, batch)
    assert (answer.status, answer.reason) == (404, Reason.NOT_FOUND)
    assert await shared.alpha.dump(but=frozenset({"nonces", "partners"})) == before


async def test_heads_carry_their_digest_as_etag(shared: Shared) -> None:
    told = await get(shared.beta, shared.alpha, f"/spaces/{shared.space}/heads")
    assert told.status == 200
    assert told.headers["etag"].strip('"').encode() in told.body
