"""No octet that a node sends to another one, nor any file of a partner, holds who a pupil is."""

import asyncio
import base64
import gzip
import io
import os
import shutil
import socket
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node.actions import pupils as acting
from node.classroom import taking_part
from node.pictures import workshop
from node.pictures.workshop import Made
from protocol.folding import spaced
from scripts.seeking import ENCODINGS, find
from tests.egress.files import photo
from tests.egress.fleet import files_of
from tests.egress.people import token_of, tokens_of
from tests.egress.scenario import make_class
from tests.egress.tap import tapping, tapping_ports
from tests.node.spaces.bringing import SAID, publish
from tests.node.spaces.schools import open_together
from tests.nodes import Node, settle

TOKEN = "Zqalphagivené"
PASSPHRASE = "seven quiet storks on a roof"


@pytest.mark.parametrize("name", ENCODINGS)
def test_a157_the_search_finds_a_token_in_every_encoding(name: str) -> None:
    for offset in range(3):
        planted = b"before " + ENCODINGS[name](TOKEN) + b" after" + b"." * offset
        assert find(planted, [TOKEN]), name
    assert find(b"before after", [TOKEN]) == []


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("coded", [base64.b64encode, base64.urlsafe_b64encode])
def test_a157_the_search_finds_a_token_wherever_it_stands_in_base64(
    before: int, coded: Callable[[bytes], bytes]
) -> None:
    assert find(coded(b"\xfb" * before + TOKEN.encode() + b"\xff after"), [TOKEN])
    assert find(coded(b"\xfb" * before + b"another word"), [TOKEN]) == []


@pytest.mark.parametrize("before", range(6))
def test_a157_the_search_finds_a_token_wherever_it_stands_in_base32(before: int) -> None:
    assert find(base64.b32encode(b"\xfb" * before + TOKEN.encode() + b"\xff after"), [TOKEN])
    assert find(base64.b32encode(b"\xfb" * before + b"another word"), [TOKEN]) == []


@pytest.mark.parametrize("spelled", [str.upper, str.lower, spaced])
def test_a157_the_search_finds_a_token_in_capitals_and_as_it_is_indexed(
    spelled: Callable[[str], str],
) -> None:
    assert find(f"before {spelled(TOKEN)} after".encode(), [TOKEN])


def packed(text: str) -> bytes:
    """As a body that is sent with gzip."""
    return gzip.compress(text.encode())


def _deflated(text: str) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(text.encode()) + packing.flush()


def _zipped(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pages/index.html", text * 9)
    return file.getvalue()


def _in_chunks(text: str) -> bytes:
    octets = packed(f"{bytes(range(256)).hex()} {text}")
    pieces = [octets[at : at + 40] for at in range(0, len(octets), 40)]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (*pieces, b""))


@pytest.mark.parametrize(
    "pack",
    [
        _deflated,
        _zipped,
        _in_chunks,
        *(
            lambda text, before=before: base64.b64encode(b"\xfb" * before + packed(text))
            for before in range(3)
        ),
    ],
)
def test_a157_the_search_looks_into_bodies_archives_and_what_is_packed_in_base64(
    pack: Callable[[str], bytes],
) -> None:
    assert find(b"HTTP/1.1 200 OK\r\n\r\n" + pack(f"<p>{TOKEN}</p>"), [TOKEN])
    assert find(b"HTTP/1.1 200 OK\r\n\r\n" + pack("<p>another word</p>"), [TOKEN]) == []


@pytest.mark.parametrize("pack", [packed, lambda text: b"\x78\x9c" + packed(text)])
def test_a157_the_search_looks_into_what_is_packed(pack: Callable[[str], bytes]) -> None:
    assert find(b"HTTP/1.1 200 OK\r\n\r\n" + pack(f"<p>{TOKEN}</p>"), [TOKEN])


async def test_a157_a_name_that_is_given_as_an_alias_is_caught_on_the_wire_and_on_the_disk(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta = pair
    shared = await open_together(alpha, beta)
    planted = token_of(alpha, "given")
    declare = acting.declare

    async def careless(
        context: object, account: object, space: str, pseudonym: str, alias: str, language: str
    ) -> None:
        await declare(alpha.context, shared.ana, space, pseudonym, planted, language)

    monkeypatch.setattr(acting, "declare", careless)
    with tapping(monkeypatch, alpha, beta) as tap:
        class_ = await make_class(alpha, shared.ana)
        chosen = [class_.pupils[0].id]
        await taking_part.choose(alpha.room, shared.ana, shared.space, chosen)
        await settle(alpha, beta)
    assert find(tap.octets, tokens_of(alpha))
    assert find(files_of(beta.folder.path), tokens_of(alpha))


async def test_a157_what_a_camera_wrote_is_caught_where_a_file_is_not_made_clean(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta = pair
    shared = await open_together(alpha, beta)

    async def careless(source: Path, picture: Path, thumbnail: Path, **_: object) -> Made:
        for target in (picture, thumbnail):
            await asyncio.to_thread(shutil.copyfile, source, target)
        return Made(320, 240)

    monkeypatch.setattr(workshop, "make", careless)
    with tapping(monkeypatch, alpha, beta) as tap:
        await publish(shared, photo(alpha, 3))
        await settle(alpha, beta)
    assert find(tap.octets, [token_of(alpha, "camera")])
    assert find(files_of(beta.folder.path), [token_of(alpha, "camera")])


async def test_a157_a_token_in_a_file_that_partners_fetch_is_caught(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta = pair
    shared = await open_together(alpha, beta)
    with tapping(monkeypatch, alpha, beta) as tap:
        await publish(shared, f"A list: {TOKEN}".encode(), replace(SAID, name="List.txt"))
        await settle(alpha, beta)
    assert find(tap.octets, [TOKEN])
    assert find(files_of(beta.folder.path), [TOKEN])


def test_a157_the_tap_hears_what_the_kernel_sends_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No call of a socket's own passes its octets then."""
    file = tmp_path / "list.txt"
    file.write_text(TOKEN)
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        tapping_ports(monkeypatch, frozenset({door.getsockname()[1]})) as tap,
        socket.create_connection(door.getsockname()) as asking,
        file.open("rb") as source,
    ):
        answering, _ = door.accept()
        with answering:
            os.sendfile(answering.fileno(), source.fileno(), 0, file.stat().st_size)
        asking.recv(4096)
    assert find(tap.octets, [TOKEN])
