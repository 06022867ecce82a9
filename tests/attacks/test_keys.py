"""Whose keys count: approved partners' actors', only sound ones, only in their time."""

import json
from datetime import timedelta

import pytest

from node.actions import partners
from node.actions.permission import OPERATOR
from protocol import canonical, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.multibase import write_base58
from protocol.objects import stamp
from tests.attacks.hostile import Rogue, answer, befriend
from tests.attacks.speaking import Key, expect_refusal, send, signed, snapshot
from tests.nodes import FLEETING, Node, settle

# ed25519-speccheck: small order (0, 1), mixed order (2 to 5), non-canonical (10, 11); then the
# identity, for which one signature holds over every message, and points off the curve.
UNSOUND = [
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0200000000000000000000000000000000000000000000000000000000000000",
]


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue) -> str:
    """Somebody at mallory's whom alpha has heard of."""
    actor = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(actor, alpha.admin.actor))
    return actor


async def test_a028_a_key_of_a_stranger_is_never_fetched(
    alpha: Node, stranger: Rogue, mallory: Rogue
) -> None:
    eve = stranger.person("eve")
    body = canonical.encode(
        stranger.sign(stranger.follow(eve, alpha.admin.actor), stranger.key(eve))
    )
    signer, now_ms = stranger.key(eve).signer, alpha.clock.now_ms()
    here = stranger.base.removeprefix("http://")
    for key_id in (
        "http://169.254.169.254/latest",
        "http://127.0.0.1:5432/",
        "http://169.254.169.254/latest#ed25519-key",
        f"{stranger.base}/people/eve#ed25519-key",
        f"{stranger.base}/actor#ed25519-key",
        f"{stranger.base}/people/eve",
        f"{stranger.base}/keys/1",
        f"{mallory.base}@{here}/people/eve#ed25519-key",
        f"{mallory.base}\\@{here}/people/eve#ed25519-key",
        f"{mallory.base}#@{here}/people/eve#ed25519-key",
        f"{mallory.base.replace('127.0.0.1', '127.1')}/people/eve#ed25519-key",
        f"{mallory.base.replace('http', 'HTTP')}/people/eve#ed25519-key",
        "https://evil.example/people/eve#ed25519-key",
        "file:///etc/passwd#ed25519-key",
        "acct:eve@evil.example",
        "x" * 4000,
        "",
    ):
        attack = signed("POST", alpha.url, "/inbox", Key(key_id, signer), now_ms, body)
        await expect_refusal(alpha, attack, Reason.UNKNOWN_KEY)
    assert stranger.connections == 0
    assert mallory.connections == 0
    await befriend(alpha, stranger)
    assert (await send(alpha, stranger.post(alpha, body, stranger.key(eve)))).status == 202
    assert stranger.asked == ["/people/eve"]


async def test_nobody_speaks_for_us_from_elsewhere(alpha: Node, mallory: Rogue) -> None:
    signer = mallory.service.signer
    for actor in (alpha.admin.actor, names.service_actor_id(alpha.url), f"{alpha.url}/people/x"):
        follow = mallory.follow(actor, alpha.admin.actor)
        key = Key(names.key_id(actor), signer)
        await mallory.is_refused(alpha, follow, Reason.OWN_ORIGIN, by=key)


async def test_a_partner_that_is_pending_or_blocked_is_told_so_only_if_it_is_the_one(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    follow = mallory.follow(eve, alpha.admin.actor)
    stale = mallory.letter(alpha, mallory.follow(eve, alpha.admin.actor))
    await partners.block(alpha.context, OPERATOR, mallory.base)
    await expect_refusal(alpha, stale, Reason.BLOCKED)
    await mallory.is_refused(alpha, follow, Reason.BLOCKED)
    impostor = Key(mallory.key(eve).id, Signer.from_seed(b"\1" * 32))
    await mallory.is_refused(alpha, follow, Reason.BAD_SIGNATURE, by=impostor)
    asked = mallory.get(alpha, "/people/admin").adding("Accept", "application/activity+json")
    await expect_refusal(alpha, asked, Reason.BLOCKED)
    await partners.unblock(alpha.context, OPERATOR, mallory.base)
    await mallory.is_refused(alpha, follow, Reason.NOT_PARTNER)
    new = mallory.person("new")
    mallory.asked.clear()
    await mallory.is_refused(alpha, mallory.follow(new, alpha.admin.actor), Reason.UNKNOWN_KEY)
    assert mallory.asked == []
    await partners.approve(alpha.context, OPERATOR, mallory.base, await _shown(alpha, mallory))
    await mallory.is_done(alpha, follow)


async def _shown(alpha: Node, mallory: Rogue) -> str:
    return (await partners.look_up(alpha.context, OPERATOR, mallory.base)).fingerprint


async def test_a031_a_revoked_key_ends_at_once(alpha: Node, mallory: Rogue, eve: str) -> None:
    old, new = mallory.key(eve), mallory.key(eve, 2)
    waiting = mallory.letter(alpha, mallory.follow(eve, alpha.admin.actor))
    # The document is signed by a key that it lists itself; the old one signs what announces it.
    change = mallory.profile("eve", {"version": 2}, by=new, listing=[new])
    await mallory.is_done(alpha, mallory.update(eve, change))
    follow = mallory.follow(eve, alpha.admin.actor)
    await mallory.is_refused(alpha, follow, Reason.REVOKED_KEY, by=old)
    await expect_refusal(alpha, waiting, Reason.REVOKED_KEY)
    forged = mallory.profile("eve", {"version": 3}, by=old, listing=[old])
    await mallory.is_refused(alpha, mallory.update(eve, forged), Reason.REVOKED_KEY, by=old)
    told = await send(alpha, mallory.letter(alpha, follow, by=new))
    assert told.status == 202, told.body


async def test_a031_an_old_key_counts_inside_its_stated_overlap_only(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    old, new = mallory.key(eve), mallory.key(eve, 2)
    until = stamp(mallory.now() + timedelta(hours=1))
    listing = mallory.profile("eve", listing=[old, new])["assertionMethod"]
    assert isinstance(listing, list)
    assert isinstance(listing[0], dict)
    listing[0]["validUntil"] = until
    change = mallory.profile("eve", {"version": 2, "assertionMethod": listing})
    await mallory.is_done(alpha, mallory.update(eve, change))
    follow = mallory.follow(eve, alpha.admin.actor)
    assert (await send(alpha, mallory.letter(alpha, follow, by=old))).status == 202
    await settle(alpha)
    alpha.clock.advance(seconds=3600)
    again = mallory.follow(eve, alpha.admin.actor)
    await mallory.is_refused(alpha, again, Reason.REVOKED_KEY, by=old)
    longer: JSONObject = {**change, "version": 3, "assertionMethod": [dict(listing[0])]}
    longer["assertionMethod"] = [{**listing[0], "validUntil": "2099-01-01T00:00:00Z"}, listing[1]]
    revived = mallory.sign(longer, new)
    attack = mallory.update(eve, revived)
    await mallory.is_refused(alpha, attack, Reason.REVOKED_KEY, by=old)
    await mallory.is_refused(alpha, attack, Reason.IMMUTABLE_FIELD, by=new)
    assert (await send(alpha, mallory.letter(alpha, again, by=new))).status == 202


async def test_a032_a_new_key_does_not_announce_itself(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    stolen, new = Key.of(mallory.key(eve).id, "stolen"), mallory.key(eve, 2)
    exchanged = mallory.profile("eve", {"version": 2}, by=stolen, listing=[stolen])
    added = mallory.profile("eve", {"version": 2}, by=new, listing=[mallory.key(eve), new])
    alone = mallory.profile("eve", {"version": 2}, by=new, listing=[new])
    for change in (exchanged, added, alone):
        attack = mallory.update(eve, change)
        await mallory.is_refused(alpha, attack, Reason.UNKNOWN_KEY, by=new)
        await mallory.is_refused(alpha, attack, Reason.BAD_SIGNATURE, by=stolen)
    # A name keeps its key, whoever signs.
    await mallory.is_refused(alpha, mallory.update(eve, exchanged), Reason.IMMUTABLE_FIELD)
    await mallory.is_done(alpha, mallory.update(eve, added))
    follow = mallory.follow(eve, alpha.admin.actor)
    assert (await send(alpha, mallory.letter(alpha, follow, by=new))).status == 202


async def test_a032_another_actor_of_the_node_does_not_exchange_a_key(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    new = mallory.key(eve, 2)
    bob = mallory.person("bob")
    await mallory.is_done(alpha, mallory.follow(bob, alpha.admin.actor))
    change = mallory.profile("eve", {"version": 2}, by=new, listing=[new])
    await mallory.is_refused(alpha, mallory.update(bob, change), Reason.NOT_OWNER)
    service = mallory.service.id.partition("#")[0]
    await mallory.is_refused(alpha, mallory.update(service, change), Reason.NOT_OWNER)
    foreign = mallory.profile("eve", {"version": 2}, listing=[mallory.key(eve), mallory.key(bob)])
    await mallory.is_refused(alpha, mallory.update(eve, foreign), Reason.NOT_OWNER)


def with_raw_key(mallory: Rogue, document: JSONObject, raw: bytes) -> JSONObject:
    """The document, listing a key of these bytes, signed by a key that it does not list."""
    multikey = write_base58(b"\xed\x01" + raw)
    listing = json.loads(json.dumps(document["assertionMethod"]))
    listing[0]["publicKeyMultibase"] = multikey
    return mallory.sign({**document, "assertionMethod": listing}, mallory.key(str(document["id"])))


async def test_a033_an_unsound_key_is_refused_where_it_is_first_heard(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    for number, text in enumerate(UNSOUND):
        handle = f"weak{number}"
        document = with_raw_key(mallory, mallory.profile(handle), bytes.fromhex(text))
        mallory.serve(document)
        actor = names.person_id(mallory.base, handle)
        await mallory.is_refused(alpha, mallory.follow(actor, alpha.admin.actor), Reason.BAD_KEY)
    both = mallory.profile("eve", {"version": 2}, listing=[mallory.key(eve), mallory.key(eve, 2)])
    for text in UNSOUND:
        listing = json.loads(json.dumps(both["assertionMethod"]))
        listing[1]["publicKeyMultibase"] = write_base58(b"\xed\x01" + bytes.fromhex(text))
        change = mallory.profile("eve", {"version": 2, "assertionMethod": listing})
        await mallory.is_refused(alpha, mallory.update(eve, change), Reason.BAD_KEY)
    await mallory.is_done(alpha, mallory.update(eve, both))


async def test_a033_a_node_with_an_unsound_key_is_not_even_noted_down(
    alpha: Node, stranger: Rogue
) -> None:
    kept = stranger.answers["/actor"]
    honest = json.loads(kept.partition(b"\r\n\r\n")[2])
    before = await snapshot(alpha)
    for text in UNSOUND:
        weak = with_raw_key(stranger, honest, bytes.fromhex(text))
        stranger.answers["/actor"] = answer(canonical.encode(weak))
        with pytest.raises(Refused) as refused:
            await partners.add(alpha.context, OPERATOR, stranger.base)
        assert refused.value.reason is Reason.BAD_KEY
    assert await snapshot(alpha) == before
    stranger.answers["/actor"] = kept
    await partners.add(alpha.context, OPERATOR, stranger.base)


async def test_a_key_that_is_no_multikey_is_refused(alpha: Node, mallory: Rogue) -> None:
    multikey = mallory.service.signer.public.multikey
    rsa = write_base58(b"\x12\x05" + b"\1" * 32)
    for number, text in enumerate((rsa, write_base58(b"\xed\x01" + b"\1" * 31), "m" + multikey)):
        document = mallory.profile(f"odd{number}")
        listing = json.loads(json.dumps(document["assertionMethod"]))
        listing[0]["publicKeyMultibase"] = text
        mallory.serve(mallory.profile(f"odd{number}", {"assertionMethod": listing}))
        actor = names.person_id(mallory.base, f"odd{number}")
        told = await send(alpha, mallory.letter(alpha, mallory.follow(actor, alpha.admin.actor)))
        assert told.reason in {"bad_key", "bad_shape"}, told.body
        assert await alpha.count(f"actor_keys WHERE actor = '{actor}'") == 0


async def test_a_partner_that_shows_nobody_is_asked_only_so_often(
    alpha: Node, mallory: Rogue
) -> None:
    before = await snapshot(alpha)
    statuses = []
    for number in range(80):
        ghost = names.person_id(mallory.base, f"ghost{number}")
        follow = mallory.follow(ghost, alpha.admin.actor)
        forged = mallory.letter(alpha, follow).having(signature=f"sig1=:{'A' * 86}==:")
        told = await send(alpha, forged)
        statuses.append((told.status, told.reason))
    assert set(statuses) == {(401, "unknown_key"), (429, "too_many_requests")}
    assert len(mallory.asked) <= 60
    assert await snapshot(alpha, but=FLEETING) == {
        name: rows for name, rows in before.items() if name not in FLEETING
    }
    known = mallory.service.id.partition("#")[0]
    told = await send(alpha, mallory.letter(alpha, mallory.follow(known, alpha.admin.actor)))
    assert told.status == 202
