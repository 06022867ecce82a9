"""What people see: threads and replies in one order, people by school, nothing that cannot be."""

import pytest
from msgspec.structs import replace

from protocol.space import writing
from protocol.space.fold import forum, membership
from protocol.space.fold.forum import Discussion, Post
from protocol.space.fold.history import Standing
from protocol.space.operation import Header, Operation, write
from protocol.space.vocabulary import Role, reference
from protocol.space.writing import By, Place
from tests.protocol.space.cast import NOW_MS, SALT, Cast, person, words
from tests.simulation.school import School, name_of


@pytest.fixture
def cast() -> Cast:
    return Cast()


def say(cast: Cast, school: School, make: "Make", text: str | None) -> Operation:
    operation = write(make(cast.place(school), By(school.teacher)), text, school.signer)
    cast.receive(operation)
    return operation


class Make:
    """A header, once it is known where it goes and who says it."""

    def __init__(self, kind: str, name: str, **more: str) -> None:
        self.kind, self.name, self.more = kind, name_of(name), more

    def __call__(self, place: Place, by: By) -> Header:
        match self.kind:
            case "reply":
                return writing.reply(place, by, self.name, thread_=self.more["thread"])
            case "edit":
                return writing.edit(place, by, self.name, base=[self.more["base"]])
            case "delete" | "restore" as kind:
                return writing.delete(place, by, self.name, undo=kind == "restore")
            case "thread":
                return writing.thread(place, by, self.name)
            case other:
                unhide = other == "unhide"
                return writing.hide(place, by, self.name, home=place.head.node, unhide=unhide)


def only(cast: Cast) -> Post:
    (post,) = cast.replica.posts.values()
    return post


def discussions(cast: Cast) -> list[Discussion]:
    return forum.view(cast.replica.posts.values())


def test_threads_and_replies_stand_in_the_order_of_time(cast: Cast) -> None:
    one = say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    thread = reference(cast.beta.node, one.header.object)
    for number in range(3):
        say(cast, cast.alpha, Make("reply", f"a{number}", thread=thread), words(f"a{number}"))
        say(cast, cast.beta, Make("reply", f"b{number}", thread=thread), words(f"b{number}"))
    (shown,) = discussions(cast)
    assert (shown.thread.title, shown.thread.text) == ("One", "First")
    order = [(one.time, one.id) for one in shown.replies]
    assert len(order) == 6
    assert order == sorted(order)


def test_an_edit_replaces_the_text_and_keeps_the_place(cast: Cast) -> None:
    one = say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    two = say(cast, cast.beta, Make("edit", "one", base=one.id), words("Second", title="Two"))
    post = only(cast)
    assert (post.title, post.text, post.id, post.head) == ("Two", "Second", one.id, two.id)
    assert post.edited == NOW_MS


def test_erasing_the_newest_version_shows_the_one_before(cast: Cast) -> None:
    one = say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    two = say(cast, cast.beta, Make("edit", "one", base=one.id), words("Second", title="Two"))
    items = [
        replace(item, erased=True, payload=None) if item.id == two.id else item
        for item in cast.replica.items(cast.beta.node, one.header.object)
    ]
    post = forum.fold(items)
    assert post is not None
    assert (post.text, post.head, post.standing) == ("First", two.id, Standing.SHOWN)


@pytest.mark.parametrize(
    ("kinds", "standing"),
    [
        (["hide"], Standing.HIDDEN),
        (["hide", "unhide"], Standing.SHOWN),
        (["delete"], Standing.DELETED),
        (["delete", "unhide"], Standing.DELETED),
        (["delete", "restore"], Standing.SHOWN),
        (["restore", "delete"], Standing.DELETED),
        (["hide", "delete", "restore"], Standing.HIDDEN),
        (["hide", "restore"], Standing.HIDDEN),
    ],
)
def test_hiding_and_deleting_are_undone_each_by_its_own_word(
    cast: Cast, kinds: list[str], standing: Standing
) -> None:
    say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    for kind in kinds:
        say(cast, cast.beta, Make(kind, "one"), None)
    post = only(cast)
    assert post.standing == standing
    assert bool(post.text) == (standing is Standing.SHOWN)


def test_what_was_erased_is_so_whatever_was_said_before_and_after(cast: Cast) -> None:
    one = say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    for kind in ("hide", "delete", "restore", "unhide"):
        say(cast, cast.beta, Make(kind, "one"), None)
    items = cast.replica.items(cast.beta.node, one.header.object)
    for count in range(1, len(items) + 1):
        known = [replace(item, erased=item.id == one.id, payload=None) for item in items[:count]]
        post = forum.fold(known)
        assert post is not None
        assert (post.standing, post.put_away) == (Standing.ERASED, None)


def test_who_deleted_it_and_when_is_told_until_it_is_taken_back(cast: Cast) -> None:
    say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    say(cast, cast.beta, Make("delete", "one"), None)
    put_away = only(cast).put_away
    assert put_away is not None
    assert (put_away.home, put_away.actor) == (cast.beta.node, cast.beta.teacher)
    assert (put_away.time, put_away.reason) == (NOW_MS, "")
    say(cast, cast.beta, Make("restore", "one"), None)
    assert (only(cast).put_away, only(cast).text) == (None, "First")


def test_nobody_deletes_or_restores_for_another_school(cast: Cast) -> None:
    say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    say(cast, cast.alpha, Make("delete", "one"), None)
    assert only(cast).standing == Standing.SHOWN
    say(cast, cast.beta, Make("delete", "one"), None)
    say(cast, cast.alpha, Make("restore", "one"), None)
    assert only(cast).standing == Standing.DELETED


def test_replies_outlive_a_thread_that_is_not_there(cast: Cast) -> None:
    thread = reference(cast.beta.node, name_of("never seen"))
    say(cast, cast.alpha, Make("reply", "a", thread=thread), words("Hello?"))
    (shown,) = discussions(cast)
    assert shown.thread.standing == Standing.MISSING
    assert shown.thread.reference == thread
    assert [one.text for one in shown.replies] == ["Hello?"]


@pytest.mark.parametrize(
    "payload",
    [
        "no JSON",
        "[]",
        words("Text without a title"),
        words("x", title=""),
        words("x", title="x" * 201),
        words("x" * 10_001, title="x"),
        words("x\u202ey", title="x"),
        words("x", title="line\nbreak"),
        '{"language":"en","text":"no salt","title":"x"}',
        '{"language":7,"salt":"c2FsdCBvZiAxNiBieXRlcw","text":"x","title":"x"}',
    ],
)
def test_what_says_nothing_that_a_post_can_is_shown_as_unreadable(cast: Cast, payload: str) -> None:
    say(cast, cast.beta, Make("thread", "one"), payload)
    assert only(cast).standing == Standing.UNREADABLE
    assert only(cast).text == ""


def test_other_kinds_of_objects_are_no_posts(cast: Cast) -> None:
    say(cast, cast.beta, Make("edit", "nothing", base="A" * 43), words("x", title="x"))
    cast.receive(cast.thread(cast.beta, args={"kind": "task"}))
    assert not cast.replica.posts


def test_a_school_declares_its_people_by_name_and_a_pupil_by_alias_only(cast: Cast) -> None:
    url = "https://beta.example/people/eva"
    for who, role in ((cast.beta.teacher, Role.TEACHER), (cast.beta.pupil, Role.PUPIL)):
        header = writing.role(cast.place(cast.beta), who, role)
        cast.receive(write(header, person("Somebody", person=url), cast.beta.signer))
    shown = membership.view(cast.replica.people.values())
    people = {one.role: one for one in shown[cast.beta.node]}
    assert people[Role.TEACHER].person == url
    assert people[Role.PUPIL].person == ""
    assert people[Role.PUPIL].name == "Somebody"


def test_who_left_keeps_the_name_under_which_they_wrote(cast: Cast) -> None:
    header = writing.role(cast.place(cast.beta), cast.beta.teacher, Role.LEFT)
    cast.receive(write(header, None, cast.beta.signer))
    member = cast.replica.people[f"{cast.beta.node}/{cast.beta.teacher}"]
    assert member.role == Role.LEFT
    assert member.name.startswith("Name of")


def test_a_post_can_be_shown_as_json(cast: Cast) -> None:
    say(cast, cast.beta, Make("thread", "one"), words("First", title="One"))
    post = only(cast)
    assert post.reference == f"{cast.beta.node}/{post.object}"
    assert len(SALT) == 16
