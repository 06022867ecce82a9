"""The bytes of files: named by the SHA-256 of their content, kept and dropped apart from the logs.

A blob belongs to a space through the operations whose payloads name it. As long as one of them has
its payload the blob is kept; when the last one is erased the bytes go with it.
"""

import hashlib
from typing import NamedTuple

import msgspec

from protocol.canonical import b64, unb64
from protocol.errors import Refused
from protocol.space.fold.item import FileContent, Item, Stub, content
from protocol.space.operation import Header, may_be_file, read_payload


class Blob(NamedTuple):
    """Bytes that a payload names: their hash (base64url) and how many it says that they are."""

    sha256: str
    size: int


def named_in(header: Header, payload: str | None) -> tuple[Blob, ...]:
    """The blobs that the payload of one operation names: those of a shared file, and of nothing
    else. What a file of residency `home` may say of its bytes counts nowhere."""
    if payload is None or header.residency != "shared" or not may_be_file(header):
        return ()
    said = content(Item("", header, payload), FileContent)
    if said is None:
        return ()
    found = {said.sha256: Blob(said.sha256, said.size)}
    if said.thumbnail is not None:
        found.setdefault(said.thumbnail.sha256, Blob(said.thumbnail.sha256, said.thumbnail.size))
    return tuple(found.values())


def rounded(size: int) -> int:
    """How many bytes a file is said to have whose bytes stay at their home: the first digit of the
    number counts, and one more of them where others follow; 1,000 at least."""
    unit = 1_000
    while size > 9 * unit:
        unit *= 10
    return max(1, -(-size // unit)) * unit


def stub_size(payload: str) -> int:
    """How many bytes a stub says that its file has; 0 where it says nothing that can be read."""
    try:
        said = msgspec.convert(read_payload(payload), Stub)
    except (Refused, msgspec.ValidationError):
        return 0
    return said.size


def name_of(digest: bytes) -> str:
    """How a SHA-256 is written wherever a blob is named."""
    return b64(digest)


def hexadecimal(sha256: str) -> str:
    """The same hash as 64 hexadecimal digits: what a file on the disk may be called.

    Raises ValueError for whatever is no hash in its one spelling.
    """
    try:
        octets = unb64(sha256)
    except Refused:
        raise ValueError("no hash") from None
    if len(octets) != hashlib.sha256().digest_size:
        raise ValueError("no hash")
    return octets.hex()
