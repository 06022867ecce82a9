"""A partner's questions that are wrong in every way that the door for machines has a word for."""

import hashlib
import shutil

import pytest

from node.actions.identity import get_service_identity
from node.federation import inbox
from protocol.canonical import b64
from protocol.outbound import LINES
from tests.attacks.speaking import Key, Request, send, signed
from tests.node.spaces.schools import Shared
from tests.nodes import Node

HOUR_MS = 3_600_000
MORE_THAN_ANYBODY = 120
"""So many questions at once of somebody without a name are too many."""
ACTOR = Request("GET", "/actor", ())


async def ask_wrongly(shared: Shared, hub: Node) -> bytes:
    """All that alpha and the hub answered to beta, who is a member and signs by its own key."""
    alpha, beta, heard = shared.alpha, shared.beta, bytearray()
    own = await get_service_identity(beta.context)
    key, ours = Key(own.key_id, own.signer), await get_service_identity(alpha.context)
    now_ms, below = alpha.clock.now_ms(), f"/spaces/{shared.space}"

    def get(target: str) -> Request:
        return signed("GET", alpha.url, target, key, now_ms)

    def post(body: bytes, digest: str | None = None) -> Request:
        return signed("POST", alpha.url, "/inbox", key, now_ms, body, digest=digest)

    bring = signed(
        "POST", alpha.url, f"{below}/inbox", key, now_ms, b'{"v": 9}\n', media_type=LINES
    )
    heads, nothing = get(f"{below}/heads"), b64(hashlib.sha256(b"nothing").digest())
    async with alpha.context.database.read() as reader:
        log = await reader.one("SELECT log FROM logs WHERE space = $1 LIMIT 1", shared.space)
        erased = await reader.one("SELECT op FROM erased WHERE space = $1 LIMIT 1", shared.space)
    assert log is not None
    assert erased is not None
    there = f"{below}/logs/{log['log']}"
    questions = [
        heads,
        heads,
        signed("GET", alpha.url, f"{below}/heads", key, now_ms, covers=("@method",)),
        signed("GET", alpha.url, f"{below}/heads", key, now_ms - HOUR_MS),
        get(f"{below}/payloads?ids={erased['op']}"),
        get(f"{there}?after=3&id={nothing}"),
        get(f"{there}?haves={','.join(f'{at}:{nothing}' for at in range(99))}"),
        post(b"{}", "sha-256=:AAAA:"),
        post(b"[" * 200 + b"]" * 200),
        post(b'{"id": "%s"}' % (b"x" * (1 << 20))),
        signed("GET", alpha.url, f"{below}/heads", Key(ours.key_id, own.signer), now_ms),
        bring,
    ]
    for question in questions:
        heard += (await send(alpha, question)).raw
    heard += (
        await send(hub, signed("GET", hub.url, "/search?q=storks&kind=person", key, now_ms))
    ).raw
    full = shutil.disk_usage("/")._replace(free=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "ACCEPT_DEADLINE_S", 0)
        heard += (await send(alpha, post(b"{}"))).raw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: full)
        heard += (await send(alpha, post(b"{}"))).raw
    for _ in range(MORE_THAN_ANYBODY):
        heard += (await send(alpha, ACTOR)).raw
    return bytes(heard)


async def ask_while_blocked(shared: Shared) -> bytes:
    """What beta is answered when alpha exchanges nothing with it any more."""
    own = await get_service_identity(shared.beta.context)
    key, now_ms = Key(own.key_id, own.signer), shared.alpha.clock.now_ms()
    asked = signed("GET", shared.alpha.url, f"/spaces/{shared.space}/heads", key, now_ms)
    return (await send(shared.alpha, asked)).raw
