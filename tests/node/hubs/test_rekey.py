"""A school's key is lost or stolen: its hub states the new one, and no old key contradicts it."""

import pytest

from node.actions import accredit as accrediting
from node.actions import forum, identity, introductions, partners, rekey
from node.actions.permission import OPERATOR
from node.clock import moment
from node.storage import actor_keys, deliveries, objects
from node.storage import keys as own_keys
from node.storage import partners as partner_rows
from node.storage import spaces as space_rows
from protocol import activities, credentials, documents, names
from protocol.activities import Said
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import fingerprint
from protocol.objects import ActorKey
from protocol.reading import keys_of, present_key_of
from tests.node.hubs.standing import World, admission_of, membership_of, standing
from tests.node.hubs.stealing import (
    HOUR_MS,
    THIEF,
    asked_by,
    introduced_credential,
    public_at,
    rekeyed,
    say_as_thief,
    stolen,
    thief_of,
    together,
)
from tests.node.spaces.schools import Shared, found_together, texts
from tests.node.web.browser import browsing
from tests.nodes import (
    Node,
    VirtualClock,
    accredit,
    credential_of,
    make_partners,
    present,
    refresh,
    settle,
)


async def test_every_partner_takes_the_new_key_from_the_hub_and_letters_go_on(
    world: World,
) -> None:
    people = await together(world)
    old = await stolen(world.alpha)
    shown = await rekeyed(world, world.alpha.clock.now_ms())
    await settle(world.alpha, world.beta, world.hub_a)
    new = await stolen(world.alpha)
    for there in (world.hub_a, world.beta):
        assert await public_at(there, world.alpha) == new.signer.public.multikey
        assert await asked_by(world.alpha, there, old) == 401
        assert await asked_by(world.alpha, there, new) == 200
    assert (await membership_of(world.alpha)).state == "accredited"
    credential = await credential_of(world.alpha)
    assert credentials.key_of(credential) == new.signer.public.multikey
    assert credentials.compromised_since_of(credential) is not None
    project = await people.offer_project()
    await settle(world.alpha, world.beta)
    assert (await people.founding_at(world.beta, project)).state == "offered"
    found = await partners.look_up(world.hub_b.context, OPERATOR, world.alpha.url)
    assert found.fingerprint == shown


async def test_the_old_key_stays_listed_with_the_time_of_its_end(
    world: World, clock: VirtualClock
) -> None:
    since_ms = clock.now_ms() - HOUR_MS
    clock.advance(seconds=1)
    old = await stolen(world.alpha)
    await rekeyed(world, since_ms)
    async with world.hub_a.context.database.read() as reader:
        stored = await objects.find(reader, names.service_actor_id(world.alpha.url))
        known = await actor_keys.list_of_actor(reader, names.service_actor_id(world.alpha.url))
    assert stored is not None
    listed = keys_of(stored.document)
    assert listed[old.key_id] == old.signer.public.multikey
    assert old.key_id not in keys_of(stored.document, moment(clock.now_ms()))
    ends = {one.public: one.valid_until_ms for one in known}
    assert ends[old.signer.public.multikey] is not None
    assert ends[present_key_of(stored.document)] is None


@pytest.mark.parametrize("backdated_ms", [0, 48 * HOUR_MS], ids=["after", "backdated before"])
async def test_a_thief_who_rotated_with_the_old_key_is_overruled(
    world: World, clock: VirtualClock, backdated_ms: int
) -> None:
    await together(world)
    since_ms = clock.now_ms()
    clock.advance(seconds=7200)
    old = await stolen(world.alpha)
    dated = moment(clock.now_ms() - backdated_ms)
    assert await say_as_thief(world.alpha, world.beta, old, dated=dated) == 202
    assert await public_at(world.beta, world.alpha) == THIEF.public.multikey
    assert await asked_by(world.alpha, world.beta, thief_of(world.alpha)) == 200
    await rekeyed(world, since_ms)
    new = await stolen(world.alpha)
    assert await public_at(world.beta, world.alpha) == new.signer.public.multikey
    assert await asked_by(world.alpha, world.beta, thief_of(world.alpha)) == 401
    assert await say_as_thief(world.alpha, world.beta, old, dated=dated) == 401
    assert await asked_by(world.alpha, world.beta, new) == 200


async def test_a_thief_who_races_to_the_hub_first_loses_what_he_got_there(
    world: World, clock: VirtualClock
) -> None:
    await together(world)
    since_ms = clock.now_ms()
    clock.advance(seconds=7200)
    old = await stolen(world.alpha)
    for there in (world.hub_a, world.beta):
        assert await say_as_thief(world.alpha, there, old, dated=moment(clock.now_ms())) == 202
    asked = await admission_of(world.hub_a, world.alpha)
    async with world.hub_a.context.database.write() as transaction:
        stated = await accrediting.renew_for_key(world.hub_a.context, transaction, asked.id)
    assert stated.issued is not None
    thiefs = await introduced_credential(world.hub_a, stated.issued)
    assert credentials.key_of(thiefs) == THIEF.public.multikey
    async with world.beta.context.database.write() as transaction:
        await introductions.put_presented(world.beta.context, transaction, thiefs)
    clock.advance(seconds=60)
    await rekeyed(world, since_ms)
    new = await stolen(world.alpha)
    for there in (world.hub_a, world.beta):
        assert await public_at(there, world.alpha) == new.signer.public.multikey
        assert await asked_by(world.alpha, there, thief_of(world.alpha)) == 401
        assert await asked_by(world.alpha, there, new) == 200
    with pytest.raises(Refused) as refused:
        async with world.beta.context.database.write() as transaction:
            await introductions.put_presented(world.beta.context, transaction, thiefs)
    assert refused.value.reason is Reason.BAD_KEY


async def test_a_thief_who_calls_the_fresh_key_given_up_is_overruled(
    world: World, clock: VirtualClock
) -> None:
    await together(world)
    since_ms = clock.now_ms()
    clock.advance(seconds=7200)
    old = await stolen(world.alpha)
    shown = await rekey.replace_own(world.alpha.context, OPERATOR, since_ms)
    new = await stolen(world.alpha)
    actor = names.service_actor_id(world.alpha.url)
    ended = ActorKey(names.key_id(actor, 3), new.signer.public.multikey, moment(since_ms))
    dated = moment(clock.now_ms())
    assert await say_as_thief(world.alpha, world.beta, old, dated=dated, also=(ended,)) == 202
    asked = await admission_of(world.hub_a, world.alpha)
    await rekey.restate(world.hub_a.context, OPERATOR, asked.id, compared=shown, since_ms=since_ms)
    await refresh(world.alpha)
    assert await public_at(world.beta, world.alpha) == new.signer.public.multikey
    assert await asked_by(world.alpha, world.beta, new) == 200
    assert await asked_by(world.alpha, world.beta, thief_of(world.alpha)) == 401


async def test_an_old_accreditation_does_not_bring_a_key_back_that_was_changed_since(
    world: World, clock: VirtualClock
) -> None:
    await together(world)
    await rekeyed(world, clock.now_ms())
    first = await credential_of(world.alpha)
    clock.advance(seconds=60)
    await rekeyed(world, clock.now_ms())
    await settle(world.alpha, world.beta, world.hub_a)
    new = await stolen(world.alpha)
    with pytest.raises(Refused) as refused:
        async with world.beta.context.database.write() as transaction:
            await introductions.put_presented(world.beta.context, transaction, first)
    assert refused.value.reason is Reason.BAD_KEY
    assert await public_at(world.beta, world.alpha) == new.signer.public.multikey


async def test_the_officer_takes_no_key_that_was_not_read_out(
    world: World, clock: VirtualClock
) -> None:
    await rekey.replace_own(world.alpha.context, OPERATOR, clock.now_ms())
    asked = await admission_of(world.hub_a, world.alpha)
    before = await public_at(world.hub_a, world.alpha)
    for compared, since_ms, reason in (
        (world.beta.fingerprint, clock.now_ms(), Reason.BAD_KEY),
        (world.alpha.fingerprint, clock.now_ms(), Reason.BAD_KEY),
        (world.alpha.fingerprint, clock.now_ms() + 1000, Reason.BAD_INPUT),
        (world.alpha.fingerprint, clock.now_ms() - 2 * rekey.OLDEST_MS, Reason.BAD_INPUT),
    ):
        with pytest.raises(Refused) as refused:
            await rekey.restate(
                world.hub_a.context, OPERATOR, asked.id, compared=compared, since_ms=since_ms
            )
        assert refused.value.reason is reason
    assert await public_at(world.hub_a, world.alpha) == before
    asked = await admission_of(world.hub_b, world.beta)
    with pytest.raises(Refused) as refused:
        await rekey.restate(
            world.hub_b.context,
            OPERATOR,
            asked.id,
            compared=world.beta.fingerprint,
            since_ms=clock.now_ms(),
        )
    assert refused.value.reason is Reason.CONFLICT


async def test_a_school_that_cannot_be_looked_up_is_taken_by_its_card(
    world: World, clock: VirtualClock
) -> None:
    shown = await rekey.replace_own(world.alpha.context, OPERATOR, clock.now_ms())
    card = await partners.get_card(world.alpha.context, OPERATOR)
    others = await partners.get_card(world.beta.context, OPERATOR)
    asked = await admission_of(world.hub_a, world.alpha)
    await world.alpha.close_doors()
    for brought, reason in (("", Reason.UNREACHABLE), (others, Reason.WRONG_ACTOR)):
        with pytest.raises(Refused) as refused:
            await rekey.restate(
                world.hub_a.context,
                OPERATOR,
                asked.id,
                compared=shown,
                since_ms=clock.now_ms(),
                card=brought,
            )
        assert refused.value.reason is reason
    await rekey.restate(
        world.hub_a.context, OPERATOR, asked.id, compared=shown, since_ms=clock.now_ms(), card=card
    )
    new = await stolen(world.alpha)
    assert await public_at(world.hub_a, world.alpha) == new.signer.public.multikey


async def test_hands_that_compared_compare_again_and_spaces_go_on(
    alpha: Node, beta: Node, clock: VirtualClock
) -> None:
    await make_partners(alpha, beta)
    shared: Shared = await found_together(alpha, beta)
    async with alpha.context.database.read() as reader:
        space = await space_rows.get(reader, shared.space)
        before = await own_keys.list_of_actor(reader, space.key_id)
    since_ms = clock.now_ms()
    clock.advance(seconds=7200)
    old = await stolen(alpha)
    assert await say_as_thief(alpha, beta, old, dated=moment(clock.now_ms())) == 202
    shown = await rekey.replace_own(alpha.context, OPERATOR, since_ms)
    new = await stolen(alpha)
    assert await asked_by(alpha, beta, new) == 401
    with pytest.raises(Refused) as refused:
        await rekey.take(
            beta.context, OPERATOR, alpha.url, compared=alpha.fingerprint, since_ms=since_ms
        )
    assert refused.value.reason is Reason.BAD_KEY
    await rekey.take(beta.context, OPERATOR, alpha.url, compared=shown, since_ms=since_ms)
    assert await asked_by(alpha, beta, thief_of(alpha)) == 401
    assert await asked_by(alpha, beta, new) == 200
    await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="after", text="after", language="en"
    )
    await settle(alpha, beta)
    assert "after" in {one[0] for one in await texts(beta, shared.space)}
    async with alpha.context.database.read() as reader:
        assert await own_keys.list_of_actor(reader, space.key_id) == before


async def test_what_was_under_way_is_signed_anew(world: World, clock: VirtualClock) -> None:
    people = await together(world)
    project = await people.offer_project()
    await world.hub_a.close_doors()
    async with world.alpha.context.database.write() as transaction:
        await deliveries.put(
            transaction,
            origin=world.hub_a.url,
            actor=names.service_actor_id(world.alpha.url),
            activity=await said_to_hub(world, project),
            kind="undo",
            now_ms=clock.now_ms(),
        )
    await rekey.replace_own(world.alpha.context, OPERATOR, clock.now_ms())
    new = await stolen(world.alpha)
    async with world.alpha.context.database.read() as reader:
        waiting = await deliveries.list_waiting_of_actor(
            reader, names.service_actor_id(world.alpha.url)
        )
    assert [documents.signer_of(one.activity) for one in waiting] == [new.key_id]


async def said_to_hub(world: World, project: str) -> JSONObject:
    actor = names.service_actor_id(world.alpha.url)
    name = names.activity_id(world.alpha.url, "A" * 22)
    undo = activities.undo(
        Said(name, actor, world.alpha.context.now()),
        project,
        to=names.service_actor_id(world.hub_a.url),
    )
    async with world.alpha.context.database.read() as reader:
        return await identity.sign(world.alpha.context, reader, undo, actor)


async def test_a_node_that_is_set_up_anew_is_accredited_with_its_new_key(
    world: World,
) -> None:
    """The hub forgets the keys of the node before, also where the new one uses the same names."""
    asked = await admission_of(world.hub_a, world.alpha)
    await accrediting.revoke(world.hub_a.context, OPERATOR, asked.id, "Lost.", "en")
    async with world.hub_a.context.database.write() as transaction:
        await actor_keys.replace(
            transaction,
            asked.actor,
            [
                actor_keys.ActorKey(
                    names.key_id(asked.actor),
                    asked.actor,
                    asked.origin,
                    THIEF.public.multikey,
                    0,
                    None,
                    None,
                )
            ],
        )
        await transaction.run(
            "UPDATE actor_keys SET public = $2 WHERE actor = $1",
            asked.actor,
            THIEF.public.multikey,
        )
    await accredit(world.hub_a, world.alpha)
    credential = await credential_of(world.alpha)
    new = await stolen(world.alpha)
    assert credentials.key_of(credential) == new.signer.public.multikey
    assert (await standing(world.hub_a, world.alpha)).admitted


async def test_a_hub_does_not_replace_its_own_key_this_way(
    hub_a: Node, clock: VirtualClock
) -> None:
    with pytest.raises(Refused) as refused:
        await rekey.replace_own(hub_a.context, OPERATOR, clock.now_ms())
    assert refused.value.reason is Reason.BAD_INPUT


async def test_on_the_pages_an_officer_and_an_administrator_take_the_new_key(
    hub_a: Node, alpha: Node, beta: Node, clock: VirtualClock
) -> None:
    await make_partners(alpha, beta)
    await accredit(hub_a, alpha)
    host = alpha.url.partition("://")[2]
    clock.advance(days=1)
    shown = await rekey.replace_own(alpha.context, OPERATOR, clock.now_ms())
    day = f"{moment(clock.now_ms()):%Y-%m-%d}"
    for node, page, told in (
        (hub_a, f"/agency/schools/{host}", "accredited with its new key"),
        (beta, f"/admin/partners/{host}", "known by its new key"),
    ):
        async with browsing(node, "admin") as person:
            assert "lost or stolen" in (await person.get(page)).text
            wrong = await person.send(f"{page}/rekey", compared=beta.fingerprint, since=day)
            assert "The fingerprint of the server is another one" in wrong.text
            empty = await person.send(f"{page}/rekey", compared=shown, since="")
            assert "There is something to mend" in empty.text
            taken = await person.send(f"{page}/rekey", compared=shown, since=day)
            assert told in taken.text
            again = await person.send(f"{page}/rekey", compared=shown, since=day)
            assert "known here already" in again.text
            assert shown in taken.text


async def test_a_partner_that_was_suspended_meanwhile_is_known_by_the_new_key_alone(
    world: World, clock: VirtualClock
) -> None:
    await together(world)
    old = await stolen(world.alpha)
    async with world.beta.context.database.write() as transaction:
        await partner_rows.put_state(transaction, world.alpha.url, "pending", clock.now_ms())
    await rekeyed(world, clock.now_ms())
    await present(world.beta, world.alpha)
    assert (await standing(world.beta, world.alpha)).admitted
    assert await asked_by(world.alpha, world.beta, old) == 401


async def test_the_school_reads_that_its_hub_has_to_be_called(
    world: World, clock: VirtualClock
) -> None:
    await rekey.replace_own(world.alpha.context, OPERATOR, clock.now_ms())
    await refresh(world.alpha)
    async with browsing(world.alpha, "admin") as admin:
        assert "does not know the present key" in (await admin.get("/admin/hub")).text
    shown = fingerprint((await stolen(world.alpha)).signer.public)
    asked = await admission_of(world.hub_a, world.alpha)
    clock.advance(seconds=60)
    await rekey.restate(
        world.hub_a.context, OPERATOR, asked.id, compared=shown, since_ms=clock.now_ms()
    )
    await refresh(world.alpha)
    async with browsing(world.alpha, "admin") as admin:
        page = (await admin.get("/admin/hub")).text
        assert "does not know the present key" not in page
        assert "holds until" in page
