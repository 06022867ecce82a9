"""What a member school's node answers when this replica asks: it can lie, and changes nothing."""

import pytest

from node.actions import forum
from protocol import canonical
from protocol.canonical import JSON, JSONObject, b64
from protocol.space import operation, writing
from protocol.space.log import LogHead
from protocol.space.writing import Place
from tests.attacks.founding import Shared
from tests.attacks.hand import OTHER, Hand, lines, node_of, posts
from tests.attacks.hostile import Rogue, answer
from tests.nodes import Node, settle

LINES = "application/x-ndjson"
HASH = b64(b"\5" * 32)


def says(mallory: Rogue, shared: Shared, path: str, body: bytes, media_type: str = LINES) -> None:
    mallory.answers[f"/spaces/{shared.space}/{path}"] = answer(body, media_type)


def heads(shared: Shared, **changes: JSON) -> bytes:
    value: JSONObject = {
        "space": shared.space,
        "logs": {},
        "control": shared.space,
        "erasures": {},
        "digest": HASH,
        "settled": shared.space,
        "votes": "",
        **changes,
    }
    return canonical.encode(value)


async def changes_nothing(alpha: Node, shared: Shared) -> None:
    """Whatever was said, the node comes to rest, keeps what it has, and people can write."""
    operations, shown = await alpha.count("operations"), await posts(alpha)
    alpha.clock.advance(days=1)
    await settle(alpha)
    assert await alpha.count("operations") == operations
    assert await posts(alpha) == shown
    row = await _exchange(alpha, shared)
    assert row[0] != ""


async def _exchange(alpha: Node, shared: Shared) -> tuple[str, int]:
    async with alpha.context.database.read() as reader:
        row = await reader.one(
            "SELECT why, next_ms FROM replication WHERE space = $1 AND origin <> $2",
            shared.space,
            alpha.url,
        )
    assert row is not None
    return row["why"], row["next_ms"]


async def test_heads_that_are_none_are_waited_out(
    alpha: Node, mallory: Rogue, shared: Shared
) -> None:
    log = f"c/{mallory.node}/0"
    fine: JSON = {"seq": 1, "id": HASH}
    many: dict[str, JSON] = {f"c/{mallory.node}/{number}": fine for number in range(2_001)}
    spoiled = [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        heads(shared)[:-1] + b',"digest":"x"}',
        heads(shared)[:-1] + b',"x":NaN}',
        heads(shared, space=HASH),
        heads(shared, logs=[]),
        heads(shared, logs={"x": fine}),
        heads(shared, logs={"c/../../etc/0": fine}),
        heads(shared, logs={log: {"seq": -1, "id": HASH}}),
        heads(shared, logs={log: {"seq": 2**53 - 1, "id": "x"}}),
        heads(shared, logs={log: {"seq": "1", "id": HASH}}),
        heads(shared, logs={log: {"seq": 1, "id": HASH, "fork": ["a", "b"]}}),
        heads(shared, logs={log: None}),
        heads(shared, logs=many),
        heads(shared, erasures={"x": HASH}),
        heads(shared, digest=7),
        b"x" * 3_000_000,
    ]
    for body in spoiled:
        says(mallory, shared, "heads", body, "application/json")
        await changes_nothing(alpha, shared)


async def test_a_log_that_is_promised_and_never_shown_keeps_nobody_busy(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    node = await node_of(alpha)
    log = f"c/{mallory.node}/0"
    promised: JSON = {"seq": 1_000_000, "id": HASH}
    says(mallory, shared, "heads", heads(shared, logs={log: promised}), "application/json")
    role = hand.role()
    theirs = Place(shared.space, LogHead(f"c/{node}/9"), shared.space, alpha.clock.now_ms())
    forged = operation.write(writing.acknowledge(theirs), None, OTHER)
    unsigned = operation.Operation(
        role.header_bytes, role.header, b"\0" * 64, role.payload, role.id
    )
    for body in (
        b"",
        b"not lines",
        b"{}\n" * 600,
        lines(forged),
        lines(unsigned),
        lines(forged, unsigned),
        lines(hand.thread(9)),
        b"\xff\xfe\n",
    ):
        says(mallory, shared, f"logs/{log}", body)
        mallory.asked.clear()
        await changes_nothing(alpha, shared)
        assert len(mallory.asked) < 100
    says(mallory, shared, f"logs/{log}", lines(role))
    alpha.clock.advance(days=1)
    before = await alpha.count("operations")
    await settle(alpha)
    assert await alpha.count("operations") == before + 1


async def test_a_partner_that_claims_all_is_well_does_not_stop_the_spreading(
    alpha: Node, mallory: Rogue, shared: Shared
) -> None:
    says(mallory, shared, "heads", heads(shared), "application/json")
    for taken in (b"", b"[]", b'{"digest":"' + HASH.encode() + b'"}', b'{"digest":7}', b"\0"):
        mallory.taken = answer(taken, "application/json", "202 Accepted")
        await forum.start_thread(
            alpha.context, shared.ana, shared.space, title="On", text="We go on.", language="en"
        )
        alpha.clock.advance(days=1)
        await settle(alpha)
    assert str(await posts(alpha)).count("We go on.") == 5


@pytest.mark.parametrize("status", ["301 Moved", "401 No", "404 Not Found", "410 Gone", "503 Busy"])
async def test_a_refusing_partner_is_tried_later_and_later(
    alpha: Node, mallory: Rogue, shared: Shared, status: str
) -> None:
    path = f"/spaces/{shared.space}/heads"
    mallory.answers[path] = answer(
        b"{}", "application/json", f"{status}\r\nRetry-After: 9999999999"
    )
    mallory.taken = answer(b"{}", "application/json", status)
    for _ in range(4):
        alpha.clock.advance(days=1)
        mallory.asked.clear()
        await settle(alpha)
        assert len(mallory.asked) <= 6
        _, next_ms = await _exchange(alpha, shared)
        assert next_ms - alpha.clock.now_ms() <= 86_400_000
