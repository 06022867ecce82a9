"""A partner whose answers are lies: each is refused by name, and what is true still arrives."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from node.actions import forum, serve_space
from node.storage import cursors, spaces
from node.workers import replication
from protocol.space import operation
from protocol.space.operation import Operation
from protocol.space.sync import Head, Heads
from tests.node.spaces.schools import Shared, texts
from tests.node.spaces.speaking import own_log, write_threads
from tests.nodes import settle

QUIET = frozenset({"nonces", "partners", "replication", "cursors", "clocks"})


@dataclass
class Liar:
    """Answers in Beta's place whatever it was told to."""

    heads: Heads
    pages: dict[str, Sequence[Operation]] = field(default_factory=dict)
    asked: int = 0

    growing: Sequence[Operation] = ()

    async def get_heads(self, _: web.Request) -> web.Response:
        self.asked += 1
        told = self.heads.as_json()
        if self.growing:
            longer = claiming(self.heads, self.growing[: self.asked])
            told = {**longer.as_json(), "digest": f"{self.asked:0>42}A"}
        return web.json_response(told)

    async def get_log(self, request: web.Request) -> web.Response:
        self.asked += 1
        after = int(request.query.get("after", "0"))
        page = self.pages.get(request.match_info["log"], ())
        lines = [operation.to_line(one) for one in page if one.header.seq > after]
        return web.Response(body=b"\n".join(lines), content_type="application/x-ndjson")

    async def take(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"logs": {}, "digest": "A" * 43}, status=202)


@asynccontextmanager
async def in_betas_place(shared: Shared, liar: Liar) -> AsyncIterator[None]:
    await shared.beta.close_doors()
    app = web.Application()
    app.router.add_get("/spaces/{space}/heads", liar.get_heads)
    app.router.add_get("/spaces/{space}/logs/{log:.*}", liar.get_log)
    app.router.add_post("/spaces/{space}/inbox", liar.take)
    port = URL(shared.beta.url).port
    server = TestServer(app, port=port)
    await server.start_server()
    try:
        yield
    finally:
        await server.close()
        await shared.beta.open_doors()


async def heads_of(shared: Shared) -> Heads:
    async with shared.beta.context.database.read() as reader:
        kept = await spaces.get(reader, shared.space)
        return await serve_space.build_heads(reader, kept)


def claiming(heads: Heads, written: Sequence[Operation]) -> Heads:
    """Heads that end where `written` ends."""
    last = written[-1]
    logs = {**heads.logs, last.header.log: Head(last.header.seq, last.id)}
    return replace_heads(heads, logs)


def replace_heads(heads: Heads, logs: dict[str, Head]) -> Heads:
    return msgspec.structs.replace(heads, logs=logs, digest="B" * 42 + "A")


async def why(shared: Shared) -> str:
    async with shared.alpha.context.database.read() as reader:
        return (await cursors.list_of_space(reader, shared.space))[0].why


async def compare_now(shared: Shared) -> None:
    shared.alpha.clock.advance(seconds=700)
    await replication.step(shared.alpha.context)


async def test_a_tampered_page_is_refused_and_nothing_of_it_is_kept(shared: Shared) -> None:
    one, two = await write_threads(shared.beta, shared.space, "one", "two")
    liar = Liar(claiming(await heads_of(shared), [one, two]))
    liar.pages[one.header.log] = [one, replace(two, signature=bytes(64))]
    before = await shared.alpha.dump(but=QUIET)
    async with in_betas_place(shared, liar):
        await compare_now(shared)
        assert await why(shared) == "bad_signature"
        assert await shared.alpha.dump(but=QUIET) == before
    await bring_true(shared)
    assert await texts(shared.alpha, shared.space) == []


async def bring_true(shared: Shared) -> None:
    """Beta itself answers again, and truly."""
    shared.alpha.clock.advance(seconds=60)
    await settle(shared.alpha, shared.beta)
    assert await why(shared) == ""


async def test_heads_that_nothing_stands_behind_end_the_conversation(shared: Shared) -> None:
    written = await write_threads(shared.beta, shared.space, "one")
    liar = Liar(claiming(await heads_of(shared), written))
    async with in_betas_place(shared, liar):
        await compare_now(shared)
        assert await why(shared) == "conflict"
        assert liar.asked < 10
    await bring_true(shared)


async def test_heads_that_never_rest_do_not_keep_the_node_busy(shared: Shared) -> None:
    written = await write_threads(shared.beta, shared.space, *"abcdefghijkl")
    liar = Liar(await heads_of(shared), growing=written)
    async with in_betas_place(shared, liar):
        await compare_now(shared)
        assert liar.asked < 3 * 8
    await bring_true(shared)


async def test_rubbish_for_heads_is_a_bad_answer(shared: Shared) -> None:
    heads = await heads_of(shared)
    liar = Liar(replace_heads(heads, {**heads.logs, "c/nobody/0": Head(1, "A" * 43)}))
    async with in_betas_place(shared, liar):
        await compare_now(shared)
        assert await why(shared) == "bad_answer"


async def test_a_partner_that_claims_to_have_taken_all_is_compared_with(shared: Shared) -> None:
    """Its digest differs although it said 202; that costs one conversation, not many."""
    liar = Liar(await heads_of(shared))
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="t", text="true", language="en"
    )
    async with in_betas_place(shared, liar):
        await replication.step(shared.alpha.context)
        assert await why(shared) == "conflict"
        assert liar.asked < 10
    await bring_true(shared)
    assert len(await own_log(shared.alpha, shared.space)) == 2
    assert await texts(shared.beta, shared.space) == [["true"]]
