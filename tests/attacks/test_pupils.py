"""Who wants to learn who a school's pupils are: from outside, by a pupil's text, by mistake."""

import io
from pathlib import Path

import pytest

from node import events
from node.actions import backup, forum
from node.actions.permission import OPERATOR
from node.classroom import roster, working
from node.classroom.roster import Newcomer, names_of
from node.storage import archive
from node.vault import works
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.works import let_out
from tests.node.spaces.schools import open_together, texts
from tests.node.vault.registered import differences
from tests.node.web.browser import browsing
from tests.nodes import Node, settle

NAMES = ("Mia Nowak", "MIA  NOWAK", "Nowak, Mia", "M.i.a. N.o.w.a.k", "Мiа Nоwаk", "M1a N0wak")
"""Written plainly, turned round, spaced out, with letters of other alphabets, with digits."""


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def hand_in(twinned: Twinned, text: str) -> int:
    shared = twinned.shared
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    return await working.write_reply(
        twinned.alpha.node.room, pupil, shared.space, thread, text=text, language="en", hand_in=True
    )


@pytest.mark.parametrize("name", NAMES)
async def test_a158_a_name_does_not_leave_whoever_decides(twinned: Twinned, name: str) -> None:
    shared = twinned.shared
    work = await hand_in(twinned, f"I am {name}, hello!")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work, anyway=[name, *name.split()])
    assert refused.value.reason is Reason.NOT_ALLOWED
    await settle(shared.alpha, shared.beta)
    assert all(
        "hello" not in text for thread in await texts(shared.beta, shared.space) for text in thread
    )


async def test_a158_what_names_nobody_waits_for_a_teacher_and_goes_under_an_alias(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    work = await hand_in(twinned, "Storks, hello!")
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?"]], "never by itself"
    await let_out(twinned, work)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", "Storks, hello!"]]


async def test_a160_a_column_that_nobody_classified_fails_the_build(twinned: Twinned) -> None:
    async with twinned.alpha.node.room.vault.write() as unit:
        assert await differences(unit) == [], "what is classified passes"
        await unit.change.run("ALTER TABLE pupils ADD COLUMN phone TEXT")
        assert await differences(unit) == ["pupils.phone: not classified"]


PUBLIC = ("/", "/about", "/nodeinfo/2.1", "/.well-known/schoolgate", "/actor", "/healthz", "/c")


async def test_a162_nobody_outside_counts_or_names_a_schools_pupils(twinned: Twinned) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    async with browsing(node) as visitor, browsing(twinned.shared.beta, "bob") as bob:
        seen = [(await visitor.get(path)).html for path in PUBLIC]
        at_beta = (await bob.get(f"/w/{twinned.space}/members")).html
        newcomers = [
            Newcomer(f"Lama Lyra {number}", names_of(display=f"Quux{number} Zyx"))
            for number in range(20)
        ]
        await roster.add_pupils(room, twinned.alpha.teacher, twinned.alpha.class_, newcomers)
        await settle(twinned.shared.alpha, twinned.shared.beta)
        assert [(await visitor.get(path)).html for path in PUBLIC] == seen
        assert (await bob.get(f"/w/{twinned.space}/members")).html == at_beta
    kept = repr(await twinned.shared.beta.dump())
    for secret in ("Quux", "Zyx", "Mia", "Nowak", "Prata", "Panda Nova", "Tiger Vega"):
        assert secret not in kept, secret
    async with room.vault.read() as view:
        rows = await view.rows.all("SELECT alias FROM places WHERE ended_ms IS NULL")
    assert all(row["alias"] in kept for row in rows), "whoever takes part is known by an alias"


async def test_a159_a_defect_over_a_pupils_text_tells_where_it_was_and_nothing_of_it(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = twinned.shared
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    path = f"/c/w/{shared.space}/{thread.replace('/', '-')}"

    async def fail(*_: object, text: str, **__: object) -> int:
        raise RuntimeError(f"cannot keep {text}")

    log = io.StringIO()
    async with browsing(shared.alpha) as pupil:
        token = twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
        await pupil.send("/c/card", card=token)
        page = await pupil.get(path)
        with monkeypatch.context() as patched:
            patched.setattr(works, "put", fail)
            events.silence(quiet=False)
            events.redirect(log)
            try:
                failed = await pupil.submit(
                    page, path, text="Mia Nowak was here", language="en", how="held"
                )
            finally:
                events.redirect(None)
                events.silence()
        kept = await pupil.submit(page, path, text="Storks", language="en", how="held")
    assert failed.status == 503
    assert '"handler_failed"' in log.getvalue(), "the operator finds it"
    for told in (log.getvalue(), failed.html, repr(failed.headers)):
        assert "Nowak" not in told
        assert "cannot keep" not in told
    assert "told=work-held" in kept.path


async def test_a163_a_backup_of_the_node_holds_no_pupil(twinned: Twinned, tmp_path: Path) -> None:
    node = twinned.alpha.node
    await hand_in(twinned, "Mia Nowak was here")
    target = tmp_path / "alpha.backup"
    await backup.make_now(node.context, OPERATOR, "seven quiet storks on a roof", target)
    archive.unpack(target, "seven quiet storks on a roof", tmp_path / "unpacked")
    files = [one for one in (tmp_path / "unpacked").rglob("*") if one.is_file()]
    octets = b"".join(one.read_bytes() for one in files)
    assert not [one for one in files if "vault" in str(one.relative_to(tmp_path))]
    for secret in ("Nowak", "mia.n", "Panda Nova", "was here"):
        assert secret.encode() not in octets, secret
    assert b"Birds" in octets, "what the school wrote itself is there"
