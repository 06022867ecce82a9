"""The people of a space by school: pseudonyms, roles and names, as each school declares its own."""

from collections.abc import Iterable

import msgspec

from protocol.space import vocabulary as words
from protocol.space.fold.item import Item, Person, content, in_order


class Member(msgspec.Struct, frozen=True):
    """One person of one school. `name` is empty where it was erased or has not arrived.

    `person` is a teacher's public actor; a pupil has none. `since` is when the role was declared.
    """

    home: str
    pseudonym: str
    role: words.Role
    since: int
    name: str = ""
    person: str = ""
    language: str = ""


def fold(items: Iterable[Item]) -> Member | None:
    """The person that these effective `Role` operations, all of one node and pseudonym, declare.

    The last one counts for the role, the last with a readable name for the name. A pupil's public
    actor is never shown, whatever a payload says.
    """
    declared = in_order(one for one in items if one.header.type == "Role")
    if not declared:
        return None
    last = declared[-1]
    role = words.Role(str(last.header.args["role"]))
    said = [found for one in declared if (found := content(one, Person)) is not None]
    name = said[-1] if said else None
    known = [one for one in declared if one.header.args["role"] != words.Role.LEFT]
    is_teacher = bool(known) and known[-1].header.args["role"] == words.Role.TEACHER
    return Member(
        home=last.header.node,
        pseudonym=last.header.object,
        role=role,
        since=last.header.time,
        name=name.name if name else "",
        person=name.person if name and is_teacher else "",
        language=name.language if name else "",
    )


def view(members: Iterable[Member]) -> dict[str, list[Member]]:
    """Everybody by school, in the order in which pseudonyms sort."""
    schools: dict[str, list[Member]] = {}
    for one in sorted(members, key=lambda one: (one.home, one.pseudonym)):
        schools.setdefault(one.home, []).append(one)
    return schools
