"""Signing in and out: opaque tokens, hashed where they are kept, ended one by one or all at once.

Failures are counted by account and by address, so that neither one account can be guessed from
many places nor many accounts from one; success of a whole class behind one address costs nothing.
"""

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest as same_secret

from node import events
from node.actions import passwords
from node.actions.context import Context
from node.storage import accounts, meta, sessions
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from protocol.canonical import b64
from protocol.errors import Reason, Refused

FAILURE_WINDOW_MS = 15 * 60_000
TOKEN_OCTETS = 32
DAY_MS = 86_400_000
SEEN_EVERY_MS = 60_000
MAX_DEVICE_CHARACTERS = 120
MAX_HANDLE_CHARACTERS = 33
"""One more than a handle may have: what is counted is cut there, and names nobody's account."""


@dataclass(frozen=True)
class SignedIn:
    """Who asks, and in which session."""

    account: Account
    session_id: int


def token_hash(token: str) -> str:
    """What is kept instead of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


_ATTENDED = "attended_ms"
UNATTENDED_AFTER_MS = 7 * DAY_MS


async def sign_in(
    context: Context, handle: str, password: str, *, address: str, user_agent: str
) -> str:
    """A new session's token.

    Refuses with BAD_CREDENTIALS (the same, in the same time, whether or not the account exists)
    and with TOO_MANY_REQUESTS (fact `retry_after_s`) after too many failures.
    """
    handle = handle.strip().lower()[:MAX_HANDLE_CHARACTERS]
    now_ms = context.now_ms()
    await _require_room(context, handle, address, now_ms)
    async with context.database.read() as reader:
        account = await accounts.find_by_handle(reader, handle)
    usable = account is not None and account.may_sign_in(now_ms)
    kept = account.password if account is not None and usable else None
    if not await passwords.matches(context.settings.sign_in, kept, password) or account is None:
        await _count_failure(context, handle, address, now_ms)
        raise Refused(Reason.BAD_CREDENTIALS, "The name or the password is not right.")
    token = b64(context.chance.octets(TOKEN_OCTETS))
    async with context.database.write_small() as transaction:
        # Meanwhile others may have guessed, or the account may have another password, or none.
        await _check_room(context, transaction, handle, address, now_ms)
        current = await accounts.find(transaction, account.id)
        if current is None or (current.state, current.password) != ("active", account.password):
            raise Refused(Reason.BAD_CREDENTIALS, "The name or the password is not right.")
        await sessions.drop_failures(transaction, f"account {handle}")
        await sessions.drop_expired(transaction, now_ms)
        await sessions.put(
            transaction,
            token_hash=token_hash(token),
            account=account.id,
            device=user_agent[:MAX_DEVICE_CHARACTERS],
            now_ms=now_ms,
            expires_ms=now_ms + context.settings.sign_in.session_days * DAY_MS,
        )
        await _attend(transaction, account, now_ms)
    events.signed_in(account.id)
    return token


async def is_attended(context: Context, reader: Reader) -> bool:
    """Whether an administrator was here within a week; at first, since the node was set up."""
    seen = await meta.find(reader, _ATTENDED)
    first = await accounts.find(reader, 1)
    seen_ms = int(seen) if seen is not None else 0 if first is None else first.created_ms
    return context.now_ms() - seen_ms <= UNATTENDED_AFTER_MS


async def _attend(transaction: Transaction, account: Account, now_ms: int) -> None:
    if account.is_admin:
        await meta.put(transaction, _ATTENDED, str(now_ms))


async def recognise_session(context: Context, token: str) -> SignedIn | None:
    """Who holds `token`; None for an ended session or an account that is not active."""
    now_ms = context.now_ms()
    hashed = token_hash(token)
    async with context.database.read() as reader:
        # Asked side by side, both take one trip to the database's thread: every page pays for it.
        session, account = await asyncio.gather(
            sessions.find(reader, hashed, now_ms), accounts.find_of_session(reader, hashed)
        )
    if session is None or account is None or not account.may_sign_in(now_ms):
        return None
    if now_ms - session.seen_ms > SEEN_EVERY_MS:
        expires_ms = now_ms + context.settings.sign_in.session_days * DAY_MS
        # A disk that is full must not keep anybody from reading: the session is only as long.
        with suppress(Refused):
            async with context.database.write_small() as transaction:
                await sessions.put_seen(
                    transaction, session.id, now_ms=now_ms, expires_ms=expires_ms
                )
                await _attend(transaction, account, now_ms)
    return SignedIn(account, session.id)


async def sign_out(context: Context, token: str) -> None:
    """End the session of `token`."""
    async with context.database.write_small() as transaction:
        await sessions.drop(transaction, token_hash(token))


async def revoke_session(context: Context, account: Account, session_id: int) -> None:
    """End one of the account's own sessions."""
    async with context.database.write_small() as transaction:
        await sessions.drop_of_account(transaction, account.id, only=session_id)


async def change_password(
    context: Context, signed_in: SignedIn, old: str, new: str, *, address: str
) -> None:
    """Choose a new password; every other session ends.

    Refuses with BAD_CREDENTIALS a wrong old one (which counts as a failed sign-in), BAD_INPUT.
    """
    account = signed_in.account
    await _require_room(context, account.handle, address, context.now_ms())
    if not await passwords.matches(context.settings.sign_in, account.password, old):
        await _count_failure(context, account.handle, address, context.now_ms())
        raise Refused(Reason.BAD_CREDENTIALS, "The present password is not right.")
    kept = await passwords.hash_password(context.settings.sign_in, new)
    async with context.database.write_small() as transaction:
        current = await accounts.find(transaction, account.id)
        if current is None or not same_secret(current.password, account.password):
            raise Refused(Reason.BAD_CREDENTIALS, "The present password is not right.")
        await accounts.put_password(transaction, account.id, kept)
        await sessions.drop_of_account(transaction, account.id, but=signed_in.session_id)


async def _require_room(context: Context, handle: str, address: str, now_ms: int) -> None:
    async with context.database.read() as reader:
        await _check_room(context, reader, handle, address, now_ms)


async def _check_room(
    context: Context, reader: Reader, handle: str, address: str, now_ms: int
) -> None:
    settings = context.settings.sign_in
    since_ms = now_ms - FAILURE_WINDOW_MS
    by_account = await sessions.count_failures(reader, f"account {handle}", since_ms)
    by_address = await sessions.count_failures(reader, f"address {address}", since_ms)
    if by_account >= settings.failures_per_account or by_address >= settings.failures_per_address:
        events.sign_in_refused(address, max(by_account, by_address))
        raise Refused(
            Reason.TOO_MANY_REQUESTS,
            "Too many wrong passwords; wait a quarter of an hour, or ask an administrator.",
            retry_after_s=FAILURE_WINDOW_MS // 1000,
        )


async def _count_failure(context: Context, handle: str, address: str, now_ms: int) -> None:
    async with context.database.write_small() as transaction:
        await sessions.drop_old_failures(transaction, now_ms - FAILURE_WINDOW_MS)
        await sessions.put_failure(transaction, f"account {handle}", now_ms)
        await sessions.put_failure(transaction, f"address {address}", now_ms)
