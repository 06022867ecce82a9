"""Files that stay at their school, as those ask for them who may not, and as a school lies."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace

import pytest

from node.actions import materials
from node.actions.materials import Said
from node.federation import views as door
from protocol import canonical
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason
from protocol.space.vocabulary import reference
from tests.attacks.founding import Shared
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import Key, Request, expect_refusal, send, signed
from tests.files import film
from tests.node.spaces.bringing import bring
from tests.node.spaces.viewing import FILM, MIB
from tests.nodes import FLEETING

JSON = "application/json"
FILE = "A" * 22
TICKET = "3q2-7wAAAAECAwQFBgcICQoLDA0ODxAR"
OCTETS = film(300_000)


async def publish(shared: Shared, octets: bytes = OCTETS, said: Said = FILM) -> str:
    """Ana publishes a film that stays at alpha; its reference."""
    ready = await bring(shared.alpha, shared.ana, shared.space, said.name, octets)
    (file,) = await materials.publish(
        shared.alpha.context, shared.ana, shared.space, [(ready.id, said)]
    )
    return file


def wish(
    shared: Shared, by: Rogue, file: object, *, space: str = "", key: Key | None = None
) -> Request:
    """The signed request of a ticket."""
    body = json.dumps({"object": file}).encode()
    path = f"/spaces/{space or shared.space}/views"
    now_ms = by.clock.now_ms()
    return signed("POST", shared.alpha.url, path, key or by.service, now_ms, body, media_type=JSON)


async def ticket_for(shared: Shared, mallory: Rogue, file: str) -> str:
    told = await send(shared.alpha, wish(shared, mallory, file))
    assert told.status == 201, told.body
    return str(json.loads(told.body)["ticket"])


def use(shared: Shared, by: Rogue, ticket: str, part: str = "", **fields: str) -> Request:
    """The signed request of the bytes for a ticket."""
    asked = by.get(shared.alpha, f"/spaces/{shared.space}/views/{ticket}{part}")
    for name, value in fields.items():
        asked = asked.adding(name, value)
    return asked


async def is_seen(shared: Shared, by: Rogue, ticket: str) -> None:
    told = await send(shared.alpha, use(shared, by, ticket))
    assert (told.status, told.body) == (200, OCTETS)


async def absent(shared: Shared, request: Request) -> bytes:
    """The one answer that everything gets which is not to be seen."""
    told = await expect_refusal(shared.alpha, request, Reason.NOT_FOUND, but=FLEETING)
    return told.body


async def test_only_a_member_gets_a_ticket(
    shared: Shared, mallory: Rogue, third: Rogue, stranger: Rogue
) -> None:
    file = await publish(shared)
    nowhere = await absent(shared, wish(shared, mallory, file, space="A" * 43))
    assert await absent(shared, wish(shared, third, file)) == nowhere
    await expect_refusal(shared.alpha, wish(shared, stranger, file), Reason.UNKNOWN_KEY)
    # A person of a member's school is no member's node.
    eve = mallory.key(shared.eve)
    assert await absent(shared, wish(shared, mallory, file, key=eve)) == nowhere
    bare = wish(shared, mallory, file).without("signature").without("signature-input")
    await expect_refusal(shared.alpha, bare, Reason.MISSING_SIGNATURE)
    await is_seen(shared, mallory, await ticket_for(shared, mallory, file))


async def test_whatever_is_no_file_that_stays_here_is_not_there(
    shared: Shared, mallory: Rogue
) -> None:
    stays = await publish(shared)
    goes = await publish(shared, film(1_000), replace(FILM, residency="shared"))
    gone = await publish(shared, film(2_000))
    await materials.erase(shared.alpha.context, shared.ana, shared.space, gone)
    home = stays.partition("/")[0]
    asked = [goes, gone, reference(home, FILE), reference(mallory.node, stays.partition("/")[2])]
    answers = {await absent(shared, wish(shared, mallory, one)) for one in asked}
    assert len(answers) == 1
    await is_seen(shared, mallory, await ticket_for(shared, mallory, stays))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"object": "../../etc/passwd"},
        {"object": 7},
        {"object": f"{'a' * 32}/{FILE}", "actor": "https://beta.example/people/bob"},
        {"object": [f"{'a' * 32}/{FILE}"] * 10_000},
    ],
)
async def test_a_request_names_one_file_and_no_person(
    shared: Shared, mallory: Rogue, body: JSONObject
) -> None:
    octets = canonical.encode(body)
    path = f"/spaces/{shared.space}/views"
    now_ms = mallory.clock.now_ms()
    request = signed(
        "POST", shared.alpha.url, path, mallory.service, now_ms, octets, media_type=JSON
    )
    reason = Reason.TOO_LARGE if len(octets) > 1_000 else Reason.BAD_SHAPE
    await expect_refusal(shared.alpha, request, reason, but=FLEETING)


async def test_a_request_counts_once(shared: Shared, mallory: Rogue) -> None:
    file = await publish(shared)
    asked = wish(shared, mallory, file)
    assert (await send(shared.alpha, asked)).status == 201
    await expect_refusal(shared.alpha, asked, Reason.REPLAYED, but=FLEETING)
    seen = use(shared, mallory, await ticket_for(shared, mallory, file))
    assert (await send(shared.alpha, seen)).status == 200
    await expect_refusal(shared.alpha, seen, Reason.REPLAYED, but=FLEETING)


async def test_a_ticket_is_its_nodes_own_and_for_one_file_and_for_ten_minutes(
    shared: Shared, mallory: Rogue, third: Rogue, stranger: Rogue
) -> None:
    file = await publish(shared)
    ticket = await ticket_for(shared, mallory, file)
    nowhere = await absent(shared, use(shared, mallory, "A" * 32))
    assert await absent(shared, use(shared, third, ticket)) == nowhere
    await expect_refusal(shared.alpha, use(shared, stranger, ticket), Reason.UNKNOWN_KEY)
    for wrong in (ticket[:-1], ticket + "A", ticket.swapcase(), b64(ticket.encode())):
        assert await absent(shared, use(shared, mallory, wrong)) == nowhere
    # A film has no small picture, whoever asks.
    assert await absent(shared, use(shared, mallory, ticket, "/thumbnail")) == nowhere
    elsewhere = mallory.get(shared.alpha, f"/spaces/{'A' * 43}/views/{ticket}")
    assert await absent(shared, elsewhere) == nowhere
    await is_seen(shared, mallory, ticket)
    shared.alpha.clock.advance(seconds=599)
    await is_seen(shared, mallory, ticket)
    shared.alpha.clock.advance(seconds=1)
    assert await absent(shared, use(shared, mallory, ticket)) == nowhere


async def test_a_hash_opens_nothing_that_stays_here(shared: Shared, mallory: Rogue) -> None:
    file = await publish(shared)
    async with shared.alpha.context.database.read() as reader:
        row = await reader.one("SELECT sha256 FROM home_files")
    assert row is not None
    path = f"/spaces/{shared.space}/blobs"
    told = [
        await send(shared.alpha, mallory.get(shared.alpha, f"{path}/{sha256}"))
        for sha256 in (row["sha256"], b64(bytes(32)))
    ]
    assert told[0].status == told[1].status == 404
    assert told[0].body == told[1].body
    # The same bytes as those of a file that goes to all are given by their hash.
    await publish(shared, OCTETS, replace(FILM, residency="shared"))
    twin = await send(shared.alpha, mallory.get(shared.alpha, f"{path}/{row['sha256']}"))
    assert (twin.status, twin.body) == (200, OCTETS)
    assert file


RANGES = [
    "bytes=-",
    "bytes=5-4",
    "bytes=300000-",
    "bytes=99999999999999999999-",
    f"bytes={'9' * 9_000}-",
    "bytes=0-1,2-3",
    "bytes=0-0,-1,5-5" + ",7-7" * 500,
    "bytes=-1-2",
    "lines=0-1",
    "bytes=a-b",
]


@pytest.mark.parametrize("range_", RANGES)
async def test_a_range_that_is_none_is_refused(shared: Shared, mallory: Rogue, range_: str) -> None:
    ticket = await ticket_for(shared, mallory, await publish(shared))
    told = await send(shared.alpha, use(shared, mallory, ticket, Range=range_))
    assert (told.status, told.reason) == (400, "bad_input")
    twin = await send(shared.alpha, use(shared, mallory, ticket, Range="bytes=10-19"))
    assert (twin.status, twin.body) == (206, OCTETS[10:20])
    assert twin.fields["content-range"] == "bytes 10-19/300000"


async def test_what_is_asked_too_often_is_counted_apart(
    shared: Shared, mallory: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await publish(shared)
    while (await send(shared.alpha, wish(shared, mallory, file))).status == 201:
        looks = shared.alpha.context.looks
        monkeypatch.setattr(looks, "take", lambda key, now_ms: 7)
    told = await send(shared.alpha, wish(shared, mallory, file))
    assert (told.status, told.fields["retry-after"]) == (429, "7")
    heads = await send(shared.alpha, mallory.get(shared.alpha, f"/spaces/{shared.space}/heads"))
    assert heads.status == 200


async def test_who_reads_slowly_is_cut_off_and_holds_nobody_up(
    shared: Shared, mallory: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = film(30 * MIB)
    ticket = await ticket_for(shared, mallory, await publish(shared, octets))
    monkeypatch.setattr(door, "GRACE_S", 0.5)
    monkeypatch.setattr(door, "BYTES_PER_S", 1e12)
    monkeypatch.setattr(door, "AT_ONCE", 2)
    host, port = shared.alpha.url.partition("://")[2], shared.alpha.listening.port
    slow = []
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
        writer.write(use(shared, mallory, ticket).raw(host))
        await reader.readexactly(100)
        slow.append((reader, writer))
    told = await send(shared.alpha, use(shared, mallory, ticket))
    assert (told.status, told.reason) == (503, "busy")
    await asyncio.sleep(0.8)
    monkeypatch.setattr(door, "GRACE_S", 30.0)
    told = await send(shared.alpha, use(shared, mallory, ticket, Range="bytes=0-9"))
    assert told.body == octets[:10]
    for reader, writer in slow:
        # What lies in the sockets may still be read, and then it breaks off.
        rest = 0
        with suppress(ConnectionError):
            while piece := await reader.read(MIB):
                rest += len(piece)
        assert rest < 20 * MIB
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
