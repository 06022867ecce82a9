"""What is told to whatever watches over the node: whether it lives, and to few the rest."""

import re
from pathlib import Path

import pytest

from node.actions import health
from node.metrics import Pulse
from tests.attacks.speaking import send
from tests.attacks.visiting import Visitor
from tests.nodes import Node, VirtualClock, running

TOKEN = "a token that nobody guesses"


async def get(node: Node, path: str, **headers: str) -> tuple[int, str]:
    told = await Visitor(node).get(path, **headers)
    return told.status, told.body.decode()


async def test_a_node_lives_and_is_ready(alpha: Node) -> None:
    assert await get(alpha, "/healthz") == (200, "ok\n")
    status, text = await get(alpha, "/readyz")
    assert (status, text) == (200, "ready\nok  database\nok  migrations\nok  disk\n")


async def test_a_full_disk_is_not_ready_and_says_so_to_this_machine_only(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with running("alpha", tmp_path / "alpha", clock) as node:
        object.__setattr__(node.context.settings.limits, "free_disk_mib", 1 << 40)
        status, text = await get(node, "/readyz")
        assert status == 503
        assert "BAD disk" in text
        assert await get(node, "/readyz", X_Forwarded_For="203.0.113.9") == (503, "not ready\n")


async def test_a_worker_that_fails_again_and_again_or_hangs_is_told(alpha: Node) -> None:
    workers = alpha.context.meter.workers
    workers["intake"] = Pulse(None, health.MAX_DEFECTS)
    workers["deliveries"] = Pulse(alpha.clock.at_ms - health.LONGEST_ROUND_MS, 0)
    workers["replication"] = Pulse(alpha.clock.at_ms - 1000, 1)
    status, text = await get(alpha, "/readyz")
    assert status == 503
    assert "BAD intake" in text
    assert "BAD deliveries" in text
    assert "ok  replication" in text


async def test_a_closed_database_is_not_ready(alpha: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise ValueError("Connection closed")

    monkeypatch.setattr(alpha.context.database, "read", closed)
    found = await health.look(alpha.context)
    assert not found.ready
    assert not found.checks["database"]


async def test_figures_are_for_this_machine_and_for_nobody_through_a_proxy(alpha: Node) -> None:
    status, text = await get(alpha, "/metrics")
    assert status == 200
    assert 'schoolgate_accounts{state="active"} 1.0' in text
    for fields in (
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 caddy"},
        {"Host": "school.example"},
        {"Host": "127.0.0.1.evil.example"},
    ):
        status, text = await get(alpha, "/metrics", **fields)
        assert status == 404, fields
        assert "schoolgate_" not in text


async def test_with_a_token_file_the_token_decides(tmp_path: Path, clock: VirtualClock) -> None:
    file = tmp_path / "token"
    settings = {"SCHOOLGATE_METRICS__TOKEN_FILE": str(file)}
    async with running("alpha", tmp_path / "alpha", clock, settings) as node:
        assert (await get(node, "/metrics", Authorization=f"Bearer {TOKEN}"))[0] == 404
        file.write_text("\n")
        assert (await get(node, "/metrics", Authorization="Bearer "))[0] == 404
        file.write_text(TOKEN + "\n")
        assert (await get(node, "/metrics"))[0] == 404
        assert (await get(node, "/metrics", Authorization=f"Bearer {TOKEN}x"))[0] == 404
        shown = {"Authorization": f"Bearer {TOKEN}", "X_Forwarded_For": "203.0.113.9"}
        assert (await get(node, "/metrics", **shown))[0] == 200


async def test_no_figure_names_anybody_and_no_question_makes_a_new_one(alpha: Node) -> None:
    await alpha.account("ana", "Ana Alves")
    seen = []
    for part in (range(10), range(10, 30)):
        for number in part:
            await get(alpha, f"/people/nobody{number}?x={number}")
            await send(alpha, Visitor(alpha).request(f"M{number}", "/", {}))
        await get(alpha, "/metrics")
        _, text = await get(alpha, "/metrics")
        seen.append(re.findall(r"^(\w+(?:\{[^}]*\})?) ", text, re.MULTILINE))
        assert not re.search(r"ana|alves|nobody|127\.0\.0\.1", text, re.IGNORECASE)
    assert seen[0] == seen[1]
