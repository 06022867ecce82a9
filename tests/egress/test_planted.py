"""Each way by which a name could leave, planted in the very code that goes it, and caught there.

The name is read from the vault and goes through what everything else goes through: the leak is in
the node, not in what the search is handed.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from node.actions import exports, forum, serve_space
from node.actions import pupils as acting
from node.classroom import release, roster, taking_part, working
from node.federation import answers
from node.metrics import Meter
from node.pictures import workshop
from node.pictures.workshop import Made
from node.storage import content_words
from protocol.errors import Reason, Refused
from protocol.requests import sign_request
from scripts.seeking import find
from tests.attacks.speaking import Request, send
from tests.egress.files import photo
from tests.egress.fleet import files_of
from tests.egress.people import Class, tokens_of
from tests.egress.scenario import make_class
from tests.egress.tap import Tap, tapping
from tests.egress.workers import fetch_export
from tests.node.spaces.bringing import publish
from tests.node.spaces.schools import Shared, open_together, texts
from tests.nodes import Node, settle


@dataclass
class Leaky:
    """Two schools, a class at one of them, and what was heard between them; `name` is a pupil's,
    out of the vault."""

    shared: Shared
    own: Class
    thread: str
    tap: Tap
    name: str

    async def caught_on_the_wire(self) -> list[str]:
        await settle(self.shared.alpha, self.shared.beta)
        return find(self.tap.octets, tokens_of(self.shared.alpha))

    async def let_out(self, text: str) -> None:
        room, teacher = self.shared.alpha.room, self.own.teacher
        work = await working.write_reply(
            room, self.own.pupils[0], self.shared.space, self.thread, text=text, language="en",
            hand_in=True,
        )  # fmt: skip
        _, held = await release.find_held(room, teacher, work)
        await release.release(room, teacher, work, version=held.work.version)


@pytest.fixture
async def leaky(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Leaky]:
    alpha, beta = pair
    shared = await open_together(alpha, beta)
    own = await make_class(alpha, shared.ana)
    opened = await roster.open_class(alpha.room, shared.ana, own.number)
    (name,) = [one.names.display for one in opened.known if one.names.display]
    assert name in tokens_of(alpha)
    chosen = [one.id for one in own.pupils]
    with tapping(monkeypatch, alpha, beta) as tap:
        await taking_part.choose(alpha.room, shared.ana, shared.space, chosen)
        thread = await forum.start_thread(
            alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
        )
        await settle(alpha, beta)
        made = Leaky(shared, own, thread, tap, name)
        assert await made.caught_on_the_wire() == [], "nothing leaks by itself"
        yield made


async def test_a157_a_name_in_a_header_of_a_question_is_caught(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign: Callable[..., dict[str, str]] = sign_request
    monkeypatch.setattr(
        "node.remote.client.sign_request",
        lambda **given: sign(**given) | {"X-Class": quote(leaky.name)},
    )
    await leaky.let_out("Storks.")
    assert await leaky.caught_on_the_wire()


async def test_a157_a_name_in_a_header_of_an_answer_is_caught(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(answers.HEADERS, "X-Class", quote(leaky.name))
    asked = await send(leaky.shared.alpha, Request("GET", "/actor", ()))
    assert asked.status == 200
    assert await leaky.caught_on_the_wire()


async def test_a157_a_name_in_the_text_of_an_error_is_caught(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def careless(*_: object) -> None:
        raise Refused(Reason.CONFLICT, f"{leaky.name} writes just now.")

    monkeypatch.setattr(serve_space, "find_heads", careless)
    await forum.reply(
        leaky.shared.beta.context, leaky.shared.bob, leaky.shared.space, leaky.thread,
        text="Swans.", language="en",
    )  # fmt: skip
    leaky.shared.alpha.clock.advance(days=1)
    assert await leaky.caught_on_the_wire()


async def test_a157_a_name_as_the_label_of_a_figure_is_caught(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Meter.ended
    monkeypatch.setattr(
        Meter, "ended", lambda self, worker, *, well: answered(self, leaky.name, well=well)
    )
    alpha = leaky.shared.alpha
    alpha.context.meter.began("releases", alpha.clock.now_ms())
    alpha.context.meter.ended("releases", well=True)
    shown = await send(alpha, Request("GET", "/metrics", ()))
    assert shown.status == 200
    assert await leaky.caught_on_the_wire()


async def test_a157_a_name_in_a_row_of_the_search_is_caught_on_both_disks(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    words_of = content_words.words_of
    monkeypatch.setattr(content_words, "words_of", lambda one: f"{words_of(one)} {leaky.name}")
    alpha, beta = leaky.shared.alpha, leaky.shared.beta
    for node in (alpha, beta):
        assert find(files_of(node.folder.path, without="vault"), tokens_of(alpha)) == []
    await publish(leaky.shared, b"A list of birds.")
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert find(files_of(node.folder.path, without="vault"), tokens_of(alpha)), node.name


async def test_a157_a_mention_that_is_made_a_name_is_caught(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it would be where somebody thought that an alias in a text should be explained."""
    alpha, beta = leaky.shared.alpha, leaky.shared.beta
    async with alpha.room.vault.read() as view:
        row = await view.rows.one(
            "SELECT alias FROM places WHERE pupil = $1", leaky.own.pupils[1].id
        )
    assert row is not None
    alias = str(row["alias"])
    reply: Callable[..., Awaitable[str]] = acting.reply

    async def careless(*given: object, text: str, **named: object) -> str:
        explained = text.replace(alias, f"{alias} ({leaky.name})")
        return await reply(*given, text=explained, **named)

    await leaky.let_out(f"{alias} is right.")
    assert await leaky.caught_on_the_wire() == []
    assert f"{alias} is right." in (await texts(beta, leaky.shared.space))[0]
    monkeypatch.setattr(acting, "reply", careless)
    await leaky.let_out(f"{alias} was right.")
    assert await leaky.caught_on_the_wire()
    assert find(files_of(beta.folder.path), tokens_of(alpha))


async def test_a157_a_name_in_a_file_that_is_carried_to_partners_is_caught(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leaky.let_out("Storks.")
    kept = await _carry_away(leaky)
    assert find(kept, ["Storks."])
    assert find(kept, tokens_of(leaky.shared.alpha)) == []
    monkeypatch.setattr("node.web.site._Site.author", lambda *_: leaky.name)
    assert find(await _carry_away(leaky), tokens_of(leaky.shared.alpha))


async def _carry_away(leaky: Leaky) -> bytes:
    shared = leaky.shared
    await exports.ask(shared.alpha.context, shared.ana, shared.space, language="en")
    shared.alpha.clock.advance(seconds=60)
    await exports.step(shared.alpha.context)
    return await fetch_export(shared)


async def test_a157_what_a_camera_wrote_is_caught_in_a_thumbnail_alone(
    leaky: Leaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta = leaky.shared.alpha, leaky.shared.beta
    make: Callable[..., Awaitable[Made]] = workshop.make

    async def careless(source: Path, picture: Path, thumbnail: Path, **named: object) -> Made:
        made = await make(source, picture, thumbnail, **named)
        await asyncio.to_thread(shutil.copyfile, source, thumbnail)
        return made

    await publish(leaky.shared, photo(alpha, 3))
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert find(files_of(node.folder.path, without="vault"), tokens_of(alpha)) == []
    monkeypatch.setattr(workshop, "make", careless)
    await publish(leaky.shared, photo(alpha, 4))
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert find(files_of(node.folder.path, without="vault"), tokens_of(alpha)), node.name
