"""The process that cleans an office document, by `node.cleaning.office` or `open_document`."""

import io
import os
from typing import BinaryIO, Final

from node.cleaning import archive, films, markup, office, open_document
from node.cleaning.cage import Said, serve
from node.cleaning.kinds import OPEN_DOCUMENT

BROKEN: Final = (*archive.BROKEN, *markup.BROKEN, *films.BROKEN)


def clean(source: BinaryIO, target: BinaryIO, media_type: str, mark: str, depth: int = 0) -> None:
    """Refuses with locked, broken, unpacked, macros, inside."""
    one = open_document if media_type.startswith(OPEN_DOCUMENT) else office
    one.clean(source, target, mark, depth, _clean_inside)


def _clean_inside(octets: bytes, media_type: str, depth: int) -> bytes:
    out = io.BytesIO()
    clean(io.BytesIO(octets), out, media_type, "", depth)
    return out.getvalue()


def work(source: int, target: int, media_type: str, mark: str) -> Said:
    with os.fdopen(source, "rb") as coming, os.fdopen(target, "w+b") as going:
        clean(coming, going, media_type, mark)
    return {"media_type": media_type}


if __name__ == "__main__":
    serve(work, BROKEN)
