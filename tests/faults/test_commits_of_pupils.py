"""A power cut at each commit, of both databases, while a pupil's file is released, or a reply with
its picture."""

import sqlite3
from contextlib import closing
from urllib.parse import quote, urlsplit

from protocol.space.enclosed import picture_of
from scripts.demonstration import journey, pupils
from scripts.demonstration.visitor import Visitor
from tests import pictures
from tests.faults.flows import Flow, die_everywhere
from tests.faults.pairs import Pair, Side, wait_until

PHOTO = pictures.plain("PNG", (90, 60))
NAMES = {"Ada Lovelace": "Otter Nova"}


def work_of(side: Side, number: str) -> tuple[str, str]:
    """The state of a work, and what it is called in the space: as the vault of a node says."""
    file = quote(str(side.school.folder / "vault" / "vault.sqlite"))
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as vault:
        row = vault.execute("SELECT state, object FROM works WHERE id = ?", (number,)).fetchone()
    return str(row[0]), str(row[1])


def waiting_bytes(side: Side) -> int:
    folder = side.school.folder / "vault" / "files"
    return len(list(folder.iterdir())) if folder.is_dir() else 0


class Release(Flow):
    """A teacher lets a pupil's picture out, by the form of the queue."""

    def begin(self) -> None:
        teacher = self.pair.azul.visitor
        card = card_of(self.pair)
        pupil = pupils.come_in(self.pair.azul.school.base, card)
        space = urlsplit(pupil.get("/c/home").link("/c/w/")).path
        before = self._waiting()
        self._hand_in(pupil, space)
        (self.address,) = self._waiting() - before
        self.number = self.address.rpartition("/")[2]
        _, self.object = work_of(self.pair.azul, self.number)
        page = teacher.get(self.address)
        form = page.form(f"{self.address}/release")
        self.version = next(value for name, value in form.fields if name == "version")
        assert self._found(self.pair.azul) == 0

    def _hand_in(self, pupil: Visitor, space: str) -> None:
        pupils.bring(pupil, space, f"{self.name}.png", PHOTO, "A boat.")

    def _waiting(self) -> set[str]:
        page = self.pair.azul.visitor.get("/held")
        return {urlsplit(one).path for one, _ in page.links if "/held/" in one}

    def _found(self, side: Side) -> int:
        return len(side.rows("SELECT 1 FROM contents WHERE object = ?", self.object))

    def act(self) -> None:
        path, version = f"{self.address}/release", self.version
        self.acknowledged = self.pair.azul.post(path, version=version) == 303

    def is_through(self) -> bool:
        return all(self._found(side) for side in self.pair.sides)

    def require_whole(self) -> None:
        here, there = (self._found(side) for side in self.pair.sides)
        assert here == there <= 1
        assert here or not self.acknowledged
        state, _ = work_of(self.pair.azul, self.number)
        assert state == ("released" if here else "held")
        if here:
            wait_until(lambda: not waiting_bytes(self.pair.azul), lambda: "its bytes still wait")
        else:
            # Whoever presses again lets it out once.
            self.act()
            assert self.acknowledged
            wait_until(self.is_through, lambda: f"{self.name} never arrives")


class ReleaseWithPicture(Release):
    """A teacher lets a reply out, and its picture with it."""

    def _hand_in(self, pupil: Visitor, space: str) -> None:
        talk = f"{space}/{thread_of(self.pair).rpartition('/')[2]}"
        photo = {f"{self.name}.png": PHOTO}
        there = pupil.bring(
            pupil.get(talk), talk, photo, "pictures",
            text=f"{self.name} is there.", alt="A boat.", language="en", how="held",
        )  # fmt: skip
        assert "reads it first" in there.words, there.words[:300]

    def _found(self, side: Side) -> int:
        words = side.rows("SELECT 1 FROM posts WHERE object = ?", self.object)
        picture = picture_of(self.object)
        pictures_there = side.rows("SELECT 1 FROM contents WHERE object = ?", picture)
        if side is self.pair.azul:
            assert len(words) == len(pictures_there), "one without the other"
        return min(len(words), len(pictures_there))


_THREADS: dict[str, str] = {}


def thread_of(pair: Pair) -> str:
    """The thread of azul in which its pupil answers."""
    teacher, base = pair.azul.visitor, pair.azul.school.base
    if base not in _THREADS:
        _THREADS[base] = journey.start_thread(teacher, pair.space, "Boats", "Which do you see?")
    return _THREADS[base]


_CARDS: dict[str, pupils.Card] = {}


def card_of(pair: Pair) -> pupils.Card:
    """The card of the one pupil of azul, who takes part in the space."""
    teacher, base = pair.azul.visitor, pair.azul.school.base
    if base not in _CARDS:
        cards = pupils.print_cards(teacher, pupils.make_class(teacher, "5b", NAMES))
        pupils.take_part(teacher, pair.space, len(NAMES))
        (_CARDS[base],) = cards.values()
    return _CARDS[base]


def test_death_at_each_commit_of_a_files_release_leaves_all_or_nothing(pair: Pair) -> None:
    numbers = iter(range(1, 1_000))
    card_of(pair)
    die_everywhere(pair, "azul", lambda _: Release(pair, f"Boat {next(numbers)}"), both_sides=6)


def test_death_at_every_second_commit_of_a_pictured_replys_release_leaves_all_or_nothing(
    pair: Pair,
) -> None:
    numbers = iter(range(1, 1_000))
    card_of(pair)
    thread_of(pair)
    die_everywhere(
        pair,
        "azul",
        lambda _: ReleaseWithPicture(pair, f"Ship {next(numbers)}"),
        both_sides=4,
        every=2,
    )
