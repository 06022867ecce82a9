"""Schools that write, meet, lose touch, restore backups and cheat; all from one seed."""

import copy
import random
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from protocol.canonical import JSONObject, b64
from protocol.space import control, erasure, sync, writing
from protocol.space.control import Heads
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution, Standing
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, payload, read, to_line, write
from protocol.space.vocabulary import Role
from protocol.space.writing import By, Place
from tests.simulation import wire
from tests.simulation.replica import Replica
from tests.simulation.school import School, found, name_of


@dataclass
class World:
    """`schools[0]` is the steward, `schools[-1]` cheats. Every method is one thing that happens."""

    chance: random.Random
    size: int = 4
    lossy: bool = False  # whether the wire drops, repeats and mixes up
    now_ms: int = 1_000_000
    written: dict[str, School] = field(
        default_factory=dict
    )  # by honest schools, since last restore
    texts: dict[str, str] = field(default_factory=dict)  # operation id → text
    erased: set[str] = field(default_factory=set)  # ids erased by their own school
    forbidden: set[str] = field(default_factory=set)  # texts that must never be seen
    mail: list[Operation] = field(default_factory=list)  # everything as it was first sent
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.schools = [School(f"school{i}", Replica("")) for i in range(self.size)]
        begin = found(self.schools[0], self.schools[1], self.now_ms)
        for school in self.schools:
            school.replica.space = begin.id
        self.space = begin.id
        self.deliver(self.schools[0], [begin])
        for school in self.schools[2:]:
            self.admit(school)
        for school in self.schools[1:]:
            self.meet(school, self.schools[0])
        for school in self.schools:
            self.roster(school)
        self.lossy = True

    @property
    def steward(self) -> School:
        return self.schools[0]

    @property
    def cheat(self) -> School:
        return self.schools[-1]

    @property
    def honest(self) -> list[School]:
        return self.schools[:-1]

    # -- writing

    def deliver(self, school: School, batch: list[Operation]) -> None:
        """Over the wire: every operation is read from its line."""
        school.replica.receive([read(to_line(one)) for one in batch], self.now_ms)

    def place(self, school: School, log: str) -> Place:
        self.now_ms += 1
        state = school.replica.state
        known = state.head[1] if state and log.startswith("c/") else ""
        return Place(self.space, school.replica.heads.get(log, LogHead(log)), known, self.now_ms)

    def say(self, school: School, header: Header, text: str | None = None) -> Operation:
        """Sign, judge as everybody else does, remember."""
        operation = write(header, text, school.signer)
        self.mail.append(operation)
        school.replica.receive([operation], self.now_ms)
        stored = school.replica.rows.get(operation.id)
        if school is not self.cheat:
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

    def roster(self, school: School) -> None:
        for who, role in ((school.teacher, Role.TEACHER), (school.pupil, Role.PUPIL)):
            header = writing.role(self.place(school, school.log), who, role)
            person: JSONObject = {"name": f"Name {who[:5]}"}
            self.say(school, header, payload(person, "en", self.chance.randbytes(16)))

    def may_write(self, school: School) -> bool:
        """The tripwire: who finds its own tip off the accepted chain opens a new incarnation."""
        replica = school.replica
        if not school.is_member or replica.state is None or replica.state.limit is not None:
            return False
        self.move_in(school, replica.state.base[school.node])
        head = replica.heads.get(school.log)
        if head is not None and head.left:
            return False
        if head is None or (not head.fork and head.id == school.last):
            return head is not None
        own = [one for one in replica.heads.values() if one.node == school.node]
        newest = max(own, key=lambda one: int(one.log[35:]), default=None)
        if school is self.cheat or newest is None or int(newest.log[35:]) >= 7:
            return False
        branch, row = newest, replica.rows.get(school.last)
        wanted = row is not None and row.operation.header.log == newest.log
        # Its own last word, unless a checkpoint has already named another branch.
        if row and wanted and (row.accepted or not replica.state.anchors.get(newest.log)):
            branch = LogHead(newest.log, row.operation.header.seq, school.last)
        if not branch.seq:  # forked at its very first: nothing is left to choose
            return False
        school.incarnation = int(newest.log[35:]) + 1
        self.say(school, writing.open_incarnation(self.place(school, school.log), branch=branch))
        self.roster(school)
        self.happened["opened an incarnation"] += 1
        return True

    def move_in(self, school: School, first: int) -> None:
        """A school that was admitted, or admitted again, declares its people."""
        school.incarnation = max(school.incarnation, first)
        if school.log not in school.replica.heads and school.incarnation == first:
            self.roster(school)
            self.happened["moved in"] += 1

    def by(self, school: School) -> By:
        if self.chance.random() < 0.3:
            return By(school.pupil, released_by=school.teacher)
        return By(school.teacher)

    def post(self, school: School) -> None:
        if not self.may_write(school):
            return
        place, name = self.place(school, school.log), name_of(f"{self.now_ms} {school.word}")
        threads = sorted(one.thread for one in school.replica.posts.values())
        if threads and self.chance.random() < 0.6:
            thread = self.chance.choice(threads)
            header = writing.reply(place, self.by(school), name, thread_=thread)
            text = self.text()
        elif self.chance.random() < 0.4:
            header, text = writing.file(place, self.by(school), name), self.file()
        else:
            header, text = writing.thread(place, self.by(school), name), self.text(title="Title")
        operation = self.say(school, header, text)
        self.texts[operation.id] = text

    def own_files(self, school: School) -> list[Contribution]:
        others = school.replica.others
        return [others[key] for key in sorted(others) if others[key].home == school.node]

    def own_posts(self, school: School) -> list[Post]:
        posts = school.replica.posts
        return [posts[key] for key in sorted(posts) if posts[key].home == school.node]

    def edit(self, school: School) -> None:
        shown = [one for one in self.own_posts(school) if one.standing is Standing.SHOWN]
        if shown and self.may_write(school):
            post = self.chance.choice(shown)
            place = self.place(school, school.log)
            header = writing.edit(place, self.by(school), post.object, base=[post.head])
            text = self.text(title="New title") if post.kind == "thread" else self.text()
            self.texts[self.say(school, header, text).id] = text

    def erase(self, school: School) -> None:
        own = [*self.own_posts(school), *self.own_files(school)]
        posts = [one for one in own if one.standing is not Standing.ERASED]
        if not posts:
            return
        post = self.chance.choice(posts)
        items = school.replica.items(post.home, post.object)
        portions = erasure.targets_for(school.node, items)
        if not portions:
            return
        targets = portions[0]
        self.now_ms += 1
        signed = erasure.sign_statement(
            self.space, school.node, targets, time_ms=self.now_ms, signer=school.known_by
        )
        school.replica.receive_statements([signed])
        self.erased |= {one[2] for one in targets}
        self.happened["erased"] += 1

    def hide(self, school: School) -> None:
        posts = school.replica.posts
        if posts and self.may_write(school):
            post = posts[self.chance.choice(sorted(posts))]
            place, by = self.place(school, school.log), By(school.teacher)
            undo = self.chance.random() < 0.3
            self.say(school, writing.hide(place, by, post.object, home=post.home, unhide=undo))

    def acknowledge(self, school: School) -> None:
        if self.may_write(school):
            self.say(school, writing.acknowledge(self.place(school, school.log)))

    # -- the steward

    def admit(self, school: School) -> None:
        one = school.founder
        invite = control.sign_invitation(self.space, one.node, one.actor, self.steward.signer)
        agreed = control.sign_acceptance(self.space, one, school.signer)
        args = {**one.as_json(), "incarnation": 0, "invite": invite, "acceptance": agreed}
        place = self.place(self.steward, f"k/{self.steward.node}/0")
        self.say(self.steward, place.header("Admit", args=args))

    def decide(self) -> None:
        """The steward writes something in the control log."""
        state, heads = self.steward.replica.state, self.steward.replica.heads
        assert state is not None
        if state.closed:
            return
        place = self.place(self.steward, state.control_log)
        logs: Heads = {one.log: (one.seq, one.id) for one in heads.values() if one.seq}
        logs = {log: head for log, head in logs.items() if log.startswith("c/")}
        victim = self.chance.choice(self.schools[1:])
        match self.chance.choice(
            ["check", "check", "branch", "branch", "cut", "mod", "shut", "shut"]
        ):
            case "check":
                header = writing.checkpoint(place, logs)
            case "branch":
                header = writing.checkpoint(place, self.branches())
            case "cut":
                if len(state.members) < 4 or self.chance.random() < 0.3:
                    return
                own = {log: head for log, head in logs.items() if victim.node in log}
                header = writing.cut(place, victim.node, own)
            case "mod":
                kind = self.chance.choice(["Moderator", "Unmoderator"])
                since = {log: list(head) for log, head in logs.items() if victim.node in log}
                header = place.header(kind, args={"node": victim.node, "logs": since})
            case _:
                shut = writing.archive(place, logs)
                header = shut if state.limit is None else writing.reopen(place)
        self.happened[header.type] += 1
        self.say(self.steward, header)

    def reopen(self) -> None:
        """Now and then the life ends in an open space, so that late work is seen again."""
        state = self.steward.replica.state
        if state is not None and state.limit and not state.closed and self.chance.random() < 0.7:
            self.say(self.steward, writing.reopen(self.place(self.steward, state.control_log)))

    def branches(self) -> Heads:
        """For each forked log the longest branch that the steward has stored."""
        replica = self.steward.replica
        chosen: Heads = {}
        for head in replica.heads.values():
            if head.fork and head.log.startswith("c/"):
                rows = [replica.rows[key] for key in replica.by_log[head.log]]
                best = max(rows, key=lambda row: (row.operation.header.seq, row.operation.id))
                chosen[head.log] = best.operation.header.seq, best.operation.id
        return chosen

    # -- meeting

    def meet(self, one: School, other: School) -> bool:
        """One exchange over a wire that repeats, reorders and drops; whether it is at rest."""
        mine, theirs = one.replica, other.replica
        if theirs.state is None:
            return True
        if mine.state is None:
            log = theirs.state.control_log
            self.deliver(one, (theirs.page(log, (0, "")) or [])[:1])
        assert mine.state is not None
        here, there = mine.shown_heads(), theirs.shown_heads()
        there = sync.read_heads(there.as_json(), self.space)
        plan = sync.compare(
            here,
            there,
            mine.holds(head.id for head in there.logs.values()),
            sync.awaiting(mine.state, mine.heads.values()),
            {log for log in there.logs if mine.state.standing(log) is not None},
            settled_later=not mine.has_settled(there.settled),
        )
        if plan.votes:
            mine.receive_votes(wire.votes(theirs))
            theirs.receive_votes(wire.votes(mine))
        for ask in (ask for ask in plan.ask if ask.log.startswith("k/")):
            self.carry(theirs, mine, ask)
        if plan.acknowledgements:
            mine.receive_evidence(wire.lines(theirs.evidence(mine.settled)))
        for node in plan.ask_erasures:
            mine.receive_statements(wire.statements(theirs, node))
        for ask in (ask for ask in plan.ask if ask.log.startswith("c/")):
            self.carry(theirs, mine, ask)
        for send in (send for send in plan.send if send.log.startswith("k/")):
            self.carry(mine, theirs, send)
        for node in plan.send_erasures:
            theirs.receive_statements(wire.statements(mine, node))
        for send in (send for send in plan.send if send.log.startswith("c/")):
            self.carry(mine, theirs, send)
        for key in mine.unknown():
            mine.receive(wire.lines(theirs.with_ancestors(key)), self.now_ms)
        lacking = {key: theirs.payloads[key] for key in mine.lacking() if key in theirs.payloads}
        mine.receive_payloads(lacking)
        return plan.is_at_rest and not lacking

    def late_mail(self, school: School) -> None:
        """Copies from long ago arrive, with payloads that may have been erased since."""
        copies = self.chance.sample(self.mail, min(5, len(self.mail)))
        if school.replica.state is not None:
            self.deliver(school, copies)

    def carry(self, source: Replica, target: Replica, what: sync.From) -> None:
        batch = source.page(what.log, what.after)
        if batch is None:  # 409: find the last common operation
            held = source.holds(key for _, key in target.named(what.log))
            batch = source.page(what.log, sync.common(target.named(what.log), held)) or []
        batch = [read(to_line(one)) for one in batch]
        if self.lossy and self.chance.random() < 0.2:
            batch = batch[: self.chance.randrange(len(batch) + 1)]
        if self.lossy and self.chance.random() < 0.2:
            batch = self.chance.sample(batch, len(batch)) + batch
        target.receive(batch, self.now_ms)

    # -- trouble

    def save(self, school: School) -> None:
        school.backup = copy.deepcopy(school.replica), school.incarnation, school.last

    def restore(self, school: School) -> None:
        """Back to an old copy, without its own tips file: the next writing forks the log."""
        if school.backup is None or school is self.steward:
            return
        replica, incarnation, last = school.backup
        lost = school.replica.rows.keys() - replica.rows.keys()
        school.replica = copy.deepcopy(replica)
        school.incarnation, school.last = incarnation, last
        # What it alone had is gone, and was never promised to anybody.
        self.written = {key: one for key, one in self.written.items() if key not in lost}
        kept = {key for one in self.schools for _, key in one.replica.erased}
        self.erased &= kept
        self.happened["restored"] += 1

    def attack(self) -> None:
        """What the cheating school signs, at one victim."""
        cheat, victim = self.cheat, self.chance.choice(self.honest)
        place, name = self.place(cheat, cheat.log), name_of(f"evil {self.now_ms}")
        text = self.text(title="Evil")
        match self.chance.randrange(7):
            case 0 | 1:
                rows = [cheat.replica.rows[key] for key in cheat.replica.by_log[cheat.log]]
                base = self.chance.choice(rows[len(rows) // 2 :]).operation.header
                header = writing.thread(place, By(cheat.teacher), name)
                header = msgspec.structs.replace(header, seq=base.seq, prev=base.prev)
                self.deliver(victim, [write(header, text, cheat.signer)])
                self.happened["forked"] += 1
            case 2:
                self.forbidden.add(text)
                self.say(cheat, writing.thread(place, By(name_of("nobody")), name), text)
            case 3:
                self.forbidden.add(text)
                by = By(cheat.pupil, released_by=cheat.pupil)
                self.say(cheat, writing.thread(place, by, name), text)
            case 4:
                own = self.own_posts(victim)
                if own:
                    header = writing.edit(
                        place, By(cheat.teacher), own[0].object, base=[own[0].head]
                    )
                    self.forbidden.add(text)
                    self.say(cheat, header, text)
            case 5:
                foreign = self.chance.choice(sorted(victim.replica.rows))
                targets = [(cheat.log, 1, foreign)]
                signed = erasure.sign_statement(
                    self.space, cheat.node, targets, time_ms=self.now_ms, signer=cheat.signer
                )
                self.chance.choice(self.schools).replica.receive_statements([signed])
                if victim.replica.rows[foreign].operation.header.node == cheat.node:
                    self.erased.add(foreign)
            case _:
                self.post(cheat)
