"""A node that finds its own log stopped or on a lost branch opens the next incarnation.

That happens after a restored backup that was older than what partners had heard, or when somebody
else signs with the node's key. The first operation of the new log names the branch of the one
before that counts, then the school declares its people again, and what lay on the other branch is
said once more. So does a node whose log ends with words from a time that has not come: nobody takes
them before that time, and the times of a log never go back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from protocol.space import vocabulary as words
from protocol.space.control import Position, State
from protocol.space.known import Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.writing import Place

SAID_AGAIN = frozenset(words.CONTENT_SHAPES) - {"Role", "Open", "Leave", "Acknowledge"}
"""What is written once more from a lost branch; people are declared anew anyway."""


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


def find_unsaid(
    lost: Mapping[str, Header], said: Mapping[str, Header]
) -> tuple[list[str], dict[str, str]]:
    """Which own operations that count nowhere nothing has repeated yet, the first first; and by
    which of `said`, own ones that lie on a chain, the others were. Neither their places nor their
    ids tell, for a repetition has its own: what they say does, and how often."""
    same: dict[bytes, list[str]] = {}
    for id_ in sorted(said, key=lambda one: (said[one].number, said[one].seq)):
        same.setdefault(_words(said[id_]), []).append(id_)
    unsaid: list[str] = []
    renamed: dict[str, str] = {}
    for id_ in sorted(lost, key=lambda one: (lost[one].number, lost[one].seq, one)):
        if lost[id_].type not in SAID_AGAIN:
            continue
        repetitions = same.get(_words(lost[id_]))
        if repetitions:
            renamed[id_] = repetitions.pop(0)
        else:
            unsaid.append(id_)
    return unsaid, renamed


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
