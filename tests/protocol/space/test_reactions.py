"""Reactions: of each person the last one counts, and nothing of what they are about is changed."""

import random
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from protocol.space import operation
from protocol.space.fold import kinds, reactions
from protocol.space.fold.item import Item
from protocol.space.fold.reading import payloads_of
from protocol.space.operation import Header

ALPHA, BETA = "a" * 32, "b" * 32


def like(
    seq: int,
    actor: str,
    sign: str | None,
    *,
    node: str = ALPHA,
    number: int = 0,
    erased: bool = False,
) -> Item:
    said = None if sign is None else operation.payload({"sign": sign}, "en", bytes(16))
    size = 0 if said is None else len(said)
    header = Header(
        1, "s", f"c/{node}/{number}", seq, "", "", seq, "Like", "o", actor=actor,
        payload_hash="h" * 43, payload_size=size,
    )  # fmt: skip
    return Item(f"{node[0]}{number}{seq}", header, None if erased else said, erased)


def signs(*items: Item) -> list[tuple[str, str]]:
    return [(one.actor, one.sign) for one in reactions.fold(items)]


def test_the_last_of_each_person_counts_in_whatever_order_they_come() -> None:
    told = [like(1, "m", "heart"), like(2, "m", "smile"), like(3, "n", "idea")]
    for order in permutations(told):
        assert signs(*order) == [("m", "smile"), ("n", "idea")]
    assert signs(like(9, "m", "heart"), like(1, "m", "idea", number=1)) == [("m", "idea")]


def test_what_takes_back_or_was_erased_or_is_no_sign_is_no_reaction() -> None:
    first = like(1, "m", "heart")
    for last in (
        like(2, "m", "none"),
        like(2, "m", "heart", erased=True),
        like(2, "m", "Mia loves it"),
        like(2, "m", "x" * 2_000),
    ):
        assert signs(first, last) == []
    assert signs(like(1, "m", "heart"), like(1, "m", "idea", node=BETA)) == [
        ("m", "heart"),
        ("m", "idea"),
    ], "one name at two schools is two people"


def test_a_reaction_changes_nothing_of_what_it_is_about() -> None:
    said = operation.payload({"title": "Birds", "text": "Which?"}, "en", bytes(16))
    opened = Item(
        "t",
        Header(
            1, "s", f"c/{ALPHA}/0", 1, "", "", 1, "Create", "o", actor="a",
            args={"kind": "thread"}, payload_hash="h" * 43, payload_size=len(said),
        ),
        said,
    )  # fmt: skip
    alone = kinds.fold([opened])
    assert alone is not None
    assert kinds.fold([opened, like(2, "m", "heart")]) == alone
    assert payloads_of([opened, like(2, "m", "heart")]) == {"t"}


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from("mn"), st.sampled_from(
    [*reactions.SIGNS, reactions.NONE, "other"])), max_size=8), st.randoms())  # fmt: skip
def test_every_order_of_arrival_makes_the_same(
    told: list[tuple[int, str, str]], draw: random.Random
) -> None:
    items = [like(*one) for one in {one[0]: one for one in told}.values()]
    mixed = list(items)
    draw.shuffle(mixed)
    assert reactions.fold(mixed) == reactions.fold(items)
    assert {one.id for one in reactions.fold(items)} <= reactions.needed_for(items)
