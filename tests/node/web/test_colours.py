"""Every pair of colours that the style sheets put together can be read, light and dark."""

import re
from importlib.resources import files

import pytest

TEXT = 4.5
EDGE = 3.0
HUES = [f"hue-{number}" for number in range(1, 13)]
TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "soft") for ground in ("paper", "sheet", "sunk")),
    *(("ink", ground) for ground in ("teal-wash", "sun-wash", "red-wash")),
    *(("soft", ground) for ground in ("teal-wash", "sun-wash")),
    *(("teal", ground) for ground in ("paper", "sheet", "sunk", "sun-wash", "teal-wash")),
    *(("teal-deep", ground) for ground in ("paper", "sheet", "teal-wash", "sun-wash")),
    *(("red", ground) for ground in ("paper", "sheet", "red-wash", "sun-wash")),
    ("on-teal", "teal"),
    ("on-teal", "teal-deep"),
    ("on-sun", "sun"),
    ("on-red", "red"),
    ("hue-1", "sheet"),
    *(("on-hue", hue) for hue in HUES),
]
EDGE_PAIRS = [
    *(("line", ground) for ground in ("paper", "sheet", "sunk")),
    *(("teal", ground) for ground in ("paper", "sheet")),
    *(("sun-edge", ground) for ground in ("paper", "sheet", "sun-wash")),
    *(("red", ground) for ground in ("paper", "sheet")),
    *((hue, "sheet") for hue in HUES),
]


def tokens(mode: str) -> dict[str, tuple[float, float, float]]:
    """The colours of one mode; dark ones replace light ones."""
    text = (files("node.web") / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    light, _, dark = text.partition("prefers-color-scheme: dark")
    found = dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6});", light))
    if mode == "dark":
        found |= dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6});", dark))
    return {
        name: (int(code[:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:], 16) / 255)
        for name, code in found.items()
    }


def luminance(colour: tuple[float, float, float]) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_every_ground(mode: str) -> None:
    colours = tokens(mode)
    poor = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in TEXT_PAIRS
        if contrast(colours[pair[0]], colours[pair[1]]) < TEXT
    }
    assert poor == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_edges_and_icons_stand_out(mode: str) -> None:
    colours = tokens(mode)
    poor = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in EDGE_PAIRS
        if contrast(colours[pair[0]], colours[pair[1]]) < EDGE
    }
    assert poor == {}


def test_dark_mode_has_every_colour_of_its_own() -> None:
    light, dark = tokens("light"), tokens("dark")
    shared = {name for name in light if light[name] == dark[name]}
    assert light.keys() == dark.keys()
    assert shared <= {"on-sun"}


def test_no_colour_is_written_outside_the_tokens() -> None:
    folder = files("node.web") / "static" / "css"
    for sheet in ("base", "layout", "components"):
        text = (folder / f"{sheet}.css").read_text(encoding="utf-8")
        assert re.findall(r"#[0-9a-f]{3,8}\b", text) == [], sheet
