"""The process that puts the sound and the pictures of a film into a new file, and nothing else.

The packets of every picture and sound track pass over as they are. Titles, places, devices, times,
chapters, covers, attachments, text tracks (some cameras write their position there) and whatever a
container hides between its parts stay behind, as do the messages for players inside the pictures
(SEI; metadata OBU), where cameras write as well, and what lies between the frames of sound. Films
of photographs, each with all that a camera says, are not taken.
"""

import os
from typing import BinaryIO, Final

import av
import av.error
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from node.cleaning import frames
from node.cleaning.cage import Said, Unfit, load_all, serve
from node.cleaning.kinds import FILMS

load_all(av)
BUFFER_BYTES: Final = 1 << 20
_WRITERS: Final = {
    "video/mp4": "mp4",
    "audio/mp4": "ipod",
    "video/webm": "webm",
    "video/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/aac": "adts",
}
_OF_WEBM: Final = frozenset({"vp8", "vp9", "av1", "vorbis", "opus"})
_MESSAGES: Final = {"h264": "6", "hevc": "39|40", "av1": "5", "vvc": "23|24"}
"""By codec: the units that hold messages for players."""
_PHOTOGRAPHS: Final = frozenset(
    {"mjpeg", "mjpegb", "jpeg2000", "jpegls", "png", "apng", "webp", "gif", "bmp", "tiff"}
)
BROKEN: Final = (av.error.FFmpegError, OSError, ValueError, EOFError, OverflowError)


def clean(source: BinaryIO, target: BinaryIO, media_type: str, mark: str) -> str:
    """Write what is to be seen and heard in `source` to `target`; the media type of the result.

    Refuses with broken, codec.
    """
    with av.open(
        source, "r", format=FILMS[media_type], buffer_size=BUFFER_BYTES, metadata_errors="ignore"
    ) as coming:
        streams = _list_streams(coming)
        became = _type_of(media_type, streams)
        options = {"fflags": "+bitexact"}
        if became == "audio/mpeg":
            options |= {"write_id3v1": "0", "id3v2_version": "4" if mark else "0"}
        with av.open(
            target,
            "w",
            format=_WRITERS[became],
            buffer_size=BUFFER_BYTES,
            container_options=options,
        ) as going:
            if mark:
                going.metadata["comment"] = mark
            _copy(coming, going, streams)
    return became


def _list_streams(coming: InputContainer) -> list[AudioStream | VideoStream]:
    found: list[AudioStream | VideoStream] = [
        one
        for one in coming.streams
        if isinstance(one, AudioStream | VideoStream)
        and not one.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)
    ]
    if not found:
        raise Unfit("broken")
    if any(_codec_of(one) in _PHOTOGRAPHS for one in found):
        raise Unfit("codec")
    return found


def _type_of(media_type: str, streams: list[AudioStream | VideoStream]) -> str:
    """What the result is: Matroska with what a WebM may not hold becomes an MP4."""
    if media_type == "video/webm" and any(_codec_of(one) not in _OF_WEBM for one in streams):
        return "video/mp4"
    has_pictures = any(isinstance(one, VideoStream) for one in streams)
    if has_pictures and media_type == "audio/mp4":
        return "video/mp4"
    return media_type


def _codec_of(stream: Stream) -> str:
    return stream.codec_context.codec.canonical_name


def _without_messages(codec: str, before: Stream, after: Stream) -> bytes | None:
    """How the stream is to be read, without messages: `after` has it with start codes."""
    if codec == "av1":
        # The four bytes that must be there; what else there is comes with the pictures again.
        own = before.codec_context.extradata or b""
        return own[:4] if own[:1] == b"\x81" else after.codec_context.extradata
    units = (after.codec_context.extradata or b"").split(b"\0\0\1")
    kept = [one for one in units[1:] if not _is_message(codec, one)]
    return b"".join(b"\0\0\1" + one.rstrip(b"\0") for one in kept) or None


def _is_message(codec: str, unit: bytes) -> bool:
    match codec:
        case "h264":
            return bool(unit) and unit[0] & 31 == 6
        case "hevc":
            return bool(unit) and unit[0] >> 1 & 63 in {39, 40}
        case _:
            return len(unit) > 1 and unit[1] >> 3 in {23, 24}


def _copy(
    coming: InputContainer, going: OutputContainer, streams: list[AudioStream | VideoStream]
) -> None:
    written: dict[int, Stream] = {}
    filters: dict[int, BitStreamFilterContext] = {}
    for one in streams:
        try:
            copy = going.add_stream_from_template(one, opaque=True)
        except (ValueError, av.error.FFmpegError):
            raise Unfit("codec") from None
        copy.metadata.clear()
        written[one.index] = copy
        codec = _codec_of(one)
        units = _MESSAGES.get(codec)
        if units is not None:
            described = f"filter_units=remove_types={units}"
            filters[one.index] = BitStreamFilterContext(described, one, copy)
            # The filter leaves the description of the stream, which may hold messages too.
            copy.codec_context.extradata = _without_messages(codec, one, copy)
    try:
        going.start_encoding()
    except (ValueError, av.error.FFmpegError):
        raise Unfit("codec") from None
    count = 0
    is_adts = coming.format.name == FILMS["audio/aac"]
    for packet in coming.demux(streams):
        if packet.dts is None and packet.size == 0:
            continue
        index = packet.stream.index
        codec = _codec_of(packet.stream)
        bare = _cut(packet, "adts" if is_adts and codec == "aac" else codec)
        if bare is None:
            continue
        for whole in filters[index].filter(bare) if index in filters else [bare]:
            whole.stream = written[index]
            going.mux_one(whole)
            count += 1
    for index, held in filters.items():
        for whole in held.filter(None):
            whole.stream = written[index]
            going.mux_one(whole)
    if not count:
        raise Unfit("broken")


def _cut(packet: "Packet[Stream]", codec: str) -> "Packet[Stream] | None":
    """The packet without what lies behind its frame; None where it is none."""
    if codec not in frames.FRAMED:
        return packet
    octets = bytes(packet)
    frame = frames.whole(codec, octets)
    if not frame or len(frame) == len(octets):
        return packet if frame else None
    short: Packet[Stream] = Packet(frame)
    short.pts, short.dts, short.duration = packet.pts, packet.dts, packet.duration
    short.time_base, short.is_keyframe = packet.time_base, packet.is_keyframe
    return short


def work(source: int, target: int, media_type: str, mark: str) -> Said:
    with os.fdopen(source, "rb") as coming, os.fdopen(target, "w+b") as going:
        return {"media_type": clean(coming, going, media_type, mark)}


if __name__ == "__main__":
    serve(work, BROKEN)
