"""GDPR art. 16 and 19: what is corrected is corrected at everybody who got it, also at a school
that was away meanwhile."""

import pytest

from node.actions import forum, ledger
from node.classroom import taking_part
from tests.egress.fleet import files_of
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.test_copying import begin as begin_page
from tests.node.classroom.test_copying import change, keep, seen
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.schools import Shared, open_together, texts
from tests.node.web.browser import browsing
from tests.nodes import Node, settle

CORRECTED = "Heron Vega"


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    return await open_together(*pair)


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def return_after_a_day(shared: Shared) -> None:
    """The partner is there again, and hears what was corrected meanwhile."""
    await shared.beta.open_doors()
    shared.alpha.clock.advance(days=1)
    await settle(shared.alpha, shared.beta)


async def test_rectification_a_corrected_alias_stands_wherever_the_old_one_stood(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    await let_out(twinned, await hand_in(twinned, thread, "Seven storks."))
    await settle(shared.alpha, shared.beta)
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    async with room.vault.read() as view:
        row = await view.rows.one("SELECT alias FROM places WHERE pupil = $1", pupil.id)
    assert row is not None
    before = str(row["alias"])
    assert before.encode() in files_of(shared.beta.folder.path)
    await shared.beta.close_doors()
    await taking_part.rename(room, shared.ana, twinned.space, pupil.id, CORRECTED)
    await settle(shared.alpha)
    (told,) = (await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)).entries
    assert told.is_open, "until the partner has confirmed it"
    await return_after_a_day(shared)
    (told,) = (await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)).entries
    assert not told.is_open
    there = f"/w/{twinned.space}"
    for node, handle in ((shared.alpha, "ana"), (shared.beta, "bob")):
        async with browsing(node, handle) as teacher:
            for path in (f"{there}/members", f"{there}/forum/{thread.replace('/', '-')}"):
                page = await teacher.get(path)
                assert CORRECTED in page.text, (node.name, path)
                assert before not in page.text, (node.name, path)
    assert before.encode() not in files_of(shared.beta.folder.path)
    assert before.encode() not in files_of(shared.alpha.folder.path, without="vault")


async def test_rectification_a_corrected_page_is_read_by_everybody(twinned: Twinned) -> None:
    shared = twinned.shared
    page = await begin_page(twinned)
    wrong, right = "Nine stork live there.", "Seven storks live there."
    await let_out(twinned, await keep(twinned, page, [await change(twinned, page, 0, wrong)]))
    await settle(shared.alpha, shared.beta)
    assert wrong in await seen(shared.beta, twinned.space, page)
    await shared.beta.close_doors()
    await let_out(twinned, await keep(twinned, page, [await change(twinned, page, 0, right)]))
    await settle(shared.alpha)
    await return_after_a_day(shared)
    for node in (shared.alpha, shared.beta):
        shown = await seen(node, twinned.space, page)
        assert right in shown, node.name
        assert wrong not in shown, node.name


async def test_rectification_a_reply_is_corrected_by_one_that_takes_its_place(
    twinned: Twinned,
) -> None:
    """A released reply is not changed: it is deleted at every school, each of which confirms it,
    and the right one is released."""
    shared = twinned.shared
    thread = await begin(twinned)
    wrong = await let_out(twinned, await hand_in(twinned, thread, "We saw Ciconia nigra."))
    await settle(shared.alpha, shared.beta)
    await shared.beta.close_doors()
    await forum.erase(shared.alpha.context, shared.ana, twinned.space, wrong)
    await let_out(twinned, await hand_in(twinned, thread, "We saw Ciconia ciconia."))
    await settle(shared.alpha)
    (told,) = (await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)).entries
    assert told.is_open, "until the partner has confirmed it"
    await return_after_a_day(shared)
    (told,) = (await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)).entries
    assert not told.is_open
    for node in (shared.alpha, shared.beta):
        (shown,) = await texts(node, twinned.space)
        assert "We saw Ciconia ciconia." in shown, node.name
        assert "nigra" not in repr(await node.dump()), node.name
    assert b"nigra" not in files_of(shared.beta.folder.path)
