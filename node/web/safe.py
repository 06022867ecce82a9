"""What people wrote, as HTML that can do no harm.

Texts are plain (`schemas/v1/types.json`, "nothing is markup"): blank lines part paragraphs, line
breaks are kept, web addresses become links. The result is cleaned once more by an allow-list, and
the page's Content-Security-Policy stands behind both. No text breaks the page around it.
"""

import re
import unicodedata
from contextlib import suppress

import nh3
from markupsafe import Markup, escape

MAX_CHARACTERS = 50_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^]{3,500}")
_TRAILING = ".,;:!?)]»”"


def text_as_html(text: str) -> Markup:
    """`text` as paragraphs of clean HTML; three dots stand for one that cannot be made into any."""
    with suppress(Exception):  # whatever it is about this text, the page around it is shown
        return _as_html(text)
    return Markup("<p>…</p>")


def _as_html(text: str) -> Markup:
    paragraphs = re.split(r"\n[ \t]*\n\s*", shown(text).strip())
    made = "".join(f"<p>{_lines(one)}</p>" for one in paragraphs if one)
    return Markup(
        nh3.clean(
            made,
            tags={"p", "br", "a"},
            attributes={"a": {"href"}},
            url_schemes={"https", "http"},
            link_rel="noopener noreferrer nofollow ugc",
        )
    )


def excerpt(text: str, longest: int = 200) -> str:
    """The beginning of `text` in one line, cut at a word."""
    flat = " ".join(shown(text[: longest * 4]).split())
    return flat if len(flat) <= longest else flat[:longest].rsplit(" ", 1)[0] + "…"


def one_line(text: str) -> str:
    """A name as it is shown: one line, no control or direction-changing characters."""
    kept = (one for one in shown(text) if unicodedata.category(one) not in {"Cf", "Co", "Cn"})
    return " ".join("".join(kept).split())


def shown(text: str) -> str:
    """`text` without what cannot be shown; a lone surrogate becomes a question mark."""
    whole = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", whole.replace("\r\n", "\n"))


def _lines(paragraph: str) -> str:
    return "<br>".join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> str:
    parts: list[str] = []
    last = 0
    for match in _ADDRESS.finditer(line):
        address = match[0].rstrip(_TRAILING)
        parts.append(str(escape(line[last : match.start()])))
        parts.append(f'<a href="{escape(address)}">{escape(address)}</a>')
        last = match.start() + len(address)
    parts.append(str(escape(line[last:])))
    return "".join(parts)
