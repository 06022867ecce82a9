"""Sound that comes frame by frame: each frame says how long it is, and nothing may lie behind it.

Readers pass on whatever stands between two frames as a part of one: a photo with its place behind
the last one, or between two. MP3 (ISO/IEC 11172-3 §2.4.2.3, 13818-3), ADTS (ISO/IEC 13818-7 §6.2),
FLAC (RFC 9639 §9.1, §9.3).
"""

from typing import Final

FRAMED: Final = frozenset({"mp1", "mp2", "mp3", "adts", "flac"})
_KBITS_1: Final = {
    1: (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBITS_2: Final = {
    1: (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By layer, of MPEG 1 and of MPEG 2 and 2.5."""
_HERTZ: Final = (44_100, 48_000, 32_000)
_HALVED: Final = {3: 1, 2: 2, 0: 4}
"""By the number of the version: how often the rate of MPEG 1 is divided."""
_POLYNOMIAL: Final = 0x8005


def whole(codec: str, packet: bytes) -> bytes:
    """The frame that a packet begins with, and nothing of what lies behind it; nothing where it
    begins with no frame, or is shorter than it says. Of other codecs the packet as it is."""
    match codec:
        case "mp1" | "mp2" | "mp3":
            length = _mpeg_length(packet)
        case "adts":
            length = _adts_length(packet)
        case "flac":
            length = _flac_length(packet)
        case _:
            length = len(packet)
    return packet[:length] if length <= len(packet) else b""


def _mpeg_length(packet: bytes) -> int:
    if len(packet) < 4 or packet[0] != 0xFF or packet[1] & 0xE0 != 0xE0:
        return 0
    version, layer = packet[1] >> 3 & 3, 4 - (packet[1] >> 1 & 3)
    rate, hertz, padding = packet[2] >> 4, packet[2] >> 2 & 3, packet[2] >> 1 & 1
    if version not in _HALVED or layer == 4 or rate in (0, 15) or hertz == 3:
        return 0
    bits = 1000 * (_KBITS_1 if version == 3 else _KBITS_2)[layer][rate]
    a_second = _HERTZ[hertz] // _HALVED[version]
    if layer == 1:
        return (12 * bits // a_second + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // a_second + padding


def _adts_length(packet: bytes) -> int:
    if len(packet) < 7 or packet[0] != 0xFF or packet[1] & 0xF6 != 0xF0:
        return 0
    return (packet[3] & 3) << 11 | packet[4] << 3 | packet[5] >> 5


def _flac_length(packet: bytes) -> int:
    """To where the sum at the end of the frame is that of what stands before it."""
    if len(packet) < 8 or packet[0] != 0xFF or packet[1] & 0xFE != 0xF8:
        return 0
    if _sum(packet) == 0:
        return len(packet)
    left = 0
    for at, octet in enumerate(packet, 1):
        left = (left << 8 & 0xFFFF) ^ _TABLE[left >> 8 ^ octet]
        if left == 0 and at >= 8:
            return at
    return 0


def _sum(octets: bytes) -> int:
    left = 0
    for octet in octets:
        left = (left << 8 & 0xFFFF) ^ _TABLE[left >> 8 ^ octet]
    return left


def _entry(octet: int) -> int:
    left = octet << 8
    for _ in range(8):
        left = (left << 1 ^ _POLYNOMIAL if left & 0x8000 else left << 1) & 0xFFFF
    return left


_TABLE: Final = tuple(map(_entry, range(256)))
