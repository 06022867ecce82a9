"""The labelled sentences: what pupils write of rivers, food, sports and each other.

A file for each language: the roster (display; given; family; login), an empty line, 200 sentences.
`{}` marks a full name or a login, `<>` a family name alone that means somebody, `[]` a given name
or a nickname. What is not marked means nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from node.classroom.names.roster import Named, Roster

LANGUAGES = ("de", "en", "fr", "pl", "pt")
FULL, FAMILY, GIVEN = "{", "<", "["
_MARK = re.compile(r"\{(?P<full>[^}]*)\}|<(?P<family>[^>]*)>|\[(?P<given>[^\]]*)\]")


@dataclass(frozen=True)
class Span:
    """A marked place: from `start` to before `end` of the sentence without its marks."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    text: str
    spans: tuple[Span, ...]
    is_held_out: bool


@dataclass(frozen=True)
class Corpus:
    language: str
    roster: Roster
    sentences: tuple[Sentence, ...]


def read_corpus(language: str) -> Corpus:
    text = (Path(__file__).parent / "corpus" / f"{language}.txt").read_text(encoding="utf-8")
    names, sentences = text.split("\n\n", 1)
    roster = Roster.of(Named(*line.split(";")) for line in names.splitlines())
    return Corpus(language, roster, tuple(_sentences(sentences.splitlines())))


def _sentences(lines: list[str]) -> Iterator[Sentence]:
    for number, line in enumerate(lines):
        plain, spans = "", []
        end_of_last = 0
        for mark in _MARK.finditer(line):
            plain += line[end_of_last : mark.start()]
            inner = mark[0][1:-1]
            spans.append(Span(mark[0][0], len(plain), len(plain) + len(inner)))
            plain += inner
            end_of_last = mark.end()
        yield Sentence(plain + line[end_of_last:], tuple(spans), number % 3 == 2)
