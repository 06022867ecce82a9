"""Files that stay at their school: seen through the other node, and nowhere in it."""

import asyncio
import zipfile
from pathlib import Path

import pytest

from node.actions import (
    examine,
    export,
    give,
    materials,
    quarantine,
    residency,
    spaces,
)
from node.actions.permission import OPERATOR
from node.actions.views import Range
from node.remote.answer import Answer
from node.remote.client import Identity
from node.storage import blobs, usage
from node.storage import spaces as space_rows
from protocol.errors import Reason, Refused
from protocol.outbound import Outbound
from protocol.space.vocabulary import reference
from tests import pictures
from tests.files import film, pdf
from tests.node.spaces.bringing import bytes_at, files_at, on_disk
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import files_of
from tests.node.spaces.viewing import (
    FILM,
    MIB,
    kept_at_home,
    look,
    publish_home,
    refusal,
    traces,
    traces_of_hash,
    where,
)
from tests.nodes import settle


async def test_a_picture_is_seen_at_the_other_school_and_lies_nowhere_there(
    shared: Shared,
) -> None:
    file = await publish_home(shared, pictures.tagged("JPEG", (640, 480)))
    await settle(shared.alpha, shared.beta)
    here = await kept_at_home(shared.alpha, shared.space, file)
    assert here is not None
    octets = await bytes_at(shared.alpha, shared.space, here.sha256)
    small = await bytes_at(shared.alpha, shared.space, here.thumbnail)
    assert octets is not None
    assert small is not None
    (seen,) = await files_at(shared.beta, shared.space)
    assert (seen.name, seen.alt, seen.stays_home) == ("Storks.webp", "A stork on a chimney.", True)
    assert (seen.sha256, seen.thumbnail, seen.width) == ("", "", 0)
    assert seen.size >= len(octets)
    assert seen.size % 1_000 == 0
    for _ in range(2):
        assert await look(shared, file) == ("image/webp", octets)
        assert await look(shared, file, thumbnail=True) == ("image/webp", small)
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.beta) == {}
    for one, sha256 in ((octets, here.sha256), (small, here.thumbnail)):
        assert traces(shared.beta, one) == []
        assert traces_of_hash(shared.beta, sha256) == []
        # The search finds them where they are.
        assert traces(shared.alpha, one) != []
        assert traces_of_hash(shared.alpha, sha256) != []


async def test_at_home_it_is_a_file_like_any_other(shared: Shared) -> None:
    file = await publish_home(shared, pictures.plain("PNG", (600, 500)))
    (seen,) = await files_at(shared.alpha, shared.space)
    assert (seen.width, seen.height, seen.stays_home) == (600, 500, True)
    given = await give.find(shared.alpha.context, shared.ana, shared.space, file)
    assert given.path.stat().st_size == seen.size
    small = await give.find(shared.alpha.context, shared.ana, shared.space, file, thumbnail=True)
    assert small.path.stat().st_size == seen.thumbnail_size


async def test_a_ticket_is_kept_by_its_hash_alone_and_used_again(shared: Shared) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    for _ in range(3):
        await look(shared, file)
    assert await shared.alpha.count("view_tickets") == 1
    held = shared.beta.context.viewing.find(shared.space, file, shared.beta.clock.now_ms())
    assert held is not None
    assert len(held.ticket) == 32
    for node in (shared.alpha, shared.beta):
        assert held.ticket.encode() not in files_of(node)
    shared.alpha.clock.advance(seconds=601)
    await look(shared, file)
    assert await shared.alpha.count("view_tickets") == 2
    shared.alpha.clock.advance(seconds=3_601)
    await look(shared, file)
    assert await shared.alpha.count("view_tickets") < 3


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        (Range(0, 0), slice(0, 1)),
        (Range(1_000_000), slice(1_000_000, None)),
        (Range(262_143, 262_145), slice(262_143, 262_146)),
        (Range(5, 10**15), slice(5, None)),
        (Range(suffix=7), slice(-7, None)),
        (Range(suffix=10**12), slice(0, None)),
    ],
)
async def test_a_part_is_a_part_through_both_nodes(
    shared: Shared, wanted: Range, part: slice
) -> None:
    octets = film(1_500_001)
    file = await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    assert await look(shared, file, wanted) == ("video/mp4", octets[part])
    with pytest.raises(Refused) as refused:
        await look(shared, file, Range(len(octets)))
    assert refused.value.reason is Reason.BAD_INPUT


async def test_what_may_not_be_shown_is_a_file_to_keep(shared: Shared) -> None:
    octets = pdf(10_000)
    file = await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    assert await look(shared, file) == ("", octets)


async def test_described_anew_it_stays_where_it_is(shared: Shared) -> None:
    octets = film(50_000)
    file = await publish_home(shared, octets, FILM)
    said = materials.Said("Choir", "They sing.", "CC-BY-4.0", "en")
    await materials.describe(shared.alpha.context, shared.ana, shared.space, file, said)
    await settle(shared.alpha, shared.beta)
    (seen,) = await files_at(shared.beta, shared.space)
    assert (seen.name, seen.alt, seen.stays_home) == ("Choir.mp4", "They sing.", True)
    assert await look(shared, file) == ("video/mp4", octets)


async def test_a_file_goes_to_all_schools_and_comes_home_again(shared: Shared) -> None:
    octets = pictures.tagged("JPEG", (640, 480))
    file = await publish_home(shared, octets)
    await settle(shared.alpha, shared.beta)
    await residency.move(shared.alpha.context, shared.ana, shared.space, file, "shared")
    await settle(shared.alpha, shared.beta)
    (seen,) = await files_at(shared.beta, shared.space)
    assert (seen.stays_home, seen.width) == (False, 640)
    assert len(on_disk(shared.beta)) == 2
    kept = await bytes_at(shared.beta, shared.space, seen.sha256)
    assert kept is not None
    await residency.move(shared.alpha.context, shared.ana, shared.space, file, "home")
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.beta) == {}
    assert traces(shared.beta, kept) == []
    assert traces_of_hash(shared.beta, seen.sha256) == []
    assert len(on_disk(shared.alpha)) == 2
    (seen,) = await files_at(shared.beta, shared.space)
    assert (seen.stays_home, seen.name, seen.sha256) == (True, "Storks.webp", "")
    assert await look(shared, file) == ("image/webp", kept)
    with pytest.raises(Refused) as refused:
        await residency.move(shared.alpha.context, shared.ana, shared.space, file, "home")
    assert refused.value.reason is Reason.CONFLICT
    with pytest.raises(Refused) as refused:
        await residency.move(shared.beta.context, shared.bob, shared.space, file, "shared")
    assert refused.value.reason is Reason.NOT_OWNER


async def test_room_is_counted_at_home_and_not_at_the_partner(shared: Shared) -> None:
    (before, after) = (0, 0)
    for at, octets in enumerate((None, film(3 * MIB))):
        if octets is not None:
            await publish_home(shared, octets, FILM)
        async with shared.alpha.context.database.read() as reader:
            found = sum((await usage.list_of_space(reader, shared.space)).values())
        before, after = (found, after) if at == 0 else (before, found)
    assert after - before > 3 * MIB
    await settle(shared.alpha, shared.beta)
    async with shared.beta.context.database.read() as reader:
        assert sum((await usage.list_of_space(reader, shared.space)).values()) < MIB
        assert await blobs.sum_sizes(reader, shared.space) == 0


async def test_an_absent_school_costs_its_first_reader_a_moment_and_the_others_nothing(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    await shared.alpha.close_doors()
    assert await refusal(shared, file) is Reason.UNREACHABLE
    asked, viewer = 0, shared.beta.context.viewer
    whole = viewer.post

    async def counted(
        url: str, outbound: Outbound, *, origin: str, as_: Identity, max_bytes: int
    ) -> Answer:
        nonlocal asked
        asked += 1
        return await whole(url, outbound, origin=origin, as_=as_, max_bytes=max_bytes)

    monkeypatch.setattr(viewer, "post", counted)
    for _ in range(5):
        assert await refusal(shared, file) is Reason.UNREACHABLE
    assert asked == 0
    shared.beta.clock.advance(seconds=21)
    # One reader asks for all; the others are told at once.
    reasons = await asyncio.gather(*(refusal(shared, file) for _ in range(4)))
    assert set(reasons) == {Reason.UNREACHABLE}
    assert asked == 1
    await shared.alpha.open_doors()
    shared.beta.clock.advance(seconds=41)
    assert (await look(shared, file))[0] == "video/mp4"
    assert not shared.beta.context.viewing.is_resting(shared.alpha.url, 0)


async def test_bytes_that_are_lost_at_home_are_asked_of_nobody(shared: Shared) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    here = await kept_at_home(shared.alpha, shared.space, file)
    assert here is not None
    shared.alpha.context.shelf.place_of(here.sha256).unlink()
    with pytest.raises(Refused):
        await give.find(shared.alpha.context, shared.ana, shared.space, file)
    said = materials.Said("Choir", "They sing.", "CC-BY-4.0", "en")
    await materials.describe(shared.alpha.context, shared.ana, shared.space, file, said)
    await settle(shared.alpha, shared.beta)
    async with shared.alpha.context.database.read() as reader:
        assert await blobs.list_due(reader, shared.alpha.clock.now_ms()) == []
    assert await refusal(shared, file) is Reason.NOT_FOUND


async def test_both_replicas_are_whole(shared: Shared) -> None:
    await publish_home(shared, film(50_000), FILM)
    file = await publish_home(shared, pictures.plain("PNG", (600, 500)))
    await settle(shared.alpha, shared.beta)
    await residency.move(shared.alpha.context, shared.ana, shared.space, file, "shared")
    await residency.move(shared.alpha.context, shared.ana, shared.space, file, "home")
    await settle(shared.alpha, shared.beta)
    for node, count in ((shared.alpha, 3), (shared.beta, 0)):
        found = await examine.examine(node.context, OPERATOR, shared.space)
        assert found.troubles == []
        assert found.blobs == count


async def test_only_its_school_carries_it_away(shared: Shared, tmp_path: Path) -> None:
    octets = film(50_000)
    await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    for node, count in ((shared.alpha, 1), (shared.beta, 0)):
        target = tmp_path / f"{node.name}.zip"
        await export.export_now(node.context, OPERATOR, shared.space, target, "en")
        with zipfile.ZipFile(target) as archive:
            held = [name for name in archive.namelist() if name.startswith("files/")]
            page = archive.read("materials.html").decode()
            assert [archive.read(name) for name in held] == [octets] * count
        assert "Film.mp4" in page
        assert ("stays at its school, school alpha" in page.lower()) == (count == 0)


async def test_an_administrator_locks_here_what_stays_elsewhere(shared: Shared) -> None:
    boss = await shared.beta.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(shared.beta.context, shared.bob, shared.space, "boss")
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await quarantine.lock(shared.beta.context, shared.bob, shared.space, file)
    assert refused.value.reason is Reason.NOT_ALLOWED
    await quarantine.lock(shared.beta.context, boss, shared.space, file)
    assert await refusal(shared, file) is Reason.NOT_FOUND
    await quarantine.unlock(shared.beta.context, boss, shared.space, file)
    await look(shared, file)


async def test_a_file_of_another_school_under_the_same_name_is_another(shared: Shared) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    async with shared.beta.context.database.read() as reader:
        kept = await space_rows.get(reader, shared.space)
    twin = reference(kept.node, file.partition("/")[2])
    with pytest.raises(Refused):
        await where(shared, twin)
