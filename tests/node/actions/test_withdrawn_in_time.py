"""What was taken back while something else was under way stays taken back."""

import asyncio

import pytest

from node.actions import deliver, messages, partners, passwords, people, receive, sign_in
from node.actions.permission import OPERATOR
from node.config import SignInSettings
from node.storage import messages as message_rows
from node.storage import outbox
from node.storage.database import Database
from protocol.errors import Reason, Refused
from tests.node.actions.pairs import meet
from tests.nodes import PASSWORD, Node, VirtualClock, settle

OTHER = "another long enough password"


async def _enter(node: Node, handle: str, password: str) -> str:
    return await sign_in.sign_in(
        node.context, handle, password, address="192.0.2.1", user_agent="A browser"
    )


async def test_a_deleted_update_is_in_no_outbox_any_more(alpha: Node) -> None:
    ana = await alpha.account("ana")
    note = await people.publish_update(alpha.context, ana, text="taken back later", language="en")
    await people.delete_update(alpha.context, ana, note)
    async with alpha.context.database.read() as reader:
        said = await outbox.list_public(reader, ana.actor, before=None, limit=20)
    assert [one.activity["type"] for one in said] == ["Delete"]
    assert "taken back later" not in repr((await alpha.dump())["outbox"])


async def test_what_a_partner_sent_before_it_was_blocked_waits_like_what_waits_for_it(
    pair: tuple[Node, Node],
) -> None:
    them = await meet(*pair)
    await them.become_contacts()
    await messages.send(them.alpha.context, them.ana, them.bob.actor, text="one", language="en")
    await deliver.deliver_due(them.alpha.context)
    origin = them.alpha.url
    await partners.block(them.beta.context, OPERATOR, origin)
    assert await receive.apply_due(them.beta.context) is None
    assert await _texts(them.beta, them.bob.actor, them.ana.actor) == []
    await partners.unblock(them.beta.context, OPERATOR, origin)
    await partners.approve(them.beta.context, OPERATOR, origin, them.alpha.fingerprint)
    await settle(them.beta)
    assert await _texts(them.beta, them.bob.actor, them.ana.actor) == ["one"]


async def _texts(node: Node, reader_: str, other: str) -> list[str]:
    async with node.context.database.read() as reader:
        return [one.text for one in await message_rows.list_with(reader, reader_, other)]


async def test_a_sign_in_under_way_with_the_old_password_ends_with_it(
    alpha: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alpha.account("ana")
    matches = passwords.matches

    async def slowly(settings: SignInSettings, kept: str | None, password: str) -> bool:
        found = await matches(settings, kept, password)
        await people.set_password(alpha.context, OPERATOR, "ana", OTHER)
        return found

    monkeypatch.setattr(passwords, "matches", slowly)
    with pytest.raises(Refused) as refused:
        await _enter(alpha, "ana", PASSWORD)
    assert refused.value.reason is Reason.BAD_CREDENTIALS
    assert (await alpha.dump())["sessions"] == []


async def test_guesses_at_the_same_time_are_no_more_guesses_than_one_after_the_other(
    alpha: Node,
) -> None:
    await alpha.account("ana")
    tried = [_enter(alpha, "ana", f"wrong {number}") for number in range(30)]
    tried.append(_late(alpha))
    told = await asyncio.gather(*tried, return_exceptions=True)
    assert isinstance(told[-1], Refused)
    assert told[-1].reason is Reason.TOO_MANY_REQUESTS


async def _late(node: Node) -> str:
    return await _enter(node, "ana", PASSWORD)


async def test_an_invitation_is_void_once_somebody_else_has_the_account_of_that_name(
    alpha: Node,
) -> None:
    address = await people.invite(
        alpha.context, OPERATOR, handle="ana", name="Ana", roles=frozenset({"admin"}), language="en"
    )
    await alpha.account("ana")
    with pytest.raises(Refused) as refused:
        await people.accept_invitation(alpha.context, address.rpartition("/")[2], password=OTHER)
    assert refused.value.reason is Reason.NOT_FOUND
    await _enter(alpha, "ana", PASSWORD)


async def test_whoever_is_signed_in_can_read_while_the_disk_is_full(
    alpha: Node, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alpha.account("ana")
    token = await _enter(alpha, "ana", PASSWORD)
    clock.advance(seconds=61)

    def full(_: Database) -> None:
        raise Refused(Reason.STORAGE_FULL)

    monkeypatch.setattr(Database, "write", full)
    assert await sign_in.recognise_session(alpha.context, token) is not None
