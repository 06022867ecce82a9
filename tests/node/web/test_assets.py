"""Static files: long kept, never anything but ours (A075)."""

import gzip
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from node.web import assets
from node.web.catalogue import HERE
from node.web.render import Face

Browser = TestClient[web.Request, web.Application]


@pytest.fixture
async def browser(face: Face) -> AsyncIterator[Browser]:
    app = web.Application()
    app.router.add_get("/static/{digest}/{name:.+}", face.assets.serve)
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        yield client


@pytest.mark.parametrize("name", ["face.css", "icons.svg", "vendor/htmx.min.js", "app.js"])
async def test_file_is_served_compressed_and_kept_for_long(
    browser: Browser, face: Face, name: str
) -> None:
    answer = await browser.get(face.assets.url(name), headers={"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    plain = await browser.get(face.assets.url(name), headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(await answer.read()) == await plain.read()
    again = await browser.get(
        face.assets.url(name), headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fetc/passwd",
        "/static/x/..%2f..%2f..%2fetc%2fpasswd",
        "/static/x/%2e%2e/%2e%2e/etc/passwd",
        "/static/x/..%5c..%5cface.css",
        "/static/x/face.css%00",
        "/static/x/face.css%00.svg",
        "/static/x//etc/passwd",
        "/static/x/vendor/",
        "/static/x/css/tokens.css",
        "/static/x/../render.py",
    ],
)
async def test_nothing_else_is_served(browser: Browser, path: str) -> None:
    answer = await browser.get(URL(path, encoded=True))
    assert answer.status == 404


async def test_old_fingerprint_gets_the_new_file_but_is_not_kept(browser: Browser) -> None:
    answer = await browser.get("/static/000000000000/face.css")
    assert answer.status == 200
    assert "immutable" not in answer.headers["Cache-Control"]


def test_style_is_small_and_sheets_come_in_order() -> None:
    loaded = assets.load()
    assert {"face.css", "icons.svg", "flags.svg", "drawings.svg"} <= set(loaded.names())
    assert "house" in loaded.symbols("icons.svg")


def test_templates_name_only_pictures_that_exist(face: Face) -> None:
    sources = "".join(
        file.read_text(encoding="utf-8") for file in (HERE / "templates").rglob("*.html")
    )
    icons = set(re.findall(r'icon(?:_name=|\()"([a-z-]+)"', sources))
    drawings = set(re.findall(r'empty\("([a-z]+)"', sources))
    assert icons <= face.assets.symbols("icons.svg")
    assert drawings <= face.assets.symbols("drawings.svg")
