"""What only another school still has of a school that was restored: asked for, and said again."""

from protocol.space import recovery
from protocol.space.authority import Void
from tests.simulation.school import School
from tests.simulation.tables import Row
from tests.simulation.world import World


def ask_back(world: World, school: School, other: School) -> bool:
    """A school that was restored says again what lies beside the chains there or here; whether
    there was anything. What a hostile school alone keeps it may tell at any moment, or never: the
    lives leave that out."""
    if not school.was_restored or school.unsure is not None or not world.may_write(school):
        return False
    here, there = school.replica, other.replica
    keys = [
        key
        for log in there.by_log
        if log.startswith(f"c/{school.node}/")
        for key in there.by_log[log]
    ]
    fresh = [
        there.rows[key] for key in keys if key not in here.rows and not there.rows[key].accepted
    ]
    for row in sorted(fresh, key=_place):
        header, key = row.operation.header, row.operation.id
        if header.seq == 1 or header.prev in here.rows:
            payload = None if (school.node, key) in here.erased else there.payloads.get(key)
            here.put_row(row.operation, False, Void.OFF_CHAIN, payload)
    # What is kept so may belong to a branch that counts after all.
    here.refold_all(here.recheck_all(sorted({row.operation.header.log for row in fresh})))
    if not world.may_write(school):
        return False
    todo, renamed = unsaid(school)
    for key in todo:
        header, text = here.rows[key].operation.header, here.payloads.get(key)
        place = world.place(school, school.log)
        again = world.say(school, recovery.say_again(place, header, renamed), text)
        renamed[key] = again.id
        if text is not None:
            world.texts[again.id] = text
        world.happened["asked back"] += 1
    return bool(todo)


def unsaid(school: School) -> tuple[list[str], dict[str, str]]:
    """Which of the own words beside the chains nothing repeats, and what repeats the others."""
    here = school.replica
    rows = {
        key: here.rows[key]
        for log in here.by_log
        if log.startswith(f"c/{school.node}/")
        for key in here.by_log[log]
    }
    lost = {
        key: row.operation.header
        for key, row in rows.items()
        if not row.accepted and (key in here.payloads or not row.operation.header.payload_hash)
    }
    said = {key: row.operation.header for key, row in rows.items() if row.accepted}
    return recovery.find_unsaid(lost, said)


def _place(row: Row) -> tuple[int, int]:
    return row.operation.header.number, row.operation.header.seq
