"""`scripts/demo --check`: both journeys on free ports, a line for each step.

First two schools that work without a hub and approve each other by hand, then schools that meet
through hubs (`strangers`).
"""

import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from scripts.demonstration import classes, dumps, journey, photo, pupils, steps
from scripts.demonstration.classes import SampleClass
from scripts.demonstration.fleet import School, free_port, set_up_and_start
from scripts.demonstration.people import PROJECT, make_fleet, make_schools
from scripts.demonstration.steps import Step
from scripts.demonstration.strangers import Strangers
from scripts.demonstration.visitor import Visitor


class Walk:
    """The journey of two approved partners so far: the browsers, what was founded."""

    def __init__(self, azul: School, vert: School) -> None:
        self.azul, self.vert = azul, vert
        self.visitors: dict[str, Visitor] = {}
        self.space = ""
        self.thread = ""
        self.slip = ""
        self.photo = ""
        self.classes: list[SampleClass] = []

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

    def make_a_class(self) -> None:
        class_ = pupils.make_class(self.ana, "5b", {"Mia Nowak": "Badger Nova"})
        cards = pupils.print_cards(self.ana, class_)
        self.visitors["mia"] = pupils.come_in(self.azul.base, cards["Badger Nova"])
        self.classes.append(SampleClass(self.azul, "5b", list(cards.values()), ["Mia Nowak"]))
        pupils.take_part(self.ana, self.space, 1)

    def release_a_reply(self) -> None:
        thread = journey.start_thread(self.luc, self.space, "Birds", "Which birds do you see?")
        journey.wait_for(self.ana, thread, "Which birds do you see?")
        mia = self.visitors["mia"]
        place = mia.get(mia.get("/c/home").link("/c/w/")).link(thread.rpartition("/")[2])
        pupils.hand_in(mia, place, "Storks, says Mia Nowak.")
        held = self.ana.get(self.ana.get("/held").link("/held/"))
        journey.require("cannot be sent" in held.words, "a name was not noticed")
        self.ana.send(held, "/return", note="Leave your name out.")
        work = mia.get(mia.get("/c/works").link("/c/works/"))
        journey.require("Leave your name out." in work.words, "the note did not come back")
        mia.send(work, "/c/works/", button="Hand in", text="Storks on every roof.")
        self.ana.send(self.ana.get(self.ana.get("/held").link("/held/")), "/release")
        seen = journey.wait_for(self.luc, thread, "Storks on every roof.")
        journey.require("Badger" not in seen.words, "the alias of the class has left the school")
        files = [one for one in self.vert.folder.rglob("*") if one.is_file()]
        leaked = [one for one in files if b"Nowak" in one.read_bytes()]
        journey.require(not leaked, f"a pupil's name lies at the partner: {leaked}")

    def release_a_photo(self) -> None:
        mia, octets = self.visitors["mia"], photo.take()
        journey.require(photo.PLACE.encode() in octets, "the photo says no place")
        name = "Mia Nowak at the Vouga.jpg"
        pupils.bring(mia, mia.get("/c/home").link("/c/w/"), name, octets, "Our river at noon.")
        held = self.ana.get(self.ana.get("/held").link("/held/"))
        journey.require("cannot be sent" in held.words, "a name in a file's name was not noticed")
        held = self.ana.send(held, "/mend", name="The Vouga at noon")
        seen = self.ana.download(f"{urlsplit(held.address).path}/bytes")
        pupils.mark(self.ana, held, 1)
        refused = self.ana.send(held, "/release")
        journey.require("consent is missing" in refused.words, "it left without a consent")
        self.slip = pupils.agree(self.ana, self.space)
        self.ana.send(held, "/release")
        page = journey.wait_for(self.luc, f"{self.space}/materials", "The Vouga at noon.webp")
        page = self.luc.get(next(link for link, words in page.links if "The Vouga" in words))
        journey.require("Our river at noon." in page.words, "the description did not come along")
        address = self.photo = urlsplit(page.address).path.replace("/materials/", "/files/")
        journey.require(self.luc.download(address) == seen, "another picture is seen there")
        middle = len(seen) // 2
        for word, words in (
            ("what the photo said", (photo.PLACE.encode(), photo.OWNER.encode(), b"Nowak")),
            ("the photo itself", (seen[:64], seen[middle : middle + 64], seen[-64:])),
        ):
            files = [one for one in self.vert.folder.rglob("*") if one.is_file()]
            leaked = [one for one in files if any(each in one.read_bytes() for each in words)]
            journey.require(not leaked, f"{word} lies at the partner: {leaked}")

    def withdraw_a_consent(self) -> None:
        parent = Visitor(self.azul.base)
        page = parent.get(self.slip)
        journey.require("Consent given" in page.words, f"the slip says {page.words[:300]}")
        journey.require("Mia" not in page.words, "the slip names a pupil")
        page = parent.send(parent.get(f"{self.slip}/withdraw"), "/withdraw")
        journey.require("Consent withdrawn" in page.words, f"withdrawn: {page.words[:300]}")
        status = self.luc.get(self.photo).status
        journey.require(status == 404, f"the photo is answered with {status} at the partner")
        journey.until(
            "the photo's entry to go there",
            lambda: self.luc.get(f"{self.space}/materials"),
            lambda page: page.status == 200 and "The Vouga at noon" not in page.words,
        )

    def search_the_disks(self) -> None:
        dumps.require_unknown(self.classes, (self.azul, self.vert), "Storks on every roof.")

    def back_up(self) -> None:
        self._passphrase.write_text("seven quiet storks on a roof")
        said = self.azul.command("backup", "--to", str(self._copy), *self._with_passphrase)
        journey.require("read back and whole" in said, f"the backup says {said!r}")
        journey.reply(self.ana, self.thread, "Written after the backup.")
        journey.wait_for(self.luc, self.thread, "Written after the backup.")

    def restore(self) -> None:
        self.azul.kill()
        shutil.rmtree(self.azul.folder)
        self.azul.command("restore", str(self._copy), *self._with_passphrase)
        self.azul.start()
        ana = self.azul.people[1]
        self.visitors[ana.handle] = journey.sign_in(self.azul, ana)
        journey.wait_for(self.ana, self.thread, "Written after the backup.")
        # It writes as soon as it knows from a partner all that it had written itself.
        journey.until(
            "a restored school that writes again",
            lambda: self.ana.get(self.thread),
            lambda page: any(self.thread in one.action for one in page.forms),
        )
        journey.reply(self.ana, self.thread, "Written after all was restored.")
        journey.wait_for(self.luc, self.thread, "Written after all was restored.")

    @property
    def _copy(self) -> Path:
        return self.azul.folder.with_suffix(".backup")

    @property
    def _passphrase(self) -> Path:
        return self.azul.folder.with_suffix(".passphrase")

    @property
    def _with_passphrase(self) -> tuple[str, str]:
        return "--passphrase-file", str(self._passphrase)

    def stop(self) -> None:
        for school in (self.azul, self.vert):
            school.stop()


def check() -> int:
    """Walk all steps; 0 when none failed."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-check-") as folder:
        pair = Walk(*make_schools(Path(folder) / "pair", free_port, School))
        strangers = Strangers(make_fleet(Path(folder) / "fleet", free_port, School))
        failed = 0
        try:
            steps.walk(_by_hand(pair), (pair.azul, pair.vert))
            steps.walk(_through_hubs(strangers), strangers.fleet.nodes)
        except steps.Failed:
            failed = 1
        finally:
            pair.stop()
            strangers.stop()
        print(
            f"{len(_by_hand(pair)) + len(_through_hubs(strangers))} steps, {failed} failed",
            flush=True,
        )
        return failed


def _by_hand(walk: Walk) -> list[Step]:
    return [
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
        ("a class is made, its cards are printed, a pupil comes in", walk.make_a_class),
        ("what a pupil writes waits, and is read there under an alias", walk.release_a_reply),
        ("a pupil's photo is mended, released, seen there and not kept", walk.release_a_photo),
        ("a consent is withdrawn by a slip, and the photo is gone there", walk.withdraw_a_consent),
        ("a node is backed up while it runs", walk.back_up),
        ("restored after its disk was lost, it fetches what was said since", walk.restore),
        ("neither disk tells who a pupil is, in whatever writing", walk.search_the_disks),
        ("both stop cleanly", walk.stop),
    ]


def _through_hubs(walk: Strangers) -> list[Step]:
    made: list[SampleClass] = []

    def search() -> None:
        dumps.require_unknown(made, walk.fleet.nodes, classes.let_out(made[0]))

    return [
        *walk.meeting,
        (
            "a class of each school writes; some of it is released",
            lambda: made.extend(classes.fill(walk)),
        ),
        *walk.parting,
        (
            "no school's and no hub's disk tells who a pupil elsewhere is, in whatever writing",
            search,
        ),
        ("all others stop cleanly", walk.stop),
    ]
