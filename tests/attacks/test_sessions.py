"""Links under another host's name, sign-in as an oracle, and sessions of ended accounts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from node.actions import mail, people, succession
from node.storage import accounts
from tests.attacks.visiting import Visitor, signed_in
from tests.node.postbox import postbox
from tests.nodes import PASSWORD, Node, VirtualClock, running

HOSTS = ("evil.example", "127.0.0.1:1", "127.0.0.1.evil.example", "evil.example:80@127.0.0.1")
WRONG = "wrong wrong wrong wrong"


async def test_a129_a_link_is_never_made_of_the_host_that_a_request_names(alpha: Node) -> None:
    admin = await signed_in(alpha)
    await alpha.account("ana")
    typed = {"name": "Eva", "handle": "eva", "roles": "teacher", "language": "en"}
    number = (await alpha.get("ana")).id
    for path, form in (("/school/staff", typed), (f"/school/staff/{number}/renew", {})):
        for host in HOSTS:
            told = await admin.post(path, form, host=host)
            assert told.status == 421, (path, host)
            assert b"/invite/" not in told.body
        for forwarded in ("x_forwarded_host", "forwarded", "x_host", "x_original_host"):
            told = await admin.post(path, form, **{forwarded: "evil.example"})
            assert told.status in {200, 422}
            assert b"evil.example" not in told.body
    told = await admin.post("/school/staff", typed | {"handle": "eve"})
    assert f"{alpha.url}/invite/".encode() in told.body


async def test_a130_sign_in_tells_nobody_which_accounts_exist(
    alpha: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alpha.account("ana")
    await alpha.account("old")
    await succession.end_account(alpha.context, alpha.admin, "old")
    await people.ask_for_account(
        alpha.context, name="Otto", handle="otto", password=PASSWORD, note=""
    )
    worked: list[tuple[int, int]] = []

    def watched(method: Callable[..., object]) -> Callable[..., object]:
        def run(hasher: PasswordHasher, *given: str) -> object:
            worked.append((hasher.time_cost, hasher.memory_cost))
            return method(hasher, *given)

        return run

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, watched(getattr(PasswordHasher, name)))
    told = []
    for handle in ("ana", "nobody", "old", "otto", "m\u0131ke", "x" * 64):
        answer = await Visitor(alpha).post("/login", {"handle": handle, "password": WRONG})
        told.append((answer.status, answer.body.replace(handle.encode(), b"HANDLE")))
        assert len(worked) == 1, handle
        assert worked.pop() == (1, 8)
    assert len({status for status, _ in told}) == 1
    assert len({body for _, body in told}) == 1
    good = await Visitor(alpha).post("/login", {"handle": "ana", "password": PASSWORD})
    assert good.status == 303


async def test_a132_the_session_of_an_ended_account_ends_at_the_next_request(alpha: Node) -> None:
    ana = await alpha.account("ana")
    await alpha.account("bea", roles="teacher admin")
    teacher, admin = await signed_in(alpha, "ana"), await signed_in(alpha, "bea")
    assert (await teacher.get("/home")).status == 200
    assert (await admin.get("/admin")).status == 200
    for handle in ("ana", "bea"):
        await succession.end_account(alpha.context, alpha.admin, handle)
    for visitor, path in ((teacher, "/home"), (admin, "/admin"), (teacher, "/me")):
        told = await visitor.get(path)
        assert (told.status, told.fields["location"].partition("?")[0]) == (303, "/login")
    told = await teacher.post("/updates/new", {"text": "still here", "language": "en"})
    assert told.status == 401
    assert await alpha.count("sessions WHERE account = " + str(ana.id)) == 0


async def test_a132_a_session_that_is_still_kept_does_not_outlive_its_account(alpha: Node) -> None:
    ana = await alpha.account("ana")
    teacher = await signed_in(alpha, "ana")
    async with alpha.context.database.write() as transaction:
        await accounts.put_state(transaction, ana.id, "ended", alpha.clock.at_ms)
    assert await alpha.count("sessions") == 1
    assert (await teacher.get("/home")).status == 303
    assert (await teacher.post("/me", {"name": "X"})).status == 401


async def test_a131_a_link_goes_to_the_stored_address_only(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with postbox() as box:
        settings = {
            "SCHOOLGATE_MAIL__HOST": "127.0.0.1",
            "SCHOOLGATE_MAIL__PORT": str(box.port),
            "SCHOOLGATE_MAIL__SECURITY": "none",
        }
        async with running("alpha", tmp_path / "alpha", clock, settings) as node:
            mike = await node.account("mike")
            admin = await signed_in(node)
            path = f"/school/staff/{mike.id}/renew"
            await mail.write(node.context, node.admin, "mike", "mike@school.example", "Hi", "Hi")
            for typed in ("m\u0131ke@school.example", "eve@evil.example", "MIKE@evil.example"):
                told = await admin.post(path, {"mail": typed, "address": typed, "handle": "eve"})
                assert told.status == 200
            told = await admin.post(
                "/school/staff",
                {
                    "name": "Mike", "handle": "m\u0131ke", "roles": "teacher", "language": "en",
                    "mail": "m\u0131ke@evil.example",
                },
            )  # fmt: skip
            assert told.status == 422
            await mail.send_due(node.context)
            assert {recipient for recipient, _ in box.taken} == {"mike@school.example"}
            assert len(box.taken) == 4
