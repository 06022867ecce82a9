"""Which teachers are with their pupils just now, as far as this process was told."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lessons:
    """Which teachers are there, by space and account, and until when (Unix milliseconds)."""

    ends_ms: dict[tuple[str, int], int] = field(default_factory=dict)

    def of_space(self, space: str, now_ms: int) -> list[int]:
        """The accounts of who is there, who came last first."""
        here = [
            (end, account)
            for (where, account), end in self.ends_ms.items()
            if where == space and end > now_ms
        ]
        return [account for _, account in sorted(here, reverse=True)]
