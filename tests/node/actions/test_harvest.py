"""A hub reads on at its schools and at other hubs: each document by the word of its own node."""

from dataclasses import replace

import pytest

from node.actions import accredit as accrediting
from node.actions import harvest, identity, people, trust
from node.actions.actors import Profile
from node.actions.permission import OPERATOR
from node.storage import admissions, harvests, listings, partners
from node.storage.listings import Listed
from protocol import directory
from protocol.directory import Cursor, Query
from tests.nodes import Node, VirtualClock, accredit, endorse, refresh, settle

A_WHILE_S = 901


async def listed(node: Node, id_: str) -> Listed | None:
    async with node.context.database.read() as reader:
        return await listings.find(reader, id_)


async def found(node: Node, words: str) -> list[str]:
    async with node.context.database.read() as reader:
        page = await listings.search(
            reader, Query(words), Cursor(), now_ms=node.clock.now_ms(), vouched=True
        )
    return [str(one.document["name"]) for one in page.results]


async def read_on(clock: VirtualClock, *nodes: Node) -> None:
    """Each looks around and reads on, as it does every quarter of an hour."""
    for seconds in (A_WHILE_S, A_WHILE_S):
        clock.advance(seconds=seconds)
        for node in nodes:
            await harvest.step(node.context)


async def test_a_hub_lists_its_schools_and_their_people(
    hub_a: Node, alpha: Node, clock: VirtualClock
) -> None:
    await accredit(hub_a, alpha)
    ana = await alpha.account("ana", "Ana Łobo")
    await read_on(clock, hub_a)
    assert await found(hub_a, "lobo") == ["Ana Łobo"]
    assert "School Alpha" in await found(hub_a, "alpha")
    known = await listed(hub_a, ana.actor)
    assert known is not None
    assert (known.source, known.origin) == (alpha.url, alpha.url)
    assert known.voucher.startswith(f"{alpha.url}/actor#ed25519-key ")


async def test_a_change_and_a_tombstone_follow(
    hub_a: Node, alpha: Node, clock: VirtualClock
) -> None:
    await accredit(hub_a, alpha)
    ana = await alpha.account("ana", "Ana Silva")
    await read_on(clock, hub_a)
    await people.update_profile(alpha.context, ana, Profile("Ana Stork"))
    await read_on(clock, hub_a)
    assert await found(hub_a, "silva") == []
    assert await found(hub_a, "stork") == ["Ana Stork"]
    async with hub_a.context.database.read() as reader:
        (source,) = await harvests.list_all(reader)
    assert source.trouble == ""
    assert source.cursor > 0


async def test_endorsed_hubs_pass_on_what_their_schools_vouch_for(
    hub_a: Node, hub_b: Node, alpha: Node, beta: Node, clock: VirtualClock
) -> None:
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    ana = await alpha.account("ana", "Ana Silva")
    await read_on(clock, hub_a, hub_b)
    await read_on(clock, hub_a, hub_b)
    assert await found(hub_b, "silva") == ["Ana Silva"]
    at_a, at_b = await listed(hub_a, ana.actor), await listed(hub_b, ana.actor)
    assert at_a is not None
    assert at_b is not None
    assert at_b.document == at_a.document
    assert at_b.voucher == at_a.voucher
    assert at_b.source == hub_a.url
    await people.update_profile(alpha.context, ana, Profile("Ana Stork"))
    await read_on(clock, hub_a, hub_b)
    assert await found(hub_b, "ana") == ["Ana Stork"]


async def test_a_school_that_lost_its_accreditation_is_forgotten_by_both_hubs(
    hub_a: Node, hub_b: Node, alpha: Node, clock: VirtualClock
) -> None:
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await alpha.account("ana", "Ana Silva")
    await read_on(clock, hub_a, hub_b)
    assert await found(hub_b, "silva") == ["Ana Silva"]
    async with hub_a.context.database.read() as reader:
        asked = await admissions.find_of_origin(reader, alpha.url)
    assert asked is not None
    await accrediting.revoke(hub_a.context, OPERATOR, asked.id, "The school closed.", "en")
    await read_on(clock, hub_a)
    assert await found(hub_a, "silva") == []
    clock.advance(days=1)
    await refresh(hub_b)
    await read_on(clock, hub_b)
    assert await found(hub_b, "silva") == []


async def test_partners_without_a_hub_list_each_other(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    alpha, beta = pair
    await beta.account("bob", "Bob Blum")
    await read_on(clock, alpha)
    assert await found(alpha, "blum") == ["Bob Blum"]


async def test_a_source_that_does_not_answer_is_asked_later_and_later(
    pair: tuple[Node, Node], clock: VirtualClock
) -> None:
    alpha, beta = pair
    await settle(alpha, beta)
    await beta.account("bob", "Bob Blum")
    await beta.close_doors()
    await read_on(clock, alpha)
    async with alpha.context.database.read() as reader:
        (source,) = await harvests.list_all(reader)
    assert source.trouble == "unreachable"
    assert source.attempts == 2
    assert source.next_ms > clock.now_ms()
    await beta.open_doors()
    await read_on(clock, alpha)
    assert await found(alpha, "blum") == ["Bob Blum"]


async def test_a_long_directory_is_read_page_by_page(
    hub_a: Node, alpha: Node, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "PAGE", 3)
    await accredit(hub_a, alpha)
    for number in range(10):
        await alpha.account(f"pip{number}", f"Pip {number}")
    await read_on(clock, hub_a)
    assert len(await found(hub_a, "pip")) == 10
    assert directory.PAGE >= 10


async def test_whoever_is_no_endorsed_hub_finds_no_directory(
    hub_a: Node, alpha: Node, clock: VirtualClock
) -> None:
    await accredit(hub_a, alpha)
    await read_on(clock, hub_a)
    answer = await alpha.context.client.get(
        f"{hub_a.url}/directory?after=0",
        origin=hub_a.url,
        as_=await identity.get_service_identity(alpha.context),
    )
    assert answer.status == 404


async def test_who_is_read_often_is_looked_for_as_often(
    hub_a: Node, alpha: Node, clock: VirtualClock
) -> None:
    settings = hub_a.context.settings
    often = replace(settings, directory=replace(settings.directory, harvest_every_s=1))
    await accredit(hub_a, alpha)
    await alpha.account("ana", "Ana Łobo")
    for _ in range(2):
        clock.advance(seconds=2)
        await harvest.step(replace(hub_a.context, settings=often))
    assert await found(hub_a, "lobo") == ["Ana Łobo"]


async def test_where_nothing_changed_no_source_is_written(
    hub_a: Node, alpha: Node, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accredit(hub_a, alpha)
    await read_on(clock, hub_a)
    written: list[object] = []

    async def put_wanted(_: object, wanted: object, *__: object) -> list[str]:
        written.append(wanted)
        return []

    monkeypatch.setattr(harvests, "put_wanted", put_wanted)
    clock.advance(seconds=A_WHILE_S)
    await harvest.step(hub_a.context)
    assert written == []
    async with hub_a.context.database.read() as reader:
        assert (await harvests.find_look(reader)).at_ms == clock.now_ms()


async def test_a_hub_lists_whom_it_accredits_by_one_question(
    hub_a: Node, alpha: Node, beta: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accredit(hub_a, alpha, beta)
    async with hub_a.context.database.write() as transaction:
        await partners.put_state(transaction, beta.url, "blocked", hub_a.clock.now_ms())
    monkeypatch.setattr(partners, "find", None)
    async with hub_a.context.database.read() as reader:
        schools = await trust.list_accredited(hub_a.context, reader, limit=9)
    assert [origin for origin, _ in schools] == [alpha.url]


async def test_a_hub_with_more_schools_than_a_look_holds_goes_on_at_the_next(
    hub_a: Node,
    alpha: Node,
    beta: Node,
    gamma: Node,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(harvest, "SOURCES_IN_A_PAGE", 1)
    monkeypatch.setattr(harvest, "PAGES_IN_A_LOOK", 1)
    await accredit(hub_a, alpha, beta, gamma)
    schools = sorted([alpha.url, beta.url, gamma.url])

    async def asked() -> list[str]:
        clock.advance(seconds=A_WHILE_S)
        await harvest.step(hub_a.context)
        async with hub_a.context.database.read() as reader:
            return [one.origin for one in await harvests.list_all(reader)]

    assert [await asked() for _ in range(3)] == [schools[:1], schools[:2], schools]
    async with hub_a.context.database.write() as transaction:
        await partners.put_state(transaction, schools[1], "blocked", clock.now_ms())
    found = [await asked() for _ in range(4)]
    assert found[-1] == [schools[0], schools[2]]
