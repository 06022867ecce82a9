"""What `schoolgate doctor` says of pupils' reports and of the vault."""

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from node.actions.permission import OPERATOR
from node.classroom import check_up, keeping, safeguarding
from node.clock import Chance
from node.storage import migrate
from node.storage.sealed import Sealer
from node.vault import copy, evidence
from node.vault.vault import COPIED, KEY, RESTORING, SCRATCH
from tests.node.classroom.classes import Twinned
from tests.node.classroom.reported import tell
from tests.node.classroom.works import begin
from tests.nodes import Node

DAY_MS = 86_400_000
OLD = Path(__file__).parents[1] / "vault" / "schema-0004"
PASSPHRASE = "seven quiet storks on a roof"


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


async def test_it_harms_no_backup_of_the_vault_that_is_running(
    twinned: Twinned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, file = twinned.alpha.node, tmp_path / "azul.vault"
    begun, may_go_on = threading.Event(), threading.Event()

    def sealer(out: BinaryIO, passphrase: str, chance: Chance) -> Sealer:
        begun.set()
        may_go_on.wait(20)
        return Sealer(out, passphrase, chance)

    monkeypatch.setattr(copy, "Sealer", sealer)
    beside = alpha.folder.path / f"{alpha.folder.vault.name}{RESTORING}"
    beside.mkdir()
    running = asyncio.create_task(keeping.back_up(alpha.room, OPERATOR, file, PASSPHRASE))
    try:
        await asyncio.to_thread(begun.wait, 20)
        await said(alpha)
        here = alpha.folder.vault
        assert (here / COPIED).is_dir()
        assert (here / SCRATCH).is_file()
        assert beside.is_dir(), "nor a copy that is being put back"
    finally:
        may_go_on.set()
    assert await running > 0
    assert file.is_file()


async def test_it_makes_no_vault_and_no_key_and_brings_none_up_to_date(
    pair: tuple[Node, Node],
) -> None:
    alpha, _ = pair
    here = alpha.folder.vault
    here.rename(here.with_name("vault.old"))
    assert await said(alpha) == []
    assert not here.exists()
    here.mkdir(mode=0o700)
    assert await said(alpha) == []
    assert list(here.iterdir()) == []
    shutil.copytree(OLD, here, dirs_exist_ok=True)
    for one in (here, *here.rglob("*")):
        one.chmod(0o700 if one.is_dir() else 0o600)
    ((state, sentence),) = await said(alpha)
    assert (state, "older version" in sentence) == ("note", True), sentence
    assert migrate.list_copies(here / "vault.sqlite") == {}
    (here / "vault.sqlite").unlink()
    ((state, sentence),) = await said(alpha)
    assert (state, "restore" in sentence) == ("bad", True)
    assert not (here / "vault.sqlite").exists()


async def test_who_may_not_read_the_vault_is_told_so_and_not_to_restore_it(
    twinned: Twinned,
) -> None:
    alpha = twinned.alpha.node
    with as_somebody_else(alpha.context.folder.vault):
        ((state, sentence),) = await said(alpha)
    assert state == "note"
    assert "cannot be looked at by this user" in sentence
    assert "restore" not in sentence


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder to another group")
async def test_root_looks_into_a_vault_that_a_group_shares_and_does_not_close_it(
    twinned: Twinned,
) -> None:
    here = twinned.alpha.node.context.folder.vault
    os.chown(here, 0, 65534)
    here.chmod(0o2770)
    ((state, sentence),) = await said(twinned.alpha.node)
    assert (state, "chmod" in sentence) == ("note", False), sentence
    here.chmod(0o2775)
    ((state, sentence),) = await said(twinned.alpha.node)
    assert (state, "others can read" in sentence) == ("bad", True), sentence


@contextmanager
def as_somebody_else(folder: Path) -> Iterator[None]:
    """Whoever is root is nobody meanwhile; anybody else is kept out like one."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
        return
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(0o700)
