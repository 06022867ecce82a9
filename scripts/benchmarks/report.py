"""How a benchmark reports: a table for people, then one line of JSON for machines."""

import json
from collections.abc import Mapping, Sequence


def share(values: Sequence[float], part: float) -> float:
    """The value below which `part` of the sorted `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the longest, in milliseconds."""
    return {
        "p50_ms": round(share(seconds, 0.5) * 1000, 2),
        "p95_ms": round(share(seconds, 0.95) * 1000, 2),
        "max_ms": round(max(seconds) * 1000, 2),
    }


def show(title: str, rows: Sequence[tuple[str, ...]]) -> None:
    """A table, the first row its heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{title}\n")
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells))
        if number == 0:
            print("  ".join("-" * width for width in widths))


def tell(figures: Mapping[str, object]) -> None:
    """The figures as one line of JSON."""
    print(f"\n{json.dumps(figures)}")
