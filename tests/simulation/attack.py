"""What a hostile school signs in its content logs, and a thief with a stolen key in another's."""

from collections.abc import Callable

import msgspec

from protocol.errors import Refused
from protocol.space import erasure, writing
from protocol.space.operation import Header, Operation, write
from protocol.space.writing import By, Place
from tests.simulation import content
from tests.simulation.school import School, name_of
from tests.simulation.world import World

NOWHERE = "A" * 43
LATER_MS = 100_000

Attack = Callable[[World, School, School], None]


def step(world: World) -> None:
    """One hostile school does one of the things below, before the eyes of one victim."""
    hostile, victim = world.chance.choice(world.hostile), world.chance.choice(world.alive)
    world.chance.choice(ATTACKS)(world, hostile, victim)


def carry_on(world: World, hostile: School, _victim: School) -> None:
    content.post(world, hostile)


def hide_as_moderator(world: World, hostile: School, _victim: School) -> None:
    content.hide(world, hostile)


def author_without_a_role(world: World, hostile: School, _victim: School) -> None:
    text = world.text(title="Evil")
    world.forbidden.add(text)
    header = writing.thread(_place(world, hostile), By(name_of("nobody")), world.name(hostile))
    world.say(hostile, header, text)


def pupil_releases_a_pupil(world: World, hostile: School, _victim: School) -> None:
    text = world.text(title="Evil")
    world.forbidden.add(text)
    by = By(hostile.pupil, released_by=hostile.pupil)
    header = writing.thread(_place(world, hostile), by, world.name(hostile))
    world.say(hostile, header, text)


def edit_what_is_not_its_own(world: World, hostile: School, victim: School) -> None:
    own = content.own_posts(victim)
    if own:
        text = world.text(title="Evil")
        world.forbidden.add(text)
        by, base = By(hostile.teacher), [own[0].head]
        place = _place(world, hostile)
        world.say(hostile, writing.edit(place, by, own[0].object, base=base), text)


def acknowledge_anything(world: World, hostile: School, _victim: School) -> None:
    """It claims, and so acknowledges, any control operation, or one that nobody has."""
    known = [*sorted(hostile.replica.control), NOWHERE]
    place = _place(world, hostile)
    header = writing.acknowledge(place)
    control = "" if world.chance.random() < 0.1 else world.chance.choice(known)
    world.say(hostile, msgspec.structs.replace(header, control=control))


def fork_at_the_tip(world: World, hostile: School, victim: School) -> None:
    rows = _rows(hostile, hostile.log)
    if rows:
        _fork(world, hostile, victim, rows[-1])


def fork_anywhere(world: World, hostile: School, victim: School) -> None:
    rows = _rows(hostile, hostile.log)
    if rows:
        _fork(world, hostile, victim, world.chance.choice(rows))


def go_on_with_a_branch(world: World, hostile: School, victim: School) -> None:
    """It writes after anything that it ever signed, on whatever branch."""
    signed = [one for one in world.mail if one.header.log == hostile.log]
    if not signed:
        return
    base = world.chance.choice(signed[-8:])
    place = _place(world, hostile)
    header = writing.thread(place, By(hostile.teacher), world.name(hostile))
    header = msgspec.structs.replace(header, seq=base.header.seq + 1, prev=base.id)
    _send(world, victim, hostile, header, world.text(title="Branch"))


def erase_what_is_not_its_own(world: World, hostile: School, victim: School) -> None:
    foreign = world.chance.choice(sorted(victim.replica.rows))
    signed = erasure.sign_statement(
        world.space,
        hostile.node,
        [(hostile.log, 1, foreign)],
        time_ms=world.now_ms,
        signer=hostile.signer,
    )
    world.chance.choice(world.schools).replica.receive_statements([signed])
    if victim.replica.rows[foreign].operation.header.node == hostile.node:
        world.erased.add(foreign)


def open_any_incarnation(world: World, hostile: School, victim: School) -> None:
    """An incarnation at will, naming any operation of any of its logs."""
    if world.chance.random() < 0.5:
        return
    log = f"c/{hostile.node}/{world.chance.randrange(12)}"
    own = [one for one in world.mail if one.header.log.startswith(f"c/{hostile.node}/")]
    named = world.chance.choice(own)
    place = world.place(hostile, log)
    header = place.header("Open", args={"seq": named.header.seq, "id": named.id})
    header = msgspec.structs.replace(header, log=log, seq=1, prev="")
    if _send(world, victim, hostile, header, None):
        hostile.incarnation = max(hostile.incarnation, header.number)
        world.happened["an incarnation at will"] += 1


def steal_a_key(world: World, _hostile: School, victim: School) -> None:
    """A thief of an honest school's key forks its log, or opens its next incarnation."""
    robbed = world.schools[1]
    if world.happened["stolen key"] == 0 and world.chance.random() < 0.8:
        return
    own = [one for log in robbed.replica.by_log for one in _rows(robbed, log)]
    own = [one for one in own if one.header.log.startswith(f"c/{robbed.node}/")]
    if not own:
        return
    base = world.chance.choice(own)
    forked = _fork(world, robbed, victim, base)
    world.happened["stolen key"] += 1
    if forked and world.chance.random() < 0.25:
        log = f"c/{robbed.node}/{base.header.number + 1}"
        place = world.place(robbed, log)
        args: dict[str, object] = {"seq": forked.header.seq, "id": forked.id}
        header = msgspec.structs.replace(place.header("Open", args=args), log=log, seq=1, prev="")
        _send(world, victim, robbed, header, None)
        world.happened["an incarnation of a thief"] += 1


ATTACKS: list[Attack] = [
    carry_on,
    carry_on,
    carry_on,
    hide_as_moderator,
    author_without_a_role,
    pupil_releases_a_pupil,
    edit_what_is_not_its_own,
    acknowledge_anything,
    acknowledge_anything,
    fork_at_the_tip,
    fork_anywhere,
    go_on_with_a_branch,
    erase_what_is_not_its_own,
    open_any_incarnation,
    steal_a_key,
]


def _place(world: World, school: School) -> Place:
    return world.place(school, school.log)


def _rows(school: School, log: str) -> list[Operation]:
    keys = school.replica.by_log.get(log, ())
    found = [school.replica.rows[key].operation for key in keys]
    return sorted(found, key=lambda one: (one.header.seq, one.id))


def _fork(world: World, school: School, victim: School, base: Operation) -> Operation | None:
    """Another operation in the place of one; what its writer acknowledges with it is up to it."""
    place = world.place(school, base.header.log)
    header = writing.thread(place, By(school.teacher), name_of(f"fork {len(world.mail)}"))
    header = msgspec.structs.replace(
        header,
        seq=base.header.seq,
        prev=base.header.prev,
        control=base.header.control,
        time=base.header.time + world.chance.randrange(LATER_MS),
    )
    world.happened["forked"] += 1
    return _send(world, victim, school, header, world.text(title="Fork"))


def _send(
    world: World, victim: School, signs: School, header: Header, text: str | None
) -> Operation | None:
    """Told to one victim only; None where that did not keep it."""
    try:
        operation = write(header, text, signs.thief or signs.signer)
    except Refused:
        return None
    world.mail.append(operation)
    world.deliver(victim, [operation])
    return operation if operation.id in victim.replica.rows else None
