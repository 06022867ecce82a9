"""Pupils' own works as an archive: for each of them a file that people read and one that programs
read. Its names are numbers and aliases without anything that a disk would take amiss."""

import io
import json
import re
import zipfile
from collections.abc import Sequence

from aiohttp import web

from node.classroom.own_works import Portfolio
from node.web.i18n import from_ms
from node.web.render import FACE, FRAME, HEADERS
from protocol.canonical import JSON, JSONObject

FORMAT = "schoolgate-works-1"
_UNFIT = re.compile(r"[^\w-]+")


def answer(request: web.Request, found: Sequence[Portfolio], name: str) -> web.Response:
    """The archive, to be kept."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(found, 1):
            folder = f"{number:02d}-{_UNFIT.sub('-', one.alias).strip('-')[:40]}"
            archive.writestr(f"{folder}/works.json", as_json(one))
            page = request.app[FACE].html("site/own_works.html", request[FRAME], {"one": one})
            archive.writestr(f"{folder}/works.html", page)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.zip"',
        "Cache-Control": "no-store",
        "Vary": HEADERS["Vary"],
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=packed.getvalue(), content_type="application/zip", headers=headers)


def as_json(one: Portfolio) -> str:
    """What programs read: every piece with its times in UTC."""
    pieces: list[JSON] = [
        {
            "project": piece.project,
            "thread": piece.thread,
            "state": piece.state,
            "language": piece.language,
            "text": piece.text,
            "note": piece.note,
            "created": from_ms(piece.created_ms).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "changed": from_ms(piece.changed_ms).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for piece in one.pieces
    ]
    whole: JSONObject = {
        "format": FORMAT,
        "alias": one.alias,
        "class": one.class_name,
        "works": pieces,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
