"""A browser without scripts: keeps its cookie, reads forms, sends them from its own site."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Protocol

from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from node.actions.context import Context
from node.app import build_app
from tests.nodes import PASSWORD, Node


@dataclass
class FoundForm:
    """A form of a page: where it goes, and what it holds before anybody types."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.forms.append(FoundForm(known.get("action") or ""))
        elif tag == "a":
            self.links.append(known.get("href") or "")
        elif tag == "input" and known.get("type") == "hidden" and self.forms:
            self.forms[-1].values.append((known.get("name") or "", known.get("value") or ""))


@dataclass(frozen=True)
class Shown:
    """What came back: the last answer of a chain of redirects."""

    status: int
    path: str
    html: str
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The words of the page, in one line."""
        bare = re.sub(r"<(script|style|head)\b.*?</\1>", "", self.html, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", bare)).split())

    def form(self, action: str, containing: str = "") -> FoundForm:
        """The form whose action ends so, and that holds a hidden value."""
        page = _Page()
        page.feed(self.html)
        for one in page.forms:
            held = [value for _, value in one.values]
            if one.action.endswith(action) and (not containing or containing in held):
                return one
        raise AssertionError(f"no form for {action} in {[one.action for one in page.forms]}")

    def link(self, containing: str) -> str:
        """The first link of the page itself (not its frame) whose address contains this."""
        page = _Page()
        page.feed(self.html.partition("<main")[2].partition("</main>")[0])
        return next(one for one in page.links if containing in one)


@dataclass
class Browser:
    """One person at one node."""

    client: TestClient[web.Request, web.Application]
    origin: str

    async def get(self, path: str, **headers: str) -> Shown:
        given = {"Accept": "text/html", "Accept-Language": "en"} | headers
        return await shown_of(await self.client.get(URL(path, encoded="%" in path), headers=given))

    async def send(
        self, path: str, values: list[tuple[str, str]] | None = None, **typed: str
    ) -> Shown:
        """Send a form from a page of this node."""
        answer = await self.client.post(
            path,
            data=[*(values or []), *typed.items()] or b"",
            headers={
                "Accept": "text/html",
                "Accept-Language": "en",
                "Origin": self.origin,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        return await shown_of(answer)

    async def bring(self, path: str, field: str, name: str, octets: bytes) -> Shown:
        """Send one file in a form of this node."""
        body = FormData(quote_fields=False)
        body.add_field(field, io.BytesIO(octets), filename=name, content_type="text/csv")
        given = {"Accept": "text/html", "Accept-Language": "en", "Origin": self.origin}
        return await shown_of(await self.client.post(path, data=body, headers=given))

    async def submit(self, page: Shown, action: str, containing: str = "", **typed: str) -> Shown:
        """Fill in a form of `page` and send it."""
        form = page.form(action, containing)
        return await self.send(form.action or page.path, form.values, **typed)

    async def sign_in(self, handle: str) -> Shown:
        return await self.send("/login", handle=handle, password=PASSWORD)


async def shown_of(answer: ClientResponse) -> Shown:
    html = await answer.text()
    headers = dict(answer.headers)
    return Shown(answer.status, answer.url.path_qs, html, headers)


class Site(Protocol):
    """A node that can be looked at, set up or not."""

    @property
    def context(self) -> Context: ...

    @property
    def url(self) -> str: ...


@asynccontextmanager
async def browsing(node: Site, handle: str = "") -> AsyncIterator[Browser]:
    """A browser at `node`, where `handle` has signed in."""
    host = {"Host": node.url.partition("://")[2]}
    classroom = node.classroom if isinstance(node, Node) else None
    async with TestClient(
        TestServer(build_app(node.context, "web", classroom)), headers=host
    ) as client:
        browser = Browser(client, node.url)
        if handle:
            shown = await browser.sign_in(handle)
            assert shown.path == "/home?told=signed-in", shown.text
        yield browser
