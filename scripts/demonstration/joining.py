"""A further school joins a running project: invitation, acceptance, the whole space."""

from scripts.demonstration import journey
from scripts.demonstration.visitor import Page, Visitor


def manage(visitor: Visitor, title: str) -> Page:
    """The page on which the project is looked after."""
    page = visitor.get(visitor.get("/projects").link(title))
    return visitor.get(page.link("/manage"))


def invite(founder: Visitor, title: str, person: str, note: str) -> None:
    """Invite the school of a contact, who answers for it."""
    page = founder.get(manage(founder, title).link("/invite"))
    form = page.form("/invite", "other")
    other = next(value for name, value in form.choices if name == "other" and person in value)
    page = founder.send(page, "/invite", other=other, note=note)
    journey.require(page.status == 200, f"the invitation was refused: {page.words[:300]}")


def join(teacher: Visitor, title: str) -> str:
    """Accept for the own school; the address of its copy of the space."""
    journey.wait_for(teacher, "/projects", title)
    teacher.send(manage(teacher, title), "/join")
    return journey.enter_the_space(teacher)


def take_over(teacher: Visitor, space: str) -> None:
    """Ask the other schools for the keys of a space, for the own school."""
    page = teacher.get(teacher.get(f"{space}/members").link("/keys"))
    page = teacher.send(page, f"{space}/keys")
    journey.require(
        "schools that are needed" in page.words, f"nobody was asked: {page.words[:400]}"
    )


def agree(teacher: Visitor, space: str, school: str) -> None:
    """Agree that another school has the keys, as soon as its wish has arrived."""
    page = journey.wait_for(teacher, f"{space}/keys", "We agree")
    journey.require(school in page.words, f"{school} did not ask for the keys")
    page = teacher.send(page, f"{space}/keys")
    journey.require(page.status == 200, f"agreeing was refused: {page.words[:400]}")


def remove(founder: Visitor, space: str, school: str) -> None:
    """Remove a school from the space."""
    page = founder.get(founder.get(f"{space}/members").link(f"Remove {school}"))
    page = founder.send(page, "/remove")
    journey.require(page.status == 200, f"removing was refused: {page.words[:400]}")
