"""The process that reads a file may do next to nothing, and the node outlives whatever it does."""

import asyncio
import sys
from pathlib import Path

import pytest

from node.cleaning import workshop
from protocol.errors import Reason, Refused
from tests.files import pdf, text
from tests.node.cleaning.cleaning import cleaned, refusal
from tests.tagged_documents import TYPES


@pytest.mark.parametrize(
    ("media_type", "why"),
    [
        ("application/zip", "archive"),
        ("application/epub+zip", "epub"),
        ("application/rtf", "rtf"),
        ("application/x-ole-storage", "old_office"),
        ("font/woff2", "unreadable"),
    ],
)
async def test_what_nothing_cleans_is_refused_by_name(
    tmp_path: Path, media_type: str, why: str
) -> None:
    refused = await refusal(tmp_path, b"some bytes", media_type)
    assert (refused.reason, refused.facts["why"]) == (Reason.UNSUPPORTED_MEDIA_TYPE, why)


async def test_a_plain_text_stays_as_it_is(tmp_path: Path) -> None:
    assert await cleaned(tmp_path, text(5_000), "text/plain") == (text(5_000), "text/plain")


async def test_a_mark_is_of_letters_and_digits(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(pdf())
    with pytest.raises(ValueError, match="letters and digits"):
        await workshop.clean(tmp_path / "in", tmp_path / "out", "application/pdf", mark="<a>")


@pytest.mark.parametrize(
    "crime",
    [
        "import socket; socket.socket()",
        "open('/etc/hostname')",
        "b'x' * (2 << 30)",
        "import os; os.abort()",
        "os.write(target, bytes(1 << 28))",
    ],
)
async def test_a_process_that_was_taken_over_can_do_little(tmp_path: Path, crime: str) -> None:
    """What a reader's weakness would let run: after `bound`, it fails, and only there."""
    program = tmp_path / "taken.py"
    program.write_text(
        f"import os, sys; sys.path.insert(0, {str(workshop.ROOT)!r})\n"
        "import socket\nfrom node.cleaning import cage\n"
        f"target = os.open({str(tmp_path / 'out')!r}, os.O_CREAT | os.O_WRONLY)\n"
        f"cage.bound(cpu_s=10, result_bytes=1 << 20)\n{crime}\nprint('done')\n"
        "assert os.fstat(target).st_size > 1 << 20\n"
    )
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(program)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await done.communicate()
    assert done.returncode != 0


@pytest.mark.parametrize("program", ["while True: pass", "print('x' * 10 ** 8)", "print('[1')", ""])
async def test_a_process_that_hangs_or_says_nonsense_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(workshop, "_START", program)
        patch.setattr(workshop, "SHORTEST_S", 0.2)
        refused = await refusal(tmp_path, pdf(), "application/pdf")
        assert refused.facts["why"] == "unreadable"
    assert (await cleaned(tmp_path, pdf(), "application/pdf"))[0] == pdf()


async def test_a_refusal_leaves_nothing_and_the_words_of_a_locked_file_are_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").write_bytes(b"PK\3\4" + bytes(100))
    with pytest.raises(Refused):
        await workshop.read_texts(tmp_path / "in", tmp_path / "words", TYPES["docx"])
    assert not (tmp_path / "words").exists()
