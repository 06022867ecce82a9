"""What two members tell each other about the control log besides its operations.

Votes, which only accumulate; the operations by which others acknowledged, where their own place in
a log counts for nothing; and control operations that are known by name only.
"""

from node.actions import absorb, serve_space, votes
from node.actions.talk import Talk, require_ok
from node.storage import control, operations, spaces
from protocol import outbound
from protocol.errors import Reason, Refused
from protocol.space import sync
from protocol.space.succession import open_acknowledgement

MAX_UNKNOWN = 8
MAX_PAGES = 20


async def exchange_votes(talk: Talk) -> None:
    """Both sides hold all votes afterwards."""
    context = talk.context
    answer = require_ok(await talk.get("votes"))
    theirs = serve_space.read_statements(answer.body)
    async with context.database.write() as transaction:
        space = await spaces.get(transaction, talk.space)
        await votes.count(context, transaction, space, theirs)
        kept = await control.list_votes(transaction, space.id)
    known = {one.id for one in theirs}
    lacking = [one.signed for one in kept if one.id not in known]
    for start in range(0, len(lacking), serve_space.MAX_STATEMENTS):
        page = lacking[start : start + serve_space.MAX_STATEMENTS]
        require_ok(await talk.post("votes", outbound.release_statements(context.book, page)))


async def pull_acknowledgements(talk: Talk) -> None:
    """More is settled there, or this node was restored: take the evidence, conclude the same."""
    context = talk.context
    async with context.database.read() as reader:
        settled = (await spaces.get(reader, talk.space)).settled
    answer = require_ok(await talk.get(f"acknowledgements?after={settled}"))
    evidence = serve_space.read_operations(answer.body)
    branches = [one for one in evidence if one.header.is_control]
    evidence = [one for one in evidence if not one.header.is_control]
    async with context.database.write() as transaction:
        space = await spaces.get(transaction, talk.space)
        stored = await operations.list_stored(transaction, space.id, [one.id for one in evidence])
        for one in evidence:
            try:
                said = open_acknowledgement(one, space.state)
            except Refused as refused:
                talk.troubles.append(refused)
                continue
            await control.put_acknowledgement(
                transaction,
                space.id,
                said.node,
                said.control,
                said.id,
                None if one.id in stored else one,
            )
        # Refused are those whose parents lack; they are asked for by name.
        await absorb.absorb(context, transaction, space.id, branches)
        await absorb.steer(context, transaction, space.id)


async def pull_unknown(talk: Talk) -> None:
    """Ask for control operations that somebody named and that have not come by themselves."""
    async with talk.context.database.read() as reader:
        settled = (await spaces.get(reader, talk.space)).settled
        unknown = await control.list_unknown(reader, talk.space, limit=MAX_UNKNOWN)
    for id_ in unknown:
        await _pull_way(talk, id_, settled)


async def _pull_way(talk: Talk, id_: str, after: str) -> None:
    """One control operation with those between it and what is settled here."""
    for _ in range(MAX_PAGES):
        answer = await talk.get(f"ops/{id_}?after={after}")
        if answer.reason is Reason.NOT_FOUND:
            return  # this partner has it no more than this node
        page = serve_space.read_operations(require_ok(answer).body)
        page = page[: sync.MAX_BATCH_OPERATIONS]
        if not page or not all(one.header.is_control for one in page):
            return
        try:
            async with talk.context.database.write() as transaction:
                await serve_space.take(talk.context, transaction, talk.space, page)
        except Refused as refused:
            talk.troubles.append(refused)
            return
        if page[-1].id in {id_, after}:
            return
        after = page[-1].id
