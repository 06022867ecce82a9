"""What a node does about its own log when a part of it counts nowhere."""

import msgspec
import pytest

from protocol.space import recovery, writing
from protocol.space.known import Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.writing import By, Place
from tests.protocol.space.cast import NOW_MS, Cast
from tests.simulation.school import name_of

CAST = Cast()
LOG = CAST.beta.log


def place(seq: int, time: int = NOW_MS) -> Place:
    return Place(CAST.space, LogHead(LOG, seq - 1, f"{seq - 1}" if seq > 1 else ""), "", time)


def chain(*times: int) -> dict[str, Stored]:
    """A log of acknowledgements that were signed at these times."""
    headers = {
        str(seq): writing.acknowledge(place(seq, time)) for seq, time in enumerate(times, start=1)
    }
    return {id_: Stored(header, accepted=True, void=None) for id_, header in headers.items()}


@pytest.mark.parametrize(
    ("times", "last", "early"),
    [
        ((1, 2, 9, 9), (2, "2"), ["3", "4"]),
        ((9, 9), (0, ""), ["1", "2"]),
        ((1, 5), (2, "2"), []),
    ],
)
def test_a_log_is_good_until_the_first_word_from_a_time_that_has_not_come(
    times: tuple[int, ...], last: tuple[int, str], early: list[str]
) -> None:
    head = LogHead(LOG, len(times), str(len(times)), times[-1])
    base, found = recovery.split_ahead(head, chain(*times), 5)
    assert (base.seq, base.id) == last
    assert found == early


def test_a_log_that_begins_with_an_open_begins_with_the_same_one_again() -> None:
    early = writing.open_incarnation(place(1, 9), branch=LogHead(LOG, 3, "A" * 43))
    again = recovery.end_before(place(1, 5), early)
    assert (again.type, again.args, again.time) == ("Open", early.args, 5)
    assert recovery.end_before(place(4, 5), early).type == "Open"
    assert recovery.end_before(place(4, 5), writing.acknowledge(place(4, 9))).type == "Acknowledge"


def hides(seq: int, log: str = LOG, name: str = "one") -> Header:
    at = Place(CAST.space, LogHead(log, seq - 1, "x"), "", NOW_MS)
    return writing.hide(at, By(CAST.beta.teacher), name_of(name), home=CAST.beta.node)


def test_what_a_repetition_says_tells_that_it_is_one_and_how_often_counts() -> None:
    lost = {"a": hides(3), "b": hides(5), "c": hides(6, name="other"), "d": hides(4, name="third")}
    said = {"again": hides(2, log=f"{LOG[:-1]}1"), "another": hides(9, name="third")}
    found = recovery.find_unsaid(lost, said)
    assert found.renamed == {"a": "again", "d": "another"}
    assert found.unsaid == ["b", "c"]


def test_people_and_acknowledgements_are_not_said_again() -> None:
    lost = {"a": writing.acknowledge(place(3)), "b": writing.leave(place(4))}
    assert recovery.find_unsaid(lost, {}) == recovery.Beside([], {}, [])


def deletes(seq: int, time: int, *, undo: bool = False) -> Header:
    at, by = place(seq, time), By(CAST.beta.teacher)
    made = writing.delete(at, by, name_of("one"), undo=undo)
    return msgspec.structs.replace(made, prev=f"{seq - 1}")


def test_words_before_the_branch_began_repeat_nothing_of_it() -> None:
    said = {"1": deletes(1, 1), "2": deletes(2, 2, undo=True)}
    lost = {"3": deletes(3, 3)}
    assert recovery.find_unsaid(lost, said).unsaid == ["3"]
    said["again"] = deletes(4, 9)
    assert recovery.find_unsaid(lost, said).renamed == {"3": "again"}


def test_what_was_taken_back_meanwhile_is_not_said_again() -> None:
    lost, said = {"3": deletes(3, 3)}, {"2": deletes(2, 1), "9": deletes(3, 9, undo=True)}
    assert recovery.find_unsaid(lost, said).unsaid == []
    said["9"] = deletes(3, 2, undo=True)
    assert recovery.find_unsaid(lost, said).unsaid == ["3"]


def test_words_that_lie_on_two_lost_branches_are_said_again_once() -> None:
    def words(seq: int, log: str = LOG) -> Header:
        return msgspec.structs.replace(hides(seq, log=log), payload_hash="A" * 43, payload_size=9)

    lost = {"first": words(3), "repeated": words(2, log=f"{LOG[:-1]}1")}
    said = {"again": words(2, log=f"{LOG[:-1]}2")}
    found = recovery.find_unsaid(lost, said)
    assert found.renamed == {"first": "again", "repeated": "again"}
    assert found.unsaid == []


def test_a_newer_sign_of_the_same_person_stands_and_that_of_another_does_not_touch_it() -> None:
    def sign(seq: int, time: int, who: str, words: str) -> Header:
        made = writing.like(place(seq, time), By(who), f"{CAST.beta.node}/{name_of('one')}")
        return msgspec.structs.replace(made, payload_hash=words * 43, payload_size=9)

    teacher, pupil = CAST.beta.teacher, name_of("pupil")
    lost = {"older": sign(3, 3, teacher, "A")}
    assert recovery.find_unsaid(lost, {"newer": sign(3, 9, teacher, "B")}).unsaid == []
    assert recovery.find_unsaid(lost, {"another's": sign(3, 9, pupil, "B")}).unsaid == ["older"]
    assert recovery.find_unsaid(lost, {"before": sign(3, 2, teacher, "B")}).unsaid == ["older"]
