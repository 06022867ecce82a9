"""A teacher's reply that shows a file of the materials."""

import re

import pytest

from node.actions import forum, materials
from tests import pictures
from tests.node.spaces.bringing import SAID, publish
from tests.node.spaces.schools import Shared, open_together
from tests.node.web.browser import browsing
from tests.nodes import Node, settle


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    return await open_together(*pair)


async def test_a_reply_shows_a_file_and_stands_without_it_once_that_is_gone(
    shared: Shared,
) -> None:
    file = await publish(shared, pictures.plain("PNG"))
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    await settle(shared.alpha, shared.beta)
    path = f"/w/{shared.space}/forum/{thread.replace('/', '-')}"
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        page = await ana.get(path)
        chosen = {"text": "Like this one.", "language": "en", "file": file.replace("/", "-")}
        unknown = await ana.submit(
            page, path, **{**chosen, "file": f"{file[:-4]}AAAA".replace("/", "-")}
        )
        assert unknown.status == 422
        replied = await ana.submit(page, path, **chosen)
        assert "told=posted" in replied.path
        await settle(shared.alpha, shared.beta)
        for reader in (ana, bob):
            seen = await reader.get(path)
            (small,) = re.findall(rf'<img src="([^"]+)" alt="{SAID.alt}"', seen.html)
            assert (await (await reader.client.get(small)).read())[:4] == b"RIFF"
        edit = re.findall(r'href="([^"]+/edit)"', replied.html)[-1]
        saved = await ana.submit(await ana.get(edit), "/edit", text="Like this.", language="en")
        assert "told=saved" in saved.path, saved.text
        assert "<img src=" in (await ana.get(path)).html, "other words leave the file"
        await materials.erase(shared.alpha.context, shared.ana, shared.space, file)
        await settle(shared.alpha, shared.beta)
        for reader in (ana, bob):
            seen = await reader.get(path)
            assert "Like this." in seen.text
            assert f'alt="{SAID.alt}"' not in seen.html
