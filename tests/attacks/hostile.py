"""A partner's node in the hands of an attacker: it holds its keys and signs what it likes.

`mallory` is such a node, approved by alpha's administrator who knows no better; `stranger` is one
that nobody approved. Each listens, so that a test can tell what it was asked for.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from node.actions import identity, partners
from node.actions.permission import OPERATOR
from node.clock import moment
from node.remote.answer import Answer
from protocol import activities, canonical, documents, names, objects
from protocol.activities import Said
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason
from protocol.keys import fingerprint
from protocol.objects import ActorKey, Written
from tests.attacks.speaking import ACTIVITY, Key, Request, Told, expect_refusal, send, signed
from tests.nodes import FLEETING, Node, VirtualClock, settle

QUEUE = frozenset({*FLEETING, "inbox", "replication"})
"""What an authentic activity changes even when it is judged to do nothing: it stands in the queue,
and the partner gave a sign of life, so that what waits for it is tried again."""

_LIMITS: JSONObject = {
    "document_bytes": 1_048_576,
    "header_bytes": 4096,
    "payload_bytes": 262_144,
    "batch_operations": 500,
    "batch_bytes": 1_048_576,
    "requests_per_5_minutes": 300,
    "request_burst": 100,
    "signature_window_s": 300,
    "clock_ahead_s": 3600,
}


@dataclass
class Rogue:
    """Where it listens, what it answers by path (`taken` to a POST), after how many seconds where
    it is `slow`, and what it was asked."""

    clock: VirtualClock
    node: str
    port: int = 0
    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    letters: list[JSONObject] = field(default_factory=list)
    taken: bytes = b""
    connections: int = 0
    slow: dict[str, float] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> Key:
        """The key of its service actor."""
        return self.key(names.service_actor_id(self.base))

    def now(self) -> datetime:
        return moment(self.clock.now_ms())

    def key(self, actor: str, number: int = 1) -> Key:
        """The key that this actor really has."""
        return Key.of(names.key_id(actor, number))

    def name(self) -> str:
        """A fresh name of 22 characters."""
        return b64(next(self._numbers).to_bytes(16, "big"))

    def written(self, version: int = 1) -> Written:
        return Written(self.now(), self.now(), version)

    # Documents

    def sign(self, document: JSONObject, by: Key) -> JSONObject:
        return documents.sign_document(document, by.signer, by.id, self.now())

    def serve(self, document: JSONObject, media_type: str = ACTIVITY) -> None:
        """Answer with this document at the address that it names."""
        path = str(document["id"]).removeprefix(self.base)
        self.answers[path] = answer(canonical.encode(document), media_type)

    def profile(
        self,
        handle: str,
        changes: JSONObject | None = None,
        *,
        by: Key | None = None,
        listing: list[Key] | None = None,
    ) -> JSONObject:
        """A person's signed document; `changes` replaces its members."""
        url = names.person_id(self.base, handle)
        keys = [self.key(url)] if listing is None else listing
        document = objects.person(
            url,
            self.written(),
            handle=handle,
            name=handle.title(),
            school=f"{self.base}/schools/main",
            keys=[ActorKey(one.id, one.signer.public.multikey) for one in keys],
        )
        return self.sign(document | (changes or {}), by or self.key(url))

    def person(self, handle: str) -> str:
        """Somebody who lives there and can be fetched; the id."""
        self.serve(self.profile(handle))
        return names.person_id(self.base, handle)

    def note(
        self, author: str, changes: JSONObject | None = None, *, reader: str = ""
    ) -> JSONObject:
        """A signed public note, with `reader` a letter; `changes` replaces its members."""
        url = names.note_id(self.base, self.name())
        document = objects.note(
            url, self.written(), author=author, text="We begin.", language="en", reader=reader
        )
        return self.sign(document | (changes or {}), self.key(author))

    def tombstone(self, former: JSONObject, changes: JSONObject | None = None) -> JSONObject:
        """The tombstone of a document, signed by the owner that it names."""
        buried = objects.tombstone(former, self.now()) | (changes or {})
        return self.sign(buried, self.key(str(buried["attributedTo"])))

    # Activities

    def said(self, actor: str) -> Said:
        return Said(names.activity_id(self.base, self.name()), actor, self.now())

    def create(self, actor: str, document: JSONObject) -> JSONObject:
        return activities.create(self.said(actor), document)

    def update(self, actor: str, document: JSONObject) -> JSONObject:
        return activities.update(self.said(actor), document)

    def delete(self, actor: str, tombstone: JSONObject) -> JSONObject:
        return activities.delete(self.said(actor), tombstone)

    def follow(self, actor: str, target: str) -> JSONObject:
        return activities.follow(self.said(actor), target)

    # Sending

    def letter(
        self,
        node: Node,
        activity: JSONObject,
        *,
        by: Key | None = None,
        proof_by: Key | None = None,
    ) -> Request:
        """A signed POST to the inbox of `node`, as an honest node would send it."""
        key = by or self.key(str(activity["actor"]))
        body = canonical.encode(self.sign(activity, proof_by or key))
        return self.post(node, body, key)

    def post(self, node: Node, body: bytes, by: Key, target: str = "/inbox") -> Request:
        return signed("POST", node.url, target, by, self.clock.now_ms(), body)

    def get(self, node: Node, target: str, by: Key | None = None) -> Request:
        """A signed GET, by the service actor."""
        return signed("GET", node.url, target, by or self.service, self.clock.now_ms())

    async def is_refused(
        self,
        node: Node,
        activity: JSONObject,
        reason: Reason,
        *,
        by: Key | None = None,
        proof_by: Key | None = None,
    ) -> Told:
        """Refused at the door, although it is signed as it should be (or by these keys)."""
        return await expect_refusal(
            node, self.letter(node, activity, by=by, proof_by=proof_by), reason
        )

    async def is_done(self, node: Node, activity: JSONObject) -> None:
        """Taken, judged and performed."""
        assert await self.told(node, activity) == ("done", "")

    async def told(self, node: Node, activity: JSONObject) -> tuple[str, str]:
        """Taken by the door; how the worker judged it in the end: state and reason."""
        told = await send(node, self.letter(node, activity))
        assert told.status == 202, told.body
        return await outcome(node, str(activity["id"]))


async def outcome(node: Node, activity: str) -> tuple[str, str]:
    """What became of an activity that was taken, after every further try: state and reason."""
    for _ in range(6):
        await settle(node)
        async with node.context.database.read() as reader:
            row = await reader.one("SELECT state, reason FROM inbox WHERE id = $1", activity)
        assert row is not None, "nothing of this id was taken"
        if row["state"] != "waiting":
            return row["state"], row["reason"]
        node.clock.advance(days=1)
    raise AssertionError("it is tried again and again")


async def document(node: Node, id_: str) -> JSONObject:
    """What the node keeps under this id."""
    async with node.context.database.read() as reader:
        row = await reader.one("SELECT document FROM objects WHERE id = $1", id_)
    assert row is not None, "nothing is kept under this id"
    kept: JSONObject = json.loads(row["document"])
    return kept


async def ask(node: Node, url: str, origin: str) -> Answer:
    """What the node's own client is answered, asking as its service actor."""
    as_ = await identity.get_service_identity(node.context)
    return await node.context.client.get(url, origin=origin, as_=as_)


def answer(body: bytes, media_type: str = ACTIVITY, status: str = "200 OK") -> bytes:
    """A well-formed HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


ACCEPTED = answer(b"", status="202 Accepted")
MISSING = answer(b"{}", status="404 Not Found")


@asynccontextmanager
async def rogue(clock: VirtualClock, node: str = "e" * 32) -> AsyncIterator[Rogue]:
    """A hostile node that listens, with a service actor that can be looked up."""
    here = Rogue(clock, node)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split(" ", 2)
            here.asked.append(path)
            here.heads.append(head)
            if method == "POST":
                length = head.lower().partition("content-length: ")[2].partition("\r\n")[0]
                body = await reader.readexactly(int(length))
                if path == "/inbox":
                    here.letters.append(canonical.read_object(body))
            kept = here.answers.get(path) or here.answers.get(path.partition("?")[0], MISSING)
            await asyncio.sleep(here.slow.get(path, 0))
            writer.write((here.taken or ACCEPTED) if method == "POST" else kept)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    describe(here)
    try:
        yield here
    finally:
        server.close()
        await server.wait_closed()


def describe(here: Rogue) -> None:
    """What a node says of itself to anybody (PROTOCOL.md, Discovery)."""
    actor = names.service_actor_id(here.base)
    school = f"{here.base}/schools/main"
    key = here.service
    here.serve(
        here.sign(
            objects.application(
                actor,
                here.written(),
                node=here.node,
                name="School Mallory",
                keys=[ActorKey(key.id, key.signer.public.multikey)],
                school=school,
            ),
            key,
        )
    )
    discovery: JSONObject = {
        "versions": ["v1"],
        "node": here.node,
        "actor": actor,
        "software": {"name": "schoolgate", "version": "0.1.0"},
        "endpoints": {
            "inbox": f"{here.base}/inbox",
            "changes": f"{here.base}/changes",
            "spaces": f"{here.base}/spaces",
        },
        "limits": _LIMITS,
        "features": ["contacts", "messages", "projects", "spaces", "changes"],
    }
    body = json.dumps(discovery).encode()
    here.answers["/.well-known/schoolgate"] = answer(body, "application/json")


async def befriend(node: Node, here: Rogue) -> None:
    """The administrator of `node` adds and approves it."""
    found = await partners.add(node.context, OPERATOR, here.base)
    assert found.fingerprint == fingerprint(here.service.signer.public)
    await partners.approve(node.context, OPERATOR, found.origin, found.fingerprint)
    here.asked.clear()
    here.connections = 0
