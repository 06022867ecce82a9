"""What only another school still has of a school that was restored: asked for, and said again."""

from collections.abc import Mapping

from protocol.space import erasure, recovery
from protocol.space.authority import Void
from tests.simulation.replica import Replica
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
    found = _look_through(school)
    _take_back(world, school, found.taken_back)
    todo = [key for key in found.unsaid if _can_be_said(here, key)]
    renamed = found.renamed
    for key in todo:
        header, text = here.rows[key].operation.header, here.payloads.get(key)
        place = world.place(school, school.log)
        again = world.say(school, recovery.say_again(place, header, renamed), text)
        renamed[key] = again.id
        if text is not None:
            world.texts[again.id] = text
        world.happened["asked back"] += 1
    return bool(todo)


def _own(school: School) -> dict[str, Row]:
    here = school.replica
    return {
        key: here.rows[key]
        for log in here.by_log
        if log.startswith(f"c/{school.node}/")
        for key in here.by_log[log]
    }


def _can_be_said(replica: Replica, key: str) -> bool:
    return key in replica.payloads or not replica.rows[key].operation.header.payload_hash


def _look_through(school: School) -> recovery.Beside:
    rows = _own(school)
    beside = {key: row.operation.header for key, row in rows.items() if not row.accepted}
    said = {key: row.operation.header for key, row in rows.items() if row.accepted}
    erased = {key for node, key in school.replica.erased if node == school.node}
    return recovery.find_unsaid(beside, said, erased)


def _take_back(world: World, school: School, keys: list[str]) -> None:
    """Erase what lies beside the chains of what the school has erased."""
    lost = [school.replica.rows[key].operation for key in keys]
    for targets in erasure.targets_for(school.node, lost):
        world.now_ms += 1
        signed = erasure.sign_statement(
            world.space, school.node, targets, time_ms=world.now_ms, signer=school.known_by
        )
        school.replica.receive_statements([signed])
        world.erased |= {target[2] for target in targets}
        world.happened["taken back beside"] += 1


def unsaid(school: School) -> list[str]:
    """Which of the own words beside the chains are neither repeated after their branch began, nor
    out of date, nor erased: found by walking, without the rule that chooses what is said again."""
    rows, here = _own(school), school.replica
    lost = sorted((key for key in rows if not rows[key].accepted), key=lambda key: _when(rows[key]))
    chain = {key: rows[key] for key in rows if rows[key].accepted}
    free, left = set(chain), []
    for key in lost:
        row = rows[key]
        if row.operation.header.type not in recovery.SAID_AGAIN or not _can_be_said(here, key):
            continue
        behind = _behind(rows, row)
        again = [one for one in free - behind if _told(chain[one]) == _told(row)]
        if again:
            if not row.operation.header.payload_hash:
                free.remove(min(again, key=lambda one: _place(chain[one])))
            continue
        before = [_told(rows[one]) for one in lost if _when(rows[one]) <= _when(row)]
        newer = (
            one
            for one in chain.values()
            if _is_about_the_same(one, row) and _when(one) > _when(row)
        )
        if all(_told(one) in before for one in newer) and not _is_erased(school, chain, row):
            left.append(key)
    return left


def _behind(rows: Mapping[str, Row], row: Row) -> set[str]:
    """Whatever an operation stands on."""
    behind: set[str] = set()
    at: Row | None = row
    while at is not None:
        header = at.operation.header
        key = str(header.args["id"]) if header.type == "Open" else header.prev
        behind.add(key)
        at = rows.get(key)
    return behind


def _told(row: Row) -> tuple[object, ...]:
    header = row.operation.header
    args = tuple(sorted((name, str(value)) for name, value in header.args.items()))
    return header.type, header.object, header.actor, header.payload_hash, args


def _is_about_the_same(one: Row, other: Row) -> bool:
    """Whether they say of the same thing what it is at a time."""
    first, second = one.operation.header, other.operation.header
    alike = [{"Update"}, {"Set"}, {"Delete", "Undo"}, {"Hide", "Unhide"}]
    if first.object != second.object or first.args.get("home") != second.args.get("home"):
        return False
    if first.args.get("field") != second.args.get("field"):
        return False
    return any({first.type, second.type} <= kind for kind in alike)


def _is_erased(school: School, chain: Mapping[str, Row], row: Row) -> bool:
    home = row.operation.header.args.get("home", school.node)
    versions = [
        key
        for key, one in chain.items()
        if one.operation.header.object == row.operation.header.object
        and one.operation.header.args.get("home", school.node) == home
        and one.operation.header.type in {"Create", "Update", "Set"}
        and one.operation.header.payload_hash
    ]
    return bool(versions) and all((school.node, key) in school.replica.erased for key in versions)


def _when(row: Row) -> tuple[int, int, int]:
    return row.operation.header.time, *_place(row)


def _place(row: Row) -> tuple[int, int]:
    return row.operation.header.number, row.operation.header.seq
