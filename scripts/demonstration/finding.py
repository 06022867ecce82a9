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


def put_up_a_notice(teacher: Visitor, title: str, text: str) -> None:
    """Tell connected schools what one looks for."""
    page = teacher.get(teacher.get("/notices").link("/notices/new"))
    page = teacher.send(page, "/notices/new", title=title, text=text, languages=["en", "fr"])
    journey.require(title in page.words, f"the notice was refused: {page.words[:300]}")


def answer_a_notice(teacher: Visitor, title: str, note: str) -> None:
    """Find a notice by its words and answer it with the offer of a contact."""
    notice = search(teacher, title, q=title, kind="notice")
    _offer(teacher, notice.link("Answer"), note)


def offer_contact(teacher: Visitor, profile: Page, note: str) -> None:
    """Offer a contact to the person whose profile it is."""
    _offer(teacher, profile.link("Offer to be contacts"), note)


def _offer(teacher: Visitor, address: str, note: str) -> None:
    page = teacher.send(teacher.get(address), "/contact", note=note)
    journey.require("on its way" in page.words, f"the offer was refused: {page.words[:300]}")
