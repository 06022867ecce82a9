"""What happens at the hub of the scene: schools, projects, teachers and news at its desk."""

from collections.abc import Callable
from urllib.parse import urlsplit

from scripts.demonstration import journey
from scripts.demonstration.people import PROJECT
from scripts.demonstration.visitor import Visitor

PDF = b"%PDF-1.7\n" + bytes(2_000)
Ask = Callable[[str], Visitor]


def fill_hub(visitor: Ask, places: dict[str, str], hub: str, asking: str) -> None:
    """The hub accredits `azul`, `fresh` waits, and so does a project; it told something."""
    olga, rosa, eleni = (visitor(one) for one in ("olga", "rosa", "eleni"))
    for admin in (rosa, eleni):
        made = olga.send(
            olga.get("/agency"), "/agency/links", label="Schools of the coast", uses="2"
        )
        link = next(word for word in made.words.split() if "/join/" in word)
        places["join"] = link.removeprefix(hub)
        admin.send(
            admin.get("/admin/hub"),
            "/admin/hub",
            link=link,
            register_number="402345",
            reason="Listed in the national register; ask the head.",
        )
        page = admin.get("/admin/hub")
        admin.bring(page, "/admin/hub/documents", {"Register.pdf": PDF})
        if admin is rosa:
            listed = olga.get("/agency/schools")
            places["accredited"] = _path(listed.link("/agency/schools/"))
            shown = olga.get(places["accredited"])
            olga.send(shown, "/accredit", compared="")
            rosa.send(rosa.get("/admin/hub"), "/admin/hub/ask")
    places["asking"] = f"/agency/schools/{asking}"
    olga.send(
        olga.get("/agency/announcements"), "/agency/announcements", text="A course begins in May."
    )
    journey.wait_for(rosa, "/home", "A course begins in May.")
    _ask_about_a_project(visitor, places)
    _ask_about_a_teacher(visitor, places)
    _tell_of_a_report(visitor, places)


def _ask_about_a_project(visitor: Ask, places: dict[str, str]) -> None:
    ana, luc, olga = (visitor(one) for one in ("ana", "luc", "olga"))
    bridges: dict[str, str | list[str]] = PROJECT | {
        "title": "Bridges of our towns",
        "summary": "Who built them, and what for?",
    }
    ana.send(ana.get("/projects/new"), "/projects/new", button="", **bridges)
    project = _path(ana.get("/projects").link("Bridges of our towns"))
    page = ana.get(f"{project}/manage")
    contact = next(value for name, value in page.form("/offer").choices if name == "other")
    ana.send(page, "/offer", other=contact)
    page = journey.wait_for(luc, "/projects", "Bridges of our towns")
    received = _path(page.link("Bridges of our towns"))
    luc.send(luc.get(f"{received}/manage"), "/accept")
    journey.wait_for(ana, f"{project}/manage", "has to approve it")
    page = journey.wait_for(olga, "/agency/projects", "Bridges of our towns")
    places |= {"approving": project, "request": _path(page.link("/agency/projects/"))}


def _ask_about_a_teacher(visitor: Ask, places: dict[str, str]) -> None:
    """Ana waits to be verified, Tiago is."""
    rosa, olga = visitor("rosa"), visitor("olga")
    for name in ("Tiago", "Ana"):
        staff = rosa.get("/school/staff")
        path = next(
            _path(address)
            for address, words in staff.links
            if address.endswith("/verification") and name in words
        )
        rosa.send(rosa.get(path), path, note="Listed in our timetable since 2019.")
        listed = journey.wait_for(olga, "/agency/teachers", name)
        shown = olga.get(_path(listed.link("/agency/teachers/")))
        places[f"{name.lower()}_verification"] = path
        places[f"{name.lower()}_request"] = _path(shown.address)
        if name == "Tiago":
            olga.send(shown, "/verify")
    journey.wait_for(rosa, places["tiago_verification"], "holds until")


def _tell_of_a_report(visitor: Ask, places: dict[str, str]) -> None:
    """Tiago's school tells the hub of something that was reported there."""
    tiago, olga = visitor("tiago"), visitor("olga")
    tiago.send(tiago.get(places["told_case"]), "/hub", note="Please telephone us.")
    journey.wait_for(olga, "/agency/reports", "Please telephone us.")


def _path(address: str) -> str:
    return urlsplit(address).path
