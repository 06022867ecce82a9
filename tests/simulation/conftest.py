"""What all lives of the simulation have in common."""

import pytest

from protocol.keys import PublicKey
from tests.simulation import quick


@pytest.fixture(autouse=True)
def _quick_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicKey, "read", staticmethod(quick.read))
    monkeypatch.setattr(PublicKey, "verify", quick.remembering)
