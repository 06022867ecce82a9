"""Three schools: what one could not tell another hears from the third, and nobody waits for one."""

import pytest

from node.actions import absorb, forum, found, replica, spaces
from node.actions.materials import Said
from node.storage import cursors, operations, partners
from node.storage import spaces as space_rows
from node.workers import replication
from protocol.space import control, operation
from protocol.space.genesis import open_genesis
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.vocabulary import Arguments, Role
from protocol.space.writing import Place
from tests.node.spaces.bringing import bytes_at, files_at, publish
from tests.node.spaces.schools import Shared, holds_the_same, texts
from tests.node.spaces.speaking import signer_of
from tests.nodes import Node, make_partners, settle

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture
async def three(shared: Shared, gamma: Node) -> tuple[Shared, Node]:
    """Gamma is admitted to the space and has heard everything."""
    await make_partners(shared.alpha, gamma)
    await make_partners(shared.beta, gamma)
    async with shared.alpha.context.database.read() as reader:
        kept = await space_rows.get(reader, shared.space)
        genesis = await operations.get(reader, shared.space, shared.space)
    cleo = await gamma.account("cleo", "Cleo Costa")
    async with gamma.context.database.write() as transaction:
        entry, _ = await found.propose_founder(gamma.context, transaction, kept.project)
        key_id = replica.space_key_id(kept.project)
        signer = await replica.get_signer(gamma.context, transaction, key_id)
    invite = control.sign_invitation(
        shared.space, entry.node, entry.actor, await signer_of(shared.alpha, shared.space)
    )
    acceptance = control.sign_acceptance(shared.space, entry, signer)
    args: Arguments = {
        **entry.as_json(),
        "incarnation": 0,
        "invite": invite,
        "acceptance": acceptance,
    }
    admit = await _write_control(shared, genesis, "Admit", args)
    async with gamma.context.database.write() as transaction:
        opened = await replica.open_replica(
            gamma.context, transaction, kept.project, open_genesis(genesis), entry.node
        )
        await absorb.absorb(gamma.context, transaction, opened.id, [admit])
        member = await space_rows.get(transaction, opened.id)
        await spaces.declare(gamma.context, transaction, member, cleo, Role.TEACHER)
    await settle(shared.alpha, shared.beta, gamma)
    assert await holds_the_same(shared.alpha, gamma, shared.space)
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)
    return shared, gamma


async def _write_control(
    shared: Shared, before: Operation, kind: str, args: Arguments
) -> Operation:
    """The steward, Alpha, writes the control operation after `before`."""
    alpha, header = shared.alpha, before.header
    place = Place(
        shared.space, LogHead(header.log, header.seq, before.id, header.time), "", header.time
    )
    signer = await signer_of(alpha, shared.space)
    written = operation.write(place.header(kind, args=args), None, signer)
    async with alpha.context.database.write() as transaction:
        replica.require_kept(
            await absorb.absorb(alpha.context, transaction, shared.space, [written])
        )
        await replica.make_due(alpha.context, transaction, shared.space)
    return written


async def write(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="t", text=text, language="en"
    )


async def test_a_write_reaches_both_other_schools(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    await write(shared, "one")
    await settle(shared.alpha, shared.beta, gamma)
    assert await texts(shared.beta, shared.space) == [["one"]]
    assert await texts(gamma, shared.space) == [["one"]]


async def test_what_the_author_could_not_tell_spreads_through_the_third(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    await gamma.close_doors()
    await write(shared, "one")
    await settle(shared.alpha, shared.beta)
    await shared.alpha.close_doors()
    await gamma.open_doors()
    gamma.clock.advance(seconds=700)
    await settle(gamma)
    assert await texts(gamma, shared.space) == [["one"]]


async def test_an_erasure_spreads_through_the_third_and_is_confirmed_to_the_author(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    thread = await write(shared, "one")
    await settle(shared.alpha, shared.beta, gamma)
    await gamma.close_doors()
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    await shared.alpha.close_doors()
    await gamma.open_doors()
    gamma.clock.advance(seconds=700)
    await settle(gamma)
    assert await texts(gamma, shared.space) == [[""]]
    await shared.alpha.open_doors()
    gamma.clock.advance(seconds=700)
    await settle(gamma)
    async with shared.alpha.context.database.read() as reader:
        receipts = await reader.count("SELECT count(*) FROM receipts")
    assert receipts == 2


async def test_a_silent_school_delays_no_other(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    await shared.beta.close_doors()
    await write(shared, "one")
    await replication.step(shared.alpha.context)
    assert await texts(gamma, shared.space) == [["one"]]
    async with shared.alpha.context.database.read() as reader:
        stand = {one.origin: one.why for one in await cursors.list_of_space(reader, shared.space)}
    assert stand == {shared.beta.url: "unreachable", gamma.url: ""}


async def test_what_a_suspended_school_writes_and_erases_comes_through_the_third(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    alpha, beta = shared.alpha, shared.beta
    now_ms = alpha.clock.now_ms()
    async with alpha.context.database.write() as transaction:
        await partners.put_admitted(transaction, beta.url, "hub", "pending", now_ms)
    thread = await forum.start_thread(
        beta.context, shared.bob, shared.space, title="t", text="one", language="en"
    )
    await settle(alpha, beta)
    assert await texts(alpha, shared.space) == []
    gamma.clock.advance(seconds=700)
    await settle(alpha, beta, gamma)
    assert await texts(alpha, shared.space) == [["one"]]
    seen = await spaces.find_space(alpha.context, shared.ana, shared.space)
    assert [one.suspended_ms for one in seen.schools if one.origin == beta.url] == [now_ms]
    await forum.erase(beta.context, shared.bob, shared.space, thread)
    gamma.clock.advance(seconds=700)
    await settle(beta, gamma)
    gamma.clock.advance(seconds=700)
    await settle(alpha, gamma)
    assert await texts(alpha, shared.space) == [[""]]


async def test_bytes_that_one_school_damaged_come_from_the_third(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    await publish(shared, PDF, Said("Plan.pdf", "", "CC0-1.0", "en"))
    await settle(shared.alpha, gamma)
    (file,) = await files_at(shared.alpha, shared.space)
    assert await bytes_at(gamma, shared.space, file.sha256) == PDF
    shared.alpha.context.shelf.place_of(file.sha256).write_bytes(b"%PDF-" + bytes(len(PDF) - 5))
    await settle(shared.alpha, shared.beta, gamma)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == PDF
