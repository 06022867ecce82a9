"""What lies at partners of two spaces cannot be joined: who is who in both stays at home.

By ids, aliases, hashes, what files are called, and the order in which everybody came. Texts, and
how a picture looks, can be joined by whoever reads both; the help says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from inspect import signature

import pytest

from node.classroom import bringing, live, release, roster, taking_part
from node.classroom.roster import Newcomer, names_of
from node.storage import contents, views
from node.vault.pupils import Pupil
from node.vault.register import TABLES
from tests import pictures
from tests.node.spaces.bringing import in_pieces
from tests.node.spaces.schools import Shared, open_another, open_together
from tests.nodes import Node, settle

MANY = 8
LETTING_OUT = (release.release, release.find_held, live.pass_on)
LONGEST = 8
"""So many letters in a row of two names are no accident."""


@dataclass(frozen=True)
class Seen:
    """A pupil as a partner sees him in one space: in the order of the rows `at`."""

    pseudonym: str
    alias: str
    at: int
    objects: Sequence[str] = field(default=())
    hashes: Sequence[str] = field(default=())
    called: Sequence[str] = field(default=())


def joined(one: Sequence[Seen], other: Sequence[Seen]) -> set[tuple[str, str, str]]:
    """Whoever looks like the same in two spaces, and by what."""
    found = set()
    for here in one:
        for there in other:
            pair = (here.pseudonym, there.pseudonym)
            if _alike(here.pseudonym, there.pseudonym):
                found.add(("pseudonym", *pair))
            if here.alias.casefold() == there.alias.casefold():
                found.add(("alias", *pair))
            if any(_alike(a, b) for a in here.objects for b in there.objects):
                found.add(("object", *pair))
            if set(here.hashes) & set(there.hashes):
                found.add(("hash", *pair))
            if {name.casefold() for name in here.called} & {
                name.casefold() for name in there.called
            }:
                found.add(("name", *pair))
    return found


def _alike(one: str, other: str) -> bool:
    return any(one[at : at + LONGEST] in other for at in range(len(one) - LONGEST + 1))


def guessed_by_order(one: Sequence[Seen], other: Sequence[Seen], truth: dict[str, str]) -> int:
    """How many are found by the order in which everybody came into both spaces."""
    ordered = [sorted(each, key=lambda seen: seen.at) for each in (one, other)]
    return sum(truth[a.pseudonym] == b.pseudonym for a, b in zip(*ordered, strict=True))


@dataclass
class Twice:
    """A class in two spaces, as the partner has it, who is who, and as it lies at home."""

    one: list[Seen]
    other: list[Seen]
    truth: dict[str, str]
    own_one: list[Seen]
    own_other: list[Seen]


@pytest.fixture
async def twice(pair: tuple[Node, Node]) -> Twice:
    first = await open_together(*pair)
    spaces = [first, await open_another(first, "B" * 21 + "A")]
    alpha, ana = first.alpha, first.ana
    class_ = await roster.make_class(
        alpha.room, ana, name="5b", language="en", last_day=date(2027, 7, 31)
    )
    newcomers = [Newcomer(f"Otter {at}", names_of(display="")) for at in range(MANY)]
    await roster.add_pupils(alpha.room, ana, class_, newcomers)
    pupils = [one.pupil for one in (await roster.open_class(alpha.room, ana, class_)).known]
    photo = pictures.plain("PNG", (300, 200))
    for number, shared in enumerate(spaces):
        await taking_part.choose(alpha.room, ana, shared.space, [one.id for one in pupils])
        for pupil in pupils:
            await _publish(shared, pupil, photo, f"{number} {pupil.alias}")
        await settle(*pair)
    seen = [await _seen(shared.beta, shared) for shared in spaces]
    own = [await _seen(shared.alpha, shared) for shared in spaces]
    async with alpha.room.vault.read() as view:
        rows = [
            await view.rows.all(
                "SELECT pseudonym FROM places WHERE space = $1 ORDER BY pupil", shared.space
            )
            for shared in spaces
        ]
    truth = {a["pseudonym"]: b["pseudonym"] for a, b in zip(*rows, strict=True)}
    return Twice(seen[0], seen[1], truth, own[0], own[1])


async def _publish(shared: Shared, pupil: Pupil, photo: bytes, name: str) -> None:
    """The same photo in each space."""
    room, ana = shared.alpha.room, shared.ana
    work = await bringing.bring(
        room, pupil, shared.space, name=f"{name}.png", language="en", pieces=in_pieces(photo)
    )
    await bringing.describe(
        room, pupil, work, name=name, alt="A river.", language="en", hand_in=True
    )
    _, held = await release.find_held(room, ana, work)
    await release.release(room, ana, work, version=held.work.version)


async def _seen(node: Node, shared: Shared) -> list[Seen]:
    """What a school's database holds of alpha's pupils in a space."""
    async with node.context.database.read() as reader:
        everybody = await views.list_people(reader, shared.space)
        files = await contents.list_files(reader, shared.space)
        bytes_here = await reader.all("SELECT object, sha256 FROM home_files")
    pupils = [one for one in everybody if not one.person]
    hashes = {row["object"]: row["sha256"] for row in bytes_here}
    found = []
    for at, one in enumerate(pupils):
        own = [file for file in files if file.actor == one.pseudonym]
        found.append(
            Seen(
                one.pseudonym,
                one.name,
                at,
                [file.object for file in own],
                [kept for file in own if (kept := file.sha256 or hashes.get(file.object, ""))],
                [file.name for file in own],
            )
        )
    return found


async def test_two_spaces_cannot_be_joined_by_what_lies_at_a_partner(twice: Twice) -> None:
    assert len(twice.one) == len(twice.other) == len(twice.truth) == MANY
    assert all(seen.objects for seen in (*twice.one, *twice.other))
    assert [seen.hashes for seen in (*twice.one, *twice.other) if seen.hashes] == []
    assert joined(twice.one, twice.other) == set()
    assert guessed_by_order(twice.one, twice.other, twice.truth) < MANY / 2


async def test_not_even_the_schools_own_hashes_of_one_photo_join(twice: Twice) -> None:
    assert all(seen.hashes for seen in (*twice.own_one, *twice.own_other))
    assert joined(twice.own_one, twice.own_other) == set()


async def test_what_joins_two_spaces_is_caught(twice: Twice) -> None:
    """A planted join of each kind, by the same look at the same rows."""
    here = twice.one[0]
    (there,) = [one for one in twice.other if one.pseudonym == twice.truth[here.pseudonym]]
    rest = [one for one in twice.other if one is not there]
    planted = {
        "alias": replace(there, alias=here.alias.upper()),
        "pseudonym": replace(there, pseudonym=f"x{here.pseudonym[2:]}"),
        "object": replace(there, objects=[*there.objects, here.objects[0]]),
        "hash": replace(there, hashes=["h"]),
        "name": replace(there, called=[here.called[0].upper()]),
    }
    for by, one in planted.items():
        named = replace(here, hashes=["h"] if by == "hash" else [])
        assert [how for how, _, _ in joined([named, *twice.one[1:]], [*rest, one])] == [by]
    at = {twice.truth[one.pseudonym]: one.at for one in twice.one}
    ordered = [replace(one, at=at[one.pseudonym]) for one in twice.other]
    assert guessed_by_order(twice.one, ordered, twice.truth) == MANY


async def test_a_piece_of_work_belongs_to_one_space_and_goes_to_no_other(twice: Twice) -> None:
    """So there are no two releases of one work whose moments could be compared."""
    objects = [name for seen in (*twice.one, *twice.other) for name in seen.objects]
    assert len(set(objects)) == len(objects) == 2 * MANY
    # An action that lets work out takes the work alone; which space it is for stands in its row.
    taken = {name for one in LETTING_OUT for name in signature(one).parameters}
    assert {one for one in taken if "space" in one} == set()
    assert TABLES["works"].columns.keys() & {"spaces", "also", "copies"} == set()
