"""Six weeks in which one school hears nothing of the others, and all of them go on writing."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import blocks, cards, duties, forum, materials, pages, replica, stewards, walls
from node.actions.blocks import Said
from node.actions.materials import Said as FileSaid
from node.storage import accounts, spaces
from node.storage.accounts import Account
from node.workers import duties as duty_worker
from protocol.space import writing
from tests.node.spaces.bringing import bring
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle

DAY_S = 86_400
VIEWS = {
    "posts": "home, object, kind, thread, op, head, actor, time_ms, standing, text, title",
    "contents": "home, object, kind, op, time_ms, standing, told",
    "pages": "home, object, standing, place, told",
    "page_blocks": "home, object, page, seen, place, octets, told",
    "page_versions": "op, page, object, field, node, actor, time_ms",
    "space_people": "home, pseudonym, role, name, person",
}


@dataclass(frozen=True)
class Writer:
    """Somebody at a school, and what they write in a day."""

    node: Node
    account: Account
    space: str

    async def write(self, word: str, block: str, card: str) -> None:
        """A thread, a file, a new wording of one block and of one card that everybody changes."""
        context, account, space = self.node.context, self.account, self.space
        await forum.start_thread(context, account, space, title=word, text=word, language="en")
        ready = await bring(self.node, account, space, f"{word}.txt", word.encode())
        said = FileSaid(f"{word}.txt", "", "CC0-1.0", "en")
        await materials.publish(context, account, space, [(ready.id, said)])
        async with context.database.read() as reader:
            kept = await spaces.get(reader, space)
            bases = (await blocks.get(reader, kept, block)).bases["body"]
            standing = (await cards.get(reader, kept, card)).bases["face"]
        body = Said("paragraph", {"text": f"{word} says so."}, "en")
        await blocks.change(context, account, space, block, body, bases=bases)
        await cards.write(
            context,
            account,
            space,
            card,
            text=f"{word} on the wall",
            file="",
            colour="yellow",
            language="en",
            bases=standing,
        )


async def views_at(node: Node, space: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that people see of a space at a node."""
    async with node.context.database.read() as reader:
        return {
            table: [
                tuple(row)
                for row in await reader.all(
                    f"SELECT {columns} FROM {table} WHERE space = $1 ORDER BY {columns}", space
                )
            ]
            for table, columns in VIEWS.items()
        }


async def promote(node: Node, handle: str) -> Account:
    async with node.context.database.write() as transaction:
        found = await accounts.find_by_handle(transaction, handle)
        assert found is not None
        await accounts.put_roles(transaction, found.id, found.roles | {"admin"})
        again = await accounts.find_by_handle(transaction, handle)
    assert again is not None
    return again


async def begin(shared: Shared, nodes: Sequence[Node]) -> tuple[str, str]:
    """A page with one block and a wall with one card, at every school."""
    context, account, space = shared.alpha.context, shared.ana, shared.space
    page = await pages.make(
        context, account, space, title="Plan", language="en", audience="members"
    )
    block = await blocks.add(
        context, account, space, page, Said("paragraph", {"text": "We begin."}, "en")
    )
    wall = await walls.make(
        context,
        account,
        space,
        title="Ideas",
        columns=["Ideas", "Done"],
        language="en",
        audience="members",
    )
    card = await cards.add(
        context,
        account,
        space,
        wall,
        text="First",
        file="",
        colour="yellow",
        column=0,
        language="en",
    )
    await settle(*nodes)
    return block, card


async def test_six_weeks_apart_heal_to_one_view_and_lose_nothing(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    alpha, beta, space = shared.alpha, shared.beta, shared.space
    bob, cleo = await promote(beta, "bob"), await promote(gamma, "cleo")
    block, card = await begin(shared, (alpha, beta, gamma))
    ana = Writer(alpha, shared.ana, space)
    others = [Writer(beta, bob, space), Writer(gamma, cleo, space)]
    await alpha.close_doors()
    words = []
    for week in range(6):
        shared.alpha.clock.advance(seconds=7 * DAY_S)
        for writer in (ana, others[week % 2]):
            word = f"{writer.account.handle}-{week}"
            await writer.write(word, block, card)
            words.append(word)
        await settle(beta, gamma)
        for node in (alpha, beta, gamma):
            await duty_worker.step(node.context)
        if week == 2:
            me = (await kept(beta, space)).node
            await stewards.vote(beta.context, bob, space, me)
            await settle(beta, gamma)
            await stewards.vote(gamma.context, cleo, space, me)
            await settle(beta, gamma)
            # The former steward, who has not heard of it, goes on as if nothing had happened.
            async with alpha.context.database.write() as transaction:
                here = await spaces.get(transaction, space)
                await replica.append_control(
                    alpha.context, transaction, here, lambda place: writing.archive(place, {})
                )
                await replica.append_control(
                    alpha.context, transaction, await spaces.get(transaction, space), writing.reopen
                )
    assert (await kept(gamma, space)).state.epoch == 1
    assert (await kept(alpha, space)).state.epoch == 0
    await alpha.open_doors()
    for _ in range(6):
        shared.alpha.clock.advance(seconds=7 * 3600)
        await settle(alpha, beta, gamma)
    seen = await views_at(alpha, space)
    for node in (beta, gamma):
        assert await views_at(node, space) == seen
        assert (await kept(node, space)).state == (await kept(alpha, space)).state
    shown = {row[9] for row in seen["posts"]}
    assert shown >= set(words), "a post is lost"
    told = " ".join(str(row[-1]) for row in seen["contents"])
    assert all(f"{word}.txt" in told for word in words), "a file is lost"
    await look_at_conflicts(alpha, space, block, card)
    await go_on(shared, gamma, others[0])


async def kept(node: Node, space: str) -> spaces.Space:
    async with node.context.database.read() as reader:
        return await spaces.get(reader, space)


async def look_at_conflicts(node: Node, space: str, block: str, card: str) -> None:
    """What both sides changed is shown as two versions, at the block and at the card."""
    async with node.context.database.read() as reader:
        here = await spaces.get(reader, space)
        found = await blocks.get(reader, here, block)
        pinned = await cards.get(reader, here, card)
        versions = await reader.count(
            "SELECT count(*) FROM page_versions WHERE space = $1 AND object = $2",
            space,
            block,
        )
    assert len(found.bases["body"]) == 2
    assert len(pinned.bases["face"]) == 2
    assert versions >= 12


async def go_on(shared: Shared, gamma: Node, writer: Writer) -> None:
    """The new steward steers, and everybody hears of it."""
    async with writer.node.context.database.write() as transaction:
        here = await spaces.get(transaction, writer.space)
        assert await replica.may_steer(writer.node.context, transaction, here)
        await duties.attend(writer.node.context, transaction, writer.space, hasty=True)
    await settle(shared.alpha, shared.beta, gamma)
    heads = {(await kept(node, writer.space)).state.head for node in (shared.alpha, gamma)}
    assert len(heads) == 1
