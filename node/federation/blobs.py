"""`GET /spaces/{id}/blobs/{sha256}`: the bytes of a file for another member's node, with Range.

The answer is never anything but those bytes: its type says nothing, and nobody may show it.
"""

from aiohttp import hdrs, web

from node.actions import serve_blobs
from node.actions.context import CONTEXT
from node.federation.answers import HEADERS
from node.federation.asking import asked

BYTES = "application/octet-stream"


async def get(request: web.Request) -> web.StreamResponse:
    """All of the bytes, or the range that was asked for (RFC 9110 §14)."""
    served = await serve_blobs.find(
        request.app[CONTEXT],
        await asked(request),
        request.match_info["space"],
        request.match_info["sha256"],
    )
    return web.FileResponse(
        served.path,
        headers={
            **HEADERS,
            hdrs.CONTENT_TYPE: BYTES,
            hdrs.CONTENT_DISPOSITION: "attachment",
        },
    )


def routes() -> list[web.RouteDef]:
    """Below a space, beside what `spaces` answers."""
    return [web.get("/spaces/{space}/blobs/{sha256}", get, allow_head=False)]
