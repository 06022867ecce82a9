"""A mail server that keeps what it is given, or answers as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Postbox:
    """What was handed in; `answer` is what RCPT is told, `to_sender` what MAIL is."""

    port: int = 0
    answer: str = "250 ok"
    to_sender: str = "250 ok"
    offers_tls: bool = False
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        writer.write(b"220 postbox\r\n")
        while line := (await reader.readline()).decode("latin-1").strip():
            self.said.append(line)
            word = line.upper()
            if word.startswith("EHLO"):
                more = "250-STARTTLS\r\n" if self.offers_tls else ""
                writer.write(f"250-postbox\r\n{more}250 8BITMIME\r\n".encode())
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


@asynccontextmanager
async def postbox() -> AsyncIterator[Postbox]:
    """A server on a free port of loopback."""
    box = Postbox()
    server = await asyncio.start_server(box.talk, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
