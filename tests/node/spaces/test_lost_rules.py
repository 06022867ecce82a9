"""Words of a lost branch that come back late: what is newer, and what was erased, stays so."""

import pytest

from node.actions import forum, recover, retrieve, tips, trash
from node.actions import spaces as members
from node.storage import lost as lost_words
from node.storage import operations, spaces
from protocol.space.fold.forum import Post
from protocol.space.vocabulary import Role
from tests.node.spaces.schools import Shared, discussions, holds_the_same, texts
from tests.node.spaces.test_recovered import Row, kept, restore, rows_of, say
from tests.nodes import Node, settle

Three = tuple[Shared, Node]


async def the_post(shared: Shared) -> Post:
    (post,) = [one.thread for one in await discussions(shared.beta, shared.space)][:1]
    return post


async def edit(shared: Shared, text: str) -> None:
    post = (await the_post(shared)).reference
    await forum.edit(shared.beta.context, shared.bob, shared.space, post, text=text, language="en")


async def begin(three: Three) -> dict[str, list[Row]]:
    """All have "one", and beta a backup of it; alpha hears nothing for a while."""
    shared, gamma = three
    await say(shared, "one")
    await settle(shared.alpha, shared.beta, gamma)
    backup = await rows_of(shared.beta)
    await shared.alpha.close_doors()
    shared.beta.clock.advance(seconds=5)
    return backup


async def lose(three: Three, backup: dict[str, list[Row]]) -> None:
    """Only gamma, which is away, has what beta said since the backup, which is restored."""
    shared, gamma = three
    alpha, beta = shared.alpha, shared.beta
    await settle(beta, gamma)
    await alpha.open_doors()
    await gamma.close_doors()
    await restore(beta, shared.space, backup)
    beta.clock.advance(seconds=700)
    await settle(alpha, beta)
    assert not (await kept(beta, shared.space)).closed_to_writing


async def meet(three: Three) -> None:
    """Beta has gone on, for longer than what it lost; now gamma is back."""
    shared, gamma = three
    for text in ("four", "five", "six"):
        await say(shared, text)
    await settle(shared.alpha, shared.beta)
    await gamma.open_doors()
    for _ in range(5):
        shared.beta.clock.advance(seconds=7 * 3600)
        await settle(shared.alpha, shared.beta, gamma)
    assert await holds_the_same(shared.alpha, gamma, shared.space)


async def count_payloads(node: Node, word: str) -> int:
    async with node.context.database.read() as reader:
        return await reader.count(
            "SELECT count(*) FROM payloads WHERE instr(payload, $1) > 0", f'"{word}"'
        )


async def test_what_was_erased_meanwhile_is_erased_on_the_lost_branch_too(three: Three) -> None:
    shared, gamma = three
    backup = await begin(three)
    await edit(shared, "secret")
    await lose(three, backup)
    assert await count_payloads(gamma, "secret") == 1
    post = await the_post(shared)
    await forum.erase(shared.beta.context, shared.bob, shared.space, post.reference)
    await meet(three)
    for node in (shared.alpha, shared.beta, gamma):
        assert await count_payloads(node, "secret") == 0
        assert sorted(await texts(node, shared.space)) == [[""], ["five"], ["four"], ["six"]]
    # The loss itself was noticed, and nothing was repeated.
    assert (await kept(shared.beta, shared.space)).said_again == 0


async def test_what_was_said_anew_is_not_displaced_by_older_words(three: Three) -> None:
    shared, gamma = three
    backup = await begin(three)
    await edit(shared, "older")
    await say(shared, "lost")
    await lose(three, backup)
    await edit(shared, "newer")
    await meet(three)
    said = [["five"], ["four"], ["lost"], ["newer"], ["six"]]
    for node in (shared.alpha, shared.beta, gamma):
        assert sorted(await texts(node, shared.space)) == said
    assert await count_payloads(gamma, "older") == 1  # beside the chain
    # What waited in the queue until then would be passed over too.
    async with shared.beta.context.database.write() as transaction:
        sql = "SELECT op FROM payloads WHERE instr(payload, $1) > 0"
        waits = [row["op"] for row in await transaction.all(sql, '"older"')]
        await lost_words.put_all(transaction, shared.space, waits)
    await recover.go_on(shared.beta.context)
    assert ["newer"] in await texts(shared.beta, shared.space)


async def test_of_several_lost_versions_the_last_one_stands(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its repetition counts as said when it was: also where they come one at a time."""
    monkeypatch.setattr(recover, "AT_ONCE", 1)
    shared, gamma = three
    backup = await begin(three)
    for text in ("a", "b", "c"):
        await edit(shared, text)
        shared.beta.clock.advance(seconds=5)
    await lose(three, backup)
    await meet(three)
    for node in (shared.alpha, shared.beta, gamma):
        assert sorted(await texts(node, shared.space)) == [["c"], ["five"], ["four"], ["six"]]


async def test_a_lost_deletion_is_said_again_though_an_earlier_one_was_taken_back(
    three: Three,
) -> None:
    shared, gamma = three
    beta, space = shared.beta, shared.space
    await say(shared, "one")
    post = (await the_post(shared)).reference
    await trash.throw_away(beta.context, shared.bob, space, post)
    beta.clock.advance(seconds=5)
    await trash.restore(beta.context, shared.bob, space, post)
    await settle(shared.alpha, beta, gamma)
    backup = await rows_of(beta)
    await shared.alpha.close_doors()
    beta.clock.advance(seconds=5)
    await trash.throw_away(beta.context, shared.bob, space, post)
    await lose(three, backup)
    await meet(three)
    for node in (shared.alpha, beta, gamma):
        shown = await texts(node, space)
        assert ["one"] not in shown
        assert ["six"] in shown


async def test_words_that_can_be_said_no_more_hold_the_others_up_for_no_time(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recover, "AT_ONCE", 1)
    shared, gamma = three
    beta, space = shared.beta, shared.space
    bea = await beta.account("bea", "Bea Bell")
    async with beta.context.database.write() as transaction:
        row = await spaces.get(transaction, space)
        await members.declare(beta.context, transaction, row, bea, Role.TEACHER)
        alias = await spaces.find_alias(transaction, space, bea.id)
    assert alias is not None
    backup = await begin(three)
    await forum.start_thread(beta.context, bea, space, title="t", text="hers", language="en")
    await say(shared, "lost")
    await lose(three, backup)
    await members.remove_colleague(beta.context, bea, space, alias)
    await meet(three)
    for node in (shared.alpha, beta, gamma):
        assert sorted(await texts(node, space)) == [["five"], ["four"], ["lost"], ["one"], ["six"]]
    assert await beta.count("lost_words") == 1


async def test_what_is_brought_while_nothing_may_be_written_is_kept(three: Three) -> None:
    shared, gamma = three
    beta, space = shared.beta, shared.space
    backup = await begin(three)
    await say(shared, "lost")
    await lose(three, backup)
    await say(shared, "four")
    row = await kept(beta, space)
    async with gamma.context.database.read() as reader:
        log = await operations.list_stored_of_log(reader, space, f"c/{row.node}/0")
        there = await operations.list_by_id(reader, space, log)
    async with beta.context.database.write() as transaction:
        before = await operations.list_stored(transaction, space, log)
        lost = retrieve.own_of(row, [one for one in there if one.id not in before])
        assert lost
        await spaces.put_closed_to_writing(transaction, space, tips.RESTORED)
        closed = await spaces.get(transaction, space)
        assert await recover.say_unsaid(beta.context, transaction, closed, lost) == 0
        found = await operations.list_stored(transaction, space, log)
    assert {one.id for one in lost} <= found.keys()
