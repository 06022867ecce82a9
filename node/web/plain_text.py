"""A page of ours as text for a terminal or a mail: headings, paragraphs, lists, tables, facts."""

from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"head", "style", "script", "svg"})
_HIDDEN: Final = frozenset({"back", "screen-only", "unseen"})
_BLOCKS: Final = frozenset(
    ("p", "div", "section", "ul", "ol", "dl", "table", "thead", "tbody", "h1", "h2", "h3", "main")
)
_VOID: Final = frozenset({"base", "br", "input", "img", "link", "meta"})
_UNDERLINES: Final = {"h1": "=", "h2": "-"}


def as_text(html: str) -> str:
    """What a reader sees of the page, a line for each paragraph, item and row."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._words: list[str] = []
        self._mark = ""
        self._open: list[tuple[str, bool]] = []

    @property
    def _is_silent(self) -> bool:
        return any(silent for _, silent in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        classes = (dict(attrs).get("class") or "").split()
        self._open.append((tag, tag in _SILENT or not _HIDDEN.isdisjoint(classes)))
        if tag in _BLOCKS or tag in {"li", "tr", "dt"}:
            self._end_line()
        if tag in _UNDERLINES or tag == "h3" or tag == "section":
            self._lines.append("")
        if tag == "li":
            self._mark = "- "

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, _ = self._open.pop()
            if opened == tag:
                break
        if tag == "dt":
            self._words.append(": ")
        elif tag in {"th", "td"}:
            self._words.append(" | ")
        elif tag in {"li", "tr", "dd"} or tag in _BLOCKS:
            length = self._end_line()
            if length and tag in _UNDERLINES:
                self._lines.append(_UNDERLINES[tag] * length)

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self._words.append(data)

    def _end_line(self) -> int:
        line = " ".join("".join(self._words).split()).removesuffix(" |").replace(" : ", ": ")
        self._words = []
        if line:
            self._lines.append(self._mark + line)
            self._mark = ""
        return len(line)

    def text(self) -> str:
        self._end_line()
        told: list[str] = []
        for line in self._lines:
            if line or (told and told[-1]):
                told.append(line)
        return "\n".join(told).strip() + "\n"
