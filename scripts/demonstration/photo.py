"""A photo as a telephone takes it: it says where it was taken, and with whose telephone."""

import io

from PIL import Image

OWNER = "Telephone of Mia Nowak"
PLACE = "38.7223N"
_MAKER, _OWNER, _GPS = 0x010F, 0xA430, 0x8825
_AREA = 29


def take() -> bytes:
    """A river at noon, as JPEG, with its place in it."""
    image = Image.new("RGB", (640, 480), (120, 180, 230))
    image.paste((40, 110, 90), (0, 300, 640, 480))
    said = Image.Exif()
    said[_MAKER] = OWNER
    said[_OWNER] = OWNER
    place = said.get_ifd(_GPS)
    place[1], place[2] = "N", (38.0, 43.0, 20.0)
    place[3], place[4] = "W", (9.0, 8.0, 22.0)
    place[_AREA] = PLACE
    out = io.BytesIO()
    image.save(out, "JPEG", exif=said)
    return out.getvalue()
