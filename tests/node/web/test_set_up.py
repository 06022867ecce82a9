"""A bare node in a browser: whoever holds the token sets it up, once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.actions import admissions, set_up
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.app import make_folder, open_context
from node.folder import Folder
from node.workers.rota import WORKERS
from protocol.errors import Reason, Refused
from tests.node.postbox import postbox
from tests.node.web.browser import Browser, Shown, browsing
from tests.nodes import CHEAP, PASSWORD, Node, SeededChance, VirtualClock, shared_book

BASE = "http://127.0.0.1:8430"


@dataclass
class Bare:
    """A node that nobody has set up yet."""

    context: Context
    token: str
    url: str = BASE


@pytest.fixture
async def bare(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Bare]:
    make_folder(tmp_path / "bare", BASE, development=True, host="127.0.0.1", port=8430)
    async with open_context(
        Folder(tmp_path / "bare"), CHEAP, clock=clock, chance=SeededChance("b"), book=shared_book()
    ) as context:
        yield Bare(context, (await set_up.offer(context)).partition("#")[2])


async def fill_in(browser: Browser, token: str, **typed: str) -> Shown:
    answers = {
        "school": "Escola do Cais",
        "country": "PT",
        "city": "Aveiro",
        "name": "Inês Prata",
        "handle": "ines",
        "password": PASSWORD,
    }
    return await browser.send("/setup", None, token=token, **(answers | typed))


async def test_the_browser_does_the_rest_and_then_the_page_is_gone(bare: Bare) -> None:
    async with browsing(bare) as visitor:
        front = await visitor.get("/")
        assert front.path == "/setup"
        second = await fill_in(visitor, bare.token)
        assert second.path == "/setup/mail"
        assert "Step 2 of 3" in second.text
        third = await visitor.get(second.link("/setup/hub"))
        assert "Step 3 of 3" in third.text
        done = await visitor.get(third.link("/admin"))
        assert done.path == "/admin?told=set-up"
        assert "Escola do Cais" in done.text
        assert "Sign out" in done.text
        assert (await visitor.get("/setup")).status == 404
        assert (await fill_in(visitor, bare.token, handle="eve")).status == 404
        assert "Escola do Cais" in (await visitor.get("/")).text
    with pytest.raises(Refused) as refused:
        await set_up.offer(bare.context)
    assert refused.value.reason is Reason.CONFLICT


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
async def test_without_the_token_nothing_is_set_up(bare: Bare, token: str) -> None:
    async with browsing(bare) as visitor:
        told = await fill_in(visitor, token)
        assert told.status == 422
        assert "There is something to mend" in told.text
    async with bare.context.database.read() as reader:
        assert not await set_up.is_set_up(reader)


async def test_an_old_token_and_one_that_was_replaced_count_no_more(
    bare: Bare, clock: VirtualClock
) -> None:
    newer = (await set_up.offer(bare.context)).partition("#")[2]
    async with browsing(bare) as visitor:
        assert "not the present one" in (await fill_in(visitor, bare.token)).text
        clock.advance(days=8)
        assert "not the present one" in (await fill_in(visitor, newer)).text
        newest = (await set_up.offer(bare.context)).partition("#")[2]
        assert (await fill_in(visitor, newest)).path == "/setup/mail"


async def test_what_is_typed_wrong_is_named_and_the_token_stays_good(bare: Bare) -> None:
    async with browsing(bare) as visitor:
        for field, value, told in (
            ("school", "", "Fill this in"),
            ("country", "Atlantis", "Choose one of the list"),
            ("handle", "Inês P", "Use small letters"),
            ("password", "short", "at least 12"),
            ("name", " ", "Fill this in"),
        ):
            shown = await fill_in(visitor, bare.token, **{field: value})
            assert shown.status == 422, field
            assert told in shown.text
        assert (await fill_in(visitor, bare.token)).path == "/setup/mail"


async def test_a_bare_node_tells_machines_to_come_again_and_its_workers_rest(bare: Bare) -> None:
    for worker in WORKERS:
        await worker.step(bare.context)
    async with browsing(bare) as visitor:
        for path in ("/.well-known/schoolgate", "/actor", "/outbox"):
            told = await visitor.get(path, Accept="application/json")
            assert told.status == 503
            assert "not set up yet" in told.html
        assert (await visitor.get("/healthz")).status == 200


async def test_a_node_that_is_set_up_has_no_such_page(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        assert (await visitor.get("/setup")).status == 404


async def test_mail_and_hub_are_set_up_on_the_way(bare: Bare, hub_a: Node) -> None:
    link = await admissions.make_link(hub_a.context, OPERATOR, label="Cais")
    async with postbox() as box, browsing(bare) as visitor:
        await fill_in(visitor, bare.token)
        answers = {"host": "localhost", "port": str(box.port), "security": "none"}
        wrong = await visitor.send("/setup/mail", None, mail="", **answers)
        assert wrong.status == 422
        assert "Go on without mail" in wrong.text
        tried = await visitor.send("/setup/mail", None, mail="ines@cais.example", **answers)
        assert "Did the mail arrive?" in tried.text
        for worker in WORKERS:
            await worker.step(bare.context)
        assert [recipient for recipient, _ in box.taken] == ["ines@cais.example"]
        third = await visitor.get(tried.link("/setup/hub"))
        half = await visitor.submit(
            third, "/setup/hub", link="https://x.example", register_number="1", reason="Ask."
        )
        assert "Paste the whole link" in half.text
        asked = await visitor.submit(
            third, "/setup/hub", link=link, register_number="1", reason="Ask Ana."
        )
        assert "The hub has your request" in asked.text
        assert (await visitor.get(asked.link("/admin"))).path == "/admin?told=set-up"
        assert "Being checked" in (await visitor.get("/admin/hub")).text


async def test_a_hub_is_not_asked_for_its_hub_and_others_take_no_step(
    hub_a: Node, alpha: Node
) -> None:
    async with browsing(hub_a, "admin") as officer:
        assert "Step 2 of 2" in (await officer.get("/setup/mail")).text
        assert (await officer.get("/setup/hub")).status == 404
        assert (await officer.send("/setup/hub", link="x")).status == 404
    await alpha.account("ana")
    async with browsing(alpha, "ana") as teacher, browsing(alpha) as visitor:
        for path in ("/setup/mail", "/setup/hub"):
            assert (await teacher.get(path)).status == 403
            assert (await visitor.get(path)).path.startswith("/login")
