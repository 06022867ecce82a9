"""Archives of own works as the product makes them, and as somebody with bad intentions would."""

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from node.classroom import taking_in
from node.classroom.taking_in import TakenIn
from tests.node.classroom.classes import School, Twinned
from tests.node.web.browser import Browser, browsing


def work(
    text: str = "Storks.", file: str = "", octets: bytes = b"", **other: object
) -> dict[str, object]:
    """One entry of works.json that fits."""
    return {
        "project": "Two rivers",
        "thread": "Birds",
        "state": "released",
        "language": "en",
        "text": text,
        "note": "",
        "file": file,
        "size": len(octets) if file else 0,
        "sha256": hashlib.sha256(octets).hexdigest() if file else "",
        "created": "2026-03-01T09:00:00Z",
        "changed": "2026-03-02T09:00:00Z",
        **other,
    }


def works_json(*works: dict[str, object], alias: str = "Zebra Sol", **other: object) -> bytes:
    whole = {"format": "schoolgate-works-1", "alias": alias, "class": "4a", "works": [*works]}
    return json.dumps({**whole, **other}).encode()


def pack(entries: Mapping[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip archive with exactly these names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in entries.items():
            archive.writestr(name, octets)
    return packed.getvalue()


def archive(
    *works: dict[str, object], files: Mapping[str, bytes] | None = None, alias: str = "Zebra Sol"
) -> bytes:
    """One pupil's, whole."""
    named: dict[str | zipfile.ZipInfo, bytes] = {
        f"01-Z/{name}": octets for name, octets in (files or {}).items()
    }
    return pack(
        {"01-Z/works.html": b"<p>", "01-Z/works.json": works_json(*works, alias=alias), **named}
    )


async def in_pieces(octets: bytes, size: int = 50_000) -> AsyncIterator[bytes]:
    for at in range(0, len(octets), size):
        yield octets[at : at + size]


async def take_in(
    twinned: Twinned, octets: bytes, *, alias: str = "", pupil: str = "Tiger Vega"
) -> TakenIn:
    """A teacher of alpha takes it in for one of the class."""
    school = twinned.alpha
    return await taking_in.take_in(
        school.node.room,
        school.teacher,
        school.class_,
        school.pupils[pupil].id,
        alias=alias,
        pieces=in_pieces(octets),
    )


@asynccontextmanager
async def as_pupil(school: School, alias: str) -> AsyncIterator[Browser]:
    """The browser of a pupil who came in by the card."""
    async with browsing(school.node) as pupil:
        await pupil.send("/c/card", card=school.cards[alias].address.partition("#")[2])
        yield pupil
