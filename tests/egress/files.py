"""What the classes bring: files of each fate, with tokens in their names, descriptions, words and
what a camera writes."""

import io
import re

from PIL import Image

from node.classroom import bringing, pinning, release, working
from node.classroom.pinning import Card
from node.storage import shown
from protocol.errors import Refused
from protocol.space.fold.wall import Wall
from tests.egress.people import Class, token_of
from tests.node.spaces.bringing import in_pieces
from tests.node.web.browser import Browser
from tests.nodes import Node


def photo(node: Node, shade: int) -> bytes:
    """A picture that says, wherever a picture can, a token of its school."""
    out, said = io.BytesIO(), Image.Exif()
    said[0x010E] = said[0xA430] = token_of(node, "camera")
    said.get_ifd(0x8825)[29] = token_of(node, "camera")
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{token_of(node, 'camera')}</x:xmpmeta>".encode()
    image = Image.new("RGB", (320, 240), (shade, 40, 90))
    image.save(out, "JPEG", exif=said, xmp=xmp, comment=token_of(node, "camera").encode())
    return out.getvalue()


async def bring_files(one: Class, space: str) -> None:
    """A draft, one that waits, one that is thrown back, one whose name is mended and which leaves;
    what names somebody does not."""
    node, room = one.node, one.node.room
    name, alt = token_of(node, "file"), token_of(node, "alt")
    await _bring(one, space, f"{name}.jpg", photo(node, 1), "", hand_in=False)
    await _bring(one, space, f"{name}.txt", token_of(node, "words").encode(), alt)
    back = await _bring(one, space, f"{name}.jpg", photo(node, 2), alt)
    _, held = await release.find_held(room, one.teacher, back)
    note = token_of(node, "note")
    await release.give_back(room, one.teacher, back, note, version=held.work.version)
    named = f"{token_of(node, 'given')} {token_of(node, 'family')} {name}.jpg"
    good = await _bring(one, space, named, photo(node, 3), alt)
    _, held = await release.find_held(room, one.teacher, good)
    version = held.work.version
    try:
        await release.release(room, one.teacher, good, version=version)
    except Refused:
        pass
    else:
        raise AssertionError("a file that is called by a name was released")
    clean = f"River of {node.name}"
    await release.mend(room, one.teacher, good, version=version, name=clean, alt="A river.")
    _, held = await release.find_held(room, one.teacher, good)
    await release.release(room, one.teacher, good, version=held.work.version)


async def write_pictured(one: Class, space: str, thread: str, wall: str) -> None:
    """A reply and a card with a picture of each fate: a draft, one that waits, one without its
    picture, and one whose name and description are mended and which leaves with its words."""
    node, room = one.node, one.node.room
    name, alt = f"{token_of(node, 'file')}.jpg", token_of(node, "alt")
    for inside in (thread, wall):
        await pictured(one, space, inside, token_of(node, "draft"), name, alt, hand_in=False)
        await pictured(one, space, inside, token_of(node, "held"), name, alt)
        bare = await pictured(one, space, inside, f"Waves of {node.name}", name, alt)
        _, held = await release.find_held(room, one.teacher, bare)
        await release.take_picture_out(room, one.teacher, bare, version=held.work.version)
        _, held = await release.find_held(room, one.teacher, bare)
        await release.release(room, one.teacher, bare, version=held.work.version)
        good = await pictured(one, space, inside, f"Boats of {node.name}", name, alt)
        _, held = await release.find_held(room, one.teacher, good)
        await release.mend(
            room, one.teacher, good, version=held.work.version, name="Boats", alt="Two boats."
        )
        _, held = await release.find_held(room, one.teacher, good)
        await release.release(room, one.teacher, good, version=held.work.version)


async def pictured(
    one: Class, space: str, inside: str, text: str, name: str, alt: str, *, hand_in: bool = True
) -> int:
    """A reply in a thread, or a card on a wall, with a photo; the work's number."""
    room, pupil = one.node.room, one.pupils[0]
    pieces = in_pieces(photo(one.node, 4))
    async with room.context.database.read() as reader:
        is_wall = isinstance(await shown.find(reader, space, *inside.split("/")), Wall)
    async with bringing.clean_picture(room, pupil, name=name, pieces=pieces) as picture:
        if is_wall:
            card = Card(text, "green", 1, "en", alt)
            return await pinning.pin(
                room, pupil, space, inside, card, hand_in=hand_in, picture=picture
            )
        return await working.write_reply(
            room, pupil, space, inside, text=text, language="en", hand_in=hand_in, alt=alt,
            picture=picture,
        )  # fmt: skip


async def _bring(
    one: Class, space: str, name: str, octets: bytes, alt: str, *, hand_in: bool = True
) -> int:
    room, pupil = one.node.room, one.pupils[0]
    work = await bringing.bring(
        room, pupil, space, name=name, language="en", pieces=in_pieces(octets)
    )
    await bringing.describe(room, pupil, work, name=name, alt=alt, language="en", hand_in=hand_in)
    return work


async def look_at_files(teacher: Browser, space: str) -> None:
    """Open every file of the space, the other school's through one's own node."""
    listed = await teacher.get(f"/w/{space}/materials")
    found = dict.fromkeys(re.findall(rf"/w/{space}/materials/[0-9a-f]{{32}}-[^\"?/]+", listed.html))
    seen = 0
    for path in found:
        await teacher.get(path)
        for part in ("", "/thumbnail"):
            answer = await teacher.client.get(path.replace("/materials/", "/files/") + part)
            seen += (await answer.read())[:4] == b"RIFF"
    assert seen >= 4, listed.html
