"""Pages of pupils, and of those who look after them, that no link of the scenario leads to."""

import re

from aiohttp import FormData

from node.classroom import reporting, roster
from node.storage import meta
from node.vault import works
from tests.egress.people import Class, token_of
from tests.node.web.browser import Browser, browsing


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
    await reporting.report_by_teacher(
        room, one.teacher, space, item, reason="private_data_shown",
        note="Look here.", language="en",
    )  # fmt: skip
    async with browsing(node, one.teacher.handle) as guardian:
        listed = await guardian.get("/safeguarding")
        path = f"/safeguarding/{max(map(int, re.findall(r'/safeguarding/([0-9]+)', listed.html)))}"
        given = await guardian.client.get(f"{path}/bytes")
        assert given.status == 200


async def block_at_last(one: Class) -> None:
    """The other school wrote what was reported first; nothing is exchanged with it any more."""
    async with browsing(one.node, one.teacher.handle) as guardian:
        done = await guardian.send("/safeguarding/1/block")
        assert "told=partner-blocked" in done.path, done.text
