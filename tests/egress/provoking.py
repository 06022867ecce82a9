"""What the rooms that know pupils refuse, with tokens in what they refuse; and what is released."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from node.actions import forum
from node.actions.permission import OPERATOR
from node.classroom import (
    bringing,
    entry,
    keeping,
    release,
    roster,
    safeguarding,
    working,
)
from node.classroom.class_list import MAX_OCTETS
from node.classroom.roster import MAX_PUPILS, Newcomer, names_of
from node.vault import copy
from protocol.errors import Refused
from tests.egress import desks
from tests.egress.files import photo, pictured
from tests.egress.people import Class, token_of
from tests.node.spaces.bringing import in_pieces
from tests.node.web.browser import Browser, browsing

PASSPHRASE = "seven quiet storks on a roof"
WRONG = 12
"""So often a wrong word is typed: more often than anybody may."""


async def provoke(one: Class, space: str, scratch: Path, teacher: Browser) -> None:
    """Each refusal of the classroom and of the vault, over what holds a token."""
    room, node = one.node.room, one.node
    given, alias = token_of(node, "given"), token_of(node, "alias")
    for _ in range(WRONG):
        await teacher.send("/c", class_code="none-1", alias=alias, secret_word=given)
        with suppress(Refused):
            await _wrong_word(one, alias, given)
    await teacher.bring(
        f"/classes/{one.number}/list", "list", f"{given}.csv", given.encode() * (MAX_OCTETS // 8)
    )
    crowd = [Newcomer(f"{alias} {at}", names_of(display=given)) for at in range(MAX_PUPILS + 1)]
    with suppress(Refused):
        await roster.add_pupils(room, one.teacher, one.number, crowd)
    twice = [_bring(one, space, token_of(node, "file")) for _ in range(2)]
    await asyncio.gather(*twice, return_exceptions=True)
    with suppress(Refused):
        await working.write_reply(
            room, one.pupils[0], space, "none", text=given * 2_000, language="en", hand_in=True
        )
    with suppress(Refused):
        await keeping.back_up(room, OPERATOR, scratch / given / "v", PASSPHRASE)
    await _restore_from_later(one, scratch)
    guardian = await node.get(one.teacher.handle)
    await safeguarding.extend(room, guardian, 1, f"{given} asked for it")


async def _wrong_word(one: Class, alias: str, word: str) -> None:
    from_class = await roster.find_class(one.node.room, one.teacher, one.number)
    await entry.sign_in_by_word(one.node.room, from_class.code, alias, word)


async def _bring(one: Class, space: str, name: str) -> int:
    return await bringing.bring(
        one.node.room, one.pupils[1], space, name=f"{name}.jpg", language="en",
        pieces=in_pieces(photo(one.node, 9)),
    )  # fmt: skip


async def _restore_from_later(one: Class, scratch: Path) -> None:
    """A copy of the vault that a later program made."""
    file = scratch / "later.vault"
    await keeping.back_up(one.node.room, OPERATOR, file, PASSPHRASE)
    with pytest.MonkeyPatch.context() as patched, suppress(Refused):
        patched.setattr(copy, "FORMAT", copy.FORMAT - 1)
        await copy.unpack(
            file, PASSPHRASE, scratch / "restored.vault", one.node.context.chance,
            base_url=one.node.url, now_ms=one.node.clock.now_ms(),
        )  # fmt: skip


async def release_on_pages(one: Class, space: str, teacher: Browser) -> None:
    """What names nobody, one by one and together, by the very forms; and words to allow or mend."""
    room, node, pupil = one.node.room, one.node, one.pupils[0]
    thread = await forum.start_thread(
        node.context, one.teacher, space, title="More", text="And then?", language="en"
    )
    works = [
        await working.write_reply(
            room, pupil, space, thread, text=text, language="en", hand_in=True
        )
        for text in (
            f"Swans of {node.name}",
            f"Herons of {node.name}",
            f"The {token_of(node, 'family')}",
        )
    ]
    shown = await teacher.get(f"/held/{works[0]}")
    await teacher.submit(shown, "/release")
    shown = await teacher.get(f"/held/{works[1]}")
    version = dict(shown.form("/release").values)["version"]
    await teacher.send("/held", work=f"{works[1]}-{version}")
    _, held = await release.find_held(room, one.teacher, works[2])
    allowed = await teacher.send(
        f"/held/{works[2]}/allow", word=token_of(node, "family"), version=held.work.version
    )
    assert "told=word-allowed" in allowed.path, allowed.text
    name, alt = f"{token_of(node, 'file')}.jpg", token_of(node, "alt")
    bare = await pictured(one, space, thread, token_of(node, "held"), name, alt)
    taken_out = await teacher.submit(await teacher.get(f"/held/{bare}"), f"/held/{bare}/picture")
    assert "told=picture-out" in taken_out.path, taken_out.text
    async with browsing(node) as own:
        await own.send("/c/card", card=one.secrets[0])
        taken = await own.client.post("/c/works/export", headers={"Origin": node.url})
        archive = await taken.read()
    await desks.take_in(one, archive, teacher)
    name = token_of(node, "file")
    file = await _bring(one, space, name)
    await bringing.describe(
        room, one.pupils[1], file, name=name, alt=token_of(node, "given"), language="en",
        hand_in=True,
    )  # fmt: skip
    marked = await teacher.send(f"/held/{file}/pupils", shown=str(one.pupils[1].id))
    assert "told=picture-marked" in marked.path, marked.text
