"""A node that accepts no connection fetches what its partner would have asked of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.actions import (
    accredit as accrediting,
)
from node.actions import (
    actors,
    calls,
    contacts,
    find,
    harvest,
    identity,
    messages,
    partners,
    people,
)
from node.actions.actors import Profile
from node.actions.permission import OPERATOR
from node.app import answer_calls, make_folder, open_context
from node.folder import Folder
from node.remote.answer import MAX_HEADER_CHARACTERS, MAX_RETRY_AFTER_S, Answer
from node.remote.inner import InnerDoor
from node.remote.lines import Call
from node.storage import deliveries
from node.storage import messages as message_rows
from node.storage import partners as partner_rows
from node.storage.deliveries import Delivery
from protocol.errors import Reason, Refused
from tests.node.actions.pairs import Pair, meet
from tests.node.web.browser import browsing
from tests.nodes import Node, VirtualClock, accredit, apply_to, refresh, running, settle

CLOSED = {"SCHOOLGATE_NODE__REACHABILITY": "outbound-only"}


@pytest.fixture
async def closed(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node whose address leads nowhere."""
    settings = CLOSED | {"SCHOOLGATE_REMOTE__TIMEOUT_S": "8"}
    base = "http://127.0.0.1:9"
    async with running("closed", tmp_path / "closed", clock, settings, base) as node:
        yield node


async def approve_each_other(closed: Node, beta: Node) -> None:
    """The closed node looks the other up; the other gets its card."""
    found = await partners.add(closed.context, OPERATOR, beta.url)
    await partners.approve(closed.context, OPERATOR, found.origin, beta.fingerprint)
    card = await partners.get_card(closed.context, OPERATOR)
    found = await partners.add_card(beta.context, OPERATOR, card)
    assert found.fingerprint == closed.fingerprint
    await partners.approve(beta.context, OPERATOR, found.origin, found.fingerprint)


@pytest.fixture
async def them(closed: Node, beta: Node) -> Pair:
    await approve_each_other(closed, beta)
    return await meet(closed, beta)


async def open_letters(node: Node) -> list[Delivery]:
    async with node.context.database.read() as reader:
        return await deliveries.list_open(reader)


async def until_listening(them: Pair, listening: bool = True) -> None:
    lines = them.beta.context.client.lines
    for _ in range(1_000):
        if lines.is_listening(them.alpha.url) is listening:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the closed node does not ask, or does not end to ask")


async def test_a_school_behind_a_closed_door_meets_one_that_is_open(them: Pair) -> None:
    async with answer_calls(them.alpha.context):
        await until_listening(them)
        # Somebody there looks for somebody here: the question goes by a call.
        assert await find.find_actor(them.beta.context, them.bob, them.ana.actor) == them.ana.actor
        offer = await contacts.offer(them.beta.context, them.bob, them.ana.actor, "Shall we?")
        await them.settle()
        await contacts.answer(them.alpha.context, them.ana, offer, "yes")
        await them.settle()
        assert (await them.contact_at(them.beta)).state == "contacts"
        for node, writer, reader, text in (
            (them.alpha, them.ana, them.bob, "from inside"),
            (them.beta, them.bob, them.ana, "from outside"),
        ):
            await messages.send(node.context, writer, reader.actor, text=text, language="en")
        await them.settle()
        assert await open_letters(them.alpha) == await open_letters(them.beta) == []
        for node, reader, writer in (
            (them.alpha, them.ana, them.bob),
            (them.beta, them.bob, them.ana),
        ):
            async with node.context.database.read() as rows:
                kept = await message_rows.list_with(rows, reader.actor, writer.actor)
            assert {one.text for one in kept} == {"from inside", "from outside"}


async def test_letters_wait_until_it_asks_and_nothing_connects_to_it(them: Pair) -> None:
    async with answer_calls(them.alpha.context):
        await until_listening(them)
        await find.find_actor(them.beta.context, them.bob, them.ana.actor)
    await until_listening(them, False)
    await contacts.offer(them.beta.context, them.bob, them.ana.actor, "Shall we?")
    await settle(them.beta)
    [waiting] = await open_letters(them.beta)
    assert (waiting.state, waiting.why) == ("waiting", "asleep")
    with pytest.raises(Refused) as refused:
        await find.find_actor(them.beta.context, them.bob, f"{them.alpha.url}/people/nobody")
    assert refused.value.facts == {"failure": "asleep"}
    async with answer_calls(them.alpha.context):
        await until_listening(them)
        await them.settle()
    assert await open_letters(them.beta) == []
    assert (await them.contact_at(them.alpha)).state == "offered"


async def test_a_call_is_answered_as_the_door_answers_and_no_page_is_behind_it(them: Pair) -> None:
    client, closed = them.beta.context.client, them.alpha.url
    speaker = await identity.get_service_identity(them.beta.context)
    async with them.beta.context.database.read() as reader:
        person = await identity.get_identity(them.beta.context, reader, them.bob.actor)
    async with answer_calls(them.alpha.context):
        await until_listening(them)
        ana = f"{closed}/people/ana"
        seen = await client.get(ana, origin=closed, as_=speaker)
        assert (seen.status, seen.media_type) == (200, "application/activity+json")
        unsigned = await client.discover(ana, origin=closed)
        assert (unsigned.status, unsigned.reason) == (401, Reason.MISSING_SIGNATURE)
        unknown = replace(person, key_id=f"{them.beta.url}/actor#ed25519-key")
        forged = await client.get(ana, origin=closed, as_=unknown)
        assert (forged.status, forged.reason) == (401, Reason.BAD_SIGNATURE)
        for page in ("/login", "/admin", "/home", "/about", "/metrics", "/healthz", "/readyz"):
            answer = await client.discover(f"{closed}{page}", origin=closed, accept="text/html")
            assert (answer.status, answer.media_type) == (404, "application/problem+json"), page


async def test_only_the_node_itself_fetches_its_calls(them: Pair) -> None:
    closed, beta = them.alpha.context, them.beta.url
    service = await identity.get_service_identity(closed)
    async with closed.database.read() as reader:
        person = await identity.get_identity(closed, reader, them.ana.actor)
    well_formed = await closed.client.get(f"{beta}/calls", origin=beta, as_=service)
    assert (well_formed.status, well_formed.body) == (200, b'{"calls":[]}')
    nobody = await closed.client.discover(f"{beta}/calls", origin=beta)
    assert (nobody.status, nobody.reason) == (401, Reason.MISSING_SIGNATURE)
    async with answer_calls(closed):
        await until_listening(them)
        somebody = await closed.client.get(f"{beta}/calls", origin=beta, as_=person)
        assert (somebody.status, somebody.reason) == (401, Reason.WRONG_ACTOR)
    for wait in ("-1", "x", "1e3", "99999999"):
        bad = await closed.client.get(f"{beta}/calls?wait={wait}", origin=beta, as_=service)
        assert (bad.status, bad.reason) == (400, Reason.BAD_INPUT), wait


async def test_partners_hear_that_a_node_lets_nobody_in_any_more(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    settings = alpha.context.settings
    shut = replace(settings, node=replace(settings.node, reachability="outbound-only"))
    for context, closed in ((replace(alpha.context, settings=shut), True), (alpha.context, False)):
        await actors.renew_node(context)
        await settle(alpha, beta)
        async with beta.context.database.read() as reader:
            assert await partner_rows.is_closed(reader, alpha.url) is closed


async def test_a_hub_cannot_be_closed(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "hub")
    make_folder(folder.path, "https://hub.example", development=False, host="127.0.0.1", port=0)
    with pytest.raises(Refused) as refused:
        async with open_context(folder, CLOSED | {"SCHOOLGATE_NODE__MODE": "hub"}):
            pass
    assert refused.value.reason is Reason.BAD_SETTING


async def test_two_closed_schools_cannot_be_partners(closed: Node) -> None:
    card = await partners.get_card(closed.context, OPERATOR)
    settings = closed.context.settings
    other = replace(settings, node=replace(settings.node, base_url="http://127.0.0.1:10"))
    with pytest.raises(Refused, match="Neither"):
        await partners.add_card(replace(closed.context, settings=other), OPERATOR, card)


@pytest.mark.parametrize("spoil", ["", "{}", "no card", '"x": 1', "name"])
async def test_what_is_no_whole_card_notes_nobody_down(
    closed: Node, beta: Node, spoil: str
) -> None:
    card = await partners.get_card(closed.context, OPERATOR)
    text = card.replace("School Closed", "School Other") if spoil == "name" else spoil
    with pytest.raises(Refused) as refused:
        await partners.add_card(beta.context, OPERATOR, text)
    assert refused.value.reason is Reason.BAD_INPUT
    assert await beta.count("partners") == 0


async def test_a_hub_reads_a_closed_school_by_calls_and_shows_it_to_others(
    hub_a: Node, closed: Node, gamma: Node, clock: VirtualClock
) -> None:
    """Its public documents come from the hub, each with its own school's proof."""
    ana = await closed.account("ana", "Ana Łoś")
    profile = Profile("Ana Łoś", subjects=("art",), availability="looking_for_partners")
    await people.update_profile(closed.context, ana, profile)
    request = await apply_to(hub_a, closed)
    await accrediting.accredit(hub_a.context, OPERATOR, request, compared=closed.fingerprint)
    await refresh(closed)
    await accredit(hub_a, gamma)
    gina = await gamma.account("gina")
    async with answer_calls(closed.context):
        for _ in range(1_000):
            if hub_a.context.client.lines.is_listening(closed.url):
                break
            await asyncio.sleep(0.01)
        for _ in range(2):
            clock.advance(seconds=901)
            await harvest.step(hub_a.context)
    async with browsing(gamma, "gina") as visitor:
        found = await visitor.get("/search?q=los&subject=art")
        assert "Ana Łoś" in found.text
        assert "Ana Łoś" in (await visitor.get(found.link("/people/"))).text
    assert gina.handle == "gina"


class Boastful(InnerDoor):
    """A node behind a closed door that would silence its partner for eleven days."""

    async def ask(self, call: Call, now_ms: int) -> Answer:
        return Answer(503, {"etag": '"' + "e" * 1500 + '"'}, b"{}", 999_999, None)


async def test_what_a_call_is_answered_with_is_bounded_as_any_other_answer(them: Pair) -> None:
    closed, beta = them.alpha, them.beta
    inner = Boastful("http://127.0.0.1:9")
    beta.context.client.lines.hear_of(closed.url)
    call = Call("A" * 22, "GET", "/actor", {}, None)
    asked = asyncio.create_task(beta.context.client.lines.call(closed.url, call, 8))
    await asyncio.sleep(0)
    assert await calls.answer_round(closed.context, inner, beta.url, 5) == 1
    answer = await asked
    await inner.close()
    assert answer.retry_after_s == MAX_RETRY_AFTER_S
    assert len(answer.headers["etag"]) == MAX_HEADER_CHARACTERS
