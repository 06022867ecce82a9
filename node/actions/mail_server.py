"""Where this node hands mail in: named in its settings, else by an administrator on a page.

What is chosen on a page holds at once, in every process of the node. Its password is kept sealed
under the node's master secret, like private keys, and is shown to nobody again.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec

from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.remote.mail import MailServer
from node.storage import keys, meta
from node.storage.database import Reader
from protocol.errors import Reason, Refused

CHOSEN = "mail_server"
PORTS = (25, 465, 587, 2525)
"""Where mail is handed in. A page reaches no other service in the school's own network."""
Security = Literal["starttls", "tls", "none"]
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class Chosen:
    """A mail server as an administrator names it; no password: the one that is kept."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    password: str = ""


class _Kept(msgspec.Struct):
    host: str
    port: int
    security: Security
    user: str
    sender: str
    password: str


async def is_configured(context: Context, reader: Reader) -> bool:
    """Whether this node can send mail at all."""
    return await find_host(context, reader) != ""


async def find_host(context: Context, reader: Reader) -> str:
    """The name of the mail server; empty where there is none."""
    if context.settings.mail.host is not None:
        return context.settings.mail.host
    kept = await _find(reader)
    return "" if kept is None else kept.host


async def find_chosen(reader: Reader) -> Chosen | None:
    """What was chosen on a page, without its password."""
    kept = await _find(reader)
    if kept is None:
        return None
    return Chosen(kept.host, kept.port, kept.security, kept.user, kept.sender)


async def get(context: Context) -> MailServer:
    """The server, ready to be asked. Refuses with BAD_SETTING where there is none, or where its
    password cannot be read: the administrator mends it, so mails wait for it."""
    chosen = context.settings.mail
    own = urlsplit(context.base).hostname or ""
    if chosen.host is not None:
        password = None
        if chosen.password_file is not None:
            password = await asyncio.to_thread(_read, Path(chosen.password_file))
        sender = chosen.sender or f"schoolgate@{own}"
        return MailServer(
            chosen.host, chosen.port, chosen.security, chosen.user, password, sender, own
        )
    async with context.database.read() as reader:
        kept = await _find(reader)
    if kept is None:
        raise Refused(Reason.BAD_SETTING, "no mail server is set; see mail.host")
    password = None
    if kept.password:
        password = keys.unseal(bytes.fromhex(kept.password), context.master).decode("utf-8")
    sender = kept.sender or f"schoolgate@{own}"
    return MailServer(kept.host, kept.port, kept.security, kept.user or None, password, sender, own)


async def choose(context: Context, by: By, chosen: Chosen) -> None:
    """Hand mail in there from now on.

    Refuses with NOT_ALLOWED, CONFLICT where the settings name a server, BAD_INPUT (fact `field`)
    a host, port or protection that cannot be.
    """
    require_admin(by)
    _check(context, chosen)
    async with context.database.write() as transaction:
        before = await _find(transaction)
        sealed = ""
        if chosen.password:
            nonce = context.chance.octets(keys.NONCE_OCTETS)
            sealed = keys.seal(chosen.password.encode("utf-8"), context.master, nonce).hex()
        elif before is not None and (before.host, before.user) == (chosen.host, chosen.user):
            # Never to another server: whoever may change the name could read the password there.
            sealed = before.password
        written = {
            "host": chosen.host,
            "port": chosen.port,
            "security": chosen.security,
            "user": chosen.user,
            "sender": chosen.sender,
            "password": sealed,
        }
        await meta.put(transaction, CHOSEN, json.dumps(written, ensure_ascii=False))


async def forget(context: Context, by: By) -> None:
    """Send no mail any more, and forget the password."""
    require_admin(by)
    async with context.database.write() as transaction:
        await meta.drop(transaction, CHOSEN)


def _check(context: Context, chosen: Chosen) -> None:
    if context.settings.mail.host is not None:
        raise Refused(Reason.CONFLICT, "The settings of this node name a mail server.")
    if _HOST.fullmatch(chosen.host) is None:
        raise Refused(
            Reason.BAD_INPUT, "Write the name of the server, mail.school.example.", field="host"
        )
    if chosen.port not in PORTS and not context.settings.node.development:
        raise Refused(
            Reason.BAD_INPUT, "Mail is handed in at port 587, 465, 25 or 2525.", field="port"
        )
    if chosen.security not in get_args(Security) or (
        chosen.security == "none" and chosen.host not in _OWN_MACHINE
    ):
        raise Refused(
            Reason.BAD_INPUT, "Only on this machine itself mail goes unprotected.", field="security"
        )


async def _find(reader: Reader) -> _Kept | None:
    text = await meta.find(reader, CHOSEN)
    return None if text is None else msgspec.json.decode(text, type=_Kept)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Refused(Reason.BAD_SETTING, "mail.password_file cannot be read") from None
