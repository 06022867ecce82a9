"""A school moves to another domain: its names stay, its partners find it, its spaces go on."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from node.actions import actors, addresses, find, forum, identity, messages, replica
from node.app import build_app
from node.storage import deliveries, descriptors, partners
from node.storage import spaces as space_rows
from protocol import names, outbound
from protocol.errors import Reason, Refused
from protocol.space.descriptor import Descriptor, sign_descriptor
from tests.certificates import Authority
from tests.node.spaces.schools import Shared, found_together, texts
from tests.nodes import PASSWORD, Node, VirtualClock, free_port, make_partners, running, settle
from tests.proxies import TlsProxy

OLD, NEW = "alt.example", "neu.example"


@dataclass
class Moving:
    """Beta, which moves, and alpha, its partner; a space of both."""

    alpha: Node
    beta: Node
    shared: Shared
    old: TlsProxy
    new: TlsProxy
    stacks: dict[str, AsyncExitStack] = field(default_factory=dict)

    async def open(self, proxy: TlsProxy) -> None:
        stack = self.stacks[proxy.certified.chain.name] = AsyncExitStack()
        await stack.enter_async_context(proxy.running())

    async def close(self, proxy: TlsProxy) -> None:
        await self.stacks.pop(proxy.certified.chain.name).aclose()

    async def move(self, address: str | None = f"https://{NEW}") -> None:
        """What `schoolgate move` and the next start do."""
        settings = self.beta.context.settings
        moved = replace(settings, node=replace(settings.node, address=address))
        self.beta.context = replace(self.beta.context, settings=moved)
        await actors.renew_node(self.beta.context)
        await addresses.renew(self.beta.context)

    async def write(self, to_beta: str, to_alpha: str) -> None:
        """Letters and posts both ways."""
        shared = self.shared
        for node, writer, reader, text in (
            (self.alpha, shared.ana, shared.bob, to_beta),
            (self.beta, shared.bob, shared.ana, to_alpha),
        ):
            await messages.send(node.context, writer, reader.actor, text=text, language="en")
            await forum.start_thread(
                node.context, writer, shared.space, title=text, text=text, language="en"
            )
        await settle(self.alpha, self.beta)

    async def require_alike(self, *expected: str) -> None:
        for node in (self.alpha, self.beta):
            assert {one[0] for one in await texts(node, self.shared.space)} >= set(expected)
            async with node.context.database.read() as reader:
                assert await deliveries.list_open(reader) == []


@pytest.fixture
async def moving(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Moving]:
    authority = Authority(tmp_path / "authority")
    ports = {OLD: free_port(), NEW: free_port()}
    settings = {
        "SCHOOLGATE_REMOTE__CA_FILE": str(authority.file),
        "SCHOOLGATE_REMOTE__HOSTS": json.dumps(
            {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        ),
    }
    async with (
        running("alpha", tmp_path / "alpha", clock, settings) as alpha,
        running("beta", tmp_path / "beta", clock, settings, f"https://{OLD}") as beta,
    ):
        backend = ("127.0.0.1", beta.listening.port)
        old, new = (TlsProxy(authority.issue(one), backend, port=ports[one]) for one in ports)
        async with old.running():
            await make_partners(alpha, beta)
            shared = await found_together(alpha, beta)
        made = Moving(alpha, beta, shared, old, new)
        yield made
        for stack in list(made.stacks.values()):
            await stack.aclose()


async def test_everything_goes_on_at_the_new_address(moving: Moving) -> None:
    await moving.open(moving.old)
    await moving.open(moving.new)
    await moving.move()
    await settle(moving.alpha, moving.beta)
    await moving.write("to the new house", "from the new house")
    await moving.require_alike("to the new house", "from the new house")
    asked = len(moving.old.asked)
    await moving.close(moving.old)
    await moving.write("the old one is gone", "and nobody misses it")
    await moving.require_alike("the old one is gone", "and nobody misses it")
    assert len(moving.old.asked) == asked
    assert any(line.startswith("POST /inbox") for line in moving.new.asked)
    async with moving.alpha.context.database.read() as reader:
        kept = await space_rows.get(reader, moving.shared.space)
        assert kept.state.actors[await actors.get_node(reader)]
        assert await partners.find_address(reader, f"https://{OLD}") == f"https://{NEW}"


async def test_the_old_address_is_used_until_the_new_one_says_who_it_is(moving: Moving) -> None:
    await moving.open(moving.old)
    await moving.move()
    await settle(moving.alpha, moving.beta)
    await moving.write("the new one is not yet there", "so the old one serves")
    await moving.require_alike("the new one is not yet there", "so the old one serves")
    assert any(line.startswith("POST /inbox") for line in moving.old.asked)
    await moving.open(moving.new)
    moving.alpha.clock.advance(seconds=61)
    await moving.write("now it is there", "indeed")
    await moving.require_alike("now it is there", "indeed")
    assert any(line.startswith("POST /inbox") for line in moving.new.asked)


async def test_nobody_is_led_to_a_server_that_does_not_say_the_same(
    moving: Moving, gamma: Node
) -> None:
    await moving.open(moving.old)
    moving.new.backend = ("127.0.0.1", gamma.listening.port)
    await moving.open(moving.new)
    await moving.move()
    await settle(moving.alpha, moving.beta)
    await moving.write("still at the old house", "still here")
    await moving.require_alike("still at the old house", "still here")
    assert {line.split(" ")[1] for line in moving.new.asked} == {"/.well-known/schoolgate"}


async def test_a_node_moves_back(moving: Moving) -> None:
    await moving.open(moving.old)
    await moving.open(moving.new)
    await moving.move()
    await settle(moving.alpha, moving.beta)
    await moving.move(None)
    await settle(moving.alpha, moving.beta)
    await moving.close(moving.new)
    await moving.write("back again", "here I am")
    await moving.require_alike("back again", "here I am")


async def test_a_members_descriptor_leads_its_own_traffic_and_nobody_elses(moving: Moving) -> None:
    """A member names another school's actor as its own: what is meant for that school stays."""
    alpha, beta, space = moving.alpha, moving.beta, moving.shared.space
    await moving.open(moving.old)
    async with beta.context.database.read() as reader:
        kept = await space_rows.get(reader, space)
        signer = await replica.get_signer(beta.context, reader, kept.key_id)
    actor = names.service_actor_id("https://victim.example")
    said = Descriptor(1, space, kept.node, 1, actor, (f"https://{NEW}",))
    answer = await beta.context.client.post(
        f"{alpha.url}/spaces/{space}/descriptors",
        outbound.release_statements(beta.context.book, [sign_descriptor(said, signer)]),
        origin=alpha.url,
        as_=await identity.get_service_identity(beta.context),
    )
    assert answer.status == 202
    async with alpha.context.database.read() as reader:
        assert await partners.find_address(reader, "https://victim.example") == (
            "https://victim.example"
        )
        assert await descriptors.find(reader, space, kept.node) is not None


async def test_descriptors_are_told_once_and_the_newest_stays(moving: Moving) -> None:
    alpha, beta, space = moving.alpha, moving.beta, moving.shared.space
    await moving.open(moving.old)
    await moving.move()
    await settle(alpha, beta)
    async with alpha.context.database.read() as reader:
        kept = await space_rows.get(reader, space)
        other = next(node for node in kept.state.actors if node != kept.node)
        first = await descriptors.find(reader, space, other)
    assert first is not None
    assert first.version == 1
    asked = len(moving.old.asked)
    await addresses.renew(beta.context)
    await settle(beta)
    assert len(moving.old.asked) == asked
    speaker = await identity.get_service_identity(beta.context)
    for _ in range(2):
        answer = await beta.context.client.post(
            f"{alpha.url}/spaces/{space}/descriptors",
            outbound.release_statements(beta.context.book, [first.signed]),
            origin=alpha.url,
            as_=speaker,
        )
        assert answer.status == 202
    stranger = await beta.context.client.post(
        f"{alpha.url}/spaces/{'A' * 43}/descriptors",
        outbound.release_statements(beta.context.book, [first.signed]),
        origin=alpha.url,
        as_=speaker,
    )
    assert (stranger.status, stranger.reason) == (404, Reason.NOT_FOUND)


async def test_readers_who_know_the_old_address_are_led_to_the_new_one(moving: Moving) -> None:
    await moving.move()
    server = TestServer(build_app(moving.beta.context, "all"))
    async with TestClient(server) as client:
        for host, accept, status in (
            (OLD, "text/html", 307),
            (NEW, "text/html", 200),
            (OLD, "application/activity+json", 401),
        ):
            answer = await client.get(
                "/schools/school?a=b",
                headers={"Host": host, "Accept": accept},
                allow_redirects=False,
            )
            assert answer.status == status
            if status == 307:
                assert answer.headers["Location"] == f"https://{NEW}/schools/school?a=b"
        sent = await client.post(
            "/login",
            data={"handle": "bob", "password": PASSWORD},
            headers={"Host": OLD, "Origin": f"https://{OLD}", "Accept": "text/html"},
            allow_redirects=False,
        )
        assert sent.status == 303
        for host in (OLD, NEW, "evil.example"):
            answer = await client.get(
                f"/.well-known/webfinger?resource=acct:school@{host}", headers={"Host": OLD}
            )
            assert answer.status == (404 if host == "evil.example" else 200)
            if answer.status == 200:
                found = await answer.json()
                assert found["subject"] == f"acct:school@{OLD}"
                assert found["links"][0]["href"] == f"https://{OLD}/schools/school"


async def test_who_moved_is_found_under_both_addresses(moving: Moving, gamma: Node) -> None:
    await moving.open(moving.old)
    await moving.open(moving.new)
    await moving.move()
    await settle(moving.alpha, moving.beta)
    ana, bob = moving.shared.ana, moving.shared.bob
    for text in (f"bob@{OLD}", f"bob@{NEW}", f"https://{NEW}/people/bob", bob.actor):
        for node, person in ((moving.alpha, ana), (moving.beta, bob)):
            assert await find.find_actor(node.context, person, text) == bob.actor
    with pytest.raises(Refused) as refused:
        await find.find_actor(gamma.context, gamma.admin, f"https://{NEW}/people/bob")
    assert refused.value.reason is Reason.NOT_PARTNER


async def test_two_who_say_that_they_are_at_one_address_are_both_not_meant(
    moving: Moving, gamma: Node
) -> None:
    await moving.open(moving.old)
    await moving.open(moving.new)
    await moving.move()
    await settle(moving.alpha, moving.beta)
    await make_partners(gamma, moving.alpha)
    settings = gamma.context.settings
    liar = replace(
        gamma.context,
        settings=replace(settings, node=replace(settings.node, address=f"https://{NEW}")),
    )
    await actors.renew_node(liar)
    await settle(gamma, moving.alpha)
    with pytest.raises(Refused) as refused:
        await find.find_actor(moving.alpha.context, moving.shared.ana, f"bob@{NEW}")
    assert refused.value.reason is Reason.NOT_PARTNER
    found = await find.find_actor(moving.alpha.context, moving.shared.ana, f"bob@{OLD}")
    assert found == moving.shared.bob.actor
