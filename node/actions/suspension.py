"""Somebody of this school is suspended because of what was reported: nothing is deleted,
nothing is handed over, and administrators let him in again."""

from node import events
from node.actions import people
from node.actions.context import Context
from node.actions.permission import By, require_admin, require_protector
from node.storage import accounts, sessions
from node.storage.accounts import Account
from node.storage.database import Reader
from protocol.errors import Reason, Refused


async def suspend(context: Context, by: By, account: int) -> None:
    """End somebody's sessions and let him in no more, until `lift`.

    By administrators and safeguarding persons. Refuses with NOT_FOUND, CONFLICT oneself, the last
    administrator, and whoever is not active or is suspended.
    """
    require_protector(by)
    async with context.database.write() as transaction:
        found = await _get(transaction, account)
        if isinstance(by, Account) and by.id == found.id:
            raise Refused(Reason.CONFLICT, "Nobody suspends himself.")
        if found.state != "active" or found.suspended_ms is not None:
            raise Refused(Reason.CONFLICT, "This account lets nobody in already.")
        if found.is_admin:
            await people.require_other_admin(transaction, found)
        await accounts.put_suspended(transaction, found.id, context.now_ms())
        await sessions.drop_of_account(transaction, found.id)
    events.account_suspended(found.handle)


async def lift(context: Context, by: By, account: int) -> None:
    """Let somebody in again. By administrators. Refuses with NOT_FOUND, CONFLICT whoever is not
    suspended."""
    require_admin(by)
    async with context.database.write() as transaction:
        found = await _get(transaction, account)
        if found.suspended_ms is None:
            raise Refused(Reason.CONFLICT, "This account is not suspended.")
        await accounts.put_suspended(transaction, found.id, None)


async def _get(reader: Reader, account: int) -> Account:
    found = await accounts.find(reader, account)
    if found is None:
        raise Refused(Reason.NOT_FOUND, "There is no such account.")
    return found
