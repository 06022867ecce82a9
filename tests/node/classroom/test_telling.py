"""What the staff's words about pupils may not hold."""

import pytest

from node.classroom import roster, telling
from node.classroom.telling import Telling
from tests.node.classroom.classes import LAST_DAY, Twinned


@pytest.mark.parametrize(
    ("called", "text", "found"),
    [
        ("5b", "It was in 5 b.", ["5 b"]),
        ("5b", "It was in 5.b", ["5.b"]),
        ("5 b", "the 5B class", ["5B"]),
        ("5b", "5b's words, and 5b", ["5b"]),
        ("Storks", "of the storks", ["storks"]),
        ("Klasse A", "aus Klasse A", ["Klasse A"]),
        ("A", "This is a threat.", []),
        ("7", "7 times", []),
        ("5b", "15 b and 5 boys", []),
        ("Ab", "Ab und zu", []),
        ("–", "It – hurts", []),
    ],
)
def test_a_class_is_found_however_it_is_written(called: str, text: str, found: list[str]) -> None:
    assert telling.find_classes(text, [called]) == found


async def test_it_says_which_words_tell(twinned: Twinned) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    await roster.make_class(room, ana, name="A", language="en", last_day=LAST_DAY)
    await telling.require_untelling(room, "This is a threat.", "en")
    with pytest.raises(Telling) as refused:
        await telling.require_untelling(room, "A threat by Panda\nNova, 5 b, and Mia Nowak.", "en")
    assert refused.value.words == ("Panda Nova", "Mia Nowak", "5 b")
    assert "Mia" not in f"{refused.value} {refused.value.facts}"
