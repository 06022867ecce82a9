"""Mail to people of this school: queued with its cause, handed in by a worker, then forgotten.

Without a mail server (`mail_server`) there is no mail: every link is shown, as always.
"""

import re
from urllib.parse import urlsplit

from node import events
from node.actions import mail_server
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.remote import mail as smtp
from node.storage import mails
from node.storage.database import Reader
from node.storage.mails import Mail
from protocol import delivery
from protocol.canonical import b64
from protocol.errors import Reason, Refused

TOPIC = "mails"
AT_ONCE = 20
MAX_ATTEMPTS = 12
SHOWN = 20
FORGET_MS = 30 * 86_400_000
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def read_address(text: str, field: str = "mail") -> str:
    """An address in the plain letters that every server takes. Refuses others with BAD_INPUT."""
    if len(text) > 254 or not text.isascii() or not _ADDRESS.fullmatch(text):
        raise Refused(
            Reason.BAD_INPUT, "Write an address like anna.berg@school.example.", field=field
        )
    return text


async def write(
    context: Context, by: By, handle: str, address: str, subject: str, text: str
) -> None:
    """Queue a mail to somebody of this school, and keep the address for that person.

    Refuses with NOT_ALLOWED, BAD_INPUT, BAD_SETTING where no mail is configured.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        await _require_configured(context, transaction)
        await mails.put_address(transaction, handle, read_address(address))
        await mails.put(transaction, address, subject, text, context.now_ms())
    context.wake.notify(TOPIC)


async def write_to_known(context: Context, by: By, handle: str, subject: str, text: str) -> str:
    """Queue a mail to the address that is kept for `handle`, and to no other; that address.

    "" where none is kept, or no mail is configured. Refuses with NOT_ALLOWED.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        if not await mail_server.is_configured(context, transaction):
            return ""
        address = await mails.find_address(transaction, handle)
        if address is None:
            return ""
        await mails.put(transaction, address, subject, text, context.now_ms())
    context.wake.notify(TOPIC)
    return address


async def try_out(context: Context, by: By, address: str, subject: str, text: str) -> None:
    """Queue a mail to any address, to see whether mail works. Refuses as `write`."""
    require_admin(by)
    async with context.database.write() as transaction:
        await _require_configured(context, transaction)
        await mails.put(transaction, read_address(address), subject, text, context.now_ms())
    context.wake.notify(TOPIC)


async def list_open(context: Context, by: By) -> list[Mail]:
    """Mails that wait or were given up."""
    require_admin(by)
    async with context.database.read() as reader:
        return await mails.list_open(reader, SHOWN)


async def send_due(context: Context) -> int | None:
    """Hand in what is due; when the next one is, in milliseconds."""
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        if not await mail_server.is_configured(context, reader):
            return None
        due = await mails.list_due(reader, now_ms, AT_ONCE)
    for one in due:
        await _send(context, one)
    if due:
        async with context.database.write() as transaction:
            await mails.drop_given_up(transaction, now_ms - FORGET_MS)
    async with context.database.read() as reader:
        return await mails.find_next_ms(reader)


async def _send(context: Context, one: Mail) -> None:
    try:
        server = await mail_server.get(context)
        host = urlsplit(context.base).hostname
        message_id = f"<{b64(context.chance.octets(16))}@{host}>"
        await smtp.send(
            server, message_id, one.address, one.subject, one.text, context.settings.remote.ca_file
        )
    except Refused as refused:
        attempts = one.attempts + 1
        over = refused.reason is Reason.BAD_ANSWER or attempts >= MAX_ATTEMPTS
        wait_ms = delivery.wait_after(attempts, context.chance.fraction(), context.patience)
        async with context.database.write() as transaction:
            if over:
                await mails.put_given_up(transaction, one.id, refused.detail)
            else:
                next_ms = context.now_ms() + wait_ms
                await mails.put_waiting(transaction, one.id, next_ms, refused.detail)
        events.mail_waits(one.id, attempts, refused.detail)
        return
    async with context.database.write() as transaction:
        await mails.drop(transaction, one.id)
    events.mail_sent(one.id)


async def _require_configured(context: Context, reader: Reader) -> None:
    if not await mail_server.is_configured(context, reader):
        raise Refused(Reason.BAD_SETTING, "no mail server is set; see mail.host")
