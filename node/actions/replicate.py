"""Keeping replicas alike: one conversation at a time with each partner, as the heads demand.

Own news are pushed from the partner's cursor without asking first; the digest in the answer says
whether both hold the same. Where they do not, heads are compared and each side's lacks are asked
for and sent: control, then erasures, then content (`protocol.space.sync`). What a partner answers
is judged as what it brings. A conversation that fails is tried again for ever, 30 s to 6 h later.
"""

import asyncio
from collections.abc import Sequence

from node import events
from node.actions import (
    acquaint,
    clocks,
    conclude,
    debts,
    duties,
    erase,
    introduce,
    refold,
    renewals,
    retrieve,
    serve_space,
    steering,
    tips,
)
from node.actions.context import Context
from node.actions.ground import Ground, survey_all
from node.actions.talk import Ended, Talk, require_ok
from node.remote.answer import Answer
from node.storage import blobs, control, cursors, erasures, operations, spaces
from node.storage.cursors import Exchange
from protocol import canonical, outbound
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound
from protocol.space import sync
from protocol.space.control import Position
from protocol.space.operation import Operation
from protocol.space.sync import From, Heads, Plan

MAX_ROUNDS = 8
MAX_PAGES = 200
GATHER_S = 20.0
"""How long somebody waits for what other schools have before a school is cut off."""

OF_ONE_LOG = serve_space.LIES | {
    Reason.CLOCK_AHEAD,
    Reason.NOT_ALLOWED,
    Reason.UNKNOWN_KEY,
    Reason.UNKNOWN_HEAD,
    Reason.GAP,
    Reason.TOO_LARGE,
    Reason.OVER_QUOTA,
}
"""Refusals that are about one log: the others go on."""


async def begin(context: Context) -> None:
    """At start: see whether a backup was restored, and compare with every partner."""
    await tips.check(context)
    async with context.database.write() as transaction:
        await clocks.forget(transaction)
        await cursors.put_all_due(transaction, context.now_ms())


async def converse(context: Context, exchange: Exchange) -> None:
    """One conversation with one partner about one space, and when the next one is."""
    for one, ground in await begin_talks(context, [exchange]):
        await conclude.conclude(context, [await talk(context, one, ground)])


async def begin_talks(
    context: Context, exchanges: Sequence[Exchange]
) -> list[tuple[Exchange, Ground]]:
    """What each conversation begins with. A space that cannot be read delays its exchanges only."""
    begun = []
    for one, ground in await survey_all(context, exchanges):
        if isinstance(ground, Exception):
            await conclude.after_defect(context, one, ground)
        else:
            begun.append((one, ground))
    return begun


async def talk(context: Context, exchange: Exchange, ground: Ground) -> Ended:
    """One conversation, and how it ended. A defect delays this exchange and no other."""
    ended: list[Ended] = []
    failed = await conclude.find_failure(_talk(Talk(context, exchange, ground), ended))
    if failed is not None:
        await conclude.after_defect(context, exchange, failed)
        return Ended(exchange, over=True)
    return ended[0]


async def _talk(talk: Talk, ended: list[Ended]) -> None:
    exchange = talk.exchange
    agreed, reached, asked = None, dict[str, Position](), None
    try:
        await _introduce(talk)
        if await _has_parted(talk):
            await debts.settle_after_parting(talk)
            ended.append(Ended(exchange, over=True))
            return
        agreed = await _push_news(talk, reached) or await _compare(talk)
        await debts.settle(talk)
        if agreed is not None:
            await retrieve.retrieve(talk)
        asked = await renewals.tell(talk)
        await acquaint.acquaint(talk)
    except Refused as refused:
        talk.troubles.insert(0, refused)
        agreed = None
    trouble = talk.troubles[0] if talk.troubles and agreed is None else None
    waits = trouble is not None and conclude.waits_for_room(talk)
    ended.append(Ended(exchange, agreed, reached, asked, trouble, waits))


async def _introduce(talk: Talk) -> None:
    partner = talk.ground.partners.get(talk.exchange.origin)
    if partner is not None and partner.introduced != talk.ground.credential:
        await introduce.introduce(talk.context, partner)


async def gather(context: Context, space: str) -> None:
    """Talk with every partner of a space that can be reached now, and wait until that is done."""
    async with context.database.read() as reader:
        exchanges = await cursors.list_of_space(reader, space)
    under_way = [asyncio.create_task(converse(context, one)) for one in exchanges if one.is_member]
    if under_way:
        _, late = await asyncio.wait(under_way, timeout=GATHER_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _has_parted(talk: Talk) -> bool:
    """Whether one of both is no member any more, so that only erasures and receipts are told.

    A school that left still brings its last word, for as long as the other takes it.
    """
    if not talk.exchange.is_member:
        return True
    ended = talk.ground.space.ended
    if ended != "left":
        return bool(ended)
    return (await talk.get("heads")).reason is Reason.NOT_FOUND


async def _push_news(talk: Talk, reached: dict[str, Position]) -> str | None:
    """Send what was written here since the partner's cursor; the digest, if both then agree.

    None where heads have to be compared: nothing new, never talked, erasures to tell, a difference.
    `reached` says how far the partner has come with it.
    """
    agreed_ms, told_ms = talk.exchange.agreed_ms, talk.ground.told_ms
    if agreed_ms is None or (told_ms is not None and told_ms >= agreed_ms):
        return None
    news = await talk.ground.pack(talk.context, talk.exchange.origin)
    if news is None:
        return None
    answer = await _post(talk, news.body)
    if answer is None:
        return None
    events.operations_pushed(talk.space, talk.exchange.origin, news.count)
    reached.update(news.reached)
    mine, theirs = talk.ground.heads.digest, canonical.read_object(answer.body).get("digest")
    return mine if theirs == mine else None


async def _compare(talk: Talk) -> str | None:
    """Compare heads, ask and send until both hold the same; the digest agreed on.

    None where there is more to do than one conversation holds, or where both sides differ and
    neither takes anything more, which is a trouble.
    """
    seen: set[tuple[str, str]] = set()
    talk.troubles.clear()
    for _ in range(MAX_ROUNDS):
        answer = require_ok(await talk.get("heads"))
        theirs = sync.read_heads(canonical.read_object(answer.body), talk.space)
        plan, mine = await _plan(talk, theirs)
        if plan.is_at_rest:
            return mine.digest
        if (mine.digest, theirs.digest) in seen:
            talk.troubles.append(
                Refused(Reason.CONFLICT, "Both sides differ, and neither takes anything more.")
            )
            return None
        seen.add((mine.digest, theirs.digest))
        talk.troubles.clear()
        await _follow(talk, plan, theirs)
    return None


async def _plan(talk: Talk, theirs: Heads) -> tuple[Plan, Heads]:
    """What to do about the difference. How far the partner has own logs is noted down."""
    ids = {one.id for one in theirs.logs.values() if one.id}
    async with talk.context.database.read() as reader:
        space = await spaces.get(reader, talk.space)
        mine = await serve_space.build_heads(reader, space)
        logs = (await operations.list_heads(reader, space.id)).values()
        holds = await operations.list_held(reader, space.id, ids)
        known = await cursors.list_cursors(reader, space.id, talk.exchange.origin)
        settled_here = await control.has_settled(reader, space.id, space.settled, theirs.settled)
    waiting = sync.awaiting(space.state, logs)
    storable = {log for log in theirs.logs if space.state.standing(log) is not None}
    reached = {
        log: one.position
        for log, one in theirs.logs.items()
        if log[2:34] == space.node and one.id in holds
    }
    if any(known.get(log) != position for log, position in reached.items()):
        await _put_cursors(talk, reached)
    plan = sync.compare(mine, theirs, holds, waiting, storable, settled_later=not settled_here)
    return plan, mine


async def _follow(talk: Talk, plan: Plan, theirs: Heads) -> None:
    """Control, then erasures, then content. Of the control log votes come first."""
    if plan.votes:
        await steering.exchange_votes(talk)
    for is_control in (True, False):
        for one in plan.ask:
            if one.log.startswith("k/") is is_control:
                await _pull(talk, one, theirs)
        for one in plan.send:
            if one.log.startswith("k/") is is_control:
                await _push(talk, one)
        if not is_control:
            break
        if plan.acknowledgements:
            await steering.pull_acknowledgements(talk)
        if plan.ask_erasures:
            await _pull_erasures(talk)
        if plan.send_erasures:
            await _push_erasures(talk, plan.send_erasures)
    await steering.pull_unknown(talk)


async def _pull(talk: Talk, wanted: From, theirs: Heads) -> None:
    """Ask for a log until nothing more of it is taken. What is wrong with it is its own trouble."""
    after = wanted.after
    for _ in range(MAX_PAGES):
        page = await _get_page(talk, wanted.log, after)
        if not page:
            return
        try:
            async with talk.context.database.write() as transaction:
                taken = await serve_space.take(talk.context, transaction, talk.space, page)
                head = await operations.find_head(transaction, talk.space, wanted.log)
        except Refused as refused:
            if refused.reason not in OF_ONE_LOG:
                raise
            talk.troubles.append(refused)
            return
        if wanted.log in taken.paused:
            talk.troubles.append(
                Refused(Reason.OVER_QUOTA, "this school has no room left here", log=wanted.log)
            )
        if not taken.stored:
            return
        events.operations_accepted(talk.space, talk.exchange.origin, taken.stored)
        if head.fork is not None:
            talk.context.wake.notify(duties.TOPIC)
        talk.context.wake.notify(blobs.TOPIC)
        talk.context.wake.notify(refold.TOPIC)
        after = (head.seq, head.id)
        if head.fork is not None or head.seq >= theirs.logs[wanted.log].seq:
            return


async def _get_page(talk: Talk, log: str, after: Position) -> list[Operation]:
    seq, id_ = after
    answer = await talk.get(f"logs/{log}?after={seq}&id={id_}&limit={sync.MAX_BATCH_OPERATIONS}")
    if answer.reason is Reason.UNKNOWN_HEAD:
        async with talk.context.database.read() as reader:
            head = await operations.find_head(reader, talk.space, log)
            named = await operations.list_positions(reader, talk.space, log, sync.haves(head.seq))
        haves = ",".join(f"{number}:{name}" for number, name in named)
        answer = await talk.get(f"logs/{log}?haves={haves}&limit={sync.MAX_BATCH_OPERATIONS}")
    return serve_space.read_operations(require_ok(answer).body)


async def _push(talk: Talk, wanted: From) -> None:
    """Send what the partner lacks of a log, in batches, as long as it takes them."""
    after = wanted.after[0]
    for _ in range(MAX_PAGES):
        async with talk.context.database.read() as reader:
            batch = await serve_space.read_page(
                reader, talk.space, wanted.log, after, sync.MAX_BATCH_OPERATIONS
            )
        if not batch or await _send(talk, batch) is None:
            return
        after = batch[-1].header.seq


async def _send(talk: Talk, batch: Sequence[Operation]) -> Answer | None:
    """Send one batch. None where the partner refuses these logs; other refusals are raised."""
    node = talk.ground.space.node
    answer = await _post(talk, outbound.release_operations(talk.context.book, batch, node=node))
    if answer is None:
        return None
    last = {one.header.log: (one.header.seq, one.id) for one in batch if one.header.node == node}
    if last:
        await _put_cursors(talk, last)
    events.operations_pushed(talk.space, talk.exchange.origin, len(batch))
    return answer


async def _post(talk: Talk, body: Outbound) -> Answer | None:
    answer = await talk.post("inbox", body)
    if answer.reason in OF_ONE_LOG:
        talk.troubles.append(Refused(answer.reason, f"the partner answered {answer.status}"))
        return None
    return require_ok(answer)


async def _pull_erasures(talk: Talk) -> None:
    after = 0
    for _ in range(MAX_PAGES):
        answer = require_ok(await talk.get(f"erasures?after={after}"))
        page = serve_space.read_statements(answer.body)
        if not page:
            return
        after += len(page)
        async with talk.context.database.write() as transaction:
            space = await spaces.get(transaction, talk.space)
            known = await erasures.list_known(transaction, space.id, [one.id for one in page])
            fresh = [one for one in page if one.id not in known]
            try:
                await erase.obey(talk.context, transaction, space, fresh)
            except Refused as refused:
                if refused.reason is not Reason.UNKNOWN_KEY:
                    raise
                talk.troubles.append(refused)


async def _push_erasures(talk: Talk, nodes: Sequence[str]) -> None:
    """Send all statements of these nodes, and keep the receipts that come back."""
    async with talk.context.database.read() as reader:
        space = await spaces.get(reader, talk.space)
        statements = await erasures.list_of_nodes(reader, space.id, nodes)
    for start in range(0, len(statements), serve_space.MAX_STATEMENTS):
        page = statements[start : start + serve_space.MAX_STATEMENTS]
        await debts.push_statements(talk, space, page)


async def _put_cursors(talk: Talk, reached: dict[str, Position]) -> None:
    async with talk.context.database.write() as transaction:
        await cursors.put_cursors(transaction, talk.space, [(talk.exchange.origin, reached)])
