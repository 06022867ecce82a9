"""A mail server that keeps what it is given, or answers as it is told."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from tests.certificates import Certified


@dataclass
class Postbox:
    """What was handed in; `answer` is what RCPT is told, `to_sender` what MAIL is."""

    port: int = 0
    answer: str = "250 ok"
    to_sender: str = "250 ok"
    certified: Certified | None = None
    """With it the conversation is protected: after STARTTLS, or from the first octet."""
    signed_in: list[str] = field(default_factory=list)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient, secure = "", writer.get_extra_info("ssl_object") is not None
        writer.write(b"220 postbox\r\n")
        while line := (await reader.readline()).decode("latin-1").strip():
            self.said.append(line)
            word = line.upper()
            if word.startswith("EHLO"):
                offered = "STARTTLS" if self.certified and not secure else "AUTH PLAIN"
                more = f"250-{offered}\r\n" if self.certified else ""
                writer.write(f"250-postbox\r\n{more}250 8BITMIME\r\n".encode())
            elif word == "STARTTLS" and self.certified and not secure:
                writer.write(b"220 go on\r\n")
                await writer.drain()
                await writer.start_tls(_context(self.certified))
                secure = True
            elif word.startswith("AUTH PLAIN "):
                assert secure
                self.signed_in.append(b64decode(line.split()[2]).decode())
                writer.write(b"235 welcome\r\n")
            elif word.startswith("MAIL"):
                writer.write(f"{self.to_sender}\r\n".encode())
            elif word.startswith("RCPT"):
                recipient = line.partition("<")[2].partition(">")[0]
                writer.write(f"{self.answer}\r\n".encode())
            elif word == "DATA":
                writer.write(b"354 go on\r\n")
                octets = await reader.readuntil(b"\r\n.\r\n")
                message = message_from_bytes(octets[:-5], policy=policy.default)
                assert isinstance(message, EmailMessage)
                self.taken.append((recipient, message))
                writer.write(b"250 taken\r\n")
            elif word == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()


def _context(certified: Certified) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified.chain, certified.key)
    return context


@asynccontextmanager
async def postbox(
    certified: Certified | None = None, security: Literal["starttls", "tls"] = "starttls"
) -> AsyncIterator[Postbox]:
    """A server on a free port of loopback."""
    box = Postbox(certified=certified)
    at_once = _context(certified) if certified is not None and security == "tls" else None
    server = await asyncio.start_server(box.talk, "127.0.0.1", 0, ssl=at_once)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
