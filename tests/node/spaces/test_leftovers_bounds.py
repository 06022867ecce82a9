"""What counts as written on what was erased and what does not, whatever came first, and that any
amount of it can be looked at."""

import pytest

from node.actions import (
    absorb,
    blocks,
    erase,
    leftovers,
    materials,
)
from node.storage import operations, views
from node.storage import spaces as space_rows
from protocol.errors import Reason, Refused
from protocol.space import erasure, operation, writing
from protocol.space.operation import Operation
from protocol.space.writing import By
from tests import pictures
from tests.node.spaces.bringing import SAID, bring
from tests.node.spaces.joint import WORDS, Joint, kept
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared, holds_the_same
from tests.node.spaces.speaking import (
    behind,
    bring_statements,
    next_place,
    own_log,
    post_payload,
    signer_of,
    write_threads,
)
from tests.node.spaces.speaking import bring as speak
from tests.nodes import Node, settle


async def test_a_version_with_more_behind_it_than_one_answer_names_is_cleared_at_once(
    joint: Joint,
) -> None:
    # Eight parallel versions of each of two schools, which the third one joins to one.
    first = (await joint.paper.block("ana", joint.block)).bases["body"]
    for number in range(8):
        await joint.paper.change("ana", joint.block, f"{WORDS} A{number}", bases=first)
        await joint.write_on(f"{WORDS} C{number}", bases=first)
    await joint.settle()
    assert await joint.paper.change("bob", joint.block, f"{WORDS} All.") is False
    await joint.settle()
    await joint.erase()
    await blocks.erase_own(joint.gamma.context, joint.cleo, joint.space, joint.block)
    await joint.settle()
    # Sixteen, and the one that the third school's come from.
    assert len(await kept(joint.shared.beta, joint.space)) == 17
    (left,) = await joint.of_bob()
    beta = joint.shared.beta
    await leftovers.clear(
        beta.context, joint.shared.bob, joint.space, joint.block, seen=left.standing
    )
    await joint.settle()
    for node in joint.nodes:
        assert await kept(node, joint.space) == []


async def test_who_only_reacts_to_it_hands_nothing_on_whenever_that_comes(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    paper = await begin(shared)
    block = await paper.add("ana", WORDS)
    await paper.settle()
    (version,) = (await paper.block("bob", block)).bases["body"]
    place, alias = await next_place(beta, shared.space), (await people_of(beta, shared))[0]
    home, _, name = block.partition("/")
    header = place.header(
        "Like",
        object=name,
        base=(version,),
        actor=alias,
        residency="shared",
        audience="members",
        reach="space",
        args={"home": home},
    )
    like = operation.write(header, post_payload("x"), await signer_of(beta, shared.space))
    # Beta has it before the erasure, alpha behind it.
    await keep(beta, shared.space, like)
    await blocks.erase_own(alpha.context, shared.ana, shared.space, block)
    await keep(alpha, shared.space, like)
    alpha.clock.advance(seconds=60)
    await paper.settle()
    assert await holds_the_same(alpha, beta, shared.space)
    assert [await kept(node, shared.space) for node in (alpha, beta)] == [[], []]


async def test_a_school_names_the_same_bytes_for_what_it_signed_itself_alone(joint: Joint) -> None:
    alpha, beta, space = joint.shared.alpha, joint.shared.beta, joint.space
    ready = await bring(beta, joint.shared.bob, space, SAID.name, pictures.plain("JPEG", (9, 9)))
    await materials.publish(beta.context, joint.shared.bob, space, [(ready.id, SAID)])
    await joint.write_on(f"{WORDS} Number 3.")
    await joint.settle()
    file = (await own_log(beta, space))[-1].id
    theirs = (await own_log(joint.gamma, space))[-1]
    await blocks.erase_own(joint.gamma.context, joint.cleo, space, joint.block)
    await joint.settle()
    before = await kept(beta, space)
    # Alpha says it of gamma's, as if that had been in its own log.
    node = (await own_log(alpha, space))[-1].header.node
    said = erasure.sign_statement(
        space,
        node,
        [(f"c/{node}/0", 900, theirs.id)],
        time_ms=alpha.clock.now_ms(),
        signer=await signer_of(alpha, space),
        same=[(theirs.id, file)],
    )
    answer = await bring_statements(alpha, beta, space, "erasures", [said])
    assert answer.status == 200
    assert await kept(beta, space) == before
    assert all(op != file for op, _ in before)


async def test_a_pair_counts_when_the_erased_operation_comes_at_last(shared: Shared) -> None:
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    ready = await bring(beta, shared.bob, space, SAID.name, pictures.plain("JPEG", (9, 9)))
    await materials.publish(beta.context, shared.bob, space, [(ready.id, SAID)])
    await settle(alpha, beta)
    file = (await own_log(beta, space))[-1].id
    (late,) = await write_threads(alpha, space, WORDS)
    said = erasure.sign_statement(
        space,
        late.header.node,
        [(late.header.log, late.header.seq, late.id)],
        time_ms=alpha.clock.now_ms(),
        signer=await signer_of(alpha, space),
        same=[(late.id, file)],
    )
    assert (await bring_statements(alpha, beta, space, "erasures", [said])).status == 200
    assert await kept(beta, space) == []
    assert await leftovers.list_own(beta.context, shared.bob, space, limit=9) == []
    assert (await speak(alpha, beta, space, [late])).status == 202
    assert await kept(beta, space) == [(file, late.id)]


async def test_what_nobody_sees_is_listed_page_by_page_and_can_be_erased(joint: Joint) -> None:
    alpha, beta, space = joint.shared.alpha, joint.shared.beta, joint.space
    await joint.paper.change("bob", joint.block, f"{WORDS} So does Bo.")
    await joint.settle()
    await joint.erase()
    await joint.settle()
    # Bob's school says more of a file that nobody could create, and alpha's had its bytes.
    lost, version = await say_of_nothing(joint)
    (gone,) = await write_threads(alpha, space, WORDS)
    said = erasure.sign_statement(
        space,
        gone.header.node,
        [(gone.header.log, gone.header.seq, gone.id)],
        time_ms=alpha.clock.now_ms(),
        signer=await signer_of(alpha, space),
        same=[(gone.id, version)],
    )
    await keep(alpha, space, gone)
    async with alpha.context.database.write() as transaction:
        kept_ = await space_rows.get(transaction, space)
        await erase.obey(alpha.context, transaction, kept_, [said])
    await keep(beta, space, gone)
    assert (await bring_statements(alpha, beta, space, "erasures", [said])).status == 200
    assert await joint.in_ledger() == [beta.url, beta.url]
    both = await joint.of_bob()
    assert sorted(one.reference for one in both) == sorted([lost, joint.block])
    (one,) = [one for one in both if one.made is None]
    assert (one.reference, one.standing, one.past, one.may_erase) == (lost, (), 1, True)
    by_page = [
        await leftovers.list_own(beta.context, joint.shared.bob, space, limit=1, offset=offset)
        for offset in range(3)
    ]
    assert by_page == [[both[0]], [both[1]], []]
    with pytest.raises(Refused) as refused:
        await leftovers.clear(beta.context, joint.shared.bob, space, lost, seen=())
    assert refused.value.reason is Reason.NOT_FOUND
    await leftovers.erase_own(beta.context, joint.shared.bob, space, lost)
    await joint.settle()
    assert await joint.in_ledger() == [beta.url]
    assert [one.reference for one in await joint.of_bob()] == [joint.block]


async def keep(node: Node, space: str, one: Operation) -> None:
    async with node.context.database.write() as transaction:
        assert not (await absorb.absorb(node.context, transaction, space, [one])).refused


async def people_of(node: Node, shared: Shared) -> list[str]:
    """The pseudonyms of the node's own people."""
    place = await next_place(node, shared.space)
    async with node.context.database.read() as reader:
        people = await views.list_people(reader, shared.space)
        roles = await operations.list_roles_of_log(reader, shared.space, place.head.log)
    return [one.pseudonym for one in people if one.pseudonym in roles]


async def say_of_nothing(joint: Joint) -> tuple[str, str]:
    """An `Update` by Bob of a file whose creation has no effect, at both schools: its reference,
    and the id of the version."""
    beta, space = joint.shared.beta, joint.space
    place, alias = await next_place(beta, space), (await people_of(beta, joint.shared))[0]
    name, signer = "A" * 22, await signer_of(beta, space)
    payload = operation.payload({"text": WORDS}, "en", bytes(16))
    made = operation.write(writing.file(place, By("Q" * 22), name), payload, signer)
    header = writing.edit(behind(place, made), By(alias), name, base=(made.id,))
    version = operation.write(header, payload, signer)
    for node in (beta, joint.shared.alpha):
        await keep(node, space, made)
        await keep(node, space, version)
    return f"{header.node}/{name}", version.id
