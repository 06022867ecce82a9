"""What other schools wrote on top of what a school has erased: every replica finds it, whatever
came first; who wrote it is asked to look, and the ledger of the other school waits for it."""

import pytest

from node.actions import (
    blocks,
    ledger,
    leftovers,
    materials,
    spaces,
)
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.spaces.bringing import SAID, bring, files_at, publish
from tests.node.spaces.joint import WORDS, Joint, kept
from tests.node.spaces.schools import Shared, holds_the_same
from tests.node.spaces.test_erasure import files_of
from tests.nodes import settle


async def test_what_others_wrote_on_it_is_found_everywhere_until_they_have_looked(
    joint: Joint,
) -> None:
    bob, beta = joint.shared.bob, joint.shared.beta
    await joint.paper.change("bob", joint.block, f"{WORDS} So does Bo.")
    await joint.settle()
    assert await kept(beta, joint.space) == []
    await joint.erase()
    await joint.settle()
    everywhere = [await kept(node, joint.space) for node in joint.nodes]
    assert everywhere[0] == everywhere[1] == everywhere[2]
    assert len(everywhere[0]) == 1
    assert await joint.in_ledger() == [beta.url]
    # What is settled comes behind what is not, however new it is.
    own = await joint.paper.add("ana", "A slip of the pen.")
    alpha = joint.shared.alpha
    alpha.clock.advance(seconds=60)
    await blocks.erase_own(alpha.context, joint.shared.ana, joint.space, own)
    await joint.settle()
    found = await ledger.list_of_space(alpha.context, joint.shared.ana, joint.space, 1)
    assert [(one.is_open, len(one.left)) for one in found.entries] == [(False, 1), (False, 0)]
    (left,) = await joint.of_bob()
    assert (left.reference, left.past, len(left.standing)) == (joint.block, 0, 1)
    assert left.writers == (joint.block.partition("/")[0],)
    assert await leftovers.list_own(joint.gamma.context, joint.cleo, joint.space, limit=9) == []
    # Writing it anew is not enough: what came before lies there still.
    await joint.paper.change("bob", joint.block, "Somebody lives somewhere.")
    (left,) = await joint.of_bob()
    assert (left.past, len(left.standing)) == (1, 1)
    with pytest.raises(Refused) as refused:
        await leftovers.clear(beta.context, bob, joint.space, joint.block, seen=())
    assert refused.value.reason is Reason.CONFLICT
    await leftovers.clear(beta.context, bob, joint.space, joint.block, seen=left.standing)
    await joint.settle()
    for node in joint.nodes:
        assert await kept(node, joint.space) == []
        assert WORDS.encode() not in files_of(node)
    assert (await joint.paper.texts("ana"))[-1:] == ["Somebody lives somewhere."]
    assert (await joint.of_bob(), await joint.in_ledger()) == ([], [])
    with pytest.raises(Refused) as refused:
        await leftovers.clear(beta.context, bob, joint.space, joint.block, seen=left.standing)
    assert refused.value.reason is Reason.GONE


async def test_what_is_written_on_a_version_that_was_looked_at_is_nobodys_leftover(
    joint: Joint,
) -> None:
    await joint.paper.change("bob", joint.block, f"{WORDS} So does Bo.")
    await joint.settle()
    await joint.erase()
    await joint.settle()
    await joint.paper.change("bob", joint.block, "Somebody lives somewhere.")
    await leftovers.clear(
        joint.shared.beta.context,
        joint.shared.bob,
        joint.space,
        joint.block,
        seen=(await joint.of_bob())[0].standing,
    )
    await joint.settle()
    await joint.write_on("Somebody lives somewhere else.")
    await joint.settle()
    for node in joint.nodes:
        assert await kept(node, joint.space) == []


async def test_what_arrives_after_the_erasure_is_found_too(joint: Joint) -> None:
    await joint.gamma.close_doors()
    await joint.write_on(f"{WORDS} Number 3.")
    await joint.erase()
    await settle(joint.shared.alpha, joint.shared.beta)
    assert await kept(joint.shared.beta, joint.space) == []
    await joint.gamma.open_doors()
    for _ in range(3):
        for node in joint.nodes:
            node.clock.advance(seconds=700)
        await joint.settle()
    assert await holds_the_same(joint.shared.alpha, joint.gamma, joint.space)
    everywhere = [await kept(node, joint.space) for node in joint.nodes]
    assert everywhere[0] == everywhere[1] == everywhere[2] != []
    assert await joint.in_ledger() == [joint.gamma.url]
    await leftovers.erase_own(joint.gamma.context, joint.cleo, joint.space, joint.block)
    await joint.settle()
    assert [await kept(node, joint.space) for node in joint.nodes] == [[], [], []]
    assert WORDS.encode() not in files_of(joint.shared.alpha)


async def test_a_colleague_deletes_what_another_wrote_only_as_an_administrator(
    joint: Joint,
) -> None:
    await joint.paper.change("bob", joint.block, f"{WORDS} So does Bo.")
    await joint.settle()
    await joint.erase()
    await joint.settle()
    beta = joint.shared.beta
    bea = await beta.account("bea", "Bea Bond")
    await spaces.add_colleague(beta.context, joint.shared.bob, joint.space, "bea")
    (left,) = await leftovers.list_own(beta.context, bea, joint.space, limit=9)
    assert not left.may_erase
    with pytest.raises(Refused) as refused:
        await leftovers.erase_own(beta.context, bea, joint.space, joint.block)
    assert refused.value.reason is Reason.NOT_OWNER
    (left,) = await joint.of_bob()
    assert left.may_erase
    for stranger in (joint.shared.beta.admin,):
        with pytest.raises(Refused) as refused:
            await leftovers.list_own(beta.context, stranger, joint.space, limit=9)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_files_with_the_same_bytes_are_named_by_the_school_that_erases(
    shared: Shared,
) -> None:
    octets = pictures.plain("JPEG", (60, 50))
    mine = await publish(shared, octets)
    ready = await bring(shared.beta, shared.bob, shared.space, SAID.name, octets)
    (theirs,) = await materials.publish(
        shared.beta.context, shared.bob, shared.space, [(ready.id, SAID)]
    )
    await settle(shared.alpha, shared.beta)
    assert len({one.sha256 for one in await files_at(shared.alpha, shared.space)}) == 1
    await materials.erase(shared.alpha.context, shared.ana, shared.space, mine)
    await settle(shared.alpha, shared.beta)
    everywhere = [await kept(node, shared.space) for node in (shared.alpha, shared.beta)]
    assert everywhere[0] == everywhere[1] != []
    (left,) = await leftovers.list_own(shared.beta.context, shared.bob, shared.space, limit=9)
    assert left.reference == theirs
    await leftovers.clear(shared.beta.context, shared.bob, shared.space, theirs, seen=left.standing)
    await settle(shared.alpha, shared.beta)
    assert [await kept(node, shared.space) for node in (shared.alpha, shared.beta)] == [[], []]
    assert len([one for one in await files_at(shared.alpha, shared.space) if one.sha256]) == 1
