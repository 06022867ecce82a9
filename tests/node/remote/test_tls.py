"""Whom a node believes to be its partner: certificates and the setting `remote.ca_file`."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from node.clock import SystemChance, SystemClock
from node.remote.client import Client
from node.remote.guard import Guard
from protocol.errors import Reason, Refused


def make_certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """A self-signed certificate for one address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{address}.pem", folder / f"{address}.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private


@asynccontextmanager
async def listening(public: Path, private: Path) -> AsyncIterator[str]:
    """A TLS server that answers once per connection; gives its origin."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def ask(origin: str, ca_file: Path | None) -> bytes:
    client = Client(
        Guard(True),
        SystemClock(),
        SystemChance(),
        version="0.1.0",
        timeout_s=5,
        ca_file=None if ca_file is None else str(ca_file),
    )
    try:
        return (await client.discover(origin, origin=origin)).body
    finally:
        await client.close()


async def test_an_authority_of_the_ca_file_is_trusted(tmp_path: Path) -> None:
    public, private = make_certificate(tmp_path, "127.0.0.1")
    async with listening(public, private) as origin:
        assert await ask(origin, public) == b"ok"


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_certificate_that_is_not_trusted_or_of_another_is_refused(
    tmp_path: Path, trusted: bool
) -> None:
    public, private = make_certificate(tmp_path, "127.0.0.9" if trusted else "127.0.0.1")
    async with listening(public, private) as origin:
        with pytest.raises(Refused) as caught:
            await ask(origin, public if trusted else None)
    assert (caught.value.reason, caught.value.facts) == (
        Reason.UNREACHABLE,
        {"failure": "certificate_name" if trusted else "certificate"},
    )


async def test_a_plain_server_is_no_tls_server() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    with pytest.raises(Refused) as caught:
        await ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", None)
    server.close()
    assert caught.value.facts == {"failure": "tls"}
