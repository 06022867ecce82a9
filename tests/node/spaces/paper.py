"""One page that two schools write, through the very actions that people use."""

from dataclasses import dataclass

from node.actions import blocks, pages
from node.actions.blocks import Said
from node.storage import pages as rows
from node.storage.accounts import Account
from protocol.space.fold.block import plain
from protocol.space.fold.page import Block, Page
from protocol.space.fold.versions import Version
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle


def said(text: str) -> Said:
    return Said("paragraph", {"text": text}, "en")


@dataclass
class Paper:
    """`ana` writes at alpha, `bob` at beta."""

    shared: Shared
    page: str

    @property
    def space(self) -> str:
        return self.shared.space

    def at(self, who: str) -> tuple[Node, Account]:
        shared = self.shared
        return (shared.alpha, shared.ana) if who == "ana" else (shared.beta, shared.bob)

    async def add(self, who: str, text: str, *, after: str = "") -> str:
        node, account = self.at(who)
        node.clock.advance(seconds=1)
        return await blocks.add(
            node.context, account, self.space, self.page, said(text), after=after
        )

    async def change(
        self, who: str, block: str, text: str, *, bases: tuple[str, ...] | None = None
    ) -> bool:
        """From what stands at his node, unless the form was opened before."""
        node, account = self.at(who)
        node.clock.advance(seconds=1)
        given = (await self.block(who, block)).bases["body"] if bases is None else bases
        return await blocks.change(
            node.context, account, self.space, block, said(text), bases=given
        )

    async def remove(self, who: str, block: str) -> None:
        node, account = self.at(who)
        node.clock.advance(seconds=1)
        given = (await self.block(who, block)).bases["body"]
        await blocks.remove(node.context, account, self.space, block, bases=given)

    async def move(self, who: str, block: str, *, after: str = "") -> None:
        node, account = self.at(who)
        node.clock.advance(seconds=1)
        await blocks.move(node.context, account, self.space, block, after=after)

    async def block(self, who: str, block: str) -> Block:
        node, _ = self.at(who)
        home, _, name = block.partition("/")
        async with node.context.database.read() as reader:
            found = await rows.find_block(reader, self.space, home, name)
        assert found is not None
        return found

    async def shown(self, who: str) -> Page:
        node, _ = self.at(who)
        home, _, name = self.page.partition("/")
        async with node.context.database.read() as reader:
            found = await rows.find_page(reader, self.space, home, name)
        assert found is not None
        return found

    async def blocks(self, who: str) -> list[Block]:
        node, _ = self.at(who)
        async with node.context.database.read() as reader:
            return await rows.list_blocks(reader, self.space, self.page)

    async def texts(self, who: str) -> list[str]:
        return [
            plain(one.body) if one.body is not None else str(one.standing)
            for one in await self.blocks(who)
        ]

    async def versions(self, who: str) -> list[Version]:
        """The latest first."""
        node, _ = self.at(who)
        async with node.context.database.read() as reader:
            return await rows.list_versions(reader, self.space, self.page, limit=100)

    async def search(self, who: str, words: str) -> list[str]:
        node, _ = self.at(who)
        async with node.context.database.read() as reader:
            found = await rows.search_blocks(reader, self.space, words)
        return [plain(one.body) for one in found if one.body is not None]

    async def settle(self) -> None:
        await settle(self.shared.alpha, self.shared.beta)


async def begin(shared: Shared, title: str = "Birds") -> Paper:
    page = await pages.make(
        shared.alpha.context,
        shared.ana,
        shared.space,
        title=title,
        language="en",
        audience="members",
    )
    paper = Paper(shared, page)
    await paper.settle()
    return paper
