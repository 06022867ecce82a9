"""A node asks its partners whether it is reached, and each calls it where it is noted down."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from node.actions import callbacks, identity, partners
from node.actions.callbacks import Verdict
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.remote.answer import Answer
from node.storage import keys as key_rows
from protocol import names, outbound
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from tests.certificates import Authority
from tests.node.web.browser import browsing
from tests.nodes import CHEAP, Node, VirtualClock, free_port, make_partners, running
from tests.proxies import TlsProxy

NAME = "verde.example"


async def asks(context: Context) -> Verdict:
    verdict = await callbacks.ask(context, OPERATOR)
    assert verdict is not None
    return verdict


async def send(asker: Node, to: Node, body: JSONObject | None = None) -> Answer:
    """The request itself."""
    wanted: JSONObject = {"origin": asker.url} if body is None else body
    return await asker.context.client.post(
        f"{to.url}/callbacks",
        outbound.release(asker.context.book, wanted, "callback-request"),
        origin=to.url,
        as_=await identity.get_service_identity(asker.context),
    )


async def test_a_node_that_is_reached_is_told_so(pair: tuple[Node, Node]) -> None:
    verdict = await asks(pair[0].context)
    assert (verdict.is_reached, verdict.by, verdict.skew_s) == (True, "School Beta", 0)
    async with browsing(pair[0], "admin") as admin:
        shown = await admin.submit(await admin.get("/admin/reach"), "/admin/reach")
        assert "School Beta has reached this server" in shown.text


async def test_a_closed_port_is_told(pair: tuple[Node, Node]) -> None:
    await pair[0].close_doors()
    assert (await asks(pair[0].context)).why == "connect"
    await pair[0].open_doors()


async def test_who_has_no_partner_is_told_that_nobody_could_be_asked(alpha: Node) -> None:
    assert await callbacks.ask(alpha.context, OPERATOR) is None
    async with browsing(alpha, "admin") as admin:
        shown = await admin.submit(await admin.get("/admin/reach"), "/admin/reach")
        assert "Connect with one first" in shown.text


@pytest.mark.parametrize(
    ("off_s", "why"), [(120, ""), (-200, ""), (1000, "clock"), (-900, "clock")]
)
async def test_a_clock_that_is_off_is_told(
    tmp_path: Path, beta: Node, off_s: int, why: str
) -> None:
    clock = VirtualClock(beta.clock.now_ms())
    async with running("late", tmp_path / "late", clock) as late:
        await make_partners(late, beta)
        clock.advance(seconds=-off_s)
        verdict = await asks(late.context)
    assert verdict.why == why
    assert abs(verdict.skew_s - off_s) <= 1
    assert verdict.is_clock_off


async def test_an_address_that_the_partner_does_not_know_is_told(
    tmp_path: Path, beta: Node, clock: VirtualClock
) -> None:
    """Somebody edited `node.base_url`: the partner knows the node by its old one."""
    async with running("edited", tmp_path / "edited", clock) as edited:
        await make_partners(edited, beta)
        settings = edited.context.settings
        moved = replace(settings, node=replace(settings.node, base_url="http://127.0.0.1:7"))
        context = replace(edited.context, settings=moved)
        async with context.database.write() as transaction:
            own = await key_rows.get_current(transaction, names.service_actor_id(edited.url))
            actor = names.service_actor_id(context.base)
            renamed = replace(own, actor=actor, key_id=names.key_id(actor))
            await key_rows.put(transaction, renamed)
        assert (await asks(context)).why == callbacks.OTHER_BASE


@dataclass
class Behind:
    """Verde, behind a TLS proxy that a test exchanges; beta trusts the authority."""

    verde: Node
    beta: Node
    authority: Authority
    port: int
    other: int

    async def verdict(self, proxy: TlsProxy) -> Verdict:
        async with proxy.running():
            return await asks(self.verde.context)


@pytest.fixture
async def behind(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Behind]:
    authority, port = Authority(tmp_path / "authority"), free_port()
    settings = {
        "SCHOOLGATE_REMOTE__CA_FILE": str(authority.file),
        "SCHOOLGATE_REMOTE__HOSTS": json.dumps({NAME: f"127.0.0.1:{port}"}),
    }
    async with (
        running("beta", tmp_path / "beta", clock, settings) as beta,
        running("verde", tmp_path / "verde", clock, base=f"https://{NAME}") as verde,
        running("gamma", tmp_path / "gamma", clock) as gamma,
    ):
        made = Behind(verde, beta, authority, port, gamma.listening.port)
        honest = TlsProxy(authority.issue(NAME), ("127.0.0.1", verde.listening.port), port=port)
        async with honest.running():
            await make_partners(beta, verde)
        yield made


async def test_what_is_wrong_in_front_of_a_node_is_told(behind: Behind) -> None:
    authority, port = behind.authority, behind.port
    node = ("127.0.0.1", behind.verde.listening.port)
    found = {
        why: (await behind.verdict(TlsProxy(certified, backend, port=port))).why
        for why, certified, backend in (
            ("", authority.issue(NAME), node),
            ("certificate_name", authority.issue("azul.example"), node),
            ("certificate_expired", authority.issue(NAME, ended=timedelta(hours=1)), node),
            ("certificate", authority.sign_itself(NAME), node),
            ("other_node", authority.issue(NAME), ("127.0.0.1", behind.other)),
        )
    }
    assert list(found) == list(found.values())
    assert (await asks(behind.verde.context)).why == "connect"


async def test_nobody_is_called_but_the_asker_at_its_own_base(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    """What the asker takes for its base is compared by itself, and leads nowhere."""
    alpha, beta = pair
    with pytest.raises(Refused):
        await send(alpha, beta, {"origin": f"{gamma.url}/admin"})
    told = await send(alpha, beta, {"origin": gamma.url})
    assert told.status == 200
    assert json.loads(told.body)["origin"] == alpha.url
    stranger = await send(gamma, beta)
    assert (stranger.status, stranger.reason) == (401, Reason.UNKNOWN_KEY)


async def test_nobody_is_called_often(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    most = beta.context.settings.limits.callbacks_per_hour
    answers = [await send(alpha, beta) for _ in range(most + 2)]
    assert [one.status for one in answers] == [200] * most + [429] * 2
    assert answers[-1].retry_after_s


async def test_a_node_may_call_nobody_back(
    tmp_path: Path, alpha: Node, clock: VirtualClock
) -> None:
    silent = CHEAP | {"SCHOOLGATE_LIMITS__CALLBACKS_PER_HOUR": "0"}
    async with running("silent", tmp_path / "silent", clock, silent) as node:
        await make_partners(alpha, node)
        answer = await send(alpha, node)
        assert (answer.status, answer.reason) == (403, Reason.NOT_ALLOWED)
        assert await callbacks.ask(alpha.context, OPERATOR) is None


async def test_people_of_a_partner_cannot_ask_for_it(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana")
    async with alpha.context.database.read() as reader:
        person = await identity.get_identity(alpha.context, reader, ana.actor)
    wanted = outbound.release(alpha.context.book, {"origin": alpha.url}, "callback-request")
    answer = await alpha.context.client.post(
        f"{beta.url}/callbacks", wanted, origin=beta.url, as_=person
    )
    assert (answer.status, answer.reason) == (401, Reason.WRONG_ACTOR)


async def test_a_blocked_partner_is_not_asked(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await partners.block(alpha.context, OPERATOR, beta.url)
    assert await callbacks.ask(alpha.context, OPERATOR) is None
