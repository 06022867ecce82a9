"""Passwords: guessing them, asking for accounts by the hundred, comparing secrets too quickly."""

import ast
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import people, succession
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import PASSWORD, Node, VirtualClock, running

SOURCE = Path(__file__).parents[2]
WRONG = "wrong wrong wrong wrong"


@pytest.fixture
async def guarded(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A node behind a proxy, which lets an account fail five times and an address twelve times."""
    environment = {
        "SCHOOLGATE_SIGN_IN__FAILURES_PER_ACCOUNT": "5",
        "SCHOOLGATE_SIGN_IN__FAILURES_PER_ADDRESS": "12",
        "SCHOOLGATE_LISTEN__TRUSTED_PROXIES": '["127.0.0.1"]',
    }
    async with running("guarded", tmp_path / "guarded", clock, environment) as node:
        yield node


async def attempt(node: Node, handle: str, password: str, address: str) -> int:
    typed = {"handle": handle, "password": password}
    told = await Visitor(node).post("/login", typed, x_forwarded_for=address)
    if told.status == 429:
        assert 0 < int(told.fields["retry-after"]) <= 900
    return told.status


async def test_a135_one_account_guessed_from_many_places_is_shut(guarded: Node) -> None:
    await guarded.account("ana")
    told = [await attempt(guarded, "ana", WRONG, f"198.51.100.{one}") for one in range(8)]
    assert told == [422] * 5 + [429] * 3
    assert await attempt(guarded, "ana", PASSWORD, "203.0.113.1") == 429
    for spelled in ("ANA", " ana ", "Ana"):
        assert await attempt(guarded, spelled, PASSWORD, "203.0.113.2") == 429
    assert await attempt(guarded, "admin", PASSWORD, "198.51.100.1") == 303
    guarded.clock.advance(seconds=901)
    assert await attempt(guarded, "ana", PASSWORD, "203.0.113.1") == 303


async def test_a135_many_accounts_guessed_from_one_place_shut_that_place(guarded: Node) -> None:
    address = "198.51.100.7"
    told = [await attempt(guarded, f"teacher{one}", WRONG, address) for one in range(15)]
    assert told == [422] * 12 + [429] * 3
    assert await attempt(guarded, "admin", PASSWORD, address) == 429
    assert await attempt(guarded, "admin", PASSWORD, "203.0.113.1") == 303
    guarded.clock.advance(seconds=901)
    assert await attempt(guarded, "admin", PASSWORD, address) == 303


async def test_a135_whoever_holds_a_session_does_not_guess_its_password(guarded: Node) -> None:
    await guarded.account("ana")
    visitor = await signed_in(guarded, "ana")
    typed = {"old": WRONG, "new": "another long password"}
    told = [(await visitor.post("/me/security", typed)).status for _ in range(8)]
    assert told == [422] * 5 + [429] * 3
    right = {"old": PASSWORD, "new": "another long password"}
    assert (await visitor.post("/me/security", right)).status == 429
    guarded.clock.advance(seconds=901)
    assert (await visitor.post("/me/security", right)).status == 303


async def test_a135_an_administrator_opens_a_shut_account(guarded: Node) -> None:
    await guarded.account("ana")
    for one in range(6):
        await attempt(guarded, "ana", WRONG, f"198.51.100.{one}")
    await people.set_password(guarded.context, guarded.admin, "ana", "another long password")
    assert await attempt(guarded, "ana", "another long password", "203.0.113.1") == 303


async def test_whether_an_account_exists_is_not_told(guarded: Node) -> None:
    ana, bodies = await guarded.account("ana"), set()
    await people.ask_for_account(
        guarded.context, name="Waiting", handle="waiting", password=PASSWORD, note=""
    )
    await guarded.account("ended")
    await succession.end_account(guarded.context, guarded.admin, "ended")
    for handle, password in ((ana.handle, WRONG), ("none", WRONG), ("ended", PASSWORD),
                             ("waiting", PASSWORD)):  # fmt: skip
        typed = {"handle": handle, "password": password}
        told = await Visitor(guarded).post("/login", typed)
        assert told.status == 422
        bodies.add(told.body.replace(f'value="{handle}"'.encode(), b""))
    assert len(bodies) == 1


async def test_nobody_fills_the_list_of_waiting_accounts_from_one_place(guarded: Node) -> None:
    statuses = []
    for number in range(45):
        typed = {"name": "X", "handle": f"new{number}", "password": PASSWORD, "note": ""}
        told = await Visitor(guarded).post("/ask", typed, x_forwarded_for="198.51.100.7")
        statuses.append(told.status)
        told = await Visitor(guarded).post(
            f"/invite/{number}", {"password": PASSWORD}, x_forwarded_for="198.51.100.8"
        )
        statuses.append(told.status)
    assert statuses[-2:] == [429, 429]
    assert await guarded.count("accounts WHERE state = 'waiting'") <= 30
    typed = {"name": "X", "handle": "other", "password": PASSWORD, "note": ""}
    told = await Visitor(guarded).post("/ask", typed, x_forwarded_for="203.0.113.1")
    assert told.status == 303


async def test_an_invitation_is_good_once_for_its_own_account(guarded: Node) -> None:
    url = await people.invite(
        guarded.context, guarded.admin, handle="ana", name="Ana", roles=frozenset({"teacher"}),
        language="en",
    )  # fmt: skip
    path = url.removeprefix(guarded.url)
    typed = {"password": PASSWORD, "handle": "admin", "roles": "admin", "name": "Eve"}
    for spoiled in (path[:-1], f"{path}x", path.swapcase(), "/invite/", f"{path}%00"):
        told = await Visitor(guarded).post(spoiled, typed)
        assert told.status in {404, 422, 405}, spoiled
    assert await guarded.count("accounts") == 1
    assert (await Visitor(guarded).post(path, typed)).status == 303
    ana = await guarded.get("ana")
    assert (ana.roles, ana.name) == (frozenset({"teacher"}), "Ana")
    again = await Visitor(guarded).post(path, {"password": "a stolen long password"})
    assert again.status in {404, 422}
    assert await guarded.count("accounts") == 2
    assert await attempt(guarded, "ana", "a stolen long password", "203.0.113.1") == 422


SECRET = re.compile(r"password|secret|token|seed|mac\b", re.IGNORECASE)
PUBLIC = frozenset({"token_hash"})


def compared_secrets(source: str) -> list[str]:
    """Names that sound secret and are compared with == or != (never with a literal)."""
    found = []
    for one in ast.walk(ast.parse(source)):
        if not isinstance(one, ast.Compare):
            continue
        if not any(isinstance(how, ast.Eq | ast.NotEq) for how in one.ops):
            continue
        sides = [one.left, *one.comparators]
        if any(isinstance(side, ast.Constant) for side in sides):
            continue
        for side in sides:
            name = getattr(side, "attr", getattr(side, "id", ""))
            if SECRET.search(name) and name not in PUBLIC:
                found.append(ast.unparse(one))
    return found


def test_a146_no_secret_is_compared_letter_by_letter() -> None:
    assert compared_secrets("if token == given_token: pass") != []
    assert compared_secrets("if account.password != typed: pass") != []
    assert compared_secrets("if len(token) == 3: pass") == []
    found = {
        f"{path.relative_to(SOURCE)}: {compared}"
        for room in ("node", "protocol")
        for path in (SOURCE / room).rglob("*.py")
        for compared in compared_secrets(path.read_text("utf-8"))
    }
    assert found == set()


async def test_a146_tokens_are_kept_as_hashes_and_passwords_slowly_hashed(guarded: Node) -> None:
    visitor = await signed_in(guarded)
    token = visitor.cookie.partition("=")[2]
    url = await people.invite(
        guarded.context, guarded.admin, handle="ana", name="Ana", roles=frozenset({"teacher"}),
        language="en",
    )  # fmt: skip
    rows = str(await guarded.dump())
    assert token not in rows
    assert url.rpartition("/")[2] not in rows
    assert PASSWORD not in rows
    assert rows.count("$argon2id$") == 1
