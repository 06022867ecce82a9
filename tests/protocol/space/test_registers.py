"""Registers of shared objects: any school changes them, nobody's version is lost, no order of
arrival matters; and a `Set` reaches nothing else."""

import itertools

import pytest

from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.authority import Void
from protocol.space.fold import register
from protocol.space.fold.register import MAX_SIBLINGS, Register
from protocol.space.operation import Header, Operation, write
from protocol.space.vocabulary import reference
from protocol.space.writing import By
from tests.protocol.space.cast import NOW_MS, Cast, changed, words
from tests.simulation.school import School, name_of

BLOCK = name_of("block")


@pytest.fixture
def cast() -> Cast:
    return Cast()


def block_of(school: School) -> str:
    return reference(school.node, BLOCK)


def page_of(school: School) -> str:
    return reference(school.node, name_of("page"))


def create(cast: Cast, school: School) -> Operation:
    header = writing.create(
        cast.place(school), By(school.teacher), BLOCK, "block", inside=page_of(school), order="V"
    )
    return sent(cast, school, header, "first")


def put(
    cast: Cast,
    school: School,
    home: School,
    *base: Operation,
    text: str = "more",
    field: str = "body",
    **members: object,
) -> Operation:
    header = writing.set_register(
        cast.place(school),
        By(school.teacher),
        block_of(home),
        "block",
        field,
        base=[one.id for one in base],
        inside=page_of(home),
    )
    return sent(cast, school, changed(header, **members), text)


def sent(cast: Cast, school: School, header: Header, text: str) -> Operation:
    operation = write(header, words(text), school.signer)
    judgement = cast.receive(operation)
    assert not judgement.refused
    return operation


def read(cast: Cast, home: School, field: str = "body") -> Register:
    return register.read(cast.replica.items(home.node, BLOCK), "block", field)


def standing(cast: Cast, home: School) -> list[str]:
    return [one.id for one in read(cast, home).standing]


def test_another_school_changes_a_block_and_replaces_its_base(cast: Cast) -> None:
    one = create(cast, cast.beta)
    two = put(cast, cast.alpha, cast.beta, one)
    assert standing(cast, cast.beta) == [two.id]
    assert two.header.args["home"] == cast.beta.node
    assert "home" not in put(cast, cast.beta, cast.beta, two).header.args


def test_versions_that_did_not_know_each_other_both_stand_the_latest_first(cast: Cast) -> None:
    one = create(cast, cast.beta)
    two = put(cast, cast.beta, cast.beta, one, time=NOW_MS + 2)
    three = put(cast, cast.alpha, cast.beta, one, time=NOW_MS + 1)
    assert standing(cast, cast.beta) == [two.id, three.id]
    both = put(cast, cast.alpha, cast.beta, two, three, time=NOW_MS + 1)
    assert standing(cast, cast.beta) == [both.id]


def test_registers_of_one_object_do_not_touch_each_other(cast: Cast) -> None:
    one = create(cast, cast.beta)
    moved = put(cast, cast.alpha, cast.beta, one, field="place")
    assert standing(cast, cast.beta) == [one.id]
    assert [two.id for two in read(cast, cast.beta, "place").standing] == [moved.id]
    # A base of another register replaces nothing.
    text = put(cast, cast.alpha, cast.beta, moved)
    assert set(standing(cast, cast.beta)) == {one.id, text.id}


def test_every_order_of_arrival_gives_the_same_register(cast: Cast) -> None:
    one = create(cast, cast.beta)
    two = put(cast, cast.alpha, cast.beta, one)
    three = put(cast, cast.beta, cast.beta, one, time=NOW_MS + 5)
    put(cast, cast.alpha, cast.beta, two, three)
    items = cast.replica.items(cast.beta.node, BLOCK)
    assert len({str(register.read(o, "block", "body")) for o in itertools.permutations(items)}) == 1


def test_what_one_school_wrote_stays_when_the_first_version_falls_away(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    cast.declare(cast.gamma)
    before = cast.head(cast.gamma)
    one = create(cast, cast.gamma)
    two = put(cast, cast.beta, cast.gamma, one)
    logs: dict[str, object] = {
        "logs": {before.log: [before.seq, before.id]},
        "node": cast.gamma.node,
    }
    cast.receive(cast.decide("Cut", logs))
    assert cast.replica.rows[one.id].void is Void.OFF_CHAIN
    assert standing(cast, cast.gamma) == [two.id]


def test_erasing_what_is_shown_brings_back_what_it_replaced(cast: Cast) -> None:
    one = create(cast, cast.beta)
    two = put(cast, cast.alpha, cast.beta, one)
    three = put(cast, cast.beta, cast.beta, two)
    erase(cast, cast.beta, three)
    assert standing(cast, cast.beta) == [two.id]


def test_erasing_a_base_brings_nothing_back_that_was_replaced_through_it(cast: Cast) -> None:
    one = create(cast, cast.beta)
    two = put(cast, cast.alpha, cast.beta, one)
    three = put(cast, cast.beta, cast.beta, two)
    erase(cast, cast.alpha, two)
    assert standing(cast, cast.beta) == [three.id]
    erase(cast, cast.beta, three)
    assert standing(cast, cast.beta) == [one.id]


def erase(cast: Cast, school: School, one: Operation) -> None:
    cast.replica.erased.add((school.node, one.id))
    cast.replica.payloads.pop(one.id, None)


def test_one_school_alone_cannot_bury_a_block_under_versions(cast: Cast) -> None:
    one = create(cast, cast.beta)
    flood = [put(cast, cast.alpha, cast.beta, text=f"{n}", time=NOW_MS + n) for n in range(40)]
    assert standing(cast, cast.beta) == [two.id for two in reversed(flood[-MAX_SIBLINGS:])]
    put(cast, cast.beta, cast.beta, *flood[-MAX_SIBLINGS:], time=NOW_MS + 50)
    healed = standing(cast, cast.beta)
    assert len(healed) == 2
    assert one.id in healed, "nobody replaced it"
    assert not {two.id for two in flood} & set(healed)


@pytest.mark.parametrize("kind", ["thread", "file", "update"])
def test_a_set_on_an_owned_kind_is_refused(cast: Cast, kind: str) -> None:
    header = writing.set_register(
        cast.place(cast.alpha), By(cast.alpha.teacher), block_of(cast.beta), kind, "text", base=[]
    )
    with pytest.raises(Refused) as refused:
        write(header, words(), cast.alpha.signer)
    assert refused.value.reason is Reason.BAD_OPERATION


def test_a_set_pointed_at_another_schools_thread_changes_nothing(cast: Cast) -> None:
    thread = cast.thread(cast.beta)
    cast.receive(thread)
    (before,) = cast.replica.posts.values()
    header = writing.set_register(
        cast.place(cast.alpha),
        By(cast.alpha.teacher),
        reference(cast.beta.node, thread.header.object),
        "page",
        "title",
        base=[thread.id],
    )
    sent(cast, cast.alpha, header, "Taken over")
    assert list(cast.replica.posts.values()) == [before]


@pytest.mark.parametrize(
    "args",
    [
        {"kind": "block", "field": "body"},  # a block lies in a page
        {"kind": "page"},
        {"kind": "page", "field": "Title"},
        {"kind": "page", "field": "title", "home": "beta"},
        {"kind": "page", "field": "title", "in": "page"},
        {"kind": "page", "field": "title", "to": "a" * 32 + "/" + name_of("x")},
        {"kind": "page", "field": "title", **{f"v{'x' * n}": 1 for n in range(1, 10)}},
        {"kind": "page", "field": "title", "deep": {"a": 1}},
    ],
)
def test_arguments_of_a_set_that_are_not_those_of_one(cast: Cast, args: dict[str, object]) -> None:
    good = writing.set_register(
        cast.place(cast.alpha), By(cast.alpha.teacher), block_of(cast.beta), "page", "title",
        base=[],
    )  # fmt: skip
    assert write(good, words(), cast.alpha.signer)
    with pytest.raises(Refused):
        write(changed(good, args=args), words(), cast.alpha.signer)


def test_home_is_never_the_writers_own_node(cast: Cast) -> None:
    good = writing.set_register(
        cast.place(cast.beta), By(cast.beta.teacher), block_of(cast.alpha), "page", "title", base=[]
    )
    assert write(good, words(), cast.beta.signer)
    bad = changed(good, args=good.args | {"home": cast.beta.node})
    with pytest.raises(Refused):
        write(bad, words(), cast.beta.signer)


def test_a_create_makes_nothing_in_another_schools_name(cast: Cast) -> None:
    header = writing.create(cast.place(cast.alpha), By(cast.alpha.teacher), BLOCK, "page")
    assert write(header, words(), cast.alpha.signer)
    with pytest.raises(Refused):
        write(
            changed(header, args=header.args | {"home": cast.beta.node}), words(), cast.alpha.signer
        )


def test_a_set_needs_an_author_with_a_role(cast: Cast) -> None:
    one = create(cast, cast.beta)
    two = put(cast, cast.alpha, cast.beta, one, actor=cast.alpha.pupil)
    assert cast.replica.rows[two.id].void is Void.NOT_RELEASED
    three = put(
        cast, cast.alpha, cast.beta, one, actor=cast.alpha.pupil, released_by=cast.alpha.teacher
    )
    assert cast.replica.rows[three.id].void is None
    assert standing(cast, cast.beta) == [three.id]
