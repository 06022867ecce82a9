"""Erasures and receipts: nobody erases for another school, and nobody confirms for it."""

from node.actions import forum
from protocol.canonical import b64
from protocol.errors import Reason
from protocol.keys import Signer
from protocol.space import erasure, operation, statement
from protocol.space.statement import Signed, to_line
from tests.attacks.founding import Shared
from tests.attacks.hand import OTHER, TOUCHED, Hand, bring, is_taken, lines, node_of, posts
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import expect_refusal, send
from tests.nodes import Node


def erasing(
    shared: Shared,
    node: str,
    targets: list[tuple[str, int, str]],
    by: Signer,
    *,
    prefix: bytes = erasure.PREFIX,
    space: str = "",
) -> Signed:
    said = erasure.Statement(1, space or shared.space, node, tuple(targets), 1_795_000_000_000)
    return statement.seal(prefix, said, by)


async def test_a_school_erases_only_what_it_wrote(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    node = await node_of(alpha)
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT id, log, seq FROM operations WHERE object != ''")
    assert row is not None
    target = (str(row["log"]), int(row["seq"]), str(row["id"]))
    role = hand.role()
    await is_taken(alpha, hand, lines(role))
    mine, absent = (role.header.log, 1, role.id), b64(b"\5" * 32)
    signer = shared.signer
    path = f"/spaces/{shared.space}/erasures"
    kept = await alpha.count("payloads")
    for attack, reason in (
        (erasing(shared, mallory.node, [target], signer), Reason.NOT_OWNER),
        (erasing(shared, node, [target], signer), Reason.BAD_SIGNATURE),
        (erasing(shared, mallory.node, [mine], OTHER), Reason.BAD_SIGNATURE),
        (
            erasing(shared, mallory.node, [mine], signer, prefix=operation.PREFIX),
            Reason.BAD_SIGNATURE,
        ),
        (
            erasing(shared, mallory.node, [mine], signer, prefix=erasure.RECEIPT_PREFIX),
            Reason.BAD_SIGNATURE,
        ),
        (erasing(shared, mallory.node, [mine], signer, space=absent), Reason.NOT_FOUND),
        (erasing(shared, "d" * 32, [(f"c/{'d' * 32}/0", 1, absent)], OTHER), Reason.UNKNOWN_KEY),
        (erasing(shared, mallory.node, [], signer), Reason.BAD_SHAPE),
        (erasing(shared, mallory.node, [mine] * 33, signer), Reason.BAD_SHAPE),
        (
            erasing(shared, mallory.node, [(f"k/{mallory.node}/0", 1, absent)], signer),
            Reason.BAD_SHAPE,
        ),
    ):
        await expect_refusal(
            alpha, bring(alpha, mallory, path, to_line(attack)), reason, but=TOUCHED
        )
    disguised = erasing(shared, mallory.node, [(role.header.log, 9, target[2])], signer)
    told = await send(alpha, bring(alpha, mallory, path, to_line(disguised)))
    assert told.status == 200
    assert await alpha.count("payloads") == kept
    assert "Welcome" in str(await posts(alpha))
    honest = erasing(shared, mallory.node, [mine], signer)
    told = await send(alpha, bring(alpha, mallory, path, to_line(honest)))
    assert told.status == 200
    assert await alpha.count("payloads") == kept - 1
    await send(alpha, bring(alpha, mallory, f"/spaces/{shared.space}/inbox", lines(role)))
    assert await alpha.count("payloads") == kept - 1


async def test_a_receipt_is_a_members_own_word(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    node = await node_of(alpha)
    thread = await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="Gone", text="Soon.", language="en"
    )
    await forum.erase(alpha.context, shared.ana, shared.space, thread)
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT id FROM erasures")
    assert row is not None
    path = f"/spaces/{shared.space}/receipts"

    def receipt(who: str, by: Signer, space: str = "") -> bytes:
        signed_ = erasure.sign_receipt(
            space or shared.space, who, str(row["id"]), time_ms=1, signer=by
        )
        return to_line(signed_)

    for body, reason in (
        (receipt(node, shared.signer), Reason.BAD_SIGNATURE),
        (receipt(mallory.node, OTHER), Reason.BAD_SIGNATURE),
        (receipt("d" * 32, OTHER), Reason.UNKNOWN_KEY),
        (receipt(mallory.node, shared.signer, b64(b"\5" * 32)), Reason.NOT_FOUND),
    ):
        await expect_refusal(alpha, bring(alpha, mallory, path, body), reason, but=TOUCHED)
    told = await send(alpha, bring(alpha, mallory, path, receipt(mallory.node, shared.signer)))
    assert told.status == 202
    assert await alpha.count("receipts") == 1
