"""Headers for what a node writes in its own logs: the next place of a log, and what is said there.

A header made here is signed by `operation.write` and then judged by `apply.judge` as any received
operation is. Payloads are made by `operation.payload`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from protocol.space.arguments import Release
from protocol.space.consent import Target
from protocol.space.control import Heads
from protocol.space.genesis import Founder
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.vocabulary import Arguments, Role


@dataclass(frozen=True)
class Place:
    """Where the next operation goes: after `head` of an own log.

    `control` is the id of the control head that the node acknowledges ("" in control logs, and of
    a node that has promised or does not know what it said). `border` is the id of the control
    operation after which a new epoch begins, with the first of its log. The time of a log never
    runs backwards, whatever `now_ms` does.
    """

    space: str
    head: LogHead
    control: str
    now_ms: int
    border: str = ""

    def header(self, kind: str, **members: object) -> Header:
        """The next header of the log; `members` as in `operation.Header`."""
        head = self.head
        bare = Header(
            v=1,
            space=self.space,
            log=head.log,
            seq=head.seq + 1,
            prev=head.id,
            control=self.control,
            time=max(self.now_ms, head.time),
            type=kind,
        )
        if self.border and not head.seq:
            bare = msgspec.structs.replace(bare, base=(self.border,))
        return msgspec.structs.replace(bare, **members)


@dataclass(frozen=True)
class By:
    """Who says it: the author's pseudonym, other contributors', the releasing teacher's."""

    actor: str
    with_: tuple[str, ...] = ()
    released_by: str = ""


_PLACED = {"residency": "shared", "audience": "members", "reach": "space"}


def role(place: Place, pseudonym: str, role_: Role) -> Header:
    """The school declares what one of its people is; the payload says the name."""
    return place.header("Role", object=pseudonym, args={"role": str(role_)}, **_PLACED)


def thread(place: Place, by: By, name: str) -> Header:
    """A new thread of the forum, named `name` (22 characters of chance)."""
    return _contribution(place, "Create", by, name, {"kind": "thread"})


def reply(place: Place, by: By, name: str, *, thread_: str, to: str = "") -> Header:
    """A reply in the thread with the reference `thread_`, to the post with the reference `to`."""
    args: Arguments = {"kind": "reply", "in": thread_}
    return _contribution(place, "Create", by, name, args | ({"to": to} if to else {}))


def update(place: Place, by: By, name: str, *, audience: str) -> Header:
    """News for the space; `audience` says who may see it: `teachers` or `members`."""
    header = _contribution(place, "Create", by, name, {"kind": "update"})
    return msgspec.structs.replace(header, audience=audience)


def file(place: Place, by: By, name: str, *, residency: str = "shared") -> Header:
    """A new file; what it is called stands in the payload, and for `shared` which bytes it has."""
    header = _contribution(place, "Create", by, name, {"kind": "file"})
    return msgspec.structs.replace(header, residency=residency)


def album(place: Place, by: By, name: str) -> Header:
    """A new album."""
    return _contribution(place, "Create", by, name, {"kind": "album"})


def edit(
    place: Place,
    by: By,
    name: str,
    *,
    base: Iterable[str],
    audience: str = "members",
    residency: str = "shared",
) -> Header:
    """A new version of an own object in place of the versions `base`."""
    return place.header(
        "Update",
        object=name,
        base=tuple(base),
        actor=by.actor,
        with_=by.with_,
        released_by=by.released_by,
        **(_PLACED | {"audience": audience, "residency": residency}),
    )


def create(
    place: Place,
    by: By,
    name: str,
    kind: str,
    *,
    inside: str = "",
    audience: str = "members",
    **values: object,
) -> Header:
    """A new shared object, in the one with the reference `inside` where it lies in something."""
    args: Arguments = {"kind": kind} | ({"in": inside} if inside else {}) | values
    header = _contribution(place, "Create", by, name, args)
    return msgspec.structs.replace(header, audience=audience)


def set_register(
    place: Place,
    by: By,
    object_: str,
    kind: str,
    field: str,
    *,
    base: Iterable[str],
    inside: str = "",
    audience: str = "members",
    **values: object,
) -> Header:
    """Another value for one register of the shared object with the reference `object_`, in place of
    the versions `base`; the payload, if there is one, belongs to the value."""
    home, _, name = object_.partition("/")
    args: Arguments = {"kind": kind, "field": field}
    args |= {} if home == place.head.node else {"home": home}
    args |= ({"in": inside} if inside else {}) | values
    header = _contribution(place, "Set", by, name, args)
    return msgspec.structs.replace(header, base=tuple(base), audience=audience)


def delete(place: Place, by: By, name: str, *, undo: bool = False) -> Header:
    """Put an own object into the trash (or take it out again); nothing is erased by it."""
    return place.header(
        "Undo" if undo else "Delete",
        object=name,
        actor=by.actor,
        with_=by.with_,
        released_by=by.released_by,
    )


def hide(place: Place, by: By, name: str, *, home: str, unhide: bool = False) -> Header:
    """Hide an object of `home` (or show it again), which is reversible and deletes nothing."""
    args: Arguments = {} if home == place.head.node else {"home": home}
    kind = "Unhide" if unhide else "Hide"
    return place.header(
        kind,
        object=name,
        actor=by.actor,
        with_=by.with_,
        released_by=by.released_by,
        args=args,
    )


def clear(place: Place, by: By, object_: str, *, base: Iterable[str]) -> Header:
    """Say of own versions of the object with the reference `object_` that nothing of the erased
    ones, which stand in `base` too, is in them."""
    home, _, name = object_.partition("/")
    args: Arguments = {} if home == place.head.node else {"home": home}
    return place.header(
        "Clear",
        object=name,
        base=tuple(base),
        actor=by.actor,
        with_=by.with_,
        released_by=by.released_by,
        args=args,
    )


def like(place: Place, by: By, object_: str) -> Header:
    """React to the object with the reference `object_`; the payload says the sign."""
    home, _, name = object_.partition("/")
    args: Arguments = {} if home == place.head.node else {"home": home}
    return _contribution(place, "Like", by, name, args)


def leave(place: Place) -> Header:
    """The school leaves: its last operation that counts."""
    return place.header("Leave")


def acknowledge(place: Place) -> Header:
    """Nothing but that the control head has arrived."""
    return place.header("Acknowledge")


def propose(place: Place, name: str, args: Arguments) -> Header:
    """A founder's school asks the steward to write something, under a name of 22 characters."""
    return place.header("Propose", object=name, args=args)


def admit(
    place: Place, candidate: Founder, *, incarnation: int, invite: str, acceptance: str
) -> Header:
    """The steward admits a school: with a founder's invitation and its own acceptance."""
    args: Arguments = {
        **candidate.as_json(),
        "incarnation": incarnation,
        "invite": invite,
        "acceptance": acceptance,
    }
    return place.header("Admit", args=args)


def rekey(
    place: Place, node: str, key: str, *, acceptance: str, words: Mapping[str, str], logs: Heads
) -> Header:
    """The steward replaces a member's space key, as other members say that it asks."""
    args: Arguments = {
        "node": node,
        "key": key,
        "acceptance": acceptance,
        "words": dict(sorted(words.items())),
        "logs": _logs(logs),
    }
    return place.header("Rekey", args=args)


def purge(
    place: Place, targets: Sequence[Target], words: Mapping[str, str], *, after: str = ""
) -> Header:
    """The steward hides what these operations say; with two founders' words it is erased."""
    args: Arguments = {"targets": [list(target) for target in targets]}
    args |= {"words": dict(sorted(words.items()))} if words else {}
    return place.header("Purge", args=args | ({"after": after} if after else {}))


def unpurge(place: Place, targets: Sequence[Target], *, after: str = "") -> Header:
    """The steward shows again what a purge without two founders' words had hidden."""
    args: Arguments = {"targets": [list(target) for target in targets], "undo": True}
    return place.header("Purge", args=args | ({"after": after} if after else {}))


def policy(place: Place, release: Release, node: str = "") -> Header:
    """How pupils' work of a school, or of every school, comes to the others."""
    args: Arguments = {"release": release}
    return place.header("Policy", args=args | ({"node": node} if node else {}))


def open_incarnation(place: Place, *, branch: LogHead) -> Header:
    """The first operation of a new incarnation: where the one before ends."""
    return place.header("Open", args={"seq": branch.seq, "id": branch.id})


def checkpoint(place: Place, logs: Heads) -> Header:
    """The steward fixes the past of `logs`."""
    return place.header("Checkpoint", args={"logs": _logs(logs)})


def cut(place: Place, node: str, logs: Heads) -> Header:
    """The steward ends a school's membership: its logs end at `logs`."""
    return place.header("Cut", args={"node": node, "logs": _logs(logs)})


def moderator(place: Place, node: str, logs: Heads) -> Header:
    """What this school's teachers hide from `logs` on counts, whoever wrote it."""
    return place.header("Moderator", args={"node": node, "logs": _logs(logs)})


def unmoderator(place: Place, node: str, logs: Heads) -> Header:
    """It counts up to `logs`, and no more."""
    return place.header("Unmoderator", args={"node": node, "logs": _logs(logs)})


def handover(place: Place, node: str) -> Header:
    """The steward gives the control log to another member; it takes effect when it is settled."""
    return place.header("Handover", args={"node": node})


def archive(place: Place, logs: Heads) -> Header:
    """The space becomes read-only; nothing beyond `logs` has an effect."""
    return place.header("Archive", args={"logs": _logs(logs)})


def close(place: Place, logs: Heads) -> Header:
    """As `archive`, for ever."""
    return place.header("Close", args={"logs": _logs(logs)})


def reopen(place: Place) -> Header:
    """An archived space goes on, and what was written since has its effect."""
    return place.header("Reopen")


def _logs(logs: Heads) -> Arguments:
    return {log: list(head) for log, head in sorted(logs.items())}


def _contribution(place: Place, kind: str, by: By, name: str, args: Arguments) -> Header:
    return place.header(
        kind,
        object=name,
        actor=by.actor,
        with_=by.with_,
        released_by=by.released_by,
        args=args,
        **_PLACED,
    )
