"""The closed words of format 1: types of operation, kinds of object, and what each may carry.

Names, titles and texts stand in payloads only. A header carries what authorisation and order need:
ids, numbers and the words of this module. `Shape` says for each type which members a header has.

Objects of the content table are named by `reference(node, object)`, the node being the one that
creates them: two nodes that use one object id make two objects, so nobody can take an object over
by creating it again, and no replica has to know an object to judge a change of it.

Most kinds are owned: only the node that created one changes it, by `Update` and `Delete`. Objects
of `SHARED_KINDS` are common to the space: any school changes them, by `Set`, which says all of
what it is about (the kind, the node of the reference in `home` where that is another one, the
register in `field`, and `in`), so that it has its effect also where the `Create` has none, or none
yet.
"""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from protocol.errors import Reason, Refused

NODE = r"[0-9a-f]{32}"
NAME = r"[A-Za-z0-9_-]{21}[AQgw]"
HASH = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
REFERENCE = rf"{NODE}/{NAME}"
is_node = re.compile(NODE).fullmatch
is_name = re.compile(NAME).fullmatch
is_hash = re.compile(HASH).fullmatch
is_log = re.compile(rf"[ck]/{NODE}/(0|[1-9][0-9]{{0,8}})").fullmatch
is_reference = re.compile(REFERENCE).fullmatch
_is_argument = re.compile(r"[a-z][A-Za-z]{0,31}").fullmatch
_is_token = re.compile(r"[A-Za-z0-9._/-]{1,128}").fullmatch

Arguments: TypeAlias = dict[str, object]

MAX_INTEGER = 2**53 - 1
MAX_BASE = 16
MAX_WITH = 50
MAX_INCARNATIONS = 8
MAX_EPOCH = 999_999_999
MAX_NAMED_LOGS = 16
MAX_PURGED = 16
"""Targets of one purge: they travel in a proposal first, whose header is small."""
RESIDENCIES = frozenset({"shared", "home"})
AUDIENCES = frozenset({"teachers", "members"})
REACHES = frozenset({"space", "public"})

KINDS = frozenset({
    "thread", "reply", "update", "journal", "comment", "bulletin", "page", "block", "file",
    "album", "event", "notice", "task", "poll", "wall", "card", "field",
})  # fmt: skip
SHARED_KINDS = frozenset({"page", "block", "task", "wall", "card", "field"})
PLACED_KINDS = frozenset({"reply", "comment", "block", "card"})  # lie in something else
MAX_VALUES = 8


class Role(StrEnum):
    """What a school declares one of its people to be, in its own log."""

    TEACHER = "teacher"
    PUPIL = "pupil"
    LEFT = "left"


class Payload(StrEnum):
    """Whether an operation of a type has a payload."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    NONE = "none"


@dataclass(frozen=True)
class Shape:
    """The members that a type of operation has besides those that every header has.

    `object`: names one. `person`: has an `actor` (and may have `with` and `releasedBy`).
    `placed`: has residency, audience and reach. `base`: may replace versions.
    """

    object: bool = False
    person: bool = False
    placed: bool = False
    base: bool = False
    payload: Payload = Payload.NONE


_SCHOOL = Shape()
_CONTENT = Shape(object=True, person=True, placed=True, base=True, payload=Payload.ALLOWED)

CONTENT_SHAPES = {
    # What a school says about itself; nobody's contribution.
    "Role": Shape(object=True, placed=True, payload=Payload.ALLOWED),
    "Open": _SCHOOL,
    "Leave": _SCHOOL,
    "Acknowledge": _SCHOOL,
    "Propose": Shape(object=True),
    # What people contribute.
    "Create": Shape(object=True, person=True, placed=True, payload=Payload.REQUIRED),
    "Update": Shape(object=True, person=True, placed=True, base=True, payload=Payload.REQUIRED),
    "Delete": Shape(object=True, person=True),
    # Another value of one register of a shared object; a place or a mark needs no payload.
    "Set": _CONTENT,
    # Takes back the own `Delete`.
    "Undo": Shape(object=True, person=True),
    # The payload says why.
    "Hide": Shape(object=True, person=True, payload=Payload.ALLOWED),
    "Unhide": Shape(object=True, person=True),
    # The author's school has looked: own versions in `base` say nothing of erased ones in it.
    "Clear": Shape(object=True, person=True, base=True),
    # Somebody reacts; the payload says how.
    "Like": _CONTENT,
    **dict.fromkeys(("Add", "Remove", "Flag", "Move", "Vote"), _CONTENT),
}
CONTROL_TYPES = frozenset({
    "Genesis", "Admit", "Rekey", "Cut", "Moderator", "Unmoderator", "Policy", "Handover",
    "Checkpoint", "Hide", "Purge", "Archive", "Reopen", "Close",
})  # fmt: skip


def reference(node: str, name: str) -> str:
    """How one object is named wherever another points at it."""
    return f"{node}/{name}"


def check_arguments(kind: str, args: Arguments) -> None:
    """Whether `args` is what an operation of a content type may carry; else BAD_OPERATION.

    `Role`: `role`. `Open`: `seq`, `id`. `Propose`: `kind` and what goes with it. `Create`: `kind`,
    and for what lies in something else `in` (a reference), `to` (a reference to what it answers);
    of a shared kind also its first values. `Set`: `kind`, `field`, `home` as below, `in` as there,
    and at most eight values, flat words and numbers that the kind's fold gives their meaning.
    `Hide`, `Unhide`, `Clear`, `Like`: `home`, the node that owns the object, where that is
    another one.
    Types without an effect in this version: flat words and numbers.
    """
    match kind:
        case "Role":
            good = _has(args, {"role"}) and _is_one_of(args["role"], set(Role))
        case "Open":
            good = (
                _has(args, {"seq", "id"}) and is_count(args["seq"]) and _fits(is_hash, args["id"])
            )
        case "Propose":
            good = _is_proposal(args)
        case "Create":
            good = _is_create(args)
        case "Set":
            good = _is_set(args)
        case "Hide" | "Unhide" | "Clear" | "Like":
            good = _has(args, set(), {"home"}) and _fits(is_node, args.get("home", "0" * 32))
        case "Leave" | "Acknowledge" | "Update" | "Delete" | "Undo":
            good = not args
        case _:
            good = len(args) <= 16 and all(
                _is_argument(name) and _is_flat(value) for name, value in args.items()
            )
    if not good:
        raise Refused(Reason.BAD_OPERATION, f"the arguments are not those of {kind}")


def is_count(value: object) -> bool:
    """A whole number from 0 that a double holds."""
    return type(value) is int and 0 <= value <= MAX_INTEGER


def _has(args: Arguments, must: set[str], may: frozenset[str] | set[str] = frozenset()) -> bool:
    return must <= args.keys() <= must | may


def _fits(pattern: Callable[[str], object], value: object) -> bool:
    return isinstance(value, str) and pattern(value) is not None


def _is_one_of(value: object, words: AbstractSet[str]) -> bool:
    return isinstance(value, str) and value in words


def _is_create(args: Arguments) -> bool:
    kind, own = args.get("kind"), {"kind", "in", "to"}
    values = {name: value for name, value in args.items() if name not in own}
    if "home" in values or "field" in values:
        return False
    return (
        _is_one_of(kind, KINDS)
        and _lies_in_place(args)
        and (_are_values(values) if _is_one_of(kind, SHARED_KINDS) else not values)
    )


def _is_set(args: Arguments) -> bool:
    own = {"kind", "field", "home", "in"}
    values = {name: value for name, value in args.items() if name not in own}
    return (
        _is_one_of(args.get("kind"), SHARED_KINDS)
        and _fits(_is_argument, args.get("field"))
        and _fits(is_node, args.get("home", "0" * 32))
        and _lies_in_place(args)
        and "to" not in args
        and _are_values(values)
    )


def _lies_in_place(args: Arguments) -> bool:
    places = [args[name] for name in ("in", "to") if name in args]
    inside = "in" in args or not _is_one_of(args["kind"], PLACED_KINDS)
    return inside and all(_fits(is_reference, one) for one in places)


def _are_values(values: Arguments) -> bool:
    return len(values) <= MAX_VALUES and all(
        _is_argument(name) and _is_flat(value) for name, value in values.items()
    )


def _is_proposal(args: Arguments) -> bool:
    """What a school asks the steward to write: an admission, the end of a membership, a new key for
    a school, what has to be removed, that a school moderates or does so no more, the end of the
    space, its archive, its reopening."""
    match args.get("kind"):
        case "admit":
            texts = ("actor", "key", "invite", "acceptance")
            return (
                _has(args, {"kind", "node", *texts})
                and _fits(is_node, args["node"])
                and all(isinstance(args[name], str) for name in texts)
            )
        case "cut":
            return (
                _has(args, {"kind", "node", "since", "logs"})
                and _fits(is_node, args["node"])
                and is_count(args["since"])
                and _are_heads(args["logs"])
            )
        case "moderator" | "unmoderator":
            return (
                _has(args, {"kind", "node", "since", "turn"})
                and _fits(is_node, args["node"])
                and is_count(args["since"])
                and is_count(args["turn"])
            )
        case "rekey":
            signed = ("key", "acceptance", "word")
            return (
                _has(args, {"kind", "node", "since", "logs", *signed})
                and _fits(is_node, args["node"])
                and is_count(args["since"])
                and _are_heads(args["logs"])
                and all(isinstance(args[name], str) for name in signed)
            )
        case "purge":
            return (
                _has(args, {"kind", "targets", "word"}, {"after"})
                and are_targets(args["targets"])
                and isinstance(args["word"], str)
                and ("after" not in args or _fits(is_hash, args["after"]))
            )
        case "unpurge":
            return (
                _has(args, {"kind", "targets", "after"})
                and are_targets(args["targets"])
                and _fits(is_hash, args["after"])
            )
        case "close":
            return _has(args, {"kind"})
        case "archive" | "reopen":
            return _has(args, {"kind"}, {"after"}) and (
                "after" not in args or _fits(is_hash, args["after"])
            )
        case _:
            return False


def are_targets(value: object) -> bool:
    """Whether this is what a purge may name: different `[content log, seq, id]`."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_PURGED:
        return False
    fitting = all(
        isinstance(one, list)
        and len(one) == 3
        and _fits(is_log, one[0])
        and one[0].startswith("c/")
        and is_count(one[1])
        and one[1] > 0
        and _fits(is_hash, one[2])
        for one in value
    )
    return fitting and len({one[2] for one in value}) == len(value)


def _are_heads(logs: object) -> bool:
    return (
        isinstance(logs, dict)
        and len(logs) <= MAX_NAMED_LOGS
        and all(
            _fits(is_log, log)
            and isinstance(head, list)
            and len(head) == 2
            and is_count(head[0])
            and head[0] > 0
            and _fits(is_hash, head[1])
            for log, head in logs.items()
        )
    )


def _is_flat(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= 64 and all(
            _is_flat(one) and not isinstance(one, list) for one in value
        )
    return is_count(value) or _fits(_is_token, value)
