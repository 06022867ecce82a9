"""What older pupils do: they show pictures after the card, or a password that would be heard
wherever it went, and take back what was released."""

from node.actions import forum
from node.classroom import release, roster, working
from tests.egress.people import Class, token_of
from tests.node.web.browser import Browser, browsing


async def show_more(one: Class, teacher: Browser) -> None:
    """A class is asked for more for a while: a pupil chooses a password, mistypes it, shows it;
    chooses pictures after the teacher lets choose anew, mistaps them, shows them."""
    path = f"/classes/{one.number}/entry"
    code = (await roster.find_class(one.node.room, one.teacher, one.number)).code
    alias, word = one.pupils[1].alias, one.secrets[3]
    card = [("class_code", code), ("alias", alias), ("secret_word", word)]
    typed = f"{token_of(one.node, 'given')} on a roof"
    await teacher.send(path, style="plain", second_step="asked")
    async with browsing(one.node) as own:
        assert (await own.send("/c", card)).path == "/c/step"
        await own.get("/c/step/password")
        for again, there in (("", "/c/step/password"), (typed, "/c/home")):
            shown = await own.send("/c/step/password", password=typed, again=again)
            assert shown.path == there, shown.text
        await own.send("/c", card)
        for given, there in (("roof", "/c/step/password"), (typed, "/c/home")):
            shown = await own.send("/c/step/password", password=given)
            assert shown.path == there, shown.text
        assert "on a roof" not in (await teacher.get(path)).html
        await teacher.send(f"{path}/reset", pupil=str(one.pupils[1].id))
        await own.send("/c", card)
        await own.get("/c/step")
        pictures = [("picked", "cat"), ("picked", "sun")]
        first = [("first", one) for one in ("cat", "sun", "dog")]
        for more, there in (([], "/c/step"), (first, "/c/home")):
            shown = await own.send("/c/step", [*pictures, *more], picture="dog")
            assert shown.path == there, shown.text
        await own.send("/c", card)
        for last, there in (("moon", "/c/step"), ("dog", "/c/home")):
            shown = await own.send("/c/step", pictures, picture=last)
            assert shown.path == there, shown.text
    await teacher.send(path, style="pictured", second_step="none")


async def take_back(one: Class, space: str, teacher: Browser) -> None:
    """A pupil takes a released reply back, sees who has it, and a teacher notes it."""
    room, path = one.node.room, f"/classes/{one.number}/entry"
    thread = await forum.start_thread(
        room.context, one.teacher, space, title="Owls", text="Who heard one?", language="en"
    )
    work = await working.write_reply(
        room, one.pupils[0], space, thread, text="At night.", language="en", hand_in=True
    )
    _, held = await release.find_held(room, one.teacher, work)
    await release.release(room, one.teacher, work, version=held.work.version)
    await teacher.send(path, style="plain", second_step="none")
    async with browsing(one.node) as own:
        await own.send("/c/card", card=one.secrets[0])
        asked = await own.get(f"/c/works/{work}/withdraw")
        done = await own.submit(asked, "/withdraw")
        assert done.path == "/c/works?told=work-withdrawn", done.text
        await own.get(f"/c/works/{work}/withdraw")
    told = await teacher.get("/withdrawn")
    assert (await teacher.submit(told, "/withdrawn")).path.startswith("/withdrawn?")
    await teacher.send(path, style="pictured", second_step="none")
