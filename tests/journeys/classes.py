"""A class of Ana's whose pupils take part, with work in every state."""

import re
from urllib.parse import urlsplit

from scripts.demonstration import journey
from scripts.demonstration.visitor import Page, Visitor


def fill_classes(
    ana: Visitor, luc: Visitor, visitors: dict[str, Visitor], places: dict[str, str]
) -> None:
    """Mia has written, Tom has nothing; Lia of another class is there to be changed."""
    space = places["space"]
    places["class"] = make_class(
        ana, "5b", {"Mia Nowak": "Panda Nova", "Berg, Tom": "Tiger Vega", "Ivo Reis": "Koala Orion"}
    )
    places["other_class"] = make_class(ana, "6a", {"Lia Prata": "Puma Lyra"})
    places["empty_class"] = urlsplit(begin_class(ana, "7c").address).path.removesuffix("/add")
    page = ana.get(places["class"])
    places["pupil"] = page.link("/pupils/")
    page = ana.send(ana.get(f"{places['class']}/cards"), "/cards")
    cards = re.findall(r"Alias ?(.+?) Class ?(\S+) Secret word ?(\S{4} \S{4})", page.words)
    held = {alias: (code, word) for alias, code, word in cards}
    for name, alias in (("mia", "Panda Nova"), ("tom", "Tiger Vega")):
        visitors[name] = come_in(ana.base, alias, *held[alias])
    page = ana.get(f"{space}/pupils")
    mia_first = sorted((value for _, value in page.form("/pupils").choices), key=int)
    ana.send(page, "/pupils", pupils=mia_first[:1])
    thread = journey.start_thread(luc, space, "Birds on your river", "Which ones do you see?")
    journey.wait_for(ana, thread, "Which ones do you see?")
    mia = visitors["mia"]
    places["pupil_space"] = mia.get("/c/home").link("/c/w/")
    places["pupil_thread"] = mia.get(places["pupil_space"]).link(thread.rpartition("/")[2])
    for text, button in (
        ("A kingfisher, and many ducks.", "Hand in"),
        ("Storks. Ask Tom Berg, he counts them.", "Hand in"),
        ("Ivo saw an otter.", "Hand in"),
        ("I do not know yet.", "Keep it for myself"),
        ("Birds!", "Hand in"),
    ):
        page = mia.get(places["pupil_thread"])
        mia.send(page, places["pupil_thread"], button=button, text=text)
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    places["held_blocked"], places["held_doubtful"] = links[1:3]
    ana.send(ana.get(links[3]), "/return", note="Which birds? Tell us more.")
    works = [one for one, _ in mia.get("/c/works").links if one.startswith("/c/works/")]
    places["returned"], places["draft_work"], places["held_work"] = works[:3]
    ana.send(ana.get(links[0]), "/release")


def begin_class(ana: Visitor, name: str) -> Page:
    return ana.send(ana.get("/classes"), "/classes", name=name)


def make_class(ana: Visitor, name: str, aliases: dict[str, str]) -> str:
    """A class of pasted names, each with its alias; the address of its page."""
    page = begin_class(ana, name)
    page = ana.send(page, "/add", names="\n".join(aliases), number="")
    chosen: dict[str, str | list[str]] = {
        f"alias-{row}": alias for row, alias in enumerate(aliases.values())
    }
    page = ana.send(page, "/pupils", button="", **chosen)
    return urlsplit(page.address).path


def come_in(base: str, alias: str, code: str, word: str) -> Visitor:
    """A pupil's browser, after typing what stands on the card."""
    pupil = Visitor(base)
    page = pupil.send(pupil.get("/c"), "/c", class_code=code, alias=alias, secret_word=word)
    assert "Hello" in page.words, page.words
    return pupil
