"""A picture that was released with a reply or a card is an object of its own, called after it.

The name says which picture came with what, and nothing else has to keep that. Only the school whose
picture it is reads it so; others go by the reference that the reply or the card bears.
"""

import hashlib

from protocol.canonical import b64

_PURPOSE = b"picture of "


def picture_of(name: str) -> str:
    """What the picture is called that came with the object called `name`."""
    return b64(hashlib.sha256(_PURPOSE + name.encode("ascii")).digest()[:16])
