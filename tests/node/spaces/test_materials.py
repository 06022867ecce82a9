"""Files of a space: brought clean, the same at every school, and gone everywhere when erased."""

import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from node.actions import erase, fetch_blobs, give, materials, uploads
from node.actions.materials import Said
from node.storage.shelf import Shelf
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests import pictures
from tests.files import pdf
from tests.node.spaces.bringing import (
    SAID,
    bring,
    bytes_at,
    files_at,
    in_pieces,
    on_disk,
    publish,
)
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import files_of
from tests.nodes import settle

PDF = pdf(100_000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_with_a_place_arrives_clean_at_both_schools(
    shared: Shared, kind: str
) -> None:
    octets = pictures.tagged(kind, (640, 480))
    await publish(shared, octets)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        (file,) = await files_at(node, shared.space)
        assert (file.media_type, file.width, file.height) == ("image/webp", 640, 480)
        for sha256 in (file.sha256, file.thumbnail):
            kept = await bytes_at(node, shared.space, sha256)
            assert kept is not None
            assert [one for one in pictures.SECRETS if one in kept] == []
        # Not in the database either, nor in what was brought and is over.
        everything = files_of(node)
        assert pictures.OWNER.encode() not in everything
        assert pictures.PLACE.encode() not in everything
        assert len(on_disk(node)) == 2


async def test_other_files_arrive_as_they_are(shared: Shared) -> None:
    await publish(shared, PDF, Said("Plan.pdf", "", "CC0-1.0", "de"))
    await settle(shared.alpha, shared.beta)
    (file,) = await files_at(shared.beta, shared.space)
    assert (file.name, file.media_type, file.alt) == ("Plan.pdf", "application/pdf", "")
    assert await bytes_at(shared.beta, shared.space, file.sha256) == PDF
    given = await give.find(shared.beta.context, shared.bob, shared.space, file.reference)
    assert given.path.read_bytes() == PDF


async def test_an_erased_file_is_gone_with_its_bytes_and_its_thumbnail(shared: Shared) -> None:
    file = await publish(shared, pictures.plain("PNG", (600, 500)))
    await settle(shared.alpha, shared.beta)
    assert len(on_disk(shared.beta)) == 2
    await materials.erase(shared.alpha.context, shared.ana, shared.space, file)
    assert on_disk(shared.alpha) == {}
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.beta) == {}
    for node in (shared.alpha, shared.beta):
        assert await files_at(node, shared.space) == []
        assert b"stork on a chimney" not in files_of(node)
        assert await node.count("blobs") == await node.count("blob_references") == 0
    confirmed = await erase.list_confirmations(shared.alpha.context, shared.ana, shared.space, file)
    assert [one.received_ms is not None for one in confirmed] == [True]


async def test_bytes_stay_until_the_last_file_that_has_them_is_erased(shared: Shared) -> None:
    first = await publish(shared, PDF, Said("One.pdf", "", "CC0-1.0", "en"))
    second = await publish(shared, PDF, Said("Two.pdf", "", "CC0-1.0", "en"))
    await settle(shared.alpha, shared.beta)
    await materials.erase(shared.alpha.context, shared.ana, shared.space, first)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        (left,) = await files_at(node, shared.space)
        assert left.name == "Two.pdf"
        assert await bytes_at(node, shared.space, left.sha256) == PDF
    await materials.erase(shared.alpha.context, shared.ana, shared.space, second)
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.alpha) == on_disk(shared.beta) == {}


async def test_a_file_is_described_anew_and_keeps_its_bytes(shared: Shared) -> None:
    album = await materials.make_album(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="", language="en"
    )
    file = await publish(shared, PDF, Said("Plan.pdf", "", "CC0-1.0", "en"))
    said = Said("The plan", "A drawing.", "CC-BY-4.0", "en", album)
    await materials.describe(shared.alpha.context, shared.ana, shared.space, file, said)
    await settle(shared.alpha, shared.beta)
    (seen,) = await files_at(shared.beta, shared.space)
    assert (seen.name, seen.alt, seen.album) == ("The plan.pdf", "A drawing.", album)
    assert await bytes_at(shared.beta, shared.space, seen.sha256) == PDF


async def test_an_album_goes_and_its_files_stay(shared: Shared) -> None:
    album = await materials.make_album(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="", language="en"
    )
    await settle(shared.alpha, shared.beta)
    ready = await bring(shared.beta, shared.bob, shared.space, "b.pdf", PDF)
    said = Said("b.pdf", "", "CC0-1.0", "en", album)
    await materials.publish(shared.beta.context, shared.bob, shared.space, [(ready.id, said)])
    await materials.erase_album(shared.alpha.context, shared.ana, shared.space, album)
    await settle(shared.alpha, shared.beta)
    (file,) = await files_at(shared.alpha, shared.space)
    assert (file.album, file.standing) == (album, Standing.SHOWN)


async def test_nobody_changes_or_erases_anothers_file(shared: Shared) -> None:
    file = await publish(shared, PDF)
    await settle(shared.alpha, shared.beta)
    for attempt in (
        materials.erase(shared.beta.context, shared.bob, shared.space, file),
        materials.describe(shared.beta.context, shared.bob, shared.space, file, SAID),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.reason is Reason.NOT_OWNER


async def test_what_is_brought_goes_on_where_it_was(shared: Shared) -> None:
    context, ana, space = shared.alpha.context, shared.ana, shared.space
    begun = await uploads.begin(context, ana, space, name="Plan.pdf", size=len(PDF))
    assert await uploads.take(context, ana, space, begun.id, 0, in_pieces(PDF[:50_000])) == 50_000
    for at in (0, 49_999, 50_001, len(PDF)):
        with pytest.raises(Refused) as refused:
            await uploads.take(context, ana, space, begun.id, at, in_pieces(PDF[at:]))
        assert (refused.value.reason, refused.value.facts["offset"]) == (Reason.CONFLICT, 50_000)
    with pytest.raises(Refused) as refused:
        await uploads.finish(context, ana, space, begun.id)
    assert refused.value.facts["offset"] == 50_000
    await uploads.take(context, ana, space, begun.id, 50_000, in_pieces(PDF[50_000:]))
    ready = await uploads.finish(context, ana, space, begun.id)
    assert ready.octets == len(PDF)
    assert hashlib.sha256(PDF).hexdigest() == shared.alpha.context.shelf.place_of(
        ready.sha256
    ).as_posix().rpartition("blobs/")[2].replace("/", "")


async def test_what_came_before_a_connection_broke_is_kept(shared: Shared) -> None:
    context, ana, space = shared.alpha.context, shared.ana, shared.space
    begun = await uploads.begin(context, ana, space, name="Plan.pdf", size=len(PDF))

    async def breaking() -> AsyncIterator[bytes]:
        yield PDF[:30_000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await uploads.take(context, ana, space, begun.id, 0, breaking())
    assert (await uploads.find(context, ana, space, begun.id)).received == 30_000
    await uploads.take(context, ana, space, begun.id, 30_000, in_pieces(PDF[30_000:]))
    assert (await uploads.finish(context, ana, space, begun.id)).octets == len(PDF)


async def test_more_bytes_than_announced_are_refused_and_forgotten(shared: Shared) -> None:
    context, ana, space = shared.alpha.context, shared.ana, shared.space
    begun = await uploads.begin(context, ana, space, name="Plan.pdf", size=1_000)
    with pytest.raises(Refused) as refused:
        await uploads.take(context, ana, space, begun.id, 0, in_pieces(PDF))
    assert refused.value.reason is Reason.TOO_LARGE
    assert on_disk(shared.alpha) == {}
    assert await uploads.list_own(context, ana, space) == []


async def test_nobody_takes_up_what_a_colleague_brings(shared: Shared) -> None:
    carl = await shared.alpha.account("carl")
    context, space = shared.alpha.context, shared.space
    ready = await bring(shared.alpha, shared.ana, space, "Plan.pdf", PDF)
    with pytest.raises(Refused) as refused:
        await uploads.find(context, carl, space, ready.id)
    assert refused.value.reason is Reason.NOT_FOUND
    from_space = await shared.alpha.get("carl")
    with pytest.raises(Refused) as refused:
        await materials.publish(context, from_space, space, [(ready.id, SAID)])
    assert refused.value.reason is Reason.NOT_FOUND


async def test_what_nobody_publishes_is_forgotten_after_a_day(shared: Shared) -> None:
    await bring(shared.alpha, shared.ana, shared.space, "a.png", pictures.plain("PNG"))
    assert len(on_disk(shared.alpha)) == 2
    shared.alpha.clock.advance(seconds=23 * 3600)
    await settle(shared.alpha, shared.beta)
    assert len(on_disk(shared.alpha)) == 2
    shared.alpha.clock.advance(seconds=2 * 3600)
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.alpha) == {}
    assert await shared.alpha.count("uploads") == 0


async def test_what_a_crash_left_on_the_shelf_is_swept(shared: Shared) -> None:
    file = await publish(shared, PDF)
    shelf = shared.alpha.context.shelf
    stray = shelf.place_of("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left behind")
    (shelf.path / "part" / "ab.part").write_bytes(b"left behind too")
    await fetch_blobs.begin(shared.alpha.context)
    assert len(on_disk(shared.alpha)) == 1
    await give.find(shared.alpha.context, shared.ana, shared.space, file)


async def test_below_the_disk_floor_nothing_is_brought_and_what_is_here_is_given(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await publish(shared, PDF)
    context, ana, space = shared.alpha.context, shared.ana, shared.space
    begun = await uploads.begin(context, ana, space, name="b.pdf", size=len(PDF))
    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "check_room", _refuse_room)
        for attempt in (
            uploads.begin(context, ana, space, name="c.pdf", size=len(PDF)),
            uploads.take(context, ana, space, begun.id, 0, in_pieces(PDF)),
        ):
            with pytest.raises(Refused) as refused:
                await attempt
            assert refused.value.reason is Reason.STORAGE_FULL
        assert (await give.find(context, ana, space, file)).path.read_bytes() == PDF
        await materials.erase(context, ana, space, file)
    # The disk has room again, and what was begun goes on.
    at = (await uploads.find(context, ana, space, begun.id)).received
    await uploads.take(context, ana, space, begun.id, at, in_pieces(PDF[at:]))
    assert (await uploads.finish(context, ana, space, begun.id)).octets == len(PDF)


def _refuse_room(shelf: Shelf, more_bytes: int) -> None:
    raise Refused(Reason.STORAGE_FULL, "full")


async def test_the_floor_counts_what_is_to_come(shared: Shared) -> None:
    free = shutil.disk_usage(shared.alpha.folder.path).free
    shelf = Shelf(shared.alpha.folder.path / "blobs", free // 2)
    shelf.check_room(free // 4)
    with pytest.raises(Refused) as refused:
        shelf.check_room(free)
    assert refused.value.reason is Reason.STORAGE_FULL


async def test_a_space_takes_no_more_than_it_may(shared: Shared) -> None:
    settings = shared.alpha.context.settings
    small = replace(settings, files=replace(settings.files, space_mib=1))
    full = replace(shared.alpha.context, settings=small)
    first = await bring(shared.alpha, shared.ana, shared.space, "a.pdf", pdf(1_000_000))
    second = await bring(shared.alpha, shared.ana, shared.space, "b.pdf", pdf(300_000))
    await materials.publish(full, shared.ana, shared.space, [(first.id, SAID)])
    with pytest.raises(Refused) as refused:
        await materials.publish(full, shared.ana, shared.space, [(second.id, SAID)])
    assert refused.value.reason is Reason.STORAGE_FULL
    assert len(await files_at(shared.alpha, shared.space)) == 1
    await materials.publish(shared.alpha.context, shared.ana, shared.space, [(second.id, SAID)])


async def test_what_is_arriving_is_not_thrown_away_meanwhile(shared: Shared) -> None:
    context, ana, space = shared.alpha.context, shared.ana, shared.space
    begun = await uploads.begin(context, ana, space, name="a.pdf", size=len(PDF))

    async def discarding() -> AsyncIterator[bytes]:
        yield PDF[:1000]
        with pytest.raises(Refused) as refused:
            await uploads.discard(context, ana, space, begun.id)
        assert refused.value.reason is Reason.BUSY
        yield PDF[1000:]

    assert await uploads.take(context, ana, space, begun.id, 0, discarding()) == len(PDF)
    await uploads.discard(context, ana, space, begun.id)
    assert on_disk(shared.alpha) == {}
