"""Erasures, receipts and descriptors: signed apart from the logs, each under its own prefix."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from protocol.canonical import b64, encode
from protocol.errors import Reason, Refused
from protocol.space import descriptor, erasure, genesis, operation, statement, sync
from protocol.space.control import start
from protocol.space.descriptor import Descriptor
from protocol.space.effects import Erase
from protocol.space.known import KnownSpace
from protocol.space.operation import Operation, write
from protocol.space.statement import Signed
from tests.protocol.space.cast import NOW_MS, Cast, changed, words
from tests.simulation.school import School


@pytest.fixture
def cast() -> Cast:
    return Cast()


def erase(cast: Cast, school: School, *posts: Operation) -> Signed:
    targets = [(one.header.log, one.header.seq, one.id) for one in posts]
    return erasure.sign_statement(
        cast.space, school.node, targets, time_ms=NOW_MS, signer=school.signer
    )


def seen(cast: Cast) -> list[tuple[str, str]]:
    return sorted((str(one.standing), one.text) for one in cast.replica.posts.values())


def test_an_erased_post_stays_as_a_tombstone_and_its_payload_is_gone(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    cast.replica.receive_statements([erase(cast, cast.beta, post)])
    assert seen(cast) == [("erased", "")]
    assert post.id not in cast.replica.payloads
    cast.receive(post)
    assert post.id not in cast.replica.payloads


def test_an_erasure_that_comes_first_keeps_the_payload_out(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.replica.receive_statements([erase(cast, cast.beta, post)])
    cast.receive(post)
    assert seen(cast) == [("erased", "")]
    assert post.id not in cast.replica.payloads


def test_a_payload_that_comes_late_fits_or_is_refused(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(operation.read(operation.to_line(post, with_payload=False)))
    assert seen(cast) == [("waiting", "")]
    with pytest.raises(Refused) as caught:
        operation.read(operation.to_line(replace(post, payload=words("something else"))))
    assert caught.value.reason is Reason.BAD_OPERATION
    cast.receive(post)
    assert seen(cast) == [("shown", "Hello")]


def test_a_repeat_with_the_payload_brings_what_was_lacking(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(operation.read(operation.to_line(post, with_payload=False)))
    cast.receive(post)
    assert seen(cast) == [("shown", "Hello")]


def test_nobody_erases_what_another_school_signed(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    with pytest.raises(Refused) as caught:
        erase(cast, cast.alpha, post)
    assert caught.value.reason == Reason.NOT_OWNER
    targets = [(cast.alpha.log, 1, post.id)]
    liar = erasure.sign_statement(
        cast.space, cast.alpha.node, targets, time_ms=NOW_MS, signer=cast.alpha.signer
    )
    cast.replica.receive_statements([liar])
    assert seen(cast) == [("shown", "Hello")]


def test_an_expelled_school_still_erases(cast: Cast) -> None:
    cast.receive(cast.admit(cast.gamma))
    cast.declare(cast.gamma)
    post = cast.thread(cast.gamma)
    cast.receive(post)
    logs = {cast.gamma.log: [post.header.seq, post.id]}
    cast.receive(cast.decide("Cut", {"node": cast.gamma.node, "logs": logs}))
    cast.replica.receive_statements([erase(cast, cast.gamma, post)])
    assert seen(cast) == [("erased", "")]


def test_what_a_school_erased_that_only_a_lost_branch_admitted_is_nobodys(cast: Cast) -> None:
    """Whoever saw that branch holds its statement; both show the same, for others never take it."""
    cast.receive(cast.admit(cast.gamma))
    signed = erasure.sign_statement(
        cast.space, cast.gamma.node, [(cast.gamma.log, 1, "A" * 43)], time_ms=NOW_MS,
        signer=cast.gamma.signer,
    )  # fmt: skip
    assert cast.replica.receive_statements([signed]) == [signed.id]
    known, fallen = cast.state, start(genesis.open_genesis(cast.genesis))
    logs = list(cast.replica.heads.values())
    told = {cast.gamma.node: [signed.id]}
    assert sync.heads(known, cast.space, logs, told, ()).erasures.keys() == {cast.gamma.node}
    shown = sync.heads(fallen, cast.space, logs, told, ())
    assert shown.erasures == {}
    assert shown.digest == sync.heads(fallen, cast.space, logs, {}, ()).digest
    with pytest.raises(Refused) as refused:
        erasure.open_statement(signed, fallen)
    assert refused.value.reason is Reason.UNKNOWN_KEY
    receipt = erasure.sign_receipt(
        cast.space, cast.gamma.node, "A" * 43, time_ms=NOW_MS, signer=cast.gamma.signer
    )
    assert erasure.open_receipt(receipt, known).node == cast.gamma.node
    with pytest.raises(Refused) as refused:
        erasure.open_receipt(receipt, fallen)
    assert refused.value.reason is Reason.UNKNOWN_KEY


def test_every_version_of_a_post_is_named_and_nothing_of_others(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    cast.receive(post)
    items = cast.replica.items(cast.beta.node, post.header.object)
    assert erasure.targets_for(cast.beta.node, items) == [
        [(post.header.log, post.header.seq, post.id)]
    ]
    assert erasure.targets_for(cast.alpha.node, items) == []
    assert len(erasure.targets_for(cast.beta.node, items * 33)) == 2


def test_a_statement_repeated_erases_nothing_twice(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    opened = erasure.open_statement(erase(cast, cast.beta, post), cast.state)
    space = KnownSpace(cast.space, cast.state)
    once = erasure.judge_erasures([opened, opened], space, frozenset())
    assert [one.id for one in once.effects if isinstance(one, Erase)] == [post.id]
    assert not erasure.judge_erasures([opened], space, frozenset({opened.id})).effects


@pytest.mark.parametrize(
    "targets",
    [
        [],
        [("c/x/0", 1, "x")],
        [(f"k/{School.node_of('beta')}/0", 1, "A" * 43)],
        [(f"c/{School.node_of('beta')}/0", 0, "A" * 43)],
        [(f"c/{School.node_of('beta')}/0", 1, "short")],
        [(f"c/{School.node_of('beta')}/0", 1, "A" * 43)] * 2,
        [(f"c/{School.node_of('beta')}/0", number, "A" * 43) for number in range(1, 34)],
    ],
)
def test_a_statement_that_names_nothing_sensible_is_refused(
    cast: Cast, targets: list[tuple[str, int, str]]
) -> None:
    with pytest.raises(Refused) as caught:
        erasure.sign_statement(
            cast.space, cast.beta.node, targets, time_ms=NOW_MS, signer=cast.beta.signer
        )
    assert caught.value.reason == Reason.BAD_SHAPE


def test_a_statement_is_of_its_space_and_of_a_member(cast: Cast) -> None:
    post = cast.thread(cast.beta)
    signed = erase(cast, cast.beta, post)
    elsewhere = changed_space(cast, "A" * 43, post)
    stranger = cast.thread(cast.gamma)
    forged = Signed(signed.octets, cast.alpha.signer.sign(erasure.PREFIX + signed.octets))
    cases = [
        (elsewhere, Reason.NOT_FOUND),
        (erase(cast, cast.gamma, stranger), Reason.UNKNOWN_KEY),
        (forged, Reason.BAD_SIGNATURE),
        (Signed(b" " + signed.octets, signed.signature), Reason.BAD_SHAPE),
        (Signed(b"[]", signed.signature), Reason.BAD_JSON),
    ]
    for one, reason in cases:
        with pytest.raises(Refused) as caught:
            erasure.open_statement(one, cast.state)
        assert caught.value.reason == reason


def changed_space(cast: Cast, space: str, post: Operation) -> Signed:
    targets = [(post.header.log, post.header.seq, post.id)]
    return erasure.sign_statement(
        space, cast.beta.node, targets, time_ms=NOW_MS, signer=cast.beta.signer
    )


def test_a_receipt_says_who_dropped_what(cast: Cast) -> None:
    signed = erasure.sign_receipt(
        cast.space, cast.beta.node, "A" * 43, time_ms=NOW_MS, signer=cast.beta.signer
    )
    opened = erasure.open_receipt(statement.read(statement.to_line(signed)), cast.state)
    assert (opened.node, opened.statement) == (cast.beta.node, "A" * 43)
    with pytest.raises(Refused):
        erasure.open_receipt(Signed(signed.octets, b"x" * 64), cast.state)


def described(cast: Cast, version: int, *addresses: str) -> Signed:
    said = Descriptor(1, cast.space, cast.beta.node, version, cast.beta.founder.actor, addresses)
    return descriptor.sign_descriptor(said, cast.beta.signer)


def test_the_newest_descriptor_says_where_a_node_is(cast: Cast) -> None:
    one = descriptor.open_descriptor(described(cast, 1, "https://beta.example"), cast.state)
    two = descriptor.open_descriptor(described(cast, 2, "https://new.example"), cast.state)
    same = descriptor.open_descriptor(described(cast, 2, "https://x.example"), cast.state)
    assert one.replaces(None)
    assert two.replaces(one)
    assert not one.replaces(two)
    assert two.replaces(same) != same.replaces(two)


@pytest.mark.parametrize("addresses", [(), ("https://beta.example/path",), ("ftp://x",)])
def test_a_descriptor_names_origins(cast: Cast, addresses: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        described(cast, 1, *addresses)


def test_a_line_says_each_member_once(cast: Cast) -> None:
    line = statement.to_line(described(cast, 1, "https://beta.example"))
    assert statement.read(line.replace(b":", b": ", 1)) == statement.read(line)
    for bad in (line[:-1] + b',"signature":"AA"}', b"[]", b"{}", b"x" * 20_000):
        with pytest.raises(Refused):
            statement.read(bad)


def as_operation(cast: Cast, signed: bytes) -> None:
    post = cast.thread(cast.beta)
    forged = Operation(post.header_bytes, post.header, signed, None, post.id)
    operation.verify(forged, cast.beta.signer.public)


def as_erasure(cast: Cast, signed: bytes) -> None:
    erasure.open_statement(Signed(erase(cast, cast.beta, THREAD).octets, signed), cast.state)


def receipt_octets(cast: Cast) -> bytes:
    return encode(
        {"v": 1, "space": cast.space, "node": cast.beta.node, "statement": "A" * 43, "time": 1}
    )


def as_receipt(cast: Cast, signed: bytes) -> None:
    erasure.open_receipt(Signed(receipt_octets(cast), signed), cast.state)


def as_descriptor(cast: Cast, signed: bytes) -> None:
    octets = described(cast, 1, "https://beta.example").octets
    descriptor.open_descriptor(Signed(octets, signed), cast.state)


THREAD = Cast().thread(Cast().beta)
KINDS: dict[bytes, Callable[[Cast, bytes], None]] = {
    operation.PREFIX: as_operation,
    erasure.PREFIX: as_erasure,
    erasure.RECEIPT_PREFIX: as_receipt,
    descriptor.PREFIX: as_descriptor,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prefix", [*KINDS, genesis.PREFIX, b"", b"schoolgate/op/2\n"])
def test_a_signature_made_for_one_kind_is_worth_nothing_for_another(
    cast: Cast, kind: bytes, prefix: bytes
) -> None:
    """A044: the kind and the version stand inside the signed bytes, and so does the space."""
    octets = {
        operation.PREFIX: cast.thread(cast.beta).header_bytes,
        erasure.PREFIX: erase(cast, cast.beta, THREAD).octets,
        erasure.RECEIPT_PREFIX: receipt_octets(cast),
        descriptor.PREFIX: described(cast, 1, "https://beta.example").octets,
    }[kind]
    signed = cast.beta.signer.sign(prefix + octets)
    if prefix == kind:
        KINDS[kind](cast, signed)
        return
    with pytest.raises(Refused) as caught:
        KINDS[kind](cast, signed)
    assert caught.value.reason == Reason.BAD_SIGNATURE


def test_an_operation_of_one_space_is_none_of_another(cast: Cast) -> None:
    """A044: the space stands inside the signed bytes."""
    other = Cast()
    elsewhere = write(
        changed(cast.thread(cast.beta).header, space="A" * 43), words(), cast.beta.signer
    )
    judgement = other.receive(elsewhere)
    assert [one.reason for one in judgement.refused] == [Reason.NOT_FOUND]


def test_pairs_of_the_same_bytes_that_one_statement_has_no_room_for_stand_in_further_ones(
    cast: Cast,
) -> None:
    posts = []
    for _ in range(33):
        posts.append(cast.thread(cast.beta))
        cast.receive(posts[-1])
    targets = [(one.header.log, one.header.seq, one.id) for one in posts]
    others = [b64(bytes([number]) * 32) for number in range(40)]
    same = [(posts[0].id, one) for one in others] + [(posts[32].id, others[0])]
    made = erasure.sign_statements(
        cast.space, cast.beta.node, targets, time_ms=NOW_MS, signer=cast.beta.signer, same=same
    )
    opened = [erasure.open_statement(one, cast.state) for one in made]
    assert [len(one.said.targets) for one in opened] == [32, 32, 1]
    assert [len(one.said.same) for one in opened] == [32, 8, 1]
    assert sorted(pair for one in opened for pair in one.said.same) == sorted(same)
    assert opened[0].said.targets == opened[1].said.targets
