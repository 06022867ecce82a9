"""Schools as processes with people and content, so that every page has something to show.

`azul` and `vert` are the demonstration's schools in the middle of their work; `gone` was a partner
of `azul` and is switched off, so that something waits for it; `fresh` was set up a minute ago.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from scripts.demonstration import journey
from scripts.demonstration.check import Walk
from scripts.demonstration.fleet import Person, School, free_port, set_up_and_start
from scripts.demonstration.people import PROJECT, make_schools
from scripts.demonstration.visitor import Visitor
from tests.forked import ForkedSchool
from tests.journeys.classes import fill_classes, make_guardian
from tests.journeys.hub_scene import fill_hub
from tests.journeys.leftovers import fill_leftovers
from tests.journeys.materials import fill_materials
from tests.journeys.moderation import fill_moderation
from tests.journeys.papers import fill_pages
from tests.journeys.substitutes import fill_substitutes
from tests.journeys.walls import fill_walls

QUICK = {
    "SCHOOLGATE_SIGN_IN__ARGON2_MEMORY_KIB": "8",
    "SCHOOLGATE_SIGN_IN__ARGON2_TIME_COST": "1",
    "SCHOOLGATE_SIGN_IN__FAILURES_PER_ADDRESS": "1000",
    "SCHOOLGATE_LIMITS__FREE_DISK_MIB": "0",
    "SCHOOLGATE_REPLICATION__COALESCE_S": "0.05",
}
ABOUT = (
    "I teach biology and geography to twelve-year-olds.\n\n"
    "We like to measure things outside: water, wind, birds. Looking for a class that writes back."
)
LETTER = (
    "Bom dia, how did the measuring go?\n\nOurs is on https://example.org/rivers for you to read."
)


@dataclass
class BareSchool(ForkedSchool):
    """A node that is left to the browser to be set up; `offered` is the address for it."""

    offered: str = ""

    def set_up(self) -> None:
        words = ["init", "--bare", "--base-url", self.base, "--development"]
        words += ["--listen-host", self.host, "--listen-port", str(self.port)]
        self.offered = self.command(*words).strip()


def bare_school(folder: Path) -> BareSchool:
    """`bare`, which nobody has set up."""
    port = free_port("127.0.0.6")
    return BareSchool("", "", "", "127.0.0.6", port, folder / "bare", ())


def more_schools(folder: Path) -> tuple[ForkedSchool, ForkedSchool]:
    """`gone` and `fresh`, not yet set up."""
    gone = ForkedSchool(
        name="Zespół Szkół nr 3",
        country="PL",
        city="Kraków",
        host="127.0.0.4",
        port=free_port("127.0.0.4"),
        folder=folder / "krakow",
        people=(
            Person("piotr", "Piotr Zieliński", "wawel smok wisla most", "admin"),
            Person("ewa", "Ewa Kowalska", "rynek trebacz okno cisza"),
        ),
    )
    fresh = ForkedSchool(
        name="Δημοτικό Σχολείο Χανίων",
        country="GR",
        city="Χανιά",
        host="127.0.0.5",
        port=free_port("127.0.0.5"),
        folder=folder / "chania",
        people=(Person("eleni", "Ελένη Παπαδάκη", "limani faros elia fos", "admin,teacher"),),
    )
    return gone, fresh


def make_agency(folder: Path) -> ForkedSchool:
    """A hub, not yet set up, whose officers look at each project."""
    return ForkedSchool(
        name="Agência das Escolas",
        country="PT",
        city="Lisboa",
        host="127.0.0.6",
        port=free_port("127.0.0.6"),
        folder=folder / "agencia",
        mode="hub",
        people=(Person("olga", "Olga Neves", "rossio eletrico sardinha mar", "admin"),),
        settings={"SCHOOLGATE_HUB__APPROVE_PROJECTS": "false"},
    )


@dataclass
class Schools:
    """The running schools, who is signed in where, and the addresses that pages are shown at.

    `places` names parts of addresses: `{luc}` is Luc's name at another school, `{space}` a path.
    """

    azul: School
    vert: School
    gone: School
    fresh: School
    agency: School
    bare: BareSchool
    visitors: dict[str, Visitor] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def person(self, handle: str) -> tuple[School, Person]:
        """The school and the sign-in of somebody."""
        for school in (self.azul, self.vert, self.gone, self.fresh, self.agency):
            for one in school.people:
                if one.handle == handle:
                    return school, one
        raise LookupError(f"nobody is called {handle}")

    def visitor(self, handle: str) -> Visitor:
        """A browser without scripts in which that person has signed in."""
        if handle not in self.visitors:
            school, person = self.person(handle)
            self.visitors[handle] = journey.sign_in(school, person)
        return self.visitors[handle]

    @property
    def all(self) -> tuple[School, ...]:
        """Every node, whatever it is for."""
        return (self.azul, self.vert, self.gone, self.fresh, self.agency, self.bare)

    def stop(self) -> None:
        """Stop every process that runs."""
        for school in self.all:
            school.stop()


def make(folder: Path) -> Schools:
    """All of them, not yet set up."""
    azul, vert = make_schools(folder, free_port, ForkedSchool)
    # Nina has an account and has done nothing with it.
    azul.people += (Person("nina", "Nina Sá", "gaivota rede pedra cais"),)
    gone, fresh = more_schools(folder)
    agency, bare = make_agency(folder), bare_school(folder)
    made = Schools(azul, vert, gone, fresh, agency, bare)
    for school in made.all:
        school.settings |= QUICK
    return made


def start(schools: Schools) -> None:
    """Start everything and fill it the way people do: through the pages."""
    walk = Walk(schools.azul, schools.vert)
    set_up_and_start(*schools.all)
    walk.approve_partners()
    walk.sign_in()
    schools.visitors |= walk.visitors
    walk.follow()
    walk.become_contacts()
    walk.write_a_message()
    walk.found_a_project()
    schools.places |= {
        "space": walk.space,
        "luc": f"luc@{schools.vert.address}",
        "ines": f"ines@{schools.vert.address}",
        "claire": f"claire@{schools.vert.address}",
        "ana_far": f"ana@{schools.azul.address}",
        "vert": schools.vert.address,
        "vert_node": _node_of(schools.vert),
        "vert_base": schools.vert.base,
        "gone": schools.gone.address,
        "azul": schools.azul.address,
        "set_up": schools.bare.offered.removeprefix(schools.bare.base),
        "fresh": schools.fresh.address,
        "fresh_base": schools.fresh.base,
    }
    _people(schools)
    _notices(schools)
    _letters(schools)
    _projects(schools)
    _forum(schools)
    fill_moderation(schools.visitor("ana"), schools.visitor("luc"), schools.places)
    fill_materials(schools.visitor("ana"), schools.visitor("luc"), schools.places)
    fill_walls(schools.visitor("ana"), schools.visitor("luc"), schools.places)
    fill_pages(schools.visitor("ana"), schools.visitor("luc"), schools.places)
    fill_leftovers(schools.visitor("ana"), schools.visitor("luc"), schools.places)
    # Before anything is reported: words are asked for where somebody reads them.
    make_guardian(schools.visitor("rosa"), "Tiago")
    fill_classes(schools.visitor("ana"), schools.visitor("luc"), schools.visitors, schools.places)
    _administration(schools)
    fill_hub(schools.visitor, schools.places, schools.agency.base, schools.fresh.address)


def _node_of(school: School) -> str:
    """The id of a school's node, as it tells everybody."""
    found = re.search("[0-9a-f]{32}", Visitor(school.base).get("/.well-known/schoolgate").words)
    assert found
    return found[0]


def _people(schools: Schools) -> None:
    ana, luc = schools.visitor("ana"), schools.visitor("luc")
    ana.send(
        ana.get("/me"),
        "/me",
        role="teacher",
        subjects=["biology", "geography"],
        languages=["pt", "en"],
        age_from="11",
        age_to="14",
        availability="looking_for_partners",
        key_competences=["multilingual", "citizenship"],
        about=ABOUT,
        reach="public",
    )
    journey.publish(ana, "Today the class counted storks: fourteen on one roof.")
    page = ana.get("/people/ana")
    schools.places["update"] = page.link("/delete")
    journey.follow(ana, f"{schools.vert.people[0].handle}@{schools.vert.address}")
    schools.places["azul_school"] = page.link("/schools/")
    schools.places["vert_school"] = ana.get(f"/people/{schools.places['luc']}").link("/schools/")
    journey.publish(luc, "Le Rhône est haut ce matin. Who has a river that is lower?")


def _notices(schools: Schools) -> None:
    ana, luc = schools.visitor("ana"), schools.visitor("luc")
    for visitor, name, place, reach in (
        (ana, "Ana", "notice", "accredited"),
        (luc, "Luc", "far_notice", "public"),
    ):
        page = visitor.send(
            visitor.get("/notices/new"),
            "/notices/new",
            title=f"Who measures the river with {name}?",
            text="Once a month we measure how high the water stands.\n\nWho compares with us?",
            subjects=["geography"],
            countries=["PL", "GR"],
            reach=reach,
        )
        path = urlsplit(page.link("/edit")).path.removesuffix("/edit")
        schools.places[place] = path
    schools.places["luc_notice"] = f"{schools.places['far_notice']}@{schools.vert.address}"


def _letters(schools: Schools) -> None:
    ana, luc, tiago = (schools.visitor(one) for one in ("ana", "luc", "tiago"))
    page = luc.get(f"/messages/{schools.places['ana_far']}")
    luc.send(page, "/messages/", text=LETTER)
    journey.wait_for(ana, f"/messages/{schools.places['luc']}", "Bom dia")
    journey.become_contacts(
        schools.visitor("ines"), f"tiago@{schools.azul.address}", tiago, "Do you teach music?"
    )
    journey.write_message(schools.visitor("ines"), tiago, "A song for you and your class.")
    # This one he does not read: it is counted beside the menu.
    ines = schools.visitor("ines")
    ines.send(
        ines.get(f"/messages/tiago@{schools.azul.address}"), "/messages/", text="And a second"
    )
    profile = journey.find(luc, f"tiago@{schools.azul.address}")
    luc.send(luc.get(profile.link("/contact")), "/contact", note="Would you like to sing with us?")
    journey.wait_for(tiago, "/contacts", "Would you like to sing with us?")
    schools.places["contact_end"] = ana.get("/contacts").link("/contacts/end")


def _projects(schools: Schools) -> None:
    ana, luc = schools.visitor("ana"), schools.visitor("luc")
    schools.places["project"] = _path(ana.get("/projects").link(str(PROJECT["title"])))
    draft: dict[str, str | list[str]] = PROJECT | {
        "title": "Bread of Europe",
        "summary": "What do we eat, and why?",
    }
    form = ana.get("/projects/new")
    ana.send(form, "/projects/new", button="", **draft)
    schools.places["draft"] = _path(ana.get("/projects").link("Bread of Europe"))
    offered: dict[str, str | list[str]] = PROJECT | {
        "title": "Songs of the harbour",
        "summary": "A song from each class.",
    }
    ana.send(form, "/projects/new", button="", **offered)
    schools.places["offered"] = _path(ana.get("/projects").link("Songs of the harbour"))
    page = ana.get(f"{schools.places['offered']}/manage")
    contact = next(value for name, value in page.form("/offer").choices if name == "other")
    ana.send(page, "/offer", other=contact)
    page = journey.wait_for(luc, "/projects", "Songs of the harbour")
    schools.places["received"] = _path(page.link("Songs of the harbour"))


def _forum(schools: Schools) -> None:
    ana = schools.visitor("ana")
    space = schools.places["space"]
    thread = journey.start_thread(ana, space, "Which day suits you?", "We could call on Friday.")
    text = "Ten in Lyon is nine in Aveiro.\n\n- bring the map\n- and a song"
    ana.send(ana.get(thread), thread, text=text)
    page = ana.get(thread)
    schools.places["thread"] = thread
    schools.places["post_edit"] = page.link("/edit")
    schools.places["post_delete"] = page.link("/delete")
    erased = journey.start_thread(ana, space, "Wrong room", "This was meant for somebody else.")
    journey.erase(ana, erased)
    schools.places["erased"] = erased
    ana.send(ana.get(f"{space}/export"), "/export")
    journey.wait_for(ana, f"{space}/export", "Fetch the file")


def _administration(schools: Schools) -> None:
    azul, gone, fresh = schools.azul, schools.gone, schools.fresh
    rosa, tiago = schools.visitor("rosa"), schools.visitor("tiago")
    piotr = schools.visitor("piotr")
    (azul.folder / "keys" / "backup.passphrase").write_text("seven quiet storks on a roof")
    rosa.send(rosa.get("/admin/backups"), "/admin/backups")
    journey.wait_for(rosa, "/admin/backups", "whole")
    journey.approve(azul, rosa, gone, piotr)
    journey.approve(gone, piotr, azul, rosa)
    journey.follow(tiago, f"ewa@{gone.address}")
    gone.stop()
    tiago.send(tiago.get(f"/people/ewa@{gone.address}"), "/unfollow")
    rosa.send(rosa.get("/admin/settings"), "/admin/settings", latitude="40.64", longitude="-8.65")
    rosa.send(rosa.get("/admin/partners"), "/admin/partners", address=fresh.base)
    page = rosa.send(
        rosa.get("/school/staff"),
        "/school/staff",
        name="Vera Pinto",
        handle="vera",
        roles=["teacher"],
    )
    link = next(word for word in page.words.split() if "/invite/" in word)
    schools.places["invite"] = urlsplit(link).path
    listed = [one for one, _ in tiago.get("/safeguarding").links if "/safeguarding/" in one]
    schools.places |= {"case": listed[-1], "told_case": listed[0]}
    make_guardian(schools.visitor("eleni"), "")
    stranger = Visitor(azul.base)
    stranger.send(
        stranger.get("/ask"),
        "/ask",
        name="Hugo Reis",
        handle="hugo",
        password="barco farol ponte neve",
        note="I teach music in 7A and 7B.",
    )
    page = journey.until(
        "an attempt to deliver to the school that is gone",
        lambda: rosa.get("/admin/deliveries"),
        lambda page: "1 attempt" in page.words,
    )
    schools.places["drop"] = page.link("/drop")
    schools.visitors["clara"] = fill_substitutes(rosa, schools.places)
    schools.places["account_end"] = rosa.get("/school/staff").link("/end")


def _path(address: str) -> str:
    return urlsplit(address).path
