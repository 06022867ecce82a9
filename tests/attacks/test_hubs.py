"""Strangers, waves of strangers, and what hubs and co-founders say that is not theirs to say."""

import pytest

from node.actions import accredit as accrediting
from node.actions import (
    admissions,
    identity,
    introductions,
    membership,
    partners,
    people,
    publish,
    sign_in,
    trust,
)
from node.actions.permission import OPERATOR
from node.storage import accreditations
from node.storage import admissions as admission_rows
from node.storage import partners as partner_rows
from node.storage.partners import Partner
from protocol import activities, canonical, credentials, documents, objects
from protocol.activities import Said
from protocol.canonical import JSONObject
from protocol.credentials import Envelope, School
from protocol.errors import Reason, Refused
from protocol.names import credential_id, service_actor_id
from protocol.objects import ActorKey
from tests.attacks.hostile import Rogue, ask, outcome
from tests.attacks.speaking import Request, expect_refusal, send, signed
from tests.node.actions.pairs import meet
from tests.node.hubs.standing import World, admission_of, standing
from tests.node.hubs.test_approval import accepted, approvals_at, everybody, is_open
from tests.nodes import PASSWORD, REQUEST, Node, accredit, endorse, present, refresh, settle

JSON = "application/json"
NAME = "A" * 22


@pytest.fixture
async def world(hub_a: Node, hub_b: Node, alpha: Node, beta: Node) -> World:
    """Two hubs that endorse one another, a school under each."""
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    await refresh(alpha, beta)
    return World(hub_a, hub_b, alpha, beta)


def described(here: Rogue) -> JSONObject:
    """The service actor's document of a stranger, signed by itself."""
    key = here.service
    return here.sign(
        objects.application(
            service_actor_id(here.base),
            here.written(),
            node=here.node,
            name="School Mallory",
            keys=[ActorKey(key.id, key.signer.public.multikey)],
        ),
        key,
    )


def stated_by_itself(here: Rogue) -> JSONObject:
    """An accreditation that nobody but the stranger gave it."""
    key = here.service
    actor = service_actor_id(here.base)
    issuer = credentials.Issuer(
        actor, "Hub Mallory", [ActorKey(key.id, key.signer.public.multikey)]
    )
    envelope = Envelope(
        credential_id(here.base, here.name()),
        issuer,
        here.now(),
        here.now().replace(year=here.now().year + 1),
        credentials.place(here.base, 1),
    )
    school = School(actor, here.node, key.signer.public.multikey, "School Mallory", "PT")
    return here.sign(credentials.accreditation(envelope, school), key)


def posted(node: Node, here: Rogue, path: str, body: JSONObject) -> Request:
    return signed(
        "POST",
        node.url,
        path,
        here.service,
        here.clock.now_ms(),
        canonical.encode(body),
        media_type=JSON,
    )


async def test_a010_an_answer_that_is_passed_on_without_its_hubs_proof_opens_nothing(
    world: World,
) -> None:
    pair, project = await accepted(world)
    await settle(world.alpha, world.beta)
    founding = await pair.founding_at(world.alpha, project)
    hub_b = service_actor_id(world.hub_b.url)
    bob = pair.bob.actor
    said = Said(f"{world.hub_b.url}/activities/{NAME}", hub_b, world.beta.context.now())
    forged = activities.approve(
        said,
        f"{world.beta.url}/activities/{NAME}",
        to=bob,
        project=project,
        acceptance=str(founding.acceptance),
    )
    async with world.beta.context.database.write() as transaction:
        speaker = await identity.get_identity(world.beta.context, transaction, bob)
        signed_by_bob = documents.sign_document(
            forged, speaker.signer, f"{hub_b}#ed25519-key", world.beta.context.now()
        )
        passed = activities.announce_approval(
            publish.saying(world.beta.context, bob), signed_by_bob, to=pair.ana.actor
        )
        await publish.say(world.beta.context, transaction, passed)
    await settle(world.alpha, world.beta)
    other = (await approvals_at(pair, world.alpha, project))["other"]
    assert (other.state, other.answer) == ("waiting", None)
    assert not await is_open(world.alpha, project)
    assert founding.state == "accepted"
    await everybody(world)
    assert await is_open(world.alpha, project)


async def test_a_stranger_asks_a_hub_to_verify_nobody(world: World, stranger: Rogue) -> None:
    said = stranger.said(service_actor_id(stranger.base))
    person = stranger.profile("eve")
    asked = activities.offer_verification(
        said, person, to=service_actor_id(world.hub_a.url), note="Believe me.", language="en"
    )
    letter = stranger.letter(world.hub_a, asked)
    await expect_refusal(world.hub_a, letter, Reason.UNKNOWN_KEY)
    assert await world.hub_a.count("teacher_requests") == 0
    assert stranger.asked == []


async def test_a018_a_stranger_and_a_node_that_waits_start_nothing(
    alpha: Node, stranger: Rogue
) -> None:
    ana = await alpha.account("ana")
    eve = stranger.person("eve")
    for waiting, reason in ((False, Reason.UNKNOWN_KEY), (True, Reason.NOT_PARTNER)):
        if waiting:
            await partners.add(alpha.context, OPERATOR, stranger.base)
            stranger.asked.clear()
        by = stranger.service
        for path in ("/changes", "/outbox", f"/spaces/{'A' * 43}/heads"):
            await expect_refusal(alpha, stranger.get(alpha, path), reason)
        follow = stranger.follow(eve, ana.actor)
        expected = Reason.UNKNOWN_KEY
        await expect_refusal(alpha, stranger.letter(alpha, follow), expected)
        body = canonical.encode(follow)
        await expect_refusal(alpha, stranger.post(alpha, body, by), reason)
        await settle(alpha)
        assert stranger.asked == []


async def test_a018_a_partner_may_what_a_stranger_may_not(alpha: Node, mallory: Rogue) -> None:
    ana = await alpha.account("ana")
    assert (await send(alpha, mallory.get(alpha, "/changes"))).status == 200
    follow = mallory.follow(mallory.person("eve"), ana.actor)
    assert (await send(alpha, mallory.letter(alpha, follow))).status == 202
    assert await outcome(alpha, str(follow["id"])) == ("done", "")


async def test_a018_who_accredits_itself_is_introduced_to_nobody(
    world: World, stranger: Rogue
) -> None:
    body: JSONObject = {"actor": described(stranger), "credential": stated_by_itself(stranger)}
    request = posted(world.alpha, stranger, "/introductions", body)
    await expect_refusal(world.alpha, request, Reason.NOT_PARTNER)
    assert stranger.connections == 0


async def test_a018_who_shows_the_accreditation_of_another_is_introduced_to_nobody(
    world: World, stranger: Rogue
) -> None:
    async with world.hub_b.context.database.read() as reader:
        found = await accreditations.find(reader, world.beta.url)
    assert found is not None
    body: JSONObject = {"actor": described(stranger), "credential": found.credential}
    request = posted(world.alpha, stranger, "/introductions", body)
    await expect_refusal(world.alpha, request, Reason.WRONG_ACTOR)
    await present(world.beta, world.alpha)
    pair = await meet(world.beta, world.alpha)
    await pair.offer_contact()
    assert (await standing(world.alpha, world.beta)).admitted


async def test_a093_a_wave_of_new_nodes_stays_outside(hub_a: Node, stranger: Rogue) -> None:
    school = {
        **objects.organization(
            f"{stranger.base}/schools/main",
            stranger.written(),
            name="School Mallory",
            country="PT",
            keys=[ActorKey(f"{stranger.base}/schools/main#ed25519-key", _main(stranger))],
        )
    }
    card = stranger.sign(school, stranger.key(f"{stranger.base}/schools/main"))
    link = await admissions.make_link(hub_a.context, OPERATOR, label="one school")
    token = link.partition("/join/")[2].partition("?")[0]

    def asking(with_token: str) -> JSONObject:
        return {
            "actor": described(stranger),
            "school": card,
            "token": with_token,
            "registerNumber": "1",
            "reason": "Let us in.",
            "language": "en",
        }

    for number in range(5):
        guessed = canonical.b64(bytes([number]) * 16)
        request = posted(hub_a, stranger, "/admissions", asking(guessed))
        await expect_refusal(hub_a, request, Reason.NOT_FOUND)
    told = await send(hub_a, posted(hub_a, stranger, "/admissions", asking(token)))
    assert told.status == 202
    assert stranger.connections == 0
    for path in ("/changes", "/outbox"):
        await expect_refusal(hub_a, stranger.get(hub_a, path), Reason.UNKNOWN_KEY)
    async with hub_a.context.database.read() as reader:
        link_row = await admission_rows.find_link(reader, sign_in.token_hash(token))
    assert link_row is not None
    assert (link_row.used, link_row.uses) == (1, 1)


def _main(here: Rogue) -> str:
    return here.key(f"{here.base}/schools/main").signer.public.multikey


async def test_a093_a_used_link_lets_no_second_school_ask(
    hub_a: Node, alpha: Node, beta: Node
) -> None:
    link = await admissions.make_link(hub_a.context, OPERATOR, label="one school")
    await membership.join(alpha.context, OPERATOR, link, REQUEST)
    with pytest.raises(Refused) as refused:
        await membership.join(beta.context, OPERATOR, link, REQUEST)
    assert refused.value.reason is Reason.NOT_FOUND
    await membership.join(alpha.context, OPERATOR, link, REQUEST)


async def test_a093_nobody_asks_for_an_account_where_nobody_looks(alpha: Node) -> None:
    asking = {"name": "Otto", "password": PASSWORD, "note": ""}
    await people.ask_for_account(alpha.context, handle="otto", **asking)
    alpha.clock.advance(days=8)
    with pytest.raises(Refused) as refused:
        await people.ask_for_account(alpha.context, handle="anna", **asking)
    assert refused.value.reason is Reason.NOT_ALLOWED
    await sign_in.sign_in(alpha.context, "admin", PASSWORD, address="127.0.0.1", user_agent="test")
    await people.ask_for_account(alpha.context, handle="anna", **asking)


async def test_a096_a_blocked_domain_is_blocked_however_it_is_spelled(world: World) -> None:
    evil = Partner(
        origin="https://evil.example",
        node="f" * 32,
        actor="https://evil.example/actor",
        name="Evil",
        country="PT",
        public=await _key_of(world.alpha),
        state="blocked",
        added_ms=0,
        changed_ms=0,
        seen_ms=None,
        trouble="",
    )
    context = world.alpha.context
    async with context.database.write() as transaction:
        await partner_rows.put(transaction, evil)
    for number, base in enumerate(
        (
            "https://evil.example",
            "https://evil.example:8443",
            "https://sub.evil.example",
            "https://xn--a.evil.example",
        )
    ):
        assert await _presented(world, base, number) is Reason.BLOCKED
    for number, base in enumerate(
        ("https://EVIL.example", "https://evil.example.", "https://evil.example:443"), start=10
    ):
        # Not even a name: each thing has one spelling.
        assert await _presented(world, base, number) in {Reason.BAD_SHAPE, Reason.FOREIGN_ORIGIN}
    assert await _presented(world, "https://elsewhere.example", 20, node="f" * 32) is Reason.BLOCKED
    assert await _presented(world, "https://notevil.example", 21) is None


async def test_a098_a_node_whose_accreditation_ended_is_cut_off_with_its_next_request(
    world: World,
) -> None:
    await present(world.alpha, world.beta)
    pair = await meet(world.alpha, world.beta)
    await pair.become_contacts()
    assert (await ask(world.beta, f"{world.alpha.url}/changes", world.alpha.url)).status == 200
    admission = await admission_of(world.hub_b, world.beta)
    await accrediting.revoke(world.hub_b.context, OPERATOR, admission.id, "Gone.", "en")
    await refresh(world.alpha)
    for path in ("/changes", "/people/ana", f"/spaces/{'A' * 43}/heads"):
        answer = await ask(world.beta, f"{world.alpha.url}{path}", world.alpha.url)
        assert (answer.status, answer.reason) == (403, Reason.NOT_PARTNER)
    async with world.beta.context.database.read() as reader:
        own = await partner_rows.find(reader, world.alpha.url)
    assert own is not None


async def _key_of(node: Node) -> str:
    speaker = await identity.get_service_identity(node.context)
    return speaker.signer.public.multikey


async def _presented(world: World, base: str, number: int, node: str = "") -> Reason | None:
    """What alpha says when hub_b states that the node at `base` is a school's."""
    hub = world.hub_b.context
    async with hub.database.read() as reader:
        speaker = await identity.get_identity(hub, reader, service_actor_id(hub.base))
        issuer = await trust.build_issuer(hub, reader)
    envelope = Envelope(
        credential_id(hub.base, canonical.b64(number.to_bytes(16, "big"))),
        issuer,
        hub.now(),
        hub.now().replace(year=hub.now().year + 1),
        credentials.place(hub.base, 1000 + number),
    )
    key = await _key_of(world.beta)
    school = School(f"{base}/actor", node or f"{number:032x}", key, "Evil", "PT")
    credential = documents.sign_document(
        credentials.accreditation(envelope, school), speaker.signer, speaker.key_id, hub.now()
    )
    context = world.alpha.context
    try:
        async with context.database.write() as transaction:
            await introductions.put_presented(context, transaction, credential)
    except Refused as refused:
        return refused.reason
    return None
