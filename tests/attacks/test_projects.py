"""Founding a project: nobody accepts, invites or signs in another school's place."""

import json

import pytest
from msgspec.structs import replace

from node.actions import projects
from node.storage import foundings
from node.storage.accounts import Account
from protocol import activities, names
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason
from protocol.keys import Signer
from protocol.space import genesis, operation
from protocol.space.genesis import Founder
from tests.attacks.founding import (
    acceptance,
    befriend_people,
    changes_nothing,
    entry,
    found,
    known,
    offered,
    project_of,
)
from tests.attacks.hostile import QUEUE, Rogue, document
from tests.attacks.speaking import Key, send, snapshot
from tests.nodes import Node, settle

OTHER = Signer.from_seed(b"\7" * 32)
SALT = b64(bytes(range(16)))


@pytest.fixture
async def ana(alpha: Node) -> Account:
    return await alpha.account("ana")


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue, ana: Account) -> str:
    """Ana's contact at mallory's."""
    eve = await known(alpha, mallory, "eve")
    await befriend_people(alpha, mallory, ana, eve)
    return eve


async def state(node: Node, project: str) -> str:
    async with node.context.database.read() as reader:
        founding = await foundings.find_of_project(reader, project)
    assert founding is not None
    return founding.state


async def test_only_the_one_who_was_asked_accepts_a_project(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    bob = await known(alpha, mallory, "bob")
    project = await offered(alpha, ana, eve)
    service = names.service_actor_id(mallory.base)
    yes = await acceptance(alpha, mallory, project, eve)
    for other in (bob, service):
        attack = {**yes, "id": mallory.said(other).url, "actor": other}
        await changes_nothing(alpha, mallory, attack, ("refused", "not_allowed"))
        said = mallory.said(other)
        no = activities.reject(said, str(yes["object"]), to=ana.actor, answer="no")
        await changes_nothing(alpha, mallory, no, ("refused", "not_allowed"))
        undo = activities.undo(mallory.said(other), str(yes["object"]), to=ana.actor)
        await mallory.is_refused(alpha, undo, Reason.NOT_OWNER)
    await mallory.is_done(alpha, yes)
    assert await state(alpha, project) == "active"


async def test_an_acceptance_that_does_not_sign_the_genesis_founds_nothing(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    project = await offered(alpha, ana, eve)
    async with alpha.context.database.read() as reader:
        founding = await foundings.find_of_project(reader, project)
    assert founding is not None
    own, signer = entry(mallory, project)
    theirs = founding.entry

    async def is_refused(
        founder: Founder, signed: tuple[Founder, Founder], salt: str, by: Signer, *reasons: str
    ) -> None:
        attack = activities.accept_project(
            mallory.said(eve),
            founding.offer,
            to=ana.actor,
            founder=founder,
            genesis_signature=genesis.sign(signed, salt, by),
        )
        before = await snapshot(alpha, but=QUEUE)
        told = await send(alpha, mallory.letter(alpha, attack))
        reason = told.reason
        if told.status == 202:
            _, reason = await mallory.told(alpha, attack | {"id": mallory.said(eve).url})
        assert reason in reasons
        await settle(alpha)
        after = await snapshot(alpha, but=QUEUE)
        assert after == before

    salt = founding.salt
    await is_refused(own, (theirs, own), salt, OTHER, "bad_signature")
    await is_refused(own, (own, theirs), salt, signer, "bad_signature")
    await is_refused(own, (theirs, own), SALT, signer, "bad_signature")
    stolen = replace(own, key=theirs.key)
    await is_refused(stolen, (theirs, stolen), salt, signer, "not_allowed")
    twin = replace(own, node=theirs.node)
    await is_refused(twin, (theirs, twin), salt, signer, "not_allowed")
    abroad = replace(own, actor="https://elsewhere.example/actor")
    await is_refused(abroad, (theirs, abroad), salt, signer, "foreign_origin")
    ours = replace(own, actor=theirs.actor)
    await is_refused(ours, (theirs, ours), salt, signer, "foreign_origin")
    assert await alpha.count("spaces") == 0
    await mallory.is_done(alpha, await acceptance(alpha, mallory, project, eve))
    assert await alpha.count("spaces") == 1


async def test_an_acceptance_counts_once(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    project = await offered(alpha, ana, eve)
    yes = await acceptance(alpha, mallory, project, eve)
    await mallory.is_done(alpha, yes)
    again = {**yes, "id": mallory.said(eve).url}
    await changes_nothing(alpha, mallory, again, ("refused", "already_answered"))
    late = activities.reject(mallory.said(eve), str(yes["object"]), to=ana.actor, answer="no")
    await changes_nothing(alpha, mallory, late, ("refused", "already_answered"))
    withdrawn = await offered(alpha, ana, eve)
    await projects.withdraw(alpha.context, ana, withdrawn)
    await settle(alpha)
    too_late = await acceptance(alpha, mallory, withdrawn, eve)
    await changes_nothing(alpha, mallory, too_late, ("done", ""))
    assert await state(alpha, withdrawn) == "withdrawn"
    assert await alpha.count("spaces") == 1


def offer(
    mallory: Rogue, eve: str, ana: Account, project: JSONObject, **changed: Founder
) -> JSONObject:
    own, _ = entry(mallory, str(project["id"]))
    return activities.offer_project(
        mallory.said(eve),
        project,
        to=ana.actor,
        note="Shall we?",
        language="en",
        founder=changed.get("founder", own),
        salt=SALT,
    )


async def test_nobody_offers_what_another_one_founded(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    bob = await known(alpha, mallory, "bob")
    project = project_of(mallory, eve)
    stranger = offer(mallory, bob, ana, project_of(mallory, bob))
    await changes_nothing(alpha, mallory, stranger, ("refused", "not_allowed"))
    theirs = offer(mallory, eve, ana, project_of(mallory, bob))
    await mallory.is_refused(alpha, theirs, Reason.NOT_OWNER)
    running = offer(mallory, eve, ana, project_of(mallory, eve, {"state": "active"}))
    await mallory.is_refused(alpha, running, Reason.NOT_OWNER)
    ours = project_of(mallory, eve, base=alpha.url)
    await mallory.is_refused(alpha, offer(mallory, eve, ana, ours), Reason.OWN_ORIGIN)
    abroad = Founder("a" * 32, "https://elsewhere.example/actor", OTHER.public.multikey)
    lying = offer(mallory, eve, ana, project, founder=abroad)
    await mallory.is_refused(alpha, lying, Reason.FOREIGN_ORIGIN)
    first = offer(mallory, eve, ana, project)
    await mallory.is_done(alpha, first)
    second = offer(mallory, eve, ana, project)
    await changes_nothing(alpha, mallory, second, ("refused", "conflict"))
    new = mallory.key(str(project["id"]), 2)
    listing = json.loads(json.dumps(project["assertionMethod"]))
    listing[0] |= {"id": new.id, "publicKeyMultibase": new.signer.public.multikey}
    taken = mallory.sign({**project, "version": 2, "assertionMethod": listing}, new)
    undo = activities.undo(mallory.said(eve), str(first["id"]), to=ana.actor)
    await mallory.is_done(alpha, undo)
    await mallory.is_refused(alpha, offer(mallory, eve, ana, taken), Reason.NOT_OWNER)
    assert await document(alpha, str(project["id"])) == project
    await mallory.is_done(alpha, offer(mallory, eve, ana, project))


async def agreed(alpha: Node, mallory: Rogue, ana: Account, eve: str) -> tuple[str, JSONObject]:
    """Eve offered, Ana accepted: the project, and the Invite as an honest founder sends it."""
    project = project_of(mallory, eve)
    url = str(project["id"])
    await mallory.is_done(alpha, offer(mallory, eve, ana, project))
    await projects.accept(alpha.context, ana, url)
    await settle(alpha)
    yes = next(one for one in mallory.letters if one["type"] == "Accept" and "founder" in one)
    given = yes["founder"]
    assert isinstance(given, dict)
    own, signer = entry(mallory, url)
    founders = (own, Founder(str(given["node"]), str(given["actor"]), str(given["key"])))
    written = genesis.write_genesis(
        founders,
        SALT,
        str(yes["genesisSignature"]),
        time_ms=mallory.clock.now_ms(),
        signer=signer,
    )
    invite = activities.invite(
        mallory.said(eve),
        url,
        to=ana.actor,
        acceptance=str(yes["id"]),
        genesis=operation.to_json(written),
    )
    return url, invite


async def test_nobody_but_the_founder_invites_and_only_to_what_was_agreed(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    bob = await known(alpha, mallory, "bob")
    project, invite = await agreed(alpha, mallory, ana, eve)
    forged = {**invite, "id": mallory.said(bob).url, "actor": bob}
    await changes_nothing(alpha, mallory, forged, ("refused", "not_allowed"))
    for changes in (
        {"inReplyTo": names.activity_id(alpha.url, mallory.name())},
        {"object": names.project_id(mallory.base, mallory.name())},
    ):
        attack = {**invite, **changes, "id": mallory.said(eve).url}
        await changes_nothing(alpha, mallory, attack, ("refused", "never_offered"))
    assert await state(alpha, project) == "accepted"
    assert await alpha.count("spaces") == 0
    await mallory.is_done(alpha, invite)
    assert await state(alpha, project) == "active"
    assert await alpha.count("spaces") == 1


async def test_a_genesis_that_was_not_agreed_opens_no_space(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    project, invite = await agreed(alpha, mallory, ana, eve)
    sent = invite["genesis"]
    assert isinstance(sent, dict)
    header = str(sent["header"])
    args = json.loads(header)["args"]
    own, signer = entry(mallory, project)
    third = Founder("c" * 32, "https://elsewhere.example/actor", OTHER.public.multikey)
    again = genesis.write_genesis(
        (own, third), SALT, genesis.sign((own, third), SALT, OTHER), time_ms=1, signer=signer
    )
    other_salt = header.replace(SALT, b64(b"\1" * 16))
    for attack in (
        {**sent, "header": header.replace('"Genesis"', '"Genesys"')},
        {**sent, "header": header.replace('"seq":1', '"seq":2')},
        {**sent, "header": header.replace(args["founders"][1]["key"], OTHER.public.multikey)},
        {**sent, "header": other_salt, "signature": _sign(other_salt, signer)},
        {**sent, "header": header + " "},
        {**sent, "signature": _sign(header, OTHER)},
        {**sent, "payload": "{}"},
        operation.to_json(again),
        {"header": header, "signature": sent["signature"]},
        {**sent, "header": ""},
    ):
        spoiled = {**invite, "genesis": attack, "id": mallory.said(eve).url}
        told = await send(alpha, mallory.letter(alpha, spoiled))
        reason = told.reason
        if told.status == 202:
            _, reason = await mallory.told(alpha, spoiled | {"id": mallory.said(eve).url})
        assert reason in {"bad_operation", "bad_signature", "bad_shape"}, (attack, reason)
        assert await alpha.count("spaces") == 0
        assert await alpha.count("operations") == 0
    assert await state(alpha, project) == "accepted"
    await mallory.is_done(alpha, invite)


def _sign(header: str, signer: Signer) -> str:
    return b64(signer.sign(operation.PREFIX + header.encode()))


async def test_a_space_is_not_founded_by_a_letter_alone(alpha: Node, mallory: Rogue) -> None:
    shared = await found(alpha, mallory)
    invite = next(one for one in mallory.letters if one["type"] == "Invite")
    mirrored: JSONObject = {
        **invite,
        "id": mallory.said(shared.eve).url,
        "actor": shared.eve,
        "to": [shared.ana.actor],
        "target": shared.ana.actor,
    }
    await changes_nothing(alpha, mallory, mirrored, ("refused", "never_offered"))
    bob = await known(alpha, mallory, "bob")
    move = activities.move_founding(
        mallory.said(bob), shared.project, to=shared.ana.actor, successor=shared.eve
    )
    await changes_nothing(alpha, mallory, move, ("refused", "not_allowed"))
    own = activities.move_founding(
        mallory.said(shared.eve), shared.project, to=shared.ana.actor, successor=bob
    )
    await mallory.is_done(alpha, own)
    assert await state(alpha, shared.project) == "active"


async def test_a_project_here_is_not_changed_from_there(alpha: Node, mallory: Rogue) -> None:
    shared = await found(alpha, mallory)
    kept = await document(alpha, shared.project)
    changed = {**kept, "name": "Mallory's", "version": 99}
    for key in (mallory.key(shared.eve), Key.of(names.key_id(shared.project))):
        update = mallory.update(shared.eve, mallory.sign(changed, key))
        told = await send(alpha, mallory.letter(alpha, update))
        assert told.reason in {"own_origin", "bad_proof", "not_owner"}, told.body
    as_project = activities.update(mallory.said(shared.project), mallory.sign(changed, key))
    key = Key.of(names.key_id(shared.project))
    await mallory.is_refused(alpha, as_project, Reason.OWN_ORIGIN, by=key)
    assert await document(alpha, shared.project) == kept
