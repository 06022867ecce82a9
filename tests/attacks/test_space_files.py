"""Hostile files of spaces: nothing in one is a path, fills a disk, or is believed.

A115 and A118 for what a file brings; its twin is the file as a school made it, which is taken.
"""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from node.actions import export, forum, import_space
from node.actions.permission import OPERATOR
from node.storage import space_file
from protocol.errors import Reason, Refused
from protocol.space import erasure, statement
from tests import pictures
from tests.node.spaces.bringing import on_disk, publish
from tests.node.spaces.schools import Shared, open_together, texts
from tests.node.spaces.speaking import own_log, signer_of
from tests.nodes import Node, settle

WORD = "Ciconia"
Entries = dict[str, bytes]


@pytest.fixture
async def made(pair: tuple[Node, Node], tmp_path: Path) -> tuple[Shared, Path]:
    """A space with a thread and a picture, and its file as alpha carries it away."""
    shared = await open_together(*pair)
    await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="T", text=WORD, language="en"
    )
    await publish(shared, pictures.tagged("JPEG", (320, 240)))
    await settle(shared.alpha, shared.beta)
    file = tmp_path / "made.zip"
    await export.export_now(shared.alpha.context, OPERATOR, shared.space, file, "en")
    return shared, file


def read(file: Path) -> Entries:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(file: Path, entries: Entries) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in entries.items():
            archive.writestr(name, octets)
    return file


async def bring(node: Node, file: Path) -> import_space.Brought:
    return await import_space.import_file(node.context, OPERATOR, file, [])


async def refusal_of(node: Node, file: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        await bring(node, file)
    assert refused.value.detail
    return refused.value


async def is_refused(node: Node, file: Path) -> bool:
    try:
        await bring(node, file)
    except Refused:
        return True
    return False


def content_log(entries: Entries) -> str:
    """The longest log of content."""
    logs = [name for name in entries if name.startswith("replica/logs/c-")]
    return max(logs, key=lambda name: entries[name].count(b"\n"))


def changed(entries: Entries, name: str, number: int, **parts: object) -> Entries:
    """The same with one line of an entry changed."""
    lines = entries[name].splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **parts}).encode()
    return {**entries, name: b"\n".join(lines) + b"\n"}


NAMES = [
    "../config.toml",
    "/etc/passwd",
    "files/../../keys/node.key",
    "files\\..\\config.toml",
    "replica/logs/c-0/../../x.ndjson",
    "keys/node.key",
    "files/" + "a" * 63,
    "files/" + "A" * 64,
    "x..html/y",
]


async def test_a115_a_name_that_is_no_part_of_a_space_is_refused_and_written_nowhere(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    _, file = made
    before = on_disk(gamma)
    for name in NAMES:
        hostile = write(tmp_path / "hostile.zip", {**read(file), name: b"hostile"})
        assert name in zipfile.ZipFile(hostile).namelist()
        assert (await refusal_of(gamma, hostile)).reason is Reason.BAD_INPUT, name
        assert on_disk(gamma) == before
    assert (await bring(gamma, file)).archive, "the twin is taken"


async def test_a118_imported_bytes_that_are_not_what_their_name_says_are_not_kept(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    _, file = made
    entries = read(file)
    name = next(one for one in entries if one.startswith("files/"))
    good = entries[name]
    for bad in (b"wrong", good[:-1], good + b"x", b""):
        hostile = write(tmp_path / "hostile.zip", {**entries, name: bad})
        assert (await refusal_of(gamma, hostile)).reason is Reason.BAD_DIGEST
        assert bad not in on_disk(gamma).values()
    again = await bring(gamma, file)
    assert again.files
    assert good in on_disk(gamma).values()


async def test_bytes_that_nobody_names_are_not_even_unpacked(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    _, file = made
    bomb = {**read(file), "files/" + "0" * 64 + ".bin": bytes(1 << 26)}
    brought = await bring(gamma, write(tmp_path / "bomb.zip", bomb))
    assert brought.files == 2
    assert max(map(len, on_disk(gamma).values())) < 1 << 20


async def test_texts_that_unpack_to_far_more_than_they_take_are_refused(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = made
    entries = read(file)
    monkeypatch.setattr(space_file, "FREE_BYTES", 100_000)
    monkeypatch.setattr(space_file, "MAX_SWELL", 10)
    name = next(one for one in entries if one.startswith("replica/logs/k-"))
    bomb = {**entries, name: entries[name] * 20_000}
    refused = await refusal_of(gamma, write(tmp_path / "bomb.zip", bomb))
    assert "far more" in refused.detail
    assert (await bring(gamma, file)).archive, "the twin is taken"


async def test_an_endless_line_is_refused_at_the_length_of_a_line(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    entries = read(made[1])
    hostile = {**entries, content_log(entries): bytes(8_000_000)}
    refused = await refusal_of(gamma, write(tmp_path / "long.zip", hostile))
    assert "too long" in refused.detail


async def test_too_many_entries_are_refused_before_their_list_is_read(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = made
    entries = read(file)
    many = {**entries, **{f"p{number}.html": b"" for number in range(200)}}
    hostile = write(tmp_path / "many.zip", many)
    monkeypatch.setattr(space_file, "MAX_ENTRIES", 150)

    def never(*_: object) -> None:
        raise AssertionError("the list was read")

    with monkeypatch.context() as patched:
        patched.setattr(zipfile, "ZipFile", never)
        assert "more than 150 entries" in (await refusal_of(gamma, hostile)).detail
    assert (await bring(gamma, file)).archive, "the twin is taken"


async def test_a_zip_that_is_damaged_encrypted_or_none_is_refused(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    _, file = made
    whole = file.read_bytes()
    hostile = tmp_path / "hostile.zip"
    at = whole.rfind(b"PK\x05\x06")
    crowded = bytearray(whole)
    struct.pack_into("<I", crowded, at + 16, 0xFFFFFFF0)
    flagged = bytearray(whole)
    first = whole.find(b"PK\x01\x02")
    flagged[first + 8] |= 1
    lzma = bytearray(whole)
    struct.pack_into("<H", lzma, first + 10, 14)
    middle = bytearray(whole)
    for place in range(400, 600):
        middle[place] ^= 0xFF
    for octets in (
        b"",
        b"PK",
        whole[: len(whole) // 2],
        whole[:-1],
        bytes(crowded),
        bytes(flagged),
        bytes(lzma),
        bytes(middle),
        bytes(100),
    ):
        hostile.write_bytes(octets)
        assert (await refusal_of(gamma, hostile)).reason is Reason.BAD_INPUT
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(write(twice, read(file)), "a") as archive:
        archive.writestr("zzz.html", b"")
        archive.filelist[-1].filename = "about.json"
    assert "twice" in (await refusal_of(gamma, twice)).detail
    assert (await bring(gamma, file)).archive, "the twin is taken"


FORGED: dict[str, Callable[[Entries], Entries]] = {
    "no genesis": lambda entries: {
        name: octets for name, octets in entries.items() if "/k-" not in name
    },
    "a signature": lambda entries: changed(entries, content_log(entries), 1, signature="A" * 86),
    "a header": lambda entries: changed(
        entries,
        content_log(entries),
        1,
        header=json.loads(entries[content_log(entries)].splitlines()[1])["header"].replace(
            '"time":1795', '"time":1794'
        ),
    ),
    "a payload": lambda entries: changed(
        entries, content_log(entries), 0, payload='{"name":"Mallory"}'
    ),
    "a line": lambda entries: {**entries, content_log(entries): b"nonsense\n"},
    "a space": lambda entries: {
        **entries,
        "about.json": json.dumps({**json.loads(entries["about.json"]), "space": "A" * 43}).encode(),
    },
    "no space": lambda entries: {
        **entries,
        "about.json": json.dumps(
            {**json.loads(entries["about.json"]), "space": "../../x"}
        ).encode(),
    },
    "a log under another name": lambda entries: {
        **{name: octets for name, octets in entries.items() if name != content_log(entries)},
        content_log(entries).replace("-0.nd", "-1.nd"): entries[content_log(entries)],
    },
    "a later format": lambda entries: {
        **entries,
        "about.json": json.dumps({**json.loads(entries["about.json"]), "format": 9}).encode(),
    },
    "no about": lambda entries: {
        name: octets for name, octets in entries.items() if name != "about.json"
    },
}


async def test_what_was_forged_in_a_file_is_refused_by_name(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    shared, file = made
    for name, forge in FORGED.items():
        hostile = write(tmp_path / "hostile.zip", forge(read(file)))
        assert await is_refused(gamma, hostile), name
        # What beta holds already is a repeat to it, whatever its copy was signed with.
        if name not in {"a signature", "a space", "no genesis"}:
            assert await is_refused(shared.beta, hostile), name
        assert await texts(shared.beta, shared.space) == [[WORD]], name
    assert (await bring(gamma, file)).archive, "the twin is taken"
    assert await texts(gamma, shared.space) == [[WORD]]


async def test_operations_of_another_space_are_refused(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    """A file that mixes two spaces: a log of one under the genesis of another."""
    shared, file = made
    entries = read(file)
    name = content_log(entries)
    lines = entries[name].splitlines()
    header = json.loads(lines[0])["header"].replace(shared.space, "B" * 42 + "A")
    hostile = changed(entries, name, 0, header=header)
    refused = await refusal_of(gamma, write(tmp_path / "mixed.zip", hostile))
    assert "another space" in refused.detail


async def test_a_payload_that_the_file_itself_erases_is_not_kept(
    made: tuple[Shared, Path], gamma: Node, tmp_path: Path
) -> None:
    shared, file = made
    written = next(
        one for one in await own_log(shared.alpha, shared.space) if WORD in (one.payload or "")
    )
    said = erasure.sign_statement(
        shared.space,
        written.header.node,
        [(written.header.log, written.header.seq, written.id)],
        time_ms=1,
        signer=await signer_of(shared.alpha, shared.space),
    )
    hostile = {**read(file), "replica/erasures.ndjson": statement.to_line(said) + b"\n"}
    brought = await bring(gamma, write(tmp_path / "erased.zip", hostile))
    assert brought.erased == 1
    async with gamma.context.database.read() as reader:
        assert not await reader.all("SELECT 1 FROM payloads WHERE payload LIKE $1", f"%{WORD}%")
    assert (await bring(gamma, file)).payloads == 0, "nor by an older file"
