"""The main journey, walked through the public interfaces only: pages, forms and federation."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from scripts.demonstration.fleet import Person, School
from scripts.demonstration.visitor import Page, Visitor

PATIENCE_S = 20.0


def until(
    what: str, look: Callable[[], Page], holds: Callable[[Page], bool], pause_s: float = 0.1
) -> Page:
    """Look again and again until the page holds what is waited for; TimeoutError names it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        page = look()
        if holds(page):
            return page
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} (last seen: {page.status} {page.words[:300]!r})")
        time.sleep(pause_s)


def require(truth: bool, sentence: str) -> None:
    """Raise AssertionError with `sentence` where it is not so."""
    if not truth:
        raise AssertionError(sentence)


def sign_in(school: School, person: Person) -> Visitor:
    """A browser in which `person` has signed in."""
    visitor = Visitor(school.base, school.connect)
    page = visitor.send(
        visitor.get("/login"), "/login", handle=person.handle, password=person.password
    )
    require(page.status == 200, f"{person.handle} cannot sign in: {page.status}")
    require("/login" not in page.address, f"{person.handle} is still at the sign-in")
    return visitor


@dataclass
class Founded:
    """A running project, seen from both schools."""

    project: str
    space: str


def approve(here: School, admin: Visitor, there: School, other_admin: Visitor) -> None:
    """Add `there` by its address, compare what both pages show, approve."""
    page = admin.send(admin.get("/admin/partners"), "/admin/partners", address=there.base)
    form = page.form("/approve")
    shown = dict(form.fields)["fingerprint"].replace(" ", "")
    own = other_admin.get("/admin").words.replace(" ", "")
    require(
        bool(shown) and shown in own,
        f"{here.name} sees another fingerprint than {there.name} shows",
    )
    page = admin.send(page, "/approve", compared="yes")
    require("Approved" in page.words, f"{here.name} could not approve {there.name}")


def find(visitor: Visitor, address: str) -> Page:
    """The profile of somebody, found by the address."""
    return visitor.send(visitor.get("/people"), "/people", address=address)


def follow(visitor: Visitor, address: str) -> None:
    """Follow somebody and wait until the other node has answered."""
    profile = find(visitor, address)
    visitor.send(profile, "/follow")
    until(
        f"following {address}",
        lambda: visitor.get(profile.address),
        lambda page: any(words == "Unfollow" for form in page.forms for *_, words in form.buttons),
    )


def become_contacts(asker: Visitor, address: str, asked: Visitor, note: str) -> None:
    """Offer a contact with a note; the other says yes; both see it."""
    profile = find(asker, address)
    asker.send(asker.get(profile.link("/contact")), "/contact", note=note)
    say_yes(asked, note, asker)


def say_yes(asked: Visitor, note: str, asker: Visitor) -> None:
    """Answer the offer of a contact that came with `note`; both see it."""

    def contacts(page: Page) -> int:
        return sum("/messages/" in link for link, _ in page.links)

    page = until(
        "the offer of a contact",
        lambda: asked.get("/contacts"),
        lambda page: note in page.words,
    )
    before = contacts(asker.get("/contacts"))
    asked.send(page, "/answer", button="Yes, gladly", answer="yes")
    until(
        "the answer to the offer",
        lambda: asker.get("/contacts"),
        lambda page: contacts(page) > before,
    )


def write_message(writer: Visitor, reader: Visitor, text: str) -> None:
    """Write to one's contact; the other sees it."""
    page = writer.get(writer.get("/contacts").link("/messages/"))
    writer.send(page, "/messages/", text=text)
    page = until(
        "the message",
        lambda: reader.get(reader.get("/contacts").link("/messages/")),
        lambda page: text in page.words,
    )


def publish(author: Visitor, text: str) -> None:
    """Tell everybody something."""
    page = author.send(author.get("/updates/new"), "/updates/new", text=text)
    require(page.status == 200, f"the update was refused: {page.words[:200]}")


def wait_for(visitor: Visitor, address: str, text: str) -> Page:
    """The page at `address`, once it shows `text`."""
    return until(
        f"{text!r} on {address}", lambda: visitor.get(address), lambda page: text in page.words
    )


def found_project(founder: Visitor, other: Visitor, fields: dict[str, str | list[str]]) -> Founded:
    """Draft a project, offer it to the contact, accept there; both see the open space."""
    offer_project(founder, other, fields)
    return Founded(str(fields["title"]), enter_the_space(founder, other))


def offer_project(founder: Visitor, other: Visitor, fields: dict[str, str | list[str]]) -> None:
    """Draft a project, offer it to the contact, who accepts."""
    page = founder.send(founder.get("/projects/new"), "/projects/new", "", **fields)
    require(page.status == 200, f"the draft was refused: {page.words[:300]}")
    title = str(fields["title"])
    page = founder.get(founder.get("/projects").link(title))
    manage = founder.get(page.link("/manage"))
    form = manage.form("/offer")
    contact = next(value for name, value in form.choices if name == "other")
    founder.send(manage, "/offer", other=contact)
    page = until(
        "the offered project", lambda: other.get("/projects"), lambda page: title in page.words
    )
    page = other.get(page.link(title))
    other.send(other.get(page.link("/manage")), "/accept")


def enter_the_space(*founders: Visitor) -> str:
    """Wait until the space of the first project is open for all; its address."""
    space = ""
    for visitor in founders:
        page = until(
            "the open space",
            partial(visitor.get, "/home"),
            lambda page: any("/w/" in link for link, _ in page.links),
        )
        space = page.link("/w/")
    return space


def start_thread(writer: Visitor, space: str, title: str, text: str) -> str:
    """Begin a thread in the forum; its address on every node."""
    page = writer.send(writer.get(f"{space}/forum/new"), "/forum/new", title=title, text=text)
    require(title in page.words, f"the thread was refused: {page.words[:300]}")
    return page.address[len(writer.base) :].partition("?")[0].partition("#")[0]


def reply(writer: Visitor, thread: str, text: str) -> None:
    """Reply in a thread."""
    page = writer.send(writer.get(thread), thread, text=text)
    require(text in page.words, f"the reply was refused: {page.words[:300]}")


def erase(writer: Visitor, thread: str) -> None:
    """Delete the last of one's own posts in a thread."""
    page = writer.get(thread)
    last = [link for link, _ in page.links if link.endswith("/delete")][-1]
    page = writer.get(last)
    writer.send(page, "/delete")


def bring_files(
    writer: Visitor, space: str, files: dict[str, bytes], alt: str, residency: str = "shared"
) -> Page:
    """Bring files to the materials, say of each what it is, and publish them."""
    address = f"{space}/materials/new"
    page = writer.bring(writer.get(address), address, files)
    form = page.form("/publish")
    answers = {name: alt for name in form.names if name.startswith("alt-")}
    answers |= {"licence": "CC-BY-4.0", "residency": residency}
    return writer.send(page, "/publish", "Publish", **answers)


def write_update(writer: Visitor, space: str, text: str) -> Page:
    """Tell everybody in the space something."""
    return writer.send(writer.get(f"{space}/updates/new"), "/updates/new", text=text)
