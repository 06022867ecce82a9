"""Bytes between schools: small ones unasked, large ones on demand, resumed, never wrong ones."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from node.actions import fetch_blobs, give, materials
from node.actions.context import MIB
from node.actions.materials import Said
from node.remote import stream
from node.storage import blobs
from node.storage.blobs import KeptBlob
from node.workers import replication
from protocol.errors import Reason, Refused
from protocol.space.blobs import Blob
from protocol.space.fold.materials import File
from tests.files import text
from tests.node.spaces.bringing import bytes_at, files_at, on_disk, publish
from tests.node.spaces.schools import Shared
from tests.node.spaces.speaking import get, own_log
from tests.nodes import Node, settle

SAID = Said("Film.txt", "", "CC0-1.0", "en")


def some_bytes(count: int) -> bytes:
    return text(count, count)


async def blob_at(node: Node, space: str, sha256: str) -> KeptBlob:
    async with node.context.database.read() as reader:
        found = await blobs.find(reader, space, sha256)
    assert found is not None
    return found


async def only_file(node: Node, space: str) -> File:
    (file,) = await files_at(node, space)
    return file


async def test_a_large_file_waits_until_somebody_opens_it(shared: Shared) -> None:
    octets = some_bytes(11 * MIB)
    await publish(shared, octets, SAID)
    await settle(shared.alpha, shared.beta)
    file = await only_file(shared.beta, shared.space)
    assert on_disk(shared.beta) == {}
    with pytest.raises(Refused) as refused:
        await give.find(shared.beta.context, shared.bob, shared.space, file.reference)
    assert refused.value.reason is Reason.NOT_FOUND
    await give.want(shared.beta.context, shared.bob, shared.space, file.reference)
    await settle(shared.beta)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == octets


async def test_60_megabytes_go_on_where_the_connection_broke(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = some_bytes(60_000_000)
    await publish(shared, octets, SAID)
    await settle(shared.alpha, shared.beta)
    file = await only_file(shared.beta, shared.space)
    starts, whole = [], stream.read_stream

    async def breaking(
        response: aiohttp.ClientResponse, start: int, most_bytes: int, now_ms: int
    ) -> stream.Stream:
        told = await whole(response, start, most_bytes, now_ms)
        starts.append((response.status, told.start))

        async def pieces() -> AsyncIterator[bytes]:
            left = 25_000_000
            async for piece in told.pieces:
                left -= len(piece)
                if left < 0 and len(starts) < 3:
                    raise aiohttp.ClientPayloadError("the connection broke")
                yield piece

        return stream.Stream(told.start, pieces())

    monkeypatch.setattr("node.remote.client.read_stream", breaking)
    await give.want(shared.beta.context, shared.bob, shared.space, file.reference)
    for _ in range(3):
        await settle(shared.beta)
        shared.beta.clock.advance(seconds=3)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == octets
    assert [status for status, _ in starts] == [200, 206, 206]
    assert starts[0][1] == 0
    assert 20_000_000 < starts[1][1] <= 25_000_000 < starts[2][1]
    assert len(on_disk(shared.beta)) == 1


async def test_wrong_bytes_are_thrown_away_and_never_seen(shared: Shared) -> None:
    await publish(shared, some_bytes(50_000), SAID)
    file = await only_file(shared.alpha, shared.space)
    place = shared.alpha.context.shelf.place_of(file.sha256)
    right, wrong = place.read_bytes(), some_bytes(50_001)[:50_000]
    place.write_bytes(wrong)
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.beta) == {}
    kept = await blob_at(shared.beta, shared.space, file.sha256)
    assert (kept.here, kept.why) == (False, "bad_digest")
    with pytest.raises(Refused):
        await give.find(shared.beta.context, shared.bob, shared.space, file.reference)
    place.write_bytes(right)
    shared.beta.clock.advance(seconds=100)
    await settle(shared.beta)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == right


@pytest.mark.parametrize("change", [lambda all_: all_[:-1], lambda all_: all_ + b"x"])
async def test_too_few_or_too_many_bytes_are_not_the_file(shared: Shared, change: object) -> None:
    await publish(shared, some_bytes(50_000), SAID)
    file = await only_file(shared.alpha, shared.space)
    place = shared.alpha.context.shelf.place_of(file.sha256)
    assert callable(change)
    place.write_bytes(change(place.read_bytes()))
    await settle(shared.alpha, shared.beta)
    assert not (await blob_at(shared.beta, shared.space, file.sha256)).here


async def test_a_part_that_is_wrong_does_not_spoil_the_rest(shared: Shared) -> None:
    octets = some_bytes(50_000)
    await publish(shared, octets, SAID)
    file = await only_file(shared.alpha, shared.space)
    part = shared.beta.context.shelf.part_of(shared.space, file.sha256)
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(b"what an earlier liar sent")
    await settle(shared.alpha, shared.beta)
    shared.beta.clock.advance(seconds=100)
    await settle(shared.alpha, shared.beta)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == octets


async def test_what_is_erased_while_it_arrives_is_not_kept(shared: Shared) -> None:
    reference = await publish(shared, some_bytes(50_000), SAID)
    file = await only_file(shared.alpha, shared.space)
    await settle(shared.alpha)
    blob = KeptBlob(shared.space, file.sha256, file.size, "", False, True, 0, 0, "", "")
    await materials.erase(shared.alpha.context, shared.ana, shared.space, reference)
    await settle(shared.alpha)
    part = shared.beta.context.shelf.part_of(shared.space, file.sha256)
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(some_bytes(50_000))
    # All bytes had come when the statement did.
    await fetch_blobs.fetch(shared.beta.context, blob)
    assert on_disk(shared.beta) == {}


async def test_any_member_gives_bytes_in_ranges_and_nobody_else_hears_of_them(
    shared: Shared, gamma: Node
) -> None:
    octets = some_bytes(50_000)
    await publish(shared, octets, SAID)
    await settle(shared.alpha, shared.beta)
    file = await only_file(shared.alpha, shared.space)
    path = f"/spaces/{shared.space}/blobs/{file.sha256}"
    # Beta wrote nothing of it, and gives it all the same.
    answer = await get(shared.alpha, shared.beta, path)
    assert (answer.status, answer.body) == (200, octets)
    assert answer.headers["content-type"] == "application/octet-stream"
    for other in (
        path[:-1] + ("A" if path[-1] != "A" else "E"),
        f"/spaces/{shared.space}/blobs/..%2F..%2Fnode.sqlite",
        f"/spaces/{shared.space}/blobs/{'A' * 42}",
    ):
        assert (await get(shared.alpha, shared.beta, other)).status == 404
    assert (await get(gamma, shared.beta, path)).status == 401


async def test_bytes_that_vanished_from_the_disk_are_fetched_again(shared: Shared) -> None:
    octets = some_bytes(50_000)
    await publish(shared, octets, SAID)
    await settle(shared.alpha, shared.beta)
    file = await only_file(shared.alpha, shared.space)
    shared.alpha.context.shelf.drop(file.sha256)
    with pytest.raises(Refused):
        await give.find(shared.alpha.context, shared.ana, shared.space, file.reference)
    await settle(shared.alpha, shared.beta)
    assert await bytes_at(shared.alpha, shared.space, file.sha256) == octets


async def test_a_sign_of_life_brings_what_waits_for_a_school_that_was_silent(
    shared: Shared,
) -> None:
    octets = some_bytes(11 * MIB)
    await publish(shared, octets, SAID)
    await settle(shared.alpha, shared.beta)
    file = await only_file(shared.beta, shared.space)
    await shared.alpha.close_doors()
    await give.want(shared.beta.context, shared.bob, shared.space, file.reference)
    await fetch_blobs.step(shared.beta.context)
    kept = await blob_at(shared.beta, shared.space, file.sha256)
    assert kept.why == "unreachable"
    assert kept.next_ms > shared.beta.clock.now_ms()
    await shared.alpha.open_doors()
    news = asyncio.create_task(shared.beta.context.wake.wait(fetch_blobs.TOPIC, 20))
    await asyncio.sleep(0)
    await get(shared.alpha, shared.beta, f"/spaces/{shared.space}/heads")
    assert await news
    await fetch_blobs.step(shared.beta.context)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == octets


async def test_a_false_size_keeps_nobody_elses_file_from_arriving(shared: Shared) -> None:
    octets = some_bytes(50_000)
    await publish(shared, octets, SAID)
    await replication.step(shared.alpha.context)
    file = await only_file(shared.beta, shared.space)
    # Another school's operation names the same bytes, and lies about them.
    liar = (await own_log(shared.beta, shared.space))[0].id
    lie = [Blob(file.sha256, 2**53 - 1)]
    async with shared.beta.context.database.write() as transaction:
        await blobs.put_references(transaction, shared.space, liar, lie, eager_bytes=0, now_ms=0)
    assert not (await blob_at(shared.beta, shared.space, file.sha256)).here
    await settle(shared.alpha, shared.beta)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == octets


async def test_what_is_erased_leaves_no_part_after_a_fetch_that_failed(shared: Shared) -> None:
    reference = await publish(shared, some_bytes(50_000), SAID)
    file = await only_file(shared.alpha, shared.space)
    blob = KeptBlob(shared.space, file.sha256, file.size, "", False, True, 0, 0, "", "")
    await settle(shared.alpha, shared.beta)
    await materials.erase(shared.alpha.context, shared.ana, shared.space, reference)
    await settle(shared.alpha, shared.beta)
    part = shared.beta.context.shelf.part_of(shared.space, file.sha256)
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(some_bytes(50_000)[:10_000])
    await fetch_blobs.fetch(shared.beta.context, blob)
    assert on_disk(shared.beta) == {}
