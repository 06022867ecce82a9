"""The process that speaks to other machines dies in the middle of a release: what it left, said and
wrote down holds nothing of who a pupil is, and neither does what it does when it is there again."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.demonstration import pupils
from scripts.demonstration.fleet import free_port, wait_until_it_answers
from scripts.demonstration.visitor import Page
from scripts.seeking import find
from tests import pictures
from tests.egress.fleet import files_of
from tests.egress.relay import Relay, relaying
from tests.faults.pairs import Pair, make_pair, wait_until

NAME = "Zqazulgivené Zqazulfamilyé"
ALIAS = "Otter Zqazulaliasé"
HELD, FILE = "Zqazulheldé", "Zqazulfileé"
MOMENTS = ("before it says a word", "as it speaks", "as it is answered")
TOGETHER = pytest.mark.xdist_group("split killed")


@dataclass
class Split:
    """Azul as two processes, and the roads to its door for machines and to the partner's."""

    pair: Pair
    pages: int
    machines: int
    hidden: list[str]
    waiting: list[tuple[str, str]]
    """The addresses of works that wait, with the versions that the teacher saw."""
    here: Relay
    there: Relay
    federation: ForkServerProcess | None = None

    def start(self) -> None:
        school = self.pair.azul.school
        options = ("--role", "federation", "--listen-port", str(self.machines))
        self.federation = school.fork(options)
        wait_until_it_answers(school, self.federation.is_alive)

    def kill(self) -> None:
        assert self.federation is not None
        assert self.federation.pid is not None
        os.kill(self.federation.pid, signal.SIGKILL)

    def is_dead(self) -> bool:
        return self.federation is not None and not self.federation.is_alive()

    def release(self, number: int) -> None:
        address, version = self.waiting[number]
        done = self.pair.azul.post(f"{address}/release", port=self.pages, version=version)
        assert done == 303

    def has_arrived(self, number: int) -> bool:
        return bool(self.pair.vert.texts("SELECT text FROM posts WHERE text = ?", said(number)))

    def require_silence(self) -> None:
        azul, vert = (side.school.folder for side in self.pair.sides)
        assert (azul / "log").stat().st_size > 0
        assert find(files_of(azul, without="vault"), self.hidden) == []
        assert find(files_of(vert), self.hidden) == []
        assert find(self.here.octets + self.there.octets, self.hidden) == []


def said(number: int) -> str:
    return f"Storks on roof number {number}."


def prepare(pair: Pair) -> tuple[list[str], list[tuple[str, str]]]:
    """What must not be heard, and what is to be released, all of it handed in by a pupil."""
    teacher = pair.azul.visitor
    cards = pupils.print_cards(teacher, pupils.make_class(teacher, "5b", {NAME: ALIAS}))
    pupils.take_part(teacher, pair.space, 1)
    card = cards[ALIAS]
    pupil = pupils.come_in(pair.azul.school.base, card)
    space = urlsplit(pupil.get("/c/home").link("/c/w/")).path
    place = pupil.get(space).link(pair.thread.rpartition("/")[2])
    for number in range(len(MOMENTS)):
        pupils.hand_in(pupil, place, said(number))
    pupils.hand_in(pupil, place, f"I am {NAME}, {HELD}")
    pupils.bring(pupil, space, f"{FILE}.png", pictures.plain("PNG", (90, 60)), f"{NAME}.")
    shown = [teacher.get(link) for link in held(teacher.get("/held"))]
    found = {at: page for page in shown for at in range(len(MOMENTS)) if said(at) in page.words}
    waiting = [version_of(found[at]) for at in range(len(MOMENTS))]
    return [*NAME.split(), ALIAS, HELD, FILE, card.word, card.word.replace(" ", "")], waiting


def held(page: Page) -> list[str]:
    return sorted({urlsplit(link).path for link, _ in page.links if "/held/" in link})


def version_of(page: Page) -> tuple[str, str]:
    address = urlsplit(page.address).path
    fields = page.form(f"{address}/release").fields
    return address, next(value for name, value in fields if name == "version")


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Split]:
    pair = make_pair(tmp_path_factory.mktemp("split"))
    azul, vert = (side.school for side in pair.sides)
    hidden, waiting = prepare(pair)
    pair.settle()
    for school in (azul, vert):
        school.stop()
    pages, machines, elsewhere = (free_port(azul.host) for _ in range(3))
    with ExitStack() as stack:
        here = stack.enter_context(relaying(azul.host, azul.port, machines))
        there = stack.enter_context(relaying(vert.host, vert.port, elsewhere))
        made = Split(pair, pages, machines, hidden, waiting, here, there)
        processes = [
            vert.fork(("--role", "all", "--listen-port", str(elsewhere))),
            azul.fork(("--role", "web", "--listen-port", str(pages))),
        ]
        try:
            made.start()
            wait_until_it_answers(vert, processes[0].is_alive)
            wait_until(
                lambda: pair.azul.post("/login", port=pages) > 0, lambda: "no page ever answered"
            )
            yield made
        finally:
            for one in (*processes, made.federation):
                if one is not None:
                    one.terminate()
                    one.join()


@TOGETHER
@pytest.mark.parametrize("moment", MOMENTS)
def test_a157_a_killed_federation_process_has_told_nobody_who_a_pupil_is(
    split: Split, moment: str
) -> None:
    number = MOMENTS.index(moment)

    def die(is_answer: bool) -> bool:
        if is_answer == (moment == "as it is answered"):
            split.kill()
            return True
        return False

    if moment != MOMENTS[0]:
        split.there.once = die
    split.release(number)
    if moment == MOMENTS[0]:
        split.kill()
    wait_until(split.is_dead, lambda: f"it was not killed {moment}")
    split.require_silence()
    split.start()
    wait_until(lambda: split.has_arrived(number), lambda: "it never arrived")
    split.require_silence()
    heard = split.here.octets + split.there.octets
    assert find(heard, [said(number)]) or number == 0, "the roads are heard"


@TOGETHER
def test_a157_what_the_process_would_say_or_write_is_caught(split: Split) -> None:
    log: Path = split.pair.azul.school.folder / "log"
    kept = log.read_bytes()
    try:
        log.write_bytes(kept + split.hidden[0].encode())
        with pytest.raises(AssertionError):
            split.require_silence()
    finally:
        log.write_bytes(kept)
    split.require_silence()
    split.pair.vert.post("/messages/nobody", text=split.hidden[0])
    wait_until(
        lambda: bool(find(split.here.octets + split.there.octets, split.hidden)),
        lambda: "what goes over the road is not heard",
    )
