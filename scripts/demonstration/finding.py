"""Finding somebody whom nobody introduced: profiles, notices and search, by forms and links."""

from scripts.demonstration import journey
from scripts.demonstration.visitor import Page, Visitor


def look_for_partners(teacher: Visitor, about: str, subjects: list[str]) -> None:
    """Say in the own profile that one looks for partners, to everybody who is connected."""
    page = teacher.send(
        teacher.get("/me"),
        "/me",
        role="teacher",
        about=about,
        subjects=subjects,
        age_from="11",
        age_to="14",
        availability="looking_for_partners",
        reach="accredited",
    )
    journey.require(about in page.words, f"the profile was refused: {page.words[:300]}")


def search(teacher: Visitor, name: str, **asked: str) -> Page:
    """Search until `name` is among the results; the page behind that result."""
    page = journey.until(
        f"{name!r} among the results",
        lambda: teacher.send(teacher.get("/search"), "/search", **asked),
        lambda page: any(name in words for _, words in page.links),
        # Each search asks the hub, which bounds how often.
        pause_s=1,
    )
    found = teacher.get(next(link for link, words in page.links if name in words))
    journey.require(name in found.words, f"behind the result lies {found.words[:200]!r}")
    return found
