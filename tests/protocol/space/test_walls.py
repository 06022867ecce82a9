"""Walls: cards of any school in columns; what is written at once stands side by side."""

import itertools

import pytest

from protocol.canonical import JSONObject
from protocol.space import writing
from protocol.space.fold import wall as fold
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import Card, Wall
from protocol.space.operation import Header, Operation, payload, write
from protocol.space.vocabulary import reference
from protocol.space.writing import By, Place
from tests.protocol.space.cast import NOW_MS, SALT, Cast, changed
from tests.simulation.school import School, name_of

WALL, CARD = name_of("wall"), name_of("card")


@pytest.fixture
def cast() -> Cast:
    return Cast()


def text(content: JSONObject) -> str:
    return payload(content, "en", SALT)


def say(cast: Cast, school: School, header: Header, content: JSONObject | None = None) -> Operation:
    said = None if content is None else text(content)
    written = write(header, said, school.signer)
    cast.receive(written)
    return written


def put_up(cast: Cast, columns: list[str] | None = None) -> Operation:
    header = writing.create(
        cast.place(cast.alpha), By(cast.alpha.teacher), WALL, "wall", order="a0"
    )
    return say(
        cast, cast.alpha, header, {"title": "Questions", "columns": [*(columns or ["A", "B"])]}
    )


def pin(
    cast: Cast, school: School, word: str = "card", more: dict[str, object] | None = None
) -> Operation:
    values = {"column": 0, "order": "a0", "colour": "yellow"} | (more or {})
    bare = writing.create(
        cast.place(school), By(school.teacher), name_of(word), "card", inside=on(cast)
    )
    header = changed(bare, args={**bare.args, **values})
    return say(cast, school, header, {"text": f"What is a {word}?"})


def on(cast: Cast) -> str:
    return reference(cast.alpha.node, WALL)


def turn(
    cast: Cast,
    school: School,
    field: str,
    base: list[str],
    content: JSONObject | None = None,
    *,
    at_ms: int = NOW_MS,
    **values: object,
) -> Operation:
    """A version of a register of beta's card."""
    place = cast.place(school)
    bare = writing.set_register(
        Place(place.space, place.head, place.control, at_ms),
        By(school.teacher),
        reference(cast.beta.node, CARD),
        "card",
        field,
        base=base,
        inside=on(cast),
    )
    header = changed(bare, args={**bare.args, **values})
    return say(cast, school, header, content)


def wall(cast: Cast) -> Wall:
    found = cast.replica.others[on(cast)]
    assert isinstance(found, Wall)
    return found


def card(cast: Cast) -> Card:
    found = cast.replica.others[reference(cast.beta.node, CARD)]
    assert isinstance(found, Card)
    return found


def test_any_school_pins_a_card_and_any_other_moves_and_colours_it(cast: Cast) -> None:
    put_up(cast)
    assert (wall(cast).title, wall(cast).columns) == ("Questions", ("A", "B"))
    one = pin(cast, cast.beta)
    assert (card(cast).text, card(cast).colour, card(cast).column) == (
        *("What is a card?", "yellow", 0),
    )
    turn(cast, cast.alpha, "place", [one.id], column=1, order="a5")
    turn(cast, cast.alpha, "colour", [one.id], colour="grey")
    assert (card(cast).column, card(cast).place, card(cast).colour) == (1, "a5", "grey")
    # The writer of what stands on it is still who wrote it.
    assert (card(cast).node, card(cast).actor) == (cast.beta.node, cast.beta.teacher)


def test_what_two_schools_write_at_once_stands_side_by_side_until_one_takes_both(
    cast: Cast,
) -> None:
    put_up(cast)
    one = pin(cast, cast.beta)
    first = turn(cast, cast.alpha, "face", [one.id], {"text": "Alpha's"}, at_ms=NOW_MS + 1)
    second = turn(cast, cast.beta, "face", [one.id], {"text": "Beta's"}, at_ms=NOW_MS + 2)
    assert (card(cast).text, [other.text for other in card(cast).others]) == (
        *("Beta's", ["Alpha's"]),
    )
    assert card(cast).bases["face"] == (second.id, first.id)
    turn(cast, cast.alpha, "face", [first.id, second.id], {"text": "Both"}, at_ms=NOW_MS + 3)
    assert (card(cast).text, card(cast).others) == ("Both", ())


def test_a_removed_card_comes_back_as_it_was_written_meanwhile(cast: Cast) -> None:
    put_up(cast)
    one = pin(cast, cast.beta)
    gone = turn(cast, cast.alpha, "presence", [one.id], value="removed")
    assert card(cast).standing is Standing.DELETED
    assert (card(cast).text, card(cast).wall) == ("", on(cast))
    put_away = card(cast).put_away
    assert put_away is not None
    assert put_away.home == cast.alpha.node
    turn(cast, cast.beta, "face", [one.id], {"text": "Changed meanwhile"}, at_ms=NOW_MS + 1)
    assert card(cast).standing is Standing.DELETED
    turn(cast, cast.beta, "presence", [gone.id], value="there", at_ms=NOW_MS + 2)
    assert (card(cast).standing, card(cast).text) == (Standing.SHOWN, "Changed meanwhile")


def test_a_delete_says_nothing_about_what_is_common(cast: Cast) -> None:
    put_up(cast)
    pin(cast, cast.beta)
    header = writing.delete(cast.place(cast.beta), By(cast.beta.teacher), CARD)
    say(cast, cast.beta, header)
    assert card(cast).standing is Standing.SHOWN


def test_a_moderator_hides_a_card(cast: Cast) -> None:
    put_up(cast)
    pin(cast, cast.beta)
    header = writing.hide(cast.place(cast.alpha), By(cast.alpha.teacher), CARD, home=cast.beta.node)
    say(cast, cast.alpha, header, {"reason": "hate"})
    assert (card(cast).standing, card(cast).text) == (Standing.HIDDEN, "")


@pytest.mark.parametrize(
    ("values", "column", "place", "colour"),
    [
        ({"column": 2**53 - 1}, fold.MAX_COLUMNS - 1, "a0", "yellow"),
        ({"column": "left"}, 7, "a0", "yellow"),
        ({"order": "zzz"}, 0, "", "yellow"),
        ({"order": "h" + "z" * 120}, 0, "", "yellow"),
        ({"order": 7}, 0, "", "yellow"),
        ({"colour": "ff0000"}, 0, "a0", "plain"),
        ({"colour": ["yellow"]}, 0, "a0", "plain"),
        ({"colour": 1}, 0, "a0", "plain"),
    ],
)
def test_a_position_or_a_colour_that_cannot_be_does_no_harm(
    cast: Cast, values: dict[str, object], column: int, place: str, colour: str
) -> None:
    put_up(cast)
    pin(cast, cast.beta, "card", values)
    assert (card(cast).column, card(cast).place, card(cast).colour) == (column, place, colour)
    shown = fold.view([card(cast)], len(wall(cast).columns))
    assert [len(one) for one in shown] == ([1, 0] if column == 0 else [0, 1])


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"text": ""},
        {"text": "x" * 1_001},
        {"text": "x\u202ey"},
        {"file": "https://evil.example/x.png"},
        {"text": 7},
    ],
)
def test_a_card_that_says_nothing_that_it_can_is_unreadable(
    cast: Cast, content: JSONObject
) -> None:
    put_up(cast)
    one = pin(cast, cast.beta)
    turn(cast, cast.alpha, "face", [one.id], content, at_ms=NOW_MS + 1)
    assert (card(cast).standing, card(cast).text) == (Standing.UNREADABLE, "")


def test_a_huge_face_is_not_read(cast: Cast) -> None:
    put_up(cast)
    one = pin(cast, cast.beta)
    content: JSONObject = {"text": "x", "more": "y" * fold.MAX_FACE_OCTETS}
    turn(cast, cast.alpha, "face", [one.id], content, at_ms=NOW_MS + 1)
    assert card(cast).standing is Standing.UNREADABLE


def test_a_set_that_points_at_something_else_changes_nothing_there(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    before = dict(cast.replica.posts)
    header = writing.set_register(
        cast.place(cast.alpha),
        By(cast.alpha.teacher),
        reference(cast.beta.node, post.header.object),
        "card",
        "face",
        base=[post.id],
        inside=on(cast),
    )
    say(cast, cast.alpha, header, {"text": "A card over a post"})
    assert cast.replica.posts == before
    assert not cast.replica.others


def test_cards_stand_in_one_order_whatever_arrived_first(cast: Cast) -> None:
    put_up(cast)
    for number, word in enumerate(("c", "a", "b")):
        pin(
            cast,
            cast.beta,
            word,
            {"order": "a0" if word != "b" else "none", "column": number % 2},
        )
    cards = [one for one in cast.replica.others.values() if isinstance(one, Card)]
    orders = {
        str([[one.reference for one in column] for column in fold.view(mixed, 2)])
        for mixed in itertools.permutations(cards)
    }
    assert len(orders) == 1
    # Columns that the wall has no more: their cards stand in the last.
    assert [len(one) for one in fold.view(cards, 1)] == [3]
    assert fold.view([], 0) == [[]]


def test_a_card_is_there_although_its_beginning_has_no_effect(cast: Cast) -> None:
    put_up(cast)
    turn(cast, cast.alpha, "face", [], {"text": "Without a beginning"})
    assert card(cast).text == "Without a beginning"
    one = pin(cast, cast.beta)
    # Written beside each other: neither knew of the other.
    assert {card(cast).text, *(other.text for other in card(cast).others)} == {
        *("Without a beginning", "What is a card?")
    }
    assert set(card(cast).bases["face"]) >= {one.id}
