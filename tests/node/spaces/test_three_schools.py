"""Three schools: what one could not tell another hears from the third, and nobody waits for one."""

from node.actions import forum, spaces
from node.actions.materials import Said
from node.storage import cursors, partners
from node.workers import replication
from tests.files import pdf
from tests.node.spaces.bringing import bytes_at, files_at, publish
from tests.node.spaces.schools import Shared, texts
from tests.nodes import Node, settle

PDF = pdf(10_000)


async def write(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="t", text=text, language="en"
    )


async def test_a_write_reaches_both_other_schools(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    await write(shared, "one")
    await settle(shared.alpha, shared.beta, gamma)
    assert await texts(shared.beta, shared.space) == [["one"]]
    assert await texts(gamma, shared.space) == [["one"]]


async def test_what_the_author_could_not_tell_spreads_through_the_third(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    await gamma.close_doors()
    await write(shared, "one")
    await settle(shared.alpha, shared.beta)
    await shared.alpha.close_doors()
    await gamma.open_doors()
    gamma.clock.advance(seconds=700)
    await settle(gamma)
    assert await texts(gamma, shared.space) == [["one"]]


async def test_an_erasure_spreads_through_the_third_and_is_confirmed_to_the_author(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    thread = await write(shared, "one")
    await settle(shared.alpha, shared.beta, gamma)
    await gamma.close_doors()
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    await settle(shared.alpha, shared.beta)
    await shared.alpha.close_doors()
    await gamma.open_doors()
    gamma.clock.advance(seconds=700)
    await settle(gamma)
    assert await texts(gamma, shared.space) == [[""]]
    await shared.alpha.open_doors()
    gamma.clock.advance(seconds=700)
    await settle(gamma)
    async with shared.alpha.context.database.read() as reader:
        receipts = await reader.count("SELECT count(*) FROM receipts")
    assert receipts == 2


async def test_a_silent_school_delays_no_other(three: tuple[Shared, Node]) -> None:
    shared, gamma = three
    await shared.beta.close_doors()
    await write(shared, "one")
    await replication.step(shared.alpha.context)
    assert await texts(gamma, shared.space) == [["one"]]
    async with shared.alpha.context.database.read() as reader:
        stand = {one.origin: one.why for one in await cursors.list_of_space(reader, shared.space)}
    assert stand == {shared.beta.url: "unreachable", gamma.url: ""}


async def test_what_a_suspended_school_writes_and_erases_comes_through_the_third(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    alpha, beta = shared.alpha, shared.beta
    now_ms = alpha.clock.now_ms()
    async with alpha.context.database.write() as transaction:
        await partners.put_admitted(transaction, beta.url, "hub", "pending", now_ms)
    thread = await forum.start_thread(
        beta.context, shared.bob, shared.space, title="t", text="one", language="en"
    )
    await settle(alpha, beta)
    assert await texts(alpha, shared.space) == []
    gamma.clock.advance(seconds=700)
    await settle(alpha, beta, gamma)
    assert await texts(alpha, shared.space) == [["one"]]
    seen = await spaces.find_space(alpha.context, shared.ana, shared.space)
    assert [one.suspended_ms for one in seen.schools if one.origin == beta.url] == [now_ms]
    await forum.erase(beta.context, shared.bob, shared.space, thread)
    gamma.clock.advance(seconds=700)
    await settle(beta, gamma)
    gamma.clock.advance(seconds=700)
    await settle(alpha, gamma)
    assert await texts(alpha, shared.space) == [[""]]


async def test_bytes_that_one_school_damaged_come_from_the_third(
    three: tuple[Shared, Node],
) -> None:
    shared, gamma = three
    await publish(shared, PDF, Said("Plan.pdf", "", "CC0-1.0", "en"))
    await settle(shared.alpha, gamma)
    (file,) = await files_at(shared.alpha, shared.space)
    assert await bytes_at(gamma, shared.space, file.sha256) == PDF
    shared.alpha.context.shelf.place_of(file.sha256).write_bytes(b"%PDF-" + bytes(len(PDF) - 5))
    await settle(shared.alpha, shared.beta, gamma)
    assert await bytes_at(shared.beta, shared.space, file.sha256) == PDF
