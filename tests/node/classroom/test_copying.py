"""A pupil's own copy of a page: kept in the vault, read as the page would be, written into it."""

from collections.abc import Sequence

import pytest

from node.actions import blocks, copies, pages, publish
from node.actions.blocks import Said
from node.actions.copies import Change
from node.classroom import copying, own_works, release, roster, working
from node.storage import pages as rows
from node.vault import works
from protocol.errors import Reason, Refused
from protocol.space.fold.page import Block
from protocol.space.fold.register import OPEN
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.works import hand_back, let_out
from tests.nodes import Node, settle

TEXTS = ("The river is long.", "It flows to the sea.")


def said(text: str) -> Said:
    return Said("paragraph", {"text": text}, "en")


async def begin(twinned: Twinned, *, opened: bool = True, audience: str = "members") -> str:
    """A page of Bob's with two paragraphs, which has arrived at alpha."""
    shared = twinned.shared
    page = await pages.make(
        shared.beta.context, shared.bob, shared.space, title="Our river", language="en",
        audience=audience, opened=opened,
    )  # fmt: skip
    after = ""
    for text in TEXTS:
        after = await blocks.add(
            shared.beta.context, shared.bob, shared.space, page, said(text), after=after
        )
    await settle(shared.alpha, shared.beta)
    return page


async def standing(node: Node, space: str, page: str) -> list[Block]:
    async with node.context.database.read() as reader:
        return await rows.list_blocks(reader, space, page)


async def seen(node: Node, space: str, page: str) -> list[str]:
    return [copying.words_of(one) for one in await standing(node, space, page)]


async def change(twinned: Twinned, page: str, at: int, text: str) -> Change:
    """Another text of a block, from the version that stands at alpha."""
    context = twinned.shared.alpha.context
    one = (await standing(twinned.shared.alpha, twinned.space, page))[at]
    return Change(one.reference, [one.id], said(text), publish.new_name(context))


def added(twinned: Twinned, text: str) -> Change:
    context = twinned.shared.alpha.context
    return Change("", (), said(text), publish.new_name(context), publish.new_name(context))


async def keep(
    twinned: Twinned, page: str, changes: Sequence[Change], *, hand_in: bool = True
) -> int:
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    room = twinned.alpha.node.room
    return await copying.keep(
        room, pupil, twinned.space, page, changes, language="en", hand_in=hand_in
    )


async def test_a_copy_waits_and_then_stands_on_the_page_at_the_partner_under_the_alias(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    page = await begin(twinned)
    changes = [
        await change(twinned, page, 0, "The river is 812 km long."),
        added(twinned, "Storks live there."),
    ]
    work = await keep(twinned, page, changes)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await seen(node, shared.space, page) == [*TEXTS], "nothing leaves by itself"
    _, held = await release.find_held(room, shared.ana, work)
    async with room.context.database.read() as reader:
        found = await copying.result(room.context, reader, held.work, held.pseudonym)
    would_be = ["The river is 812 km long.", TEXTS[1], "Storks live there."]
    assert [copying.words_of(one) for one in found.after] == would_be
    assert list(found.texts) == ["Our river", *would_be] == list(held.texts)
    assert (found.own, found.beside) == (frozenset({0, 2}), 0)
    assert len({(found.after[at].node, found.after[at].actor) for at in found.own}) == 1
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    assert await seen(shared.beta, shared.space, page) == would_be
    there = await standing(shared.beta, shared.space, page)
    assert [one.actor == held.pseudonym for one in there] == [True, False, True]
    async with room.vault.read() as view:
        kept = await works.find(view, work)
    assert kept is not None
    assert (kept.state, kept.parts) == ("released", {})
    (portfolio,) = [
        one for one in await own_works.collect_class(room, shared.ana, twinned.alpha.class_)
        if one.pieces
    ]  # fmt: skip
    assert portfolio.pieces[0].text == "The river is 812 km long.\n\nStorks live there."


async def test_a158_a_name_that_the_page_as_a_whole_would_tell_cannot_be_released(
    twinned: Twinned,
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    page = await begin(twinned)
    split = [await change(twinned, page, 0, "Mia"), await change(twinned, page, 1, "Nowak")]
    work = await keep(twinned, page, split)
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.facts["told"] == "full_name", "a name over two blocks"
    last = (await standing(twinned.shared.beta, twinned.space, page))[1].reference
    await blocks.add(
        twinned.shared.beta.context, twinned.shared.bob, twinned.space, page,
        said("Nowak is our guest."), after=last,
    )  # fmt: skip
    await settle(twinned.shared.alpha, twinned.shared.beta)
    work = await keep(twinned, page, [await change(twinned, page, 0, "Otters live there.")])
    _, held = await release.find_held(room, ana, work)
    assert list(held.hits) == [], "what another school wrote is not the pupil's to mend"
    await let_out(twinned, work)
    work = await keep(twinned, page, [await change(twinned, page, 1, "We thank Mia")])
    _, held = await release.find_held(room, ana, work)
    assert held.is_blocked, "and what it makes together with the pupil's words is"


async def test_what_somebody_else_wrote_meanwhile_stands_beside_the_copy(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    page = await begin(twinned)
    work = await keep(twinned, page, [await change(twinned, page, 0, "The river is short.")])
    first = (await standing(shared.beta, shared.space, page))[0]
    await blocks.change(
        shared.beta.context, shared.bob, shared.space, first.reference, said("The river is deep."),
        bases=first.bases["body"],
    )  # fmt: skip
    await settle(shared.alpha, shared.beta)
    _, held = await release.find_held(room, shared.ana, work)
    async with room.context.database.read() as reader:
        found = await copying.result(room.context, reader, held.work, held.pseudonym)
    assert found.beside == 1
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        one = (await standing(node, shared.space, page))[0]
        assert len(one.bases["body"]) == 2


async def test_one_copy_of_a_page_is_kept_and_changed_until_it_leaves(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    page = await begin(twinned)
    first = await keep(twinned, page, [added(twinned, "One")], hand_in=False)
    again = await keep(twinned, page, [added(twinned, "Two")])
    assert first == again
    await hand_back(twinned, first, "Write more.")
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    (mine,) = await working.list_works(room, pupil)
    assert (mine.state, mine.note, copying.text_of(mine)) == ("returned", "Write more.", "Two")
    await working.take_back(room, pupil, first)
    assert await copying.find(room, pupil, twinned.space, page) is None


@pytest.mark.parametrize(
    ("opened", "audience", "reason"),
    [(False, "members", Reason.GONE), (True, "teachers", Reason.NOT_FOUND)],
)
async def test_a_page_that_is_not_open_takes_no_copy(
    twinned: Twinned, opened: bool, audience: str, reason: Reason
) -> None:
    page = await begin(twinned, opened=opened, audience=audience)
    with pytest.raises(Refused) as refused:
        await keep(twinned, page, [added(twinned, "Storks")])
    assert refused.value.reason is reason


async def test_a_page_is_opened_and_closed_again(twinned: Twinned) -> None:
    shared = twinned.shared
    page = await begin(twinned, opened=False)
    for opened, audience, expected in (
        (True, "members", True),
        (True, "teachers", False),
        (False, "members", False),
    ):
        async with shared.alpha.context.database.read() as reader:
            found = await rows.find_page(reader, shared.space, *page.split("/"))
        assert found is not None
        await pages.settle(
            shared.alpha.context, shared.ana, shared.space, page, title=found.title,
            language="en", audience=audience, opened=opened,
            bases={"title": found.bases["title"], "sight": found.bases["sight"]},
        )  # fmt: skip
        await settle(shared.alpha, shared.beta)
        async with shared.beta.context.database.read() as reader:
            there = await rows.find_page(reader, shared.space, *page.split("/"))
        assert there is not None
        assert there.opened is expected
    assert OPEN == "open"


async def test_what_cannot_stand_or_changes_nothing_is_not_kept(twinned: Twinned) -> None:
    page = await begin(twinned)
    for changes in (
        [],
        [added(twinned, "")],
        [added(twinned, "x" * 10_001)],
        [added(twinned, "x" * 9_000)] * 30,
        [added(twinned, "x")] * 101,
    ):
        with pytest.raises(Refused) as refused:
            await keep(twinned, page, changes)
        assert refused.value.reason is Reason.BAD_INPUT


async def test_a_copy_that_names_a_block_of_elsewhere_or_a_version_of_another_is_not_written(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    page, other = await begin(twinned), await begin(twinned)
    good = await change(twinned, page, 0, "Mine.")
    elsewhere = await change(twinned, other, 0, "Mine.")
    wrong_base = Change(good.block, elsewhere.bases, good.said, good.salt)
    for bad, reason in ((elsewhere, Reason.NOT_FOUND), (wrong_base, Reason.BAD_INPUT)):
        work = await keep(twinned, page, [added(twinned, "First."), bad])
        with pytest.raises(Refused) as refused:
            await let_out(twinned, work)
        assert refused.value.reason is reason
        assert await seen(shared.alpha, shared.space, page) == [*TEXTS], "all of it or nothing"
    await let_out(twinned, await keep(twinned, page, [good]))
    assert (await seen(shared.alpha, shared.space, page))[0] == "Mine."


async def test_a_copy_whose_release_was_interrupted_is_settled_by_its_bytes(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    page = await begin(twinned)
    changes = [await change(twinned, page, 0, "Mine."), added(twinned, "And more.")]
    work = await keep(twinned, page, changes)
    _, held = await release.find_held(room, shared.ana, work)
    for written, state in ((False, "held"), (True, "released")):
        async with room.vault.write() as unit:
            await works.put_leaving(unit, work, account=shared.ana.id, words=[], now_ms=1)
        if written:
            await copies.release(
                room.context, shared.ana, shared.space, page, changes, pseudonym=held.pseudonym
            )
        await release.finish(room)
        async with room.vault.read() as view:
            kept = await works.find(view, work)
        assert kept is not None
        assert kept.state == state
    assert await seen(shared.alpha, shared.space, page) == ["Mine.", TEXTS[1], "And more."]


async def test_what_a_pupil_wrote_on_a_page_goes_with_him_at_every_school(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    page = await begin(twinned)
    changes = [await change(twinned, page, 0, "Storks nest."), added(twinned, "Otters swim.")]
    await let_out(twinned, await keep(twinned, page, changes))
    await settle(shared.alpha, shared.beta)
    assert "Storks nest." in await seen(shared.beta, shared.space, page)
    pupil = twinned.alpha.pupils["Panda Nova"]
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil.id, erase=True)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        left = await seen(node, shared.space, page)
        assert [one for one in left if one] == [*TEXTS], "what stood before stands again"
