"""Bringing files the way a browser does, and what lies where afterwards."""

from collections.abc import AsyncIterator

from node.actions import materials, uploads
from node.actions.materials import Said
from node.storage import blobs, contents
from node.storage.accounts import Account
from node.storage.uploads import Upload
from protocol.space.fold.materials import File
from tests.node.spaces.schools import Shared
from tests.nodes import Node

SAID = Said("Storks.jpg", "A stork on a chimney.", "CC-BY-4.0", "en")


async def in_pieces(octets: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(octets), size):
        yield octets[start : start + size]


async def bring(node: Node, account: Account, space: str, name: str, octets: bytes) -> Upload:
    """Begin, send everything, finish."""
    begun = await uploads.begin(node.context, account, space, name=name, size=len(octets))
    await uploads.take(node.context, account, space, begun.id, 0, in_pieces(octets))
    return await uploads.finish(node.context, account, space, begun.id)


async def publish(shared: Shared, octets: bytes, said: Said = SAID) -> str:
    """Ana publishes a file at alpha; its reference."""
    ready = await bring(shared.alpha, shared.ana, shared.space, said.name, octets)
    (file,) = await materials.publish(
        shared.alpha.context, shared.ana, shared.space, [(ready.id, said)]
    )
    return file


async def files_at(node: Node, space: str) -> list[File]:
    async with node.context.database.read() as reader:
        return await contents.list_files(reader, space)


async def bytes_at(node: Node, space: str, sha256: str) -> bytes | None:
    """The bytes that a node holds under a hash; None where it holds none."""
    async with node.context.database.read() as reader:
        found = await blobs.find(reader, space, sha256)
    if found is None or not found.here:
        return None
    octets = node.context.shelf.place_of(sha256).read_bytes()
    assert len(octets) == found.size
    return octets


def on_disk(node: Node) -> dict[str, bytes]:
    """Every file of a node's shelf, what is still arriving included."""
    return {
        str(one.relative_to(node.folder.path)): one.read_bytes()
        for one in sorted((node.folder.path / "blobs").rglob("*"))
        if one.is_file()
    }
