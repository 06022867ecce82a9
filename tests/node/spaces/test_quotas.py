"""Room for what schools bring: one that is over its share waits alone, and all see which."""

import asyncio

import pytest

from node.actions import forum, materials, quotas
from node.storage import spaces as space_rows
from node.storage import usage
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.cli.test_commands import run
from tests.node.spaces.bringing import publish
from tests.node.spaces.schools import Shared, texts
from tests.node.spaces.speaking import bring, own_log
from tests.nodes import Node, settle

LONG = "x" * 4_000


async def say(node: Node, who: object, space: str, text: str = LONG) -> str:
    account = await node.get(str(who))
    return await forum.start_thread(
        node.context, account, space, title="T", text=text, language="en"
    )


async def counted(node: Node, space: str) -> dict[str, int]:
    """The same as the triggers count, from the rows themselves."""
    async with node.context.database.read() as reader:
        rows = await reader.all(
            "SELECT node, sum(bytes) AS bytes FROM ("
            "SELECT substr(log, 3, 32) AS node, length(header) + 64 AS bytes FROM operations "
            "WHERE space = $1 UNION ALL "
            "SELECT substr(o.log, 3, 32), length(CAST(p.payload AS BLOB)) FROM payloads p "
            "JOIN operations o ON o.space = p.space AND o.id = p.op WHERE p.space = $1 UNION ALL "
            "SELECT substr(o.log, 3, 32), max(r.size) FROM blob_references r JOIN operations o "
            "ON o.space = r.space AND o.id = r.op WHERE r.space = $1 "
            "GROUP BY substr(o.log, 3, 32), r.sha256) GROUP BY node",
            space,
        )
        found = await usage.list_of_space(reader, space)
    assert found == {row["node"]: row["bytes"] for row in rows}
    return found


async def test_bytes_are_counted_however_they_come_and_go(shared: Shared) -> None:
    before = await counted(shared.alpha, shared.space)
    thread = await say(shared.alpha, "ana", shared.space)
    file = await publish(shared, pictures.tagged("JPEG", (320, 240)))
    await settle(shared.alpha, shared.beta)
    written = await counted(shared.alpha, shared.space)
    assert sum(written.values()) > sum(before.values()) + len(LONG)
    assert await counted(shared.beta, shared.space) == written
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    await materials.erase(shared.alpha.context, shared.ana, shared.space, file)
    await settle(shared.alpha, shared.beta)
    erased = await counted(shared.beta, shared.space)
    assert sum(erased.values()) < sum(written.values()) - len(LONG)


@pytest.mark.parametrize("quota", ["school", "partner", "space"])
async def test_a_log_over_its_share_pauses_alone(
    three: tuple[Shared, Node], monkeypatch: pytest.MonkeyPatch, quota: usage.Quota
) -> None:
    shared, gamma = three
    space, alpha, beta = shared.space, shared.alpha, shared.beta
    used = await counted(alpha, space)
    async with beta.context.database.read() as reader:
        theirs = (await space_rows.get(reader, space)).node
    base = {"school": used[theirs], "partner": used[theirs], "space": sum(used.values())}
    for node in (alpha, gamma):
        limit(monkeypatch, node, quota, base[quota] + 2 * len(LONG))
    for _ in range(4):
        await say(beta, "bob", space)
    await settle(alpha, beta, gamma)
    assert len(await texts(alpha, space)) == 1, "one fits, the next one does not"
    assert len(await texts(beta, space)) == 4
    async with alpha.context.database.read() as reader:
        (paused,) = await usage.list_paused(reader, space)
    assert (paused.node, paused.quota) == (theirs, quota)
    shown = await asyncio.to_thread(run, alpha.folder.path, "space", "show", space)
    assert f"over quota: {beta.url}" in shown.output
    if quota != "space":
        await say(alpha, "ana", space, "Others go on.")
        await settle(alpha, beta, gamma)
        assert ["Others go on."] in await texts(beta, space)
        assert ["Others go on."] in await texts(gamma, space)
    monkeypatch.undo()
    for node in (alpha, beta, gamma):
        node.clock.advance(seconds=quotas.RETRY_AFTER_S)
    await settle(alpha, beta, gamma)
    assert await texts(alpha, space) == await texts(beta, space) == await texts(gamma, space)
    async with alpha.context.database.read() as reader:
        assert await usage.list_paused(reader, space) == []


def limit(patch: pytest.MonkeyPatch, node: Node, quota: usage.Quota, octets: int) -> None:
    """Give `quota` so many bytes at one node, and the others plenty."""
    real = quotas.Room.take

    def take(room: quotas.Room, school: str, more: int) -> usage.Quota | None:
        if room.context is not node.context:
            return real(room, school, more)
        counts = {
            "school": room.schools.get(school, 0),
            "partner": room.partners.get(school, 0),
            "space": room.space,
        }
        if counts[quota] + more > octets:
            return quota
        return real(room, school, more)

    patch.setattr(quotas.Room, "take", take)


async def test_the_answer_to_what_does_not_fit_is_429_and_when_to_come_again(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared.alpha.close_doors()
    thread = await say(shared.beta, "bob", shared.space)
    await shared.alpha.open_doors()
    limit(monkeypatch, shared.alpha, "school", 0)
    written = (await own_log(shared.beta, shared.space))[-1]
    told = await bring(shared.beta, shared.alpha, shared.space, [written])
    assert (told.status, told.reason) == (429, Reason.OVER_QUOTA)
    assert told.retry_after_s == quotas.RETRY_AFTER_S
    assert written.header.log.encode() in told.body
    assert await texts(shared.alpha, shared.space) == []
    assert thread


async def test_people_of_the_own_school_are_told_in_a_sentence(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await say(shared.alpha, "ana", shared.space)
    limit(monkeypatch, shared.alpha, "school", 100)
    with pytest.raises(Refused) as refused:
        await say(shared.alpha, "ana", shared.space)
    assert refused.value.reason is Reason.OVER_QUOTA
    assert "quotas.school_mib" in refused.value.detail
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    monkeypatch.undo()
    await say(shared.alpha, "ana", shared.space, "There is room again.")
    await settle(shared.alpha, shared.beta)
    assert ["There is room again."] in await texts(shared.beta, shared.space)
