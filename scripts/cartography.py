"""`scripts/atlas FILE`: draw the map of schools from `countries-50m.json` of world-atlas 2.0.2.

The data is that of Natural Earth, which is in the public domain. Land is one shape: no country has
a colour of its own. A line is drawn only between two entries of the country vocabulary, all in the
same faint way, and none at the isthmus of Crimea: the map helps to find one's way and says nothing
about whose land is whose. Prints the middles of countries, from which those in `node/web/atlas.py`
were taken, some moved by eye.
"""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import hypot
from pathlib import Path
from typing import TypeAlias

from node.web.atlas import HEIGHT, WIDTH, is_inside, place

Point: TypeAlias = tuple[float, float]
Line: TypeAlias = list[Point]

TARGET = Path(__file__).resolve().parents[1] / "node" / "web" / "static" / "map.svg"
SOURCE_SHA256 = "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394"
MARGIN = 12
"""So far beyond the frame coasts are drawn, so that no cut is seen."""
FINEST = 0.9
"""Bends smaller than this many units are left out."""
SMALLEST = 3.0
"""So are islands and lakes of a smaller area, in square units."""
NAMED = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO"}
"""Entries without a number of ISO 3166-1: the one that our vocabulary has, the others as part of
theirs."""
NUMBERS = (
    "008 AL 012 DZ 020 AD 031 AZ 040 AT 051 AM 056 BE 070 BA 100 BG 112 BY 191 HR 196 CY 203 CZ "
    "208 DK 233 EE 234 FO 246 FI 248 AX 250 FR 268 GE 275 PS 276 DE 300 GR 304 GL 336 VA 348 HU "
    "352 IS 364 IR 368 IQ 372 IE 376 IL 380 IT 398 KZ 400 JO 422 LB 428 LV 434 LY 438 LI 440 LT "
    "442 LU 470 MT 492 MC 498 MD 499 ME 504 MA 528 NL 578 NO 616 PL 620 PT 642 RO 643 RU 674 SM "
    "682 SA 688 RS 703 SK 705 SI 724 ES 732 EH 752 SE 756 CH 760 SY 788 TN 792 TR 795 TM 804 UA "
    "807 MK 818 EG 826 GB 831 GG 832 JE 833 IM 860 UZ"
)
"""What is in the frame or near it, by the numbers of ISO 3166-1."""
CRIMEA = (44.0, 46.6, 32.0, 37.0)
"""South, north, west, east of where no line is drawn between Russia and Ukraine."""


def main(arguments: Sequence[str]) -> int:
    """Draw; the exit code."""
    if len(arguments) != 1:
        print("usage: scripts/atlas countries-50m.json", file=sys.stderr)
        return 2
    octets = Path(arguments[0]).read_bytes()
    if hashlib.sha256(octets).hexdigest() != SOURCE_SHA256:
        print("this is not countries-50m.json of world-atlas 2.0.2", file=sys.stderr)
        return 1
    atlas = Atlas(octets)
    land = "".join(closed(ring) for ring in atlas.land())
    borders = "".join(opened(line) for line in atlas.borders())
    TARGET.write_text(PAGE.format(width=WIDTH, height=HEIGHT, land=land, borders=borders))
    for code, (x, y) in sorted(atlas.middles().items()):
        print(f'"{code}": ({x:.0f}, {y:.0f}),', end=" ")
    print()
    return 0


PAGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<!-- Natural Earth (public domain), drawn by scripts/atlas; see map.LICENSE.txt. -->
<symbol id="land" viewBox="0 0 {width} {height}"><path fill-rule="evenodd" d="{land}"/></symbol>
<symbol id="borders" viewBox="0 0 {width} {height}"><path d="{borders}"/></symbol>
</svg>
"""


class Atlas:
    """A TopoJSON topology: arcs that countries share, here already on the map."""

    def __init__(self, octets: bytes) -> None:
        topology = json.loads(octets)
        scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
        self.degrees: list[Line] = []
        for arc in topology["arcs"]:
            x = y = 0
            line = []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                line.append((y * scale[1] + move[1], x * scale[0] + move[0]))
            self.degrees.append(line)
        self.lines = [simple([place(*point) for point in line]) for line in self.degrees]
        self.rings: dict[str, list[list[int]]] = defaultdict(list)
        self.owners: dict[int, set[str]] = defaultdict(set)
        self.uses: dict[int, int] = defaultdict(int)
        words = NUMBERS.split()
        codes = dict(zip(words[::2], words[1::2], strict=True))
        for one in topology["objects"]["countries"]["geometries"]:
            name = one["properties"]["name"]
            code = NAMED.get(name) or codes.get(one.get("id", ""), name)
            polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
            for polygon in polygons:
                for ring in polygon:
                    self.rings[code].append(ring)
                    for arc in ring:
                        number = arc if arc >= 0 else ~arc
                        self.owners[number].add(code)
                        self.uses[number] += 1

    def land(self) -> Iterator[Line]:
        """The shores of everything together, each closed, cut to the frame."""
        ends: dict[Point, list[tuple[int, bool]]] = defaultdict(list)
        shores = [number for number, uses in self.uses.items() if uses == 1]
        for number in shores:
            ends[self.degrees[number][0]].append((number, False))
            ends[self.degrees[number][-1]].append((number, True))
        left = set(shores)
        while left:
            start = left.pop()
            ring = list(self.lines[start])
            first, at = self.degrees[start][0], self.degrees[start][-1]
            while at != first:
                number, turned = next(one for one in ends[at] if one[0] in left)
                left.discard(number)
                line = self.lines[number]
                ring += (line[::-1] if turned else line)[1:]
                at = self.degrees[number][0 if turned else -1]
            cut = clipped(ring)
            if len(cut) > 2 and abs(area(cut)) >= SMALLEST:
                yield cut

    def borders(self) -> Iterator[Line]:
        """Lines between two entries of the vocabulary."""
        for number, owners in self.owners.items():
            if len(owners) != 2 or (owners == {"RU", "UA"} and self._is_crimea(number)):
                continue
            run: Line = []
            for point in self.lines[number]:
                if is_near(*point):
                    run.append(point)
                elif len(run) > 1:
                    yield run
                    run = []
                else:
                    run = []
            if len(run) > 1:
                yield run

    def _is_crimea(self, number: int) -> bool:
        south, north, west, east = CRIMEA
        return all(
            south < latitude < north and west < longitude < east
            for latitude, longitude in self.degrees[number]
        )

    def middles(self) -> dict[str, tuple[float, float]]:
        """The middle of the largest part of each country that is on the map."""
        found = {}
        for code, rings in self.rings.items():
            shapes = [clipped(self._outline(ring), 0) for ring in rings]
            largest = max(shapes, key=lambda shape: abs(area(shape)), default=[])
            # The Vatican is smaller than what a number can tell from a point.
            if len(code) == 2 and abs(area(largest)) > 1e-6 and is_inside(*middle(largest)):
                found[code] = middle(largest)
        return found

    def _outline(self, ring: list[int]) -> Line:
        outline: Line = []
        for arc in ring:
            points = self.degrees[arc] if arc >= 0 else self.degrees[~arc][::-1]
            outline += [place(*point) for point in points[1 if outline else 0 :]]
        return outline


def is_near(x: float, y: float) -> bool:
    return -MARGIN <= x <= WIDTH + MARGIN and -MARGIN <= y <= HEIGHT + MARGIN


def simple(line: Line) -> Line:
    """`line` without bends smaller than `FINEST` (Douglas and Peucker)."""
    kept = {0, len(line) - 1}
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        far, at = FINEST, None
        for number in range(first + 1, last):
            away = distance(line[number], line[first], line[last])
            if away > far:
                far, at = away, number
        if at is not None:
            kept.add(at)
            parts += [(first, at), (at, last)]
    return [line[number] for number in sorted(kept)]


def distance(point: Point, one: Point, other: Point) -> float:
    """How far `point` lies from the way between two others."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = dx * dx + dy * dy
    if length == 0:
        return hypot(point[0] - one[0], point[1] - one[1])
    share = max(0, min(1, ((point[0] - one[0]) * dx + (point[1] - one[1]) * dy) / length))
    return hypot(point[0] - one[0] - share * dx, point[1] - one[1] - share * dy)


def clipped(ring: Line, margin: float = MARGIN) -> Line:
    """The part of a closed ring in the frame and `margin` around it (Sutherland and Hodgman)."""
    for axis, edge, sign in (
        (0, -margin, 1),
        (0, WIDTH + margin, -1),
        (1, -margin, 1),
        (1, HEIGHT + margin, -1),
    ):
        inside = [(point[axis] - edge) * sign >= 0 for point in ring]
        cut: Line = []
        for number, point in enumerate(ring):
            before = ring[number - 1]
            if inside[number] != inside[number - 1]:
                share = (edge - before[axis]) / (point[axis] - before[axis])
                cut.append(
                    (
                        before[0] + share * (point[0] - before[0]),
                        before[1] + share * (point[1] - before[1]),
                    )
                )
            if inside[number]:
                cut.append(point)
        ring = cut
    return ring


def area(ring: Line) -> float:
    """The area of a closed ring; its sign says which way round the ring goes."""
    return (
        sum(
            ring[number - 1][0] * point[1] - point[0] * ring[number - 1][1]
            for number, point in enumerate(ring)
        )
        / 2
    )


def middle(ring: Line) -> Point:
    """The centre of mass of a closed ring."""
    x = y = 0.0
    for number, point in enumerate(ring):
        before = ring[number - 1]
        cross = before[0] * point[1] - point[0] * before[1]
        x += (before[0] + point[0]) * cross
        y += (before[1] + point[1]) * cross
    whole = 6 * area(ring)
    return x / whole, y / whole


def opened(line: Line) -> str:
    """A line as the commands of a path: whole units, each from the one before."""
    points = [(round(x), round(y)) for x, y in line]
    path, at = f"M{points[0][0]} {points[0][1]}", points[0]
    steps = []
    for x, y in points[1:]:
        if (x, y) != at:
            steps.append(f"{x - at[0]} {y - at[1]}")
            at = (x, y)
    return path + ("l" + " ".join(steps) if steps else "")


def closed(ring: Line) -> str:
    return opened(ring) + "z"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
