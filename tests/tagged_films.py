"""Films and sound with a canary in every place that a telephone, a player or a camera writes to."""

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Final

import av
from av import AudioFrame, VideoFrame
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from tests.canary import WORD

FRAMES: Final = 20
RATE: Final = 10
_COVER: Final = Disposition.attached_pic
_SEI: Final = f"sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{WORD}Sei"

FILMS: Final = {
    "h264.mp4": ("video/mp4", "mp4", "libx264", "aac"),
    "hevc.mov": ("video/mp4", "mov", "libx265", "aac"),
    "av1.mp4": ("video/mp4", "mp4", "libsvtav1", "aac"),
    "pieces.mp4": ("video/mp4", "mp4", "libx264", "aac"),
    "vp9.webm": ("video/webm", "webm", "libvpx-vp9", "libopus"),
    "h264.mkv": ("video/webm", "matroska", "libx264", "aac"),
}
SOUNDS: Final = {
    "a.mp3": ("audio/mpeg", "mp3", "libmp3lame"),
    "a.m4a": ("audio/mp4", "ipod", "aac"),
    "a.ogg": ("audio/ogg", "ogg", "libopus"),
    "a.flac": ("audio/flac", "flac", "flac"),
    "a.wav": ("audio/wav", "wav", "pcm_s16le"),
    "a.aac": ("audio/aac", "adts", "aac"),
}
_SAID: Final = {
    **{key: f"{WORD}{key.title()}" for key in ("title", "artist", "comment", "album", "genre")},
    "location": "+38.6931-009.2052/",
    "creation_time": "2024-05-05T12:34:56.000000Z",
    "com.apple.quicktime.make": f"{WORD}Maker",
    "encoded_by": f"{WORD}Encoder",
    "com.apple.quicktime.location.ISO6709": f"{WORD}+38.6931",
    "date": "2024-05-05",
}


@cache
def film(name: str) -> bytes:
    """A film of two seconds by its name in `FILMS`."""
    _, form, pictures, sound = FILMS[name]
    out, moves = io.BytesIO(), "use_metadata_tags"
    if name == "pieces.mp4":
        moves += "+frag_keyframe+empty_moov"
    options = {"movflags": moves} if form in {"mp4", "mov"} else {}
    with (
        av.open(io.BytesIO(_plain(pictures, sound)), "r") as coming,
        av.open(out, "w", format=form, container_options=options) as made,
    ):
        _tag(made)
        going = {one: made.add_stream_from_template(one, opaque=True) for one in coming.streams}
        for one in going.values():
            one.metadata.update({"handler_name": f"{WORD}Handler", "title": f"{WORD}Stream"})
        seen = coming.streams.video[0]
        through = None
        if pictures == "libx264":
            through = BitStreamFilterContext(f"h264_metadata={_SEI}", seen, going[seen])
        for packet in coming.demux():
            if not packet.size:
                continue
            one = packet.stream
            for whole in through.filter(packet) if through and one == seen else [packet]:
                whole.stream = going[one]
                made.mux(whole)
    octets = out.getvalue()
    return octets + _boxes() if form in {"mp4", "mov"} else octets


def _tag(made: OutputContainer) -> None:
    made.metadata.update(_SAID)
    title = {"title": f"{WORD}Chapter"}
    second = Fraction(1, 1)
    made.set_chapters([{"id": 1, "start": 0, "end": 1, "time_base": second, "metadata": title}])
    if made.format.name == "matroska":
        made.add_attachment(f"{WORD}.txt", "text/plain", f"{WORD}Attachment".encode())


@cache
def _plain(pictures: str, sound: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        seen = made.add_stream(pictures, rate=RATE, width=128, height=96, pix_fmt="yuv420p")
        heard = made.add_stream(sound, rate=48_000, layout="mono")
        assert isinstance(seen, VideoStream)
        assert isinstance(heard, AudioStream)
        made.mux(list(_pictures(seen)))
        made.mux(list(_sound(heard)))
    return out.getvalue()


def _pictures(seen: VideoStream) -> Iterator["Packet[Stream]"]:
    for number in range(FRAMES):
        frame = VideoFrame(128, 96, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([number * 10]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        yield from seen.encode(frame)
    yield from seen.encode(None)


def _sound(heard: AudioStream, seconds: int = 2) -> Iterator["Packet[Stream]"]:
    form = heard.format.name
    size, planes = heard.frame_size or 1_024, 1
    for number in range(seconds * 48_000 // size):
        frame = AudioFrame(format=form, layout="mono", samples=size)
        for plane in frame.planes[:planes]:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.sample_rate = number * size, 48_000
        frame.time_base = Fraction(1, 48_000)
        yield from heard.encode(frame)
    yield from heard.encode(None)


def _boxes() -> bytes:
    """What some cameras put behind an MP4: XMP, a place, what is called free."""
    xmp = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    place = b"loci" + f"\0\0\0\0\0\0{WORD}Place\0".encode() + bytes(13) + b"earth\0\0"
    return b"".join(
        struct.pack(">I4s", 8 + len(body), kind) + body
        for kind, body in (
            (b"uuid", xmp + f"<x:xmpmeta>{WORD}Xmp</x:xmpmeta>".encode()),
            (b"free", f"{WORD}Free".encode()),
            (b"udta", struct.pack(">I", 4 + len(place)) + place),
            (b"skip", f"{WORD}Wide".encode("utf-16-be")),
        )
    )


@cache
def sound(name: str) -> bytes:
    """A sound of two seconds by its name in `SOUNDS`."""
    _, form, codec = SOUNDS[name]
    out = io.BytesIO()
    with av.open(out, "w", format=form) as made:
        heard = made.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(heard, AudioStream)
        made.metadata.update(_SAID)
        made.mux(list(_sound(heard)))
    return out.getvalue()


def count_frames(octets: bytes) -> tuple[int, int]:
    """How many pictures and pieces of sound a player gets out of a file."""
    seen = heard = 0
    with av.open(io.BytesIO(octets), "r") as coming:
        films = [one for one in coming.streams.video if not one.disposition & _COVER]
        for frame in coming.decode([*films, *coming.streams.audio]):
            if isinstance(frame, VideoFrame):
                seen += 1
            else:
                heard += 1
    return seen, heard
