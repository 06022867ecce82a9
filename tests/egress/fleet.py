"""The one scenario: two schools of a hub and all that can be done at them, and what was heard.

Every octet on the nodes' sockets, every letter, every line of the log, every page that others than
a school's own people are shown, and what lies on each disk in the end.
"""

import io
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from node import events
from node.actions import backup
from node.actions.permission import OPERATOR
from node.storage import archive
from node.vault.register import SEALED, TABLES, Kind
from scripts.seeking import find
from tests.egress import desks, misspeaking, older, refusing, sending
from tests.egress.commands import PASSPHRASE, type_everything
from tests.egress.ledger import Ledger, keeping_count
from tests.egress.people import tokens_of
from tests.egress.provoking import provoke, release_on_pages
from tests.egress.scenario import part, work_together
from tests.egress.standing import stand_in
from tests.egress.streams import Streams
from tests.egress.tap import tapping_ports
from tests.egress.walking import Heard, speak, walk
from tests.egress.workers import counting_work, fetch_export, leave_work, step_all
from tests.node.postbox import Postbox, postbox
from tests.node.spaces.schools import found_together
from tests.node.vault.make import describe
from tests.node.web.browser import browsing
from tests.nodes import (
    Node,
    SeededChance,
    VirtualClock,
    accredit,
    apply_to,
    free_port,
    make_partners,
    running,
    settle,
)

TELLING = SEALED | {Kind.ALIAS}
"""What of the vault must not be heard outside."""


@dataclass
class Told:
    """What was heard where; `own` and `theirs` are the secrets of alpha and beta."""

    ledger: Ledger
    own: list[str]
    theirs: list[str]
    wire: bytes = b""
    log: bytes = b""
    letters: bytes = b""
    printed: bytes = b""
    unpacked: bytes = b""
    exported: bytes = b""
    refusals: bytes = b""
    """Pages of a school's own people that say why something was refused."""
    heard: Heard = field(default_factory=Heard)
    disks: dict[str, bytes] = field(default_factory=dict)
    dialled: set[str] = field(default_factory=set)
    started: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    """Columns of the vault that hold no token, though they say something."""


async def live(folder: Path, patch: pytest.MonkeyPatch) -> Told:
    """The whole life. Chance is the same in each, and so is the order of the nodes' addresses."""
    clock, log, masters = VirtualClock(), io.StringIO(), count()
    patch.setattr("node.app.SystemChance", lambda: SeededChance(f"{next(masters)}"))
    ports = sorted((free_port() for _ in range(3)), key=str)
    events.silence()
    async with postbox() as box:
        mailing = {
            "SCHOOLGATE_MAIL__HOST": "127.0.0.1",
            "SCHOOLGATE_MAIL__PORT": str(box.port),
            "SCHOOLGATE_MAIL__SECURITY": "none",
            "SCHOOLGATE_MAIL__SENDER": "node@alpha.example",
        }
        with keeping_count(patch) as ledger, counting_work(ledger, patch):
            async with (
                running(
                    "alpha", folder / "alpha", clock, mailing, port=ports[0], draw=Streams
                ) as alpha,
                running("beta", folder / "beta", clock, port=ports[1], draw=Streams) as beta,
                running(
                    "hub", folder / "hub", clock, mode="hub", port=ports[2], draw=Streams
                ) as hub,
            ):
                events.silence(quiet=False)
                events.redirect(log)
                try:
                    told = await _live(ledger, alpha, beta, hub, box, folder, patch)
                finally:
                    events.redirect(None)
                    events.silence()
                told.log = log.getvalue().encode()
                return told


async def _live(
    ledger: Ledger,
    alpha: Node,
    beta: Node,
    hub: Node,
    box: Postbox,
    folder: Path,
    patch: pytest.MonkeyPatch,
) -> Told:
    ports = frozenset({box.port, *(node.listening.port for node in (alpha, beta, hub))})
    with tapping_ports(patch, ports) as tap:
        await make_partners(alpha, beta)
        shared = await found_together(alpha, beta)
        await accredit(hub, alpha)
        await apply_to(hub, beta)
        await alpha.account("rui")
        classes = await work_together(shared)
        told = Told(ledger, tokens_of(alpha), tokens_of(beta))
        async with browsing(alpha, "ana") as ana:
            await desks.sit_down(classes[0], shared.space, ana)
            await older.show_more(classes[0], ana)
            await provoke(classes[0], shared.space, folder, ana)
            await release_on_pages(classes[0], shared.space, ana)
            await older.take_back(classes[0], shared.space, ana)
            await sending.send_by_hand(shared, classes[0], ana)
        await stand_in(shared, classes[0])
        await sending.send_of_office(alpha, beta)
        await desks.seal_own(classes[0], shared.space)
        await desks.escalate(classes[0], shared, hub)
        told.refusals = await refusing.refuse_on_pages(classes[0], shared.space)
        told.untold = await _list_untold(alpha)
        told.heard = await walk(ledger, shared, hub, classes)
        await leave_work(shared)
        await step_all(ledger, alpha, beta, hub)
        told.exported = await fetch_export(shared)
        await settle(alpha, beta, hub)
        told.heard.by_partners += await sending.ask_rightly(shared)
        await part(shared, classes[1])
        await speak(told.heard, beta, alpha, told.heard.values)
        await speak(told.heard, alpha, hub, told.heard.values)
        told.heard.by_partners += await misspeaking.ask_wrongly(shared, hub)
        _, content = await backup.make_now(alpha.context, OPERATOR, PASSPHRASE, folder / "own")
        assert content.files > 2
        printed = await type_everything(ledger, alpha, hub, beta, shared.space, folder)
        await desks.block_at_last(classes[0])
        told.heard.by_partners += await misspeaking.ask_while_blocked(shared)
    archive.unpack(folder / "own", PASSPHRASE, folder / "unpacked")
    told.own += [one for each in classes[:1] for one in each.secrets]
    told.theirs += [one for each in classes[1:] for one in each.secrets]
    told.dialled, told.started = tap.dialled, tap.started
    told.wire, told.printed = tap.octets, printed.encode()
    told.letters = b"\n".join(letter.as_bytes() for _, letter in box.taken)
    told.unpacked = files_of(folder / "unpacked")
    told.disks = {
        "alpha": files_of(alpha.folder.path, without="vault"),
        "beta": files_of(beta.folder.path, without="vault"),
        "hub": files_of(hub.folder.path),
    }
    return told


async def _list_untold(node: Node) -> list[str]:
    """The telling columns of the vault in which no token stands."""
    rows = await describe(node.room.vault)
    tokens = tokens_of(node)
    return [
        f"{table}.{column}"
        for table, said in TABLES.items()
        for column, kind in said.columns.items()
        if kind in TELLING
        and not find("\n".join(str(row[column]) for row in rows[table]).encode(), tokens)
    ]


def files_of(folder: Path, *, without: str = "") -> bytes:
    """All that lies in a folder, names and bytes."""
    found = [one for one in sorted(folder.rglob("*")) if one.is_file()]
    kept = [one for one in found if not without or without not in one.relative_to(folder).parts]
    return b"\n".join(str(one).encode() + b"\n" + one.read_bytes() for one in kept)
