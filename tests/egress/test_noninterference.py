"""What a node sends does not depend on who its pupils are: not one octet of it, nor the order.

Time, chance and keys are the same in each life; of two rosters nothing differs outside the school.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from node.actions import forum, pages, publish, walls
from node.actions.blocks import Said
from node.actions.copies import Change
from node.classroom import (
    copying,
    entry,
    handing_out,
    live,
    pinning,
    reacting,
    release,
    reporting,
    retention,
    roster,
    taking_part,
    working,
)
from node.classroom.pinning import Card
from node.classroom.roster import Newcomer, names_of
from node.vault.pupils import Names
from tests.egress.files import pictured
from tests.egress.people import Class
from tests.egress.streams import Streams
from tests.egress.tap import tapping
from tests.node.spaces.schools import Shared, open_together
from tests.nodes import (
    Node,
    SeededChance,
    VirtualClock,
    free_port,
    make_partners,
    running,
    settle,
)

WRITTEN = ("Storks on the river.", "An otter, and seven swans.", "Where do they sleep?")
TAKE_PART = 2
"""The first so many of a roster."""


@dataclass(frozen=True)
class Roster:
    """A class: what it is called, and who is in it, under which alias."""

    name: str
    pupils: Sequence[tuple[str, Names]]


NOBODY = names_of(display="")
ONE = Roster(
    "5b",
    (
        ("Otter Eins", names_of(display="Mia", given="Mia", family="Nowak", login="mia.n")),
        ("Otter Zwei", NOBODY),
        ("Otter Drei", names_of(display="Tomé Prata")),
    ),
)
OTHER = Roster(
    "8c",
    (
        ("Marder Rot", names_of(display="Ida", given="Ida", family="Berger", login="ida.b")),
        ("Marder Blau", NOBODY),
        ("Marder Grau", names_of(display="Jan Kowal")),
    ),
)
LONGER = Roster(
    "The class of the second floor, behind the library",
    (
        ("Marder Rot", names_of(display="Wolfeschlegelsteinhausen " * 4, login="w" * 60)),
        ("Marder Blau", names_of(display="Xu", given="Xu", family="Li")),
        *((f"Marder {number}", names_of(display=f"Zlatan Z{number}q")) for number in range(40)),
    ),
)
MARKED = Roster("5b", (*ONE.pupils[:TAKE_PART], ("Otter Drei", names_of(display="Swans Seven"))))
"""Somebody is called by words of what is held and never released."""


@dataclass
class Life:
    """Two schools of always the same addresses, and what they say to each other in a life."""

    folder: Path
    patch: pytest.MonkeyPatch
    ports: tuple[int, int]
    lives: Iterator[int] = field(default_factory=count)

    async def of(self, *rosters: Roster, leak: str = "") -> list[bytes]:
        """What goes over each connection, in the order of their beginnings."""
        folder, clock = self.folder / str(next(self.lives)), VirtualClock()
        masters = count()
        self.patch.setattr("node.app.SystemChance", lambda: SeededChance(f"{next(masters)}"))
        async with (
            running("alpha", folder / "a", clock, port=self.ports[0], draw=Streams) as alpha,
            running("beta", folder / "b", clock, port=self.ports[1], draw=Streams) as beta,
        ):
            with tapping(self.patch, alpha, beta) as tap:
                await make_partners(alpha, beta)
                shared = await open_together(alpha, beta)
                await _school_days(shared, rosters, leak)
            return [bytes(one) for one in tap.heard.values()]


async def _school_days(shared: Shared, rosters: Sequence[Roster], leak: str) -> None:
    nodes = (shared.alpha, shared.beta)
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    wall = await walls.make(
        shared.alpha.context, shared.ana, shared.space, title="River", columns=["One", "Two"],
        language="en", audience="members", opened=True,
    )  # fmt: skip
    page = await pages.make(
        shared.alpha.context, shared.ana, shared.space, title="Animals", language="en",
        audience="members", opened=True,
    )  # fmt: skip
    await settle(*nodes)
    for node, teacher, who in zip(nodes, (shared.ana, shared.bob), rosters, strict=True):
        room = node.room
        class_ = await roster.make_class(
            room, teacher, name=who.name, language="en", last_day=date(2027, 7, 31)
        )
        newcomers = [Newcomer(alias, names) for alias, names in who.pupils]
        await roster.add_pupils(room, teacher, class_, newcomers)
        sheet = await handing_out.make_cards(room, teacher, class_)
        cards = {one.alias: one.address.partition("#")[2] for one in sheet.cards}
        pupils = []
        for alias, _ in who.pupils[:TAKE_PART]:
            admission = await entry.sign_in_by_card(room, cards[alias])
            found = await entry.recognise(room, admission.token)
            assert found is not None
            pupils.append(found.pupil)
        await taking_part.choose(room, teacher, shared.space, [one.id for one in pupils])
        await settle(*nodes)
        works = [
            await working.write_reply(
                room, pupils[0], shared.space, thread, text=text, language="en", hand_in=True
            )
            for text in WRITTEN
        ]
        pinned = [
            await pinning.pin(
                room, pupils[1], shared.space, wall, Card(text, "green", 1, "en"), hand_in=True
            )
            for text in WRITTEN
        ]
        added = [
            Change("", (), Said("paragraph", {"text": text}, "en"), new_name(node), new_name(node))
            for text in WRITTEN[:2]
        ]
        copy, _ = [
            await copying.keep(room, pupil, shared.space, page, [one], language="en", hand_in=True)
            for pupil, one in zip(reversed(pupils), added, strict=True)
        ]
        reaction = await reacting.react(
            room, pupils[0], shared.space, thread, "smile", language="en"
        )
        assert reaction is not None
        own = Class(node, teacher, class_, pupils, [], [])
        boats, _ = [
            await pictured(own, shared.space, thread, text, "Boats.jpg", text)
            for text in WRITTEN[:2]
        ]
        assert not await live.pass_on(room, works[0])
        _, held = await release.find_held(room, teacher, works[0])
        if leak:
            await taking_part.rename(room, teacher, shared.space, pupils[0].id, leak)
        await release.release(room, teacher, works[0], version=held.work.version)
        _, card = await release.find_held(room, teacher, pinned[0])
        await release.release(room, teacher, pinned[0], version=card.work.version)
        _, page_of = await release.find_held(room, teacher, copy)
        await release.release(room, teacher, copy, version=page_of.work.version)
        _, sign = await release.find_held(room, teacher, reaction)
        await release.release(room, teacher, reaction, version=sign.work.version)
        _, shown = await release.find_held(room, teacher, boats)
        await release.release(room, teacher, boats, version=shown.work.version)
        _, back = await release.find_held(room, teacher, works[2])
        await release.give_back(room, teacher, works[2], "More of it", version=back.work.version)
        await settle(*nodes)
        # Who reports it, and in which words, differs with the roster.
        who_says = pupils[len(who.name) % TAKE_PART]
        item = wall if node is shared.alpha else thread
        await reporting.report(
            room, who_says, shared.space, item, reason="hate", words=f"It was {who.pupils[0][0]}"
        )
        await settle(*nodes)
        shared.alpha.clock.advance(days=1)
        await settle(*nodes)
    await roster.remove_pupil(
        shared.alpha.room, shared.ana, *await _first_of(shared.alpha, shared), erase=True
    )
    await settle(*nodes)
    shared.alpha.clock.advance(days=400)
    for node in nodes:
        await retention.step(node.room, node.context)
    await settle(*nodes)


def new_name(node: Node) -> str:
    return publish.new_name(node.context)


async def _first_of(node: Node, shared: Shared) -> tuple[int, int]:
    """The class that was made first, and who came first into it."""
    (one,) = await roster.list_classes(node.room, shared.ana)
    opened = await roster.open_class(node.room, shared.ana, one.class_.id)
    return one.class_.id, min(known.pupil.id for known in opened.known)


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    return Life(tmp_path, monkeypatch, (free_port(), free_port()))


async def test_no_octet_depends_on_who_the_pupils_are(life: Life) -> None:
    heard = await life.of(ONE, OTHER)
    assert await life.of(OTHER, ONE) == heard
    assert await life.of(LONGER, LONGER) == heard, "nor on how many there are"
    assert await life.of(MARKED, MARKED) == heard, "nor on what the check marked and nobody sent"
    assert await life.of(ONE, OTHER, leak="Fuchs Eins") != heard, "what leaks is seen"
