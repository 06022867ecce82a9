"""The least that a request costs: a door that checks who signed it, and does nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from node.actions import identity
from node.actions.context import Context
from protocol import requests
from protocol.keys import PublicKey


@asynccontextmanager
async def bare_door(speaker: Context) -> AsyncIterator[str]:
    """`/inbox` of a server that takes what the service actor of `speaker` signs, and keeps nothing;
    where it is."""
    async with speaker.database.read() as reader:
        known = (await identity.get_identity(speaker, reader, f"{speaker.base}/actor")).signer

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        target = requests.target_uri(str(request.url.origin()), request.raw_path)
        headers = [(name.decode().lower(), value.decode()) for name, value in request.raw_headers]
        presented = requests.read_signature(
            method=request.method, target_uri=target, headers=headers
        )
        presented.check(PublicKey(known.public.raw), body, speaker.now_ms() // 1000)
        return web.json_response({}, status=202)

    app = web.Application()
    app.add_routes([web.post("/inbox", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
