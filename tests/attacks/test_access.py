"""Who may read what: strangers nothing, partners what is public, nobody what is private."""

from node.actions import forum, messages, people, projects
from node.storage.accounts import Account
from protocol import names
from tests.attacks.founding import FIELDS, Shared, befriend_people, found, known
from tests.attacks.hostile import Rogue, befriend, rogue
from tests.attacks.speaking import ACTIVITY, Request, Told, send
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import Node, VirtualClock, settle

ABSENT = "A" * 22


async def ask(node: Node, who: Rogue, target: str) -> Told:
    return await send(node, who.get(node, target).adding("Accept", ACTIVITY))


def same(one: Told, other: Told) -> bool:
    return (one.status, one.body, one.fields.keys()) == (
        other.status,
        other.body,
        other.fields.keys(),
    )


async def test_strangers_read_nothing_but_the_service_actor(alpha: Node, stranger: Rogue) -> None:
    note = await people.publish_update(alpha.context, alpha.admin, text="All.", language="en")
    for target in (
        "/people/admin",
        "/people/nobody",
        "/schools/main",
        note.removeprefix(alpha.url),
        f"/notes/{ABSENT}",
        "/people/admin/outbox",
        "/people/admin/followers",
        "/people/admin/following",
        "/outbox",
        "/changes",
        f"/projects/{ABSENT}",
    ):
        bare = await send(alpha, Request("GET", target, (("Accept", ACTIVITY),)))
        assert (bare.status, bare.reason) == (401, "missing_signature"), target
        told = await ask(alpha, stranger, target)
        assert (told.status, told.reason) == (401, "unknown_key"), target
    actor = await send(alpha, Request("GET", "/actor", (("Accept", ACTIVITY),)))
    assert actor.status == 200
    assert stranger.connections == 0


async def test_what_is_private_is_answered_as_what_is_not_there(
    alpha: Node, mallory: Rogue, clock: VirtualClock
) -> None:
    ana = await alpha.account("ana")
    eve = await known(alpha, mallory, "eve")
    await befriend_people(alpha, mallory, ana, eve)
    letter = await messages.send(alpha.context, ana, eve, text="For you.", language="en")
    draft = await projects.draft(alpha.context, ana, FIELDS)
    await people.ask_for_account(
        alpha.context, name="Waiting", handle="waiting", password="a long password", note=""
    )
    await settle(alpha)
    async with alpha.context.database.read() as reader:
        said = await reader.all("SELECT id FROM outbox")
    async with rogue(clock, "c" * 32) as third:
        await befriend(alpha, third)
        for who in (mallory, third):
            for hidden, absent in (
                (letter, f"/notes/{ABSENT}"),
                (draft, f"/projects/{ABSENT}"),
                (names.person_id(alpha.url, "waiting"), "/people/nobody"),
                *((row[0], f"/activities/{ABSENT}") for row in said),
            ):
                target = hidden.removeprefix(alpha.url)
                told = await ask(alpha, who, target)
                assert told.status == 404, target
                assert same(told, await ask(alpha, who, absent)), target
                for part in ("outbox", "followers", "following"):
                    if not target.startswith(("/notes", "/activities")):
                        assert (await ask(alpha, who, f"{target}/{part}")).status == 404
            for target in ("/outbox", "/changes", "/people/ana/outbox"):
                told = await ask(alpha, who, target)
                assert told.status == 200
                assert b"For you." not in told.body
                assert b"Birds" not in told.body
                assert eve.encode() not in told.body
    assert (await ask(alpha, mallory, "/people/ana")).status == 200


async def test_followers_are_counted_and_never_named(alpha: Node, mallory: Rogue) -> None:
    eve = await known(alpha, mallory, "eve")
    for part in ("followers", "following"):
        told = await ask(alpha, mallory, f"/people/admin/{part}")
        assert told.status == 200
        assert eve.encode() not in told.body
        assert b"orderedItems" not in told.body
    for target in ("/people/admin", "/schools/main"):
        assert eve.encode() not in (await ask(alpha, mallory, target)).body


async def test_what_was_deleted_is_gone_in_every_spelling(alpha: Node, mallory: Rogue) -> None:
    note = await people.publish_update(alpha.context, alpha.admin, text="Oops.", language="en")
    await people.delete_update(alpha.context, alpha.admin, note)
    path = note.removeprefix(alpha.url)
    told = await ask(alpha, mallory, path)
    assert (told.status, told.reason) == (410, "gone")
    assert b"Oops." not in told.body
    for target in (path.replace("notes", "n%6ftes"), f"{path}/", f"{path}?x", f"/.{path}"):
        told = await ask(alpha, mallory, target)
        assert told.status in {400, 404, 410}, target
        assert b"Oops." not in told.body
    for target in ("/outbox", "/changes"):
        assert b"Oops." not in (await ask(alpha, mallory, target)).body


async def test_a_path_in_another_spelling_leads_to_the_same_or_to_nothing(
    alpha: Node, mallory: Rogue
) -> None:
    plain = await ask(alpha, mallory, "/people/admin")
    assert plain.status == 200
    for target in (
        "/people/%61dmin", "/people/ADMIN", "/people/admin/", "//people/admin", "/people//admin",
        "/people/./admin", "/people/x/../admin", "/people/admin%00", "/people/admin%20",
        "/people/admin;x=1", "/people/admin.json", "/people/admin%2f", "/PEOPLE/admin",
        "/people/admin%23ed25519-key", "/people/%d0%b0dmin",
    ):  # fmt: skip
        told = await ask(alpha, mallory, target)
        assert told.status in {200, 400, 401, 404}, (target, told.status)
        if told.status == 200:
            assert told.body == plain.body


async def test_a_colleague_who_is_not_in_a_space_sees_nothing_of_it(
    alpha: Node, mallory: Rogue
) -> None:
    shared = await found(alpha, mallory)
    thread = await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="Secret", text="Inside.", language="en"
    )
    await alpha.account("bob")
    bob, admin, stranger = await signed_in(alpha, "bob"), await signed_in(alpha), Visitor(alpha)
    reference = thread.replace("/", ".")
    absent = "A" * 43
    for part in ("", "/members", "/leave", "/forum", "/forum/new", f"/forum/{reference}",
                 f"/posts/{reference}/edit", f"/posts/{reference}/delete"):  # fmt: skip
        for visitor in (bob, admin):
            told = await visitor.get(f"/w/{shared.space}{part}")
            other = await visitor.get(f"/w/{absent}{part}")
            assert (told.status, other.status) == (404, 404), part
            assert told.body.replace(shared.space.encode(), b"") == other.body.replace(
                absent.encode(), b""
            )
            assert b"Secret" not in told.body
        assert (await stranger.get(f"/w/{shared.space}{part}")).status == 303
    for target, typed in (
        (f"/forum/{reference}", {"text": "x", "language": "en"}),
        ("/forum/new", {"title": "x", "text": "x", "language": "en"}),
        (f"/posts/{reference}/edit", {"title": "x", "text": "x", "language": "en"}),
        (f"/posts/{reference}/delete", {}),
        ("/members", {"handle": "bob"}),
        ("/leave", {}),
    ):
        for visitor in (bob, admin):
            told = await visitor.post(f"/w/{shared.space}{target}", typed)
            assert told.status == 404, target
    ana = await signed_in(alpha, "ana")
    assert b"Secret" in (await ana.get(f"/w/{shared.space}/forum")).body


async def test_a_colleague_does_not_act_in_anothers_name(
    alpha: Node, mallory: Rogue, shared: Shared
) -> None:
    ana: Account = shared.ana
    await alpha.account("bob")
    bob = await signed_in(alpha, "bob")
    draft = await projects.draft(alpha.context, ana, FIELDS)
    name = draft.rpartition("/")[2]
    before = await alpha.dump(but=frozenset({"sessions"}))
    for target in (
        f"/projects/{name}/edit",
        f"/projects/{name}/discard",
        f"/projects/{name}/offer",
        f"/projects/{name}/accept",
        f"/projects/{name}/decline",
        f"/projects/{name}/withdraw",
    ):
        told = await bob.post(target, {"other": shared.eve, "title": "x", "note": "x"})
        assert told.status in {403, 404, 409, 422}, (target, told.status)
    for target in (f"/projects/{name}", f"/projects/{name}/edit", f"/projects/{name}/manage"):
        told = await bob.get(target)
        assert told.status == 404, target
        assert b"Birds" not in told.body
    async with alpha.context.database.read() as reader:
        row = await reader.one("SELECT offer FROM contacts")
    assert row is not None
    for target in ("/contacts/end", "/contacts/withdraw", "/contacts/answer"):
        told = await bob.post(target, {"offer": row["offer"], "answer": "yes"})
        assert told.status in {403, 404, 409, 422}, (target, told.status)
    there = f"eve@{mallory.base.removeprefix('http://')}"
    assert b"For you" not in (await bob.get(f"/messages/{there}")).body
    assert await alpha.dump(but=frozenset({"sessions"})) == before
