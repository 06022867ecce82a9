"""The way between two schools as a seed will have it: what is lost, late, doubled, cut or reset."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.proxies import TlsProxy

LATEST_S = 1.5
STORM = {
    "calm": 10, "late": 5, "lost": 3, "answer lost": 4, "twice": 5, "request cut": 3,
    "answer cut": 4, "reset": 3,
}  # fmt: skip
"""What happens to a request, and how often."""


@dataclass
class Weather(TlsProxy):
    """What one school asks another goes through here; calm until `is_stormy`."""

    chance: random.Random = field(default_factory=random.Random)
    is_stormy: bool = False
    happened: Counter[str] = field(default_factory=Counter)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await self.read_request(reader, writer)
            what = self._draw()
            self.happened[what] += 1
            answer = await self._pass_on(what, request)
            writer.write(answer)
            await writer.drain()
            if what in {"calm", "late", "twice"}:
                writer.close()
                await writer.wait_closed()
        # Whatever is not whole by now ends as when a cable is pulled.
        writer.transport.abort()

    def _draw(self) -> str:
        if not self.is_stormy:
            return "calm"
        return self.chance.choices(list(STORM), list(STORM.values()))[0]

    async def _pass_on(self, what: str, request: bytes) -> bytes:
        """Do to the request what happens to it; what the school that asked is to read."""
        match what:
            case "calm":
                return await self._ask(request)
            case "late":
                await asyncio.sleep(self.chance.uniform(0, LATEST_S))
                return await self._ask(request)
            case "lost" | "reset":
                if what == "lost":
                    await asyncio.sleep(self.chance.uniform(0, LATEST_S))
                return b""
            case "answer lost":
                await self._ask(request)
                return b""
            case "twice":
                answers = await asyncio.gather(self._ask(request), self._ask(request))
                return self.chance.choice(answers)
            case "request cut":
                return await self._ask(self._part_of(request), is_whole=False)
            case "answer cut":
                return self._part_of(await self._ask(request))
            case other:
                raise ValueError(other)

    def _part_of(self, octets: bytes) -> bytes:
        return octets[: self.chance.randrange(len(octets))] if octets else b""

    async def _ask(self, request: bytes, *, is_whole: bool = True) -> bytes:
        """What the node says, until it closes; nothing where it does not run."""
        try:
            reader, writer = await asyncio.open_connection(*self.backend)
        except OSError:
            return b""
        try:
            writer.write(request)
            if not is_whole:
                writer.write_eof()
            return await reader.read()
        except OSError:
            return b""
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
