"""What of a school's words lies on no chain is given to that school, and to nobody else."""

from node.actions import retrieve, serve_space
from node.storage import lost as lost_words
from node.storage import spaces
from protocol.errors import Reason
from protocol.space import operation, writing
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from tests.node.spaces.schools import Shared
from tests.node.spaces.speaking import get, signer_of
from tests.node.spaces.test_lies import write_and_fork
from tests.nodes import Node, settle


async def ask(asks: Node, answers: Node, space: str) -> list[Operation]:
    answer = await get(asks, answers, f"/spaces/{space}/lost")
    assert answer.status == 200
    return serve_space.read_operations(answer.body)


async def test_lost_words_are_given_to_the_school_that_said_them_and_to_nobody_else(
    shared: Shared, gamma: Node
) -> None:
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await write_and_fork(shared)
    for _ in range(2):
        alpha.clock.advance(seconds=700)
        await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        alphas = next(iter((await spaces.get(reader, space)).state.founders))
        beside = await lost_words.list_beside(reader, space, alphas, limit=99)
    assert beside
    assert [one.id for one in await ask(alpha, beta, space)] == [one.id for one in beside]
    assert all(one.payload for one in await ask(alpha, beta, space))
    assert await ask(beta, alpha, space) == []
    stranger = await get(gamma, alpha, f"/spaces/{space}/lost")
    assert stranger.reason in {Reason.NOT_FOUND, Reason.UNKNOWN_KEY, Reason.NOT_PARTNER}


async def test_only_words_under_the_own_key_are_taken_for_own_ones(shared: Shared) -> None:
    async with shared.alpha.context.database.read() as reader:
        kept = await spaces.get(reader, shared.space)
    place = writing.Place(shared.space, LogHead(f"c/{kept.node}/0"), "", 1)
    header = writing.acknowledge(place)
    ours = operation.write(header, None, await signer_of(shared.alpha, shared.space))
    forged = operation.write(header, None, await signer_of(shared.beta, shared.space))
    assert [one.id for one in retrieve.own_of(kept, [ours])] == [ours.id]
    assert retrieve.own_of(kept, [forged]) == []
