"""What a body is, said in a header: Content-Digest (RFC 9530 §2)."""

import hashlib
from typing import Final

import http_sf

from protocol.errors import Reason, Refused
from protocol.fields import read_dictionary

# The two that RFC 9530 §5 calls active.
_HASHES: Final = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def content_digest(body: bytes) -> str:
    """The `Content-Digest` field of `body`, with SHA-256."""
    return http_sf.ser({"sha-256": hashlib.sha256(body).digest()})


def check_digest(field: str, body: bytes) -> None:
    """Refuse with BAD_DIGEST a `Content-Digest` field that is not of these received bytes.

    Every digest in it that is known (sha-256, sha-512) has to match, and one has to be known.
    """
    digests = read_dictionary(field)
    if digests is None:
        raise Refused(Reason.BAD_DIGEST, "write Content-Digest as RFC 9530 defines it")
    known = {name: value for name, value in digests.items() if name in _HASHES}
    if not known:
        raise Refused(Reason.BAD_DIGEST, "name a sha-256 or sha-512 digest in Content-Digest")
    for name, value in known.items():
        if not isinstance(value, tuple) or value[0] != _HASHES[name](body).digest():
            raise Refused(Reason.BAD_DIGEST, f"the body is not the one whose {name} was stated")
