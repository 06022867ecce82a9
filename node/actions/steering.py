"""What two members tell each other about the control log besides its operations.

Votes, which only accumulate; the operations by which others acknowledged, where their own place in
a log counts for nothing; and control operations that are known by name only.
"""

from collections.abc import Sequence

from node.actions import absorb, serve_space, votes
from node.actions.talk import Talk, require_ok
from node.storage import control, operations, spaces
from protocol import outbound
from protocol.errors import Reason, Refused
from protocol.space import sync
from protocol.space.evidence import open_acknowledgement
from protocol.space.operation import Operation

MAX_UNKNOWN = 8
MAX_PAGES = 20
MAX_VOTE_PAGES = 150
"""As many as fifty schools can fill: eight votes each, for 64 epochs."""


async def exchange_votes(talk: Talk) -> None:
    """Both sides hold all votes afterwards."""
    context = talk.context
    known: dict[str, bytes] = {}
    after = ""
    for _ in range(MAX_VOTE_PAGES):
        answer = require_ok(await talk.get(f"votes?after={after}" if after else "votes"))
        theirs = serve_space.read_statements(answer.body)
        # A page that begins before its place would be asked for again and again.
        if not theirs or min(one.id for one in theirs) <= after:
            break
        known |= {one.id: one.signature for one in theirs}
        after = max(one.id for one in theirs)
        async with context.database.write() as transaction:
            space = await spaces.get(transaction, talk.space)
            await votes.count(context, transaction, space, theirs)
    async with context.database.read() as reader:
        kept = await control.list_votes(reader, talk.space)
    # The same vote may lie here under a newer key of its node.
    lacking = [one.signed for one in kept if known.get(one.id) != one.signed.signature]
    for start in range(0, len(lacking), serve_space.MAX_STATEMENTS):
        page = lacking[start : start + serve_space.MAX_STATEMENTS]
        require_ok(await talk.post("votes", outbound.release_statements(context.book, page)))


async def pull_acknowledgements(talk: Talk) -> None:
    """More is settled there, or this node was restored: take the evidence, conclude the same."""
    async with talk.context.database.read() as reader:
        settled = (await spaces.get(reader, talk.space)).settled
    beyond = ""
    for _ in range(MAX_PAGES):
        more = f"&beyond={beyond}" if beyond else ""
        answer = require_ok(await talk.get(f"acknowledgements?after={settled}{more}"))
        page = serve_space.read_operations(answer.body)
        if not page or min(one.id for one in page) <= beyond:
            return
        await _take_evidence(talk, page)
        beyond = max(one.id for one in page)


async def _take_evidence(talk: Talk, page: Sequence[Operation]) -> None:
    context = talk.context
    branches = [one for one in page if one.header.is_control]
    said = [one for one in page if not one.header.is_control]
    async with context.database.write() as transaction:
        space = await spaces.get(transaction, talk.space)
        stored = await operations.list_stored(transaction, space.id, [one.id for one in said])
        for one in said:
            try:
                effect = open_acknowledgement(one, space.state)
            except Refused as refused:
                talk.troubles.append(refused)
                continue
            beside = None if one.id in stored else one
            await control.put_acknowledgement(transaction, space.id, effect, beside)
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
