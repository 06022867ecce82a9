"""Files that stay at Ana's school, and Bob who looks at them through his own."""

import base64
from dataclasses import replace

import pytest

from node.actions import give, views
from node.actions.give import Elsewhere
from node.actions.materials import Said
from node.actions.views import Range
from node.storage import home_files
from node.storage.home_files import HomeFile
from protocol.errors import Reason, Refused
from protocol.space.blobs import hexadecimal
from tests.node.spaces.bringing import SAID, publish
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import files_of
from tests.nodes import Node

FILM = Said("Film.mp4", "The choir.", "CC0-1.0", "en", residency="home")
PICTURE = replace(SAID, residency="home")
MIB = 1 << 20


async def publish_home(shared: Shared, octets: bytes, said: Said = PICTURE) -> str:
    """Ana publishes a file that stays at alpha; its reference."""
    return await publish(shared, octets, said)


async def kept_at_home(node: Node, space: str, file: str) -> HomeFile | None:
    home, _, name = file.partition("/")
    async with node.context.database.read() as reader:
        return await home_files.find(reader, space, home, name)


async def where(shared: Shared, file: str, *, thumbnail: bool = False) -> Elsewhere:
    found = await give.locate(
        shared.beta.context, shared.bob, shared.space, file, thumbnail=thumbnail
    )
    assert isinstance(found, Elsewhere)
    return found


async def look(
    shared: Shared, file: str, wanted: Range | None = None, *, thumbnail: bool = False
) -> tuple[str, bytes]:
    """What Bob sees: the type, and all bytes. Refuses as `views.opened`."""
    found = await where(shared, file, thumbnail=thumbnail)
    async with views.opened(
        shared.beta.context, found, wanted or Range(), thumbnail=thumbnail
    ) as view:
        seen = b"".join([piece async for piece in view.pieces])
        assert len(seen) == view.end - view.start
        return view.media_type, seen


def traces(node: Node, octets: bytes) -> list[str]:
    """What of some bytes lies anywhere in a node's data folder, in whichever spelling."""
    everything = files_of(node)
    middle = len(octets) // 2
    pieces = [octets[:64], octets[middle : middle + 64], octets[-64:]]
    found = [f"bytes at {number}" for number, one in enumerate(pieces) if one in everything]
    for number, one in enumerate(pieces):
        # At each of three offsets base64 looks otherwise; the first and last letters may differ.
        spelled = [base64.b64encode(bytes(shift) + one)[6:-6] for shift in range(3)]
        spelled += [base64.urlsafe_b64encode(bytes(shift) + one)[6:-6] for shift in range(3)]
        found += [f"base64 of {number}" for text in spelled if text in everything]
    return found


def traces_of_hash(node: Node, sha256: str) -> list[str]:
    """Whether a hash lies anywhere in a node's data folder, in whichever spelling."""
    everything = files_of(node)
    digits = hexadecimal(sha256)
    raw = bytes.fromhex(digits)
    spellings = {
        "base64url": sha256.encode(),
        "base64": base64.b64encode(raw).rstrip(b"="),
        "hexadecimal": digits.encode(),
        "HEXADECIMAL": digits.upper().encode(),
        "octets": raw,
    }
    return [name for name, spelled in spellings.items() if spelled in everything]


async def refusal(shared: Shared, file: str) -> Reason:
    """Why Bob sees nothing of it."""
    with pytest.raises(Refused) as refused:
        await look(shared, file)
    return refused.value.reason
