"""Samples of walls."""

from dataclasses import replace

from node.web import space_views
from node.web.forms import Form
from node.web.wall_views import COLOURS, CardView, Column, FaceLine, SignLine, WallLine
from tests.node.web.sample_exhibits import PLAN, STORK
from tests.node.web.samples import ANNA, EMPTY, NIKOS, NOW_MS, SPACE, THING, Sample

WALL = WallLine("/w/SPACE/walls/W1", "Our questions", "en", ["To find out"], 2, ANNA, "project", 0)
SIGN = SignLine(ANNA, "Our questions", ["To find out", "Found out"], "en")
FACE = FaceLine(ANNA, "How long is the river?", "en", None, NOW_MS)
CARD = CardView(
    "C1",
    "/w/SPACE/cards/C1",
    "yellow",
    FACE,
    [],
    ["left", "up", "down", "right"],
    space_views.Doings(change="/w/SPACE/cards/C1/edit", report="/report?item=C1"),
)
CARDS = [
    CARD,
    replace(CARD, id="C2", colour="green", face=replace(FACE, file=STORK, author=NIKOS)),
    replace(CARD, id="C3", colour="grey", others=[replace(FACE, author=NIKOS, text="Longer?")]),
    replace(CARD, id="C4", colour="plain", face=replace(FACE, text="", file=PLAN), steps=[]),
]
NEW = Form.filled(language="en", colour="plain")


def wall(cards: list[CardView], removed: list[str]) -> Sample:
    return Sample(
        "wall.html",
        {
            "space": SPACE,
            "form": NEW,
            "wall": replace(WALL, others=1) if removed else WALL,
            "columns": [Column(0, "To find out", cards), Column(1, "Found out", [])],
            "numbered": [("1", "To find out"), ("2", "Found out")],
            "files": [("F1", STORK.name)],
            "colours": COLOURS,
            "removed": removed,
        },
        WALL.path,
    )


WALLS = {
    "walls": Sample(
        "walls.html", {"space": SPACE, "walls": [WALL, replace(WALL, cards=1)]}, "/w/SPACE/walls"
    ),
    "walls-empty": Sample("walls.html", {"space": SPACE, "walls": []}, "/w/SPACE/walls"),
    "wall": wall(CARDS, ["/w/SPACE/cards/C9"]),
    "wall-empty": wall([], []),
    "wall-new": Sample(
        "wall_form.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "back": "/w/SPACE/walls",
            "new": True,
            "bases": [],
            "versions": [],
            "conflicts": 0,
        },
        "/w/SPACE/walls/new",
    ),
    "wall-edit": Sample(
        "wall_form.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "back": WALL.path,
            "new": False,
            "bases": ["B"],
            "versions": [SIGN, replace(SIGN, author=NIKOS, title="Questions about the river")],
            "conflicts": 1,
        },
        WALL.path + "/edit",
    ),
    "search-of-space": Sample(
        "space_search.html",
        {
            "space": SPACE,
            "form": Form.filled(q="river"),
            "asked": True,
            "found": [THING, replace(THING, title="")],
            "more": True,
        },
        "/w/SPACE/search",
    ),
    "search-of-space-in-vain": Sample(
        "space_search.html",
        {
            "space": SPACE,
            "form": Form.filled(q="heron"),
            "asked": True,
            "found": [],
            "more": False,
        },
        "/w/SPACE/search",
    ),
    "search-of-space-begun": Sample(
        "space_search.html",
        {"space": SPACE, "form": EMPTY, "asked": False, "found": [], "more": False},
        "/w/SPACE/search",
    ),
    "card": Sample(
        "card.html",
        {
            "space": SPACE,
            "form": NEW,
            "back": WALL.path,
            "versions": [FACE, replace(FACE, author=NIKOS, text="Longer?")],
            "conflicts": 1,
            "files": [],
            "colours": COLOURS,
            "bases": ["B"],
        },
        "/w/SPACE/cards/C1/edit",
    ),
}
