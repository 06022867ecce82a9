"""Three schools write while their connections lose, delay, double, cut and reset what they say."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.demonstration import journey, paper
from scripts.demonstration.visitor import Visitor
from tests.faults.pairs import wait_until
from tests.faults.three import Three, make_three
from tests.named import NamedSchool

SEED = int(os.environ.get("STORM_SEED", "20261126"))
ROUNDS = int(os.environ.get("STORM_ROUNDS", "4"))


class Writer:
    """A teacher who writes in turn in the forum, on pages, on walls, of files and of people."""

    def __init__(self, three: Three, place: int) -> None:
        self.school, self.visitor = three.schools[place], three.teachers[place]
        self.space = three.space
        self.chance = random.Random(f"{SEED} {place}")
        self.thread, self.page, self.wall = "", "", ""
        self.shown: list[tuple[str, str]] = []
        """Addresses, and the words that are to be read there at every school."""

    def begin(self, one: str) -> None:
        """What the others write into as well."""
        self.thread = journey.start_thread(self.visitor, self.space, f"Thread {one}", "Begun.")
        self.page = paper.begin(self.visitor, self.space, f"Page {one}")
        form = self.visitor.get(f"{self.space}/walls/new")
        made = self.visitor.send(form, "/walls/new", title=f"Wall {one}", columns="A\nB")
        self.wall = made.address[len(self.visitor.base) :].partition("?")[0]

    def write(self, other: "Writer", number: int) -> None:
        """One thing of each kind; each was acknowledged when this returns."""
        text = f"{self.school.city} {number}."
        journey.reply(self.visitor, other.thread, text)
        self.shown.append((other.thread, text))
        form = self.visitor.get(f"{other.page}/blocks/new?kind=paragraph")
        added = self.visitor.send(form, "/blocks/new", "", text=f"Block of {text}")
        assert f"Block of {text}" in added.words
        self.shown.append((other.page, f"Block of {text}"))
        said = self.visitor.send(self.visitor.get(other.wall), other.wall, text=f"Card of {text}")
        assert said.status == 200
        self.shown.append((other.wall, f"Card of {text}"))
        octets = self.chance.randbytes(100_000).hex().encode()
        name = f"{self.school.city}-{number}.txt"
        journey.bring_files(self.visitor, self.space, {name: octets}, "")
        self.shown.append((f"{self.space}/materials", name))

    def write_on(self, writers: "list[Writer]") -> None:
        """All rounds."""
        for number in range(ROUNDS):
            self.write(self.chance.choice(writers), number)


def test_three_schools_agree_after_a_storm(tmp_path: Path) -> None:
    print(f"seed {SEED}; again: STORM_SEED={SEED}")
    made = make_three(tmp_path, SEED)
    try:
        weather_a_storm(made)
    finally:
        made.stop()


def weather_a_storm(three: Three) -> None:
    writers = [Writer(three, place) for place in range(3)]
    for place, one in enumerate(writers):
        one.begin(str(place))
    three.settle()
    three.blow(stormy=True)
    with ThreadPoolExecutor() as pool:
        writing = [pool.submit(one.write_on, writers) for one in writers]
        add_colleagues(three)
        for done in writing:
            done.result()
    three.blow(stormy=False)
    three.settle()
    for kind in ("lost", "late", "twice", "request cut", "answer cut", "reset", "answer lost"):
        assert three.happened()[kind] > 0, three.happened()
    assert len({three.heads(one) for one in three.schools}) == 1
    wait_until(lambda: len({str(blobs(one)) for one in three.schools}) == 1, lambda: "files differ")
    assert len(blobs(three.schools[0])) == 3 * ROUNDS
    for school, teacher in zip(three.schools, three.teachers, strict=True):
        require_sound(three, school, teacher, writers)


def add_colleagues(three: Three) -> None:
    """Whoever else teaches at a school comes into the space as well, and one of them leaves."""
    for school, teacher in zip(three.schools, three.teachers, strict=True):
        for person in school.people[2:]:
            page = teacher.get(f"{three.space}/members")
            page = teacher.send(page, "/members", handle=person.handle)
            assert page.status == 200
            assert person.name in page.words


def blobs(school: NamedSchool) -> list[str]:
    """The names of the files that lie at a school whole: their hashes."""
    return sorted(one.parent.name + one.name for one in school.folder.glob("blobs/??/*"))


def require_sound(
    three: Three, school: NamedSchool, teacher: Visitor, writers: list[Writer]
) -> None:
    """Everything acknowledged is shown at this school, posts once; its database is whole."""
    assert three.rows(school, "PRAGMA integrity_check") == [("ok",)]
    assert three.rows(school, "PRAGMA foreign_key_check") == []
    pages: dict[str, str] = {}
    for address, text in [one for writer in writers for one in writer.shown]:
        if address not in pages:
            pages[address] = teacher.get(address).words
        found = pages[address].count(text)
        assert found == 1 if "/forum/" in address else found, (address, text)
    people = teacher.get(f"{three.space}/members").words
    for person in [one for school in three.schools for one in school.people[1:]]:
        assert person.name in people
