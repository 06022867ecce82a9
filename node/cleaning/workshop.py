"""Cleans a file, or reads the words in it, in a process of its own that may open nothing.

A process that dies, hangs or says nonsense is a refusal, and the node goes on.
"""

import asyncio
import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from node import apart
from node.cleaning import kinds
from protocol.errors import Reason, Refused

ROOT: Final = Path(__file__).parents[2]
_START: Final = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__')"
)
"""The program looks for its modules in this tree, wherever it lies, and in what is installed."""
SLOWEST_BYTES_A_SECOND: Final = 4_000_000
SHORTEST_S: Final = 60
MOST_WORDS_BYTES: Final = 40_000_000
_MORE_BYTES: Final = 64_000_000
_PIECE_BYTES: Final = 1 << 20
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")

_TOO_MUCH: Final = frozenset({"unpacked", "memory"})
_SENTENCES: Final = {
    "archive": "an archive is not taken; unpack it and bring its files",
    "old_office": "save this as DOCX, XLSX, PPTX or PDF and bring that",
    "rtf": "save this as DOCX, ODT or PDF and bring that",
    "epub": "save this as PDF and bring that",
    "locked": "this asks for a password; save it without one and bring it again",
    "macros": "this carries a program; save it without macros and bring it again",
    "inside": "something in this cannot be cleaned; save it as PDF and bring that",
    "codec": "save this as MP4 (H.264), WebM or MP3 and bring that",
    "unpacked": "what is packed in this is too large; bring it in parts",
    "memory": "reading this takes too much memory; bring it in parts",
}
_BROKEN: Final = "this cannot be read; save it anew and bring it again"


@dataclass(frozen=True)
class Words:
    """What was read in a file: where (text, description, metadata, name), and the words.

    `unread` says what is in it that cannot be read: pictures, sound, film, page, inside, rest, all.
    """

    texts: list[tuple[str, str]]
    unread: frozenset[str]


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    media_type: str = ""
    refused: str = ""


class _Read(msgspec.Struct, forbid_unknown_fields=True):
    texts: list[tuple[str, str]]
    unread: list[str]


async def clean(source: Path, target: Path, media_type: str, *, mark: str = "") -> str:
    """Write the file in `source` to `target` without what it says about its making; its type then.

    `mark` (letters and digits, or nothing) is put where it is of no matter, so that the same file
    in two places has two hashes; plain text and AAC bear none. Pictures are made anew elsewhere.
    Refuses with UNSUPPORTED_MEDIA_TYPE (fact `why`) what cannot be cleaned, TOO_LARGE what takes
    too much to read. `target` is gone then.
    """
    if not (mark == "" or (mark.isascii() and mark.isalnum())):
        raise ValueError("a mark is of letters and digits")
    if kinds.is_bare(media_type):
        await asyncio.to_thread(_copy_text, source, target)
        return media_type
    program = kinds.program_for(media_type)
    if program is None:
        raise _refused(kinds.uncleaned(media_type))
    try:
        said = await _ask(program, source, target, media_type, mark)
        if said.refused or not said.media_type:
            raise _refused(said.refused)
    except BaseException:
        await asyncio.to_thread(target.unlink, missing_ok=True)
        raise
    return said.media_type


async def read_texts(source: Path, scratch: Path, media_type: str) -> Words:
    """Every word in a file that can be read, and what cannot; `scratch` is a place for a while.

    Refuses with UNSUPPORTED_MEDIA_TYPE what is broken or locked, TOO_LARGE.
    """
    try:
        said = await _ask("node.cleaning.texts", source, scratch, media_type, "")
        if said.refused or not said.media_type:
            raise _refused(said.refused)
        octets = await asyncio.to_thread(_read_whole, scratch)
        read = msgspec.json.decode(octets, type=_Read)
    except msgspec.MsgspecError:
        raise _refused("broken") from None
    finally:
        await asyncio.to_thread(scratch.unlink, missing_ok=True)
    return Words(read.texts, frozenset(read.unread))


def _copy_text(source: Path, target: Path) -> None:
    """What begins as a text may go on as anything, with a place and an owner in it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with source.open("rb") as coming, target.open("wb") as going:
            while piece := coming.read(_PIECE_BYTES):
                if _NO_TEXT.search(decoder.decode(piece)):
                    raise _refused("unreadable")
                going.write(piece)
            decoder.decode(b"", final=True)
    except (UnicodeDecodeError, Refused):
        target.unlink(missing_ok=True)
        raise _refused("unreadable") from None


def _read_whole(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MOST_WORDS_BYTES)


def _refused(why: str) -> Refused:
    if why in _TOO_MUCH:
        return Refused(Reason.TOO_LARGE, _SENTENCES[why], why=why)
    sentence = _SENTENCES.get(why, _BROKEN)
    if why not in _SENTENCES:
        why = "unreadable"
    return Refused(Reason.UNSUPPORTED_MEDIA_TYPE, sentence, why=why)


async def _ask(program: str, source: Path, target: Path, media_type: str, mark: str) -> _Said:
    """What the process said; a broken file where it died, or said nothing in time."""
    size = (await asyncio.to_thread(source.stat)).st_size
    cpu_s = SHORTEST_S + size // SLOWEST_BYTES_A_SECOND
    said = await apart.run(
        ("-c", _START, str(ROOT), program),
        source,
        [target],
        (str(cpu_s), str(2 * size + _MORE_BYTES), media_type, mark),
        timeout_s=2 * cpu_s,
        read_back=True,
    )
    try:
        return _Said(refused="broken") if said is None else msgspec.json.decode(said, type=_Said)
    except msgspec.MsgspecError:
        return _Said(refused="broken")
