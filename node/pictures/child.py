"""The process that unpacks one picture: a program that `node.pictures.workshop` runs.

It gets three open files and nothing else: the picture, and two empty ones for the clean picture and
its thumbnail, both WebP. Whatever the picture does to a decoder it does to this process alone,
which has bounded memory and time and writes one line of JSON. Only points of colour pass from one
to the other: the result has no EXIF, XMP, IPTC, comment or profile of the original.
"""

import copy
import importlib.util
import io
import json
import os
import resource
import sys
import warnings
from typing import BinaryIO

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

# Loaded before the process may open nothing any more: the readers of FORMATS and what they lean on.
# (EXIF is a TIFF inside, and some cameras put several JPEGs into one file.)
LOADED = (
    *(JpegImagePlugin, PngImagePlugin, WebPImagePlugin, GifImagePlugin),
    *(TiffImagePlugin, MpoImagePlugin, ImageOps, copy),
)
Image.preinit()
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
READS_HEIC = importlib.util.find_spec("pillow_heif") is not None
if READS_HEIC:
    # The extra `heic`: what telephones write. One thread, for the process may have no other.
    pillow_heif = importlib.import_module("pillow_heif")
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()
    FORMATS.append("HEIF")
HEIC = frozenset({b"ftypheic", b"ftypheix", b"ftypmif1"})
MEMORY_BYTES = 1 << 30
CPU_S = 30
LARGEST_RESULT_BYTES = 100_000_000
LONGEST_EDGE = 2560
THUMBNAIL_EDGE = 480
MODES = frozenset({"RGB", "RGBA", "CMYK", "L"})
ORIENTATION = 0x0112
DESCRIPTION = 0x010E
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a camera was held, as EXIF numbers it, and what sets it upright (exif_transpose of Pillow
also rewrites the metadata, which is thrown away here)."""


class Unfit(Exception):
    """The picture is refused; the word says why."""


def bound() -> None:
    """Take away what this process does not need, for ever."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT_BYTES),
        (resource.RLIMIT_CORE, 0),
        # No file, no connection, no further process: what is open already stays open.
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))


def make(source: int, picture: int, thumbnail: int, max_pixels: int, mark: str) -> tuple[int, int]:
    """Write the clean picture and its thumbnail; width and height of the picture."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = max_pixels
    with os.fdopen(source, "rb") as stream:
        if not READS_HEIC and stream.read(12)[4:] in HEIC:
            raise Unfit("heic")
        stream.seek(0)
        image, profile, turned = unpack(stream, max_pixels)
    # Made smaller first: everything that follows takes less memory.
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    image = in_plain_colours(image, profile)
    if turned in TURNS:
        image = image.transpose(TURNS[turned])
    small = image.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    for clean, target, quality in ((image, picture, 84), (small, thumbnail, 76)):
        bare = Image.new(clean.mode, clean.size)
        bare.paste(clean)
        with os.fdopen(target, "wb") as out:
            bare.save(
                *(out, "WEBP"),
                quality=quality,
                method=4,
                exif=described(mark),
                xmp=b"",
                icc_profile=b"",
            )
    return image.size


def described(mark: str) -> bytes:
    """The one thing that a clean picture may say of itself, to have a hash of its own."""
    if not mark:
        return b""
    said = Image.Exif()
    said[DESCRIPTION] = mark
    return said.tobytes()


def unpack(stream: BinaryIO, max_pixels: int) -> tuple[Image.Image, object, int]:
    """The points of a picture, its profile of colours, and how it was held."""
    with Image.open(stream, formats=FORMATS) as opened:
        # Known from the head of the file, before a single point is unpacked.
        if opened.width * opened.height > max_pixels:
            raise Unfit("too_many_points")
        opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
        opened.load()
        profile = opened.info.get("icc_profile")
        turned = opened.getexif().get(ORIENTATION, 1)
        image = opened.copy() if opened.mode in MODES else in_plain_colours(opened, None)
    return image, profile, turned


def in_plain_colours(image: Image.Image, profile: object) -> Image.Image:
    """The picture as sRGB, with transparency where it had some."""
    clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    mode = "RGBA" if clear else "RGB"
    if isinstance(profile, bytes) and image.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.getOpenProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            if image.mode == "RGBA":
                converted.putalpha(image.getchannel("A"))
            return converted
    return image.convert(mode)


def main() -> None:
    """Arguments: the three open files, the most points, the mark; on standard output what came."""
    source, picture, thumbnail, max_pixels = map(int, sys.argv[1:5])
    bound()
    try:
        width, height = make(source, picture, thumbnail, max_pixels, sys.argv[5])
        said: dict[str, int | str] = {"width": width, "height": height}
    except Unfit as unfit:
        said = {"refused": str(unfit)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        said = {"refused": "too_many_points"}
    except MemoryError:
        said = {"refused": "too_much_memory"}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, EOFError):
        said = {"refused": "broken"}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
