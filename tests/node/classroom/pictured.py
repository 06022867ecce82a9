"""A reply or a card of a pupil of alpha with a picture, and how it stands at both schools."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from node.classroom import bringing, pinning, working
from node.storage import shown
from protocol.space.fold.forum import Post
from protocol.space.fold.wall import Card
from tests import pictures
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.walls import hang
from tests.node.classroom.works import begin
from tests.node.spaces.bringing import in_pieces
from tests.nodes import Node

TEXT, ALT, PHOTO = "We saw it.", "A stork on a chimney.", "IMG Storks.jpg"
Send: TypeAlias = Callable[..., Awaitable[int]]
"""Hands one in, or keeps it as a draft; the work's number."""


async def reply(
    twinned: Twinned, *, text: str = TEXT, alt: str = ALT, name: str = PHOTO, hand_in: bool = True
) -> int:
    """In a new thread of Bob's."""
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    thread = await begin(twinned)
    pieces = in_pieces(pictures.tagged("JPEG", (640, 480)))
    async with bringing.clean_picture(room, pupil, name=name, pieces=pieces) as picture:
        return await working.write_reply(
            room,
            pupil,
            twinned.space,
            thread,
            text=text,
            language="en",
            hand_in=hand_in,
            alt=alt,
            picture=picture,
        )


async def card(
    twinned: Twinned, *, text: str = TEXT, alt: str = ALT, name: str = PHOTO, hand_in: bool = True
) -> int:
    """On a new wall of Bob's."""
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    wall = await hang(twinned)
    pieces = in_pieces(pictures.tagged("JPEG", (640, 480)))
    async with bringing.clean_picture(room, pupil, name=name, pieces=pieces) as picture:
        return await pinning.pin(
            room,
            pupil,
            twinned.space,
            wall,
            pinning.Card(text, "yellow", 1, "en", alt),
            hand_in=hand_in,
            picture=picture,
        )


async def seen(node: Node, space: str, named: str) -> Post | Card:
    """What was released, as it is shown there."""
    async with node.context.database.read() as reader:
        found = await shown.find(reader, space, *named.split("/"))
    assert isinstance(found, Post | Card)
    return found
