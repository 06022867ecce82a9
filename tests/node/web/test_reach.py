"""Who may read a profile: strangers get what they get where there is nothing."""

import json
from dataclasses import replace

import pytest

from node.actions import notices, people, school
from node.actions.actors import Card, Profile
from node.actions.permission import OPERATOR
from node.storage import objects
from node.web import directory
from protocol.canonical import JSONObject
from protocol.fresh import AVAILABILITY_DAYS
from tests.node.actions.test_notices import FIELDS
from tests.node.federation.test_doors import ask, look
from tests.node.web.browser import Browser, browsing
from tests.nodes import Node, settle


async def profile_of(node: Node, handle: str) -> JSONObject:
    account = await node.get(handle)
    async with node.context.database.read() as reader:
        stored = await objects.find(reader, account.actor)
    assert stored is not None
    return stored.document


async def visitor_sees(node: Node, path: str) -> tuple[int, str]:
    async with browsing(node) as visitor:
        shown = await visitor.get(path)
        return shown.status, shown.text.replace(path, "")


async def test_a_new_profile_is_for_admitted_nodes_until_its_owner_opens_it(alpha: Node) -> None:
    ana = await alpha.account("ana", "Ana Ferreira")
    assert (await profile_of(alpha, "ana"))["reach"] == "accredited"
    hidden = await visitor_sees(alpha, "/people/ana")
    assert hidden == await visitor_sees(alpha, "/people/nobody")
    assert hidden[0] == 404
    await people.update_profile(alpha.context, ana, Profile("Ana Ferreira", reach="public"))
    status, text = await visitor_sees(alpha, "/people/ana")
    assert (status, "Ana Ferreira" in text) == (200, True)


async def test_a_colleague_and_a_partner_read_a_narrowed_profile(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await alpha.account("ana", "Ana Ferreira")
    async with browsing(alpha, "admin") as admin:
        shown = await admin.get("/people/ana")
        assert "Connected schools" in shown.text
    assert json.loads((await ask(beta, alpha, "/people/ana")).body)["reach"] == "accredited"
    changes = (await ask(beta, alpha, "/changes")).body
    assert b"Ana Ferreira" in changes
    async with browsing(beta, "admin") as there:
        host = alpha.url.partition("://")[2]
        found = await there.send("/people", address=f"ana@{host}")
        assert "Ana Ferreira" in found.text
        assert (await visitor_sees(beta, f"/people/ana@{host}"))[0] == 404


async def test_webfinger_tells_strangers_of_public_profiles_only(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    host = alpha.url.partition("://")[2]
    path = f"/.well-known/webfinger?resource=acct:ana@{host}"
    absent = f"/.well-known/webfinger?resource=acct:nobody@{host}"
    hidden, missing = await look(beta, alpha, path), await look(beta, alpha, absent)
    assert (hidden.status, hidden.body) == (missing.status, missing.body)
    assert hidden.status == 404
    assert json.loads((await ask(beta, alpha, path)).body)["links"][0]["href"] == ana.actor
    await people.update_profile(alpha.context, ana, Profile("Ana", reach="public"))
    assert (await look(beta, alpha, path)).status == 200


async def test_webfinger_tells_a_signed_stranger_no_more(
    alpha: Node, beta: Node, gamma: Node
) -> None:
    await alpha.account("ana")
    host = alpha.url.partition("://")[2]
    hidden = await ask(gamma, alpha, f"/.well-known/webfinger?resource=acct:ana@{host}")
    missing = await ask(gamma, alpha, f"/.well-known/webfinger?resource=acct:nobody@{host}")
    assert (hidden.status, hidden.body) == (missing.status, missing.body) == (404, hidden.body)


async def test_what_is_said_of_a_narrowed_profile_is_in_no_outbox(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    await people.update_profile(
        alpha.context, ana, Profile("Ana", about="Only for you.", about_language="en")
    )
    outbox = json.loads((await ask(beta, alpha, "/people/ana/outbox")).body)
    assert outbox["totalItems"] == 0
    await people.update_profile(alpha.context, ana, Profile("Ana", reach="public"))
    outbox = json.loads((await ask(beta, alpha, "/people/ana/outbox")).body)
    assert outbox["totalItems"] == 1
    page = (await ask(beta, alpha, outbox["first"].removeprefix(alpha.url))).body
    assert b"Only for you." not in page
    narrowed = Profile("Ana", about="Only for you.", about_language="en")
    await people.update_profile(alpha.context, ana, narrowed)
    outbox = json.loads((await ask(beta, alpha, "/people/ana/outbox")).body)
    assert outbox["totalItems"] == 0


async def test_followers_hear_of_a_narrowed_profile(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    async with browsing(beta, "admin") as there:
        found = await there.send("/people", address=f"ana@{alpha.url.partition('://')[2]}")
        await there.submit(found, "/follow")
    await settle(alpha, beta)
    await people.update_profile(
        alpha.context, ana, Profile("Ana", about="New words.", about_language="en")
    )
    await settle(alpha, beta)
    async with beta.context.database.read() as reader:
        kept = await objects.find(reader, ana.actor)
    assert kept is not None
    assert kept.document["about"] == {"text": "New words.", "language": "en"}


async def test_a_narrowed_school_card_shows_visitors_its_name_and_country(alpha: Node) -> None:
    card = Card("Lindenschule", "DE", city="Görlitz", about="By the river.", about_language="en")
    await school.update_card(alpha.context, OPERATOR, card)
    assert "Görlitz" in (await visitor_sees(alpha, "/"))[1]
    assert (await visitor_sees(alpha, "/schools/school"))[0] == 200
    narrowed = Card(**{**vars(card), "reach": "accredited"})
    await school.update_card(alpha.context, OPERATOR, narrowed)
    _, front = await visitor_sees(alpha, "/")
    assert "Lindenschule" in front
    assert "Germany" in front
    assert "Görlitz" not in front
    assert "By the river." not in front
    hidden = await visitor_sees(alpha, "/schools/school")
    assert hidden == await visitor_sees(alpha, "/schools/nobody")


async def _said(browser: Browser, path: str = "/home") -> str:
    return (await browser.get(path)).text


async def test_an_old_availability_asks_to_be_renewed(alpha: Node) -> None:
    ana = await alpha.account("ana")
    looking = Profile("Ana", availability="looking_for_partners", subjects=["biology"])
    await people.update_profile(alpha.context, ana, looking)
    async with browsing(alpha, "ana") as browser:
        assert "Do you still look for partners?" not in await _said(browser)
    alpha.clock.advance(days=AVAILABILITY_DAYS + 1)
    async with browsing(alpha, "ana") as browser:
        assert "Do you still look for partners?" in await _said(browser)
        assert "1 thing waits for you" in await _said(browser)
        assert "More than half a year ago" in await _said(browser, "/people/ana")
        asked = await browser.get("/me/availability")
        assert "Looking for partners" in asked.text
        renewed = await browser.submit(asked, "/me/availability")
        assert "another half a year" in renewed.text
        assert "Do you still look for partners?" not in renewed.text
    kept = await profile_of(alpha, "ana")
    assert kept["availabilityDate"] == alpha.context.now().date().isoformat()
    assert kept["subjects"] == ["biology"]


async def test_who_said_nothing_has_nothing_to_renew(alpha: Node) -> None:
    await alpha.account("ana")
    async with browsing(alpha, "ana") as browser:
        assert (await browser.get("/me/availability")).status == 404
        assert (await browser.send("/me/availability")).status == 409


WRONG = [
    ("website", "javascript:alert(1)"),
    ("website", "ftp://school.example"),
    ("website", "https://school example"),
    ("website", 'https://school.example/"onclick="x'),
    ("latitude", "91"),
    ("latitude", "north"),
    ("longitude", "1e5"),
    ("longitude", ""),
    ("nuts", "DE"),
    ("nuts", "PL21"),
    ("nuts", "D'; --"),
    ("reach", "friends"),
    ("reach", ""),
    ("age_to", "9"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_a_wrong_answer_about_the_school_is_named_and_changes_nothing(
    alpha: Node, name: str, value: str
) -> None:
    answers = {
        "name": "Lindenschule",
        "country": "DE",
        "about_language": "de",
        "reach": "public",
        "latitude": "51",
        "longitude": "14",
        "website": "",
        "nuts": "DED2",
        "age_from": "10",
        "age_to": "16",
    }
    async with browsing(alpha, "admin") as admin:
        shown = await admin.send("/admin/settings", list((answers | {name: value}).items()))
        assert shown.status == 422
        assert "There is something to mend" in shown.text
        right = await admin.send("/admin/settings", list(answers.items()))
        assert "Saved." in right.text


async def test_a_school_shows_its_people_and_notices_to_whom_they_are_for(alpha: Node) -> None:
    ana = await alpha.account("ana", "Ana Ferreira")
    await alpha.account("rui", "Rui Costa")
    await people.update_profile(alpha.context, ana, Profile("Ana Ferreira", reach="public"))
    await notices.write(alpha.context, ana, FIELDS)
    wide = replace(FIELDS, reach="public", title="Who sings with us?")
    await notices.write(alpha.context, ana, wide)
    await settle(alpha)
    async with browsing(alpha, "admin") as admin:
        page = (await admin.get("/schools/school")).text
        for words in ("Ana Ferreira", "Rui Costa", FIELDS.title, wide.title):
            assert words in page
    _, text = await visitor_sees(alpha, "/schools/school")
    assert "Ana Ferreira" in text
    assert wide.title in text
    assert "Rui Costa" not in text
    assert FIELDS.title not in text
    alpha.clock.advance(days=30)
    async with browsing(alpha, "admin") as admin:
        assert wide.title not in (await admin.get("/schools/school")).text


async def test_a_visitor_reads_no_name_of_a_narrowed_founder(alpha: Node) -> None:
    ana, rui = await alpha.account("ana"), await alpha.account("rui")
    await people.update_profile(alpha.context, ana, Profile("Ana", reach="public"))
    founders = [ana.actor, rui.actor, f"{alpha.url}/people/unknown"]
    async with alpha.context.database.read() as reader:
        known = await directory.look_up(reader, alpha.url, founders)
    assert [one.name for one in known.people(founders, None)] == ["Ana"]
    assert len(known.people(founders, ana)) == 3
