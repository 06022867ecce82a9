"""Who answers in a partner's place: nothing is told to whoever cannot prove to be that name."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from node.actions import contacts, find, messages, partners
from node.actions import deliveries as delivery_actions
from node.actions.permission import OPERATOR
from node.storage import deliveries
from node.storage import messages as message_rows
from node.storage.accounts import Account
from node.storage.deliveries import Delivery
from protocol.errors import Reason, Refused
from tests.attacks.visiting import signed_in
from tests.certificates import Authority, Certified
from tests.nodes import Node, VirtualClock, free_port, make_partners, running, settle
from tests.proxies import TlsProxy

NAME = "verde.example"
Certify = Callable[[Authority], Certified]
BAD: dict[str, Certify] = {
    "certificate_name": lambda authority: authority.issue("azul.example"),
    "certificate_expired": lambda authority: authority.issue(NAME, ended=timedelta(hours=1)),
    "certificate": lambda authority: authority.sign_itself(NAME),
}
SENTENCES = {
    "certificate_name": "is for another name",
    "certificate_expired": "is out of date",
    "certificate": "is not trusted here",
    "tls": "offers no encrypted connection",
    "redirected": "points elsewhere",
}
DOWNGRADE = b"HTTP/1.1 301 Moved\r\nLocation: http://verde.example/\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Ways:
    """Alpha and Verde, who are partners; Verde lies behind a TLS proxy at `port`."""

    alpha: Node
    verde: Node
    ana: Account
    bob: Account
    authority: Authority
    port: int

    def proxy(self, certified: Certified) -> TlsProxy:
        """Whoever answers at Verde's address."""
        return TlsProxy(certified, ("127.0.0.1", self.verde.listening.port), port=self.port)

    @asynccontextmanager
    async def honest(self) -> AsyncIterator[TlsProxy]:
        async with self.proxy(self.authority.issue(NAME)).running() as proxy:
            yield proxy

    async def write(self, text: str) -> None:
        await messages.send(self.alpha.context, self.ana, self.bob.actor, text=text, language="en")
        await settle(self.alpha)

    async def waiting(self) -> list[Delivery]:
        async with self.alpha.context.database.read() as reader:
            return await deliveries.list_open(reader)

    async def require_kept(self, why: str) -> None:
        """The letter stays in the queue, and the administrator's page says why."""
        [kept] = await self.waiting()
        assert (kept.state, kept.why) == ("waiting", why)
        page = (await (await signed_in(self.alpha)).get("/admin/deliveries")).body.decode()
        assert SENTENCES[why] in page

    async def require_arrives_after_all(self, *texts: str) -> None:
        async with self.honest() as proxy:
            for one in await self.waiting():
                await delivery_actions.retry(self.alpha.context, OPERATOR, one.id)
            await settle(self.alpha, self.verde)
            assert await self.waiting() == []
            assert proxy.asked
        async with self.verde.context.database.read() as reader:
            received = await message_rows.list_with(reader, self.bob.actor, self.ana.actor)
        assert sorted(one.text for one in received) == sorted(texts)


@pytest.fixture
async def ways(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Ways]:
    authority, port = Authority(tmp_path / "authority"), free_port()
    settings = {
        "SCHOOLGATE_REMOTE__CA_FILE": str(authority.file),
        "SCHOOLGATE_REMOTE__HOSTS": json.dumps({NAME: f"127.0.0.1:{port}"}),
    }
    async with (
        running("alpha", tmp_path / "alpha", clock, settings) as alpha,
        running("verde", tmp_path / "verde", clock, base=f"https://{NAME}") as verde,
    ):
        ana, bob = await alpha.account("ana"), await verde.account("bob")
        made = Ways(alpha, verde, ana, bob, authority, port)
        async with made.honest():
            await make_partners(alpha, verde)
            await find.find_actor(alpha.context, ana, bob.actor)
            offer = await contacts.offer(alpha.context, ana, bob.actor, "Shall we?")
            await settle(alpha, verde)
            await contacts.answer(verde.context, bob, offer, "yes")
            await settle(alpha, verde)
        yield made


@pytest.mark.parametrize("why", BAD)
async def test_a056_a_bad_certificate_is_told_nothing_and_the_letter_stays(
    ways: Ways, why: str
) -> None:
    async with ways.proxy(BAD[why](ways.authority)).running() as impostor:
        await ways.write("one")
        await ways.require_kept(why)
    assert impostor.asked == []
    await ways.require_arrives_after_all("one")


async def test_a056_a_partner_that_offers_no_tls_is_told_nothing(ways: Ways) -> None:
    heard = b""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        with suppress(OSError):
            heard += await reader.read(4096)
            writer.write(DOWNGRADE)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", ways.port):
        await ways.write("one")
        await ways.require_kept("tls")
    assert heard
    assert b"POST" not in heard
    await ways.require_arrives_after_all("one")


async def test_a056_the_way_down_to_plain_http_is_not_taken(ways: Ways) -> None:
    """Not even where a partner that proved its name points there."""
    plain = 0

    async def count(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal plain
        plain += 1
        writer.close()

    async def point_down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(DOWNGRADE.replace(b"verde.example", f"127.0.0.1:{bare}".encode()))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(count, "127.0.0.1", 0) as listening:
        bare = listening.sockets[0].getsockname()[1]
        behind = await asyncio.start_server(point_down, "127.0.0.1", 0)
        proxy = ways.proxy(ways.authority.issue(NAME))
        proxy.backend = behind.sockets[0].getsockname()[:2]
        async with behind, proxy.running():
            await ways.write("one")
            await ways.require_kept("redirected")
    assert plain == 0
    await ways.require_arrives_after_all("one")


async def test_a056_no_partner_is_noted_down_without_https(ways: Ways) -> None:
    async with ways.honest():
        for address in (f"http://{NAME}", f"http://{NAME}:443"):
            with pytest.raises(Refused) as refused:
                await partners.add(ways.alpha.context, OPERATOR, address)
            assert refused.value.reason is Reason.BAD_NAME
