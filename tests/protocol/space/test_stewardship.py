"""What the steward owes the control log: each thing once, and nothing that would be void."""

import hashlib
from collections.abc import Mapping
from itertools import count

import pytest
from msgspec.structs import replace

from protocol.keys import Signer
from protocol.space import authority, consent
from protocol.space.consent import Target
from protocol.space.control import (
    MAX_HIDDEN,
    MAX_PURGES,
    Heads,
    State,
    purged_name,
    room_for_purges,
)
from protocol.space.fold.proposals import Proposal
from protocol.space.genesis import Founder
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.stewardship import next_duty
from protocol.space.vocabulary import MAX_INCARNATIONS
from protocol.space.writing import Place

SPACE, END = "S" * 43, "E" * 43
NODES = {word: word * 32 for word in "abcd"}


def signer(word: str) -> Signer:
    return Signer.from_seed(hashlib.sha256(word.encode()).digest())


def founder(word: str, key: str = "") -> Founder:
    public = signer(key or word).public.multikey
    return Founder(NODES[word], f"https://{word}.example/actor", public)


def state(members: str = "abc") -> State:
    """A space that a and b founded; a is the steward."""
    return State(
        space=SPACE,
        steward=NODES["a"],
        head=(1, SPACE),
        founders=(NODES["a"], NODES["b"]),
        base={NODES[one]: 0 for one in members},
        actors={NODES[one]: founder(one).actor for one in members},
        keys={NODES[one]: ((0, founder(one).key),) for one in members},
    )


def admission(home: str = "b", guest: str = "d", time: int = 1, key: str = "") -> Proposal:
    one = founder(guest, key)
    return Proposal(
        NODES[home],
        "N" * 22,
        "admit",
        time,
        node=one.node,
        candidate=one,
        invite=consent.sign_invitation(SPACE, one.node, one.actor, signer(home)),
        acceptance=consent.sign_acceptance(SPACE, one, signer(key or guest)),
    )


def cut(node: str = "c", since: int = 0, logs: Heads | None = None) -> Proposal:
    return Proposal(NODES["b"], "C" * 22, "cut", 2, node=NODES[node], since=since, logs=logs or {})


def log(word: str, incarnation: int = 0) -> str:
    return f"c/{NODES[word]}/{incarnation}"


def owed(at: State, *asked: Proposal, heads: Mapping[str, LogHead] | None = None) -> Header | None:
    duty = next_duty(at, heads or {}, asked)
    place = Place(SPACE, LogHead(at.control_log, 1, SPACE, 1), "", 5)
    return None if duty is None else duty(place)


def after(at: State, header: Header | None) -> State:
    assert header is not None
    return at.after(END, header)


def test_an_admission_is_written_once_and_counts() -> None:
    header = owed(state(), admission())
    later = after(state(), header)
    assert later.base[NODES["d"]] == 0
    assert owed(later, admission()) is None


def test_an_admission_that_would_be_void_is_not_written() -> None:
    forged = replace(admission(), invite=admission(home="c").invite)
    assert owed(state(), forged) is None
    assert owed(state(), admission(home="c")) is None
    assert owed(state("acd"), admission()) is None


def test_a_school_that_was_cut_returns_with_a_new_key_and_a_new_incarnation() -> None:
    heads = {log("c", 2): LogHead(log("c", 2), 7, END)}
    gone = after(state("abcd"), owed(state("abcd"), cut(), heads=heads))
    assert NODES["c"] not in gone.base
    old = admission(guest="c")
    assert owed(gone, old, cut()) is None
    back = owed(gone, old, cut(), admission(guest="c", key="another"))
    assert after(gone, back).base[NODES["c"]] == MAX_INCARNATIONS


def test_a_cut_names_the_furthest_that_either_knows() -> None:
    heads = {log("c"): LogHead(log("c"), 4, END), log("b"): LogHead(log("b"), 9, END)}
    wish = cut(logs={log("c"): (6, "F" * 43)})
    header = owed(state(), wish, heads=heads)
    assert header is not None
    assert header.args == {"node": NODES["c"], "logs": {log("c"): [6, "F" * 43]}}


def test_an_old_wish_ends_no_new_membership() -> None:
    again = replace(state("abcd"), base={**state("abcd").base, NODES["c"]: 1})
    assert owed(again, cut(since=0)) is None
    assert owed(again, cut(since=1)) is not None


def test_neither_the_steward_nor_one_of_two_is_cut() -> None:
    assert owed(state(), cut("a")) is None
    assert owed(state("ab"), cut("b")) is None


def test_a_departure_is_recorded_where_the_log_ends() -> None:
    heads = {log("c"): LogHead(log("c"), 4, END, left=True)}
    header = owed(state(), heads=heads)
    assert header is not None
    assert (header.type, header.args["logs"]) == ("Cut", {log("c"): [4, END]})
    assert owed(state("ac"), heads=heads) is None
    returned = replace(state(), base={**state().base, NODES["c"]: 1})
    assert owed(returned, heads=heads) is None


def test_a_close_is_the_last_thing_that_is_owed() -> None:
    heads = {log("c"): LogHead(log("c"), 4, END), state().control_log: LogHead("k", 3, END)}
    end = Proposal(NODES["b"], "X" * 22, "close", 3)
    header = owed(state(), end, heads=heads)
    assert header is not None
    assert header.args == {"logs": {log("c"): [4, END]}}
    closed = after(state(), header)
    assert owed(closed, end, admission(), cut(), heads=heads) is None


def test_the_oldest_wish_comes_first() -> None:
    header = owed(state("abcd"), cut(), Proposal(NODES["b"], "X" * 22, "close", 1))
    assert header is not None
    assert header.type == "Close"


def wish(kind: str, node: str = "c", turn: int = 0, since: int = 0) -> Proposal:
    return Proposal(NODES["b"], f"{kind}{turn}", kind, 3, node=NODES[node], since=since, turn=turn)


def test_a_school_moderates_and_ceases_once_for_each_wish() -> None:
    heads = {log("c"): LogHead(log("c"), 7, END, 1)}
    yes, no = wish("moderator"), wish("unmoderator", turn=1)
    assert owed(state(), no) is None
    granted = owed(state(), no, yes, heads=heads)
    later = after(state(), granted)
    assert granted is not None
    assert (granted.type, granted.args) == (
        "Moderator",
        {"node": NODES["c"], "logs": {log("c"): [7, END]}},
    )
    assert authority.is_moderator(later, NODES["c"])
    revoked = owed(later, yes, no, heads=heads)
    assert revoked is not None
    assert revoked.type == "Unmoderator"
    at_last = after(later, revoked)
    assert not authority.is_moderator(at_last, NODES["c"])
    assert owed(at_last, yes, no, heads=heads) is None, "an old wish comes back by nothing"
    again = owed(at_last, yes, no, wish("moderator", turn=2), heads=heads)
    assert again is not None
    assert again.type == "Moderator"


def test_nobody_asks_for_a_stranger_a_founder_or_a_membership_that_is_over() -> None:
    for one in (
        wish("moderator", "d"),
        wish("moderator", since=8),
        wish("unmoderator", "a"),
        wish("unmoderator", "b"),
        replace(wish("moderator"), home=NODES["c"]),
    ):
        assert owed(state(), one) is None


# -- what is to go


def target(at: int) -> Target:
    return log("c"), at, f"{at:043}"


def removal(*targets: Target, after: str = "", home: str = "b", time: int = 1) -> Proposal:
    word = consent.sign(consent.purging(SPACE, targets, after), signer(home))
    name = f"{time:022}"
    return Proposal(NODES[home], name, "purge", time, targets=targets, after=after, word=word)


def comeback(*targets: Target, after: str, time: int = 2) -> Proposal:
    return Proposal(NODES["b"], f"{time:022}", "unpurge", time, targets=targets, after=after)


def served(at: State, *asked: Proposal) -> tuple[State, int]:
    """The state when nothing is owed any more, and after how many operations."""
    for written in count():
        header = owed(at, *asked)
        if header is None:
            return at, written
        assert written < 10, "the steward writes without end"
        at = at.after(f"{at.head[0]:043}", replace(header, seq=at.head[0] + 1))
    raise AssertionError


def test_a_removal_of_two_rounds_is_answered_once() -> None:
    one, two = target(1), target(2)
    hidden, written = served(state(), removal(one))
    assert written == 1
    shown, written = served(hidden, comeback(one, after=hidden.purges[purged_name(one)].by))
    assert written == 1
    mixed = removal(one, two, time=3)
    later, written = served(shown, mixed)
    assert written == 1
    assert not later.purges[purged_name(one)].held
    assert later.purges[purged_name(two)].held
    # Of those two the other founder's word makes the one go that is of this round.
    gone, written = served(later, mixed, removal(one, two, home="a", time=4))
    assert written == 1
    assert not gone.purges[purged_name(one)].erases
    assert gone.purges[purged_name(two)].erases


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_never_removed_is_not_shown_again_without_end(closed: bool) -> None:
    one, two = target(1), target(2)
    hidden, _ = served(replace(state(), closed=closed), removal(one))
    by = hidden.purges[purged_name(one)].by
    shown, written = served(hidden, comeback(one, two, after=by))
    assert written == 1
    assert not shown.purges[purged_name(one)].held
    assert purged_name(two) not in shown.purges
    assert served(shown, comeback(one, after=shown.purges[purged_name(one)].by)) == (shown, 0)


def test_one_founder_hides_only_so_much_and_two_erase_beyond_that() -> None:
    full = state()
    for start in range(0, MAX_HIDDEN + 8, 16):
        asked = removal(*(target(start + at) for at in range(1, 17)))
        full, _ = served(full, asked)
    assert len(full.purges) == MAX_HIDDEN
    more = target(9999)
    assert served(full, removal(more)) == (full, 0)
    gone, written = served(full, removal(more), removal(more, home="a", time=2))
    assert written == 1
    assert gone.purges[purged_name(more)].erases


def test_two_founders_who_remove_again_and_again_fill_no_nodes_memory() -> None:
    full = state()
    for start in range(0, MAX_PURGES + 32, 16):
        targets = [target(start + at) for at in range(1, 17)]
        full, _ = served(full, removal(*targets), removal(*targets, home="a", time=2))
    assert len(full.purges) == MAX_PURGES
    more = target(99_999)
    assert served(full, removal(more), removal(more, home="a", time=2)) == (full, 0)
    # What is remembered already goes on: the last one that was hidden can still be erased.
    assert not room_for_purges(full, [purged_name(more)])
    assert room_for_purges(full, [purged_name(target(1))])


# -- a new key


def new_key(home: str, word: str, time: int, *, node: str = "c") -> Proposal:
    key = signer(word)
    candidate = Founder(NODES[node], "", key.public.multikey)
    message = consent.rekeying(SPACE, NODES[node], candidate.key, {})
    return Proposal(
        NODES[home],
        f"{time:022}",
        "rekey",
        time,
        node=NODES[node],
        candidate=candidate,
        acceptance=consent.sign_acceptance(
            SPACE, replace(candidate, actor=founder(node).actor), key
        ),
        word=consent.sign(message, signer(home)),
    )


def test_one_members_many_wishes_for_new_keys_are_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    real = consent.is_signed

    def is_signed(message: bytes, signature: str, key: str) -> bool:
        verified.append(key)
        return real(message, signature, key)

    monkeypatch.setattr(consent, "is_signed", is_signed)
    many = [new_key("d", f"new {time}", time) for time in range(50)]
    assert owed(state("abcd"), *many) is None
    assert verified == []
    last = new_key("b", "new 49", 60)
    header = owed(state("abcd"), *many, last)
    assert header is not None
    assert header.args["key"] == signer("new 49").public.multikey
    assert len(verified) < 20
    assert owed(state("abcd"), *many, new_key("b", "new 48", 60)) is None
