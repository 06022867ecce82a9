"""Schools that share a space: who they are, and how each of them writes. All from one seed.

What happens in it stands beside: `meeting`, `content`, `growth`, `steward`, `election`, `trouble`,
`attack` and `control_attack`; `life` draws from all of them.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from protocol.canonical import JSONObject, b64
from protocol.space import consent, recovery, succession, writing
from protocol.space.control import State
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, payload, read, to_line, write
from protocol.space.vocabulary import Role
from protocol.space.writing import By, Place
from tests.simulation.replica import Replica
from tests.simulation.school import School, found, name_of


class Cast(NamedTuple):
    """How many schools begin, which are hostile, and who founds: the first is the first steward."""

    size: int
    hostile: tuple[int, ...]
    founders: tuple[int, int]


CASTS = {
    "A": Cast(5, (4,), (0, 1)),
    "B": Cast(7, (5, 6), (5, 6)),
    "C": Cast(5, (0,), (0, 1)),
}


@dataclass
class World:
    """A space of several schools. `lossy`: whether the wire drops, repeats and mixes up."""

    chance: random.Random
    cast: str = "A"
    lossy: bool = False
    now_ms: int = 1_000_000
    written: dict[str, School] = field(default_factory=dict)  # by honest ones, since a restore
    texts: dict[str, str] = field(default_factory=dict)  # operation id → text
    erased: set[str] = field(default_factory=set)  # ids erased by their own school
    asked_by: dict[str, set[str]] = field(default_factory=dict)  # founder → what it wants gone
    removed: set[str] = field(default_factory=set)  # ids that both founders want gone
    forbidden: set[str] = field(default_factory=set)  # texts that must never be seen
    mail: list[Operation] = field(default_factory=list)  # everything as it was first sent
    chained: set[str] = field(default_factory=set)  # control operations that ever counted
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        cast = CASTS[self.cast]
        self.schools = [
            School(f"school{at}", Replica(""), hostile=at in cast.hostile)
            for at in range(cast.size)
        ]
        first, second = (self.schools[at] for at in cast.founders)
        self.founders = (first, second)
        begin = found(first, second, self.now_ms)
        self.space = begin.id
        for school in self.schools:
            school.replica.space = begin.id
        self.deliver(first, [begin])
        for school in self.schools:
            if school not in self.founders:
                self._admit(first, school)
        # A life begins where the others begin: what has been written is settled.
        control_log = first.replica.by_log[first.state.control_log]
        operations = [first.replica.rows[key].operation for key in control_log]
        for school in self.schools:
            school.replica.awaited = first.state.head[1]
            self.deliver(school, operations)
            school.replica.steer()
        for school in self.schools:
            self.roster(school)
        self.lossy = True

    # -- who is who

    @property
    def honest(self) -> list[School]:
        return [one for one in self.schools if not one.hostile]

    @property
    def hostile(self) -> list[School]:
        return [one for one in self.schools if one.hostile]

    @property
    def alive(self) -> list[School]:
        """The honest ones whose node still runs."""
        return [one for one in self.schools if not one.hostile and not one.dead]

    @property
    def eye(self) -> School:
        """Whose view the driver takes."""
        return self.alive[0]

    @property
    def steward(self) -> School | None:
        """The steward as the eye sees it; None for a school that has no node."""
        return self.find(self.eye.state.steward)

    def find(self, node: str) -> School | None:
        return next((one for one in self.schools if one.node == node), None)

    def _admit(self, steward: School, school: School) -> None:
        one = school.founder
        header = writing.admit(
            self.place(steward, steward.state.control_log),
            one,
            incarnation=0,
            invite=consent.sign_invitation(self.space, one.node, one.actor, steward.signer),
            acceptance=consent.sign_acceptance(self.space, one, school.signer),
        )
        self.say(steward, header)

    # -- writing

    def deliver(self, school: School, batch: list[Operation]) -> None:
        """Over the wire: every operation is read from its line."""
        school.replica.receive([read(to_line(one)) for one in batch], self.now_ms)

    def place(self, school: School, log: str) -> Place:
        self.now_ms += 1
        known = self.acknowledged(school) if log.startswith("c/") else ""
        return Place(self.space, school.replica.heads.get(log, LogHead(log)), known, self.now_ms)

    def acknowledged(self, school: School) -> str:
        """What a school may acknowledge: nothing while it is unsure, or has promised an epoch."""
        state = school.replica.state
        if state is None or school.unsure is not None or self.has_promised(school, state):
            return ""
        return state.head[1]

    def has_promised(self, school: School, state: State) -> bool:
        votes = [one.said for one in school.replica.votes.values()]
        return succession.has_promised(votes, school.node, state)

    def say(self, school: School, header: Header, text: str | None = None) -> Operation:
        """Sign, judge as everybody else does, remember."""
        operation = write(header, text, school.known_by)
        self.mail.append(operation)
        school.replica.receive([operation], self.now_ms)
        stored = school.replica.rows.get(operation.id)
        if school.hostile:
            if stored is None:  # its own node is honest enough to refuse: others are told directly
                self.deliver(self.chance.choice(self.alive), [operation])
            return operation
        assert stored is not None, "an honest school may store what it writes"
        if not header.is_control:
            self.written[operation.id] = school
            school.last = operation.id
        return operation

    def text(self, **more: str) -> str:
        words = f"words number {len(self.texts)}-{self.chance.randrange(10**9)}"
        content: JSONObject = {"text": words, **more}
        return payload(content, "en", self.chance.randbytes(16))

    def file(self) -> str:
        """What a file's payload says; it names bytes that nobody has."""
        sha256 = b64(self.chance.randbytes(32))
        facts: JSONObject = {"mediaType": "image/webp", "size": 9, "licence": "CC0-1.0"}
        content: JSONObject = {**facts, "name": f"File {len(self.texts)}", "sha256": sha256}
        return payload(content, "en", self.chance.randbytes(16))

    def by(self, school: School) -> By:
        if self.chance.random() < 0.3:
            return By(school.pupil, released_by=school.teacher)
        return By(school.teacher)

    def name(self, school: School, what: str = "") -> str:
        """A name for a new object."""
        return name_of(f"{what} {self.now_ms} {school.word}")

    def roster(self, school: School) -> None:
        """A school declares its people."""
        for who, role in ((school.teacher, Role.TEACHER), (school.pupil, Role.PUPIL)):
            header = writing.role(self.place(school, school.log), who, role)
            person: JSONObject = {"name": f"Name {who[:5]}"}
            self.say(school, header, payload(person, "en", self.chance.randbytes(16)))

    def may_write(self, school: School) -> bool:
        """Whether its own log goes on, if need be in a new incarnation (the tripwire)."""
        replica = school.replica
        if school.dead or school.left or not school.is_member or replica.state is None:
            return False
        if replica.state.limit is not None:
            return False
        self._move_in(school, replica.state.base[school.node])
        head = replica.heads.get(school.log)
        if head is None or head.left:
            return False
        if not head.fork and head.id == school.last:
            return True
        if school.hostile:
            return not head.fork
        return school.unsure is None and self._open_incarnation(school)

    def _open_incarnation(self, school: School) -> bool:
        """Who finds its own tip off the accepted chain opens a new incarnation, as the product
        chooses, and says again what was lost."""
        replica = school.replica
        own = [one for one in replica.heads.values() if one.log.startswith(f"c/{school.node}/")]
        newest = max(own, key=lambda one: int(one.log[35:]))
        if not recovery.may_open(school.state, school.node, newest):
            return False
        entries = replica.stored_of(newest.log)
        chosen = recovery.recover(newest, entries, restored=school.restored)
        if chosen is None:
            return False
        branch = LogHead(newest.log, *chosen.branch)
        school.incarnation, school.restored = int(newest.log[35:]) + 1, False
        self.say(school, writing.open_incarnation(self.place(school, school.log), branch=branch))
        self.roster(school)
        self._say_again(school, chosen.lost)
        self.happened["opened an incarnation"] += 1
        return True

    def _say_again(self, school: School, lost: tuple[str, ...]) -> None:
        renamed: dict[str, str] = {}
        for key in lost:
            header, text = (
                school.replica.rows[key].operation.header,
                school.replica.payloads.get(key),
            )
            if header.type not in recovery.SAID_AGAIN or (header.payload_hash and text is None):
                continue
            place = self.place(school, school.log)
            again = self.say(school, recovery.say_again(place, header, renamed), text)
            renamed[key] = again.id
            if text is not None:
                self.texts[again.id] = text
            self.happened["said again"] += 1

    def _move_in(self, school: School, first: int) -> None:
        """A school that was admitted, or admitted again, declares its people."""
        school.incarnation = max(school.incarnation, first)
        if school.log not in school.replica.heads and school.incarnation == first:
            self.roster(school)
            self.happened["moved in"] += 1
