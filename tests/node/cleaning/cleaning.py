"""Cleaning as the tests ask for it."""

from pathlib import Path

import pytest

from node.cleaning import workshop
from protocol.errors import Reason, Refused


async def cleaned(
    folder: Path, octets: bytes, media_type: str, mark: str = ""
) -> tuple[bytes, str]:
    """The clean bytes and their type."""
    (folder / "in").write_bytes(octets)
    became = await workshop.clean(folder / "in", folder / "out", media_type, mark=mark)
    return (folder / "out").read_bytes(), became


async def refusal(folder: Path, octets: bytes, media_type: str) -> Refused:
    """Why it is not taken; nothing of it is left."""
    (folder / "in").write_bytes(octets)
    with pytest.raises(Refused) as refused:
        await workshop.clean(folder / "in", folder / "out", media_type)
    assert not (folder / "out").exists()
    return refused.value


async def cleaned_or_refused(folder: Path, octets: bytes, media_type: str) -> bytes | None:
    """The clean bytes, or None for what was refused in the right way."""
    (folder / "in").write_bytes(octets)
    try:
        await workshop.clean(folder / "in", folder / "out", media_type)
    except Refused as refused:
        if refused.reason not in {Reason.UNSUPPORTED_MEDIA_TYPE, Reason.TOO_LARGE}:
            raise
        if (folder / "out").exists():
            raise AssertionError("something is left of a file that was refused") from None
        return None
    return (folder / "out").read_bytes()
