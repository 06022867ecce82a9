"""Sound and films lose what tells of people, places and devices, and play as before."""

import io
import struct
from pathlib import Path

import mutagen
import pytest

from protocol.errors import Reason
from tests import canary, tagged_films
from tests.node.cleaning.cleaning import cleaned, cleaned_or_refused, refusal

WEBM = {"h264.mkv": "video/mp4"}


@pytest.mark.parametrize("name", tagged_films.FILMS)
async def test_a_film_comes_out_clean_and_plays(tmp_path: Path, name: str) -> None:
    media_type = tagged_films.FILMS[name][0]
    octets = tagged_films.film(name)
    assert len(canary.find(octets)) > 3
    bare, became = await cleaned(tmp_path, octets, media_type)
    assert canary.find(bare) == []
    assert b"38.69" not in bare
    assert became == WEBM.get(name, media_type)
    assert tagged_films.count_frames(bare) == tagged_films.count_frames(octets)
    assert tagged_films.count_frames(bare)[0] == tagged_films.FRAMES


@pytest.mark.parametrize("name", tagged_films.SOUNDS)
async def test_a_sound_comes_out_clean_and_plays(tmp_path: Path, name: str) -> None:
    media_type = tagged_films.SOUNDS[name][0]
    octets = _with_more_tags(name, tagged_films.sound(name), tmp_path)
    assert canary.find(octets)
    bare, became = await cleaned(tmp_path, octets, media_type)
    assert (canary.find(bare), became) == ([], media_type)
    read = mutagen.File(io.BytesIO(bare))
    # AAC has no place for any, and is no kind of that library.
    assert list((read and read.tags) or []) == []
    assert tagged_films.count_frames(bare)[1] >= tagged_films.count_frames(octets)[1] - 1 > 15


def _with_more_tags(name: str, octets: bytes, folder: Path) -> bytes:
    """With a cover, and with what another library writes; AAC has but an ID3 before it."""
    if name in {"a.mp3", "a.aac"}:
        title = b"\x01" + f"{canary.WORD}Utf16".encode("utf-16")
        cover = b"\0image/jpeg\0\3\0CanaryCover"
        frames = [(b"TIT2", title), (b"APIC", cover), (b"PRIV", b"CanaryOwner\0CanaryPrivate")]
        tag = b"".join(struct.pack(">4sIH", key, len(one), 0) + one for key, one in frames)
        return b"ID3\3\0\0" + struct.pack(">BBBB", 0, 0, *divmod(len(tag), 128)) + tag + octets
    if name == "a.wav":
        return octets
    path = folder / name
    path.write_bytes(octets)
    file = mutagen.File(path)
    if name == "a.m4a":
        file["----:com.apple.iTunes:Who"] = [b"CanaryFree"]
        file["\xa9too"] = "CanaryTool"
    else:
        file["WHO"] = "CanaryWho"
    file.save()
    return path.read_bytes()


async def test_a_mark_makes_two_hashes_of_one_file(tmp_path: Path) -> None:
    octets = tagged_films.film("h264.mp4")
    marked = [(await cleaned(tmp_path, octets, "video/mp4", mark))[0] for mark in ("one1", "two2")]
    assert marked[0] != marked[1]
    assert b"one1" in marked[0]
    # The same mark, the same bytes.
    assert (await cleaned(tmp_path, octets, "video/mp4", "one1"))[0] == marked[0]
    assert tagged_films.count_frames(marked[0])[0] == tagged_films.FRAMES


async def test_a_film_without_a_clean_form_is_refused(tmp_path: Path) -> None:
    refused = await refusal(tmp_path, tagged_films.sound("a.mp3"), "video/mp4")
    assert (refused.reason, refused.facts["why"]) == (
        Reason.UNSUPPORTED_MEDIA_TYPE,
        "unreadable",
    )


@pytest.mark.parametrize("name", ["h264.mp4", "vp9.webm", "a.mp3", "a.ogg", "a.m4a"])
@pytest.mark.parametrize("cut", [20, 300, 2_000])
async def test_a_cut_off_film_harms_nothing(tmp_path: Path, name: str, cut: int) -> None:
    is_film = name in tagged_films.FILMS
    media_type = (tagged_films.FILMS if is_film else tagged_films.SOUNDS)[name][0]
    octets = (tagged_films.film(name) if is_film else tagged_films.sound(name))[:cut]
    bare = await cleaned_or_refused(tmp_path, octets, media_type)
    assert bare is None or canary.find(bare) == []


@pytest.mark.parametrize("name", ["h264.mp4", "hevc.mov"])
async def test_another_library_reads_it_and_finds_no_tag(tmp_path: Path, name: str) -> None:
    tagged = mutagen.File(io.BytesIO(tagged_films.film(name)))
    assert tagged.tags
    bare, _ = await cleaned(tmp_path, tagged_films.film(name), tagged_films.FILMS[name][0])
    read = mutagen.File(io.BytesIO(bare))
    assert list(read.tags or []) == []
    assert read.info.length == pytest.approx(2, abs=0.1)
