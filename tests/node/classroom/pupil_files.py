"""What a pupil of alpha brings into the space, and what of it lies where."""

from node.classroom import bringing, release
from node.vault import store, works
from node.vault.works import Work
from tests import pictures
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.spaces.bringing import in_pieces

PHOTO = "IMG Storks.jpg"


async def bring(
    twinned: Twinned,
    name: str = PHOTO,
    octets: bytes = b"",
    *,
    alias: str = "Panda Nova",
    alt: str = "A stork on a chimney.",
    hand_in: bool = True,
) -> int:
    """A pupil brings a file, by default a photo with its place in it, and hands it in."""
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, alias)
    octets = octets or pictures.tagged("JPEG", (640, 480))
    work = await bringing.bring(
        room, pupil, twinned.space, name=name, language="en", pieces=in_pieces(octets)
    )
    if hand_in:
        called = (await find(twinned, work)).file
        assert called is not None
        await bringing.describe(
            room, pupil, work, name=called.name, alt=alt, language="en", hand_in=True
        )
    return work


async def find(twinned: Twinned, work: int) -> Work:
    async with twinned.alpha.node.room.vault.read() as view:
        found = await works.find(view, work)
    assert found is not None
    return found


async def mend(twinned: Twinned, work: int, *, name: str, alt: str = "A stork.") -> None:
    """A teacher looks at it as it is now, and calls it something else."""
    room, teacher = twinned.alpha.node.room, twinned.shared.ana
    _, held = await release.find_held(room, teacher, work)
    await release.mend(room, teacher, work, version=held.work.version, name=name, alt=alt)


def sealed(twinned: Twinned) -> list[str]:
    """What lies in the vault's folder of files, and what of it is still being made clean."""
    folder = store.folder_of(twinned.alpha.node.room.vault)
    coming = folder.with_name(store.COMING)
    return sorted(
        one.name for where in (folder, coming) if where.is_dir() for one in where.iterdir()
    )
