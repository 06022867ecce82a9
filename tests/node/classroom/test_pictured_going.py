"""The picture of a pupil's reply or card goes where the words go: removed for good, in the trash,
erased; and nobody but its own school keeps it."""

import pytest

from node.actions import blocks, cards, contributions, forum, moderation, pages, removals, trash
from node.actions.contributions import split
from node.storage import pictured, spaces
from node.storage.accounts import Account
from node.workers import duties
from protocol.errors import Reason
from protocol.space.fold.history import Standing
from tests.node.classroom.classes import Twinned
from tests.node.classroom.pictured import Send, card, reply, seen
from tests.node.classroom.walls import hang
from tests.node.classroom.works import let_out
from tests.node.spaces.test_stewards import admin
from tests.node.spaces.test_withdrawn_from_sight import files_at_all
from tests.node.spaces.viewing import kept_at_home, look, refusal
from tests.nodes import Node, settle

both = pytest.mark.parametrize("send", [reply, card])


async def out(twinned: Twinned, send: Send) -> tuple[str, str]:
    """One that was released and has arrived: its reference, and that of its picture."""
    named = await let_out(twinned, await send(twinned))
    await settle(twinned.shared.alpha, twinned.shared.beta)
    picture = (await seen(twinned.shared.beta, twinned.space, named)).file
    await look(twinned.shared, picture)
    return named, picture


async def erase(twinned: Twinned, named: str, send: Send) -> None:
    context, ana = twinned.shared.alpha.context, twinned.shared.ana
    if send is reply:
        await forum.erase(context, ana, twinned.space, named)
    else:
        await contributions.erase_own(context, ana, twinned.space, named)
    await settle(twinned.shared.alpha, twinned.shared.beta)


async def standing(twinned: Twinned, picture: str) -> list[Standing]:
    """How a picture stands at both schools; what is not shown is not given to anybody."""
    shared = twinned.shared
    found = [
        one
        for node in (shared.alpha, shared.beta)
        for one in await files_at_all(node, twinned.space, picture)
    ]
    if found != [Standing.SHOWN] * 2:
        assert await refusal(shared, picture) is Reason.NOT_FOUND
    return found


@both
async def test_removing_the_words_for_good_removes_their_picture(
    twinned: Twinned, send: Send
) -> None:
    shared, space = twinned.shared, twinned.space
    named, picture = await out(twinned, send)
    ana, bob = await admin(shared.alpha, "ana"), await admin(shared.beta, "bob")
    await removals.ask(shared.beta.context, bob, space, named)
    await settle(shared.alpha, shared.beta)
    assert await standing(twinned, picture) != [Standing.SHOWN] * 2, "hidden by the first word"
    await removals.take_back(shared.beta.context, bob, space, named)
    await settle(shared.alpha, shared.beta)
    assert (await look(shared, picture))[1], "shown again with the words"
    await removals.ask(shared.beta.context, bob, space, named)
    await settle(shared.alpha, shared.beta)
    async with shared.alpha.context.database.read() as reader:
        (wish,) = await removals.list_asked(reader, await spaces.get(reader, space))
    await removals.agree(shared.alpha.context, ana, space, wish.home, wish.name)
    for _ in range(2):
        await settle(shared.alpha, shared.beta)
        shared.alpha.clock.advance(seconds=700)
    assert await standing(twinned, picture) == [Standing.ERASED] * 2
    assert await kept_at_home(shared.alpha, space, picture) is None


@both
async def test_another_schools_words_keep_no_picture(twinned: Twinned, send: Send) -> None:
    shared, space = twinned.shared, twinned.space
    named, picture = await out(twinned, send)
    _, name = split(picture)
    beta, bob = shared.beta.context, shared.bob
    thread = await forum.start_thread(
        beta, bob, space, title="Look", text=f"{name} {picture}", language="en"
    )
    await forum.reply(beta, bob, space, thread, text="Here.", language="en", file=picture)
    await settle(shared.alpha, shared.beta)
    if send is card:
        async with beta.database.read() as reader:
            made = await cards.get(reader, await spaces.get(reader, space), named)
        await cards.write(
            beta, bob, space, named, text="Ours now.", file=picture, colour="plain", language="en",
            bases=made.bases["face"],
        )  # fmt: skip
        await settle(shared.alpha, shared.beta)
    await erase(twinned, named, send)
    assert await standing(twinned, picture) == [Standing.ERASED] * 2


@both
async def test_a_picture_that_is_shown_elsewhere_stays_and_goes_when_that_goes(
    twinned: Twinned, send: Send
) -> None:
    shared, space = twinned.shared, twinned.space
    alpha, ana = shared.alpha.context, shared.ana
    named, picture = await out(twinned, send)
    thread = await forum.start_thread(alpha, ana, space, title="Look", text="!", language="en")
    other = await forum.reply(alpha, ana, space, thread, text="Here.", language="en", file=picture)
    await moderation.hide(alpha, ana, space, named, reason="bullying", text="", language="en")
    await settle(shared.alpha, shared.beta)
    await look(shared, picture)
    await moderation.show_again(alpha, ana, space, named)
    await erase(twinned, named, send)
    await duties.step(alpha)
    await settle(shared.alpha, shared.beta)
    await look(shared, picture)
    await forum.erase(alpha, ana, space, other)
    await duties.step(alpha)
    await settle(shared.alpha, shared.beta)
    assert await standing(twinned, picture) == [Standing.ERASED] * 2


async def test_the_trash_holds_the_picture_with_the_words(twinned: Twinned) -> None:
    shared, space = twinned.shared, twinned.space
    named, picture = await out(twinned, reply)
    ana = await admin(shared.alpha, "ana")
    alpha = shared.alpha.context
    await trash.throw_away(alpha, ana, space, named)
    await settle(shared.alpha, shared.beta)
    assert await standing(twinned, picture) == [Standing.DELETED] * 2
    await trash.restore(alpha, ana, space, named)
    await settle(shared.alpha, shared.beta)
    assert (await seen(shared.beta, space, named)).standing is Standing.SHOWN
    await look(shared, picture)
    await trash.throw_away(alpha, ana, space, picture)
    shared.alpha.clock.advance(seconds=60)
    await trash.throw_away(alpha, ana, space, named)
    await trash.restore(alpha, ana, space, named)
    await settle(shared.alpha, shared.beta)
    assert await standing(twinned, picture) == [Standing.DELETED] * 2, "it went there by itself"
    await trash.restore(alpha, ana, space, picture)
    await trash.throw_away(alpha, ana, space, named)
    shared.alpha.clock.advance(seconds=31 * 86_400)
    await trash.empty(alpha)
    await settle(shared.alpha, shared.beta)
    assert await standing(twinned, picture) == [Standing.ERASED] * 2


@pytest.mark.parametrize("use", ["card", "block"])
async def test_only_what_its_own_school_shows_with_it_counts(twinned: Twinned, use: str) -> None:
    shared, space = twinned.shared, twinned.space
    named, picture = await out(twinned, reply)
    home, name = split(picture)

    async def use_at(node: Node, account: Account) -> bool:
        if use == "card":
            wall = await hang(twinned)
            await cards.add(
                node.context, account, space, wall, text="", file=picture, colour="plain",
                column=0, language="en",
            )  # fmt: skip
        else:
            page = await pages.make(
                node.context, account, space, title="A", language="en", audience="members"
            )
            shows = blocks.Said("image", {"file": picture}, "en")
            await blocks.add(node.context, account, space, page, shows)
        await settle(shared.alpha, shared.beta)
        async with shared.alpha.context.database.read() as reader:
            return await pictured.is_shown(reader, space, home, name, beside=split(named)[1])

    assert not await use_at(shared.beta, shared.bob)
    assert await use_at(shared.alpha, shared.ana)
