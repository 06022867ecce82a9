"""Rui stands in for Ana, looks at her class and her space, and no more."""

from tests.egress.people import Class
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing


async def stand_in(shared: Shared, one: Class) -> None:
    path = f"/school/staff/{shared.ana.id}"
    async with browsing(shared.alpha, "admin") as admin, browsing(shared.alpha, "rui") as rui:
        done = await admin.send(
            f"{path}/substitute", substitute="rui", spaces=shared.space, classes=str(one.number)
        )
        assert done.path == f"{path}?told=substitute-appointed", done.text
        for seen in ("/home", "/held", f"/classes/{one.number}", f"/w/{shared.space}"):
            assert (await rui.get(seen)).status == 200, seen
        over = await admin.submit(done, "/substitute/1")
        assert over.path == f"{path}?told=substitute-ended", over.text
        assert (await rui.get(f"/classes/{one.number}")).status == 404
