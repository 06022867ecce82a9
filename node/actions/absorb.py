"""Keeps what the space decided: operations and statements are judged, stored and shown at once.

A node's own operations and received ones come through here alike, each batch inside one
transaction, so that a crash leaves all of it or nothing, its views and search rows included.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias, assert_never

from node.actions import load, purge, refold
from node.actions.context import MIB, Context
from node.storage import (
    blobs,
    content_words,
    descendants,
    erasures,
    home_files,
    operations,
    pages,
    payloads,
    purges,
    spaces,
    unfolded,
    views,
)
from node.storage import control as control_rows
from node.storage import exports as export_rows
from node.storage.database import Transaction
from node.storage.spaces import Space
from protocol.space import apply, erasure, recheck
from protocol.space.apply import Judgement
from protocol.space.blobs import named_in
from protocol.space.effects import (
    Effect,
    Erase,
    PutAcknowledgement,
    PutHead,
    PutPayload,
    PutPin,
    PutRole,
    PutState,
    PutVoid,
    StoreOperation,
    StoreStatement,
    Touched,
    Withhold,
)
from protocol.space.erasure import Erasure
from protocol.space.known import KnownSpace, incarnation_before
from protocol.space.log import LogHead
from protocol.space.operation import Operation, Verified
from protocol.space.recheck import Rechecked
from protocol.space.statement import Signed
from protocol.space.succession import parent_of

Others: TypeAlias = (
    PutVoid
    | PutRole
    | PutState
    | PutPin
    | PutAcknowledgement
    | PutPayload
    | Withhold
    | StoreStatement
    | Erase
)


async def absorb(
    context: Context,
    transaction: Transaction,
    space: str,
    batch: Sequence[Operation | Verified],
) -> Judgement:
    """Judge operations of one space and keep what follows. What was refused stands in the answer.

    A space of which nothing is kept yet has its row already, and begins with its genesis. Where
    the batch is large, the content in it is shown soon behind it (`refold`).
    """
    bare = [one.operation if isinstance(one, Verified) else one for one in batch]
    known = await load.load(transaction, space, bare)
    judgement = apply.judge(batch, known, context.now_ms())
    await _keep(context, transaction, space, judgement, refold.put_off(judgement))
    return judgement


async def absorb_erasures(
    context: Context, transaction: Transaction, space: Space, batch: Sequence[Erasure]
) -> Judgement:
    """Keep verified statements, and drop at once whatever they name, from every place it lies."""
    known = KnownSpace(space.id, space.state)
    known.stored = await operations.list_stored(transaction, space.id, erasure.targets_of(batch))
    kept = await erasures.list_known(transaction, space.id, {one.id for one in batch})
    judgement = erasure.judge_erasures(batch, known, kept)
    await _keep(context, transaction, space.id, judgement)
    return judgement


async def steer(context: Context, transaction: Transaction, space: str) -> None:
    """Conclude again who writes the control log and what is settled: votes or acknowledgements
    came."""
    steered = await _steer(context, transaction, space)
    changed = await purge.look_after(context, transaction, space, steered.effects)
    changed |= await _recheck_all(context, transaction, space, steered.also)
    await _show(context, transaction, space, changed, steered.effects)


async def keep_beside(
    context: Context, transaction: Transaction, space: str, kept: Sequence[StoreOperation]
) -> None:
    """Keep own operations that a partner has beside its chains, though nobody else asks for them;
    they count where their branch does after all."""
    await _perform(context, transaction, space, kept)
    logs = sorted({one.operation.header.log for one in kept})
    changed = await _recheck_all(context, transaction, space, logs)
    come = {one.operation.id for one in kept}
    changed |= await descendants.list_paired(transaction, space, come)
    await _show(context, transaction, space, changed, kept)


async def _steer(context: Context, transaction: Transaction, space: str) -> Rechecked:
    kept = await spaces.get(transaction, space)
    tail, stored = await load.load_tail(transaction, kept)
    heads = await operations.list_heads(transaction, space)
    done = recheck.recheck_control(tail, kept.state, heads, stored)
    await _perform(context, transaction, space, done.effects)
    return done


async def _keep(
    context: Context,
    transaction: Transaction,
    space: str,
    judgement: Judgement,
    later: AbstractSet[Touched] = frozenset(),
) -> None:
    changed = judgement.touched - later
    await unfolded.put(transaction, space, later)
    effects = list(judgement.effects)
    await _perform(context, transaction, space, effects)
    logs = list(judgement.recheck)
    if judgement.steers:
        steered = await _steer(context, transaction, space)
        logs += [log for log in steered.also if log not in logs]
        effects += steered.effects
    changed |= await purge.look_after(context, transaction, space, effects)
    changed |= await _recheck_all(context, transaction, space, logs)
    come = {one.operation.id for one in effects if isinstance(one, StoreOperation)}
    changed |= await descendants.list_paired(transaction, space, come)
    await _show(context, transaction, space, changed, effects)
    if changed or later:
        await spaces.put_moved(transaction, space, context.now_ms())


async def _show(
    context: Context,
    transaction: Transaction,
    space: str,
    changed: Iterable[Touched],
    effects: Iterable[Effect],
) -> None:
    """Fold what changed again; where something was erased, leave nothing that was made of it."""
    await refold.objects(transaction, space, sorted(changed))
    if not any(isinstance(effect, Erase) for effect in effects):
        return
    await views.forget_search_remains(transaction)
    await pages.forget_search_remains(transaction)
    await content_words.forget_search_remains(transaction)
    await _take_copies_back(context, transaction, space)
    transaction.wipe()


async def _take_copies_back(context: Context, transaction: Transaction, space: str) -> None:
    """What was carried into a file of the space and lies here still is not to outlive what was
    erased or hidden by a purge."""
    for id_ in await export_rows.take_back(transaction, space):
        context.folder.export_file(id_).unlink(missing_ok=True)


async def _recheck_all(
    context: Context, transaction: Transaction, space: str, logs: Sequence[str]
) -> set[Touched]:
    """Look at whole logs again, and at those that follow from it."""
    pending, changed = list(logs), set[Touched]()
    while pending:
        done = await _recheck(transaction, space, pending.pop(0))
        await _perform(context, transaction, space, done.effects)
        changed |= done.touched
        pending += [log for log in done.also if log not in pending]
    return changed


async def _perform(
    context: Context, transaction: Transaction, space: str, effects: Iterable[Effect]
) -> None:
    """In their order; what is only added, and heads of which the last counts, in one go each."""
    stored: list[StoreOperation] = []
    heads: dict[str, LogHead] = {}
    for effect in effects:
        match effect:
            case StoreOperation():
                stored.append(effect)
            case PutHead(head):
                heads[head.log] = head
            case _:
                await _store(context, transaction, space, stored)
                stored.clear()
                await _perform_one(context, transaction, space, effect)
    await _store(context, transaction, space, stored)
    await operations.put_heads(transaction, space, heads.values())


async def _store(
    context: Context, transaction: Transaction, space: str, stored: Sequence[StoreOperation]
) -> None:
    await operations.put_all(transaction, space, stored, context.now_ms())
    for one in stored:
        header = one.operation.header
        if header.residency == "home" or named_in(header, one.payload):
            await _refer(context, transaction, space, one.operation.operation, one.payload)
        if header.is_control:
            parent = parent_of(header)
            await control_rows.put_in_tree(transaction, space, one.operation.id, parent)


async def _refer(
    context: Context, transaction: Transaction, space: str, one: Operation, payload: str | None
) -> None:
    """Note which bytes a payload names; small ones of other schools are fetched unasked."""
    named, eager_bytes = named_in(one.header, payload), context.settings.files.eager_mib * MIB
    if payload is not None and one.header.residency == "home":
        # What stays at home is asked of nobody: nobody else is told its hash.
        named, eager_bytes = await home_files.list_named(transaction, space, one.header), 0
    if named:
        await blobs.put_references(
            transaction,
            space,
            one.id,
            named,
            eager_bytes=eager_bytes,
            now_ms=context.now_ms(),
        )


async def _perform_one(
    context: Context,
    transaction: Transaction,
    space: str,
    effect: Others,
) -> None:
    match effect:
        case PutVoid(id_, accepted, void):
            await operations.put_void(transaction, space, id_, accepted=accepted, void=void)
        case PutRole(log, pseudonym, role):
            await operations.put_role(transaction, space, log, pseudonym, role)
        case PutState(state):
            await spaces.put_state(transaction, state)
        case PutPin(settled):
            await control_rows.put_pin(transaction, settled)
        case PutAcknowledgement():
            await control_rows.put_acknowledgement(transaction, space, effect)
        case Withhold(node, id_, held):
            await purges.put_withheld(transaction, space, node, id_, held=held)
            if held:
                await _take_copies_back(context, transaction, space)
        case PutPayload(id_, payload):
            await payloads.put(transaction, space, id_, payload)
            late = await operations.get(transaction, space, id_)
            await _refer(context, transaction, space, late, payload)
        case StoreStatement(id_, node, octets, signature, same):
            signed = Signed(octets, signature)
            await erasures.put(transaction, space, id_, node, signed, context.now_ms())
            await descendants.put_same(transaction, space, node, same)
        case Erase(node, id_, statement):
            await _erase(context, transaction, space, node, id_, statement)
        case other:
            assert_never(other)


async def _erase(
    context: Context, transaction: Transaction, space: str, node: str, id_: str, statement: str
) -> None:
    """Drop a payload, and the bytes that no other payload names: before anybody is told."""
    await erasures.put_erased(transaction, space, node, id_, statement)
    if not await payloads.drop(transaction, space, node, id_):
        return
    for sha256 in await blobs.drop_references(transaction, space, id_):
        context.shelf.drop(sha256)
        context.shelf.forget(context.shelf.part_of(space, sha256))
    await home_files.drop_unnamed(transaction, space, id_)


async def _recheck(transaction: Transaction, space: str, log: str) -> Rechecked:
    """Look at a whole log again: something happened to it."""
    kept = await spaces.get(transaction, space)
    entries = await operations.list_stored_of_log(transaction, space, log)
    logs = {log, incarnation_before(log) or log}
    heads = await operations.list_heads(transaction, space, logs)
    roles = await operations.list_roles_of_log(transaction, space, log)
    return recheck.recheck(log, entries, kept.state, heads, roles)
