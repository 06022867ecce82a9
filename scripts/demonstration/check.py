"""`scripts/demo --check`: the main journey on free ports, a line for each step."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Timer

from scripts.demonstration import journey
from scripts.demonstration.fleet import School, free_port, set_up_and_start
from scripts.demonstration.people import PROJECT, make_schools
from scripts.demonstration.visitor import Visitor

HANG_GUARD_S = 60


class Walk:
    """The journey so far: both schools, the browsers, what was founded."""

    def __init__(self, azul: School, vert: School) -> None:
        self.azul, self.vert = azul, vert
        self.visitors: dict[str, Visitor] = {}
        self.space = ""
        self.thread = ""

    def start(self) -> None:
        set_up_and_start(self.azul, self.vert)

    def approve_partners(self) -> None:
        admins = [journey.sign_in(one, one.people[0]) for one in (self.azul, self.vert)]
        journey.approve(self.azul, admins[0], self.vert, admins[1])
        journey.approve(self.vert, admins[1], self.azul, admins[0])

    def sign_in(self) -> None:
        for school in (self.azul, self.vert):
            for person in school.people[1:]:
                self.visitors[person.handle] = journey.sign_in(school, person)

    @property
    def ana(self) -> Visitor:
        return self.visitors[self.azul.people[1].handle]

    @property
    def luc(self) -> Visitor:
        return self.visitors[self.vert.people[1].handle]

    def follow(self) -> None:
        journey.follow(self.ana, f"{self.vert.people[1].handle}@{self.vert.address}")
        journey.publish(self.luc, "We measured the river today.")
        journey.wait_for(self.ana, "/home", "We measured the river today.")

    def become_contacts(self) -> None:
        address = f"{self.vert.people[1].handle}@{self.vert.address}"
        journey.become_contacts(self.ana, address, self.luc, "Shall we twin our classes?")

    def write_a_message(self) -> None:
        journey.write_message(self.ana, self.luc, "Bonjour Luc, shall we call on Friday?")

    def found_a_project(self) -> None:
        self.space = journey.found_project(self.ana, self.luc, PROJECT).space

    def post_here_see_there(self) -> None:
        self.thread = journey.start_thread(
            self.ana, self.space, "Say hello", "Hello from Aveiro, who are you?"
        )
        journey.wait_for(self.luc, f"{self.space}/forum", "Say hello")
        journey.wait_for(self.luc, self.thread, "Hello from Aveiro")

    def reply_there_see_here(self) -> None:
        journey.reply(self.luc, self.thread, "Bonjour from Lyon, we are 24.")
        journey.wait_for(self.ana, self.thread, "Bonjour from Lyon")

    def write_while_the_other_is_down(self) -> None:
        self.vert.stop()
        journey.reply(self.ana, self.thread, "Written while Lyon slept.")

    def catch_up(self) -> None:
        self.vert.start()
        journey.wait_for(self.luc, self.thread, "Written while Lyon slept.")

    def survive_a_power_cut(self) -> None:
        journey.reply(self.ana, self.thread, "Written just before the power cut.")
        self.azul.kill()
        self.azul.start()
        journey.wait_for(self.ana, self.thread, "Written just before the power cut.")
        journey.wait_for(self.luc, self.thread, "Written just before the power cut.")

    def erase_a_post(self) -> None:
        journey.erase(self.ana, self.thread)
        text = "Written just before the power cut."
        journey.until(
            "the erasure at the other school",
            lambda: self.luc.get(self.thread),
            lambda page: page.status == 200 and text not in page.words,
        )

    def keep_strangers_out(self) -> None:
        stranger = self.visitors[self.vert.people[2].handle]
        for address in (self.space, self.thread):
            page = stranger.get(address)
            journey.require(page.status == 404, f"a stranger gets {page.status} for {address}")

    def stop(self) -> None:
        for school in (self.azul, self.vert):
            school.stop()


def check() -> int:
    """Walk all steps; 0 when none failed."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-check-") as folder:
        azul, vert = make_schools(Path(folder), free_port, School)
        walk = Walk(azul, vert)
        try:
            return _walk(walk)
        finally:
            walk.stop()


def _give_up(walk: Walk) -> None:
    """A step hangs: without its nodes it fails."""
    print(f"FAILED after {HANG_GUARD_S} s: this step hangs", flush=True)
    for school in (walk.azul, walk.vert):
        school.kill()


def _walk(walk: Walk) -> int:
    steps: list[tuple[str, Callable[[], None]]] = [
        ("two schools start, each on its own address", walk.start),
        ("both administrators compare fingerprints and approve", walk.approve_partners),
        ("teachers sign in at both schools", walk.sign_in),
        ("one follows the other and sees an update at home", walk.follow),
        ("an offer of contact is answered with yes", walk.become_contacts),
        ("a message arrives", walk.write_a_message),
        ("a project is offered, accepted, founded; the space opens", walk.found_a_project),
        ("a post here is seen there", walk.post_here_see_there),
        ("a reply there is seen here", walk.reply_there_see_here),
        ("one school stops, the other writes on", walk.write_while_the_other_is_down),
        ("it starts again and catches up by itself", walk.catch_up),
        ("a power cut loses nothing", walk.survive_a_power_cut),
        ("an erased post is gone at both schools", walk.erase_a_post),
        ("whoever is no member sees nothing", walk.keep_strangers_out),
        ("both stop cleanly", walk.stop),
    ]
    failed = 0
    for name, step in steps:
        guard = Timer(HANG_GUARD_S, _give_up, (walk,))
        guard.daemon = True
        guard.start()
        try:
            step()
        except (AssertionError, LookupError, OSError, RuntimeError) as error:
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
            break
        finally:
            guard.cancel()
        print(f"ok {name}", flush=True)
    print(f"{len(steps)} steps, {failed} failed", flush=True)
    return 1 if failed else 0
