"""Every text goes through gettext, and every language that is offered is whole."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from node.web import catalogue, i18n, words
from node.web.render import Face
from tests.node.web.faces import frame_of
from tests.node.web.sample_pages import PAGES

TEMPLATES = Path(catalogue.HERE) / "templates"
SPOKEN = ("title", "alt", "aria-label", "placeholder", "label", "data-told")
# Names that are the same in every language.
SAME = {"Schoolgate"}


class _Texts(HTMLParser):
    """Collects what a person reads or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def _template_texts(source: str) -> list[str]:
    """Letters that stand in a template outside of every Jinja expression."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    reader = _Texts()
    reader.feed(re.sub(r'aria-(?:describedby|invalid)="[^"]*"', "", bare))
    return [text.strip() for text in reader.found if re.search(r"[^\W\d_]", text)]


@pytest.fixture(scope="module")
def texts() -> frozenset[str]:
    """Every text of the face, as it stands in the source."""
    return frozenset(
        one.id if isinstance(one.id, str) else one.id[0] for one in catalogue.collect() if one.id
    )


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.stem)
def test_template_holds_no_text_of_its_own(file: Path) -> None:
    assert _template_texts(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_in_the_pseudo_language_brackets_every_text(
    face: Face, texts: frozenset[str], name: str
) -> None:
    sample = PAGES[name]
    html = face.html(sample.template, frame_of(face, sample, i18n.PSEUDO), sample.data)
    plain = face.html(sample.template, frame_of(face, sample, i18n.SOURCE), sample.data)
    reader = _Texts()
    reader.feed(html)
    assert "⟦" in html
    assert "⟦" not in plain
    left = [text.strip() for text in reader.found if text.strip() in texts - SAME]
    assert left == []


def test_german_is_whole() -> None:
    assert catalogue.untranslated("de") == []


def test_german_has_no_text_that_is_gone() -> None:
    today = {one.id for one in catalogue.collect()}
    assert [one.id for one in catalogue.read("de") if one.id not in today] == []


def test_placeholders_survive_translation() -> None:
    slot = re.compile(r"%\([a-z_]+\)s")
    for one in catalogue.read("de"):
        if one.id and isinstance(one.id, str) and isinstance(one.string, str):
            assert set(slot.findall(one.id)) == set(slot.findall(one.string)), one.id


def test_every_code_of_the_vocabularies_has_a_label() -> None:
    for labels, vocabulary in (
        (words.ROLES, "staff_role"),
        (words.SCHOOL_TYPES, "school_type"),
        (words.SECTORS, "sector"),
        (words.SUBJECTS, "subject"),
        (words.COMPETENCES, "key_competence"),
        (words.TOOLS, "tool"),
        (words.SCOPES, "project_scope"),
        (words.AVAILABILITY, "availability"),
        (words.REACH, "reach"),
        (words.PURPOSES, "notice_purpose"),
    ):
        assert set(labels) == set(words.codes(vocabulary)), vocabulary


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("fr, de;q=0.3, en;q=0.8", "en"),
        ("en;q=0, de;q=0.1", "de"),
        ("*;q=0.1", "en"),
        ("de;q=x, <script>", "en"),
        (",".join(["xx"] * 500) + ",de", "en"),
    ],
)
def test_reader_gets_the_best_language(face: Face, accept: str, expected: str) -> None:
    assert face.languages.choose(None, accept).tag == expected


def test_own_choice_counts_more_than_the_browser(face: Face) -> None:
    assert face.languages.choose("de", "en").tag == "de"
