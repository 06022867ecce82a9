"""Pages of pupils, and of those who look after them, that no link of the scenario leads to."""

import re

from aiohttp import FormData

from node.actions import forum
from node.classroom import handing_out, release, reporting, roster, taking_part, working
from node.classroom.roster import Newcomer, names_of
from node.storage import meta
from node.vault import works
from node.vault.pupils import Pupil
from tests.egress.people import Class, token_of
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import Node, settle


async def sit_down(one: Class, space: str, teacher: Browser) -> None:
    """A pupil comes in by the word, decides about pictures, and a list of names is looked at."""
    node, room, pupil = one.node, one.node.room, one.pupils[1]
    class_ = await roster.find_class(room, one.teacher, one.number)
    path = f"/classes/{one.number}"
    listed = f"Vorname;Nachname\r\n{token_of(node, 'given')};{token_of(node, 'family')}\r\n"
    looked = await teacher.bring(f"{path}/list", "list", "5b.csv", listed.encode())
    assert token_of(node, "given") in looked.html
    for decides in ("all", "none"):
        await teacher.send(f"{path}/decides", decides=decides)
        if decides == "all":
            async with browsing(node) as own:
                entered = await own.send(
                    "/c", class_code=class_.code, alias=pupil.alias, secret_word=one.secrets[3]
                )
                assert entered.path.startswith("/c/home"), entered.text
                decided = await own.send(f"/c/pictures/{space}", said="space")
                assert decided.path == "/c/pictures?told=consents-kept", decided.text


async def take_in(one: Class, archive: bytes, teacher: Browser) -> None:
    """Works that were taken along come to another pupil's desk, who looks at them and throws one
    away."""
    path = f"/classes/{one.number}/pupils/{one.pupils[1].id}/works"
    body = FormData()
    body.add_field("alias", "")
    body.add_field("file", archive, filename="works.zip", content_type="application/zip")
    taken = await teacher.client.post(path, data=body, headers={"Origin": teacher.origin})
    assert taken.url.query.get("told") == "works-brought", await taken.text()
    async with browsing(one.node) as own:
        await own.send("/c/card", card=one.secrets[1])
        shown = await own.get("/c/works")
        files = set(re.findall(r"/c/brought/\d+(?=/)", shown.html))
        assert files, shown.html
        for file in sorted(files):
            for part in ("bytes", "small"):
                await own.client.get(f"{file}/{part}")
        await own.send(f"{min(files)}/remove")


async def seal_own(one: Class, space: str) -> None:
    """A teacher reports what a pupil of the own school brought, and its copy is opened."""
    room, node = one.node.room, one.node
    async with room.vault.read() as view:
        kept = await works.list_of_pupil(view, one.pupils[0].id, limit=50)
    file = next(each for each in kept if each.kind == "file" and each.state == "released")
    async with room.context.database.read() as reader:
        item = f"{await meta.get(reader, 'node')}/{file.object}"
    async with browsing(node, one.teacher.handle) as guardian:
        said = await guardian.send(
            "/report", space=space, item=item.replace("/", "-"), why="private_data_shown",
            note="Look here.",
        )  # fmt: skip
        assert "told=reported" in said.path, said.text
        listed = await guardian.get("/safeguarding")
        path = f"/safeguarding/{max(map(int, re.findall(r'/safeguarding/([0-9]+)', listed.html)))}"
        given = await guardian.client.get(f"{path}/bytes")
        assert given.status == 200


async def block_at_last(one: Class) -> None:
    """The other school wrote what was reported first; nothing is exchanged with it any more."""
    async with browsing(one.node, one.teacher.handle) as guardian:
        done = await guardian.send("/safeguarding/1/block")
        assert "told=partner-blocked" in done.path, done.text


async def escalate(one: Class, shared: Shared, hub: Node) -> None:
    """A pupil writes what a classmate reports; the hub is told of it without the words, and whoever
    wrote it is let in no more."""
    room, node, called = one.node.room, one.node, token_of(one.node, "given")
    await roster.add_pupils(
        room, one.teacher, one.number, [Newcomer("Koala Mira", names_of(display=called))]
    )
    opened = await roster.open_class(room, one.teacher, one.number)
    third = next(each.pupil for each in opened.known if each.pupil.alias == "Koala Mira")
    chosen = [each.id for each in (*one.pupils, third)]
    await taking_part.choose(room, one.teacher, shared.space, chosen)
    sheet = await handing_out.make_cards(room, one.teacher, one.number, third.id)
    card = sheet.cards[0].address.partition("#")[2]
    one.secrets += [card, sheet.cards[0].word]
    thread = await forum.start_thread(
        node.context, one.teacher, shared.space, title="Gulls", text="Where?", language="en"
    )
    item = await _write(one, third, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    words = f"{token_of(node, 'report')} {called}"
    await reporting.report(room, one.pupils[1], shared.space, item, reason="bullying", words=words)
    await settle(shared.alpha, shared.beta)
    async with browsing(node) as own, browsing(node, one.teacher.handle) as guardian:
        entered = await own.send("/c/card", card=card)
        assert entered.path.startswith("/c/home"), entered.text
        listed = await guardian.get("/safeguarding")
        path = f"/safeguarding/{max(map(int, re.findall(r'/safeguarding/([0-9]+)', listed.html)))}"
        shown = await guardian.get(path)
        assert words in shown.text, "the safeguarding person reads it"
        for note in (called, token_of(node, "alias"), token_of(node, "class")):
            kept = await guardian.submit(shown, "/hub", note=f"It is about {note}.")
            assert kept.status == 422, note
        told = await guardian.submit(shown, "/hub", note="It is dealt with.")
        assert "told=hub-told" in told.path, told.text
        done = await guardian.send(f"{path}/suspend")
        assert "told=author-suspended" in done.path, done.text
        assert not (await own.get("/c/home")).path.startswith("/c/home"), "signed out at once"
    await settle(shared.alpha, shared.beta, hub)
    async with browsing(hub, "admin") as officer:
        desk = await officer.get("/agency/reports")
        assert "It is dealt with." in desk.text


async def _write(one: Class, pupil: Pupil, space: str, thread: str) -> str:
    """A reply of a pupil, released; its reference."""
    room = one.node.room
    work = await working.write_reply(
        room, pupil, space, thread, text=f"Gulls of {one.node.name}", language="en", hand_in=True
    )
    _, held = await release.find_held(room, one.teacher, work)
    await release.release(room, one.teacher, work, version=held.work.version)
    async with room.vault.read() as view:
        kept = await works.find(view, work)
    assert kept is not None
    async with room.context.database.read() as reader:
        return f"{await meta.get(reader, 'node')}/{kept.object}"
