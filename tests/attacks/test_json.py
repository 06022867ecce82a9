"""Bodies that two readers could understand differently, or that one cannot read at all."""

import json
import time

import pytest

from protocol import canonical
from protocol.canonical import JSON
from protocol.errors import Reason
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import ACTIVITY, Request, expect_refusal, send
from tests.nodes import Node


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue) -> str:
    """Somebody at mallory's whom alpha has heard of."""
    actor = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(actor, alpha.admin.actor))
    return actor


def follow(alpha: Node, mallory: Rogue, eve: str) -> bytes:
    """The bytes of a new Follow."""
    return canonical.encode(mallory.sign(mallory.follow(eve, alpha.admin.actor), mallory.key(eve)))


async def is_refused_unsigned_too(
    alpha: Node, mallory: Rogue, eve: str, body: bytes, reason: Reason
) -> None:
    """Refused for its bytes, whether or not anybody signed them: nobody looked that far."""
    await expect_refusal(alpha, mallory.post(alpha, body, mallory.key(eve)), reason)
    unsigned = Request("POST", "/inbox", (("Content-Type", ACTIVITY),), body)
    await expect_refusal(alpha, unsigned, reason)


async def test_a037_a_member_that_comes_twice_is_refused_before_the_signature(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    body = follow(alpha, mallory, eve)
    actor = f'"actor":"{eve}"'.encode()
    assert actor in body
    for twice in (
        actor + b"," + actor,
        b'"actor":"' + alpha.admin.actor.encode() + b'",' + actor,
        actor + b',"\\u0061ctor":"' + alpha.admin.actor.encode() + b'"',
        actor.replace(b'"actor"', b'"\\u0061\\u0063tor"') + b"," + actor,
        actor + b',"x":{"a":1,"\\u0061":2}',
        actor + b',"x":[{"":1,"":1}]',
    ):
        attack = body.replace(actor, twice)
        await is_refused_unsigned_too(alpha, mallory, eve, attack, Reason.BAD_JSON)
    told = await send(alpha, mallory.post(alpha, body, mallory.key(eve)))
    assert told.status == 202


async def test_a037_a_member_in_other_letters_is_no_member(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    for name in ("Actor", "ACTOR", "actor ", "\u0430ctor", "act\u200bor", "actor\u0000"):
        activity = {**mallory.follow(eve, alpha.admin.actor), name: alpha.admin.actor}
        await mallory.is_refused(alpha, activity, Reason.BAD_SHAPE)
    body = follow(alpha, mallory, eve).replace(b'"actor":', b'"\\u0061ctor" : ')
    assert (await send(alpha, mallory.post(alpha, body, mallory.key(eve)))).status == 202


async def test_a038_numbers_that_are_none_are_refused(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    note = mallory.sign(mallory.create(eve, mallory.note(eve)), mallory.key(eve))
    body = canonical.encode(note)
    assert b'"version":1' in body
    for number in (
        "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1E999999999", "9007199254740992",
        "-9007199254740992", "9" * 5000, "1e16", "01", "+1", ".5", "1.", "0x10", "1_000", "nan",
    ):  # fmt: skip
        attack = body.replace(b'"version":1', f'"version":{number}'.encode())
        await is_refused_unsigned_too(alpha, mallory, eve, attack, Reason.BAD_JSON)
    for number in ("1.0", "1e0", "10e-1", "-1", "0", "true", '"1"', "null", "1.5"):
        attack = body.replace(b'"version":1', f'"version":{number}'.encode())
        told = await expect_refusal(
            alpha, mallory.post(alpha, attack, mallory.key(eve)), Reason.BAD_SHAPE
        )
        assert told.status == 400
    assert (await send(alpha, mallory.post(alpha, body, mallory.key(eve)))).status == 202


async def test_a080_deep_nesting_is_refused_before_it_is_parsed(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    body = follow(alpha, mallory, eve)
    deep = b"[" * 65 + b"]" * 65
    for attack in (
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'[{"":' * 100_000,
        body.replace(b'"to":', b'"x":' + deep + b',"to":'),
        body.replace(b'"to":', b'"x":"\\"",' + b'"y":' + deep + b',"to":'),
    ):
        began = time.perf_counter()
        await is_refused_unsigned_too(alpha, mallory, eve, attack, Reason.TOO_DEEP)
        assert time.perf_counter() - began < 5
    open_end = body[:-1] + b',"x":"' + b"[" * 100_000
    await is_refused_unsigned_too(alpha, mallory, eve, open_end, Reason.BAD_JSON)
    brackets = mallory.create(eve, mallory.note(eve, {"content": "[{" * 2000}))
    assert (await send(alpha, mallory.letter(alpha, brackets))).status == 202


async def test_bytes_that_are_no_json_are_refused(alpha: Node, mallory: Rogue, eve: str) -> None:
    body = follow(alpha, mallory, eve)
    text = body.decode()
    for attack in (
        b"",
        b" ",
        b"null",
        b"[]",
        b'"text"',
        b"[" + body + b"]",
        body + body,
        body[:-1],
        body + b"\0",
        b"\xef\xbb\xbf" + body,
        text.encode("utf-16"),
        text.encode("utf-32"),
        body.replace(b'"Follow"', b'"Foll\xffow"'),
        body.replace(b'"Follow"', b'"Foll\xc0\x80ow"'),
        body.replace(b'"Follow"', b'"Foll\xed\xa0\x80ow"'),
        body.replace(b'"Follow"', b'"\\ud800"'),
        body.replace(b'"Follow"', b'"\\udc00\\ud800"'),
        body.replace(b'"Follow"', b'"Fol\nlow"'),
        body.replace(b'"Follow"', b"'Follow'"),
        body.replace(b'"Follow"', b'"Follow"/**/'),
        body[:-1] + b",}",
        body.replace(b'"type"', b"type"),
    ):
        assert attack != body
        await is_refused_unsigned_too(alpha, mallory, eve, attack, Reason.BAD_JSON)
    spaced = json.dumps(json.loads(body), indent=2).encode()
    assert (await send(alpha, mallory.post(alpha, spaced, mallory.key(eve)))).status == 202


async def test_a_type_that_is_no_type_is_refused(alpha: Node, mallory: Rogue, eve: str) -> None:
    follow = mallory.follow(eve, alpha.admin.actor)
    types: list[JSON] = ["Block", "Move", "Announce", "", "follow", ["Follow"], 7, None, {}, True]
    for type_ in types:
        await mallory.is_refused(alpha, {**follow, "type": type_}, Reason.BAD_SHAPE)
    for bare in ("Note", "Person", "Tombstone", "OrderedCollection"):
        told = await send(alpha, mallory.letter(alpha, {**follow, "type": bare}))
        assert (told.status, told.reason) == (400, "bad_shape")
    await mallory.is_done(alpha, follow)


async def test_another_media_type_is_refused_unread(alpha: Node, mallory: Rogue, eve: str) -> None:
    letter = mallory.post(alpha, follow(alpha, mallory, eve), mallory.key(eve))
    for media_type in ("text/plain", "application/json", "text/html", "multipart/form-data", ""):
        attack = letter.having(content_type=media_type)
        await expect_refusal(alpha, attack, Reason.UNSUPPORTED_MEDIA_TYPE)
    assert (await send(alpha, letter)).status == 202
