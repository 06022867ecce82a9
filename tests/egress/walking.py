"""Everybody who can open a page of the scenario's nodes, and machines at the other doors.

First they are led by links (`crawler`); whatever is left over is asked for by its pattern, with
what was seen in addresses elsewhere, or with what is not there.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from node import health
from node.actions.identity import get_service_identity
from node.federation import routes as federation
from tests.attacks.speaking import Key, Request, send, signed
from tests.egress.crawler import WORDS, Crawler
from tests.egress.ledger import ANYTHING, Ledger, Route, routes_of
from tests.egress.people import Class
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import Node

BY_HAND = (
    *("/held", "/held/{work}/release", "/login", "/logout", "/c/leave"),
    *("/setup", "/school/staff/{account}/end"),
)
"""Forms that a crawler does not send: it would release what is to be held, or sign itself out."""
NOWHERE = "A" * 22
_HOLE = re.compile(r"\{([a-z_0-9]+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")


@dataclass
class Heard:
    """What others than a school's own people were shown, and the values seen in addresses."""

    by_strangers: bytearray = field(default_factory=bytearray)
    by_partners: bytearray = field(default_factory=bytearray)
    values: dict[str, str] = field(default_factory=dict)
    """By the family of an address and what stands there, and by the latter alone."""
    trace: list[str] = field(default_factory=list)
    """What was opened and sent, and how it was answered."""


def patterns_of(built: web.Application) -> list[tuple[str, re.Pattern[str]]]:
    """The addresses of an application, each with the expression that it is known by."""
    found = {}
    for (_, pattern), route in routes_of(built).items():
        assert route.resource is not None
        told = route.resource.get_info()
        given = told.get("pattern") or re.compile(re.escape(told.get("path", "")))
        if pattern != ANYTHING:
            found[pattern] = given
    return list(found.items())


async def walk(ledger: Ledger, shared: Shared, hub: Node, classes: Collection[Class]) -> Heard:
    """All people of the scenario, one after the other; who ends things comes last."""
    heard = Heard()
    alpha, beta = shared.alpha, shared.beta
    own = next(one for one in classes if one.node is alpha)
    space = f"/w/{shared.space}"
    async with browsing(alpha) as pupil:
        await enter(pupil, own.secrets[0])
        await _crawl(heard, pupil, "/c/home", "/c/works", f"/c{space}", never=("/c/leave",))
        await _sweep(ledger, heard, {"c": pupil})
        await pupil.send("/c/leave")
    async with browsing(beta, "bob") as bob:
        # He only looks: what he would send is what Ana sends.
        looked = await _crawl(heard, bob, "/home", space, most=1, is_looking=True)
        heard.by_partners += looked
    async with browsing(hub, "admin") as officer:
        heard.by_strangers += await _crawl(heard, officer, "/agency", "/admin")
    async with browsing(alpha, "ana") as ana:
        await _crawl(heard, ana, "/held", "/classes", space, "/home", most=1)
    async with browsing(alpha, "admin") as admin:
        await _crawl(heard, admin, "/admin", "/school/staff", "/school/reads", "/home", most=1)
    for node in (alpha, hub):
        async with browsing(node) as visitor:
            heard.by_strangers += await _crawl(heard, visitor, "/", "/c", "/login", "/search?q=Zq")
    there = beta.url.partition("://")[2]
    heard.values |= {"people.name": f"bob@{there}", "schools.name": f"school@{there}"}
    heard.values |= {"admin.host": there, "agency.host": alpha.url.partition("://")[2]}
    async with (
        browsing(alpha, "ana") as ana,
        browsing(alpha, "admin") as admin,
        browsing(hub, "admin") as officer,
    ):
        desks = {"agency": officer, "join": officer} | dict.fromkeys(("admin", "school"), admin)
        rest = dict.fromkeys((one.split("/")[1] for _, one in ledger.known), ana)
        await _sweep(ledger, heard, rest | desks | {"setup": admin})
        await admin.send("/school/staff/3/end")
        for path in ("/setup", "/nothing-here"):
            await admin.get(path)
            await admin.send(path)
        await ana.get("/logout")
        for path in ("/logout", "/me"):
            await ana.send(path)
    return heard


async def enter(browser: Browser, card: str) -> None:
    """Be the pupil whose card this is."""
    shown = await browser.send("/c/card", card=card)
    assert shown.path.startswith("/c/home"), shown.text


async def _crawl(
    heard: Heard,
    browser: Browser,
    *starts: str,
    never: Iterable[str] = (),
    most: int = 2,
    is_looking: bool = False,
) -> bytes:
    server = browser.client.server
    assert isinstance(server, TestServer)
    patterns = patterns_of(server.app)
    forms = [one for one, _ in patterns] if is_looking else [*BY_HAND, *never]
    crawler = Crawler(browser, patterns, forms, most)
    await crawler.crawl(*starts)
    heard.trace += crawler.trace
    for pattern, expression in patterns:
        if pattern.startswith("/static"):
            continue
        for path in crawler.paths.get(pattern, ()):
            found = expression.fullmatch(path)
            values = found.groupdict() if found else {}
            heard.values |= values
            heard.values |= {f"{pattern.split('/')[1]}.{one}": values[one] for one in values}
    return bytes(crawler.heard)


async def _sweep(ledger: Ledger, heard: Heard, people: Mapping[str, Browser]) -> None:
    """Ask for every page and form that nobody was led to, below these addresses."""
    for method, pattern in sorted(ledger.missing_routes() - MACHINES):
        browser = people.get(pattern.split("/")[1])
        if browser is None or pattern in BY_HAND:
            continue
        await browser.client.request(
            method,
            URL(filled(pattern, heard.values), encoded=True),
            data={"text": WORDS, "language": "en", "reason": "other"} if method == "POST" else None,
            headers={"Accept": "text/html", "Origin": browser.origin},
            allow_redirects=False,
        )


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """An address of this pattern: with known values, else with such as nothing has."""
    family = pattern.split("/")[1]
    known = {hole: values.get(f"{family}.{hole}", values.get(hole)) for hole in holes_of(pattern)}
    return _HOLE.sub(lambda hole: known[hole[1]] or NOWHERE, pattern)


def holes_of(pattern: str) -> list[str]:
    return [hole[1] for hole in _HOLE.finditer(pattern)]


def _machines() -> set[Route]:
    built = web.Application()
    built.router.add_routes([*federation.routes(), *health.routes()])
    return set(routes_of(built))


MACHINES = _machines()
"""What only machines ask for."""


async def speak(heard: Heard, asking: Node, asked: Node, values: Mapping[str, str]) -> None:
    """Ask for everything at the door for machines: as a partner, rightly and wrongly, as nobody,
    and with a signature that is none of the asker's."""
    own = await get_service_identity(asking.context)
    keys = (Key(own.key_id, own.signer), Key.of(own.key_id))
    own_names = {"people.name": "ana", "schools.name": "school"}
    for method, pattern in sorted(MACHINES | {("GET", one) for one in federation.shared()}):
        target = filled(pattern, {**values, **own_names})
        bodies = (b"{}", b"{", b'{"type": "Create"}') if method == "POST" else (None,)
        requests = [
            signed(method, asked.url, target, key, asked.clock.now_ms(), body)
            for key in keys
            for body in bodies
        ]
        requests += [
            Request(method, target, (("Accept", "application/activity+json"),), body or b"")
            for body in bodies[:1]
        ]
        for request in requests:
            told = await send(asked, request)
            heard.by_partners += told.raw
