"""Two founding schools and what they write, for tests of single rules of a space."""

import msgspec

from protocol.canonical import JSONObject
from protocol.space import consent, writing
from protocol.space.apply import Judgement
from protocol.space.control import State
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, payload, write
from protocol.space.vocabulary import Role
from protocol.space.writing import By, Place
from tests.simulation.replica import Replica
from tests.simulation.school import School, found, name_of

NOW_MS = 1_700_000_000_000
SALT = b"salt of 16 bytes"


class Cast:
    """A space founded by alpha and beta, on alpha's replica; both have declared their people."""

    def __init__(self) -> None:
        self.alpha, self.beta = School("alpha", Replica("")), School("beta", Replica(""))
        self.gamma = School("gamma", Replica(""))
        self.genesis = found(self.alpha, self.beta, NOW_MS)
        self.replica = Replica(self.genesis.id)
        self.receive(self.genesis)
        for school in (self.alpha, self.beta):
            self.declare(school)

    @property
    def space(self) -> str:
        return self.genesis.id

    @property
    def state(self) -> State:
        assert self.replica.state is not None
        return self.replica.state

    def receive(self, *batch: Operation, now_ms: int = NOW_MS) -> Judgement:
        return self.replica.receive(batch, now_ms)

    def place(self, school: School, *, log: str | None = None) -> Place:
        head = self.replica.heads.get(log or school.log, LogHead(log or school.log))
        return Place(self.space, head, "", NOW_MS)

    def declare(self, school: School) -> None:
        for who, role in ((school.teacher, Role.TEACHER), (school.pupil, Role.PUPIL)):
            header = writing.role(self.place(school), who, role)
            self.receive(write(header, person(f"Name of {who}"), school.signer))

    def admit(self, school: School) -> Operation:
        one = school.founder
        args: dict[str, object] = {
            **one.as_json(),
            "incarnation": 0,
            "invite": consent.sign_invitation(self.space, one.node, one.actor, self.beta.signer),
            "acceptance": consent.sign_acceptance(self.space, one, school.signer),
        }
        return self.decide("Admit", args)

    def decide(self, kind: str, args: dict[str, object]) -> Operation:
        """What the steward signs next in the control log."""
        place = self.place(self.alpha, log=f"k/{self.alpha.node}/0")
        return write(place.header(kind, args=args), None, self.alpha.signer)

    def thread(self, school: School, word: str = "a thread", **members: object) -> Operation:
        """A new thread by the school's teacher at the end of its log, unless `members` differ."""
        header = writing.thread(self.place(school), By(school.teacher), name_of(word))
        return write(changed(header, **members), words(title=word), school.signer)

    def head(self, school: School) -> LogHead:
        return self.replica.heads[school.log]


def changed(header: Header, **members: object) -> Header:
    return msgspec.structs.replace(header, **members)


def words(text: str = "Hello", **more: str) -> str:
    content: JSONObject = {"text": text, **more}
    return payload(content, "en", SALT)


def person(name: str, **more: str) -> str:
    content: JSONObject = {"name": name, **more}
    return payload(content, "en", SALT)
