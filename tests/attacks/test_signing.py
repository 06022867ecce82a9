"""Requests whose signature says too little, something else, or the same once more."""

import asyncio
import base64
import hashlib
import hmac
import json

import pytest

from node.app import open_context, open_doors
from protocol import canonical, documents, names
from protocol.canonical import JSONObject
from protocol.digests import content_digest
from protocol.errors import Reason
from tests.attacks.hostile import Rogue, befriend
from tests.attacks.speaking import (
    POST_COVERS,
    Key,
    Request,
    expect_refusal,
    read_answer,
    send,
    signed,
)
from tests.nodes import CHEAP, Node, free_port

HOUR_MS = 3_600_000


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue) -> str:
    """Somebody at mallory's whom alpha has heard of."""
    actor = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(actor, alpha.admin.actor))
    return actor


def body_of(alpha: Node, mallory: Rogue, eve: str) -> bytes:
    """A new Follow, signed as a document; the request around it is what is attacked."""
    activity = mallory.sign(mallory.follow(eve, alpha.admin.actor), mallory.key(eve))
    return canonical.encode(activity)


def stating(
    node: Node, key: Key, at_ms: int, body: bytes, parameters: dict[str, str | int | None]
) -> Request:
    """A letter whose signature states other parameters; None leaves one out."""
    return signed("POST", node.url, "/inbox", key, at_ms, body, parameters=parameters)


async def is_taken(node: Node, request: Request) -> None:
    told = await send(node, request)
    assert told.status == 202, told.body


async def test_a020_every_mandatory_part_must_be_covered(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    body, key, now_ms = body_of(alpha, mallory, eve), mallory.key(eve), mallory.clock.now_ms()
    date = [("Date", "Mon, 23 Nov 2026 19:00:00 GMT")]
    less = [("date",), (), *(tuple(set(POST_COVERS) - {one}) for one in POST_COVERS)]
    for covers in less:
        attack = signed("POST", alpha.url, "/inbox", key, now_ms, body, covers=covers, fields=date)
        await expect_refusal(alpha, attack, Reason.MISSING_COVERAGE)
    for parameter in ("created", "expires", "keyid", "nonce"):
        attack = stating(alpha, key, now_ms, body, {parameter: None})
        await expect_refusal(alpha, attack, Reason.MISSING_COVERAGE)
    more = (*POST_COVERS, "date")
    await is_taken(
        alpha, signed("POST", alpha.url, "/inbox", key, now_ms, body, covers=more, fields=date)
    )


async def test_a020_a_component_with_parameters_is_no_coverage(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    letter = mallory.post(alpha, body_of(alpha, mallory, eve), mallory.key(eve))
    for spelled in ('"content-digest";req', '"@method";req', '"@target-uri";sf', '"@path"'):
        plain = spelled.partition(";")[0] if ";" in spelled else '"@target-uri"'
        attack = letter.having(
            signature_input=letter.get("signature-input").replace(plain, spelled)
        )
        await expect_refusal(alpha, attack, Reason.MISSING_COVERAGE)
    await is_taken(alpha, letter)


async def test_a021_a_body_that_was_changed_is_refused(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    letter = mallory.post(alpha, body_of(alpha, mallory, eve), mallory.key(eve))
    bent = letter.body.replace(b'"type":"Follow"', b'"type":"Fellow"')
    for body in (bent, letter.body + b" ", letter.body.replace(b"T1", b"T2", 1)):
        assert body != letter.body
        attack = Request(letter.method, letter.target, letter.fields, body)
        await expect_refusal(alpha, attack, Reason.BAD_DIGEST)
    await is_taken(alpha, letter)


async def test_a022_the_digest_is_covered_and_the_only_one(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    body, key, now_ms = body_of(alpha, mallory, eve), mallory.key(eve), mallory.clock.now_ms()
    uncovered = signed("POST", alpha.url, "/inbox", key, now_ms, body, covers=POST_COVERS[:4])
    await expect_refusal(alpha, uncovered, Reason.MISSING_COVERAGE)
    letter = mallory.post(alpha, body, key)
    other = content_digest(b"another body")
    await expect_refusal(alpha, letter.adding("Content-Digest", other), Reason.BAD_SIGNATURE)
    twice = letter.adding("Content-Digest", letter.get("content-digest"))
    await expect_refusal(alpha, twice, Reason.BAD_SIGNATURE)
    for digest in (
        other,
        f"{content_digest(body)}, sha-512=:{'A' * 86}==:",
        f"{other}, {content_digest(body)}",
        "md5=:XUFAKrxLKna5cZ2REBfFkg==:",
        "sha-256=abc",
        "",
    ):
        message = signed("POST", alpha.url, "/inbox", key, now_ms, body)
        attack = signed_digest(alpha, key, now_ms, body, digest)
        assert attack.get("signature") != message.get("signature")
        await expect_refusal(alpha, attack, Reason.BAD_DIGEST)
    both = f"{content_digest(body)}, sha-512=:{_sha512(body)}:"
    await is_taken(alpha, signed_digest(alpha, key, now_ms, body, both))


def _sha512(body: bytes) -> str:
    return _b64(hashlib.sha512(body).digest())


def signed_digest(node: Node, key: Key, now_ms: int, body: bytes, digest: str) -> Request:
    """A request that is signed with any digest field at all."""
    return signed("POST", node.url, "/inbox", key, now_ms, body, digest=digest)


async def test_a024_a_request_counts_for_one_node_and_one_target(
    alpha: Node, beta: Node, mallory: Rogue, eve: str
) -> None:
    await befriend(beta, mallory)
    key = mallory.key(eve)
    letter = mallory.post(alpha, body_of(alpha, mallory, eve), key)
    first = mallory.post(beta, body_of(alpha, mallory, eve), key)
    await is_taken(beta, first)
    await expect_refusal(beta, letter, Reason.BAD_SIGNATURE)
    for target in ("/inbox?", "/inbox?again=1", "/%69nbox"):
        moved = Request(letter.method, target, letter.fields, letter.body)
        await expect_refusal(alpha, moved, Reason.BAD_SIGNATURE)
    elsewhere = signed(
        "POST", alpha.url, "/inbox", key, mallory.clock.now_ms(), letter.body,
        uri="https://alpha.example/inbox",
    )  # fmt: skip
    await expect_refusal(alpha, elsewhere, Reason.BAD_SIGNATURE)
    asked = mallory.get(alpha, "/people/admin").adding("Accept", "application/activity+json")
    for target in ("/people/admin/outbox", "/changes", "/people/admin?x"):
        moved = Request(asked.method, target, asked.fields)
        await expect_refusal(alpha, moved, Reason.BAD_SIGNATURE)
    assert (await send(alpha, asked)).status == 200
    await is_taken(alpha, letter)


async def test_a024_the_host_that_a_request_names_counts_for_nothing(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    letter = mallory.post(alpha, body_of(alpha, mallory, eve), mallory.key(eve))
    evil = signed(
        "POST", "https://evil.example", "/inbox", mallory.key(eve), mallory.clock.now_ms(),
        letter.body,
    )  # fmt: skip
    await expect_refusal(alpha, evil.raw("evil.example"), Reason.BAD_SIGNATURE)
    forwarded = evil.adding("X-Forwarded-Host", "evil.example").adding("Forwarded", "host=evil")
    await expect_refusal(alpha, forwarded, Reason.BAD_SIGNATURE)
    told = await send(alpha, letter.raw("evil.example"))
    assert told.status == 202, told.body


async def test_a024_the_same_request_is_taken_once(alpha: Node, mallory: Rogue, eve: str) -> None:
    letter = mallory.post(alpha, body_of(alpha, mallory, eve), mallory.key(eve))
    await is_taken(alpha, letter)
    await expect_refusal(alpha, letter, Reason.REPLAYED)
    asked = mallory.get(alpha, "/people/admin").adding("Accept", "application/activity+json")
    assert (await send(alpha, asked)).status == 200
    await expect_refusal(alpha, asked, Reason.REPLAYED)
    environment = CHEAP | {"SCHOOLGATE_LISTEN__PORT": str(free_port())}
    async with open_context(
        alpha.folder, environment, clock=alpha.clock, chance=alpha.context.chance
    ) as again:
        doors = await open_doors(again, "federation", None)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", doors.port)
            writer.write(letter.raw("a"))
            told = read_answer(await reader.read())
            writer.close()
        finally:
            await doors.close()
    assert told.reason == "replayed"


async def test_a025_a_request_is_good_for_five_minutes(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    key, now_ms = mallory.key(eve), mallory.clock.now_ms()

    def letter(at_ms: int, parameters: dict[str, str | int | None] | None = None) -> Request:
        body = body_of(alpha, mallory, eve)
        return stating(alpha, key, at_ms, body, parameters or {})

    for away_ms in (-13 * HOUR_MS, 2 * HOUR_MS, -301_000, 301_000):
        told = await expect_refusal(alpha, letter(now_ms + away_ms), Reason.OUTSIDE_TIME_WINDOW)
        assert told.facts["skew_s"] == -away_ms // 1000
    now = now_ms // 1000
    for created, expires in ((now, now + 301), (now, now), (now, now - 1), (now - 200, now - 1)):
        attack = letter(now_ms, {"created": created, "expires": expires})
        await expect_refusal(alpha, attack, Reason.OUTSIDE_TIME_WINDOW)
    for spoiled in ("yesterday", None):
        await expect_refusal(alpha, letter(now_ms, {"created": spoiled}), Reason.MISSING_COVERAGE)
    for text in (f"created={now}.5", "created=?1", "created=99999999999999999"):
        whole = letter(now_ms)
        given = whole.get("signature-input").replace(f"created={now}", text)
        told = await send(alpha, whole.having(signature_input=given))
        assert told.status == 401, told.body
    for away_ms in (-299_000, 299_000):
        await is_taken(alpha, letter(now_ms + away_ms).adding("Date", "13 hours ago"))


async def test_a027_the_stored_key_decides_the_algorithm(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    key, now_ms = mallory.key(eve), mallory.clock.now_ms()
    body = body_of(alpha, mallory, eve)
    for algorithm in ("none", "hmac-sha256", "rsa-v1_5-sha256", "rsa-pss-sha512", "ED25519", ""):
        attack = stating(alpha, key, now_ms, body, {"alg": algorithm})
        await expect_refusal(alpha, attack, Reason.BAD_SIGNATURE)
    letter = mallory.post(alpha, body, key)
    raw, text = key.signer.public.raw, key.signer.public.multikey.encode()
    for secret in (raw, text):
        mac = hmac.new(secret, letter.body, hashlib.sha256).digest()
        for signature in (mac, mac + mac, b"\0" * 64, b""):
            attack = letter.having(signature=f"sig1=:{_b64(signature)}:")
            await expect_refusal(alpha, attack, Reason.BAD_SIGNATURE)
    await is_taken(alpha, stating(alpha, key, now_ms, body, {"alg": None}))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def test_a036_a_bad_signature_does_not_pass_beside_a_good_one(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    key = mallory.key(eve)
    good, other = (mallory.post(alpha, body_of(alpha, mallory, eve), key) for _ in range(2))
    bad = other.having(signature=good.get("signature"))
    told = await asyncio.gather(send(alpha, good), send(alpha, bad))
    assert [one.status for one in told] == [202, 401]
    assert told[1].reason == "bad_signature"
    both = other.having(
        signature_input=f"{other.get('signature-input')}, "
        + good.get("signature-input").replace("sig1=", "sig2="),
        signature=f"{other.get('signature')}, " + good.get("signature").replace("sig1=", "sig2="),
    )
    await expect_refusal(alpha, both, Reason.MISSING_SIGNATURE)
    await is_taken(alpha, other)


async def test_a_request_bears_exactly_one_readable_signature(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    letter = mallory.post(alpha, body_of(alpha, mallory, eve), mallory.key(eve))
    input_, signature = letter.get("signature-input"), letter.get("signature")
    for attack in (
        letter.without("signature"),
        letter.without("signature-input"),
        letter.adding("Signature", signature),
        letter.adding("Signature-Input", input_),
        letter.adding("Signature", signature.replace("sig1", "sig2")),
        letter.having(signature=f"{signature}, {signature}"),
        letter.having(signature=signature.replace("sig1=", "sig2=")),
        letter.having(signature_input=input_.replace(";created", ";created=1;created", 1)),
        letter.having(signature='keyId="x",headers="date",signature="abc"'),
        letter.having(signature_input="sig1=("),
        letter.having(signature_input=input_ + "\x80"),
        letter.having(signature="sig1=abc"),
    ):
        await expect_refusal(alpha, attack, Reason.MISSING_SIGNATURE)
    for nonce in ("", "short", "A" * 4000, "AAAAAAAAAAAAAAAAAAAAAB"):
        body = body_of(alpha, mallory, eve)
        key, now_ms = mallory.key(eve), mallory.clock.now_ms()
        attack = stating(alpha, key, now_ms, body, {"nonce": nonce})
        await expect_refusal(alpha, attack, Reason.MISSING_COVERAGE)
    await is_taken(alpha, letter)


async def test_a042_a_rearranged_document_is_refused_by_its_shape(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    rearranged: list[JSONObject] = [
        {"@graph": []},
        {"@reverse": {}},
        {"@included": []},
        {"as:actor": eve},
        {"https://www.w3.org/ns/activitystreams#actor": eve},
        {"@type": "Follow"},
        {"signature": {"type": "RsaSignature2017"}},
        {"@context": "https://www.w3.org/ns/activitystreams"},
        {"@context": [*documents.CONTEXT, "https://evil.example/context"]},
        {"@context": list(reversed(documents.CONTEXT))},
        {"@context": [*documents.CONTEXT[:2], {"actor": "as:object"}]},
    ]
    for members in rearranged:
        activity = {**mallory.follow(eve, alpha.admin.actor), **members}
        await mallory.is_refused(alpha, activity, Reason.BAD_SHAPE)
        nested = mallory.create(eve, mallory.note(eve, members))
        await mallory.is_refused(alpha, nested, Reason.BAD_SHAPE)
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))


async def test_a044_a_proof_counts_for_its_own_document_only(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    key = mallory.key(eve)
    note, profile = mallory.note(eve), mallory.profile("eve", {"version": 2})
    follow = mallory.sign(mallory.follow(eve, alpha.admin.actor), key)

    def with_proof_of(document: JSONObject, other: JSONObject) -> JSONObject:
        return {**document, "proof": other["proof"]}

    async def is_refused(body: JSONObject) -> None:
        attack = mallory.post(alpha, canonical.encode(body), key)
        await expect_refusal(alpha, attack, Reason.BAD_PROOF)

    create = mallory.sign(mallory.create(eve, note), key)
    await is_refused(with_proof_of(follow, note))
    await is_refused(with_proof_of(follow, create))
    await is_refused({**follow, "object": f"{alpha.url}/people/other"})
    inner = mallory.sign(mallory.create(eve, with_proof_of(note, follow)), key)
    await is_refused(inner)
    await is_refused(mallory.sign(mallory.update(eve, with_proof_of(profile, note)), key))
    letter = mallory.note(eve, reader=alpha.admin.actor)
    await is_refused(mallory.sign(mallory.create(eve, with_proof_of(letter, note)), key))
    request = mallory.post(alpha, canonical.encode(follow), key)
    stolen = json.loads(canonical.encode(follow))
    stolen["proof"]["proofPurpose"] = "authentication"
    told = await send(alpha, mallory.post(alpha, canonical.encode(stolen), key))
    assert told.reason in {"bad_proof", "bad_shape"}
    await is_taken(alpha, request)


async def test_a_proof_by_somebody_else_is_refused(alpha: Node, mallory: Rogue, eve: str) -> None:
    bob = mallory.person("bob")
    await mallory.is_done(alpha, mallory.follow(bob, alpha.admin.actor))
    follow = mallory.follow(eve, alpha.admin.actor)
    await mallory.is_refused(
        alpha, follow, Reason.BAD_PROOF, by=mallory.key(eve), proof_by=mallory.key(bob)
    )
    await mallory.is_refused(
        alpha, follow, Reason.BAD_PROOF, by=mallory.key(eve), proof_by=mallory.service
    )
    impostor = Key.of(names.key_id(eve), "another seed")
    await mallory.is_refused(
        alpha, follow, Reason.BAD_PROOF, by=mallory.key(eve), proof_by=impostor
    )
    await mallory.is_refused(alpha, follow, Reason.BAD_SIGNATURE, by=impostor)
    await mallory.is_done(alpha, follow)
