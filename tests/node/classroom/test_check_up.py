"""What `schoolgate doctor` says of pupils' reports and of the vault."""

from node.classroom import check_up, safeguarding
from node.vault import evidence
from node.vault.vault import KEY
from tests.node.classroom.classes import Twinned
from tests.node.classroom.reported import tell
from tests.node.classroom.works import begin
from tests.nodes import Node

DAY_MS = 86_400_000


async def said(node: Node) -> list[tuple[str, str]]:
    """All but what is said of copies of the vault."""
    found = await check_up.check_up(node.context)
    return [(one.state, one.sentence) for one in found if "copy of the vault" not in one.sentence]


async def test_it_says_where_nobody_reads_what_pupils_report(twinned: Twinned) -> None:
    alpha = twinned.alpha.node
    ((state, sentence),) = await said(alpha)
    assert (state, "nobody reads what pupils report" in sentence) == ("note", True)
    greta = await alpha.account("greta", roles="safeguarding")
    ((state, sentence),) = await said(alpha)
    assert (state, "nothing that was reported waits in vain" in sentence) == ("ok", True)
    await tell(twinned, await begin(twinned))
    alpha.clock.advance(days=safeguarding.UNOPENED_DAYS + 1)
    ((state, sentence),) = await said(alpha)
    assert (state, "has opened" in sentence) == ("note", True)
    async with alpha.room.vault.write() as unit:
        (kept,) = await evidence.list_all(unit)
        about = unit.box.seal("evidence.about", str(greta.id))
        await unit.change.run("UPDATE evidence SET about = $1 WHERE id = $2", about, kept.id)
    assert any("may not open it" in sentence for _, sentence in await said(alpha))


async def test_a_hub_and_a_school_without_a_vault_hear_nothing_of_it(hub_a: Node) -> None:
    assert await said(hub_a) == []


async def test_a_vault_that_does_not_open_is_bad(twinned: Twinned) -> None:
    alpha = twinned.alpha.node
    (alpha.context.folder.vault / KEY).write_text("A" * 43, encoding="ascii")
    ((state, sentence),) = await said(alpha)
    assert (state, sentence.startswith("vault: ")) == ("bad", True)
