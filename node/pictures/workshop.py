"""Makes a clean picture and a thumbnail of whatever somebody brought, in a process of its own.

A process that dies, hangs or says nonsense is a refusal, and the node goes on.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from node import apart
from protocol.errors import Reason, Refused

PROGRAM = Path(__file__).with_name("child.py")
TIMEOUT_S = 60.0

_TOO_LARGE = "this picture has too many points; make it smaller and bring it again"
_HEIC = "this picture is HEIC, which needs the extra heic here; bring it as JPEG"
_BROKEN = "this picture cannot be read; save it anew as JPEG, PNG, WebP or GIF and bring it again"


@dataclass(frozen=True)
class Made:
    """Width and height of the clean picture in points."""

    width: int
    height: int


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    width: int = 0
    height: int = 0
    refused: str = ""


async def make(
    source: Path, picture: Path, thumbnail: Path, *, max_pixels: int, mark: str = ""
) -> Made:
    """Write a clean picture and a thumbnail, both WebP, of the picture in `source`.

    With a `mark` (letters and digits) both say that alone, so that the same picture in two places
    has two hashes.
    Refuses with UNSUPPORTED_MEDIA_TYPE what is none or is broken, with TOO_LARGE what has more than
    `max_pixels` or takes too much memory. Both results are gone then.
    """
    said = await _ask_child(source, picture, thumbnail, max_pixels, mark)
    good = said is not None and not said.refused and min(said.width, said.height) > 0
    if said is None or not good:
        for one in (picture, thumbnail):
            one.unlink(missing_ok=True)
        if said is not None and said.refused in {"too_many_points", "too_much_memory"}:
            raise Refused(Reason.TOO_LARGE, _TOO_LARGE, why="points")
        if said is not None and said.refused == "heic":
            raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, _HEIC, why="heic")
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, _BROKEN, why="broken")
    return Made(said.width, said.height)


async def _ask_child(
    source: Path, picture: Path, thumbnail: Path, max_pixels: int, mark: str
) -> _Said | None:
    """What the child said; None where it died, or said nothing in time that can be read."""
    said = await apart.run(
        [str(PROGRAM)],
        source,
        [picture, thumbnail],
        [str(max_pixels), mark],
        timeout_s=TIMEOUT_S,
    )
    try:
        return None if said is None else msgspec.json.decode(said, type=_Said)
    except msgspec.MsgspecError:
        return None
