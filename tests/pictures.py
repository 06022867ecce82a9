"""Pictures as cameras and attackers make them, for tests: with a place, an owner, a comment."""

import importlib
import io
import zlib
from typing import Final

from PIL import Image, PngImagePlugin

OWNER: Final = "OwnerOfTheCamera"
PLACE: Final = "38.6931N"
XMP: Final = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>{PLACE}</place><by>{OWNER}</by></x:xmpmeta>'
).encode()
SECRETS: Final = (OWNER.encode(), PLACE.encode(), b"Exif", b"EXIF", b"xmp", b"XMP", b"8BIM", b"GPS")
"""What must not be found in a clean picture."""


def exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: maker, owner, and where it was."""
    made = Image.Exif()
    made[0x010F] = "Makers"
    made[0x0112] = orientation
    made[0x8298] = OWNER
    made[0xA430] = OWNER
    gps = made.get_ifd(0x8825)
    gps[1], gps[2] = "N", (38.0, 41.0, 35.0)
    gps[3], gps[4] = "W", (9.0, 12.0, 57.0)
    gps[29] = PLACE
    return made


def points(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, (200, 20, 20))
    image.paste((20, 20, 200), (size[0] // 2, 0, size[0], size[1]))
    return image


def tagged(kind: str, size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    """A picture of `kind` (JPEG, PNG, WEBP, GIF, HEIF) with every tag that it can bear."""
    out, image, said = io.BytesIO(), points(size), exif(orientation)
    match kind:
        case "JPEG":
            image.save(out, kind, exif=said, xmp=XMP, comment=OWNER.encode())
            # IPTC lies in Photoshop's segment, which Pillow does not write.
            iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x16\x1c\x02\x50\x00\x10" + (
                OWNER.encode() + b"\x00"
            )
            plain = out.getvalue()
            segment = b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc
            return plain[:2] + segment + plain[2:]
        case "PNG":
            words = PngImagePlugin.PngInfo()
            words.add_text("Author", OWNER)
            words.add_itxt("XML:com.adobe.xmp", XMP.decode())
            image.save(out, kind, exif=said, pnginfo=words)
        case "HEIF":
            importlib.import_module("pillow_heif").from_pillow(image).save(
                out, exif=said.tobytes(), xmp=XMP
            )
        case "WEBP":
            image.save(out, kind, exif=said.tobytes(), xmp=XMP)
        case _:
            image.save(out, kind, comment=OWNER.encode())
    return out.getvalue()


def moving(kind: str) -> bytes:
    """A picture of `kind` (GIF, PNG, WEBP) that moves, with the same tags."""
    out, said = io.BytesIO(), exif()
    frames = [points(), points().rotate(180), points()]
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", OWNER)
    more: dict[str, object] = {"save_all": True, "append_images": frames[1:], "duration": 100}
    match kind:
        case "GIF":
            more["comment"] = OWNER.encode()
        case "PNG":
            more |= {"pnginfo": words, "exif": said}
        case _:
            more |= {"exif": said.tobytes(), "xmp": XMP}
    frames[0].save(out, kind, **more)
    return out.getvalue()


def plain(kind: str, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of any kind that Pillow writes."""
    out = io.BytesIO()
    points(size).save(out, kind)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge and is a few bytes long."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + checked

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    packed = zlib.compress(b"\x00" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
