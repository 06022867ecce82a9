"""A request of another machine, as the actions look at it."""

from aiohttp import web

from node.actions import recognise
from node.actions.context import CONTEXT
from node.actions.recognise import Asked, Recognised


async def asked(request: web.Request, *, with_body: bool = False) -> Asked:
    """The parts that a signature speaks about; the body as it was received."""
    return Asked(
        method=request.method,
        raw_target=request.raw_path,
        headers=[
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers
        ],
        body=await request.read() if with_body else None,
    )


async def require_partner(request: web.Request) -> Recognised:
    """The approved partner's actor that signed a GET. Refuses strangers with 401."""
    return await recognise.recognise_once(request.app[CONTEXT], await asked(request))
