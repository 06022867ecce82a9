"""The other door: what anybody may see, what partners may, and what nobody does."""

import json

import pytest
from aiohttp.test_utils import make_mocked_request

from node.actions import find, identity, partners, people
from node.actions.actors import Profile
from node.actions.permission import OPERATOR
from node.federation import answers
from node.federation.actors import wants_document
from node.remote.answer import Answer
from node.storage import objects
from protocol import documents, outbound
from protocol.canonical import JSONObject, read_object
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from tests.nodes import Node, settle

DOCUMENT = "application/activity+json"


async def ask(asker: Node, asked: Node, path: str) -> Answer:
    """`path` of `asked`, in a request that the service actor of `asker` signed."""
    speaker = await identity.get_service_identity(asker.context)
    return await asker.context.client.get(asked.url + path, origin=asked.url, as_=speaker)


async def look(asker: Node, asked: Node, path: str) -> Answer:
    """`path` of `asked`, without saying who asks."""
    return await asker.context.client.discover(asked.url + path, origin=asked.url, accept=DOCUMENT)


async def test_the_service_actor_is_public_and_signed(alpha: Node, beta: Node) -> None:
    answer = await look(beta, alpha, "/actor")
    assert (answer.status, answer.media_type) == (200, DOCUMENT)
    document = read_object(answer.body)
    [key] = _keys(document)
    assert documents.verify_proof(document, key, alpha.context.now())


def _keys(document: JSONObject) -> list[PublicKey]:
    entries = document["assertionMethod"]
    assert isinstance(entries, list)
    return [
        PublicKey.read(str(entry["publicKeyMultibase"]))
        for entry in entries
        if isinstance(entry, dict)
    ]


async def test_webfinger_leads_from_an_address_to_an_actor(alpha: Node, beta: Node) -> None:
    ana = await alpha.account("ana")
    await people.update_profile(alpha.context, ana, Profile("Ana", reach="public"))
    host = alpha.url.partition("://")[2]
    answer = await look(beta, alpha, f"/.well-known/webfinger?resource=acct:ana@{host}")
    assert answer.status == 200
    found = json.loads(answer.body)
    assert found["subject"] == f"acct:ana@{host}"
    assert found["links"][0]["href"] == ana.actor


async def test_a_school_has_an_address_too(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    bob = await beta.account("bob")
    host = alpha.url.partition("://")[2]
    answer = await look(beta, alpha, f"/.well-known/webfinger?resource=acct:school@{host}")
    assert json.loads(answer.body)["links"][0]["href"] == f"{alpha.url}/schools/school"
    found = await find.find_actor(beta.context, bob, f"school@{host}")
    assert found == f"{alpha.url}/schools/school"


@pytest.mark.parametrize("resource", ["acct:nobody@{host}", "acct:ana@other.example", "ana", ""])
async def test_webfinger_knows_nobody_else(alpha: Node, beta: Node, resource: str) -> None:
    await alpha.account("ana")
    host = alpha.url.partition("://")[2]
    answer = await look(
        beta, alpha, f"/.well-known/webfinger?resource={resource.format(host=host)}"
    )
    assert answer.status == 404


async def test_nodeinfo_links_to_the_service_actor(alpha: Node, beta: Node) -> None:
    links = json.loads((await look(beta, alpha, "/.well-known/nodeinfo")).body)["links"]
    assert f"{alpha.url}/actor" in {link["href"] for link in links}
    nodeinfo = json.loads((await look(beta, alpha, "/nodeinfo/2.1")).body)
    assert nodeinfo["software"]["name"] == "schoolgate"
    assert nodeinfo["usage"] == {"users": {}}


@pytest.mark.parametrize("path", ["/people/ana", "/schools/school", "/outbox", "/changes"])
async def test_strangers_are_401_everywhere_else(alpha: Node, beta: Node, path: str) -> None:
    await alpha.account("ana")
    for answer in (await look(beta, alpha, path), await ask(beta, alpha, path)):
        assert answer.status == 401


async def test_a_node_noted_but_not_approved_is_403(alpha: Node, beta: Node) -> None:
    await partners.add(alpha.context, OPERATOR, beta.url)
    answer = await ask(beta, alpha, "/outbox")
    assert (answer.status, str(answer.reason)) == (403, "not_partner")


async def test_a_blocked_partner_is_403_from_the_next_request(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    assert (await ask(beta, alpha, "/outbox")).status == 200
    await partners.block(alpha.context, OPERATOR, beta.url)
    answer = await ask(beta, alpha, "/outbox")
    assert (answer.status, str(answer.reason)) == (403, "blocked")


async def test_a_partner_gets_a_person_with_a_proof(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana", "Ana Ferreira")
    document = read_object((await ask(beta, alpha, "/people/ana")).body)
    assert (document["id"], document["name"]) == (ana.actor, "Ana Ferreira")
    assert documents.verify_proof(document, _keys(document)[0], alpha.context.now())


async def test_changes_carry_the_latest_version_once_and_go_on_from_a_cursor(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    await people.update_profile(alpha.context, ana, Profile("Ana", subjects=["biology"]))
    lines = [json.loads(line) for line in (await ask(beta, alpha, "/changes")).body.splitlines()]
    versions = [one["document"]["version"] for one in lines if one["document"]["id"] == ana.actor]
    assert versions == [2]
    last = lines[-1]["n"]
    assert (await ask(beta, alpha, f"/changes?after={last}")).body == b""


async def test_a_deleted_update_is_410_and_a_tombstone_in_changes(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    note = await people.publish_update(alpha.context, ana, text="Soon gone.", language="en")
    path = note.removeprefix(alpha.url)
    assert (await ask(beta, alpha, path)).status == 200
    await people.delete_update(alpha.context, ana, note)
    assert (await ask(beta, alpha, path)).status == 410
    body = (await ask(beta, alpha, "/changes")).body
    assert b"Soon gone." not in body
    assert any(json.loads(line)["document"]["type"] == "Tombstone" for line in body.splitlines())


async def test_an_outbox_is_a_collection_with_pages(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    for number in range(25):
        await people.publish_update(alpha.context, ana, text=f"Note {number}", language="en")
    collection = json.loads((await ask(beta, alpha, "/people/ana/outbox")).body)
    assert collection["totalItems"] == 25
    first = json.loads((await ask(beta, alpha, _path(alpha, collection["first"]))).body)
    second = json.loads((await ask(beta, alpha, _path(alpha, first["next"]))).body)
    texts = [one["object"]["content"] for one in first["orderedItems"] + second["orderedItems"]]
    assert texts == [f"Note {number}" for number in range(24, -1, -1)]
    assert "next" not in second


def _path(node: Node, url: str) -> str:
    return url.removeprefix(node.url)


async def test_followers_are_counted_and_never_listed(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await alpha.account("ana")
    await settle(alpha, beta)
    collection = json.loads((await ask(beta, alpha, "/people/ana/followers")).body)
    assert collection["totalItems"] == 0
    assert "orderedItems" not in collection
    assert "first" not in collection


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=1e9", "after=99999999999999999"])
async def test_a_bad_cursor_is_a_sentence_not_a_defect(pair: tuple[Node, Node], query: str) -> None:
    alpha, beta = pair
    answer = await ask(beta, alpha, f"/changes?{query}")
    assert (answer.status, str(answer.reason)) == (400, "bad_input")


@pytest.mark.parametrize(
    ("accept", "document"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/activity+json", True),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', True),
        ("", False),
        ("*/*", False),
    ],
)
def test_the_accept_field_chooses_page_or_document(accept: str, document: bool) -> None:
    request = make_mocked_request("GET", "/people/ana", headers={"Accept": accept})
    assert wants_document(request) is document


async def test_who_asks_too_often_without_a_name_waits_and_partners_do_not(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    answers = [await look(beta, alpha, "/.well-known/nodeinfo") for _ in range(101)]
    assert {one.status for one in answers} == {200, 429}
    assert answers[-1].retry_after_s
    assert (await ask(beta, alpha, "/outbox")).status == 200


async def test_nobody_without_a_name_is_answered_with_what_is_not_for_everybody(
    alpha: Node,
) -> None:
    await alpha.account("ana")
    async with alpha.context.database.read() as reader:
        stored = await objects.find(reader, f"{alpha.url}/people/ana")
    assert stored is not None
    narrowed = outbound.release(alpha.context.book, stored.document)
    with pytest.raises(Refused) as caught:
        answers.answer_anybody(narrowed)
    assert caught.value.reason is Reason.NOT_FOUND
    opened = {name: value for name, value in stored.document.items() if name != "reach"}
    assert answers.answer_anybody(outbound.release(alpha.context.book, opened)).status == 200
