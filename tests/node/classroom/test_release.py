"""A pupil's reply: held in the vault, looked through, released under an alias, seen elsewhere."""

import asyncio
from collections.abc import Sequence

import pytest

from node.actions import forum, spaces
from node.actions import pupils as acting
from node.classroom import looking, release, roster, taking_part, working
from node.classroom.names.check import Hit, check
from node.classroom.names.common import Language
from node.classroom.names.roster import Roster
from node.classroom.roster import Newcomer, names_of
from node.storage import views
from node.vault import works
from protocol.errors import Reason, Refused
from protocol.space.vocabulary import Role
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.works import allow, begin, hand_back, hand_in, let_out
from tests.node.spaces.schools import texts
from tests.nodes import settle


async def test_a_reply_waits_for_a_teacher_and_then_stands_at_the_partner_under_an_alias(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "We saw storks.")
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await texts(node, shared.space) == [["Which?"]], "nothing leaves by itself"
    (queue,) = await release.list_queue(room, shared.ana)
    (held,) = queue.held
    assert (held.work.text, list(held.hits)) == ("We saw storks.", [])
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", "We saw storks."]]
    async with shared.beta.context.database.read() as reader:
        posts = await views.list_posts(reader, shared.space)
        people = await views.list_people(reader, shared.space)
    (reply,) = [one for one in posts if one.kind == "reply"]
    (author,) = [one for one in people if one.pseudonym == reply.actor]
    assert (author.role, author.name, author.person) == (Role.PUPIL, held.alias, "")
    assert held.alias not in ("Panda Nova", "Mia"), "the alias of the class stays at home"
    async with room.vault.read() as view:
        kept = await works.find(view, work)
    assert kept is not None
    assert (kept.state, kept.text) == ("released", "")


async def test_partners_learn_aliases_of_the_space_and_none_of_the_class(
    twinned: Twinned,
) -> None:
    async with twinned.shared.beta.context.database.read() as reader:
        people = await views.list_people(reader, twinned.space)
    pupils = [one for one in people if one.role is Role.PUPIL]
    assert len(pupils) == 2, "Tomé does not take part, and nobody hears of him"
    known = {one.alias for one in twinned.alpha.pupils.values()}
    assert {one.name for one in pupils} & known == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I am Mia Nowak.", "full_name"),
        ("I am M i a N o w a k.", "full_name"),
        ("write to mia.n", "login"),
        ("Nowak was here", "family_name"),
        ("Ask Prata", "family_name"),
    ],
)
async def test_a158_a_name_cannot_be_released_by_anybody(
    twinned: Twinned, text: str, told: str
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    work = await hand_in(twinned, await begin(twinned), text)
    _, held = await release.find_held(room, ana, work)
    assert held.is_blocked
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work, anyway=["Mia", "Nowak", "Prata", "mia.n"])
    assert (refused.value.reason, refused.value.facts["told"]) == (Reason.NOT_ALLOWED, told)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert await texts(twinned.shared.beta, twinned.space) == [["Which?"]]


async def test_a_given_name_is_sent_only_when_the_teacher_says_so_and_that_is_kept(
    twinned: Twinned,
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    work = await hand_in(twinned, await begin(twinned), "Mia and the storks")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.reason is Reason.CONFLICT
    await let_out(twinned, work, anyway=["Mia"])
    async with room.vault.read() as view:
        row = await view.rows.one("SELECT account, words FROM decisions WHERE work = $1", work)
        assert row is not None
        assert row["account"] == ana.id
        assert view.box.open("decisions.words", row["words"]) == '["Mia"]'


async def test_a_familys_name_that_is_a_word_is_allowed_for_the_class(twinned: Twinned) -> None:
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "Prata is Portuguese for silver.")
    with pytest.raises(Refused):
        await allow(twinned, work, "silver")
    await allow(twinned, work, "Prata")
    await let_out(twinned, work)
    again = await hand_in(twinned, thread, "Tomé Prata")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, again)
    assert refused.value.facts["told"] == "full_name"


async def test_what_is_given_back_can_be_mended_and_handed_in_again(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "Storks eat frogs")
    await hand_back(twinned, work, "How do you know?")
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    found = await working.find_work(room, pupil, work)
    assert (found.state, found.note) == ("returned", "How do you know?")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.reason is Reason.CONFLICT
    await working.rewrite(room, pupil, work, text="We saw one eat.", language="en", hand_in=True)
    await let_out(twinned, work)
    with pytest.raises(Refused) as late:
        await working.take_back(room, pupil, work)
    assert late.value.reason is Reason.CONFLICT


async def test_only_a_teacher_who_is_in_the_space_decides(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    other = await twinned.alpha.node.account("carla", "Carla Cruz")
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    assert await release.list_queue(room, other) == []
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work, by=other)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_draft_is_seen_by_its_author_alone(twinned: Twinned) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    thread = await begin(twinned)
    mia = await sign_in(twinned.alpha, "Panda Nova")
    other = await sign_in(twinned.alpha, "Koala Orion")
    work = await working.write_reply(
        room, mia, twinned.space, thread, text="Secret", language="en", hand_in=False
    )
    assert await release.list_queue(room, ana) == []
    with pytest.raises(Refused) as refused:
        await release.find_held(room, ana, work)
    assert refused.value.reason is Reason.CONFLICT
    with pytest.raises(Refused):
        await working.find_work(room, other, work)


async def test_a_release_that_was_interrupted_is_finished_by_what_lies_in_the_space(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = twinned.alpha.node.room
    thread = await begin(twinned)
    written, unwritten = [await hand_in(twinned, thread, text) for text in ("One", "Two")]

    async def stop(*_: object, **__: object) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as patch:
        patch.setattr(works, "put_released", stop)
        with pytest.raises(RuntimeError):
            await let_out(twinned, written)
    with monkeypatch.context() as patch:
        patch.setattr(acting, "reply", stop)
        with pytest.raises(RuntimeError):
            await let_out(twinned, unwritten)
    await release.finish(room)
    async with room.vault.read() as view:
        states = [(await works.find(view, one)) for one in (written, unwritten)]
    assert [one.state for one in states if one] == ["released", "held"]
    twinned.alpha.node.clock.advance(seconds=1)
    await let_out(twinned, unwritten)
    assert await texts(twinned.alpha.node, twinned.space) == [["Which?", "One", "Two"]]


async def test_a_teacher_of_the_school_erases_what_its_pupil_released_and_nobody_elses_does(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    named = await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await forum.erase(shared.beta.context, shared.bob, shared.space, named)
    assert refused.value.reason is Reason.NOT_OWNER
    other = await twinned.alpha.node.account("carla", "Carla Cruz")
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "carla")
    await forum.erase(shared.alpha.context, other, shared.space, named)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", ""]]
    mine = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Mine", text="Mine", language="en"
    )
    with pytest.raises(Refused):
        await forum.erase(shared.alpha.context, other, shared.space, mine)


async def test_a_pupil_who_takes_part_no_more_reads_and_writes_nothing_there(
    twinned: Twinned,
) -> None:
    room, shared = twinned.alpha.node.room, twinned.shared
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "We saw storks.")
    await taking_part.choose(room, shared.ana, shared.space, [])
    mia = await sign_in(twinned.alpha, "Panda Nova")
    assert await working.list_desks(room, mia) == []
    for attempt in (
        working.find_desk(room, mia, shared.space),
        let_out(twinned, work),
    ):
        with pytest.raises(Refused):
            await attempt
    await settle(shared.alpha, shared.beta)
    async with shared.beta.context.database.read() as reader:
        people = await views.list_people(reader, shared.space)
    assert [one.role for one in people if one.role is Role.PUPIL] == []


async def test_what_was_rewritten_between_the_look_and_the_click_is_looked_at_again(
    twinned: Twinned,
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    work = await hand_in(twinned, await begin(twinned), "Prata saw storks.")
    _, held = await release.find_held(room, ana, work)
    read = held.work.version
    mia = await sign_in(twinned.alpha, "Panda Nova")
    for text, language in (("Prata is Mia's friend.", "en"), ("Prata saw storks.", "de")):
        await working.rewrite(room, mia, work, text=text, language=language, hand_in=True)
        for attempt in (
            release.release(room, ana, work, version=read, anyway=["Prata", "Mia"]),
            release.give_back(room, ana, work, "Fine", version=read),
            release.allow_word(room, ana, work, "Prata", version=read),
        ):
            with pytest.raises(Refused) as refused:
                await attempt
            assert (refused.value.reason, refused.value.facts.get("changed")) == (
                Reason.CONFLICT,
                True,
            )
    await working.rewrite(room, mia, work, text="Prata saw storks.", language="en", hand_in=True)
    await release.allow_word(room, ana, work, "Prata", version=read)
    await release.release(room, ana, work, version=read)


async def test_the_queue_comes_in_pages_and_nothing_is_looked_through_twice(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    thread = await begin(twinned)
    texts_in = [f"Stork {number}" for number in range(release.AT_ONCE + 2)]
    for text in texts_in:
        await hand_in(twinned, thread, text)
    looked: list[str] = []

    def count(
        texts: Sequence[str], roster: Roster, language: Language, allowed: frozenset[str]
    ) -> list[Hit]:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        looked.extend(texts)
        return check(texts, roster, language, allowed)

    monkeypatch.setattr(looking, "check", count)
    seen = []
    for page in (1, 2, 3):
        queues = await release.list_queue(room, ana, page)
        seen += [[one.work.text for one in queue.held] for queue in queues]
    assert seen == [texts_in[: release.AT_ONCE], texts_in[release.AT_ONCE :]]
    assert looked == texts_in
    await release.list_queue(room, ana)
    assert looked == texts_in, "what was found is kept"
    stork = Newcomer("Lama Lyra", names_of(display="Ida Stork"))
    await roster.add_pupils(room, twinned.alpha.teacher, twinned.alpha.class_, [stork])
    (again,) = await release.list_queue(room, ana, 2)
    assert looked[len(texts_in) :] == texts_in[release.AT_ONCE :]
    assert all(one.hits for one in again.held), "a new name is found in what was looked through"
