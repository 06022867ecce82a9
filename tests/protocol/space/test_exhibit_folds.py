"""Updates, files and albums as folds make them, and which bytes their payloads name."""

import pytest

from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.outbound import release_blob
from protocol.space import writing
from protocol.space.blobs import Blob, hexadecimal, named_in
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.materials import Album, File, view
from protocol.space.fold.news import Update
from protocol.space.fold.news import view as news_view
from protocol.space.operation import Operation, payload, write
from protocol.space.writing import By
from tests.protocol.space.cast import SALT, Cast, changed
from tests.simulation.school import School, name_of

HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
SMALL = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"
FILE: JSONObject = {
    "name": "Storks.webp",
    "mediaType": "image/webp",
    "size": 4000,
    "sha256": HASH,
    "licence": "CC-BY-4.0",
    "alt": "A stork.",
    "width": 40,
    "height": 30,
    "thumbnail": {"sha256": SMALL, "size": 400},
}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def text(content: JSONObject) -> str:
    return payload(content, "en", SALT)


def say_update(cast: Cast, school: School, content: JSONObject, audience: str) -> Operation:
    header = writing.update(
        cast.place(school), By(school.teacher), name_of("update"), audience=audience
    )
    written = write(header, text(content), school.signer)
    cast.receive(written)
    return written


def say_file(cast: Cast, school: School, content: JSONObject, word: str = "file") -> Operation:
    header = writing.file(cast.place(school), By(school.teacher), name_of(word))
    written = write(header, text(content), school.signer)
    cast.receive(written)
    return written


def shown(cast: Cast) -> Contribution:
    (only,) = cast.replica.others.values()
    return only


def test_an_update_says_who_may_see_it_and_shows_pictures_once(cast: Cast) -> None:
    one, other = name_of("one"), name_of("other")
    content: JSONObject = {"text": "Storks!", "pictures": [one, other, one]}
    say_update(cast, cast.alpha, content, "teachers")
    update = shown(cast)
    assert isinstance(update, Update)
    assert (update.audience, update.text, update.pictures) == ("teachers", "Storks!", (one, other))
    assert cast.replica.posts == {}


def test_an_edit_changes_who_may_see_an_update(cast: Cast) -> None:
    first = say_update(cast, cast.alpha, {"text": "Storks!"}, "teachers")
    header = writing.edit(
        cast.place(cast.alpha), By(cast.alpha.teacher), first.header.object, base=[first.id]
    )
    cast.receive(write(header, text({"text": "More."}), cast.alpha.signer))
    update = shown(cast)
    assert isinstance(update, Update)
    assert (update.audience, update.text, update.head != first.id) == ("members", "More.", True)


@pytest.mark.parametrize(
    "content",
    [
        {"text": ""},
        {"text": "x", "pictures": ["../../etc/passwd"]},
        {"text": "x", "pictures": [f"{'a' * 32}/{'A' * 22}"]},
        {"text": "x", "pictures": ["A" * 22] * 13},
        {"text": 7},
    ],
)
def test_an_update_that_says_what_none_can_say_is_unreadable(
    cast: Cast, content: JSONObject
) -> None:
    say_update(cast, cast.alpha, content, "members")
    assert shown(cast).standing is Standing.UNREADABLE


def test_a_file_is_what_its_payload_says(cast: Cast) -> None:
    written = say_file(cast, cast.alpha, FILE)
    file = shown(cast)
    assert isinstance(file, File)
    assert (file.name, file.sha256, file.thumbnail, file.licence) == (
        "Storks.webp",
        HASH,
        SMALL,
        "CC-BY-4.0",
    )
    assert named_in(written.header, written.payload) == (Blob(HASH, 4000), Blob(SMALL, 400))


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "../../../etc/passwd"},
        {"sha256": HASH[:-1] + "V"},
        {"sha256": HASH + "\n"},
        {"name": "a\n"},
        {"licence": "CC-BY-4.0\n"},
        {"mediaType": "image/webp\n"},
        {"album": "\n"},
        {"alt": "a stork\x00"},
        {"size": 0},
        {"size": -1},
        {"name": "a\r\nb"},
        {"name": ""},
        {"mediaType": "text/html\r\nSet-Cookie: x=y"},
        {"album": "no reference"},
        {"width": 99_999},
        {"thumbnail": {"sha256": "x", "size": 1}},
    ],
)
def test_a_file_that_says_what_none_can_say_is_unreadable_and_names_no_bytes(
    cast: Cast, change: JSONObject
) -> None:
    written = say_file(cast, cast.alpha, FILE | change)
    assert shown(cast).standing is Standing.UNREADABLE
    assert named_in(written.header, written.payload) == ()


def test_only_files_name_bytes(cast: Cast) -> None:
    thread = cast.thread(cast.alpha)
    assert named_in(thread.header, text(FILE)) == ()
    assert named_in(say_file(cast, cast.alpha, FILE).header, None) == ()


def test_bytes_leave_for_a_shared_file_that_names_them_and_for_nothing_else(cast: Cast) -> None:
    written = say_file(cast, cast.alpha, FILE)
    assert (release_blob(written, HASH).size, release_blob(written, SMALL).size) == (4000, 400)
    erased = Operation(written.header_bytes, written.header, written.signature, None, written.id)
    at_home = Operation(
        written.header_bytes,
        changed(written.header, residency="home"),
        written.signature,
        written.payload,
        written.id,
    )
    for operation, sha256 in ((written, "A" * 43), (erased, HASH), (at_home, HASH)):
        with pytest.raises(Refused) as refused:
            release_blob(operation, sha256)
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_a_hash_is_a_file_name_in_one_spelling_only() -> None:
    assert hexadecimal(HASH).startswith("e3b0c442")
    for wrong in ("", "..", HASH[:-1], HASH + "A", HASH[:-1] + "V", "/" * 43, HASH + "="):
        with pytest.raises(ValueError, match="no hash"):
            hexadecimal(wrong)


def test_an_album_and_files_stand_in_the_order_of_time(cast: Cast) -> None:
    header = writing.album(cast.place(cast.alpha), By(cast.alpha.teacher), name_of("album"))
    cast.receive(write(header, text({"title": "Birds"}), cast.alpha.signer))
    say_file(cast, cast.beta, FILE, "b")
    say_file(cast, cast.alpha, FILE, "a")
    others = cast.replica.others.values()
    files, albums = view(
        [one for one in others if isinstance(one, File)],
        [one for one in others if isinstance(one, Album)],
    )
    assert [(one.time, one.id) for one in files] == sorted((one.time, one.id) for one in files)
    assert [one.title for one in albums] == ["Birds"]
    assert news_view([]) == []


def test_a_file_that_its_author_takes_back_shows_nothing(cast: Cast) -> None:
    written = say_file(cast, cast.alpha, FILE)
    header = cast.place(cast.alpha).header(
        "Delete", object=written.header.object, actor=cast.alpha.teacher
    )
    cast.receive(write(header, None, cast.alpha.signer))
    file = shown(cast)
    assert isinstance(file, File)
    assert (file.standing, file.name, file.sha256) == (Standing.DELETED, "", "")
