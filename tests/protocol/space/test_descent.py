"""What descends from what was erased: by way of bases, whatever came first, until its school has
looked."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from protocol.space.fold.descent import MOST, Descendant, Link, Same, descendants
from protocol.space.operation import Header
from protocol.space.vocabulary import Arguments

ALPHA, BETA, GAMMA = "a" * 32, "b" * 32, "c" * 32
HASH = "h" * 43


def link(
    id_: str,
    node: str,
    *base: str,
    erased: bool = False,
    effective: bool = True,
    words: bool = True,
    kind: str = "Set",
) -> Link:
    header = Header(
        1, "s", f"c/{node}/0", 1, "", "", 0, kind, "o", base, payload_hash=HASH if words else ""
    )
    return Link(id_, header, effective, erased)


def creation(kind: str) -> Link:
    args: Arguments = {"kind": kind}
    header = Header(
        1, "s", f"c/{BETA}/0", 1, "", "", 0, "Create", "o", args=args, payload_hash=HASH
    )
    return Link("c", header, effective=True, erased=False)


def found(*links: Link) -> list[tuple[str, str]]:
    return list(descendants(links))


def test_what_another_school_wrote_on_an_erased_version_descends_from_it() -> None:
    gone = link("e", ALPHA, erased=True)
    assert found(gone, link("d", BETA, "e")) == [("d", "e")]
    assert found(gone, link("d", BETA, "e"), link("x", GAMMA, "d")) == [("d", "e"), ("x", "e")]
    # What the erasing school wrote itself is its own affair, and what it had not erased too.
    assert found(gone, link("d", ALPHA, "e")) == []
    assert found(link("e", ALPHA), link("d", BETA, "e")) == []


def test_it_passes_through_what_was_erased_or_says_nothing_or_has_no_effect() -> None:
    gone = link("e", ALPHA, erased=True)
    for between in (
        link("m", BETA, "e", erased=True),
        link("m", BETA, "e", words=False),
        link("m", ALPHA, "e", words=False),
        link("m", BETA, "e", effective=False),
    ):
        assert found(gone, between, link("d", BETA, "m"))[:1] == [("d", "e")]
    # A school that erased a version of its own behind it asks as well.
    middle = link("m", GAMMA, "e", erased=True)
    assert found(gone, middle, link("d", BETA, "m")) == [("d", "e"), ("d", "m")]
    # The nearest of one school's is enough.
    assert found(gone, link("f", ALPHA, "e", erased=True), link("d", BETA, "f")) == [("d", "f")]


def test_it_ends_where_the_erasing_school_wrote_again_and_where_a_school_has_looked() -> None:
    gone, mine = link("e", ALPHA, erased=True), link("d", BETA, "e")
    again = link("a", ALPHA, "d")
    assert found(gone, mine, again, link("x", GAMMA, "a")) == [("d", "e")]
    looked = link("l", BETA, "d", "e", kind="Clear", words=False)
    assert found(gone, mine, looked, link("x", GAMMA, "d")) == []
    # It has looked, whatever became of the version afterwards.
    erased = link("d", BETA, "e", erased=True)
    assert found(gone, erased, looked, link("x", GAMMA, "d")) == [("x", "d")]


def test_only_its_own_school_looks_at_a_version_and_only_at_what_it_names() -> None:
    gone, mine = link("e", ALPHA, erased=True), link("d", BETA, "e")
    other = link("f", GAMMA, erased=True)
    for idle in (
        link("l", GAMMA, "d", "e", kind="Clear", words=False),
        link("l", ALPHA, "d", "e", kind="Clear", words=False),
        link("l", BETA, "d", "e", kind="Clear", words=False, effective=False),
        link("l", BETA, "d", "f", kind="Clear", words=False),
        link("l", BETA, "d", "e", words=False),
        link("l", BETA, "e", kind="Clear", words=False),
    ):
        assert ("d", "e") in found(gone, mine, other, idle)


def test_the_same_bytes_are_found_by_the_erasing_schools_word_in_files_alone() -> None:
    made, post = creation("file"), creation("thread")
    version, other = link("f", BETA, kind="Update"), link("f", BETA, kind="Set")
    same = [Same(ALPHA, "e", "f"), Same(ALPHA, "e", "elsewhere")]
    assert list(descendants([made, version], same)) == [Descendant("f", "e")]
    assert list(descendants([made], [Same(ALPHA, "e", "c")])) == [Descendant("c", "e")]
    # An `Update` is one of whatever was created under this name.
    assert list(descendants([post, version], same)) == []
    assert list(descendants([version], same)) == []
    assert list(descendants([made, other], same)) == []
    assert list(descendants([made, version], [Same(BETA, "e", "f")])) == []
    looked = link("l", BETA, "f", "e", kind="Clear", words=False)
    assert list(descendants([made, version, looked], same)) == []


def test_one_school_asks_of_a_version_at_once_only_what_one_clear_can_name() -> None:
    made = creation("file")
    same = [
        Same(node, f"{node[0]}{number:02}", "c") for node in (ALPHA, GAMMA) for number in range(40)
    ]
    first = [f"{letter}{number:02}" for letter in "ac" for number in range(MOST)]
    assert [one.erased for one in descendants([made], same)] == first
    # Then the next ones.
    looked = link("l", BETA, "c", *first[:MOST], kind="Clear", words=False)
    next_ = [f"a{number:02}" for number in range(MOST, 2 * MOST)]
    assert [one.erased for one in descendants([made, looked], same)] == next_ + first[MOST:]


def test_one_version_answers_for_no_more_than_one_clear_can_name() -> None:
    many = [link(f"e{number:02}", ALPHA, erased=True) for number in range(40)]
    joined = link("d", BETA, *(one.id for one in many[:16]))
    more = link("x", BETA, *(one.id for one in many[16:]), "d")
    counts = [sum(one.id == id_ for one in descendants([*many, joined, more])) for id_ in "dx"]
    assert counts == [MOST, MOST]


@st.composite
def histories(draw: st.DrawFn) -> Sequence[Link]:
    links: list[Link] = []
    for number in range(draw(st.integers(1, 12))):
        known = [one.id for one in links]
        base = draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
        links.append(
            link(
                f"{draw(st.integers(0, 9))}-{number}",
                draw(st.sampled_from([ALPHA, BETA, GAMMA])),
                *base,
                erased=draw(st.booleans()),
                effective=draw(st.booleans()),
                words=draw(st.booleans()),
                kind=draw(st.sampled_from(["Set", "Clear"])),
            )
        )
    return links


@given(histories(), st.integers())
def test_no_order_of_arrival_matters(links: Sequence[Link], seed: int) -> None:
    mixed = list(links)
    random.Random(seed).shuffle(mixed)
    whole = descendants(links)
    assert descendants(mixed) == whole
    known = {one.id: one for one in links}
    for id_, erased in whole:
        mine, gone = known[id_], known[erased]
        assert mine.effective
        assert not mine.erased
        assert gone.erased
        assert mine.header.node != gone.header.node
