"""What the arguments of each control operation are, and whether a header carries them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from protocol.errors import Reason, Refused
from protocol.space import vocabulary as words
from protocol.space.consent import Target
from protocol.space.operation import Header

Release = Literal["release-first", "live"]
MAX_WORDS = 50
_Heads = dict[str, tuple[int, str]]  # log → seq and id


class Admit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further school, with a founder's invitation and its own acceptance."""

    node: str
    actor: str
    key: str
    incarnation: int
    invite: str
    acceptance: str


class Rekey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's new space key; its logs until now end at `logs`, unlisted ones at 0."""

    node: str
    key: str
    acceptance: str
    words: dict[str, str]
    logs: _Heads = {}


class Purge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the operations `targets` say is hidden, and with the words of two founders erased.

    `undo`: it is shown again, where it was not erased. `after` is the purge that showed it again
    the last time: words that were given before that do not count for another one.
    """

    targets: tuple[Target, ...]
    words: dict[str, str] = {}
    after: str = ""
    undo: bool = False


class PolicyOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How pupils' work of the school `node` comes to the others; of every school without it."""

    release: Release
    node: str = ""


class ToNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    node: str


class OfNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    node: str
    logs: _Heads = {}


class OfLogs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    logs: _Heads = {}


_SHAPES: Mapping[str, type[msgspec.Struct]] = {
    "Admit": Admit,
    "Rekey": Rekey,
    "Cut": OfNode,
    "Moderator": OfNode,
    "Unmoderator": OfNode,
    "Policy": PolicyOf,
    "Checkpoint": OfLogs,
    "Archive": OfLogs,
    "Close": OfLogs,
    "Handover": ToNode,
    "Purge": Purge,
}


def check(header: Header) -> None:
    """Refuses with BAD_OPERATION a control operation whose arguments cannot be read.

    Types without an effect in this version are taken as they are.
    """
    shape = _SHAPES.get(header.type)
    if shape is None:
        return
    try:
        args = msgspec.convert(header.args, shape)
    except msgspec.ValidationError:
        raise _bad(f"the arguments are not those of {header.type}") from None
    if isinstance(args, OfNode | OfLogs | Rekey):
        _check_heads(args.logs)
    if isinstance(args, Rekey | Purge):
        _check_words(args.words)
    if isinstance(args, Purge):
        _check_targets(args.targets)


def _check_heads(heads: _Heads) -> None:
    for log, (seq, operation_id) in heads.items():
        if not words.is_log(log) or seq < 1 or not words.is_hash(operation_id):
            raise _bad("logs is {log: [seq, id]}")


def _check_words(said: Mapping[str, str]) -> None:
    if len(said) > MAX_WORDS or not all(map(words.is_node, said)):
        raise _bad("words is {node: signature}")


def _check_targets(targets: tuple[Target, ...]) -> None:
    if not words.are_targets([list(target) for target in targets]):
        raise _bad(f"a purge names 1 to {words.MAX_PURGED} different operations")


def _bad(sentence: str) -> Refused:
    return Refused(Reason.BAD_OPERATION, sentence)
