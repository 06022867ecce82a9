"""Who a pupil is stays in school also where something fails: partners that are down, answer half or
wrongly, disks that are full, and a process that is killed."""

import asyncio
import errno
import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from node import crew, events
from node.actions import forum
from node.classroom import bringing, release, taking_part, working
from node.vault import store
from protocol.errors import Reason, Refused
from scripts.seeking import find
from tests.egress.files import photo
from tests.egress.fleet import files_of
from tests.egress.people import Class, token_of, tokens_of
from tests.egress.scenario import make_class
from tests.egress.tap import Tap, tapping
from tests.node.spaces.bringing import in_pieces
from tests.node.spaces.schools import Shared, open_together, texts
from tests.node.web.browser import browsing
from tests.nodes import Node, VirtualClock, make_partners, running, settle

MIB = 1 << 20
HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"heads"'
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\n\r\noops!"
GARBAGE = b"SSH-2.0-partner\r\n" * 9
SILENT = b""


@dataclass
class School:
    """A school in trouble, its partner, a thread of theirs, and what was heard meanwhile."""

    shared: Shared
    own: Class
    thread: str
    tap: Tap
    log: io.StringIO = field(default_factory=io.StringIO)

    async def hand_in(self, text: str) -> int:
        return await working.write_reply(
            self.own.node.room, self.own.pupils[0], self.shared.space, self.thread,
            text=text, language="en", hand_in=True,
        )  # fmt: skip

    async def let_out(self, work: int) -> None:
        room, teacher = self.own.node.room, self.own.teacher
        _, held = await release.find_held(room, teacher, work)
        await release.release(room, teacher, work, version=held.work.version)

    async def bring(self) -> int:
        node = self.own.node
        return await bringing.bring(
            node.room, self.own.pupils[0], self.shared.space,
            name=f"{token_of(node, 'file')}.jpg", language="en", pieces=in_pieces(photo(node, 5)),
        )  # fmt: skip

    async def work(self) -> None:
        """What the workers of both do, hours on; whatever becomes of it is told to the log."""
        for _ in range(3):
            for node in (self.shared.alpha, self.shared.beta):
                for worker in crew.pick("all", node.classroom):
                    try:
                        await worker.step(node.context)
                    except Refused as refused:
                        self.log.write(f"{worker.name} {refused} {refused.facts}\n")
            self.shared.alpha.clock.advance(seconds=3_700)

    def require_silence(self) -> None:
        """No token on the wire, in the log, and on neither disk beside the vault."""
        hidden = [*tokens_of(self.own.node), *self.own.secrets]
        assert find(self.tap.octets, hidden) == []
        assert find(self.log.getvalue().encode(), hidden) == []
        for node in (self.shared.alpha, self.shared.beta):
            assert find(files_of(node.folder.path, without="vault"), hidden) == [], node.name


@pytest.fixture
async def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[School]:
    clock, floor = VirtualClock(), {"SCHOOLGATE_LIMITS__FREE_DISK_MIB": "100"}
    async with (
        running("alpha", tmp_path / "alpha", clock, floor) as alpha,
        running("beta", tmp_path / "beta", clock) as beta,
    ):
        await make_partners(alpha, beta)
        shared = await open_together(alpha, beta)
        with tapping(monkeypatch, alpha, beta) as tap:
            own = await make_class(alpha, shared.ana)
            await taking_part.choose(
                alpha.room, shared.ana, shared.space, [one.id for one in own.pupils]
            )
            thread = await forum.start_thread(
                alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
            )
            await settle(alpha, beta)
            made = School(shared, own, thread, tap)
            await made.hand_in(f"{token_of(alpha, 'given')} {token_of(alpha, 'held')}")
            events.silence(quiet=False)
            events.redirect(made.log)
            try:
                yield made
            finally:
                events.redirect(None)
                events.silence()


@asynccontextmanager
async def answering(node: Node, said: bytes) -> AsyncIterator[list[bytes]]:
    """In the place of `node` something answers that says only this; what it was asked."""
    port, asked = node.listening.port, list[bytes]()
    await node.close_doors()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            asked.append(await reader.read(65_536))
            writer.write(said)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    try:
        yield asked
    finally:
        server.close()
        await server.wait_closed()
        await node.open_doors()


@pytest.mark.parametrize("said", [HALF, BROKEN, GARBAGE, SILENT])
async def test_a157_a_partner_that_answers_wrongly_hears_no_name(
    school: School, said: bytes
) -> None:
    alpha, beta = school.shared.alpha, school.shared.beta
    async with answering(beta, said) as asked:
        await school.let_out(await school.hand_in("Storks of alpha"))
        await school.work()
        assert asked, "it was asked again and again"
    await school.work()
    await settle(alpha, beta)
    assert await texts(beta, school.shared.space) == [["Which?", "Storks of alpha"]]
    school.require_silence()


async def test_a157_a_partner_that_is_down_is_told_later_and_no_retry_holds_a_name(
    school: School,
) -> None:
    alpha, beta = school.shared.alpha, school.shared.beta
    await beta.close_doors()
    await school.let_out(await school.hand_in("Storks of alpha"))
    await school.work()
    await taking_part.choose(alpha.room, school.shared.ana, school.shared.space, [])
    await school.work()
    assert "unreachable" in school.log.getvalue()
    await beta.open_doors()
    await school.work()
    await settle(alpha, beta)
    assert await texts(beta, school.shared.space) == [["Which?", "Storks of alpha"]]
    school.require_silence()


async def test_a157_a_full_disk_is_told_without_a_name(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await school.hand_in("Storks of alpha")
    told = []
    full = shutil.disk_usage("/")._replace(free=MIB)
    async with browsing(school.own.node) as pupil:
        await pupil.send("/c/card", card=school.own.secrets[1])
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "disk_usage", lambda _: full)
            for attempt in (
                school.hand_in(token_of(school.own.node, "held")),
                school.let_out(work),
            ):
                with pytest.raises(Refused) as refused:
                    await attempt
                told.append(f"{refused.value} {refused.value.facts}")
                assert refused.value.reason is Reason.STORAGE_FULL
            await school.work()
            said = token_of(school.own.node, "draft")
            there = f"/c/w/{school.shared.space}/{school.thread.replace('/', '-')}"
            shown = await pupil.send(there, text=said, language="en")
            assert shown.status in {422, 507}
    assert find("".join(told).encode(), tokens_of(school.own.node)) == []
    await school.let_out(work)
    await settle(school.shared.alpha, school.shared.beta)
    school.require_silence()


async def test_a157_a_disk_that_fails_under_a_pupils_file_is_told_without_its_name(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path) -> io.BytesIO:
        raise OSError(errno.ENOSPC, "No space left on device", str(file))

    with monkeypatch.context() as patched:
        patched.setattr(store, "create", full)
        with pytest.raises(Refused) as refused:
            await school.bring()
    assert refused.value.reason is Reason.STORAGE_FULL
    told = f"{refused.value} {refused.value.facts}".encode()
    assert find(told, tokens_of(school.own.node)) == []
    await school.bring()
    await school.work()
    school.require_silence()


async def test_a157_a_defect_on_every_page_of_pupils_is_told_without_a_name(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails inside says its place and a reference, to the log and to whoever asked."""
    token = token_of(school.own.node, "family")

    async def fail(*_: object, **__: object) -> None:
        raise ValueError(token)

    for name in ("write_reply", "list_works", "find_desk"):
        monkeypatch.setattr(working, name, fail)
    monkeypatch.setattr(release, "list_queue", fail)
    monkeypatch.setattr(release, "step", fail)
    heard = []
    async with browsing(school.own.node, "ana") as ana:
        heard.append(await ana.get("/held"))
        await ana.send("/c/card", card=school.own.secrets[1])
        heard += [await ana.get(one) for one in ("/c/works", f"/c/w/{school.shared.space}")]
    assert [one.status for one in heard] == [503, 503, 503]
    assert find("".join(one.html for one in heard).encode(), [token]) == []
    assert "handler_failed" in school.log.getvalue()
    school.require_silence()


async def test_a157_a_defect_that_is_logged_with_its_words_is_caught(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted leak: an event that says what was being handled."""
    token = token_of(school.own.node, "family")
    failed = events.handler_failed
    monkeypatch.setattr(
        events, "handler_failed",
        lambda reference, method, path, kind, where: failed(reference, method, path, token, where),
    )  # fmt: skip

    async def fail(*_: object, **__: object) -> None:
        raise ValueError(token)

    monkeypatch.setattr(release, "list_queue", fail)
    async with browsing(school.own.node, "ana") as ana:
        await ana.get("/held")
    with pytest.raises(AssertionError):
        school.require_silence()
