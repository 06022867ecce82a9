"""A node that finds its own log stopped or on a lost branch opens the next incarnation.

That happens after a restored backup that was older than what partners had heard, or when somebody
else signs with the node's key. The first operation of the new log names the branch of the one
before that counts, then the school declares its people again, and what lay on the other branch is
said once more. So does a node whose log ends with words from a time that has not come: nobody takes
them before that time, and the times of a log never go back.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias

import msgspec

from protocol.space import vocabulary as words
from protocol.space.authority import home_of, opened_by
from protocol.space.control import Position, State
from protocol.space.known import Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.writing import Place

SAID_AGAIN = frozenset(words.CONTENT_SHAPES) - {"Role", "Open", "Leave", "Acknowledge"}
"""What is written once more from a lost branch; people are declared anew anyway."""
_ONE_VALUE: Final = {
    "Update": "Update", "Set": "Set", "Delete": "Delete", "Undo": "Delete", "Hide": "Hide",
    "Unhide": "Hide",
}  # fmt: skip
"""Of which the last word counts, by what they are a word about."""
_VERSIONS: Final = frozenset({"Create", "Update", "Set"})


@dataclass(frozen=True)
class Recovery:
    """`branch` is what the next incarnation names; `lost` are the own operations beside it, the
    first first."""

    branch: Position
    lost: tuple[str, ...]


def may_open(state: State, node: str, head: LogHead) -> bool:
    """Whether a node may open the incarnation after the log that `head` ends."""
    first = state.base.get(node)
    number = int(head.log.rpartition("/")[2])
    return (
        first is not None
        and state.limit is None
        and not head.left
        and number + 1 < first + words.MAX_INCARNATIONS
    )


def is_lost(head: LogHead, tip: Position, stored: Mapping[str, Stored]) -> bool:
    """Whether the own log has stopped at a fork, or its last own operation `tip` counts nowhere."""
    found = stored.get(tip[1])
    return head.fork is not None or (found is not None and not found.accepted)


def recover(
    head: LogHead, entries: Mapping[str, Stored], *, restored: bool, tip: str = ""
) -> Recovery | None:
    """Choose a branch; `entries` are all stored operations of the own log that `head` ends, `tip`
    is the last one that the node remembers writing.

    Where a backup was restored, the branch that others had heard is named, for it may be longer
    than what is stored here of it, and what was written since is said again. Else the own one is:
    the other is a thief's. None where there is nothing to choose.
    """
    mine = _way_to(head, entries, tip) or longest_beyond(head, entries)
    others = [
        id_ for id_ in sorted(entries) if entries[id_].header.prev == head.id and id_ not in mine
    ]
    others = [id_ for id_ in others if entries[id_].header.seq == head.seq + 1]
    if restored and others and mine:
        return Recovery((head.seq + 1, others[0]), tuple(mine))
    if head.fork is not None and mine:
        last = mine[-1]
        return Recovery((entries[last].header.seq, last), ())
    if not head.seq:
        return None
    accepted = (head.seq, head.id)
    astray = sorted((one.header.seq, id_) for id_, one in entries.items() if not one.accepted)
    return Recovery(accepted, tuple(id_ for _, id_ in astray if id_ not in others))


def _way_to(head: LogHead, entries: Mapping[str, Stored], tip: str) -> list[str]:
    """The operations between the accepted end and `tip`; none where it does not lie beyond it."""
    way: list[str] = []
    while tip in entries and entries[tip].header.seq > head.seq:
        way.append(tip)
        tip = entries[tip].header.prev
    return way[::-1] if tip == head.id else []


def longest_beyond(head: LogHead, entries: Mapping[str, Stored]) -> list[str]:
    """The longest stored path beyond the accepted end, the first first; of several the one that
    came first, as `entries` are in the order of their arrival."""
    best: list[str] = []
    for id_ in sorted(entries, key=lambda one: -entries[one].header.seq):
        if entries[id_].header.seq <= head.seq:
            break
        way = [id_]
        while entries[way[-1]].header.seq > head.seq + 1:
            before = entries[way[-1]].header.prev
            if before not in entries:
                break
            way.append(before)
        if entries[way[-1]].header.prev == head.id:
            best = way[::-1]
            break
    return best


def split_ahead(
    head: LogHead, entries: Mapping[str, Stored], until_ms: int
) -> tuple[LogHead, list[str]]:
    """Where the accepted chain of the own log that `head` ends was last within `until_ms`, and the
    operations after that, the first first: times never go back in a log."""
    way: list[str] = []
    at = head.id
    while at and entries[at].header.time > until_ms:
        way.append(at)
        at = entries[at].header.prev
    if not at:
        return LogHead(head.log), way[::-1]
    last = entries[at].header
    return LogHead(head.log, last.seq, at, last.time), way[::-1]


def end_before(place: Place, early: Header) -> Header:
    """What stands in the place of `early`, the first operation from a time that has not come: a log
    that begins with an `Open` begins with the same one."""
    if early.type == "Open" and early.seq == 1:
        return place.header("Open", args=early.args)
    return place.header("Acknowledge")


@dataclass(frozen=True)
class Beside:
    """What becomes of own operations that lie beside the chains.

    `unsaid` are to be said again, the first first; `renamed` maps those that were to what says them
    again; `taken_back` have words about what the school has erased, and are to be erased too.
    """

    unsaid: list[str]
    renamed: dict[str, str]
    taken_back: list[str]


def find_unsaid(
    beside: Mapping[str, Header],
    said: Mapping[str, Header],
    erased: AbstractSet[str] = frozenset(),
    withheld: AbstractSet[str] = frozenset(),
) -> Beside:
    """Which own operations that count nowhere are to be said again; `beside` are all of them,
    `said` the own ones on a chain about the same objects. Of both, the words of those in `erased`
    are gone, of those in `withheld` out of sight.

    Neither its place nor its id tells that an operation is repeated, for a repetition has its own:
    what it says does. Without words it counts how often too, and only what was said after all that
    the lost branch itself stood on. Passed over is what was said anew later, and what is about
    something of which the school has erased all that it had.
    """
    order = sorted(beside, key=lambda one: (_when(beside[one]), one))
    renamed = _find_repetitions(beside, said)
    newest = _newest(beside, said, renamed)
    first = _first_said(beside)
    gone, hidden = _without_words(said, erased), _without_words(said, erased | withheld)
    unsaid: list[str] = []
    taken_back: list[str] = []
    for id_ in order:
        header = beside[id_]
        about = home_of(header), header.object
        if about in gone and header.payload_hash and id_ not in erased:
            taken_back.append(id_)
        if header.type not in SAID_AGAIN or id_ in renamed or about in hidden:
            continue
        when = first.get(_words(header), _when(header))
        later = newest.get(_register(header)) if header.type != "Create" else None
        if later is None or later < when:
            unsaid.append(id_)
    return Beside(unsaid, renamed, taken_back)


_When: TypeAlias = tuple[int, int, int]


def _when(header: Header) -> _When:
    """The order in which a school said things: neither times nor places go back in a log."""
    return header.time, header.number, header.seq


def _place(header: Header) -> tuple[int, int]:
    return header.number, header.seq


def _find_repetitions(beside: Mapping[str, Header], said: Mapping[str, Header]) -> dict[str, str]:
    same: dict[bytes, list[str]] = {}
    for id_ in sorted(said, key=lambda one: _place(said[one])):
        same.setdefault(_words(said[id_]), []).append(id_)
    renamed: dict[str, str] = {}
    stood_on: dict[str, tuple[int, int]] = {}
    for id_ in sorted(beside, key=lambda one: (*_place(beside[one]), one)):
        header = beside[id_]
        stood_on[id_] = stood_on.get(_before(header)[1], _before(header)[0])
        if header.type not in SAID_AGAIN:
            continue
        alike = same.get(_words(header), [])
        for again in alike:
            # Words have a salt: equal ones are the same ones, wherever they stand, once or often.
            if header.payload_hash:
                renamed[id_] = again
                break
            if _place(said[again]) > stood_on[id_]:
                renamed[id_] = again
                alike.remove(again)
                break
    return renamed


def _before(header: Header) -> tuple[tuple[int, int], str]:
    """The place and the id of what an operation stands on, in the log before at the beginning."""
    if header.type == "Open" and header.seq == 1:
        seq, id_ = opened_by(header)
        return (header.number - 1, seq), id_
    return (header.number, header.seq - 1), header.prev


def _first_said(beside: Mapping[str, Header]) -> dict[bytes, _When]:
    """When words that lie beside the chains, perhaps repeated there, were said first."""
    first: dict[bytes, _When] = {}
    for header in beside.values():
        if header.payload_hash:
            words, when = _words(header), _when(header)
            first[words] = min(when, first.get(words, when))
    return first


def _newest(
    beside: Mapping[str, Header], said: Mapping[str, Header], renamed: Mapping[str, str]
) -> dict[bytes, _When]:
    """When what is said of each register was said first."""
    first = _first_said(beside)
    lost = {again: _when(beside[id_]) for id_, again in renamed.items()}
    newest: dict[bytes, _When] = {}
    for id_, header in said.items():
        when = first.get(_words(header), lost.get(id_, _when(header)))
        register = _register(header)
        newest[register] = max(when, newest.get(register, when))
    return newest


def _register(header: Header) -> bytes:
    """What has one value at a time, of which the one said last counts."""
    kind, field = _ONE_VALUE.get(header.type, header.type), header.args.get("field")
    told: tuple[object, ...] = kind, home_of(header), header.object, header.args.get("kind"), field
    if header.type == "Like":
        return msgspec.json.encode((*told, header.actor))
    if header.type not in _ONE_VALUE:
        told = *told, *_when(header)
    return msgspec.json.encode(told)


def _without_words(
    said: Mapping[str, Header], gone: AbstractSet[str]
) -> AbstractSet[tuple[str, str]]:
    """The objects that the school has said something of, all of which is `gone`."""
    versions = {id_: one for id_, one in said.items() if one.type in _VERSIONS and one.payload_hash}
    left = {(home_of(one), one.object) for id_, one in versions.items() if id_ not in gone}
    return {(home_of(one), one.object) for one in versions.values()} - left


def _words(header: Header) -> bytes:
    """What an operation says about what. The salt in a payload makes its hash one of its own."""
    told = header.type, header.object, header.actor, header.payload_hash, header.args
    return msgspec.json.encode(told, order="sorted")


def say_again(place: Place, header: Header, renamed: Mapping[str, str]) -> Header:
    """The same words at a new place; `renamed` maps ids of lost operations to those of their
    repetitions."""
    return place.header(
        header.type,
        object=header.object,
        base=tuple(renamed.get(one, one) for one in header.base),
        actor=header.actor,
        with_=header.with_,
        released_by=header.released_by,
        residency=header.residency,
        audience=header.audience,
        reach=header.reach,
        args=header.args,
    )
