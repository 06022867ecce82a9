"""A copy of a space on a page: asked for, made, given to that person alone, forgotten in time."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from node.actions import (
    examine,
    export,
    exports,
    forum,
    import_space,
    moderation,
    pages,
    quarantine,
    refold,
    spaces,
    trash,
)
from node.actions.context import Carried, Context, Look, Put
from node.actions.permission import OPERATOR
from node.storage import exports as rows
from node.storage.accounts import Account
from node.storage.spaces import Space
from node.workers import replication
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared, discussions
from tests.node.spaces.test_erasure import WORD, files_of
from tests.nodes import Node, settle


async def ask(shared: Shared) -> str:
    """Ana asks for a copy, and it is made; its id."""
    await exports.ask(shared.alpha.context, shared.ana, shared.space, "en")
    await settle(shared.alpha)
    return await newest(shared)


async def newest(shared: Shared) -> str:
    found = await exports.list_own(shared.alpha.context, shared.ana, shared.space)
    return found[0].id


async def find(shared: Shared, account: Account, id_: str, space: str = "") -> Path:
    return await exports.find(shared.alpha.context, account, space or shared.space, id_)


async def is_given(shared: Shared, account: Account, id_: str, space: str = "") -> bool:
    try:
        await find(shared, account, id_, space)
    except Refused as refused:
        if refused.reason is not Reason.NOT_FOUND:
            raise
        return False
    return True


async def start(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="T", text=text, language="en"
    )


async def written(path: Path) -> bytes:
    """All entries of a copy, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(one) for one in archive.namelist())


def files_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [one for one in archive.namelist() if one.startswith("files/")]


def on_disk(node: Node) -> list[Path]:
    return sorted(node.context.folder.exports.iterdir())


async def test_a_copy_is_given_to_whoever_asked_and_to_nobody_else(shared: Shared) -> None:
    id_ = await ask(shared)
    with zipfile.ZipFile(await find(shared, shared.ana, id_)) as archive:
        assert "index.html" in archive.namelist()
    await shared.alpha.account("eve", "Eve Esser")
    eve = await shared.alpha.get("eve")
    assert not await is_given(shared, eve, id_)
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eve")
    assert not await is_given(shared, eve, id_), "in the same space, and not hers"
    assert not await is_given(shared, shared.alpha.admin, id_)
    assert not await is_given(shared, shared.ana, id_, "A" * 43)
    for guess in (id_[:-1], id_ + "A", "", "../" + id_, id_.lower(), "A" * 22):
        assert not await is_given(shared, shared.ana, guess)
    with pytest.raises(Refused) as refused:
        await exports.discard(shared.alpha.context, eve, shared.space, id_)
    assert refused.value.reason is Reason.NOT_FOUND
    assert await is_given(shared, shared.ana, id_)


async def test_a_copy_is_forgotten_after_some_days(shared: Shared) -> None:
    id_ = await ask(shared)
    shared.alpha.clock.advance(days=6.9)
    assert await is_given(shared, shared.ana, id_)
    shared.alpha.clock.advance(days=0.2)
    assert not await is_given(shared, shared.ana, id_), "also before the worker has looked"
    await exports.step(shared.alpha.context)
    assert on_disk(shared.alpha) == []
    assert await exports.list_own(shared.alpha.context, shared.ana, shared.space) == []


async def test_whoever_leaves_the_space_gets_nothing_more(shared: Shared) -> None:
    id_ = await ask(shared)
    alias = await spaces.pseudonym_of(shared.alpha.context, shared.ana, shared.space)
    await spaces.remove_colleague(shared.alpha.context, shared.ana, shared.space, alias)
    assert not await is_given(shared, shared.ana, id_)


async def test_what_is_erased_goes_from_the_copy_at_once(shared: Shared) -> None:
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="T", text=WORD, language="en"
    )
    id_ = await ask(shared)
    path = await find(shared, shared.ana, id_)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    assert not path.exists(), "in the very transaction"
    assert not await is_given(shared, shared.ana, id_)
    shared.alpha.clock.advance(seconds=1)
    await settle(shared.alpha)
    with zipfile.ZipFile(await find(shared, shared.ana, id_)) as archive:
        assert not [one for one in archive.namelist() if WORD.encode() in archive.read(one)]


async def test_what_is_hidden_or_deleted_is_not_in_a_copy(shared: Shared, gamma: Node) -> None:
    alpha, context = shared.alpha, shared.alpha.context
    hidden = await start(shared, f"{WORD} hidden")
    deleted = await start(shared, f"{WORD} deleted")
    file = await publish(shared, pictures.tagged("JPEG", (320, 240)))
    gone = await begin(shared, f"{WORD} page")
    await gone.add("ana", f"{WORD} on a removed page")
    paper = await begin(shared, "A page")
    block = await paper.add("ana", f"{WORD} in a removed block")
    await paper.add("ana", "What stays on the page")
    await start(shared, "What stays in the forum")
    everything = await written(await find(shared, shared.ana, await ask(shared)))
    assert everything.count(WORD.encode()) > 10
    assert len(files_in(await find(shared, shared.ana, await newest(shared)))) == 2
    for item in (hidden, file):
        await moderation.hide(
            context, shared.ana, shared.space, item, reason="bullying", text="Why", language="en"
        )
    await trash.throw_away(context, shared.ana, shared.space, deleted)
    await paper.remove("ana", block)
    await pages.remove(context, shared.ana, shared.space, gone.page)
    alpha.clock.advance(seconds=1)
    copy = await find(shared, shared.ana, await ask(shared))
    everything = await written(copy)
    assert WORD.encode() not in everything
    assert b"Storks.webp" not in everything
    assert files_in(copy) == []
    assert b"What stays on the page" in everything
    assert b"What stays in the forum" in everything
    # All of it can still be verified, and what is put away stands so where it is brought in.
    await import_space.import_file(gamma.context, OPERATOR, copy, ())
    assert (await examine.examine(gamma.context, OPERATOR, shared.space)).troubles == []
    standings = {one.thread.standing for one in await discussions(gamma, shared.space)}
    assert standings == {Standing.SHOWN, Standing.HIDDEN, Standing.DELETED}


async def test_what_is_locked_goes_from_copies_of_every_space_that_names_it(
    shared: Shared,
) -> None:
    alpha = shared.alpha
    boss = await alpha.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(alpha.context, shared.ana, shared.space, "boss")
    file = await publish(shared, pictures.plain("PNG", (60, 50)))
    path = await find(shared, shared.ana, await ask(shared))
    assert len(files_in(path)) == 2
    await quarantine.lock(alpha.context, boss, shared.space, file)
    assert not path.exists(), "in the very transaction"
    await settle(alpha)
    assert files_in(await find(shared, shared.ana, await newest(shared))) == []


@pytest.mark.parametrize("how", ["erased", "locked"])
async def test_what_is_taken_away_while_a_copy_is_written_is_not_in_it(
    shared: Shared, tmp_path: Path, how: str
) -> None:
    alpha, tries = shared.alpha, list[int]()
    boss = await alpha.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(alpha.context, shared.ana, shared.space, "boss")
    thread = await start(shared, WORD)
    picture = pictures.plain("PNG", (60, 50))
    file = await publish(shared, picture)

    async def in_the_middle(look: Look, space: Space, told: Carried, put: Put) -> None:
        """The logs and the bytes are written; the pages for readers come now."""
        tries.append(len(told.files))
        if len(tries) == 1:
            if how == "erased":
                await forum.erase(alpha.context, shared.ana, shared.space, thread)
                assert WORD.encode() not in files_of(alpha), "no open view holds back the wiping"
            else:
                await quarantine.lock(alpha.context, boss, shared.space, file)
        await alpha.context.site(look, space, told, put)

    target = tmp_path / "copy.zip"
    slow = replace(alpha.context, site=in_the_middle)
    await export.export_now(slow, OPERATOR, shared.space, target, "en")
    assert len(tries) == 2
    whole = await written(target)
    assert (WORD.encode() in whole) is (how == "locked")
    assert len(files_in(target)) == (0 if how == "locked" else 2)
    assert not target.with_name("copy.zip.part").exists()


async def test_a_copy_is_given_up_where_something_is_erased_again_and_again(
    shared: Shared,
) -> None:
    alpha = shared.alpha

    async def always(look: Look, space: Space, told: Carried, put: Put) -> None:
        thread = await start(shared, WORD)
        await forum.erase(alpha.context, shared.ana, shared.space, thread)
        await alpha.context.site(look, space, told, put)

    await exports.ask(alpha.context, shared.ana, shared.space, "en")
    await exports.step(replace(alpha.context, site=always))
    (one,) = await exports.list_own(alpha.context, shared.ana, shared.space)
    assert (one.state, one.trouble) == ("failed", "busy"), "a reason, never a path of this machine"
    assert on_disk(alpha) == []


async def test_one_copy_is_made_at_a_time_and_three_are_kept(shared: Shared) -> None:
    context = shared.alpha.context
    for _ in range(exports.MAX_OF_ACCOUNT):
        await exports.ask(context, shared.ana, shared.space, "en")
        with pytest.raises(Refused) as refused:
            await exports.ask(context, shared.ana, shared.space, "en")
        assert refused.value.reason is Reason.CONFLICT
        shared.alpha.clock.advance(seconds=1)
        await exports.step(context)
    with pytest.raises(Refused):
        await exports.ask(context, shared.ana, shared.space, "en")
    await exports.discard(context, shared.ana, shared.space, await newest(shared))
    assert len(on_disk(shared.alpha)) == exports.MAX_OF_ACCOUNT - 1
    await exports.ask(context, shared.ana, shared.space, "en")


async def test_what_a_crash_left_is_removed(shared: Shared) -> None:
    id_ = await ask(shared)
    left = shared.alpha.context.folder.exports / "left.zip.part"
    left.write_bytes(b"left")
    await exports.step(shared.alpha.context)
    assert not left.exists()
    assert await is_given(shared, shared.ana, id_)
    async with shared.alpha.context.database.read() as reader:
        assert await rows.list_wanted(reader) == []


@pytest.mark.parametrize("when", ["before the first look", "before the last look"])
async def test_what_arrives_with_much_else_and_is_hidden_is_in_no_copy(
    shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    alpha, beta, done = shared.alpha, shared.beta, list[str]()
    thread = await start(shared, WORD)
    if when == "before the last look":
        await settle(alpha, beta)
    await moderation.hide(
        alpha.context,
        shared.ana,
        shared.space,
        thread,
        reason="bullying",
        text="Why",
        language="en",
    )
    monkeypatch.setattr(refold, "MANY", 1)
    caught_up = refold.catch_up

    async def arrives(now: str) -> None:
        """Alpha's news come here, once, and nobody has folded them yet."""
        if now == when and not done:
            done.append(now)
            await replication.step(alpha.context)

    async def before(context: Context, space: str) -> None:
        await caught_up(context, space)
        await arrives("before the first look")

    async def within(look: Look, space: Space, told: Carried, put: Put) -> None:
        await arrives("before the last look")
        await beta.context.site(look, space, told, put)

    monkeypatch.setattr(refold, "catch_up", before)
    target = tmp_path / "copy.zip"
    slow = replace(beta.context, site=within)
    await export.export_now(slow, OPERATOR, shared.space, target, "en")
    assert done == [when]
    assert WORD.encode() not in await written(target)
    assert len(await discussions(beta, shared.space)) == 1
