"""`schoolgate hub` beside running nodes: from the link to the accreditation, and its end."""

import asyncio
from pathlib import Path

import pytest

from node.clock import SystemClock
from tests.node.cli.test_commands import init, run
from tests.node.hubs.standing import membership_of, standing
from tests.nodes import Node, VirtualClock, make_partners, present, refresh


async def said(node: Node, *words: str) -> str:
    """What a command prints that does what it should, typed beside the running node."""
    done = await asyncio.to_thread(run, node.folder.path, *words)
    assert done.exit_code == 0, done.output
    return done.output


async def refused(node: Node, *words: str) -> str:
    done = await asyncio.to_thread(run, node.folder.path, *words)
    assert done.exit_code == 1, done.output
    return done.output


@pytest.fixture
def clock() -> VirtualClock:
    """Commands know the machine's clock only."""
    return VirtualClock(SystemClock().now_ms())


async def test_a_school_is_accredited_and_revoked_by_commands(hub_a: Node, alpha: Node) -> None:
    link = (await said(hub_a, "hub", "link", "--label", "Escola")).strip()
    asked = ("hub", "join", link, "--register-number", "402345", "--reason", "Ask Ana.")
    await said(alpha, *asked)
    assert "waiting" in await said(alpha, "hub", "status")
    listed = await said(hub_a, "hub", "requests")
    assert alpha.url in listed
    assert alpha.fingerprint in listed
    await said(hub_a, "hub", "accredit", alpha.url)
    await said(alpha, "hub", "ask")
    assert "accredited" in await said(alpha, "hub", "status")
    await said(hub_a, "hub", "renew", alpha.url, "--days", "30")
    await said(hub_a, "hub", "revoke", alpha.url, "--reason", "It has closed.")
    await said(alpha, "hub", "ask")
    assert "It has closed." in await said(alpha, "hub", "status")
    await said(alpha, "hub", "leave")
    assert "no hub" in await said(alpha, "hub", "status")


async def test_hubs_endorse_one_another_by_commands(
    hub_a: Node, hub_b: Node, alpha: Node, beta: Node
) -> None:
    await make_partners(hub_a, hub_b)
    await said(hub_a, "hub", "endorse", hub_b.url)
    for hub, school in ((hub_a, alpha), (hub_b, beta)):
        link = (await said(hub, "hub", "link")).strip()
        await said(school, "hub", "join", link, "--register-number", "1", "--reason", "Ask.")
        await said(hub, "hub", "accredit", school.url)
        await refresh(school)
    await present(alpha, beta)
    assert (await standing(alpha, beta)).admitted
    await said(hub_a, "hub", "unendorse", hub_b.url)
    await refresh(alpha)
    assert not (await standing(alpha, beta)).admitted


async def test_a_refused_school_reads_why(hub_a: Node, alpha: Node) -> None:
    link = (await said(hub_a, "hub", "link")).strip()
    await said(alpha, "hub", "join", link, "--register-number", "1", "--reason", "Ask.")
    await said(hub_a, "hub", "refuse", alpha.url, "--reason", "The number is another school's.")
    await refresh(alpha)
    told = await membership_of(alpha)
    assert (told.state, told.reason) == ("refused", "The number is another school's.")


async def test_a_school_is_no_hub_and_a_link_is_pasted_whole(hub_a: Node, alpha: Node) -> None:
    assert "no hub" in await refused(alpha, "hub", "link")
    link = (await said(hub_a, "hub", "link")).strip()
    half = link.partition("?")[0]
    words = ("--register-number", "1", "--reason", "Ask.")
    assert "whole join link" in await refused(alpha, "hub", "join", half, *words)
    assert "No school" in await refused(hub_a, "hub", "accredit", alpha.url)


def test_a_hub_is_set_up_by_init(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    assert init(folder, "--mode", "hub").exit_code == 0
    made = run(folder, "hub", "link")
    assert made.output.startswith("http://127.0.0.9:8420/join/")
    assert "?key=z6Mk" in made.output
