"""What three schools write on one page, one on top of the other."""

from dataclasses import dataclass

from node.actions import (
    blocks,
    examine,
    ledger,
    leftovers,
    refold,
)
from node.actions.leftovers import Leftover
from node.storage import accounts
from node.storage import pages as page_rows
from node.storage.accounts import Account
from tests.node.spaces.paper import Paper, begin, said
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle

WORDS = "Anna lives in Mill Lane."


@dataclass
class Joint:
    """A page of three schools; the first one has written a paragraph, which all know."""

    paper: Paper
    gamma: Node
    cleo: Account
    block: str

    @property
    def shared(self) -> Shared:
        return self.paper.shared

    @property
    def space(self) -> str:
        return self.paper.space

    @property
    def nodes(self) -> tuple[Node, Node, Node]:
        return self.shared.alpha, self.shared.beta, self.gamma

    async def settle(self) -> None:
        for node in self.nodes:
            node.clock.advance(seconds=60)
        await settle(*self.nodes)

    async def erase(self) -> None:
        """The first school takes back what it wrote in the paragraph."""
        await blocks.erase_own(self.shared.alpha.context, self.shared.ana, self.space, self.block)

    async def write_on(self, text: str, *, bases: tuple[str, ...] | None = None) -> None:
        """The third school changes what its own node shows, or these versions."""
        async with self.gamma.context.database.read() as reader:
            home, _, name = self.block.partition("/")
            found = await page_rows.find_block(reader, self.space, home, name)
        assert found is not None
        self.gamma.clock.advance(seconds=1)
        await blocks.change(
            self.gamma.context,
            self.cleo,
            self.space,
            self.block,
            said(text),
            bases=found.bases["body"] if bases is None else bases,
        )

    async def of_bob(self) -> list[Leftover]:
        return await leftovers.list_own(
            self.shared.beta.context, self.shared.bob, self.space, limit=9
        )

    async def in_ledger(self) -> list[str]:
        """The schools that the ledger of the first one waits for."""
        found = await ledger.list_of_space(
            self.shared.alpha.context, self.shared.ana, self.space, 1
        )
        return [left.origin for entry in found.entries for left in entry.left]


async def begin_joint(three: tuple[Shared, Node]) -> Joint:
    """The three schools know what the first one wrote."""
    shared, gamma = three
    paper = await begin(shared)
    block = await paper.add("ana", WORDS)
    async with gamma.context.database.read() as reader:
        cleo = await accounts.find_by_handle(reader, "cleo")
    assert cleo is not None
    made = Joint(paper, gamma, cleo, block)
    await made.settle()
    return made


async def kept(node: Node, space: str) -> list[tuple[str, str]]:
    """What the node has found, after seeing that a full fold finds the same."""
    sql = "SELECT op, erased, home, object, node FROM descendants WHERE space = $1 ORDER BY 1, 2"
    async with node.context.database.read() as reader:
        before = [tuple(row) for row in await reader.all(sql, space)]
    await refold.everything(node.context, space)
    async with node.context.database.read() as reader:
        assert [tuple(row) for row in await reader.all(sql, space)] == before
    assert (await examine.examine(node.context, node.admin, space)).troubles == []
    return [(str(op), str(erased)) for op, erased, *_ in before]
