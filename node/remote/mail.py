"""Hands a mail to the school's own mail server (SMTP, RFC 5321), which the administrator names.

The server may stand in the school's own network: it is named in the settings, never by a stranger.
"""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Literal

import aiosmtplib

from protocol.errors import Reason, Refused

TIMEOUT_S = 20.0


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and as whom; `own_host` is the node's name for its greeting."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None
    password: str | None
    sender: str
    own_host: str


async def send(
    server: MailServer, message_id: str, address: str, subject: str, text: str, ca_file: str | None
) -> None:
    """Hand one mail in.

    Refuses with BAD_ANSWER a recipient or text that the server will never take, with UNREACHABLE
    where it is worth another try. The sentence is the server's code, never its words, which may
    repeat the address.
    """
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = address
    message["Subject"] = subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            # Else the library would look up what the machine calls itself, and say that.
            local_hostname=_greeting(server.own_host),
            username=server.user,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=ssl.create_default_context(cafile=ca_file),
            timeout=TIMEOUT_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        codes = [one.code for one in refused.recipients]
        raise _refused(max(codes, default=0), about_the_mail=True) from None
    except aiosmtplib.SMTPResponseException as refused:
        # A wrong password or sender is this node's trouble: mended, the mail goes out after all.
        about_the_mail = isinstance(
            refused, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError
        )
        raise _refused(refused.code, about_the_mail=about_the_mail) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        kind = type(error).__name__
        raise Refused(Reason.UNREACHABLE, f"the mail server does not answer ({kind})") from None


def _greeting(host: str) -> str:
    """A name, or an address as a literal (RFC 5321 §4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _refused(code: int, *, about_the_mail: bool) -> Refused:
    final = about_the_mail and 500 <= code < 600
    sentence = f"the mail server answered {code}"
    return Refused(Reason.BAD_ANSWER if final else Reason.UNREACHABLE, sentence)
