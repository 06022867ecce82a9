"""What is shown is a cache: made anew from the operations it is the same."""

import pytest

from node.actions import forum, refold, spaces
from node.storage import views
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle


async def dump(node: Node, space: str) -> list[object]:
    """Everything that is shown of a space, search rows included."""
    async with node.context.database.read() as reader:
        posts = await views.list_posts(reader, space)
        people = await views.list_people(reader, space)
        search = await reader.all(
            "SELECT p.home, p.object, s.folded FROM post_search s "
            "JOIN posts p ON p.number = s.rowid WHERE p.space = $1",
            space,
        )
        extra = await reader.count(
            "SELECT count(*) FROM post_search WHERE rowid NOT IN (SELECT number FROM posts)"
        )
        kept = await reader.all("SELECT thread, replies, latest_ms FROM threads ORDER BY thread")
        counted = await reader.all(
            "SELECT thread, sum(kind = 'reply'), max(max(time_ms, edited_ms)) FROM posts "
            "GROUP BY thread ORDER BY thread"
        )
    rows = sorted(tuple(map(str, row)) for row in search)
    threads = [tuple(row) for row in kept]
    assert threads == [tuple(row) for row in counted]
    return [sorted(posts, key=lambda one: one.reference), people, rows, extra, threads]


async def test_the_view_kept_step_by_step_is_the_view_made_anew(shared: Shared) -> None:
    here, there = shared.alpha.context, shared.beta.context
    await shared.alpha.account("eve", "Eve Esser")
    threads = [
        await forum.start_thread(
            here, shared.ana, shared.space, title=f"T{n}", text=f"Text {n}", language="en"
        )
        for n in range(4)
    ]
    await settle(shared.alpha, shared.beta)
    replies = [
        await forum.reply(
            there, shared.bob, shared.space, thread, text="Réponse à tous", language="fr"
        )
        for thread in threads
    ]
    await settle(shared.alpha, shared.beta)
    await forum.edit(here, shared.ana, shared.space, threads[0], text="Edited", language="en")
    await forum.edit(there, shared.bob, shared.space, replies[1], text="Corrigé", language="fr")
    await forum.erase(here, shared.ana, shared.space, threads[1])
    await forum.erase(there, shared.bob, shared.space, replies[2])
    alias = await spaces.add_colleague(here, shared.ana, shared.space, "eve")
    eve = await shared.alpha.get("eve")
    await spaces.remove_colleague(here, eve, shared.space, alias)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        before = await dump(node, shared.space)
        await refold.everything(node.context, shared.space)
        assert await dump(node, shared.space) == before
    assert await dump(shared.alpha, shared.space) == await dump(shared.beta, shared.space)


async def test_threads_are_listed_with_their_replies_the_latest_first(shared: Shared) -> None:
    context = shared.alpha.context
    first = await forum.start_thread(
        context, shared.ana, shared.space, title="one", text="one", language="en"
    )
    shared.alpha.clock.advance(seconds=1)
    await forum.start_thread(
        context, shared.ana, shared.space, title="two", text="two", language="en"
    )
    shared.alpha.clock.advance(seconds=1)
    await forum.reply(context, shared.ana, shared.space, first, text="again", language="en")
    async with context.database.read() as reader:
        rows = await views.list_threads(reader, shared.space)
        count = await views.count_threads(reader, shared.space)
    assert [(one.post.title, one.replies) for one in rows if one.post] == [("one", 1), ("two", 0)]
    assert count == 2


async def test_search_forgives_accents_case_and_an_unfinished_word(shared: Shared) -> None:
    await forum.start_thread(
        shared.alpha.context,
        shared.ana,
        shared.space,
        title="Łódź",
        text="Die Störche in der Straße",
        language="de",
    )
    async with shared.alpha.context.database.read() as reader:
        for words in ("lodz", "STORCHE", "strasse", "łó", 'die "stor'):
            assert len(await views.search_posts(reader, shared.space, words)) == 1, words
        for words in ("zebra", '"', "", "storche OR zebra"):
            assert await views.search_posts(reader, shared.space, words) == [], words


@pytest.mark.parametrize(
    ("title", "text", "pointer"),
    [
        ("", "text", "/title"),
        ("t" * 201, "text", "/title"),
        ("two\nlines", "text", "/title"),
        ("title", "", "/text"),
        ("title", "  \n ", "/text"),
        ("title", "t" * 10_001, "/text"),
        ("title", "bell\x07", "/text"),
    ],
)
async def test_what_cannot_stand_is_refused_and_nothing_is_written(
    shared: Shared, title: str, text: str, pointer: str
) -> None:
    before = await shared.alpha.dump()
    with pytest.raises(Refused) as refused:
        await forum.start_thread(
            shared.alpha.context, shared.ana, shared.space, title=title, text=text, language="en"
        )
    assert refused.value.reason is Reason.BAD_INPUT
    assert refused.value.facts["pointer"] == pointer
    assert await shared.alpha.dump() == before


async def test_nobody_replies_where_nothing_is_shown(shared: Shared) -> None:
    context = shared.alpha.context
    thread = await forum.start_thread(
        context, shared.ana, shared.space, title="one", text="one", language="en"
    )
    await forum.erase(context, shared.ana, shared.space, thread)
    for post, reason in ((thread, Reason.GONE), ("no thread", Reason.NOT_FOUND)):
        with pytest.raises(Refused) as refused:
            await forum.reply(context, shared.ana, shared.space, post, text="t", language="en")
        assert refused.value.reason is reason
