"""A vault of its own for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.vault.vault import Vault, open_vault
from tests.nodes import START_MS, SeededChance


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    async with open_vault(tmp_path / "vault", SeededChance("v"), now_ms=START_MS) as opened:
        yield opened
