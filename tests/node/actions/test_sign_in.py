"""Signing in: the same answer for a wrong name and a wrong password, limits, sessions that end."""

import pytest

from node.actions import people, sign_in, succession
from node.actions.permission import OPERATOR
from node.storage import role_changes
from protocol.errors import Reason, Refused
from tests.nodes import PASSWORD, Node, VirtualClock


async def enter(node: Node, handle: str, password: str, address: str = "192.0.2.1") -> str:
    return await sign_in.sign_in(
        node.context, handle, password, address=address, user_agent="A browser"
    )


async def refusal(node: Node, handle: str, password: str, address: str = "192.0.2.1") -> Refused:
    with pytest.raises(Refused) as refused:
        await enter(node, handle, password, address)
    return refused.value


async def test_a_token_leads_back_to_its_account_and_is_not_kept(alpha: Node) -> None:
    await alpha.account("ana")
    token = await enter(alpha, "Ana ", PASSWORD)
    signed_in = await sign_in.recognise_session(alpha.context, token)
    assert signed_in is not None
    assert signed_in.account.handle == "ana"
    rows = (await alpha.dump())["sessions"]
    assert token not in repr(rows)


async def test_a_wrong_name_and_a_wrong_password_sound_alike(alpha: Node) -> None:
    await alpha.account("ana")
    one, other = await refusal(alpha, "ana", "wrong"), await refusal(alpha, "nobody", "wrong")
    assert (one.reason, one.detail) == (other.reason, other.detail)


async def test_too_many_failures_of_one_account_are_429_and_wait_out(
    alpha: Node, clock: VirtualClock
) -> None:
    await alpha.account("ana")
    for number in range(10):
        assert (await refusal(alpha, "ana", "no", f"192.0.2.{number}")).reason is (
            Reason.BAD_CREDENTIALS
        )
    late = await refusal(alpha, "ana", PASSWORD)
    assert late.reason is Reason.TOO_MANY_REQUESTS
    assert late.facts["retry_after_s"] == 900
    clock.advance(seconds=901)
    assert await enter(alpha, "ana", PASSWORD)


async def test_one_address_cannot_try_many_accounts(alpha: Node) -> None:
    await alpha.account("ana")
    for number in range(60):
        await refusal(alpha, f"guess{number}", "no")
    assert (await refusal(alpha, "ana", PASSWORD)).reason is Reason.TOO_MANY_REQUESTS
    assert await enter(alpha, "ana", PASSWORD, "192.0.2.99")


async def test_a_whole_class_behind_one_address_is_no_attack(alpha: Node) -> None:
    await alpha.account("ana")
    for _ in range(80):
        assert await enter(alpha, "ana", PASSWORD)


async def test_a_session_ends_by_signing_out_and_by_disuse(
    alpha: Node, clock: VirtualClock
) -> None:
    await alpha.account("ana")
    one, other = await enter(alpha, "ana", PASSWORD), await enter(alpha, "ana", PASSWORD)
    await sign_in.sign_out(alpha.context, one)
    assert await sign_in.recognise_session(alpha.context, one) is None
    clock.advance(days=29)
    assert await sign_in.recognise_session(alpha.context, other) is not None
    clock.advance(days=29)
    assert await sign_in.recognise_session(alpha.context, other) is not None
    clock.advance(days=31)
    assert await sign_in.recognise_session(alpha.context, other) is None


async def test_an_ended_account_is_out_at_the_next_request(alpha: Node) -> None:
    await alpha.account("ana")
    token = await enter(alpha, "ana", PASSWORD)
    await succession.end_account(alpha.context, OPERATOR, "ana")
    assert await sign_in.recognise_session(alpha.context, token) is None
    assert (await refusal(alpha, "ana", PASSWORD)).reason is Reason.BAD_CREDENTIALS


async def test_a_new_password_ends_all_other_sessions(alpha: Node) -> None:
    await alpha.account("ana")
    here, elsewhere = await enter(alpha, "ana", PASSWORD), await enter(alpha, "ana", PASSWORD)
    signed_in = await sign_in.recognise_session(alpha.context, here)
    assert signed_in is not None
    await sign_in.change_password(
        alpha.context, signed_in, PASSWORD, "another long password", address="192.0.2.1"
    )
    assert await sign_in.recognise_session(alpha.context, here) is not None
    assert await sign_in.recognise_session(alpha.context, elsewhere) is None


async def test_an_invitation_is_accepted_once_and_in_time(alpha: Node, clock: VirtualClock) -> None:
    async def invite(handle: str) -> str:
        url = await people.invite(
            alpha.context,
            alpha.admin,
            handle=handle,
            name="Ana",
            roles=frozenset({"teacher"}),
            language="pt",
        )
        return url.rpartition("/")[2]

    token = await invite("ana")
    made = await people.accept_invitation(alpha.context, token, password=PASSWORD)
    assert (made.handle, made.language) == ("ana", "pt")
    late = await invite("tia")
    clock.advance(days=15)
    for used in (token, late):
        with pytest.raises(Refused) as refused:
            await people.accept_invitation(alpha.context, used, password=PASSWORD)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_whoever_asks_for_an_account_waits_for_an_administrator(alpha: Node) -> None:
    await people.ask_for_account(
        alpha.context, name="Ana", handle="ana", password=PASSWORD, note="Class 7b"
    )
    assert (await refusal(alpha, "ana", PASSWORD)).reason is Reason.BAD_CREDENTIALS
    waiting = await alpha.get("ana")
    with pytest.raises(Refused) as refused:
        await people.approve_account(alpha.context, await alpha.account("tia"), waiting.id)
    assert refused.value.reason is Reason.NOT_ALLOWED
    async with alpha.context.database.read() as reader:
        assert await role_changes.list_of_account(reader, waiting.id) == []
    await people.approve_account(alpha.context, alpha.admin, waiting.id)
    assert await enter(alpha, "ana", PASSWORD)
    async with alpha.context.database.read() as reader:
        (noted,) = await role_changes.list_of_account(reader, waiting.id)
    assert (noted.role, noted.given, noted.by) == ("teacher", True, alpha.admin.id)


async def test_a_forgotten_password_is_chosen_anew_by_a_one_time_address(alpha: Node) -> None:
    await alpha.account("ana")
    session = await enter(alpha, "ana", PASSWORD)
    url = await people.invite_anew(alpha.context, alpha.admin, "ana")
    token = url.rpartition("/")[2]
    await people.accept_invitation(alpha.context, token, password="a new long password")
    assert await enter(alpha, "ana", "a new long password")
    assert await sign_in.recognise_session(alpha.context, session) is None
    assert (await refusal(alpha, "ana", PASSWORD)).reason is Reason.BAD_CREDENTIALS
    with pytest.raises(Refused) as refused:
        await people.accept_invitation(alpha.context, token, password="yet another password")
    assert refused.value.reason is Reason.NOT_FOUND
