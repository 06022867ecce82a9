"""Rui stands in for Ana, looks at her class and her space, reports something, and no more."""

from node.actions import forum, spaces
from tests.egress.people import Class, token_of
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import settle


async def stand_in(shared: Shared, one: Class) -> None:
    path = f"/school/staff/{shared.ana.id}"
    async with browsing(shared.alpha, "admin") as admin, browsing(shared.alpha, "rui") as rui:
        done = await admin.send(
            f"{path}/substitute",
            substitute="rui",
            spaces=shared.space,
            their_classes=str(one.number),
        )
        assert done.path == f"{path}?told=substitute-appointed", done.text
        for seen in ("/home", "/held", f"/classes/{one.number}", f"/w/{shared.space}"):
            assert (await rui.get(seen)).status == 200, seen
        await _report(shared, one, rui)
        over = await admin.submit(done, "/substitute/1")
        assert over.path == f"{path}?told=substitute-ended", over.text
        assert (await rui.get(f"/classes/{one.number}")).status == 404
        again = await admin.send(f"{path}/substitute", substitute="rui", spaces=shared.space)
        kept = await admin.submit(again, "/substitute/2/stay")
        assert kept.path == f"{path}?told=substitute-stays", kept.text
    context, account = shared.alpha.context, await shared.alpha.get("rui")
    alias = await spaces.pseudonym_of(context, account, shared.space)
    await spaces.remove_colleague(context, account, shared.space, alias)


async def _report(shared: Shared, one: Class, teacher: Browser) -> None:
    """Both schools read the note, so it takes no pupil's name."""
    thread = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="Frogs", text="Who?", language="en"
    )
    await settle(shared.alpha, shared.beta)
    item, space = thread.replace("/", "-"), shared.space
    for name in (token_of(one.node, "given"), token_of(one.node, "class")):
        note = f"It hurts {name}."
        kept = await teacher.send("/report", space=space, item=item, why="hate", note=note)
        assert kept.status == 422, name
    sent = await teacher.send("/report", space=space, item=item, why="hate", note="It hurts.")
    assert sent.path.endswith("told=reported"), sent.text
