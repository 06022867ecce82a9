"""Finding a stranger abroad: through the own hub, by the word of the stranger's own node."""

import pytest

from node.actions import harvest, notices, people, search
from node.actions.actors import Profile
from node.storage import partners
from protocol import directory
from protocol.directory import Cursor, Query
from tests.node.web.browser import browsing
from tests.nodes import Node, VirtualClock, accredit, endorse, refresh, settle


@pytest.fixture
async def abroad(
    hub_a: Node, hub_b: Node, alpha: Node, beta: Node, clock: VirtualClock
) -> tuple[Node, Node]:
    """Alpha and Beta are accredited by two hubs that endorse each other and have read on."""
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    await refresh(alpha, beta)
    await alpha.account("anna")
    bob = await beta.account("bob", "Bob Łoś")
    profile = Profile("Bob Łoś", subjects=("art",), availability="looking_for_partners")
    await people.update_profile(beta.context, bob, profile)
    await read_on(clock, hub_b, hub_a)
    return alpha, beta


async def read_on(clock: VirtualClock, *hubs: Node) -> None:
    """The hubs look around and read on, the last one what the others have by then."""
    for _ in range(2):
        clock.advance(seconds=901)
        for hub in hubs:
            await harvest.step(hub.context)


async def test_a_stranger_is_found_and_becomes_a_contact(abroad: tuple[Node, Node]) -> None:
    alpha, beta = abroad
    async with browsing(alpha, "anna") as anna, browsing(beta, "bob") as bob:
        found = await anna.get("/search?q=los&subject=art")
        assert "Bob Łoś" in found.text
        assert "School Beta" in found.text
        assert "Looking for partners" in found.text
        profile = await anna.get(found.link("/people/"))
        assert "Bob Łoś" in profile.text
        school = await anna.get(profile.link("/schools/"))
        assert "School Beta" in school.text
        offer = await anna.get(profile.link("/contact"))
        sent = await anna.send(offer.path, note="We paint too.")
        assert "Your offer is on its way" in sent.text
        await settle(alpha, beta)
        assert "We paint too." in (await bob.get("/contacts")).text


async def test_a_stranger_is_followed_from_his_page(abroad: tuple[Node, Node]) -> None:
    alpha, beta = abroad
    async with browsing(alpha, "anna") as anna:
        found = await anna.get("/search?q=los")
        profile = await anna.get(found.link("/people/"))
        assert "You follow this" in (await anna.submit(profile, "/follow")).text
        await settle(alpha, beta)
    assert await beta.count("follows") == 1


async def test_a_strangers_notice_is_found_read_and_answered(
    abroad: tuple[Node, Node], hub_a: Node, hub_b: Node, clock: VirtualClock
) -> None:
    alpha, beta = abroad
    fields = notices.NoticeFields(
        title="Who paints with us?",
        purpose="short_activity",
        text="One picture each week.",
        language="en",
        languages=("en",),
        days=30,
        reach="accredited",
    )
    await notices.write(beta.context, await beta.get("bob"), fields)
    await read_on(clock, hub_b, hub_a)
    async with browsing(alpha, "anna") as anna, browsing(beta, "bob") as bob:
        found = await anna.get("/search?kind=notice&q=paints")
        assert "A short activity" in found.text
        notice = await anna.get(found.link("/notices/"))
        assert "One picture each week." in notice.text
        assert "Bob Łoś" in notice.text
        answer = await anna.get(notice.link("/contact"))
        await anna.send(answer.path, note="We do.")
        await settle(alpha, beta)
        assert "We do." in (await bob.get("/contacts")).text


async def test_a_hub_that_is_silent_is_said_so_and_own_results_show(
    abroad: tuple[Node, Node], hub_a: Node
) -> None:
    alpha, _ = abroad
    await hub_a.close_doors()
    async with browsing(alpha, "anna") as anna:
        page = await anna.get("/search?q=anna")
        assert page.status == 200
        assert "does not answer just now" in page.text
        assert page.link("/people/anna") == "/people/anna"


async def test_a_hub_that_is_slow_is_not_waited_for(
    abroad: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, _ = abroad

    async def never(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(search, "_get", never)
    assert (await search.ask_hub(alpha.context, Query("los"), Cursor())).state == "silent"


async def test_a_school_that_is_not_accredited_is_told(hub_a: Node, alpha: Node) -> None:
    await accredit(hub_a, alpha)
    async with hub_a.context.database.write() as transaction:
        await transaction.run("UPDATE issued SET revoked_ms = 1")
    async with browsing(alpha, "admin") as admin:
        page = await admin.get("/search?q=admin")
        assert "lets accredited schools search" in page.text


async def test_a_script_that_searches_while_one_types_does_not_ask_the_hub(
    abroad: tuple[Node, Node],
) -> None:
    alpha, _ = abroad
    async with browsing(alpha, "anna") as anna:
        partial = {"HX-Request": "true", "HX-Request-Type": "partial"}
        page = await anna.get("/search?q=los", **partial)
        assert "Bob" not in page.text
        assert "looks further" in page.text
    assert await alpha.count("listed_nodes") == 0


async def test_a_hub_cannot_make_up_what_a_school_says(
    abroad: tuple[Node, Node], hub_a: Node
) -> None:
    alpha, _ = abroad
    async with hub_a.context.database.write() as transaction:
        await transaction.run(
            "UPDATE listings SET document = replace(document, 'Bob Łoś', 'Bob Liar') "
            "WHERE kind = 'person'"
        )
    forged = await search.ask_hub(alpha.context, Query("los"), Cursor())
    assert forged.state == "answered"
    assert forged.results == []
    assert await alpha.count("listings WHERE kept_until_ms IS NOT NULL AND kind = 'person'") == 0


async def test_a_stranger_is_kept_for_a_month_and_never_searched_here(
    abroad: tuple[Node, Node], clock: VirtualClock
) -> None:
    alpha, beta = abroad
    assert (await search.ask_hub(alpha.context, Query("los"), Cursor())).results
    async with browsing(alpha, "anna") as anna:
        partial = {"HX-Request-Type": "partial"}
        assert "Bob" not in (await anna.get("/search?q=los", **partial)).text
    clock.advance(seconds=search.KEPT_MS / 1000 + 1)
    await settle(alpha)
    assert await alpha.count("listings WHERE kept_until_ms IS NOT NULL") == 0
    async with alpha.context.database.read() as reader:
        assert await partners.find(reader, beta.url) is None


async def test_results_of_several_pages_are_read_one_after_the_other(
    abroad: tuple[Node, Node], hub_a: Node, hub_b: Node, clock: VirtualClock
) -> None:
    alpha, beta = abroad
    names = [f"Pip Number{number}" for number in range(directory.PAGE + 2)]
    for number, name in enumerate(names):
        await beta.account(f"pip{number}", name)
    await read_on(clock, hub_b, hub_a)
    async with browsing(alpha, "anna") as anna:
        first = await anna.get("/search?q=pip")
        second = await anna.get(first.link("beyond=").replace("&amp;", "&"))
        shown = [name for page in (first, second) for name in names if f">{name}<" in page.html]
        assert sorted(shown) == sorted(names)
        assert "beyond=" not in second.html
