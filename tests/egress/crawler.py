"""Somebody who opens every page that he is led to, and sends every form that he finds there.

Every pattern of an address is opened once or twice, and every form is filled in with harmless
words; what ends something comes last. A page or a form that is added is so driven without anybody
writing it down, as long as a link leads there.
"""

import heapq
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from urllib.parse import urljoin, urlsplit

from aiohttp import FormData
from yarl import URL

from tests import pictures
from tests.node.web.browser import Browser

WORDS = "Storks on the river"
TWICE = 2
HARSH = (
    ("move", "lock", "hide", "policy"),
    ("delete", "remove", "discard", "withdraw", "erase", "trash", "clear", "lapse"),
    ("leave", "close", "archive", "end", "block", "revoke", "refuse", "hand-over", "year", "stay"),
    ("key", "keys", "rekey", "logout", "sign-out", "forget", "security", "unendorse"),
)
"""Words in an address: what comes later the further down they stand here."""


@dataclass
class Found:
    """A form as it stands in a page."""

    action: str
    method: str
    multipart: bool
    values: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    chosen: set[str] = field(default_factory=set)

    def put(self, name: str, value: str) -> None:
        self.values.append((name, value))
        self.chosen.add(name)


class Page(HTMLParser):
    """The links and the filled in forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Found] = []
        self._open: Found | None = None
        self._select = ""
        self._options: list[tuple[bool, str]] = []
        self._area: tuple[str, list[str]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        match tag:
            case "a" | "link":
                self.links.append(known.get("href", ""))
            case "img" | "script" | "source" | "video" | "audio" | "iframe":
                self.links.append(known.get("src", ""))
            case "form":
                multipart = known.get("enctype", "").startswith("multipart")
                method = known.get("method", "get").lower()
                self._open = Found(known.get("action", ""), method, multipart)
                self.forms.append(self._open)
            case "input" if self._open is not None and "disabled" not in known:
                self._input(self._open, known)
            case "button" if self._open is not None and known.get("name"):
                if known["name"] not in self._open.chosen:
                    self._open.put(known["name"], known.get("value", ""))
            case "select":
                self._select, self._options = known.get("name", ""), []
            case "option":
                self._options.append(("selected" in known, known.get("value", "")))
            case "textarea":
                self._area = known.get("name", ""), []
            case _:
                pass  # Everything else is for eyes.

    def _input(self, form: Found, known: dict[str, str]) -> None:
        name, value, kind = known.get("name", ""), known.get("value", ""), known.get("type", "text")
        if not name:
            return
        match kind:
            case "file":
                form.files.append(name)
            case "radio" | "checkbox":
                if "checked" in known or name not in form.chosen:
                    form.put(name, value or "on")
            case "password":
                pass
            case "date":
                form.put(name, value or "2027-06-30")
            case "number":
                form.put(name, value or known.get("min") or "5")
            case "email":
                form.put(name, value or "stork@mail.example")
            case "url":
                form.put(name, value or "https://storks.example/")
            case _:
                form.put(name, value or (WORDS if "required" in known else ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._area is not None:
            if self._open is not None:
                self._open.put(self._area[0], "".join(self._area[1]).strip() or WORDS)
            self._area = None
        elif tag == "select" and self._open is not None and self._select:
            chosen = [value for is_selected, value in self._options if is_selected]
            filled = [value for _, value in self._options if value]
            if chosen or filled:
                self._open.put(self._select, (chosen + filled)[0] or (filled or [""])[0])
            self._select = ""


@dataclass
class Crawler:
    """One person's way through a node; `heard` is all that he was shown.

    `patterns` are the addresses of the node with their expressions; `never` are those of forms
    that are sent elsewhere, on purpose.
    """

    browser: Browser
    patterns: Collection[tuple[str, re.Pattern[str]]]
    never: Collection[str] = ()
    most: int = TWICE
    heard: bytearray = field(default_factory=bytearray)
    opened: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    went: Counter[str] = field(default_factory=Counter)
    paths: dict[str, dict[str, None]] = field(default_factory=dict)
    """By pattern, in the order in which they were come to."""
    trace: list[str] = field(default_factory=list)
    """What was opened and sent, one after the other, and how it was answered."""
    _seen: set[str] = field(default_factory=set)
    _due: list[tuple[int, int, Found]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    async def crawl(self, *starts: str) -> None:
        links = list(starts)
        while links or self._due:
            while links:
                links += await self._look(links.pop(0))
            if self._due:
                _, _, form = heapq.heappop(self._due)
                links += await self._send(form)

    def pattern_of(self, path: str) -> str:
        for pattern, expression in self.patterns:
            if expression.fullmatch(path):
                self.paths.setdefault(pattern, {})[path] = None
                return pattern
        return ""

    async def _look(self, link: str) -> list[str]:
        target = self._own(link)
        pattern = self.pattern_of(urlsplit(target).path)
        if not pattern or target in self._seen or self.opened[pattern] >= self.most:
            return []
        self._seen.add(target)
        self.opened[pattern] += 1
        answer = await self.browser.client.get(
            URL(target, encoded=True), headers={"Accept": "text/html", "Accept-Language": "en"}
        )
        self.trace.append(f"GET {pattern} {answer.status}")
        return self._read(answer.url.path_qs, await answer.read())

    def _own(self, link: str) -> str:
        parts = urlsplit(link)
        if parts.scheme and link.startswith(self.browser.origin):
            parts = urlsplit(link.removeprefix(self.browser.origin) or "/")
        if parts.scheme or parts.netloc:
            return ""
        return parts._replace(fragment="").geturl()

    def _read(self, path: str, octets: bytes) -> list[str]:
        self.heard += octets + b"\n"
        if not octets.lstrip()[:15].lower().startswith(b"<!doctype html"):
            return []
        page = Page(octets.decode())
        for form in page.forms:
            form.action = self._own(urljoin(path, form.action or path))
            pattern = self.pattern_of(urlsplit(form.action).path)
            if form.method != "post":
                page.links.append(form.action)
            elif pattern and pattern not in self.never and self.sent[pattern] < self.most:
                heapq.heappush(self._due, (_rank(pattern), next(self._numbers), form))
        return [urljoin(path, one) for one in page.links]

    async def _send(self, form: Found) -> list[str]:
        pattern = self.pattern_of(urlsplit(form.action).path)
        if self.sent[pattern] >= self.most or self.went[pattern]:
            return []
        self.sent[pattern] += 1
        body = FormData(quote_fields=False)
        for name in form.files:
            body.add_field(
                name, pictures.plain("PNG"), filename="Storks.png", content_type="image/png"
            )
        for name, value in form.values:
            body.add_field(name, value)
        given = {"Accept": "text/html", "Accept-Language": "en", "Origin": self.browser.origin}
        if not form.multipart and not form.files:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        answer = await self.browser.client.post(
            URL(form.action, encoded=True), data=body, headers=given
        )
        self.went[pattern] += answer.status < 400
        self.trace.append(f"POST {pattern} {answer.status}")
        return self._read(answer.url.path_qs, await answer.read())


def _rank(pattern: str) -> int:
    words = set(pattern.split("/"))
    return max((rank for rank, harsh in enumerate(HARSH, 1) if words & set(harsh)), default=0)
