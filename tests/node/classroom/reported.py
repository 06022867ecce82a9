"""What a pupil of alpha reports, and how it stands at both schools."""

from node.classroom import reporting
from node.storage import reports
from node.storage.reports import Report
from node.vault import evidence
from node.vault.evidence import Evidence
from node.vault.pupils import Pupil
from tests.node.classroom.classes import Twinned, sign_in
from tests.nodes import Node, settle

WORDS = "He writes where I live"


async def tell(
    twinned: Twinned,
    item: str,
    *,
    alias: str = "Panda Nova",
    pupil: Pupil | None = None,
    reason: str = "private_data_shown",
) -> None:
    """A pupil reports something, and the letters are on their way."""
    who = pupil or await sign_in(twinned.alpha, alias)
    await reporting.report(
        twinned.alpha.node.room, who, twinned.space, item, reason=reason, words=WORDS
    )
    await settle(twinned.shared.alpha, twinned.shared.beta)


async def listed(node: Node, space: str) -> list[Report]:
    async with node.context.database.read() as reader:
        return await reports.list_of_space(reader, space)


async def shielded(node: Node, space: str) -> frozenset[str]:
    async with node.context.database.read() as reader:
        return await reports.list_shielded(reader, space)


async def sealed(node: Node) -> list[Evidence]:
    async with node.room.vault.read() as view:
        return await evidence.list_all(view)
