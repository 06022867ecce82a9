"""Pages that a hostile member writes on: nothing of it reaches beyond its own blocks, every page is
still shown, and what is well-formed is taken."""

import re
from collections.abc import Callable

import pytest

from node.actions import blocks, pages
from node.actions.blocks import Said
from node.storage import pages as rows
from node.web.papers import path_of
from protocol.canonical import JSON, b64
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from protocol.space.fold.block import plain
from protocol.space.fold.page import MAX_BLOCKS, Block, Page
from protocol.space.operation import Header, Operation
from protocol.space.vocabulary import reference
from protocol.space.writing import By, Place
from tests.attacks.founding import Shared
from tests.attacks.hand import ALIAS, Hand, is_refused, is_taken, lines, posts
from tests.attacks.visiting import signed_in
from tests.nodes import Node, settle


class Pen:
    """Mallory's hand on one page of Ana's."""

    def __init__(self, hand: Hand, page: str) -> None:
        self.hand, self.page, self.made = hand, page, 0

    def block(self, order: str = "b00", name: str = "", **said: JSON) -> Operation:
        self.made += 1
        own = name or b64(self.made.to_bytes(16, "big"))
        return self.hand.write(
            lambda place: writing.create(
                place, By(ALIAS), own, "block", inside=self.page, order=order
            ),
            self.payload(**(said or {"block": "paragraph", "text": f"Block {self.made}"})),
        )

    def put(self, named: str, *base: str, **said: JSON) -> Operation:
        return self.hand.write(
            lambda place: writing.set_register(
                place, By(ALIAS), named, "block", "body", base=base, inside=self.page
            ),
            self.payload(**said),
        )

    def payload(self, **said: JSON) -> str:
        return operation.payload(said, "en", b"\3" * 16)

    def of(self, one: Operation) -> str:
        return reference(self.hand.mallory.node, one.header.object)


@pytest.fixture
async def page(alpha: Node, shared: Shared) -> str:
    return await pages.make(
        alpha.context, shared.ana, shared.space, title="Birds", language="en", audience="members"
    )


@pytest.fixture
async def pen(alpha: Node, hand: Hand, page: str) -> Pen:
    await is_taken(alpha, hand, lines(hand.role()))
    return Pen(hand, page)


async def add(alpha: Node, shared: Shared, page: str, text: str, *, after: str = "") -> str:
    said = Said("paragraph", {"text": text}, "en")
    return await blocks.add(alpha.context, shared.ana, shared.space, page, said, after=after)


async def seen(alpha: Node, shared: Shared, page: str) -> list[Block]:
    async with alpha.context.database.read() as reader:
        return await rows.list_blocks(reader, shared.space, page)


def texts(found: list[Block]) -> list[str]:
    return [plain(one.body) if one.body is not None else str(one.standing) for one in found]


async def html(alpha: Node, shared: Shared, page: str) -> str:
    visitor = await signed_in(alpha, shared.ana.handle)
    told = await visitor.get(path_of(shared.space, page))
    assert told.status == 200
    return told.body.decode("utf-8")


async def test_a_link_of_another_kind_is_never_a_link(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    bad = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<b>", "//evil.example/x"]
    attacks = [
        pen.block(block="embed", type="link", data={"url": url, "title": "Look"}) for url in bad
    ]
    attacks.append(pen.block(block="paragraph", text="javascript:alert(1) <script>1</script>"))
    attacks.append(pen.block(block="embed", type="html", data={"html": "<script>1</script>"}))
    attacks.append(pen.block(block="heading", text='"><img src=x onerror=1>', level=2))
    attacks.append(pen.block(block="image", file="javascript:alert(1)"))
    twin = pen.block(block="embed", type="link", data={"url": "https://birds.example/a"})
    await is_taken(alpha, pen.hand, lines(*attacks, twin))
    shown = await html(alpha, shared, page)
    links = re.findall(r'(?:href|src)="([^"]*)"', shown.partition("<main")[2])
    assert "https://birds.example/a" in links
    assert [one for one in links if not one.startswith(("/", "https://birds.example/", "#"))] == []
    assert "<script>1" not in shown
    assert "<img src=x" not in shown


async def test_more_blocks_than_a_page_holds_leave_it_readable(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    first = await add(alpha, shared, page, "First of all.")
    flood = [
        pen.block(order="b00", name=b64(n.to_bytes(16, "big"))) for n in range(MAX_BLOCKS + 60)
    ]
    for start in range(0, len(flood), 200):
        await is_taken(alpha, pen.hand, lines(*flood[start : start + 200]))
    await settle(alpha)
    found = await seen(alpha, shared, page)
    assert len(found) == MAX_BLOCKS
    assert texts(found)[0] == "First of all."
    shown = await html(alpha, shared, page)
    assert "61 more blocks are not shown: the page is full" in shown
    with pytest.raises(Refused) as refused:
        await add(alpha, shared, page, "One more.")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS
    said = Said("paragraph", {"text": "Still changed."}, "en")
    bases = found[0].bases["body"]
    await blocks.change(alpha.context, shared.ana, shared.space, first, said, bases=bases)
    assert texts(await seen(alpha, shared, page))[0] == "Still changed."


async def test_a_giant_table_is_refused_or_left_out(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    rows_of: JSON = [["x" * 500] * 12] * 20
    giant = pen.block(block="table", rows=rows_of, head=True)
    wide: JSON = [["x"] * 400]
    deep: JSON = [["x"]] * 4_000
    other = [pen.block(block="table", rows=one, head=True) for one in (wide, deep)]
    twin = pen.block(order="b1", block="table", rows=[["Bird", "2"]], head=False)
    await is_taken(alpha, pen.hand, lines(giant, *other, twin))
    assert texts(await seen(alpha, shared, page)) == ["unreadable"] * 3 + ["Bird 2"]
    assert "Bird" in await html(alpha, shared, page)
    body = lines(pen.block(block="paragraph", text="short"))
    bomb = body.replace(b"short", b"x" * 1_000_000)
    await is_refused(alpha, pen.hand, bomb, Reason.BAD_OPERATION)
    head = pen.hand.head
    with pytest.raises(Refused) as refused:
        pen.block(block="paragraph", text="x" * 1_000_000)
    assert refused.value.reason is Reason.TOO_LARGE
    assert pen.hand.head == head
    await is_taken(alpha, pen.hand, body)


async def test_giant_blocks_fill_a_page_and_no_reader_waits_for_more(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    await add(alpha, shared, page, "First of all.")
    text: JSON = [["x" * 450] * 12] * 11
    flood = [pen.block(block="table", rows=text, head=False) for _ in range(60)]
    for start in range(0, len(flood), 12):
        await is_taken(alpha, pen.hand, lines(*flood[start : start + 12]))
    found = await seen(alpha, shared, page)
    assert texts(found)[0] == "First of all."
    assert 20 < len(found) < 40
    shown = await html(alpha, shared, page)
    assert "blocks are not shown: the page is full" in shown
    assert len(shown) < 4_000_000
    with pytest.raises(Refused) as refused:
        await add(alpha, shared, page, "One more.")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS


async def test_bases_of_other_things_replace_nothing(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    one = await add(alpha, shared, page, "One.")
    two = await add(alpha, shared, page, "Two.", after=one)
    first, second = await seen(alpha, shared, page)
    title = (await shown_page(alpha, shared, page)).bases["title"]
    foreign = [
        *second.bases["body"],
        *title,
        shared.space,
        first.bases["place"][0],
        b64(b"\5" * 32),
    ]
    wrong = [base for base in foreign if base not in first.bases["body"]]
    await is_taken(alpha, pen.hand, lines(pen.put(one, *wrong, block="paragraph", text="Mine.")))
    found = await seen(alpha, shared, page)
    assert {one.reference for one in found} == {one, two}
    assert set(found[0].bases["body"]) > set(first.bases["body"]), "both stand"
    assert found[1] == second
    assert (await shown_page(alpha, shared, page)).title == "Birds"
    twin = pen.put(two, *second.bases["body"], block="paragraph", text="Replaced.")
    await is_taken(alpha, pen.hand, lines(twin))
    assert texts(await seen(alpha, shared, page))[1] == "Replaced."


async def shown_page(alpha: Node, shared: Shared, page: str) -> Page:
    home, _, name = page.partition("/")
    async with alpha.context.database.read() as reader:
        found = await rows.find_page(reader, shared.space, home, name)
    assert found is not None
    return found


async def test_whatever_order_keys_are_said_there_is_room_for_another(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    longest = "a0" + "0" * 61 + "1"
    bombs = ["a0", "a0", longest, longest, "a0" + "z" * 62, "hzzzzzzzz", "hzzzzzzzz" + "z" * 55]
    worse = ["zz", "a", "a00", "S00000000", "-", "a0/../b"]
    attacks = [pen.block(order=order) for order in (*bombs, *worse)]
    await is_taken(alpha, pen.hand, lines(*attacks))
    for _ in range(12):
        before = await seen(alpha, shared, page)
        for at in (0, 3, 6, len(before) - 1):
            new = await add(alpha, shared, page, "Ana's.", after=before[at].reference)
            order = [one.reference for one in await seen(alpha, shared, page)]
            assert order.index(new) == order.index(before[at].reference) + 1
        if len(before) > 40:
            break
    assert all(len(one.place) <= 64 for one in await seen(alpha, shared, page))


async def test_a_set_reaches_no_thread_and_a_create_makes_nothing_in_anothers_name(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT home, object FROM posts")
    assert row is not None
    before = await posts(alpha)
    thread = reference(row["home"], row["object"])
    attack = pen.put(thread, block="paragraph", text="Taken over")
    await is_taken(alpha, pen.hand, lines(attack))
    assert await posts(alpha) == before
    head = pen.hand.head
    for args in ({"home": row["home"]}, {"field": "body"}):
        with pytest.raises(Refused) as refused:
            pen.hand.write(bad_create(page, args), pen.payload(block="paragraph", text="x"))
        assert refused.value.reason is Reason.BAD_OPERATION
    assert pen.hand.head == head


def bad_create(page: str, args: dict[str, str]) -> Callable[[Place], Header]:
    def make(place: Place) -> Header:
        return writing.create(place, By(ALIAS), b64(b"\6" * 16), "block", inside=page, **args)

    return make


async def test_a063_versions_ten_thousand_deep_are_read_without_end_or_fetch(
    alpha: Node, shared: Shared, page: str, pen: Pen
) -> None:
    one = await add(alpha, shared, page, "One.")
    base = (await seen(alpha, shared, page))[0].bases["body"]
    chain = []
    for number in range(600):
        chain.append(pen.put(one, *base, block="paragraph", text=f"Version {number}"))
        base = (chain[-1].id,)
    absent = pen.put(one, *base, b64(b"\7" * 32), block="paragraph", text="The last")
    for start in range(0, len(chain), 200):
        await is_taken(alpha, pen.hand, lines(*chain[start : start + 200]))
    await is_taken(alpha, pen.hand, lines(absent))
    (found,) = await seen(alpha, shared, page)
    assert (plain(found.body) if found.body else "", found.others) == ("The last", ())
    async with alpha.context.database.read() as reader:
        kept = await rows.count_versions(reader, shared.space, page)
    assert kept == 603
