"""What stands between the picture of a pupil's words and whoever looks: what a teacher read, a no
while the partner is away, what the safeguarding persons and a parent find."""

import re

import pytest

from node.classroom import bringing, pinning, release, safeguarding, working
from node.classroom.pinning import Card as Typed
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests import pictures
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.consenting import agree
from tests.node.classroom.pictured import ALT, PHOTO, TEXT, Send, card, reply, seen
from tests.node.classroom.reported import sealed, tell
from tests.node.classroom.test_everything import collect
from tests.node.classroom.test_pictured import mark
from tests.node.classroom.works import let_out
from tests.node.spaces.bringing import in_pieces
from tests.node.spaces.test_withdrawn_from_sight import files_at_all
from tests.node.spaces.viewing import look, refusal
from tests.node.web.browser import browsing
from tests.nodes import settle

both = pytest.mark.parametrize("send", [reply, card])


@both
async def test_what_was_read_with_another_picture_is_not_released(
    twinned: Twinned, send: Send
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    work = await send(twinned)
    _, held = await release.find_held(room, ana, work)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    pieces = in_pieces(pictures.tagged("JPEG", (320, 240)))
    async with bringing.clean_picture(room, pupil, name=PHOTO, pieces=pieces) as picture:
        if send is reply:
            await working.rewrite(
                room, pupil, work, text=TEXT, language="en", hand_in=True, alt=ALT, picture=picture
            )
        else:
            typed = Typed(TEXT, "yellow", 1, "en", ALT)
            await pinning.write_anew(room, pupil, work, typed, hand_in=True, picture=picture)
    _, now = await release.find_held(room, ana, work)
    assert (now.work.text, now.work.alt) == (TEXT, ALT)
    assert now.work.file is not None
    assert held.work.file is not None
    assert now.work.file.name == held.work.file.name
    with pytest.raises(Refused) as refused:
        await release.release(room, ana, work, version=held.work.version)
    assert refused.value.facts["changed"]
    await let_out(twinned, work)


@both
async def test_a_no_while_the_partner_is_away_reaches_him_when_he_is_back(
    twinned: Twinned, send: Send
) -> None:
    shared = twinned.shared
    work = await send(twinned)
    await mark(twinned, work, "Tiger Vega")
    await agree(twinned, "Tiger Vega")
    named = await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    picture = (await seen(shared.beta, twinned.space, named)).file
    await look(shared, picture)
    await shared.beta.close_doors()
    assert await agree(twinned, "Tiger Vega", said="withdrawn") == 1
    assert await refusal(shared, picture) is Reason.NOT_FOUND, "his school gives it to nobody"
    await settle(shared.alpha)
    shared.alpha.clock.advance(seconds=86_400)
    assert await files_at_all(shared.beta, twinned.space, picture) == [Standing.SHOWN]
    await shared.beta.open_doors()
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, twinned.space, picture) == [Standing.ERASED]
    left = await seen(shared.beta, twinned.space, named)
    assert (left.standing, left.text) == (Standing.SHOWN, TEXT)


@both
async def test_everything_about_a_pupil_tells_that_a_picture_was_taken_down_and_who_confirmed(
    twinned: Twinned, send: Send
) -> None:
    work = await send(twinned)
    await mark(twinned, work, "Tiger Vega")
    await agree(twinned, "Tiger Vega")
    await let_out(twinned, work)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    (made,) = (await collect(twinned)).works
    assert made.picture_gone == []
    await agree(twinned, "Tiger Vega", said="withdrawn")
    await settle(twinned.shared.alpha, twinned.shared.beta)
    found = await collect(twinned)
    (made,) = found.works
    assert (made.piece.text, made.piece.media, made.confirmations) == (TEXT, None, [])
    assert [one.received_ms is not None for one in made.picture_gone] == [True]
    path = f"/classes/{twinned.alpha.class_}/pupils/{found.known.pupil.id}/record"
    async with browsing(twinned.alpha.node, "ana") as ana:
        shown = (await ana.get(path)).text
    assert "Its picture was taken down." in shown
    assert "confirmed on" in shown


@both
async def test_a_sealed_copy_keeps_the_words_and_what_the_picture_shows_apart(
    twinned: Twinned, send: Send
) -> None:
    node = twinned.alpha.node
    await tell(twinned, await let_out(twinned, await send(twinned)), alias="Koala Orion")
    greta = await node.account("greta", "Greta Guard", roles="safeguarding")
    (one,) = await sealed(node)
    opened = await safeguarding.open_evidence(node.room, greta, one.id)
    assert (opened.copied.text, opened.copied.alt) == (TEXT, ALT)
    async with browsing(node, "greta") as browser:
        page = await browser.get(f"/safeguarding/{one.id}")
    assert re.findall(r'<img class="whole" src="[^"]+" alt="([^"]*)"', page.html) == [ALT]
    assert f"<bdi>{ALT}</bdi>" in page.html
