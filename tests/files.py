"""Files for tests, as small or as large as one likes; bringing them changes none of their bytes."""

import io
import random
from functools import cache

import av
import pikepdf
from av import AudioFrame
from pikepdf import Array, Dictionary, Name

from node.cleaning.films import clean as clean_film
from node.cleaning.pdf import clean

_HEAD_BYTES = 688


@cache
def pdf(octets: int = 0, seed: int = 0) -> bytes:
    """A PDF of one page that says its seed, with so many bytes that cannot be packed any more.

    It is what cleaning made of it.
    """
    out, bare = io.BytesIO(), io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(200, 200)).obj
        page.Contents = made.make_stream(b"BT /F1 12 Tf 20 100 Td (Seed %d) Tj ET" % seed)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=made.make_indirect(font)))
        if octets:
            noise = made.make_stream(random.Random(seed).randbytes(octets // 3 * 3))
            noise.Type, noise.Subtype = Name.XObject, Name.Image
            noise.Width, noise.Height, noise.BitsPerComponent = octets // 3, 1, 8
            noise.ColorSpace = Name.DeviceRGB
            page.Resources.XObject = Dictionary(I0=noise)
        page.MediaBox = Array([0, 0, 200, 200])
        made.save(out)
    clean(io.BytesIO(out.getvalue()), bare, "")
    return bare.getvalue()


@cache
def text(octets: int, seed: int = 0) -> bytes:
    """A plain text of so many bytes."""
    return bytes(random.Random(seed).choices(b"abcdefghijklmnopqrstuvwxyz \n", k=octets))


@cache
def film(octets: int, seed: int = 0) -> bytes:
    """An MP4 of so many bytes, an even number from 1,000 on, that are noise to hear.

    It is what cleaning made of it.
    """
    whole = _film(octets - _HEAD_BYTES, seed)
    return whole if len(whole) == octets else _film(2 * octets - _HEAD_BYTES - len(whole), seed)


def _film(noise: int, seed: int) -> bytes:
    made, bare = io.BytesIO(), io.BytesIO()
    with av.open(made, "w", format="mp4") as going:
        heard = going.add_stream("pcm_s16le", rate=48_000, layout="mono")
        frame = AudioFrame(format="s16", layout="mono", samples=noise // 2)
        frame.planes[0].update(random.Random(seed).randbytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = 48_000, 0
        going.mux([*heard.encode(frame), *heard.encode(None)])
    clean_film(io.BytesIO(made.getvalue()), bare, "video/mp4", "")
    return bare.getvalue()
