"""How often heads are compared: with two partners in each interval, by chance, of however many."""

from node.actions import conclude
from tests.nodes import SeededChance

EVERY_MS = 600_000


def test_with_two_partners_each_is_asked_in_each_interval() -> None:
    for chance in (0.0, 0.5, 0.999):
        for partners in (0, 1, 2):
            wait_ms = conclude.until_next(EVERY_MS, partners, chance)
            assert 0.9 * EVERY_MS <= wait_ms <= 1.1 * EVERY_MS


def test_of_many_partners_two_are_asked_in_each_interval() -> None:
    chance = SeededChance("compare")
    for partners in (3, 10, 49):
        waits = [
            conclude.until_next(EVERY_MS, partners, chance.fraction())
            for _ in range(partners * 200)
        ]
        in_an_interval = partners * EVERY_MS * len(waits) / sum(waits)
        assert 1.9 < in_an_interval < 2.1
        assert 3 * min(waits) < max(waits)
