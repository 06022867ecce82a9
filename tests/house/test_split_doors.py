"""The web server before a node whose doors run apart: `scripts/deploy/split.caddy`."""

import re
from pathlib import PurePosixPath

from node.federation import routes as federation
from node.web import routes as face
from node.web.file_routes import BYTES
from tests.house.tree import text_of

CONFIG = text_of(PurePosixPath("scripts/deploy/split.caddy")).replace("\\\n", " ")


def patterns(name: str) -> list[re.Pattern[str]]:
    """The paths of a matcher: a star at the end is anything, one in between no slash."""
    block = re.search(rf"@{name} (?:\{{\s*)?path ([^\n]+)", CONFIG)
    assert block is not None, name
    return [
        re.compile(re.escape(one).replace(r"\*", "[^/]*").removesuffix("[^/]*") + ".*")
        if one.endswith("*")
        else re.compile(re.escape(one).replace(r"\*", "[^/]*"))
        for one in block[1].split()
    ]


def port_of(path: str, accept: str) -> str:
    """Where the web server sends a request: its matchers in their order."""
    if any(one.fullmatch(path) for one in patterns("machines")):
        return "FEDERATION_PORT"
    kinds = re.search(r"header_regexp Accept (\S+)", CONFIG)
    assert kinds is not None
    if any(one.fullmatch(path) for one in patterns("documents")) and re.search(kinds[1], accept):
        return "FEDERATION_PORT"
    return "PORT"


def filled(path: str) -> str:
    return re.sub(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "x1", path)


def test_each_address_leads_to_the_process_that_answers_it() -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    machine = "application/activity+json"
    for route in federation.routes():
        for accept in (browser, machine, "*/*", ""):
            assert port_of(filled(route.path), accept) == "FEDERATION_PORT", route.path
    for path in federation.shared():
        assert port_of(filled(path), machine) == "FEDERATION_PORT", path
        assert port_of(filled(path), browser) == "PORT", path
    assert set(federation.shared()) == set(face.shared())
    for _, path, _, _ in [*face.PAGES, *BYTES]:
        for accept in (browser, "*/*", ""):
            assert port_of(filled(path), accept) == "PORT", path
