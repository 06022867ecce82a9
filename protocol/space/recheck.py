"""A log looked at as a whole, after something happened to it: fork, cut, close, late anchor.

The caller loads every stored header of the log (that is the price, and it is rare), performs the
effects and goes on with `also`. For content logs and for the control log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from protocol.space import control
from protocol.space.apply import changed_logs
from protocol.space.authority import Void, evaluate
from protocol.space.control import Standing, State
from protocol.space.effects import Effect, PutHead, PutRole, PutState, PutVoid, Touched
from protocol.space.fold.touched import touched
from protocol.space.genesis import open_genesis
from protocol.space.known import Stored, incarnation_before
from protocol.space.log import Entry, LogHead, Tree, accepted
from protocol.space.operation import Operation
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
    genesis: Operation,
    entries: Mapping[str, Stored],
    state: State,
    heads: Mapping[str, LogHead],
) -> Rechecked:
    """Follow the control log again after a fork. `entries` are all its operations by id, `heads`
    all heads of the space. Every content log whose standing changed comes back in `also`."""
    log = state.control_log
    tree = Tree.of(Entry(key, one.header) for key, one in entries.items())
    path, fork = accepted(tree, Standing(live=True))
    voids: dict[str, Void | None] = dict.fromkeys(entries, Void.OFF_CHAIN)
    voids.update(dict.fromkeys((entry.id for entry in path), None))
    done = Rechecked(effects=_voids(entries, voids, frozenset(entry.id for entry in path)))
    last = path[-1]
    done.effects.append(PutHead(LogHead(log, last.header.seq, last.id, last.header.time, fork)))
    after = control.control_state(open_genesis(genesis), [(one.id, one.header) for one in path[1:]])
    if after != state:
        done.effects.append(PutState(after))
        done.also.extend(changed_logs(state, after, dict(heads), {}))
    return done


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
