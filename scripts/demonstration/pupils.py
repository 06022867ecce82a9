"""A class in the demonstration: made of pasted names, with printed cards, taking part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from scripts.demonstration import journey
from scripts.demonstration.visitor import Page, Visitor


@dataclass(frozen=True)
class Card:
    """What stands on a printed card for whoever types."""

    alias: str
    code: str
    word: str


def begin_class(teacher: Visitor, name: str) -> Page:
    """A new class, and the page where its pupils are put in."""
    return teacher.send(teacher.get("/classes"), "/classes", name=name)


def make_class(teacher: Visitor, name: str, aliases: Mapping[str, str]) -> str:
    """A class of pasted names, each with its alias; the address of its page."""
    page = begin_class(teacher, name)
    page = teacher.send(page, "/add", names="\n".join(aliases), number="")
    journey.require("Nothing is kept yet" in page.words, f"no preview: {page.words[:300]}")
    chosen: dict[str, str | list[str]] = {
        f"alias-{row}": alias for row, alias in enumerate(aliases.values())
    }
    page = teacher.send(page, "/pupils", button="", **chosen)
    return urlsplit(page.address).path


def print_cards(teacher: Visitor, class_: str) -> dict[str, Card]:
    """New cards for a class, by alias."""
    page = teacher.send(teacher.get(f"{class_}/cards"), "/cards")
    found = re.findall(r"Alias ?(.+?) Class ?(\S+) Secret word ?(\S{4} \S{4})", page.words)
    return {alias: Card(alias, code, word) for alias, code, word in found}


def come_in(base: str, card: Card) -> Visitor:
    """A pupil's browser, after typing what stands on the card."""
    pupil = Visitor(base)
    page = pupil.send(
        pupil.get("/c"), "/c", class_code=card.code, alias=card.alias, secret_word=card.word
    )
    journey.require("Hello" in page.words, f"the card opens nothing: {page.words[:300]}")
    return pupil


def take_part(teacher: Visitor, space: str, count: int) -> None:
    """The first `count` pupils that were ever put in take part in the space."""
    page = teacher.get(f"{space}/pupils")
    numbers = sorted((value for _, value in page.form("/pupils").choices), key=int)
    teacher.send(page, "/pupils", pupils=numbers[:count])


def hand_in(pupil: Visitor, thread: str, text: str, button: str = "Hand in") -> None:
    """Reply in a thread (its address among the pupil's pages); it waits for a teacher."""
    page = pupil.send(pupil.get(thread), thread, button=button, text=text)
    journey.require(text in page.words, f"the reply was refused: {page.words[:300]}")


def bring(pupil: Visitor, space: str, name: str, octets: bytes, alt: str) -> None:
    """Bring a file into a space (its address among the pupil's pages), and hand it in."""
    address = f"{space}/bring"
    page = pupil.bring(pupil.get(address), address, {name: octets})
    journey.require("It is here." in page.words, f"the file was refused: {page.words[:300]}")
    page = pupil.send(page, urlsplit(page.address).path, button="Hand in", alt=alt)
    journey.require("reads it first" in page.words, f"it was not handed in: {page.words[:300]}")


def mark(teacher: Visitor, held: Page, count: int) -> None:
    """Say that a file which waits shows the first `count` pupils whom the teacher can choose."""
    page = teacher.get(held.link("/pupils"))
    numbers = sorted((value for _, value in page.form("/pupils").choices), key=int)
    teacher.send(page, "/pupils", shown=numbers[:count])


def agree(teacher: Visitor, space: str) -> str:
    """Everybody in the teacher's first class has signed; where the first slip is looked at."""
    page = teacher.get(teacher.get(f"{space}/pupils").link("/consents/"))
    signed = [
        value for name, value in page.form("/consents/", "pupils").choices if name == "pupils"
    ]
    teacher.send(page, "/consents/", pupils=signed)
    printed = teacher.send(page, "/forms", "Print the form", pupil=min(signed, key=int))
    return next(
        f"/consent/{one.rpartition('/')[2]}" for one in printed.words.split() if "/consent/" in one
    )
