"""Votes and acknowledgements travel page by page, however many there are."""

from node.actions import replica, serve_space, votes
from node.actions.steering import MAX_VOTE_PAGES
from node.storage import control, spaces
from protocol.space import writing
from protocol.space.operation import Operation
from protocol.space.succession import MAX_EPOCHS_AHEAD, MAX_VOTES_AN_EPOCH, Vote, sign_vote
from tests.node.spaces.schools import Shared
from tests.node.spaces.speaking import signer_of
from tests.nodes import Node, settle


async def vote_ids(node: Node, space: str) -> list[str]:
    async with node.context.database.read() as reader:
        return [one.id for one in await control.list_votes(reader, space)]


async def test_more_votes_than_a_page_reach_the_other_school(shared: Shared) -> None:
    beta, space = shared.beta, shared.space
    async with beta.context.database.write() as transaction:
        kept = await spaces.get(transaction, space)
        signer = await signer_of(beta, space)
        said = [
            Vote(1, space, kept.node, epoch, kept.node, letter * 42 + "A")
            for epoch in range(1, MAX_EPOCHS_AHEAD)
            for letter in "ABCDEFGH"[:MAX_VOTES_AN_EPOCH]
        ]
        signed = [sign_vote(one, signer) for one in said]
        await votes.count(beta.context, transaction, kept, signed)
        await replica.make_due(beta.context, transaction, space)
    assert len(signed) > 2 * serve_space.MAX_STATEMENTS
    assert 50 * MAX_EPOCHS_AHEAD * MAX_VOTES_AN_EPOCH <= MAX_VOTE_PAGES * serve_space.MAX_STATEMENTS
    await settle(shared.alpha, beta)
    assert await vote_ids(shared.alpha, space) == sorted(one.id for one in signed)
    assert await vote_ids(beta, space) == await vote_ids(shared.alpha, space)


async def test_pages_of_acknowledgements_hold_all_of_them_once(shared: Shared) -> None:
    alpha, space = shared.alpha, shared.space
    for _ in range(3):
        async with alpha.context.database.write() as transaction:
            kept = await spaces.get(transaction, space)
            await replica.append_control(
                alpha.context, transaction, kept, lambda place: writing.policy(place, "live")
            )
        await settle(alpha, shared.beta)
    async with alpha.context.database.read() as reader:
        every = await control.list_evidence(reader, space, space, limit=500)
        assert len(every) == 3
        paged: list[Operation] = []
        while page := await control.list_evidence(
            reader, space, space, beyond=paged[-1].id if paged else "", limit=2
        ):
            assert len(page) <= 2
            paged += page
    assert [one.id for one in paged] == [one.id for one in every]
