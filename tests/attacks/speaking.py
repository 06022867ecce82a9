"""Requests put together by hand, sent byte by byte, and what a node said to them."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count

import http_sf

from protocol.canonical import JSONObject, b64
from protocol.digests import content_digest
from protocol.errors import Reason
from protocol.keys import Signer
from protocol.signature_base import Component, Message, Parameters, SignatureInput, signature_base
from protocol.statuses import status_of
from tests.nodes import Node

HANG_GUARD_S = 20.0
ACTIVITY = "application/activity+json"
POST_COVERS = ("@method", "@target-uri", "@authority", "content-type", "content-digest")
GET_COVERS = POST_COVERS[:3]
_numbers = count(1)


@dataclass(frozen=True)
class Told:
    """What a node answered."""

    status: int
    fields: dict[str, str]
    body: bytes
    raw: bytes = field(repr=False)

    @property
    def reason(self) -> str:
        """The reason of a problem document (RFC 9457), empty where there is none."""
        if not self.fields.get("content-type", "").startswith("application/problem+json"):
            return ""
        return str(json.loads(self.body).get("reason", ""))

    @property
    def facts(self) -> JSONObject:
        facts: JSONObject = json.loads(self.body).get("facts", {})
        return facts


@dataclass(frozen=True)
class Request:
    """A request that may be spoiled before it is sent."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes = b""

    def having(self, **changed: str) -> "Request":
        """With these fields exchanged: `content_type="text/plain"`."""
        names = {name.replace("_", "-"): value for name, value in changed.items()}
        kept = [(name, names.pop(name.lower(), value)) for name, value in self.fields]
        return replace(self, fields=(*kept, *names.items()))

    def adding(self, name: str, value: str) -> "Request":
        """With one more field, after those that are there."""
        return replace(self, fields=(*self.fields, (name, value)))

    def without(self, name: str) -> "Request":
        return replace(self, fields=tuple(one for one in self.fields if one[0].lower() != name))

    def get(self, name: str) -> str:
        return next(value for own, value in self.fields if own.lower() == name)

    def raw(self, host: str) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", "Connection: close"]
        if not any(name.lower() == "host" for name, _ in self.fields):
            lines.append(f"Host: {host}")
        lines += [f"{name}: {value}" for name, value in self.fields]
        if self.body or self.method in {"POST", "PUT", "PATCH"}:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "surrogateescape") + self.body


@dataclass(frozen=True)
class Key:
    """A key as somebody names it, and the private half that he really has."""

    id: str
    signer: Signer

    @classmethod
    def of(cls, id_: str, seed: str = "") -> "Key":
        """The key that belongs to this id in all tests, or one of another `seed`."""
        return cls(id_, Signer.from_seed(hashlib.sha256((seed or id_).encode()).digest()))


def signed(
    method: str,
    base: str,
    target: str,
    key: Key,
    at_ms: int,
    body: bytes | None = None,
    *,
    media_type: str = ACTIVITY,
    covers: Sequence[str] | None = None,
    uri: str = "",
    digest: str | None = None,
    fields: Sequence[tuple[str, str]] = (),
    parameters: Mapping[str, str | int | None] | None = None,
) -> Request:
    """A signed request as PROTOCOL.md wants it, unless an argument says otherwise.

    `uri` is the target URI that is signed, `digest` the Content-Digest; `parameters` replace those
    of the signature, None leaves one out.
    """
    own = list(fields)
    if body is not None:
        stated = content_digest(body) if digest is None else digest
        own = [("Content-Type", media_type), ("Content-Digest", stated), *own]
    created = at_ms // 1000
    fresh = hashlib.sha256(f"{at_ms} {target} {next(_numbers)}".encode()).digest()[:16]
    wanted: dict[str, str | int | None] = {
        "created": created,
        "expires": created + 300,
        "keyid": key.id,
        "alg": "ed25519",
        "nonce": b64(fresh),
        **(parameters or {}),
    }
    kept: Parameters = {name: value for name, value in wanted.items() if value is not None}
    covered = covers if covers is not None else POST_COVERS if body is not None else GET_COVERS
    input_ = SignatureInput([Component(name, {}) for name in covered], kept)
    message = Message([(name.lower(), value) for name, value in own], method, uri or base + target)
    signature = key.signer.sign(signature_base(message, input_))
    own += [
        ("Signature-Input", f"sig1={input_}"),
        ("Signature", http_sf.ser({"sig1": signature})),
    ]
    return Request(method, target, tuple(own), body or b"")


async def send(node: Node, request: Request | bytes) -> Told:
    """Send a request to a node on a connection of its own; what it answered."""
    host = node.url.partition("://")[2]
    raw = request if isinstance(request, bytes) else request.raw(host)
    return read_answer(await talk(node, raw))


async def talk(node: Node, *pieces: bytes) -> bytes:
    """Say `pieces` and read until the node closes; all that it said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", node.listening.port)
    said = bytearray()
    try:
        async with asyncio.timeout(HANG_GUARD_S):
            with suppress(ConnectionError):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
            with suppress(ConnectionError):
                while piece := await reader.read(65_536):
                    said += piece
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return bytes(said)


def read_answer(said: bytes) -> Told:
    """The first answer in what a node said."""
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    assert first.startswith("HTTP/"), said[:200]
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    return Told(int(first.split(" ")[1]), fields, body, said)


async def snapshot(node: Node, *, but: frozenset[str] = frozenset()) -> dict[str, object]:
    """All rows of the node and all of its files, for asserting that nothing changed."""
    files = {
        str(one.relative_to(node.folder.path)): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in sorted(node.folder.path.rglob("*"))
        if one.is_file() and not one.name.startswith(("node.sqlite", "vault.sqlite"))
    }
    vault = await node.dump_vault()
    return {"files": files, "vault": vault, **await node.dump(but=but)}


async def expect_refusal(
    node: Node, request: Request | bytes, reason: Reason, *, but: frozenset[str] = frozenset()
) -> Told:
    """The node refuses this for `reason`, with its status, and nothing changes (but in `but`)."""
    before = await snapshot(node, but=but)
    told = await send(node, request)
    assert (told.reason, told.status) == (str(reason), status_of(reason)), told.body[:500]
    assert await snapshot(node, but=but) == before
    return told
