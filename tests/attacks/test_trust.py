"""Words of hubs and strangers about keys that are not theirs."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from node.actions import accredit as accrediting
from node.actions import (
    admissions,
    endorsements,
    harvest,
    identity,
    introductions,
    known_actors,
    trust,
    vouched,
)
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.clock import unstamp
from node.storage import actor_keys, harvests, hubs, partners
from node.storage import admissions as admission_rows
from node.storage import objects as objects_kept
from node.storage.actor_keys import ActorKey as Known
from node.storage.database import Reader, Transaction
from protocol import credentials, documents, objects
from protocol.canonical import JSON, JSONObject, b64
from protocol.credentials import LIST_BITS, Envelope, School
from protocol.errors import Reason, Refused
from protocol.names import admission_id, credential_id, service_actor_id
from protocol.objects import ActorKey
from protocol.reading import text_of, whole_of
from protocol.vouchers import Vouched
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import Key, expect_refusal, send
from tests.attacks.test_hubs import described, posted
from tests.node.hubs.standing import World, admission_of, partner_at, standing
from tests.nodes import Node, VirtualClock, accredit, credential_of, endorse, refresh


@pytest.fixture
async def world(hub_a: Node, hub_b: Node, alpha: Node, beta: Node) -> World:
    """Two hubs that endorse one another, a school under each."""
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    await refresh(alpha, beta)
    return World(hub_a, hub_b, alpha, beta)


VICTIM = "https://victim.example/people/anna"


def listing_of_another(here: Rogue) -> JSONObject:
    """A stranger's service actor that lists a key of somebody else's as one of its own."""
    key, public = here.service, here.service.signer.public.multikey
    document = objects.application(
        service_actor_id(here.base),
        here.written(),
        node=here.node,
        name="School Mallory",
        keys=[ActorKey(key.id, public)],
    )
    entries = document["assertionMethod"]
    assert isinstance(entries, list)
    assert isinstance(entries[0], dict)
    listed: list[JSON] = [*entries, {**entries[0], "id": f"{VICTIM}#ed25519-key"}]
    return here.sign({**document, "assertionMethod": listed}, key)


async def test_a_stranger_brings_no_key_of_another_actor(alpha: Node, stranger: Rogue) -> None:
    for document, reason in (
        (described(stranger), None),
        (listing_of_another(stranger), Reason.NOT_OWNER),
    ):
        opened = known_actors.open_actor(document, alpha.context)
        told = None
        try:
            async with alpha.context.database.write() as transaction:
                await known_actors.keep(alpha.context, transaction, opened, "application")
        except Refused as refused:
            told = refused.reason
        assert told is reason
    async with alpha.context.database.read() as reader:
        assert await actor_keys.find(reader, f"{VICTIM}#ed25519-key") is None
        assert await actor_keys.find(reader, stranger.service.id) is not None


async def test_a_refused_request_takes_nothing_from_the_school_at_that_address(
    hub_a: Node, alpha: Node
) -> None:
    await accredit(hub_a, alpha)
    granted = await admission_of(hub_a, alpha)
    bogus = replace(
        granted, id=admission_id(hub_a.url, "A" * 22), state="waiting", issued=None, answer=""
    )
    async with hub_a.context.database.write() as transaction:
        await admission_rows.put(transaction, bogus)
    assert (await admission_of(hub_a, alpha)).id == bogus.id
    await accrediting.refuse(hub_a.context, OPERATOR, bogus.id, "Not you.", "en")
    assert (await standing(hub_a, alpha)).worth == "valid"
    assert (await admission_of(hub_a, alpha)).id == granted.id
    await accrediting.revoke(hub_a.context, OPERATOR, granted.id, "It has closed.", "en")
    assert (await standing(hub_a, alpha)).worth == "revoked"


async def test_nobody_asks_for_an_accredited_address_with_another_key(
    hub_a: Node, stranger: Rogue
) -> None:
    links = [
        await admissions.make_link(hub_a.context, OPERATOR, label=label) for label in ("one", "two")
    ]
    asked = await send(hub_a, posted(hub_a, stranger, "/admissions", asking(stranger, links[0])))
    assert asked.status == 202
    async with hub_a.context.database.read() as reader:
        waiting = await admission_rows.find_of_origin(reader, stranger.base)
    assert waiting is not None
    other = {**waiting.document, "assertionMethod": _another(stranger)}
    granted = replace(
        waiting,
        state="accredited",
        document=stranger.sign(other, Key(stranger.service.id, stranger.key("x").signer)),
    )
    async with hub_a.context.database.write() as transaction:
        await admission_rows.put(transaction, granted)
    again = posted(hub_a, stranger, "/admissions", asking(stranger, links[1]))
    await expect_refusal(hub_a, again, Reason.CONFLICT)
    async with hub_a.context.database.write() as transaction:
        await admission_rows.put(transaction, replace(granted, document=waiting.document))
    again = posted(hub_a, stranger, "/admissions", asking(stranger, links[1]))
    assert (await send(hub_a, again)).status == 202


def _another(here: Rogue) -> JSON:
    key = ActorKey(here.service.id, here.key("x").signer.public.multikey)
    return list(objects.listed_keys(service_actor_id(here.base), [key]))


def asking(here: Rogue, link: str) -> JSONObject:
    """What a school sends that asks by a join link."""
    url = f"{here.base}/schools/main"
    card = objects.organization(
        url,
        here.written(),
        name="School Mallory",
        country="PT",
        keys=[ActorKey(here.key(url).id, here.key(url).signer.public.multikey)],
    )
    return {
        "actor": described(here),
        "school": here.sign(card, here.key(url)),
        "token": link.partition("/join/")[2].partition("?")[0],
        "registerNumber": "1",
        "reason": "Let us in.",
        "language": "en",
    }


async def test_who_presents_himself_again_and_again_asks_the_hub_no_more_often(
    world: World, stranger: Rogue
) -> None:
    context = world.alpha.context
    actor = service_actor_id(stranger.base)
    key = stranger.service.signer.public.multikey
    school = School(actor, stranger.node, key, "School Mallory", "PT")
    credential = await stated(world.hub_b, school, LIST_BITS + 7)
    body: JSONObject = {"actor": described(stranger), "credential": credential}
    first = posted(world.alpha, stranger, "/introductions", body)
    assert (await send(world.alpha, first)).reason == Reason.BUSY
    await expect_refusal(world.alpha, first, Reason.REPLAYED)
    later_ms = context.now_ms() + 1000
    async with context.database.write() as transaction:
        assert await _due(world, transaction) == context.now_ms()
        await hubs.make_due(transaction, later_ms)
    again = posted(world.alpha, stranger, "/introductions", body)
    assert (await send(world.alpha, again)).reason == Reason.BUSY
    async with context.database.read() as reader:
        assert await _due(world, reader) == later_ms


async def _due(world: World, reader: Reader) -> int:
    row = await hubs.find(reader, service_actor_id(world.hub_b.url))
    assert row is not None
    return row.next_ms


async def stated(
    node: Node, school: School, number: int, *, since: timedelta = timedelta(0)
) -> JSONObject:
    """What a hub states about a school when it likes, outside of its own book."""
    hub = node.context
    async with hub.database.read() as reader:
        speaker = await identity.get_identity(hub, reader, service_actor_id(hub.base))
        issuer = await trust.build_issuer(hub, reader)
    envelope = Envelope(
        credential_id(hub.base, b64(number.to_bytes(16, "big"))),
        issuer,
        hub.now() + since,
        hub.now().replace(year=hub.now().year + 1),
        credentials.place(hub.base, number),
    )
    return documents.sign_document(
        credentials.accreditation(envelope, school), speaker.signer, speaker.key_id, hub.now()
    )


@pytest.mark.parametrize("day", ["2026-02-30T10:00:00Z", "2026-11-23T10:00:00Z"])
def test_a_day_that_there_is_not_is_refused(stranger: Rogue, day: str) -> None:
    document: JSONObject = {**stranger.profile("eve"), "published": day}
    if day.startswith("2026-11"):
        assert vouched.stored_of(document).published_ms == unstamp(day)
        return
    with pytest.raises(Refused) as refused:
        vouched.stored_of(document)
    assert refused.value.reason is Reason.BAD_SHAPE


async def test_a_defect_of_one_source_delays_no_other(
    hub_a: Node, alpha: Node, beta: Node, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accredit(hub_a, alpha, beta)
    await beta.account("bob", "Bob Blum")
    real = vouched.keep

    async def failing(
        context: Context, transaction: Transaction, heard: Vouched, source: str
    ) -> bool:
        if source == alpha.url:
            raise ValueError("unforeseen")
        return await real(context, transaction, heard, source)

    monkeypatch.setattr(vouched, "keep", failing)
    for _ in range(2):
        clock.advance(seconds=901)
        await harvest.step(hub_a.context)
    async with hub_a.context.database.read() as reader:
        sources = {one.origin: one for one in await harvests.list_all(reader)}
    assert (sources[alpha.url].trouble, sources[beta.url].trouble) == ("bad_answer", "")
    assert sources[alpha.url].next_ms > clock.now_ms()
    assert sources[beta.url].cursor > 0


async def presented(here: Node, credential: JSONObject) -> Reason | None:
    """What a node says to an accreditation."""
    try:
        async with here.context.database.write() as transaction:
            await introductions.put_presented(here.context, transaction, credential)
    except Refused as refused:
        return refused.reason
    return None


def school_of(credential: JSONObject, key: str) -> School:
    """The school of an accreditation, with another key."""
    subject = whole_of(credential, "credentialSubject")
    return School(text_of(subject, "id"), text_of(subject, "node"), key, "School", "PT")


async def test_an_old_accreditation_brings_no_old_key_back(world: World, stranger: Rogue) -> None:
    old = await credential_of(world.beta)
    assert await presented(world.alpha, old) is None
    world.alpha.clock.advance(seconds=60)
    key = stranger.service.signer.public.multikey
    new = await stated(world.hub_b, school_of(old, key), 900)
    assert await presented(world.alpha, new) is None
    assert await presented(world.alpha, old) is Reason.BAD_KEY
    partner = await partner_at(world.alpha, world.beta)
    assert partner is not None
    assert partner.public == key


async def test_a_changed_key_ends_what_the_hub_stated_of_the_one_before(
    world: World, stranger: Rogue
) -> None:
    context, actor = world.hub_a.context, service_actor_id(world.alpha.url)
    admission = await admission_of(world.hub_a, world.alpha)
    old = await credential_of(world.alpha)
    await accrediting.renew(context, OPERATOR, admission.id)
    async with context.database.write() as transaction:
        assert await trust.weigh(context, transaction, old) == "valid"
        key = stranger.service.signer.public.multikey
        new = Known(f"{actor}#ed25519-key-2", actor, world.alpha.url, key, 1, None, None)
        await actor_keys.replace(transaction, actor, [new])
    await accrediting.renew(context, OPERATOR, admission.id)
    async with context.database.read() as reader:
        assert await trust.weigh(context, reader, old) == "revoked"
    assert (await standing(world.hub_a, world.alpha)).worth == "valid"


async def test_no_hub_takes_the_school_of_another_over(world: World, stranger: Rogue) -> None:
    honest = await credential_of(world.beta)
    assert await presented(world.alpha, honest) is None
    world.alpha.clock.advance(seconds=60)
    own = whole_of(honest, "credentialSubject")["key"]
    other = stranger.service.signer.public.multikey
    taken = await stated(world.hub_a, school_of(honest, other), 900)
    agreed = await stated(world.hub_a, school_of(honest, str(own)), 901)
    for node in (world.alpha, world.hub_b):
        assert await presented(node, agreed) is None
        assert await presented(node, taken) is Reason.NOT_PARTNER
        async with node.context.database.read() as reader:
            with pytest.raises(Refused) as refused:
                await vouched.open_node(node.context, reader, world.hub_a.url, taken)
        assert refused.value.reason is Reason.NOT_PARTNER


async def test_no_hub_accredits_a_hub(world: World, stranger: Rogue) -> None:
    actor = service_actor_id(world.hub_b.url)
    key = stranger.service.signer.public.multikey
    school = School(actor, "e" * 32, key, "School", "PT")
    taken = await stated(world.hub_a, school, 900)
    assert await presented(world.alpha, taken) is Reason.NOT_PARTNER
    assert await partner_at(world.alpha, world.hub_b) is None


@pytest.mark.parametrize("by", ["hand", "hub"])
async def test_a_hub_is_followed_to_new_keys_only_where_hands_compared_it(
    world: World, stranger: Rogue, by: Literal["hand", "hub"]
) -> None:
    context, actor = world.hub_a.context, service_actor_id(world.hub_b.url)
    async with context.database.write() as transaction:
        partner = await partners.find(transaction, world.hub_b.url)
        stored = await objects_kept.find(transaction, actor)
        before = await hubs.find(transaction, actor)
        assert partner is not None
        assert stored is not None
        assert before is not None
        await partners.put(transaction, replace(partner, admitted_by=by))
        changed = {**stored.document, "assertionMethod": _another(stranger)}
        await objects_kept.put(
            transaction, replace(stored, document=changed), updated_ms=context.now_ms()
        )
        await endorsements.follow_keys(context, transaction)
        after = await hubs.find(transaction, actor)
    assert after is not None
    assert (after.keys != before.keys) is (by == "hand")
