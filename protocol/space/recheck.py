"""A log looked at as a whole, after something happened to it: fork, cut, close, late anchor.

The caller loads every stored header of the log (that is the price, and it is rare), performs the
effects and goes on with `also`. For control logs only what lies beyond the pin.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from protocol.space.authority import Void, evaluate
from protocol.space.control import State
from protocol.space.effects import Effect, PutHead, PutRole, PutVoid, Touched
from protocol.space.fold.touched import touched
from protocol.space.known import Stored, incarnation_before
from protocol.space.log import Entry, LogHead
from protocol.space.steering import steer
from protocol.space.succession import Tail
from protocol.space.vocabulary import Role


@dataclass
class Rechecked:
    """What follows from looking at a whole log; `also` are logs to look at next."""

    effects: list[Effect] = field(default_factory=list)
    touched: set[Touched] = field(default_factory=set)
    also: list[str] = field(default_factory=list)


def recheck(
    log: str,
    entries: Mapping[str, Stored],
    state: State,
    heads: Mapping[str, LogHead],
    roles: Mapping[str, Role],
) -> Rechecked:
    """Evaluate a content log again. `entries` are all its stored operations by id, `heads` its head
    and that of the incarnation before, `roles` those stored for this log."""
    before = heads.get(log, LogHead(log))
    found = evaluate(
        log, [Entry(key, one.header) for key, one in entries.items()], state, before.named
    )
    done = Rechecked(effects=_voids(entries, found.voids, found.accepted))
    for effect in done.effects:
        if isinstance(effect, PutVoid) and (one := touched(entries[effect.id].header)):
            done.touched.add(one)
    if found.head != before:
        done.effects.append(PutHead(found.head))
    for pseudonym in roles.keys() | found.roles.keys():
        role = found.roles.get(pseudonym)
        if role != roles.get(pseudonym):
            done.effects.append(PutRole(log, pseudonym, role))
    previous = incarnation_before(log)
    if previous is not None:
        named = heads.get(previous, LogHead(previous))
        if named.named != found.opened:
            done.effects.append(PutHead(msgspec.structs.replace(named, named=found.opened)))
            done.also.append(previous)
    return done


def recheck_control(
    tail: Tail, state: State, heads: Mapping[str, LogHead], stored: Mapping[str, Stored]
) -> Rechecked:
    """Conclude again from the control operations beyond the pin, after somebody acknowledged one
    or voted. Arguments as `steering.steer`. Every content log that it may have changed comes back
    in `also`."""
    done = steer(tail, state, heads, stored)
    return Rechecked(done.effects, also=done.recheck)


def _voids(
    entries: Mapping[str, Stored],
    voids: Mapping[str, Void | None],
    on_chain: Iterable[str],
) -> list[Effect]:
    accepted_ids = frozenset(on_chain)
    return [
        PutVoid(key, key in accepted_ids, voids[key])
        for key, one in entries.items()
        if (one.accepted, one.void) != (key in accepted_ids, voids[key])
    ]
