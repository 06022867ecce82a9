"""A signature that was checked once is not checked again: the same bytes give the same answer.

Half of a life's time went into that.
"""

from functools import lru_cache

from protocol.keys import PublicKey

MAX_REMEMBERED = 100_000

_read = PublicKey.__dict__["read"].__func__
_verify = PublicKey.verify


@lru_cache(MAX_REMEMBERED)
def read(text: str) -> PublicKey:
    """As `PublicKey.read`."""
    key: PublicKey = _read(PublicKey, text)
    return key


@lru_cache(MAX_REMEMBERED)
def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """As `PublicKey.verify`."""
    return _verify(key, message, signature)


def remembering(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """`verify` as a method: what is cached is no function, and binds to nothing."""
    return verify(key, message, signature)
