"""Differences between two texts, and one text out of two that grew from the same.

By words, the shortest list of changes (Myers 1986, greedy), and the merge of three (as diff3 does
it). All of it is a pure function of the texts, so every school is shown the same suggestion. The
work is bounded: texts that differ in more than `MAX_EDITS` words, or repeat themselves so that more
than `MAX_STEPS` words have to be looked at, are one change as a whole; so is what comes when
the steps that many texts have together (`Steps`) are used up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MAX_EDITS = 400
MAX_STEPS = 200_000
MAX_STEPS_TOGETHER = 600_000
_TOKEN = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    """A run of words of one kind."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Merged:
    """A suggested text. `conflicts`: places at which both had changed the same words differently;
    both readings stand there, one after the other."""

    text: str
    conflicts: int = 0


@dataclass
class Steps:
    """What is left of the work that several texts may take together: a second of it or so."""

    left: int = MAX_STEPS_TOGETHER


class _Run(NamedTuple):
    """The same `length` words, from `one` in the first text and from `other` in the second."""

    one: int
    other: int
    length: int


def words(text: str) -> list[str]:
    """The text cut into words, signs and spaces; put together again they are the text."""
    return _TOKEN.findall(text)


def differences(before: str, after: str, steps: Steps | None = None) -> list[Piece]:
    """How `before` became `after`, in order; what went comes before what came."""
    steps = steps or Steps()
    one, other = words(before), words(after)
    pieces: list[Piece] = []
    at, to = 0, 0
    for run in [*_same(one, other, steps), _Run(len(one), len(other), 0)]:
        changes = (
            (Kind.GONE, one[at : run.one]),
            (Kind.NEW, other[to : run.other]),
            (Kind.SAME, one[run.one : run.one + run.length]),
        )
        pieces += [Piece(kind, "".join(part)) for kind, part in changes if part]
        at, to = run.one + run.length, run.other + run.length
    return pieces


def merge(base: str | None, one: str, other: str, steps: Steps | None = None) -> Merged:
    """What both made of `base`, together; without it (erased, or there never was one) whatever they
    have in common stands for it."""
    if one == other or other == base:
        return Merged(one)
    if one == base:
        return Merged(other)
    steps = steps or Steps()
    ones, others = words(one), words(other)
    bases = _common(ones, others, steps) if base is None else words(base)
    in_one, in_other = _places(bases, ones, steps), _places(bases, others, steps)
    out: list[str] = []
    conflicts = start = at = to = 0
    for index in range(len(bases) + 1):
        if index < len(bases) and (index not in in_one or index not in in_other):
            continue
        at_end = index == len(bases)
        here = len(ones) if at_end else in_one[index]
        there = len(others) if at_end else in_other[index]
        chosen, clash = _choose(bases[start:index], ones[at:here], others[to:there])
        out += chosen if at_end else [*chosen, bases[index]]
        conflicts += clash
        start, at, to = index + 1, here + 1, there + 1
    return Merged("".join(out), conflicts)


def _choose(base: list[str], one: list[str], other: list[str]) -> tuple[list[str], bool]:
    if other in (base, one):
        return one, False
    if one == base:
        return other, False
    if base and not (one and other):
        return one or other, True
    apart = [] if not one or not other or one[-1].isspace() or other[0].isspace() else [" "]
    return [*one, *apart, *other], bool(base)


def _common(one: list[str], other: list[str], steps: Steps) -> list[str]:
    runs = _same(one, other, steps)
    return [word for run in runs for word in one[run.one : run.one + run.length]]


def _places(base: list[str], text: list[str], steps: Steps) -> dict[int, int]:
    """Where each word of `base` that is left stands in `text`."""
    return {
        run.one + offset: run.other + offset
        for run in _same(base, text, steps)
        for offset in range(run.length)
    }


def _same(one: Sequence[str], other: Sequence[str], steps: Steps) -> list[_Run]:
    """The runs that both have, in order."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    inner = _shortest(one[start : len(one) - end], other[start : len(other) - end], steps)
    runs = [_Run(0, 0, start), *(_Run(r.one + start, r.other + start, r.length) for r in inner)]
    runs.append(_Run(len(one) - end, len(other) - end, end))
    return [run for run in runs if run.length]


def _shortest(one: Sequence[str], other: Sequence[str], steps: Steps) -> list[_Run]:
    """Myers: `reach[k]` is how far one gets on the diagonal k with so many edits."""
    if not one or not other:
        return []
    most = min(MAX_STEPS, steps.left)
    least = steps.left - most
    reach, trace = {1: 0}, list[dict[int, int]]()
    for edits in range(min(len(one) + len(other), MAX_EDITS) + 1):
        trace.append(dict(reach))
        for k in range(-edits, edits + 1, 2):
            if steps.left <= least:
                return []
            down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
            start = at = reach[k + 1] if down else reach[k - 1] + 1
            while at < len(one) and at - k < len(other) and one[at] == other[at - k]:
                at += 1
            reach[k] = at
            steps.left -= at - start + 1
            if at >= len(one) and at - k >= len(other):
                return _walk_back(trace, len(one), len(other))
    return []


def _walk_back(trace: list[dict[int, int]], at: int, to: int) -> list[_Run]:
    runs: list[_Run] = []
    for edits in range(len(trace) - 1, -1, -1):
        reach, k = trace[edits], at - to
        down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
        before = k + 1 if down else k - 1
        came = reach[before] if edits else 0
        begun = came if down else came + 1
        if not edits:
            begun = 0
        if at > begun:
            runs.append(_Run(begun, begun - k, at - begun))
        at, to = came, came - before
    return runs[::-1]
