"""Hiding by moderators: out of sight at every school, told to its teachers, and reversible."""

import pytest

from node.actions import cards, forum, moderation, news, pages, spaces, walls
from node.storage import contents
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.fold.news import Update
from tests.node.spaces.schools import Shared, discussions, texts
from tests.node.spaces.test_erasure import files_of
from tests.node.spaces.test_stewards import admin
from tests.nodes import Node, settle

WHY = {"reason": "private_data_shown", "text": "A telephone number.", "language": "en"}


async def thread_of(shared: Shared, text: str = "Call me under 4711.") -> str:
    made = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="Call", text=text, language="en"
    )
    await settle(shared.alpha, shared.beta)
    return made


async def test_what_a_moderator_hides_is_out_of_sight_everywhere_and_shown_again(
    shared: Shared,
) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared)
    await moderation.hide(alpha.context, shared.ana, shared.space, thread, **WHY)
    await settle(alpha, beta)
    for node, reader in ((alpha, shared.ana), (beta, shared.bob)):
        (discussion,) = await discussions(node, shared.space)
        post = discussion.thread
        assert (post.standing, post.text, post.title) == (Standing.HIDDEN, "", "")
        assert post.put_away is not None
        assert post.put_away.home != post.home
        assert (post.put_away.reason, post.put_away.text) == (WHY["reason"], WHY["text"])
        # Reversible: nothing was deleted.
        assert b"Call me under 4711." in files_of(node)
        made, behind = await moderation.list_hidden(node.context, reader, shared.space)
        assert [one.reference for one in made] == [thread]
        assert [getattr(one, "text", "") for one in behind.values()] == ["Call me under 4711."]
    with pytest.raises(Refused) as refused:
        await moderation.hide(beta.context, shared.bob, shared.space, thread, **WHY)
    assert refused.value.reason is Reason.CONFLICT
    with pytest.raises(Refused) as refused:
        await moderation.show_again(beta.context, shared.bob, shared.space, thread)
    assert refused.value.reason is Reason.NOT_OWNER
    back = await moderation.show_again(alpha.context, shared.ana, shared.space, thread)
    assert back.standing is Standing.SHOWN
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await texts(node, shared.space) == [["Call me under 4711."]]
    with pytest.raises(Refused) as refused:
        await moderation.show_again(alpha.context, shared.ana, shared.space, thread)
    assert refused.value.reason is Reason.CONFLICT


async def test_updates_are_hidden_as_well(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    update = await news.tell(
        beta.context, shared.bob, shared.space, text="Too much said", language="en"
    )
    await settle(alpha, beta)
    await moderation.hide(alpha.context, shared.ana, shared.space, update, **WHY)
    await settle(alpha, beta)
    home, _, name = update.partition("/")
    async with beta.context.database.read() as reader:
        found = await contents.find(reader, shared.space, home, name, Update)
    assert found is not None
    assert (found.standing, found.text) == (Standing.HIDDEN, "")


async def test_a_reason_is_a_word_of_the_list(shared: Shared) -> None:
    thread = await thread_of(shared)
    with pytest.raises(Refused) as refused:
        await moderation.hide(
            shared.alpha.context,
            shared.ana,
            shared.space,
            thread,
            reason="I do not like it",
            text="",
            language="en",
        )
    assert refused.value.reason is Reason.BAD_INPUT
    assert await texts(shared.alpha, shared.space) == [["Call me under 4711."]]


async def test_a_deleted_post_cannot_be_hidden_and_nobody_outside_hides(shared: Shared) -> None:
    thread = await thread_of(shared)
    carla = await shared.alpha.account("carla", "Carla Cruz")
    with pytest.raises(Refused) as refused:
        await moderation.hide(shared.alpha.context, carla, shared.space, thread, **WHY)
    assert refused.value.reason is Reason.NOT_FOUND
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "carla")
    await forum.erase(shared.beta.context, shared.bob, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await moderation.hide(shared.alpha.context, carla, shared.space, thread, **WHY)
    assert refused.value.reason is Reason.GONE


async def test_only_moderators_hide_what_is_common(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    space, cleo = shared.space, await admin(gamma, "cleo")
    wall = await walls.make(
        gamma.context,
        cleo,
        space,
        title="Of all",
        columns=["One"],
        language="en",
        audience="members",
    )
    card = await cards.add(
        gamma.context,
        cleo,
        space,
        wall,
        text="Ours",
        file="",
        colour="plain",
        column=0,
        language="en",
    )
    page = await pages.make(
        gamma.context, cleo, space, title="Of all", language="en", audience="members"
    )
    thread = await forum.start_thread(
        gamma.context, cleo, space, title="Ours", text="Ours", language="en"
    )
    await settle(shared.alpha, shared.beta, gamma)
    for item in (wall, card, page):
        with pytest.raises(Refused) as refused:
            await moderation.hide(gamma.context, cleo, space, item, **WHY)
        assert refused.value.reason is Reason.NOT_ALLOWED
    # The words of its own people are its own business; what is common is a moderator's.
    await moderation.hide(gamma.context, cleo, space, thread, **WHY)
    for item in (card, page, wall):
        await moderation.hide(shared.beta.context, shared.bob, space, item, **WHY)
    await settle(shared.alpha, shared.beta, gamma)
    for node, reader in ((shared.alpha, shared.ana), (gamma, cleo)):
        made, _ = await moderation.list_hidden(node.context, reader, space)
        assert {one.reference for one in made} == {wall, card, page, thread}
