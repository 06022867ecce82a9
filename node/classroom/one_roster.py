"""A class out of a school's register: `users.csv`, `classes.csv` and `enrollments.csv` as OneRoster
1.2 (CSV binding) has them. Nothing is stored by reading: each enrolment in the chosen class is a
name or says why it is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from node.classroom import class_list
from node.classroom.class_list import Row, Wrong
from node.vault.pupils import Names
from protocol.errors import Reason, Refused

MAX_OCTETS = 16 * 1_048_576
"""Of each of the files: they hold a whole school."""
MAX_ROWS = 100_000
MAX_NAMED = 30
"""So many classes are named to whoever has not said which."""
_DELETED = "tobedeleted"
_NEEDED = {
    "users": ("sourcedid", "givenname", "familyname"),
    "classes": ("sourcedid", "title"),
    "enrollments": ("classsourcedid", "usersourcedid", "role"),
}
_READ = frozenset().union(*_NEEDED.values()) | {
    *("status", "enableduser", "preferredgivenname", "preferredfamilyname", "username"),
    *("classcode", "enddate"),
}


@dataclass(frozen=True)
class _Line:
    """A row by its line in the file, its cells by their headings."""

    line: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def is_gone(self) -> bool:
        return self.get("status").casefold() == _DELETED


def read(
    users: bytes, classes: bytes, enrollments: bytes, *, wanted: str, today: date
) -> list[Row]:
    """The enrolments of pupils in one class, in the order of the file. `wanted` is its title, code
    or number there; it may be empty where there is only one, and `classes` where there is none.

    Refuses with TOO_LARGE, TOO_MANY_ITEMS, and with BAD_INPUT (field `list`, `classes`,
    `enrollments` or `wanted`; `why` as `class_list.read`, `which` or `no_class`) what is no such
    file, or names no class.
    """
    known = {one.get("sourcedid"): one for one in _table("users", "list", users)}
    offered = _table("classes", "classes", classes) if classes else []
    enrolled = _table("enrollments", "enrollments", enrollments)
    chosen = _choose([one for one in offered if not one.is_gone], enrolled, wanted)
    return list(_rows([one for one in enrolled if one.get("classsourcedid") == chosen],
                      known, today))  # fmt: skip


def _rows(enrolled: Sequence[_Line], known: Mapping[str, _Line], today: date) -> Iterator[Row]:
    seen: set[str] = set()
    for one in enrolled:
        user = known.get(one.get("usersourcedid"))
        names = Names("", "", "", "") if user is None else _names_of(user)
        yield Row(one.line, names, _wrong(one, user, names, seen, today))
        seen.add(one.get("usersourcedid"))


def _wrong(
    one: _Line, user: _Line | None, names: Names, seen: set[str], today: date
) -> Wrong | None:
    if one.get("role").casefold() != "student":
        return Wrong.NO_PUPIL
    if user is None:
        return Wrong.UNKNOWN
    if one.is_gone or user.is_gone or user.get("enableduser").casefold() == "false":
        return Wrong.LEFT
    if _is_over(one.get("enddate"), today):
        return Wrong.LEFT
    if one.get("usersourcedid") in seen:
        return Wrong.TWICE
    return class_list.look_at(names) if names.display else Wrong.EMPTY


def _is_over(end: str, today: date) -> bool:
    """Whether the last day of an enrolment is past; what is no day ends nothing."""
    try:
        return date.fromisoformat(end) < today
    except ValueError:
        return False


def _names_of(user: _Line) -> Names:
    given = user.get("preferredgivenname") or user.get("givenname")
    family = user.get("preferredfamilyname") or user.get("familyname")
    return Names(f"{given} {family}".strip(), given, family, user.get("username"))


def _choose(offered: Sequence[_Line], enrolled: Sequence[_Line], wanted: str) -> str:
    """The number of the class in the register."""
    told = {one.get("sourcedid"): one.get("title") for one in offered}
    if not offered:
        told = {one.get("classsourcedid"): one.get("classsourcedid") for one in enrolled}
    said = class_list.folded(wanted)
    fitting = list(told)
    if said:
        titles = {one.get("sourcedid"): (one.get("title"), one.get("classcode")) for one in offered}
        fitting = [
            one
            for one in told
            if said in {class_list.folded(name) for name in (one, *titles.get(one, ()))}
        ]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(sorted(filter(None, told.values()))[:MAX_NAMED])
    if said and not fitting:
        raise Refused(
            Reason.BAD_INPUT, "no class is called so", field="wanted", why="no_class", names=names
        )
    raise Refused(Reason.BAD_INPUT, "say which class", field="wanted", why="which", names=names)


def _table(kind: str, field: str, octets: bytes) -> list[_Line]:
    """The rows below the headings. OneRoster spells these in one way; letters' size is let pass."""
    try:
        rows = class_list.table(octets, most_octets=MAX_OCTETS, most_rows=MAX_ROWS)
        heading = [cell.strip().casefold() for cell in rows[0][1]]
        if not set(_NEEDED[kind]) <= set(heading):
            raise class_list.unreadable("headings", f"{kind}.csv has {', '.join(_NEEDED[kind])}")
        read = [at for at, name in enumerate(heading) if name in _READ]
        for line, cells in rows[1:]:
            if any("\n" in cells[at].strip() for at in read if at < len(cells)):
                # What stands between would be missing from the class, and nobody told.
                raise class_list.unreadable("cells", f"a quotation mark is closed in line {line}")
    except Refused as refused:
        raise Refused(refused.reason, refused.detail, **{**refused.facts, "field": field}) from None
    # Of two columns of one name the first counts, and what is not asked for is not read.
    columns = {name: heading.index(name) for name in _READ & set(heading)}
    return [
        _Line(line, {name: class_list.cell(cells, at) for name, at in columns.items()})
        for line, cells in rows[1:]
        if any(cell.strip() for cell in cells)
    ]
