"""The doors of a space: only member nodes are heard, and each writes for its own school only."""

import msgspec

from node.actions import forum
from node.storage import operations, spaces
from protocol.canonical import b64
from protocol.errors import Reason
from protocol.outbound import LINES
from protocol.space import operation, writing
from protocol.space.log import LogHead
from protocol.space.writing import By, Place
from tests.attacks.founding import Shared
from tests.attacks.hand import (
    ALIAS,
    OTHER,
    TOUCHED,
    Hand,
    bring,
    is_refused,
    is_taken,
    lines,
    node_of,
    posts,
    text,
)
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import Request, expect_refusal, send, snapshot
from tests.nodes import Node


async def test_only_the_service_actor_of_a_member_is_heard(
    alpha: Node, mallory: Rogue, third: Rogue, stranger: Rogue, shared: Shared, hand: Hand
) -> None:
    absent = b64(b"\5" * 32)
    role = hand.role()
    log = f"logs/c/{mallory.node}/0"
    gets = ["heads", log, f"ops/{shared.space}", f"payloads?ids={shared.space}", "erasures"]
    batch = lines(role)
    for part in gets:
        answers = []
        for space in (shared.space, absent):
            path = f"/spaces/{space}/{part}"
            for who, key in ((third, third.service), (mallory, mallory.key(shared.eve))):
                told = await send(alpha, who.get(alpha, path, key))
                answers.append((told.status, told.body))
            unsigned = await send(alpha, Request("GET", path, ()))
            assert (unsigned.status, unsigned.reason) == (401, "missing_signature")
            nobody = await send(alpha, stranger.get(alpha, path))
            assert (nobody.status, nobody.reason) == (401, "unknown_key")
        assert {status for status, _ in answers} == {404}, part
        assert len({body for _, body in answers}) == 1, part
    for part in ("inbox", "erasures", "receipts"):
        for space in (shared.space, absent):
            path = f"/spaces/{space}/{part}"
            for who, key in ((third, third.service), (mallory, mallory.key(shared.eve))):
                attack = bring(alpha, who, path, batch, key)
                await expect_refusal(alpha, attack, Reason.NOT_FOUND)
            strangers = bring(alpha, stranger, path, batch)
            await expect_refusal(alpha, strangers, Reason.UNKNOWN_KEY)
            bare = Request("POST", path, (("Content-Type", LINES),), batch)
            await expect_refusal(alpha, bare, Reason.MISSING_SIGNATURE)
    for part in gets[:3]:
        told = await send(alpha, mallory.get(alpha, f"/spaces/{shared.space}/{part}"))
        assert told.status == 200, (part, told.body)
    await is_taken(alpha, hand, batch)


async def test_a_school_writes_in_its_own_logs_only(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    log = f"c/{await node_of(alpha)}/0"
    async with alpha.context.database.read() as reader:
        head = await operations.find_head(reader, shared.space, log)
    place = Place(shared.space, head, shared.space, alpha.clock.now_ms())
    foreign = operation.write(writing.acknowledge(place), None, shared.signer)
    await is_refused(alpha, hand, lines(foreign), Reason.BAD_SIGNATURE)
    await is_refused(
        alpha, hand, lines(hand.write(writing.acknowledge, by=OTHER)), Reason.BAD_SIGNATURE
    )
    for log, reason in (
        (f"c/{'d' * 32}/0", Reason.NOT_ALLOWED),
        (f"c/{mallory.node}/1", Reason.BAD_OPERATION),
        (f"c/{mallory.node}/9", Reason.NOT_ALLOWED),
    ):
        attack = operation.write(writing.acknowledge(hand.place(log)), None, shared.signer)
        await is_refused(alpha, hand, lines(attack), reason)
    hand.head = LogHead(hand.head.log)
    good, forged = hand.role(), hand.thread()
    spoiled = operation.Operation(
        forged.header_bytes, forged.header, good.signature, forged.payload, forged.id
    )
    await is_refused(alpha, hand, lines(good, spoiled), Reason.BAD_SIGNATURE)
    await is_taken(alpha, hand, lines(good, forged))


async def test_a_header_has_one_spelling(alpha: Node, shared: Shared, hand: Hand) -> None:
    good = hand.role()
    header = good.header_bytes.decode()
    for spoiled in (
        header.replace('{"v":1,', '{"v":1,"v":1,'),
        header.replace('"type":"Role"', '"type":"Role","type":"Role"'),
        header.replace(',"seq":1', ',"seq":1.0'),
        header.replace(',"seq":1', ',"seq":01'),
        header.replace('":', '": ', 1),
        header + " ",
        header[:-1] + ',"zzz":1}',
        header[:-1] + ',"with":[]}',
        header.replace('"object"', '"\\u006fbject"'),
        header.replace('"Role"', '"R\u00f4le"'),
        header.replace('"Role"', '"Rol\u0435"'),
        header.replace('"v":1', '"v":"1"'),
        "[]",
        "",
        "null",
        "{" * 40_000,
    ):
        assert spoiled != header
        octets = spoiled.encode("utf-8")
        line = msgspec.json.encode(
            {
                "header": spoiled,
                "signature": b64(shared.signer.sign(operation.PREFIX + octets)),
                "payload": good.payload,
            }
        )
        await is_refused(alpha, hand, line, Reason.BAD_OPERATION)
    line = operation.to_line(good)
    for body in (
        line.replace(b'"header":', b'"header":"","header":', 1),
        line[:-1] + b',"payload":null}',
        line[:-1] + b',"more":1}',
        b"[" + line + b"]",
        line[:-1],
        b"not json",
        b"\xff\xfe",
    ):
        path = f"/spaces/{shared.space}/inbox"
        before = await snapshot(alpha, but=TOUCHED)
        told = await send(alpha, bring(alpha, hand.mallory, path, body))
        assert (told.status, told.reason) in {(400, "bad_operation"), (400, "bad_json")}, body[:80]
        assert await snapshot(alpha, but=TOUCHED) == before
    newer = header.replace('"v":1', '"v":2').encode()
    later = {
        "header": newer.decode(),
        "signature": b64(shared.signer.sign(operation.PREFIX + newer)),
        "payload": good.payload,
    }
    await is_refused(alpha, hand, msgspec.json.encode(later), Reason.UNSUPPORTED_VERSION)
    await is_taken(alpha, hand, operation.to_line(good))


async def test_a_payload_is_the_one_that_was_signed(
    alpha: Node, shared: Shared, hand: Hand
) -> None:
    role, thread = hand.role(), hand.thread()
    for payload in (text("Other words"), role.payload, thread.payload and thread.payload + " ", ""):
        swapped = operation.Operation(
            thread.header_bytes, thread.header, thread.signature, payload, thread.id
        )
        await is_refused(alpha, hand, lines(role, swapped), Reason.BAD_OPERATION)
    unsalted = '{"language":"en","text":"Guess me","title":"Guess me"}'
    before = await posts(alpha)
    other = Hand(hand.mallory, shared)
    other.head = LogHead(role.header.log, 1, role.id, role.header.time)
    await is_taken(alpha, hand, lines(role))
    bare = other.write(lambda place: writing.thread(place, By(ALIAS), ALIAS), unsalted)
    told = await send(
        alpha,
        bring(alpha, hand.mallory, f"/spaces/{shared.space}/inbox", lines(bare)),
    )
    assert told.status in {202, 400}
    assert b"Guess me" not in str(await posts(alpha)).encode()
    assert len(await posts(alpha)) <= len(before) + 1


async def test_a_gap_and_a_batch_too_large_are_refused(
    alpha: Node, shared: Shared, hand: Hand
) -> None:
    role, first, second = hand.role(), hand.thread(1), hand.thread(2)
    told = await is_refused(alpha, hand, lines(second), Reason.GAP)
    assert told.status == 409
    many = b"\n".join([operation.to_line(role)] * 501)
    await is_refused(alpha, hand, many, Reason.TOO_MANY_ITEMS)
    large = b"\n".join([operation.to_line(role) + b" " * 3_000] * 400)
    await is_refused(alpha, hand, large, Reason.TOO_LARGE)
    await is_refused(
        alpha, hand, operation.to_line(role) + b" " * 900_000 + b"x", Reason.BAD_OPERATION
    )
    await is_taken(alpha, hand, lines(role, first, second))


async def test_an_operation_counts_in_its_own_space_and_in_its_time(
    alpha: Node, shared: Shared, hand: Hand
) -> None:
    role = hand.role()
    elsewhere = msgspec.structs.replace(role.header, space=b64(b"\5" * 32))
    moved = operation.write(elsewhere, role.payload, shared.signer)
    told = await send(
        alpha, bring(alpha, hand.mallory, f"/spaces/{shared.space}/inbox", lines(moved))
    )
    assert told.reason in {"bad_operation", "not_found"}, told.body
    early = msgspec.structs.replace(role.header, time=role.header.time + 2 * 3_600_000)
    ahead = operation.write(early, role.payload, shared.signer)
    await is_refused(alpha, hand, lines(ahead), Reason.CLOCK_AHEAD)
    again = await send(
        alpha, bring(alpha, hand.mallory, f"/spaces/{shared.space}/inbox", lines(shared.genesis))
    )
    assert again.status == 202
    assert await alpha.count("operations WHERE log LIKE 'k/%'") == 1
    await is_taken(alpha, hand, lines(role))


async def test_what_another_school_wrote_is_not_changed_by_this_one(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    node = await node_of(alpha)
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT object, op, actor FROM posts")
    assert row is not None
    before = await posts(alpha)
    name, version, alias = str(row["object"]), str(row["op"]), str(row["actor"])
    role = hand.role()
    attacks = [
        role,
        hand.write(
            lambda place: writing.edit(place, By(ALIAS), name, base=[version]), text("Mine")
        ),
        hand.write(lambda place: writing.thread(place, By(alias), ALIAS), text("As Ana")),
        hand.write(lambda place: writing.thread(place, By(b64(b"\4" * 16)), ALIAS), text("Who?")),
    ]
    await is_taken(alpha, hand, lines(*attacks))
    assert await posts(alpha) == before
    async with alpha.context.database.read() as reader:
        kept = await operations.list_by_id(reader, shared.space, [one.id for one in attacks])
    assert len(kept) == len(attacks)
    # Both founded the space, so each may hide what the other wrote: it comes back unchanged.
    hidden = hand.write(lambda place: writing.hide(place, By(ALIAS), name, home=node))
    await is_taken(alpha, hand, lines(hidden))
    assert await posts(alpha) != before
    shown = hand.write(lambda place: writing.hide(place, By(ALIAS), name, home=node, unhide=True))
    await is_taken(alpha, hand, lines(shown))
    assert await posts(alpha) == before
    await is_taken(alpha, hand, lines(hand.thread(7)))
    assert len(await posts(alpha)) == len(before) + 1


BESIDE = frozenset({"operations", "control_tree", "space_usage"})
"""Where an operation lies that counts nowhere."""


async def test_membership_is_the_stewards_alone(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    node = await node_of(alpha)
    path = f"/spaces/{shared.space}/inbox"
    first = shared.genesis
    after = LogHead(first.header.log, 1, first.id, first.header.time)
    now_ms = alpha.clock.now_ms()
    own = Place(shared.space, LogHead(f"k/{mallory.node}/1"), "", now_ms)
    theirs = Place(shared.space, after, "", now_ms)
    before = await snapshot(alpha, but=TOUCHED | BESIDE)
    async with alpha.context.database.read() as reader:
        state = (await spaces.get(reader, shared.space)).state
    for place in (own, theirs):
        for header in (
            writing.cut(place, node, {}),
            writing.close(place, {}),
            writing.archive(place, {}),
            place.header("Moderator", args={"node": mallory.node, "logs": {}}),
        ):
            based = msgspec.structs.replace(
                header, base=(first.id,) if header.log.startswith(f"k/{mallory.node}") else ()
            )
            attack = operation.write(based, None, shared.signer)
            told = await send(alpha, bring(alpha, mallory, path, lines(attack)))
            if place is own:  # kept beside the chain, for votes could come; it counts nowhere
                assert told.status == 202, told.body
                async with alpha.context.database.read() as reader:
                    assert (await spaces.get(reader, shared.space)).state == state
                    stored = await operations.list_stored(reader, shared.space, [attack.id])
                assert not stored[attack.id].accepted
            else:
                assert 400 <= told.status < 500, told.body
            assert await snapshot(alpha, but=TOUCHED | BESIDE) == before
    await is_taken(alpha, hand, lines(hand.role()))


async def test_two_branches_of_a_log_stop_that_log_alone(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    role = hand.role()
    fork = Hand(mallory, shared)
    fork.head = hand.head
    left, right = hand.thread(1), fork.thread(2)
    await is_taken(alpha, hand, lines(role, left))
    await send(alpha, bring(alpha, mallory, f"/spaces/{shared.space}/inbox", lines(right)))
    # The steward names the branch that it had accepted: that one goes on, the other never counts.
    later, astray = hand.thread(3), fork.thread(4)
    for attack in (later, astray):
        await send(alpha, bring(alpha, mallory, f"/spaces/{shared.space}/inbox", lines(attack)))
    shown = str(await posts(alpha))
    assert "Thread 1" in shown
    assert "Thread 3" in shown
    assert "Thread 2" not in shown
    assert "Thread 4" not in shown
    assert "Welcome" in shown
    await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="On", text="We go on.", language="en"
    )
    assert "We go on." in str(await posts(alpha))


async def test_odd_questions_about_a_space_are_answered_by_name(
    alpha: Node, mallory: Rogue, shared: Shared
) -> None:
    base = f"/spaces/{shared.space}"
    log = f"{base}/logs/k/{await node_of(alpha)}/0"
    for path in (
        f"{log}?after=-1",
        f"{log}?after=x",
        f"{log}?after=1&id=",
        f"{log}?after=99999999999999999999",
        f"{log}?limit=-5",
        f"{log}?limit=1e9",
        f"{log}?haves=x",
        f"{log}?haves=" + ",".join(f"1:{shared.space}" for _ in range(65)),
        f"{base}/logs/k/../../heads",
        f"{base}/logs/c/{'x' * 32}/0",
        f"{base}/logs/c/{'a' * 32}/99999999999",
        f"{base}/ops/x",
        f"{base}/ops/%00",
        f"{base}/payloads",
        f"{base}/payloads?ids=" + ",".join([shared.space] * 41),
        f"{base}/erasures?after=%ff",
        "/spaces/%2e%2e/heads",
        "/spaces/%00/heads",
        f"/spaces/{shared.space.lower()}/heads",
    ):
        told = await send(alpha, mallory.get(alpha, path))
        assert told.status in {400, 404, 409}, (path, told.status, told.body)
    assert (await send(alpha, mallory.get(alpha, log))).status == 200
