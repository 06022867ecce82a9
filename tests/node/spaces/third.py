"""A third school that is admitted to a shared space by hand."""

from node.actions import absorb, found, replica, spaces
from node.storage import operations
from node.storage import spaces as space_rows
from protocol.space import consent, operation
from protocol.space.genesis import open_genesis
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.vocabulary import Arguments, Role
from protocol.space.writing import Place
from tests.node.spaces.schools import Shared, holds_the_same
from tests.node.spaces.speaking import signer_of
from tests.nodes import Node, make_partners, settle


async def join(shared: Shared, gamma: Node) -> tuple[Shared, Node]:
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
    invite = consent.sign_invitation(
        shared.space, entry.node, entry.actor, await signer_of(shared.alpha, shared.space)
    )
    acceptance = consent.sign_acceptance(shared.space, entry, signer)
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
