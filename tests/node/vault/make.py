"""Makes the vault of the present release: `python -m tests.node.vault.make schema-0003`.

Run it once for a schema of the vault, with the last commit before the next one, and never again:
what matters is that the files were made by that release.
"""

import asyncio
import hashlib
import json
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from node import events
from node.classroom import (
    consents,
    entry,
    own_consents,
    portraits,
    reminders,
    roster,
    safeguarding,
    second_step,
    slips,
    taking_part,
    withdrawing,
)
from node.vault import files, store, works
from node.vault.register import SEALED, TABLES
from node.vault.vault import KEY, Vault
from protocol.errors import Refused
from tests.node.classroom import pupil_files
from tests.node.classroom.archives import archive, take_in, work
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.consenting import agree
from tests.node.classroom.reported import tell
from tests.node.classroom.works import allow, begin, hand_back, hand_in, let_out
from tests.node.spaces.schools import open_together
from tests.nodes import VirtualClock, make_partners, running

HERE = Path(__file__).parent
Described: TypeAlias = dict[str, list[dict[str, object]]]


async def make(target: Path) -> None:
    """Two schools live for a while; the vault of one is kept in the empty folder `target`."""
    clock = VirtualClock()
    with tempfile.TemporaryDirectory() as scratch:
        async with (
            running("alpha", Path(scratch) / "alpha", clock) as alpha,
            running("beta", Path(scratch) / "beta", clock) as beta,
        ):
            await make_partners(alpha, beta)
            twinned = await twin(await open_together(alpha, beta))
            await live(twinned)
            vault = alpha.room.vault
            await vault.database.backup(target / "vault.sqlite")
            shutil.copy(alpha.folder.vault / KEY, target / KEY)
            shutil.copytree(store.folder_of(vault), target / store.FILES)
            expected = {"rows": await describe(vault), "files": await describe_files(vault)}
            (target / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


async def live(twinned: Twinned) -> None:
    """Work of every state and kind, consents, pictures, and a row in every table."""
    room, shared = twinned.alpha.node.room, twinned.shared
    thread = await begin(twinned)
    await hand_in(twinned, thread, "Seven storks, Tomé says.")
    allowed = await hand_in(twinned, thread, "A nova is a star.")
    await taking_part.rename(
        room, shared.ana, shared.space, twinned.alpha.pupils["Koala Orion"].id, "Quiet Heron"
    )
    await allow(twinned, await hand_in(twinned, thread, "Prata is silver."), "Prata")
    await let_out(twinned, allowed)
    await hand_back(twinned, await hand_in(twinned, thread, "Which ones?"), "Write more, please.")
    leaving = await hand_in(twinned, thread, "They fly south.")
    await pupil_files.bring(twinned, hand_in=False)
    waiting = await pupil_files.bring(twinned, "Nest.jpg")
    await pupil_files.mend(twinned, waiting, name="The nest", alt="A nest.")
    await pupil_files.bring(twinned, "List.txt", b"Storks: 7.")
    await let_out(twinned, await pupil_files.bring(twinned, "River.jpg"))
    await consents.choose_decides(room, shared.ana, twinned.alpha.class_, "some")
    await agree(twinned, "Panda Nova", signer="Olga Nowak")
    await agree(twinned, "Koala Orion", said="public", signed_by="pupil")
    await agree(twinned, "Tiger Vega", said="refused")
    await slips.make_forms(room, shared.ana, shared.space, twinned.alpha.class_)
    shown = (await pupil_files.find(twinned, waiting)).object
    numbers = {alias: one.id for alias, one in twinned.alpha.pupils.items()}
    await portraits.mark(room, shared.ana, shared.space, shown, [numbers["Panda Nova"]])
    gone = await pupil_files.find(twinned, await pupil_files.bring(twinned, "Two.jpg"))
    marked = [numbers["Panda Nova"], numbers["Tiger Vega"]]
    await portraits.mark(room, shared.ana, shared.space, gone.object, marked)
    await roster.remove_pupil(
        room, shared.ana, twinned.alpha.class_, numbers["Tiger Vega"], erase=False
    )
    twinned.alpha.node.clock.advance(days=6)
    await reminders.step(room, _letter, room.context)
    async with room.vault.write() as unit:
        await works.put_state(unit, leaving, "leaving")
    card = twinned.alpha.cards["Panda Nova"]
    await entry.sign_in_by_card(room, card.address.partition("#")[2])
    opened = await roster.open_class(room, shared.ana, twinned.alpha.class_)
    await take_in(twinned, archive(work(), work("Cranes.")), pupil="Panda Nova")
    await own_consents.mark(room, shared.ana, twinned.alpha.class_, [numbers["Koala Orion"]])
    await tell(twinned, thread)
    greta = await shared.alpha.account("greta", "Greta Guard", roles="safeguarding")
    (reported,) = await safeguarding.list_evidence(room, greta)
    await safeguarding.extend(room, greta, reported.evidence.id, "It is not decided yet.")
    await grow_older(twinned, allowed)
    with suppress(Refused):
        await entry.sign_in_by_word(room, opened.class_.code, card.alias, "wrong")


async def grow_older(twinned: Twinned, released: int) -> None:
    """The class becomes one of older pupils: one takes back what was released, chooses pictures,
    and taps others the next time."""
    room, alpha = twinned.alpha.node.room, twinned.alpha
    await second_step.choose_entry(
        room, alpha.teacher, alpha.class_, style="plain", second_step="asked"
    )
    await withdrawing.withdraw(room, alpha.pupils["Panda Nova"], released)
    card = alpha.cards["Panda Nova"].address.partition("#")[2]
    halfway = await entry.sign_in_by_card(room, card)
    await second_step.choose_pictures(room, halfway.token, ("cat", "sun", "star"))
    halfway = await entry.sign_in_by_card(room, card)
    with suppress(Refused):
        await second_step.show(room, halfway.token, "sun cat star")


def _letter(tag: str, school: str, url: str, many: int) -> tuple[str, str]:
    return f"{school} {tag}", f"{url} {many}"


async def describe(vault: Vault) -> Described:
    """Every row of every table, with what is sealed opened."""
    async with vault.read() as view:
        described: Described = {}
        for name, table in TABLES.items():
            if name in ("migrations", "proof"):
                continue
            sealed = [one for one, kind in table.columns.items() if kind in SEALED]
            rows = [dict(row) for row in await view.rows.all(f"SELECT * FROM {name}")]
            for row in rows:
                for one in sealed:
                    row[one] = view.box.open_optional(f"{name}.{one}", row[one])
            described[name] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
        return described


async def describe_files(vault: Vault) -> dict[str, str]:
    """The hash of the opened bytes of every file that a row names."""
    async with vault.read() as view:
        kept = sorted(await files.list_kept(view))
    found = {}
    for name in kept:
        with store.opened(vault, name) as stream:
            found[name] = hashlib.sha256(stream.read()).hexdigest()
    return found


if __name__ == "__main__":
    events.silence()
    chosen = HERE / sys.argv[1]
    chosen.mkdir()
    asyncio.run(make(chosen))
