"""From the page of what was reported one click keeps its author out, or his school."""

import pytest

from node.actions import forum, permission, sign_in, suspension
from node.actions.permission import OPERATOR
from node.classroom import entry, reporting, safeguarding
from node.storage import partners
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned
from tests.node.classroom.classes import sign_in as come_in
from tests.node.classroom.reported import sealed, tell
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.web.browser import browsing
from tests.nodes import PASSWORD, settle

WHY = {"reason": "bullying", "note": "", "language": "en"}


async def guardian(twinned: Twinned) -> Account:
    return await twinned.shared.alpha.account("greta", "Greta", roles="safeguarding")


async def test_a_colleague_is_signed_out_at_once_and_let_in_again_by_an_administrator_alone(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    alpha, ana = shared.alpha, shared.ana
    thread = await forum.start_thread(
        alpha.context, ana, twinned.space, title="T", text="You are stupid", language="en"
    )
    await tell(twinned, thread)
    greta = await guardian(twinned)
    (one,) = await sealed(alpha)
    async with browsing(alpha, "ana") as browser, browsing(alpha, "greta") as office:
        assert (await browser.get("/home")).path == "/home"
        page = await office.get(f"/safeguarding/{one.id}")
        done = await office.submit(page, "/suspend")
        assert "told=author-suspended" in done.path, done.text
        assert (await browser.get("/home")).path.startswith("/login")
        again = await office.submit(done, "/suspend")
        assert again.status == 422
    with pytest.raises(Refused) as refused:
        await sign_in.sign_in(alpha.context, "ana", PASSWORD, address="192.0.2.1", user_agent="")
    assert refused.value.reason is Reason.BAD_CREDENTIALS
    with pytest.raises(Refused) as refused:
        await suspension.lift(alpha.context, greta, ana.id)
    assert refused.value.reason is Reason.NOT_ALLOWED
    async with browsing(alpha, "admin") as admin:
        staff = await admin.get("/school/staff")
        assert "Suspended since" in staff.text
        lifted = await admin.submit(staff, f"/staff/{ana.id}/lift")
        assert "told=account-lifted" in lifted.path
    async with browsing(alpha, "ana") as browser:
        assert (await browser.get("/home")).path == "/home"


async def test_a_pupils_card_opens_nothing_any_more(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    thread = await begin(twinned)
    reply = await let_out(twinned, await hand_in(twinned, thread, "Koalas are stupid"))
    await tell(twinned, reply, alias="Koala Orion", reason="bullying")
    token = twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
    session = (await entry.sign_in_by_card(alpha.room, token)).token
    (one,) = await sealed(alpha)
    await safeguarding.suspend(alpha.room, await guardian(twinned), one.id)
    assert await entry.recognise(alpha.room, session) is None
    with pytest.raises(Refused) as refused:
        await entry.sign_in_by_card(alpha.room, token)
    assert refused.value.reason is Reason.BAD_CREDENTIALS
    # Whoever reported it is not touched.
    assert (await come_in(twinned.alpha, "Koala Orion")).alias == "Koala Orion"


async def test_a_school_is_blocked_by_one_click_and_the_block_is_lifted_by_an_administrator(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    alpha = shared.alpha
    await tell(twinned, await begin(twinned))
    greta = await guardian(twinned)
    (one,) = await sealed(alpha)
    with pytest.raises(Refused) as refused:
        await safeguarding.suspend(alpha.room, greta, one.id)
    assert refused.value.reason is Reason.NOT_FOUND, "nobody of this school wrote it"
    async with browsing(alpha, "greta") as office:
        page = await office.get(f"/safeguarding/{one.id}")
        assert "told=partner-blocked" in (await office.submit(page, "/block")).path
    async with alpha.context.database.read() as reader:
        found = await partners.find(reader, shared.beta.url)
    assert found is not None
    assert found.state == "blocked"
    await settle(alpha, shared.beta)


async def test_who_is_no_safeguarding_person_suspends_nobody(twinned: Twinned) -> None:
    shared = twinned.shared
    alpha = shared.alpha
    row = await reporting.report_by_teacher(
        alpha.room, shared.ana, twinned.space, await begin(twinned), **WHY
    )
    (one,) = await sealed(alpha)
    assert one.report == row.id
    for asked in (
        safeguarding.suspend(alpha.room, shared.ana, one.id),
        safeguarding.block_school(alpha.room, alpha.admin, one.id),
        suspension.suspend(alpha.context, shared.ana, alpha.admin.id),
    ):
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused) as refused:
        permission.require_protector(shared.ana)
    greta = await guardian(twinned)
    for who in (alpha.admin, greta):
        # The last administrator, and oneself.
        with pytest.raises(Refused) as refused:
            await suspension.suspend(alpha.context, greta, who.id)
        assert refused.value.reason is Reason.CONFLICT
    await suspension.suspend(alpha.context, OPERATOR, greta.id)
    assert (await alpha.get("greta")).suspended_ms == alpha.clock.now_ms()
