"""What adults of other schools and this program do not do to pupils: write to them, show them what
is for teachers, or call them."""

import msgspec
import pytest

from node.actions import contacts, forum, messages, news, replica, walls
from node.storage import contacts as contact_rows
from node.storage import spaces
from node.storage.contacts import Contact
from node.web.class_routes import CLASSES
from node.web.door import Access
from protocol import names
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.operation import Header
from protocol.space.writing import By, Place
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, hand_back, hand_in, let_out
from tests.node.spaces.schools import Shared
from tests.node.spaces.speaking import post_payload
from tests.node.web.browser import browsing
from tests.node.web.test_classes import come_in
from tests.nodes import settle


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def _pupils_page(twinned: Twinned) -> str:
    """Every page on which a pupil could read something in the space."""
    async with browsing(twinned.shared.alpha) as pupil:
        await come_in(pupil, twinned)
        pages = [await pupil.get(path) for path in ("/c/home", f"/c/w/{twinned.space}", "/c/works")]
    return "".join(one.html for one in pages)


async def test_no_adult_of_another_school_can_message_a_pupil(twinned: Twinned) -> None:
    shared = twinned.shared
    alpha, beta = shared.alpha, shared.beta
    async with alpha.room.vault.read() as view:
        places = await view.rows.all("SELECT pseudonym, alias FROM places ORDER BY pupil")
    for name in (places[0]["pseudonym"], "panda.nova"):
        pupil = f"{alpha.url}/people/{name}"
        with pytest.raises(Refused) as refused:
            await contacts.offer(beta.context, shared.bob, pupil, "Hello", "en")
        assert refused.value.reason is Reason.NOT_FOUND
        # His node lies: it has them as contacts, and writes.
        now_ms = beta.clock.now_ms()
        async with beta.context.database.write() as transaction:
            offer = names.activity_id(beta.url, names.random_name(beta.context.chance.octets(16)))
            lie = Contact(
                *(offer, shared.bob.actor, pupil),
                state="contacts",
                note="",
                language="en",
                answer_note="",
                offered_ms=now_ms,
                changed_ms=now_ms,
                reminded_ms=None,
                acceptance=None,
            )
            await contact_rows.put(transaction, lie)
        await messages.send(
            beta.context, shared.bob, pupil, text="Where do you live?", language="en"
        )
    before = await alpha.dump_vault()
    await settle(alpha, beta)
    assert await beta.count("messages") == 2, "he did write"
    assert await alpha.count("messages") == 0
    assert await alpha.dump_vault() == before
    assert "Where do you live?" not in await _pupils_page(twinned)
    # And there is no page on which a pupil reads or writes to anybody alone.
    paths = {path for _, path, access, _ in CLASSES if access is Access.PUPIL}
    assert [one for one in paths if "message" in one or "contact" in one] == []


async def test_pupils_see_no_bulletin(twinned: Twinned) -> None:
    shared = twinned.shared
    alpha, beta, space = shared.alpha, shared.beta, twinned.space
    await news.tell(
        beta.context,
        shared.bob,
        space,
        text="Bulletin of teachers",
        language="en",
        audience="teachers",
    )
    await walls.make(
        beta.context,
        shared.bob,
        space,
        title="Bulletin wall",
        columns=("One",),
        language="en",
        audience="teachers",
    )

    def for_teachers(place: Place, alias: str, name: str) -> Header:
        header = writing.thread(place, By(alias), name)
        return msgspec.structs.replace(header, audience="teachers")

    name = names.random_name(beta.context.chance.octets(16))
    async with beta.context.database.write() as transaction:
        kept = await spaces.get(transaction, space)
        alias = await spaces.find_alias(transaction, space, shared.bob.id)
        assert alias is not None
        await replica.append(
            beta.context,
            transaction,
            kept,
            lambda place: for_teachers(place, alias, name),
            post_payload("Bulletin thread"),
        )
    thread = f"{kept.node}/{name}"
    await forum.reply(beta.context, shared.bob, space, thread, text="Bulletin reply", language="en")
    shown = await begin(twinned)
    await settle(alpha, beta)
    async with browsing(alpha, "ana") as ana:
        assert "Bulletin thread" in (await ana.get(f"/w/{space}/forum")).text
        assert "Bulletin of teachers" in (await ana.get(f"/w/{space}/updates")).text
    assert "Bulletin" not in await _pupils_page(twinned)
    async with browsing(alpha) as pupil:
        await come_in(pupil, twinned)
        assert (await pupil.get(f"/c/w/{space}/{shown.replace('/', '-')}")).status == 200
        for path in (f"/c/w/{space}/", f"/c/w/{space}/report/"):
            page = await pupil.get(path + thread.replace("/", "-"))
            assert page.status == 404, path
            assert "Bulletin" not in page.html


async def test_notifications_are_off_for_pupils(twinned: Twinned) -> None:
    """There is none that could be switched on: no address to write to, no page that asks for one,
    and nothing that happens to a pupil's work sends anything."""
    shared = twinned.shared
    thread = await begin(twinned)
    await let_out(twinned, await hand_in(twinned, thread, "Storks"))
    await hand_back(twinned, await hand_in(twinned, thread, "Ducks"), "Which ones?")
    await forum.reply(
        shared.beta.context, shared.bob, twinned.space, thread, text="More!", language="en"
    )
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await node.count("mails") == 0
    html = await _pupils_page(twinned)
    for sign in ('href="/notifications', 'type="email"', "/home#waiting", "serviceWorker"):
        assert sign not in html
    paths = {path for _, path, access, _ in CLASSES if access is Access.PUPIL}
    assert [one for one in paths if "notif" in one or "mail" in one] == []
