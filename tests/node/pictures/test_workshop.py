"""A picture comes out clean and upright, and a hostile one harms nothing but its own process."""

import asyncio
import io
import sys
import time
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from node.pictures import workshop
from node.pictures.workshop import Made
from protocol.errors import Reason, Refused
from tests import canary, pictures

MOST = 40_000_000


async def make(folder: Path, octets: bytes, max_pixels: int = MOST) -> Made:
    (folder / "in").write_bytes(octets)
    return await workshop.make(
        folder / "in", folder / "out", folder / "small", max_pixels=max_pixels
    )


def is_red(image: Image.Image, at: tuple[int, int]) -> bool:
    point = image.convert("RGB").getpixel(at)
    assert isinstance(point, tuple)
    return bool(point[0] > 150 > point[2])


async def refusal(folder: Path, octets: bytes, max_pixels: int = MOST) -> Refused:
    with pytest.raises(Refused) as refused:
        await make(folder, octets, max_pixels)
    assert not (folder / "out").exists()
    assert not (folder / "small").exists()
    return refused.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
async def test_a_tagged_picture_comes_out_clean_and_so_does_its_thumbnail(
    tmp_path: Path, kind: str
) -> None:
    tagged = pictures.tagged(kind, (640, 480))
    assert pictures.OWNER.encode() in tagged
    made = await make(tmp_path, tagged)
    assert (made.width, made.height) == (640, 480)
    for name, longest in (("out", 640), ("small", 480)):
        octets = (tmp_path / name).read_bytes()
        assert [one for one in pictures.SECRETS if one in octets] == []
        with Image.open(tmp_path / name) as image:
            assert (image.format, max(image.size)) == ("WEBP", longest)
            assert dict(image.getexif()) == {}
            assert is_red(image, (10, 10))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
async def test_a_moving_picture_comes_out_still_and_clean(tmp_path: Path, kind: str) -> None:
    moving = pictures.moving(kind)
    assert pictures.OWNER.encode() in moving
    await make(tmp_path, moving)
    octets = (tmp_path / "out").read_bytes()
    assert [one for one in pictures.SECRETS if one in octets] == []
    with Image.open(tmp_path / "out") as image:
        assert getattr(image, "n_frames", 1) == 1


async def test_what_lies_behind_a_picture_and_in_its_profile_is_left(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = profile.replace("sRGB b".encode("utf-16-be"), canary.WORD.encode("utf-16-be"))
    out = io.BytesIO()
    pictures.points().save(out, "JPEG", icc_profile=told)
    octets = out.getvalue() + pictures.tagged("JPEG") + f"{canary.WORD}Trailer".encode()
    assert len(canary.find(octets)) > 1
    await make(tmp_path, octets)
    assert [canary.find((tmp_path / one).read_bytes()) for one in ("out", "small")] == [[], []]


async def test_a_mark_makes_two_hashes_of_one_picture(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(pictures.tagged("JPEG"))
    seen = set()
    for mark in ("first1", "second2", "second2"):
        await workshop.make(
            *(tmp_path / "in", tmp_path / "out", tmp_path / "small"), max_pixels=MOST, mark=mark
        )
        for name in ("out", "small"):
            octets = (tmp_path / name).read_bytes()
            seen.add(octets)
            assert mark.encode() in octets
            assert not [one for one in pictures.SECRETS[:2] if one in octets]
            with Image.open(tmp_path / name) as image:
                assert dict(image.getexif()) == {0x010E: mark}
    assert len(seen) == 4


async def test_without_the_extra_a_heic_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "child.py"
    looks = 'importlib.util.find_spec("pillow_heif") is not None'
    text = workshop.PROGRAM.read_text("utf-8")
    assert looks in text
    program.write_text(text.replace(looks, "False"))
    monkeypatch.setattr(workshop, "PROGRAM", program)
    refused = await refusal(tmp_path, pictures.tagged("HEIF"))
    assert (refused.reason, refused.facts["why"]) == (Reason.UNSUPPORTED_MEDIA_TYPE, "heic")
    await make(tmp_path, pictures.tagged("JPEG"))


async def test_a_picture_is_set_upright(tmp_path: Path) -> None:
    made = await make(tmp_path, pictures.tagged("JPEG", (64, 48), orientation=6))
    assert (made.width, made.height) == (48, 64)
    with Image.open(tmp_path / "out") as image:
        assert is_red(image, (24, 5))


async def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    made = await make(tmp_path, pictures.plain("JPEG", (5000, 2500)))
    assert (made.width, made.height) == (2560, 1280)


async def test_a_picture_of_more_points_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    refused = await refusal(tmp_path, pictures.plain("PNG", (101, 100)), 10_000)
    assert (refused.reason, refused.facts["why"]) == (Reason.TOO_LARGE, "points")
    assert (await make(tmp_path, pictures.plain("PNG", (100, 100)), 10_000)).width == 100


async def test_a_bomb_of_points_is_refused_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    refused = await refusal(tmp_path, pictures.bomb(60_000, 60_000))
    assert refused.reason is Reason.TOO_LARGE
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("cut", [3, 12, 40, 200])
async def test_a_broken_picture_is_refused(tmp_path: Path, cut: int) -> None:
    refused = await refusal(tmp_path, pictures.tagged("JPEG")[:cut])
    assert refused.reason is Reason.UNSUPPORTED_MEDIA_TYPE


async def test_a_process_that_hangs_is_ended_and_the_next_picture_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = tmp_path / "hang.py"
    hanging.write_text("import time\ntime.sleep(60)\n")
    with monkeypatch.context() as patch:
        patch.setattr(workshop, "PROGRAM", hanging)
        patch.setattr(workshop, "TIMEOUT_S", 0.3)
        await refusal(tmp_path, pictures.plain("PNG"))
    assert (await make(tmp_path, pictures.plain("PNG"))).width == 64


@pytest.mark.parametrize(
    "crime",
    [
        "import socket; socket.socket()",
        "open('/etc/hostname')",
        "b'x' * (2 << 30)",
        "import os; os.abort()",
    ],
)
async def test_a_process_that_was_taken_over_can_do_little(tmp_path: Path, crime: str) -> None:
    """What a decoder's weakness would let run: after `bound`, it fails, and only there."""
    program = tmp_path / "taken.py"
    child = workshop.PROGRAM.read_text(encoding="utf-8").partition("\nif __name__")[0]
    program.write_text(
        f'{child}\nimport socket\nbound()\n{crime}\nprint(\'{{"width": 1, "height": 1}}\')\n'
    )
    done = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(program),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await done.communicate()
    assert done.returncode != 0
    assert out == b""


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_a_hostile_picture_leaves_no_process_behind(tmp_path: Path) -> None:
    before = open_files()
    for octets in (pictures.bomb(60_000, 60_000), b"\xff\xd8\xff", pictures.plain("GIF")):
        (tmp_path / "in").write_bytes(octets)
        await asyncio.gather(make(tmp_path, octets), return_exceptions=True)
    assert open_files() == before
