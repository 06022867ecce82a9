"""A log that has stopped at a fork: the school goes on in a new one, and nothing is lost."""

from collections.abc import Mapping

import pytest

from node.actions import absorb, forum, recover, refold, replica, replicate
from node.storage import operations, spaces
from node.storage.spaces import Space
from node.workers import duties
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from tests.node.spaces.schools import Shared, discussions, holds_the_same, texts
from tests.node.spaces.speaking import signer_of
from tests.nodes import Node, settle

Three = tuple[Shared, Node]
Row = tuple[str | int | float | bytes | None, ...]
TABLES = ("operations", "payloads", "logs", "posts", "cursors", "acknowledgements", "control_tree")


async def rows_of(node: Node) -> dict[str, list[Row]]:
    async with node.context.database.read() as reader:
        return {
            table: [tuple(row) for row in await reader.all(f"SELECT * FROM {table}")]
            for table in TABLES
        }


async def restore(node: Node, space: str, before: Mapping[str, list[Row]]) -> None:
    """The tables of the space as they were in a backup; the file of tips is gone with the disk."""
    async with node.context.database.write() as transaction:
        await transaction.run("DELETE FROM post_search")
        for table, rows in before.items():
            await transaction.run(f"DELETE FROM {table}")
            if rows:
                places = ", ".join(f"${n + 1}" for n in range(len(rows[0])))
                await transaction.many(f"INSERT INTO {table} VALUES ({places})", rows)
    await refold.everything(node.context, space)
    node.folder.tips_file.unlink(missing_ok=True)
    await replicate.begin(node.context)


async def kept(node: Node, space: str) -> Space:
    async with node.context.database.read() as reader:
        return await spaces.get(reader, space)


async def say(shared: Shared, text: str) -> None:
    await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title=text, text=text, language="en"
    )


@pytest.mark.parametrize("at_once", [recover.AT_ONCE, 1])
async def test_a_restored_node_that_wrote_on_too_early_goes_on_in_a_new_log(
    three: Three, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much was lost, all of it is said again: what is no part of the first portion too."""
    monkeypatch.setattr(recover, "AT_ONCE", at_once)
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await say(shared, "one")
    await settle(alpha, beta, gamma)
    backup = await rows_of(beta)
    await alpha.close_doors()
    for text in ("two", "three", "3 a", "3 b", "3 c"):
        await say(shared, text)
    await settle(beta, gamma)
    await alpha.open_doors()
    await gamma.close_doors()
    await restore(beta, space, backup)
    beta.clock.advance(seconds=700)
    await settle(alpha, beta)
    assert not (await kept(beta, space)).closed_to_writing
    await say(shared, "four")  # alpha had not heard of two and three: this forks the log
    await say(shared, "five")
    (thread,) = [one.thread for one in await discussions(beta, space) if one.thread.text == "five"]
    await forum.edit(beta.context, shared.bob, space, thread.reference, text="six", language="en")
    await settle(alpha, beta)
    await gamma.open_doors()
    for _ in range(4):
        beta.clock.advance(seconds=7 * 3600)
        await settle(alpha, beta, gamma)
    recovered = await kept(beta, space)
    assert recovered.recovered_ms is not None
    assert recovered.said_again == 3
    said = sorted(["one", "two", "three", "3 a", "3 b", "3 c", "four", "six"])
    for node in (alpha, beta, gamma):
        assert sorted(await texts(node, space)) == [[one] for one in said]
    assert await beta.count("lost_words") == 0
    assert await holds_the_same(alpha, gamma, space)
    await say(shared, "nine")
    await settle(alpha, beta, gamma)
    assert ["nine"] in await texts(gamma, space)


@pytest.mark.parametrize(
    ("lost", "written"),
    [(("two", "three"), ("four", "five")), (("two",), ("four", "five", "six"))],
    ids=["as much", "more"],
)
@pytest.mark.parametrize("fixed", [False, True])
async def test_a_restored_node_that_wrote_as_much_as_it_lost_loses_nothing(
    three: Three, lost: tuple[str, ...], written: tuple[str, ...], fixed: bool
) -> None:
    """Whichever branch counts in the end: where the steward meets the other one first it is `fixed`
    that the newer one does, and nobody but gamma has what was lost."""
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await say(shared, "one")
    await settle(alpha, beta, gamma)
    backup = await rows_of(beta)
    await alpha.close_doors()
    for text in lost:
        await say(shared, text)
    await settle(beta, gamma)
    await alpha.open_doors()
    await gamma.close_doors()
    await restore(beta, space, backup)
    beta.clock.advance(seconds=700)
    await settle(alpha, beta)
    for text in written:
        await say(shared, text)
    await settle(alpha, beta)
    await gamma.open_doors()
    if fixed:
        await beta.close_doors()
        for _ in range(2):
            beta.clock.advance(seconds=7 * 3600)
            await settle(alpha, gamma)
        assert (await kept(alpha, space)).state.anchors
        await beta.open_doors()
    for _ in range(5):
        beta.clock.advance(seconds=7 * 3600)
        await settle(alpha, beta, gamma)
    said = sorted(["one", *lost, *written])
    for node in (alpha, beta, gamma):
        assert sorted(await texts(node, space)) == [[one] for one in said]
    assert (await kept(beta, space)).said_again
    assert await holds_the_same(alpha, gamma, space)
    # What is erased afterwards is erased on the branch beside the chain too.
    (again,) = [x.thread for x in await discussions(beta, space) if x.thread.text == lost[0]]
    await forum.erase(beta.context, shared.bob, space, again.reference)
    await settle(alpha, beta, gamma)
    for node in (alpha, beta, gamma):
        async with node.context.database.read() as reader:
            sql = "SELECT count(*) FROM payloads WHERE instr(payload, $1) > 0"
            assert await reader.count(sql, f'"{lost[0]}"') == 0


async def test_nothing_is_written_behind_another_branch_before_the_own_words_are_said_again(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk came back as it was, what the node remembers of itself too. The steward fixes the
    branch that it had heard, before this node comes to go on in a new log."""
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await say(shared, "one")
    await settle(alpha, beta)
    backup, remembered = await rows_of(beta), beta.folder.tips_file.read_bytes()
    await say(shared, "lost")
    await settle(alpha, beta)
    await alpha.close_doors()
    await restore(beta, space, backup)
    beta.folder.tips_file.write_bytes(remembered)
    async with beta.context.database.write() as transaction:
        await transaction.run("UPDATE spaces SET heard = NULL, closed_to_writing = ''")
    await say(shared, "early")
    await alpha.open_doors()

    async def not_yet(*_: object) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr(recover, "recover", not_yet)
        beta.clock.advance(seconds=7 * 3600)
        await settle(alpha, beta)
        assert sorted(await texts(beta, space)) == [["lost"], ["one"]]
        with pytest.raises(Refused, match="lost its last words") as refused:
            await say(shared, "late")
        assert refused.value.reason is Reason.READ_ONLY
        assert await beta.context.wake.wait(replica.DUTIES, 0.1), "nobody goes on in a new log"
    beta.clock.advance(seconds=700)
    await settle(alpha, beta)
    await say(shared, "late")
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert sorted(await texts(node, space)) == [["early"], ["late"], ["lost"], ["one"]]


async def test_a_stranger_with_the_schools_key_does_not_displace_its_words(three: Three) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await say(shared, "one")
    before = await kept(beta, space)
    async with beta.context.database.read() as reader:
        head = await operations.find_head(reader, space, f"c/{before.node}/0")
    signer = await signer_of(beta, space)
    place = writing.Place(space, head, before.state.head[1], beta.clock.now_ms())
    forged = operation.write(writing.acknowledge(place), None, signer)
    await say(shared, "two")
    async with alpha.context.database.write() as transaction:
        await absorb.absorb(alpha.context, transaction, space, [forged])
    for _ in range(3):
        alpha.clock.advance(seconds=700)
        await settle(alpha, beta, gamma)
    for node in (alpha, beta, gamma):
        assert sorted(await texts(node, space)) == [["one"], ["two"]]
    await say(shared, "three")
    await settle(alpha, beta, gamma)
    assert ["three"] in await texts(alpha, space)


async def test_a_node_that_stops_between_a_fork_and_its_recovery_remembers_what_it_wrote(
    shared: Shared,
) -> None:
    """It holds all that it ever wrote, so nothing is missing: its log has only stopped."""
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    await say(shared, "one")
    before = await kept(beta, space)
    async with beta.context.database.read() as reader:
        head = await operations.find_head(reader, space, f"c/{before.node}/0")
    signer = await signer_of(beta, space)
    place = writing.Place(space, head, before.state.head[1], beta.clock.now_ms())
    forged = operation.write(writing.acknowledge(place), None, signer)
    await say(shared, "two")
    for node in (alpha, beta):
        async with node.context.database.write() as transaction:
            await absorb.absorb(node.context, transaction, space, [forged])
    await replicate.begin(beta.context)
    assert not (await kept(beta, space)).closed_to_writing
    for _ in range(3):
        await duties.step(beta.context)
        alpha.clock.advance(seconds=700)
        await settle(alpha, beta)
    for node in (alpha, beta):
        assert sorted(await texts(node, space)) == [["one"], ["two"]]


async def test_the_steward_fixes_the_past_once_a_day(three: Three) -> None:
    shared, gamma = three
    alpha, space = shared.alpha, shared.space
    await say(shared, "one")
    await settle(alpha, shared.beta, gamma)
    assert not (await kept(alpha, space)).state.anchors
    alpha.clock.advance(seconds=25 * 3600)
    await settle(alpha, shared.beta, gamma)
    await duties.step(alpha.context)
    await settle(alpha, shared.beta, gamma)
    fixed = (await kept(gamma, space)).state
    assert len(fixed.anchors) == 3
    alpha.clock.advance(seconds=25 * 3600)
    await settle(alpha, shared.beta, gamma)
    await duties.step(alpha.context)
    assert (await kept(alpha, space)).state.head == fixed.head  # nothing but acknowledgements since


async def test_nothing_is_written_between_a_school_that_is_gone_and_its_removal(
    three: Three,
) -> None:
    shared, gamma = three
    alpha, space = shared.alpha, shared.space
    await gamma.close_doors()
    await say(shared, "one")
    alpha.clock.advance(seconds=25 * 3600)
    await settle(alpha, shared.beta)
    await duties.step(alpha.context)
    assert not (await kept(alpha, space)).state.anchors


async def test_a_hide_is_fixed_at_once(three: Three) -> None:
    shared, gamma = three
    await say(shared, "one")
    await settle(shared.alpha, shared.beta, gamma)
    async with shared.beta.context.database.write() as transaction:
        space = await spaces.get(transaction, shared.space)
        (thread,) = [row["object"] for row in await transaction.all("SELECT object FROM posts")]
        alias = await spaces.find_alias(transaction, shared.space, shared.bob.id)
        assert alias is not None
        await replica.append(
            shared.beta.context,
            transaction,
            space,
            lambda place: writing.hide(place, writing.By(alias), thread, home=space.node),
            None,
        )
    await settle(shared.alpha, shared.beta, gamma)
    assert (await kept(shared.alpha, shared.space)).state.anchors


async def test_what_may_never_leave_is_not_even_kept(shared: Shared) -> None:
    """Else it would stop this school's log at all others for ever."""
    async with shared.beta.context.database.write() as transaction:
        before = await spaces.get(transaction, shared.space)
        alias = await spaces.find_alias(transaction, shared.space, shared.bob.id)
        assert alias is not None
        by = writing.By(alias)
        with pytest.raises(Refused) as refused:
            await replica.append(
                shared.beta.context,
                transaction,
                before,
                lambda place: writing.thread(place, by, "A" * 22),
                operation.payload({"text": "t", "title": "t", "phone": "1"}, "en", bytes(16)),
            )
        assert refused.value.reason is Reason.BAD_SHAPE
        assert await operations.count(transaction, shared.space) == 3
