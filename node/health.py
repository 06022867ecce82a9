"""`/healthz`, `/readyz`, `/metrics`: for whatever watches over the node.

Whether the node lives and is ready may be known to everybody. What it holds is told only to who
shows the token of `metrics.token_file`, or asks from this very machine and not through a proxy.
"""

import asyncio
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path

from aiohttp import hdrs, web
from yarl import URL

from node.actions import health
from node.actions.context import CONTEXT, Context
from node.events import token_unreadable
from protocol.errors import Reason, Refused

_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via")
_TEXT = "text/plain; version=0.0.4"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def routes() -> list[web.RouteDef]:
    """All three."""
    return [
        web.get("/healthz", _healthz),
        web.get("/readyz", _readyz),
        web.get("/metrics", _metrics),
    ]


async def _healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok\n", headers=_HEADERS)


async def _readyz(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    found = await health.look(context)
    lines = ["ready" if found.ready else "not ready"]
    if await _may_know(request, context):
        lines += [f"{'ok ' if good else 'BAD'} {name}" for name, good in found.checks.items()]
    status = 200 if found.ready else 503
    return web.Response(status=status, text="\n".join(lines) + "\n", headers=_HEADERS)


async def _metrics(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    if not await _may_know(request, context):
        raise Refused(Reason.NOT_FOUND, "There is nothing here.")
    body = context.meter.text(await health.figures(context))
    return web.Response(body=body, headers={**_HEADERS, hdrs.CONTENT_TYPE: _TEXT})


async def _may_know(request: web.Request, context: Context) -> bool:
    file = context.settings.metrics.token_file
    if file is None:
        return _is_from_here(request)
    try:
        token = (await asyncio.to_thread(Path(file).read_text, encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError):
        token_unreadable("metrics.token_file")
        return False
    shown = request.headers.get(hdrs.AUTHORIZATION, "")
    same = compare_digest(shown.encode("utf-8", "surrogateescape"), f"Bearer {token}".encode())
    return bool(token) and same


def _is_from_here(request: web.Request) -> bool:
    """From this machine, under a loopback name, and not handed on by a proxy for somebody else."""
    try:
        near = ip_address(request.remote or "").is_loopback
        host = URL(f"http://{request.headers.get(hdrs.HOST, '')}").host or ""
    except ValueError:
        return False
    named = host == "localhost" or host in ("127.0.0.1", "::1")
    return near and named and not any(name in request.headers for name in _FORWARDED)
