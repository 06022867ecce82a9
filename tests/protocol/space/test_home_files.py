"""Files whose bytes stay at their school: what is said of them, and what leaves."""

import pytest

from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.outbound import release_blob, release_operations, release_view
from protocol.space import writing
from protocol.space.blobs import named_in, rounded
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.operation import Operation, payload, write
from protocol.space.writing import By
from tests.nodes import shared_book
from tests.protocol.space.cast import SALT, Cast
from tests.protocol.space.test_exhibit_folds import FILE, HASH
from tests.simulation.school import name_of

STUB: JSONObject = {
    "name": "Storks.webp",
    "mediaType": "image/webp",
    "size": 4000,
    "licence": "CC-BY-4.0",
    "alt": "A stork.",
}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def say(cast: Cast, content: JSONObject, residency: str = "home") -> Operation:
    place, by = cast.place(cast.alpha), By(cast.alpha.teacher)
    header = writing.file(place, by, name_of("file"), residency=residency)
    written = write(header, payload(content, "en", SALT), cast.alpha.signer)
    cast.receive(written)
    return written


def say_again(cast: Cast, first: Operation, content: JSONObject, residency: str) -> Operation:
    header = writing.edit(
        cast.place(cast.alpha),
        By(cast.alpha.teacher),
        first.header.object,
        base=[first.id],
        residency=residency,
    )
    written = write(header, payload(content, "en", SALT), cast.alpha.signer)
    cast.receive(written)
    return written


def shown(cast: Cast) -> File:
    (only,) = cast.replica.others.values()
    assert isinstance(only, File)
    return only


def test_a_stub_says_what_a_file_is_and_nothing_of_its_bytes(cast: Cast) -> None:
    written = say(cast, STUB)
    file = shown(cast)
    assert (file.stays_home, file.standing) == (True, Standing.SHOWN)
    assert (file.name, file.alt, file.size, file.sha256) == (
        "Storks.webp",
        "A stork.",
        4000,
        "",
    )
    assert named_in(written.header, written.payload) == ()


def test_what_a_stub_says_of_bytes_all_the_same_counts_nowhere(cast: Cast) -> None:
    written = say(cast, FILE)
    file = shown(cast)
    assert (file.standing, file.sha256, file.thumbnail, file.width) == (Standing.SHOWN, "", "", 0)
    assert named_in(written.header, written.payload) == ()
    with pytest.raises(Refused) as refused:
        release_blob(written, HASH)
    assert refused.value.reason is Reason.NOT_ALLOWED


def test_the_newest_version_says_whether_it_stays(cast: Cast) -> None:
    first = say(cast, STUB)
    second = say_again(cast, first, FILE, "shared")
    assert (shown(cast).stays_home, shown(cast).sha256) == (False, HASH)
    say_again(cast, second, STUB, "home")
    assert (shown(cast).stays_home, shown(cast).sha256) == (True, "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (FILE, Reason.BAD_SHAPE),
        (STUB | {"sha256": HASH}, Reason.BAD_SHAPE),
        (STUB | {"width": 40}, Reason.BAD_SHAPE),
        (STUB | {"size": 4001}, Reason.NOT_ALLOWED),
        (STUB | {"size": 41_000}, Reason.NOT_ALLOWED),
    ],
)
def test_a_hash_points_or_an_exact_size_pass_the_gate_in_no_stub(
    cast: Cast, content: JSONObject, reason: Reason
) -> None:
    released = release_operations(shared_book(), [say(cast, STUB)], node=cast.alpha.node)
    assert b"Storks" in released.body
    with pytest.raises(Refused) as refused:
        release_operations(shared_book(), [say(cast, content)], node=cast.alpha.node)
    assert refused.value.reason is reason


def test_a_stub_is_no_shared_file_at_the_gate(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        release_operations(shared_book(), [say(cast, STUB, "shared")], node=cast.alpha.node)
    assert refused.value.reason is Reason.BAD_SHAPE


def test_a_view_is_released_for_an_own_file_that_stays_and_for_nothing_else(cast: Cast) -> None:
    stub = say(cast, STUB)
    assert release_view(stub, HASH, 3_999, node=cast.alpha.node).size == 3_999
    erased = Operation(stub.header_bytes, stub.header, stub.signature, None, stub.id)
    wrong = ((erased, cast.alpha.node), (stub, cast.beta.node), (say(cast, FILE, "shared"), ""))
    for operation, node in wrong:
        with pytest.raises(Refused) as refused:
            release_view(operation, HASH, 3_999, node=node or cast.alpha.node)
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_sizes_are_told_by_their_first_digit() -> None:
    told = {
        1: 1_000,
        1_000: 1_000,
        1_001: 2_000,
        9_001: 10_000,
        94_000: 100_000,
        5_100_000: 6 * 10**6,
    }
    assert {size: rounded(size) for size in told} == told
    assert all(rounded(size) == size for size in told.values())
