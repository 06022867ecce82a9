"""The way from a call that was fetched to this node's own door for machines, on loopback.

The request is handed on as it came, byte for byte; the door verifies it as any other.
"""

import aiohttp
from aiohttp import hdrs
from yarl import URL

from node.remote.answer import DEFAULT_MAX_BYTES, Answer, read_answer
from node.remote.failures import unreachable
from node.remote.lines import Call

TIMEOUT_S = 25.0


class InnerDoor:
    """This node's door for machines, which listens at `url` for nobody but this node itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            skip_auto_headers=(hdrs.ACCEPT, hdrs.USER_AGENT, hdrs.CONTENT_TYPE),
            headers={hdrs.ACCEPT_ENCODING: "identity"},
            auto_decompress=False,
            trust_env=False,
        )

    async def ask(self, call: Call, now_ms: int) -> Answer:
        """What the door answers to `call`. Refuses as `Client.get` after connecting."""
        try:
            async with self._session.request(
                call.method,
                URL(self._url + call.target, encoded=True),
                headers=call.headers,
                data=call.body,
                allow_redirects=False,
            ) as response:
                return await read_answer(response, DEFAULT_MAX_BYTES, now_ms)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error) from None

    async def close(self) -> None:
        await self._session.close()
