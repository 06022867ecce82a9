"""What a scenario drove, counted against what the code has: routes, workers, commands, reasons."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from inspect import currentframe
from types import FrameType, TracebackType
from typing import TypeAlias

import click
import pytest
from aiohttp import web

from node import app
from node.cli import schoolgate
from node.federation import answers
from node.web import door, routes
from node.web import told as told_by
from node.web.door import Access, Page
from node.web.forms import Form
from protocol.errors import Reason, Refused
from tests.node.web import browser

Route: TypeAlias = tuple[str, str]
"""A method and the pattern of an address."""
Pair: TypeAlias = tuple[str, Reason]
"""A surface on which somebody is told of a Reason."""
SURFACES = frozenset({"page", "document", "command"})
LET_IN = web.RequestKey("let_in", bool)
"""Set where a page's own code was reached, not the door before it alone."""
ANYTHING = "/{address}"
"""Every address that nobody has."""


def routes_of(built: web.Application) -> dict[Route, web.AbstractRoute]:
    """Every route of an application; a question for the head alone is the same route."""
    return {
        (one.method, one.resource.canonical): one
        for one in built.router.routes()
        if one.method != "HEAD" and one.resource is not None
    }


def commands_of(group: click.Group = schoolgate, before: str = "") -> set[str]:
    """Every command as it is typed."""
    found = set()
    for name, one in group.commands.items():
        typed = f"{before} {name}".strip()
        found |= commands_of(one, typed) if isinstance(one, click.Group) else {typed}
    return found


@dataclass
class Ledger:
    """What was driven: routes with the statuses they answered, reasons with where they were said.

    `known` are the routes of every application that was built meanwhile.
    """

    known: set[Route] = field(default_factory=set)
    answered: dict[Route, set[int]] = field(default_factory=dict)
    refused: dict[Reason, set[str]] = field(default_factory=dict)
    stepped: set[str] = field(default_factory=set)
    worked: set[str] = field(default_factory=set)
    """Workers that changed a row."""
    typed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    """Commands that ended with a refusal."""

    def missing_routes(self) -> set[Route]:
        """Routes that nobody asked for."""
        return self.known - self.answered.keys()

    def only_refused(self) -> set[Route]:
        """Routes that nobody got anything from."""
        return {one for one, got in self.answered.items() if all(status >= 400 for status in got)}

    @property
    def pairs(self) -> set[Pair]:
        """Which Reason was told on which surface."""
        return {
            (surface, reason)
            for reason, where in self.refused.items()
            for surface in where & SURFACES
        }

    @property
    def given(self) -> set[Reason]:
        """Reasons that the product itself had to give."""
        return {reason for reason, where in self.refused.items() if "node" in where}

    def note(self, surface: str, reason: Reason) -> None:
        self.refused.setdefault(reason, set()).add(surface)

    def watch(self, built: web.Application) -> None:
        self.known |= routes_of(built).keys()

        async def answered(request: web.Request, response: web.StreamResponse) -> None:
            resource = request.match_info.route.resource
            if resource is not None and (LET_IN in request or _is_for_machines(request)):
                route = request.method, resource.canonical
                self.answered.setdefault(route, set()).add(response.status)

        built.on_response_prepare.append(answered)


def _is_for_machines(request: web.Request) -> bool:
    return request.match_info.route.handler.__module__ != door.__name__


def _noting(page: Page, access: Access) -> Page:
    """A page behind its door, which notes whom the door let in."""

    async def noted(request: web.Request) -> web.StreamResponse:
        request[LET_IN] = True
        return await page(request)

    return door.page(noted, access)


@dataclass
class _Noted:
    """Around an action of a form: what is told beside a field is noted."""

    ledger: Ledger
    inner: AbstractContextManager[None]

    def __enter__(self) -> None:
        self.inner.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        is_told = bool(self.inner.__exit__(kind, error, trace))
        if is_told and isinstance(error, Refused):
            self.ledger.note("page", error.reason)
        return is_told


def is_a_tests(frame: FrameType | None) -> bool:
    """Whether the refusal was made up by a test."""
    return frame is not None and str(frame.f_globals["__name__"]).startswith("tests.")


@contextmanager
def keeping_count(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger of all that applications answer and commands refuse while the block lasts."""
    ledger = Ledger()
    build: Callable[..., web.Application] = app.build_app
    begin, problem = Refused.__init__, answers.problem
    refusal, of_file, mend = door.refusal, told_by.of_file, Form.mending

    def watched(*given: object, **named: object) -> web.Application:
        built = build(*given, **named)
        ledger.watch(built)
        return built

    def begun(self: Refused, reason: Reason, detail: str = "", **facts: object) -> None:
        begin(self, reason, detail, **facts)
        here = currentframe()
        is_planted = here is not None and is_a_tests(here.f_back)
        ledger.note("test" if is_planted else "node", reason)

    def described(request: web.Request, refused: Refused) -> web.Response:
        ledger.note("document", refused.reason)
        return problem(request, refused)

    def shown(request: web.Request, refused: Refused) -> web.Response:
        ledger.note("page", refused.reason)
        return refusal(request, refused)

    def told(refused: Refused) -> str:
        ledger.note("page", refused.reason)
        return of_file(refused)

    def mending(
        self: Form, name: str = "", sentences: Mapping[Reason, str] | None = None
    ) -> _Noted:
        return _Noted(ledger, mend(self, name, sentences))

    with monkeypatch.context() as patched:
        for module in (app, browser):
            patched.setattr(module, "build_app", watched)
        patched.setattr(routes, "page", _noting)
        patched.setattr(Refused, "__init__", begun)
        patched.setattr(answers, "problem", described)
        patched.setattr(door, "refusal", shown)
        patched.setattr(told_by, "of_file", told)
        patched.setattr(Form, "mending", mending)
        yield ledger
