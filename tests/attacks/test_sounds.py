"""Sounds and films that carry a photo, with all that a camera says, where players look past it."""

import io
from pathlib import Path

import av
import pytest

from node.cleaning import workshop
from protocol.errors import Reason, Refused
from tests import pictures, tagged_films
from tests.canary import WORD

PHOTO = pictures.tagged("JPEG", (64, 48)) + f"{WORD}Behind".encode() * 9
TAILS = {"photo": PHOTO, "words": f"{WORD}Tail".encode() * 200, "tag": b"TAG" + PHOTO[:125]}


async def bare_of(tmp_path: Path, octets: bytes, media_type: str) -> bytes:
    (tmp_path / "came").write_bytes(octets)
    await workshop.clean(tmp_path / "came", tmp_path / "clean", media_type)
    return (tmp_path / "clean").read_bytes()


@pytest.mark.parametrize("name", tagged_films.SOUNDS)
@pytest.mark.parametrize("tail", TAILS)
async def test_a111_what_lies_behind_a_sound_is_left(tmp_path: Path, name: str, tail: str) -> None:
    octets, media_type = tagged_films.sound(name), tagged_films.SOUNDS[name][0]
    clean = await bare_of(tmp_path, octets, media_type)
    bare = await bare_of(tmp_path, octets + TAILS[tail], media_type)
    assert [one for one in (WORD, *pictures.SECRETS) if as_octets(one) in bare] == []
    assert abs(len(bare) - len(clean)) <= 200, "a frame less, or none"


def as_octets(one: str | bytes) -> bytes:
    return one if isinstance(one, bytes) else one.encode()


@pytest.mark.parametrize(("name", "begins"), [("a.mp3", b"\xff\xfb"), ("a.aac", b"\xff\xf1")])
async def test_a111_what_lies_between_two_frames_is_left(
    tmp_path: Path, name: str, begins: bytes
) -> None:
    octets, media_type = tagged_films.sound(name), tagged_films.SOUNDS[name][0]
    at = octets.index(begins, len(octets) // 2)
    bare = await bare_of(tmp_path, octets[:at] + PHOTO + octets[at:], media_type)
    assert WORD.encode() not in bare
    assert tagged_films.count_frames(bare)[1] > 15


async def test_a111_a_film_of_photographs_is_refused_and_one_of_pictures_is_taken(
    tmp_path: Path,
) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mov") as going:
        stream = going.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        frame = av.VideoFrame(64, 48, "yuvj420p")
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            going.mux(packet)
    with pytest.raises(Refused) as refused:
        await bare_of(tmp_path, out.getvalue(), "video/mp4")
    assert (refused.value.reason, refused.value.facts["why"]) == (
        Reason.UNSUPPORTED_MEDIA_TYPE,
        "codec",
    )
    assert await bare_of(tmp_path, tagged_films.film("h264.mp4"), "video/mp4")
