"""Pages as people see them: blocks in order, two versions where two schools wrote, what was erased
gone from all of it, and every order of arrival the same."""

import itertools

import msgspec
import pytest

from protocol.canonical import JSON
from protocol.space import writing
from protocol.space.fold import block, page, reading, versions
from protocol.space.fold.block import Embed, Paragraph
from protocol.space.fold.history import Standing
from protocol.space.fold.item import Item
from protocol.space.merge import Kind, Steps
from protocol.space.operation import Operation
from protocol.space.writing import By
from tests.protocol.space.paging import Paper


@pytest.fixture
def paper() -> Paper:
    return Paper()


def texts(paper: Paper) -> list[str]:
    return [block.plain(one.body) if one.body else str(one.standing) for one in paper.blocks()]


def test_a_page_by_two_schools_reads_in_the_order_of_its_keys(paper: Paper) -> None:
    paper.begin()
    paper.block(paper.alpha, "second", order="a1")
    paper.block(paper.beta, "first", order="a0")
    paper.block(paper.alpha, "between", order="a0V")
    assert texts(paper) == ["first", "between", "second"]
    assert (paper.shown().title, paper.shown().audience) == ("Birds", "members")


def test_blocks_at_one_place_are_ordered_by_name_whoever_came_first(paper: Paper) -> None:
    paper.begin()
    made = [paper.block(paper.alpha, f"block {n}") for n in range(6)]
    names = sorted(paper.of(one) for one in made)
    assert [one.reference for one in paper.blocks()] == names


def test_a_block_without_a_good_place_comes_last(paper: Paper) -> None:
    paper.begin()
    paper.block(paper.alpha, "bad", order="zz")
    paper.block(paper.alpha, "bomb", order="a0" + "0" * 60)
    paper.block(paper.beta, "good", order="h99999999")
    assert texts(paper)[0] == "good"
    assert sorted(texts(paper)[1:]) == ["bad", "bomb"]


def test_moving_and_editing_at_once_is_no_conflict(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one")
    two = paper.block(paper.beta, "two", order="a1")
    paper.put(paper.alpha, one, one, text="edited")
    paper.move(paper.beta, one, one, order="a2")
    assert texts(paper) == ["two", "edited"]
    assert paper.read(one).others == ()
    assert two


def test_a_block_moves_to_another_page_and_leaves_this_one(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one")
    paper.move(paper.alpha, one, one, order="a2", inside=f"{paper.alpha.node}/{'A' * 22}")
    assert texts(paper) == []


def test_a_removal_can_be_undone(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one")
    gone = paper.remove(paper.alpha, one, one)
    assert texts(paper) == []
    assert paper.read(one).standing is Standing.DELETED
    paper.put(paper.beta, one, gone, text="one")
    assert texts(paper) == ["one"]


def test_what_was_changed_while_another_removed_it_is_still_seen(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one")
    paper.put(paper.beta, one, one, text="changed")
    paper.remove(paper.alpha, one, one)
    (seen,) = paper.blocks()
    assert seen.standing is Standing.DELETED
    assert len(seen.others) == 1
    found = versions.suggest(paper.bodies(one))
    assert (found.kind, found.parts["text"], found.conflicts) == ("paragraph", "changed", 1)


def test_two_versions_come_together_by_what_they_grew_from(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one", "We met on Monday. It rained.")
    two = paper.put(paper.beta, one, one, text="We met on Tuesday. It rained.")
    three = paper.put(paper.alpha, one, one, text="We met on Monday. It snowed.")
    assert paper.read(one).bases["body"] == (three.id, two.id)
    bodies = paper.bodies(one)
    assert versions.needed_for(bodies) == {one.id, two.id, three.id}
    found = versions.suggest(bodies)
    assert found.parts["text"] == "We met on Tuesday. It snowed."
    assert found.conflicts == 0
    paper.put(paper.alpha, one, three, two, text=found.parts["text"])
    assert paper.read(one).others == ()


def test_erasing_the_shown_version_brings_back_the_one_before(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one", "first words")
    two = paper.put(paper.alpha, one, one, text="secret words")
    paper.erase(paper.alpha, two)
    assert texts(paper) == ["first words"]
    paper.erase(paper.beta, one)
    assert paper.read(one).standing is Standing.ERASED
    assert texts(paper) == ["erased"]
    assert paper.read(one).place == "a0", "its place stands in the header"


def test_an_erased_base_is_no_base_of_a_merge_any_more(paper: Paper) -> None:
    paper.begin()
    old = paper.block(paper.beta, "one", "We met on Monday. It rained.")
    one = paper.put(paper.beta, old, old, text="We met on Monday. It rained. Anna sang.")
    paper.put(paper.beta, old, one, text="We met on Tuesday. It rained.")
    paper.put(paper.alpha, old, one, text="We met on Monday. It snowed.")
    paper.erase(paper.beta, one)
    bodies = paper.bodies(old)
    assert one.id not in versions.needed_for(bodies)
    assert versions.suggest(bodies).parts["text"] == "We met on Tuesday. It snowed."
    paper.erase(paper.beta, old)
    found = versions.suggest(paper.bodies(old))
    assert "Anna" not in found.parts["text"]
    assert {"Tuesday", "Monday", "snowed", "rained"} <= set(
        found.parts["text"].replace(".", "").split()
    )


def test_an_erased_title_gives_way_and_takes_nothing_else_along(paper: Paper) -> None:
    one = paper.begin(audience="teachers")
    two = paper.field(paper.alpha, "title", one, title="Birds of Anna")
    paper.erase(paper.alpha, two)
    assert paper.shown().title == "Birds"
    paper.erase(paper.beta, one)
    shown = paper.shown()
    assert (shown.title, shown.audience, shown.place) == ("", "teachers", "a0")


def test_who_may_see_a_page_and_whether_it_is_there_are_registers(paper: Paper) -> None:
    one = paper.begin(audience="teachers")
    assert paper.shown().audience == "teachers"
    paper.field(paper.alpha, "sight", one, audience="members")
    paper.field(paper.beta, "title", one, title="Other words")
    assert paper.shown().audience == "members"
    gone = paper.field(paper.alpha, "presence", value="removed")
    assert paper.shown().standing is Standing.DELETED
    paper.field(paper.beta, "presence", gone, value="there")
    assert paper.shown().standing is Standing.SHOWN


def test_without_any_word_on_who_may_see_it_teachers_may(paper: Paper) -> None:
    paper.field(paper.alpha, "title", title="Its beginning never came")
    assert paper.shown().audience == "teachers"


def test_every_order_of_arrival_folds_to_the_same_block(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one")
    two = paper.put(paper.alpha, one, one, text="two")
    paper.put(paper.beta, one, one, text="three")
    paper.move(paper.alpha, one, one, order="a5")
    paper.remove(paper.beta, one, two)
    items = paper.cast.replica.items(one.header.node, one.header.object)
    found = {str(page.fold_block(order)) for order in itertools.permutations(items)}
    assert len(found) == 1


def test_folds_read_no_payload_but_those_that_are_shown(paper: Paper) -> None:
    begun = paper.begin()
    paper.field(paper.alpha, "title", begun, title="Other")
    one = paper.block(paper.beta, "one")
    two = paper.put(paper.alpha, one, one, text="two")
    paper.put(paper.beta, one, two, text="three")
    for operation, fold in ((begun, page.fold_page), (one, page.fold_block)):
        items = paper.cast.replica.items(operation.header.node, operation.header.object)
        needed = reading.payloads_of(items)
        assert len(needed) == 1
        bare = [
            Item(i.id, i.header, i.payload if i.id in needed else None, i.erased) for i in items
        ]
        assert fold(bare) == fold(items)


@pytest.mark.parametrize(
    "said",
    [
        {"block": "paragraph", "text": ""},
        {"block": "paragraph", "text": "x" * 10_001},
        {"block": "heading", "text": "Title", "level": 1},
        {"block": "list", "entries": []},
        {"block": "list", "entries": ["a\nb"]},
        {"block": "image", "file": "https://evil.example/x.png"},
        {"block": "table", "rows": [["a"] * 13]},
        {"block": "table", "rows": [["a" * 500] * 12] * 20},
        {"block": "embed", "type": "link", "data": {"url": 1}},
        {"block": "embed", "type": "link", "data": {f"k{n}": "v" for n in range(17)}},
        {"block": "script", "text": "alert(1)"},
        {"words": "no block"},
    ],
)
def test_a_body_of_no_known_shape_is_not_shown_and_stops_nothing(
    paper: Paper, said: dict[str, JSON]
) -> None:
    paper.begin()
    one = paper.block(paper.alpha, "hostile", order="a0", **said)
    paper.block(paper.beta, "good", order="a1")
    assert texts(paper) == ["unreadable", "good"]
    paper.put(paper.beta, one, one, text="mended")
    assert texts(paper) == ["mended", "good"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://video.example/watch?v=1", "https://video.example/watch?v=1"),
        ("javascript:alert(1)", ""),
        ('https://x.example/"><script>', ""),
        ("//x.example/y", ""),
        ("data:text/html,x", ""),
    ],
)
def test_something_embedded_is_linked_to_only_by_a_web_address(
    paper: Paper, url: str, address: str
) -> None:
    paper.begin()
    one = paper.block(paper.alpha, "e", block="embed", type="link", data={"url": url})
    body = paper.body(one)
    assert isinstance(body, Embed)
    assert body.address == address


BODIES: list[dict[str, JSON]] = [
    {"block": "heading", "text": "Title", "level": 3},
    {"block": "paragraph", "text": "One\n\nTwo"},
    {"block": "list", "entries": ["One", "Two"], "ordered": True},
    {"block": "image", "file": "a" * 32 + "/" + "A" * 22, "caption": "Seen"},
    {"block": "file", "file": "a" * 32 + "/" + "A" * 22},
    {"block": "table", "rows": [["A | B", "2"], ["", "3"]], "head": False},
    {"block": "embed", "type": "video", "data": {"title": "T", "url": "https://x.example/y"}},
]


@pytest.mark.parametrize("said", BODIES, ids=lambda said: str(said["block"]))
def test_the_written_form_of_every_body_gives_the_body_again(
    paper: Paper, said: dict[str, JSON]
) -> None:
    paper.begin()
    one = paper.block(paper.alpha, "block", **said)
    body = paper.body(one)
    assert body is not None
    kind = block.kind_of(body)
    assert kind == said["block"]
    two = paper.put(paper.beta, one, one, **block.payload_of(kind, block.written(body)))
    assert paper.body(one) == body
    assert paper.read(one).id == two.id


def test_the_past_of_a_page_is_read_again_at_any_version(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one", "We saw ten birds.", order="a0")
    two = paper.block(paper.alpha, "two", "Then it rained.", order="a1")
    three = paper.put(paper.alpha, one, one, text="We saw twelve birds.")
    paper.move(paper.beta, two, two, order="Zz")
    paper.remove(paper.beta, one, three)

    def at(until: Operation) -> list[page.Block]:
        replica = paper.cast.replica
        moment = (until.header.time, until.id)
        found = [
            page.fold_block(page.as_of(replica.items(*key), moment)) for key in replica.by_object
        ]
        return page.view(each for each in found if each is not None)

    before, after = at(two), at(three)
    assert [each.body for each in before] == [
        Paragraph("We saw ten birds.", "en"),
        Paragraph("Then it rained.", "en"),
    ]
    change, same = versions.compare(before, after)
    assert [(piece.kind, piece.text) for piece in change.pieces["text"]] == [
        ("same", "We saw "),
        ("gone", "ten"),
        ("new", "twelve"),
        ("same", " birds."),
    ]
    assert not same.is_change
    now = versions.compare(before, paper.blocks())
    assert [(each.before is None, each.after is None) for each in now] == [
        (False, True),
        (False, False),
    ]


def test_a_comparison_of_many_long_blocks_takes_the_steps_of_one(paper: Paper) -> None:
    paper.begin()
    paper.block(paper.beta, "one")
    (made,) = paper.blocks()
    was = " ".join(f"w{n}" for n in range(1_500))
    now = " ".join(f"w{n}" if n % 10 else f"new{n}" for n in range(1_500))
    names = [f"{n:022d}" for n in range(100)]

    def all_say(text: str) -> list[page.Block]:
        body = Paragraph(text, "en")
        return [msgspec.structs.replace(made, object=name, body=body) for name in names]

    changes = versions.compare(all_say(was), all_say(now))
    kinds = [[piece.kind for piece in one.pieces["text"]] for one in changes]
    assert Kind.SAME in kinds[0]
    assert kinds[-1] == [Kind.GONE, Kind.NEW]
    left = Steps()
    versions.compare(all_say(was), all_say(now), left)
    assert left.left <= 0
    whole = versions.compare(all_say(was), all_say(now), Steps(0))
    assert all(one.is_change for one in whole)
    assert "".join(piece.text for piece in whole[0].pieces["text"]) == was + now


def test_only_what_left_its_neighbours_counts_as_moved(paper: Paper) -> None:
    paper.begin()
    made = [paper.block(paper.beta, f"b{n}", order=f"a{n}") for n in range(5)]
    before = paper.blocks()
    paper.move(paper.alpha, made[0], made[0], order="a9")
    changes = versions.compare(before, paper.blocks())
    assert [one.moved for one in changes] == [False, False, False, False, True]


def test_the_list_of_versions_holds_every_change_once(paper: Paper) -> None:
    begun = paper.begin()
    one = paper.block(paper.beta, "one")
    moved = paper.move(paper.alpha, one, one, order="a5")
    seen = paper.field(paper.alpha, "sight", begun, audience="teachers")
    items = paper.cast.replica.items
    of_block = versions.versions(items(one.header.node, one.header.object))
    assert [(v.id, v.field, v.page) for v in of_block] == [
        (one.id, "body", paper.page),
        (moved.id, "place", paper.page),
    ]
    of_page = versions.versions(items(begun.header.node, begun.header.object))
    assert [(v.id, v.field) for v in of_page] == [(begun.id, "title"), (seen.id, "sight")]


def test_a_moderator_hides_a_block_of_whichever_school(paper: Paper) -> None:
    paper.begin()
    one = paper.block(paper.beta, "one")
    place = paper.cast.place(paper.beta)
    paper.say(
        paper.beta,
        writing.hide(place, By(paper.beta.teacher), one.header.object, home=paper.beta.node),
    )
    assert (paper.read(one).standing, paper.body(one)) == (Standing.HIDDEN, None)


def test_a_page_shows_its_first_five_hundred_blocks_and_two_mebibytes(paper: Paper) -> None:
    one = paper.block(paper.beta, "one")
    many = [
        msgspec.structs.replace(paper.read(one), object=f"{n:022}", place=f"b{n:02}")
        for n in range(99)
    ]
    assert len(page.view(many * 6)) == page.MAX_BLOCKS
    long = [msgspec.structs.replace(each, octets=65_536) for each in many]
    assert len(page.view(long)) == 32
