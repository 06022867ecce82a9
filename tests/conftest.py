"""Schools that tests can ask for: `alpha`, `beta`, `gamma`; `pair` are two approved partners.

Hubs are `hub_a` in Portugal and `hub_b` in Germany; `tests.nodes` accredits and endorses.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from node import events
from tests.nodes import Node, VirtualClock, make_partners, running

# No test fails because a machine is slow, and none finds another case each time it runs.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _quiet_events() -> None:
    events.silence()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def alpha(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    async with running("alpha", tmp_path / "alpha", clock) as node:
        yield node


@pytest.fixture
async def beta(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    async with running("beta", tmp_path / "beta", clock) as node:
        yield node


@pytest.fixture
async def gamma(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    async with running("gamma", tmp_path / "gamma", clock) as node:
        yield node


@pytest.fixture
async def hub_a(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    async with running("a", tmp_path / "hub_a", clock, mode="hub", country="PT") as node:
        yield node


@pytest.fixture
async def hub_b(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    async with running("b", tmp_path / "hub_b", clock, mode="hub", country="DE") as node:
        yield node


@pytest.fixture
async def pair(alpha: Node, beta: Node) -> tuple[Node, Node]:
    await make_partners(alpha, beta)
    return alpha, beta
