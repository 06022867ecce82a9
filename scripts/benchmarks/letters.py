"""`scripts/bench/letters`: signed documents into `POST /inbox`, beside a bare signed POST.

Each letter is a teacher's profile of some two kilobytes in an Update, with its proof, in a request
of its own. Signatures are made before the clock runs and requests are written as bytes, so that
both sides cost what the server does. The second table sets signing such a document against PyNaCl
and orjson alone.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from nacl.signing import SigningKey

import schemas
from node import events
from node.actions import identity, people, publish
from node.actions.actors import Profile
from node.actions.context import Context
from node.clock import SystemClock
from node.remote.client import Identity
from node.storage import accounts, objects
from protocol import activities, documents, names, outbound, requests
from protocol.canonical import JSONObject
from protocol.keys import Signer
from protocol.shapes import SchemaBook
from scripts.benchmarks import report
from scripts.benchmarks.bare import bare_door
from scripts.benchmarks.cost import Cost, counted, spent
from scripts.benchmarks.nodes import running
from scripts.benchmarks.serving import MANY_REQUESTS, make_partners

CONNECTIONS = 8
SIGNED_AT_ONCE = 200


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--letters", type=int, default=400)
    asked.add_argument("--rounds", type=int, default=5)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.letters, chosen.rounds))


async def _run(folder: Path, count: int, rounds: int) -> None:
    book = SchemaBook(schemas.read_all())
    clock = SystemClock()
    async with (
        running(folder / "one", "One", clock, environment=MANY_REQUESTS, book=book) as sender,
        running(folder / "other", "Other", clock, environment=MANY_REQUESTS, book=book) as school,
        bare_door(sender) as bare,
    ):
        await make_partners(sender, school)
        actor, document = await _describe(sender)
        async with sender.database.read() as reader:
            person = await identity.get_identity(sender, reader, actor)
            service = await identity.get_identity(
                sender, reader, names.service_actor_id(sender.base)
            )
        # The first letter makes the teacher known.
        await _send(school.base, [await _letter(sender, actor, document, school.base, person)])
        taken: list[Cost] = []
        least: list[Cost] = []
        for _ in range(rounds):
            letters = [
                await _letter(sender, actor, document, school.base, person) for _ in range(count)
            ]
            with spent() as cost:
                await _send(school.base, letters)
            taken.append(cost)
            bodies = [await _body(sender, actor, document) for _ in range(count)]
            letters = [_request(sender, bare, body, service) for body in bodies]
            with spent() as cost:
                await _send(bare, letters)
            least.append(cost)
        letter = await _letter(sender, actor, document, school.base, person)
        with counted() as looks:
            await _send(school.base, [letter])
        async with school.database.read() as reader:
            lost = 2 + count * rounds - await reader.count("SELECT count(*) FROM inbox")
    _tell(count, rounds, lost, looks.visits, taken, least, _sign(document, person.signer))


async def _describe(sender: Context) -> tuple[str, JSONObject]:
    """A teacher, and the next version of a profile of some length."""
    async with sender.database.read() as reader:
        account = await accounts.find_by_handle(reader, "admin")
    if account is None:
        raise LookupError("nobody teaches here")
    about = ("Storks, rivers and what flies over them. " * 24).strip()
    profile = Profile("Ana Silva", about=about, about_language="en", reach="public")
    await people.update_profile(sender, account, profile)
    async with sender.database.read() as reader:
        stored = await objects.find(reader, account.actor)
    if stored is None:
        raise LookupError("the teacher has no profile")
    return account.actor, stored.document


async def _body(sender: Context, actor: str, document: JSONObject) -> bytes:
    activity = activities.update(publish.saying(sender, actor), document)
    async with sender.database.read() as reader:
        signed = await identity.sign(sender, reader, activity, actor)
    return outbound.release(sender.book, signed).body


async def _letter(
    sender: Context, actor: str, document: JSONObject, base: str, person: Identity
) -> bytes:
    return _request(sender, base, await _body(sender, actor, document), person)


def _request(sender: Context, base: str, body: bytes, speaker: Identity) -> bytes:
    """A signed request as it goes over the wire."""
    kind = "application/activity+json"
    signed = requests.sign_request(
        method="POST",
        target_uri=f"{base}/inbox",
        key_id=speaker.key_id,
        signer=speaker.signer,
        created=sender.now_ms() // 1000,
        nonce=sender.chance.octets(requests.NONCE_BYTES),
        body=body,
        content_type=kind,
    )
    head = {"Host": base.rpartition("/")[2], "Content-Type": kind, "Content-Length": len(body)}
    lines = [f"{name}: {value}" for name, value in {**head, **signed}.items()]
    return "\r\n".join(["POST /inbox HTTP/1.1", *lines, "", ""]).encode() + body


async def _send(base: str, letters: Sequence[bytes]) -> None:
    await asyncio.gather(*(_speak(base, letters[one::CONNECTIONS]) for one in range(CONNECTIONS)))


async def _speak(base: str, letters: Sequence[bytes]) -> None:
    """One letter after the other on one connection."""
    host, _, port = base.rpartition("/")[2].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for one in letters:
        writer.write(one)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        answer = await reader.readexactly(length)
        if b" 202 " not in head:
            raise RuntimeError(f"the door answered {head + answer!r}")
    writer.close()
    await writer.wait_closed()


def _sign(document: JSONObject, signer: Signer) -> tuple[float, float, int]:
    """Seconds of the core to sign a document, and to sign it bare; and its length."""
    created = datetime.now(UTC)
    key, key_id = SigningKey(bytes(32)), f"{document['id']}#key"
    octets = orjson.dumps(document)
    ours = _least(lambda: documents.sign_document(document, signer, key_id, created))
    bare = _least(lambda: key.sign(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)))
    return ours, bare, len(octets)


def _least(work: Callable[[], object]) -> float:
    """The least of several tries, for one of them."""
    tries = []
    for _ in range(7):
        began = time.thread_time()
        for _ in range(SIGNED_AT_ONCE):
            work()
        tries.append((time.thread_time() - began) / SIGNED_AT_ONCE)
    return min(tries)


def _tell(
    count: int,
    rounds: int,
    lost: int,
    looks: int,
    taken: list[Cost],
    least: list[Cost],
    signing: tuple[float, float, int],
) -> None:
    ours, bare = (report.share([one.taken_s for one in costs], 0.5) for costs in (taken, least))
    core, bare_core = (report.share([one.core_s for one in costs], 0.5) for costs in (taken, least))
    rows: list[tuple[str, ...]] = [("", "letters/s", "us of the core each", "visits each")]
    for what, seconds, core_s, visits in (
        ("bare signed POST", bare, bare_core, 0),
        ("POST /inbox", ours, core, looks),
    ):
        rows.append((what, f"{count / seconds:.0f}", f"{core_s / count * 1e6:.0f}", str(visits)))
    report.show(f"Letters, {rounds} rounds of {count}", rows)
    print(f"\nratio: {bare / ours:.2f} (goal 0.50); letters lost: {lost}")
    sign_s, bare_s, octets = signing
    report.show(
        f"A signature of a document of {octets} bytes",
        [
            ("", "us of the core"),
            ("PyNaCl and orjson", f"{bare_s * 1e6:.1f}"),
            ("canonical form and proof", f"{sign_s * 1e6:.1f}"),
        ],
    )
    print(f"\nratio: {sign_s / bare_s:.2f} (goal 1.50)")
    report.tell(
        {
            "bench": "letters",
            "lost": lost,
            "ratio": round(bare / ours, 2),
            "ratio_of_core": round(bare_core / core, 2),
            "visits": looks,
            "signing_ratio": round(sign_s / bare_s, 2),
        }
    )


if __name__ == "__main__":
    main()
