"""The forum of a space: what is written at one school is read at the other."""

from node.actions import forum, spaces
from tests.node.spaces.schools import Shared, discussions, holds_the_same, texts
from tests.nodes import settle


async def test_a_thread_and_its_reply_are_read_at_both_schools(shared: Shared) -> None:
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Storks", text="Seen!", language="en"
    )
    await settle(shared.alpha, shared.beta)
    await forum.reply(
        shared.beta.context, shared.bob, shared.space, thread, text="Here too.", language="en"
    )
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.alpha, shared.space) == [["Seen!", "Here too."]]
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_both_schools_see_each_others_teacher_by_name(founded: Shared) -> None:
    view = await spaces.find_space(founded.beta.context, founded.bob, founded.space)
    people = {school.name: [one.name for one in school.people] for school in view.schools}
    assert people == {"School Beta": ["Bob Bell"], "School Alpha": ["Ana Alves"]}
    assert view.title == "Birds of two coasts"


async def test_an_edit_replaces_the_text_at_both_schools(shared: Shared) -> None:
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Storks", text="Sen!", language="en"
    )
    await settle(shared.alpha, shared.beta)
    await forum.edit(
        shared.alpha.context, shared.ana, shared.space, thread, text="Seen!", language="en"
    )
    await settle(shared.alpha, shared.beta)
    seen = (await discussions(shared.beta, shared.space))[0].thread
    assert (seen.title, seen.text) == ("Storks", "Seen!")
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)
