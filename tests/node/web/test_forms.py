"""Forms: what is read, what is refused, where people are sent afterwards."""

import pytest

from node.web import block_forms
from node.web.forms import Form, local_path
from node.web.i18n import later
from protocol.errors import Reason, Refused
from protocol.space.fold.block import Embed


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/home\r\nSet-Cookie: a=b",
        "",
        "/" + "a" * 3_000,
    ],
)
def test_nobody_is_sent_to_another_site(hostile: str) -> None:
    assert local_path(hostile) == "/home"


@pytest.mark.parametrize("fine", ["/", "/w/x/forum?a=1#b", "/people/nikos@agrinio.example"])
def test_own_paths_are_kept(fine: str) -> None:
    assert local_path(fine) == fine


def test_a_field_filled_with_nothing_is_shown_empty() -> None:
    form = Form.filled(tools=[], pupils=None)
    assert form.value("tools") == form.value("pupils") == ""


def test_text_is_normalised_and_freed_of_what_nobody_sees() -> None:
    form = Form({"text": ["  Cafe\u0301\r\nolé\x00\u202e  "]})
    assert form.text("text", longest=20) == "Café\nolé"
    assert form.ok


def test_line_has_no_line_breaks() -> None:
    assert Form({"name": ["Anna\n \u200bBerg"]}).line("name") == "Anna Berg"


def test_missing_and_too_long_are_said_beside_the_field() -> None:
    form = Form({"title": ["abcdef"]})
    form.text("title", longest=3)
    form.text("text", longest=3)
    assert form.problems["title"].values == {"longest": 3}
    assert set(form.problems) == {"title", "text"}


def test_password_is_neither_trimmed_nor_shown_again() -> None:
    form = Form({"password": ["  four words and spaces  "]})
    assert form.secret("password") == "  four words and spaces  "
    assert form.value("password") == ""


def test_only_offered_choices_count() -> None:
    form = Form({"one": ["b"], "some": ["a", "x", "a"]})
    assert form.choice("one", {"a"}) == ""
    assert form.choices("some", {"a"}) == ("a",)
    assert set(form.problems) == {"one", "some"}


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "99999999999999", "١٢", "zwölf"])
def test_number_has_to_be_one(typed: str) -> None:
    form = Form({"age": [typed]})
    assert form.number("age", lowest=3, highest=20) is None
    assert "age" in form.problems


@pytest.mark.parametrize("typed", ["2027-02-30", "20270101", "2027-W01-1", "tomorrow"])
def test_day_has_to_be_one(typed: str) -> None:
    form = Form({"start": [typed]})
    assert form.day("start") is None
    assert "start" in form.problems


def test_refusal_is_said_at_its_field_and_what_was_typed_is_kept() -> None:
    form = Form({"handle": ["anna"]})
    taken = later("This short name is taken. Choose another.")
    with form.mending("", {Reason.CONFLICT: taken}):
        raise Refused(Reason.CONFLICT, "taken", field="handle")
    assert form.problems["handle"].sentence == taken
    assert form.value("handle") == "anna"


def test_refusal_that_nobody_can_mend_goes_on() -> None:
    with pytest.raises(Refused), Form().mending():
        raise Refused(Reason.NOT_ALLOWED, "no")


def test_an_embed_of_another_type_keeps_what_its_form_does_not_ask() -> None:
    stored = Embed("map", {"title": "Nests", "lat": "52.1", "lon": "4.3"}, "en")
    typed = Form({"title": ["Our nests"], "url": [""], "language": ["en"]})
    said = block_forms.read(typed, "embed", stored)
    assert typed.ok
    assert said.parts == {"type": "map", "title": "Our nests", "lat": "52.1", "lon": "4.3"}
    bare = Form({"title": ["Our nests"], "url": [""], "language": ["en"]})
    block_forms.read(bare, "embed")
    assert not bare.ok
