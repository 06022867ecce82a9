"""Attacks on finding: what is typed, what is hidden, and what pretends to be somebody else's."""

import json

import pytest

from node.actions import harvest, identity, partners, people, projects
from node.actions.permission import OPERATOR
from node.storage import listings
from node.storage.partners import find as find_partner
from protocol import canonical, names, objects, vouchers
from protocol.canonical import JSON, JSONObject
from protocol.errors import Refused
from tests.attacks.founding import FIELDS
from tests.attacks.hostile import Rogue, answer
from tests.attacks.speaking import Told
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import Node, VirtualClock, accredit

ABSENT = "A" * 22
HOSTILE = (
    *("a%22%20OR", "nosuch%3Aabc", "NEAR(", "*", "x" * 10_240, "%22", "a%00b", "%ED%A0%80", "%FF"),
    *("name%3Aana%20NOT%20ana", "%7Bname%7D%3Aana", "(ana", "ana%20AND", "%27%3B%20DROP%20TABLE"),
)


async def test_a136_no_query_is_syntax(alpha: Node) -> None:
    await alpha.account("ana", "Ana Silva")
    visitor = await signed_in(alpha)
    for typed in HOSTILE:
        for target in (f"/search?q={typed}", f"/search?region={typed}", f"/search?q=ana+{typed}"):
            told = await visitor.get(target)
            assert told.status in {200, 400, 414, 431}, (target[:80], told.status)
            if len(typed) < 100:
                assert told.status == 200, target
    assert b">Ana Silva<" in (await visitor.get("/search?q=ana")).body


async def test_a136_a_facet_is_a_code_or_refused(alpha: Node) -> None:
    visitor = await signed_in(alpha)
    for name in ("kind", "language", "subject", "country", "availability", "age_from", "after"):
        told = await visitor.get(f"/search?{name}=%22%20OR%20%22")
        assert told.status == 422, name
    assert (await visitor.get("/search?kind=person&language=pt&age_from=10")).status == 200


def shown(told: Told, name: str) -> tuple[int, bytes, frozenset[str]]:
    """What an answer tells, besides the name that was asked for."""
    return told.status, told.body.replace(name.encode(), b"*"), frozenset(told.fields)


async def test_a092_hidden_and_absent_look_alike(alpha: Node) -> None:
    ana = await alpha.account("ana", "Ana Silva")
    await alpha.account("tom", "Tom Blum")
    draft = await projects.draft(alpha.context, ana, FIELDS)
    await people.ask_for_account(
        alpha.context, name="Waiting Pupil", handle="hugo7", password="a long password", note=""
    )
    hidden = draft.rpartition("/")[2]
    for visitor in (Visitor(alpha), await signed_in(alpha, "tom")):
        for family, there, absent in (
            ("projects", hidden, ABSENT),
            ("people", "hugo7", "hugo8"),
            ("w", "S" * 43, "T" * 43),
        ):
            one = await visitor.get(f"/{family}/{there}")
            other = await visitor.get(f"/{family}/{absent}")
            assert one.status in {303, 404}
            assert shown(one, there) == shown(other, absent), family
        searched = await visitor.get("/search?q=waiting")
        assert b"Waiting Pupil" not in searched.body
        assert b">Birds<" not in (await visitor.get("/search?q=birds")).body
    own = await signed_in(alpha, "ana")
    assert (await own.get(f"/projects/{hidden}")).status == 200


async def test_a015_a_node_that_names_anothers_actor_is_not_bound(
    alpha: Node, beta: Node, stranger: Rogue
) -> None:
    discovery: JSONObject = json.loads(
        stranger.answers["/.well-known/schoolgate"].partition(b"\r\n\r\n")[2]
    )
    true = stranger.answers["/.well-known/schoolgate"]
    discovery["actor"] = names.service_actor_id(beta.url)
    said = canonical.encode(discovery)
    stranger.answers["/.well-known/schoolgate"] = answer(said, "application/json")
    with pytest.raises(Refused):
        await partners.add(alpha.context, OPERATOR, stranger.base)
    async with alpha.context.database.read() as reader:
        assert await find_partner(reader, stranger.base) is None
        assert await find_partner(reader, beta.url) is None
    stranger.answers["/.well-known/schoolgate"] = true
    assert (await partners.add(alpha.context, OPERATOR, stranger.base)).origin == stranger.base


async def listed_by(alpha: Node, mallory: Rogue, clock: VirtualClock, *lines: JSONObject) -> None:
    """Alpha reads `/changes` of mallory, which says this."""
    body = b"".join(canonical.encode(line) + b"\n" for line in lines)
    mallory.answers["/changes"] = answer(body, "application/x-ndjson")
    for _ in range(2):
        clock.advance(seconds=901)
        await harvest.step(alpha.context)


def line(mallory: Rogue, n: int, document: JSONObject) -> JSONObject:
    voucher: JSON = vouchers.vouch(document, mallory.service.signer, mallory.service.id).to_json()
    return {"n": n, "document": document, "voucher": voucher}


async def test_a015_a_directory_lists_what_lies_at_its_own_node_only(
    alpha: Node, beta: Node, mallory: Rogue, clock: VirtualClock
) -> None:
    true = mallory.profile("eve")
    elsewhere = names.person_id(beta.url, "eve")
    here = names.person_id(alpha.url, "eve")
    key = mallory.key(names.person_id(mallory.base, "eve"))
    forged = [
        mallory.profile("mia", {"id": elsewhere}, by=key),
        mallory.profile("mia", {"id": here}, by=key),
        mallory.profile("mia", {"school": f"{beta.url}/schools/main"}),
        mallory.profile("mia", by=key),
    ]
    lines = [line(mallory, number, one) for number, one in enumerate([*forged, true], 1)]
    lines.append({"n": 9, "document": mallory.profile("tia")})
    await listed_by(alpha, mallory, clock, *lines)
    async with alpha.context.database.read() as reader:
        rows = await reader.all("SELECT id FROM listings WHERE origin <> $1", alpha.url)
        assert [row["id"] for row in rows] == [true["id"]]
        found = await listings.find(reader, str(true["id"]))
    assert found is not None
    assert found.source == mallory.base


async def test_a_tombstone_of_anothers_document_buries_nothing(
    alpha: Node, mallory: Rogue, clock: VirtualClock
) -> None:
    ana = await alpha.account("ana", "Ana Silva")
    async with alpha.context.database.read() as reader:
        own = await listings.find(reader, ana.actor)
    assert own is not None
    tomb = mallory.sign(objects.tombstone(own.document, mallory.now()), mallory.service)
    await listed_by(alpha, mallory, clock, line(mallory, 1, tomb))
    async with alpha.context.database.read() as reader:
        kept = await listings.find(reader, ana.actor)
    assert kept is not None
    assert not kept.buried


async def test_numbers_that_run_backwards_are_a_failure_and_nothing_is_taken(
    alpha: Node, mallory: Rogue, clock: VirtualClock
) -> None:
    one, other = line(mallory, 5, mallory.profile("eve")), line(mallory, 5, mallory.profile("mia"))
    await listed_by(alpha, mallory, clock, one, other)
    assert await alpha.count(f"listings WHERE origin = '{mallory.base}'") == 0
    await listed_by(alpha, mallory, clock, {**one, "n": 5}, {**other, "n": 6})
    clock.advance(days=1)
    await harvest.step(alpha.context)
    assert await alpha.count(f"listings WHERE origin = '{mallory.base}'") == 2


async def test_only_accredited_schools_search_at_a_hub(
    hub_a: Node, alpha: Node, beta: Node
) -> None:
    await accredit(hub_a, alpha)
    visitor = Visitor(hub_a)
    bare = await visitor.get("/search?q=a", accept="application/json")
    assert bare.status == 401

    async def status(node: Node, target: str) -> int:
        told = await node.context.client.get(
            f"{hub_a.url}{target}",
            origin=hub_a.url,
            as_=await identity.get_service_identity(node.context),
            accept="application/json",
        )
        return told.status

    assert await status(alpha, "/search?q=a") == 200
    assert await status(alpha, "/search?colour=red") == 400
    assert await status(alpha, "/search?kind=x") == 400
    assert await status(beta, "/search?q=a") == 401
    told = [await status(alpha, "/search?q=a") for _ in range(60)]
    assert 429 in told
