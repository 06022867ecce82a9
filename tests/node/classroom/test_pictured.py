"""A picture that comes with a pupil's reply or card: held with the words, released with them, taken
down without them."""

import pytest

from node.actions import contributions, forum, give, moderation, publish, replica
from node.actions import pupils as acting
from node.actions.spaces import require_member
from node.classroom import (
    bringing,
    files,
    live,
    own_works,
    portraits,
    release,
    safeguarding,
    working,
)
from node.vault import portraits as marks
from node.vault import works
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.writing import By
from tests import pictures
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.consenting import agree
from tests.node.classroom.pictured import ALT, PHOTO, TEXT, Send, card, reply, seen
from tests.node.classroom.pupil_files import find, mend, sealed
from tests.node.classroom.reported import sealed as sealed_copies
from tests.node.classroom.reported import tell
from tests.node.classroom.works import begin, hand_back, let_live, let_out
from tests.node.spaces.bringing import bytes_at, files_at, in_pieces
from tests.node.spaces.test_withdrawn_from_sight import files_at_all
from tests.node.spaces.viewing import kept_at_home, look, refusal, traces, traces_of_hash
from tests.node.web.browser import browsing
from tests.nodes import settle

both = pytest.mark.parametrize("send", [reply, card])


async def shown(twinned: Twinned, work: int) -> bytes:
    """What a teacher sees of a picture that waits."""
    room = twinned.alpha.node.room
    given = await release.show(room, twinned.shared.ana, work)
    return b"".join([piece async for piece in files.pieces(room, given)])


async def mark(twinned: Twinned, work: int, *aliases: str) -> None:
    await portraits.mark(
        twinned.alpha.node.room,
        twinned.shared.ana,
        twinned.space,
        (await find(twinned, work)).shows,
        [twinned.alpha.pupils[one].id for one in aliases],
    )


async def marked(twinned: Twinned, work: int) -> list[int]:
    name = (await find(twinned, work)).shows
    async with twinned.alpha.node.room.vault.read() as view:
        return await marks.list_shown(view, twinned.space, name)


@both
async def test_it_waits_sealed_and_then_is_seen_with_the_words_and_lies_nowhere_at_the_partner(
    twinned: Twinned, send: Send
) -> None:
    shared = twinned.shared
    work = await send(twinned)
    await settle(shared.alpha, shared.beta)
    octets = await shown(twinned, work)
    assert [one for one in pictures.SECRETS if one in octets and one not in b"EXIF"] == []
    assert traces(shared.alpha, octets) == [], "it lies sealed, and nowhere else"
    assert await files_at(shared.alpha, twinned.space) == []
    named = await let_out(twinned, work)
    assert sealed(twinned) == [], "what lies in the space lies in the vault no more"
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        one = await seen(node, twinned.space, named)
        (file,) = await files_at(node, twinned.space)
        assert (one.text, one.file) == (TEXT, file.reference)
        assert (file.name, file.alt, file.stays_home) == ("IMG Storks.webp", ALT, True)
        assert file.actor == one.actor
    made = await seen(shared.beta, twinned.space, named)
    here = await kept_at_home(shared.alpha, twinned.space, made.file)
    assert here is not None
    assert await bytes_at(shared.alpha, twinned.space, here.sha256) == octets
    assert (await look(shared, made.file))[1] == octets
    assert traces(shared.beta, octets) == []
    assert traces_of_hash(shared.beta, here.sha256) == []


@both
async def test_a_no_takes_the_picture_down_at_once_and_leaves_the_words(
    twinned: Twinned, send: Send
) -> None:
    shared = twinned.shared
    work = await send(twinned)
    await mark(twinned, work, "Tiger Vega")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert (refused.value.reason, refused.value.facts["missing"]) == (Reason.NOT_ALLOWED, 1)
    assert (await find(twinned, work)).state == "held"
    assert await files_at(shared.alpha, twinned.space) == []
    await agree(twinned, "Tiger Vega")
    named = await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    made = await seen(shared.beta, twinned.space, named)
    await look(shared, made.file)
    assert await agree(twinned, "Tiger Vega", said="withdrawn") == 1
    assert await refusal(shared, made.file) is Reason.NOT_FOUND
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, twinned.space, made.file) == [Standing.ERASED]
    left = await seen(shared.beta, twinned.space, named)
    assert (left.standing, left.text) == (Standing.SHOWN, TEXT)


@both
async def test_what_is_said_of_a_picture_is_looked_through_with_the_words(
    twinned: Twinned, send: Send
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    for spoiled in ({"alt": "Mia Nowak waves."}, {"name": "mia_nowak_2026.jpg"}):
        work = await send(twinned, **spoiled)
        with pytest.raises(Refused) as refused:
            await let_out(twinned, work)
        assert refused.value.facts["told"] == "full_name"
        await mend(twinned, work, name="Stork", alt="A stork.")
        _, held = await release.find_held(room, ana, work)
        assert (held.work.text, held.work.alt, held.hits) == (TEXT, "A stork.", [])
        named = await let_out(twinned, work)
        made = await seen(twinned.shared.alpha, twinned.space, named)
        (file,) = [
            one
            for one in await files_at(twinned.shared.alpha, twinned.space)
            if one.reference == made.file
        ]
        assert (file.name, file.alt) == ("Stork.webp", "A stork.")


@both
async def test_a_teacher_lets_the_words_out_without_their_picture(
    twinned: Twinned, send: Send
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    work = await send(twinned)
    await mark(twinned, work, "Tiger Vega")
    _, held = await release.find_held(room, ana, work)
    await release.take_picture_out(room, ana, work, version=held.work.version)
    assert sealed(twinned) == []
    assert await marked(twinned, work) == []
    with pytest.raises(Refused) as refused:
        await release.release(room, ana, work, version=held.work.version)
    assert refused.value.facts["changed"], "what was read is another version"
    named = await let_out(twinned, work)
    assert (await seen(twinned.alpha.node, twinned.space, named)).file == ""
    assert await files_at(twinned.alpha.node, twinned.space) == []


@both
async def test_it_is_handed_in_with_a_word_about_the_picture_and_waits_even_in_a_lesson(
    twinned: Twinned, send: Send
) -> None:
    with pytest.raises(Refused) as refused:
        await send(twinned, alt=" ")
    assert (refused.value.reason, refused.value.facts["field"]) == (Reason.BAD_INPUT, "alt")
    draft = await send(twinned, text="", alt="", hand_in=False)
    found = await find(twinned, draft)
    assert (found.state, found.file is not None) == ("draft", True), "a draft keeps its picture"
    await let_live(twinned)
    room = twinned.alpha.node.room
    await live.begin(room, twinned.shared.ana, twinned.space)
    assert not await live.pass_on(room, await send(twinned)), "somebody looks at a picture first"


async def test_what_is_no_picture_is_not_taken(twinned: Twinned) -> None:
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    with pytest.raises(Refused) as refused:
        async with bringing.clean_picture(
            room, pupil, name="a.txt", pieces=in_pieces(b"plain words\n" * 100)
        ):
            pass
    assert refused.value.reason is Reason.UNSUPPORTED_MEDIA_TYPE
    assert sealed(twinned) == []


async def test_another_picture_takes_the_place_of_the_first_and_its_marks(twinned: Twinned) -> None:
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    work = await reply(twinned)
    await mark(twinned, work, "Tiger Vega")
    await hand_back(twinned, work, "Take another one.")
    before = (await find(twinned, work)).file
    await working.rewrite(room, pupil, work, text="No.", language="en", hand_in=False, alt=ALT)
    assert (await find(twinned, work)).file == before, "words alone leave the picture"
    assert len(await marked(twinned, work)) == 1
    pieces = in_pieces(pictures.tagged("JPEG", (320, 240)))
    async with bringing.clean_picture(room, pupil, name=PHOTO, pieces=pieces) as picture:
        await working.rewrite(
            room,
            pupil,
            work,
            text="No.",
            language="en",
            hand_in=True,
            alt="A river.",
            picture=picture,
        )
    found = await find(twinned, work)
    assert found.file is not None
    assert before is not None
    assert (found.file.width, found.alt) == (320, "A river.")
    assert await marked(twinned, work) == []
    assert sealed(twinned) == sorted([found.file.kept, f"{found.file.kept}.small"])
    await working.rewrite(
        room, pupil, work, text="No.", language="en", hand_in=True, alt="A river.", bare=True
    )
    found = await find(twinned, work)
    assert (found.file, found.alt, sealed(twinned)) == (None, "", [])


async def test_marks_of_a_picture_that_waits_are_kept_for_as_long(twinned: Twinned) -> None:
    node = twinned.alpha.node
    work = await reply(twinned)
    await mark(twinned, work, "Tiger Vega")
    node.clock.advance(seconds=3_600)
    await portraits.step(node.room, node.context)
    assert len(await marked(twinned, work)) == 1
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    name = (await find(twinned, work)).shows
    await working.take_back(node.room, pupil, work)
    async with node.room.vault.read() as view:
        assert await marks.list_shown(view, twinned.space, name) == []
        assert await works.list_pictures_kept(view) == frozenset()


@both
async def test_erasing_the_words_erases_their_picture_and_nothing_else(
    twinned: Twinned, send: Send
) -> None:
    shared = twinned.shared
    named, other = (
        await let_out(twinned, await send(twinned)),
        await let_out(twinned, await send(twinned)),
    )
    await settle(shared.alpha, shared.beta)
    gone = (await seen(shared.beta, twinned.space, named)).file
    stays = (await seen(shared.beta, twinned.space, other)).file
    if send is reply:
        await forum.erase(shared.alpha.context, shared.ana, twinned.space, named)
    else:
        await contributions.erase_own(shared.alpha.context, shared.ana, twinned.space, named)
    assert await refusal(shared, gone) is Reason.NOT_FOUND
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, twinned.space, gone) == [Standing.ERASED]
    await look(shared, stays)


async def test_own_works_have_the_picture_with_the_words_before_and_afterwards(
    twinned: Twinned,
) -> None:
    node = twinned.alpha.node
    work = await reply(twinned)
    for state in ("held", "released"):
        async with node.context.database.read() as reader:
            one = await own_works.piece_of(node.room, reader, await find(twinned, work), "Rivers")
        assert (one.state, one.text, one.alt) == (state, TEXT, ALT)
        assert one.media is not None
        coming = own_works.pieces_of(node.room, one.media)
        assert len(b"".join([piece async for piece in coming])) == one.media.octets
        if state == "held":
            await let_out(twinned, work)


@both
async def test_a_report_seals_a_copy_of_the_picture_with_the_words(
    twinned: Twinned, send: Send
) -> None:
    node, shared = twinned.alpha.node, twinned.shared
    work = await send(twinned)
    octets = await shown(twinned, work)
    named = await let_out(twinned, work)
    await tell(twinned, named, alias="Koala Orion")
    greta = await node.account("greta", "Greta Guard", roles="safeguarding")
    (one,) = await sealed_copies(node)
    opened = await safeguarding.open_evidence(node.room, greta, one.id)
    assert TEXT in opened.copied.text
    assert opened.copied.alt == ALT
    given = await safeguarding.show(node.room, greta, one.id)
    assert b"".join([piece async for piece in files.pieces(node.room, given)]) == octets
    await acting.erase(node.context, shared.ana, twinned.space, opened.copied.alias)
    given = await safeguarding.show(node.room, greta, one.id)
    assert given.octets == len(octets), "erasing leaves the sealed copy"


@both
async def test_hiding_the_words_hides_their_picture_until_they_are_shown_again(
    twinned: Twinned, send: Send
) -> None:
    shared, ana = twinned.shared, twinned.shared.ana

    async def hide(item: str) -> None:
        await moderation.hide(
            shared.alpha.context,
            ana,
            twinned.space,
            item,
            reason="bullying",
            text="",
            language="en",
        )

    named = await let_out(twinned, await send(twinned))
    await settle(shared.alpha, shared.beta)
    picture = (await seen(shared.beta, twinned.space, named)).file
    await hide(named)
    assert await refusal(shared, picture) is Reason.NOT_FOUND
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, twinned.space, picture) == [Standing.HIDDEN]
    await moderation.show_again(shared.alpha.context, ana, twinned.space, named)
    await settle(shared.alpha, shared.beta)
    await look(shared, picture)
    await hide(picture)
    shared.alpha.clock.advance(seconds=60)
    await hide(named)
    await moderation.show_again(shared.alpha.context, ana, twinned.space, named)
    assert await refusal(shared, picture) is Reason.NOT_FOUND, "it was hidden by itself before"


async def test_a_reply_that_names_what_is_not_there_stands_without_it(twinned: Twinned) -> None:
    shared = twinned.shared
    thread = await begin(twinned)
    for file in ("0" * 32 + "/" + "A" * 22, thread):
        async with shared.beta.context.database.write() as transaction:
            kept, alias = await require_member(transaction, shared.bob, twinned.space)
            name = publish.new_name(shared.beta.context)
            await forum.put_reply(
                shared.beta.context, transaction, kept, By(alias), name, thread,
                text=TEXT, language="en", file=file,
            )  # fmt: skip
        await replica.tell(shared.beta.context, twinned.space)
        await settle(shared.alpha, shared.beta)
        made = await seen(shared.alpha, twinned.space, contributions.named(kept, name))
        assert (made.standing, made.text, made.file) == (Standing.SHOWN, TEXT, file)
        pupil = await sign_in(twinned.alpha, "Panda Nova")
        desk = await working.find_desk(shared.alpha.room, pupil, twinned.space)
        with pytest.raises(Refused) as refused:
            await give.locate_for_pupil(shared.alpha.context, desk.seen.space, made.reference)
        assert refused.value.reason is Reason.NOT_FOUND
    async with browsing(shared.alpha, "ana") as ana:
        page = await ana.get(f"/w/{twinned.space}/forum/{thread.replace('/', '-')}")
    assert page.status == 200
    assert page.text.count(TEXT) == 2
