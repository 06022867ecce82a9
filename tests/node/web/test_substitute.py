"""An administrator appoints a substitute, sees who gave which role, and the substitute hears it."""

import pytest

from node.actions import people, permission, succession
from node.clock import moment
from tests.node.classroom.classes import Twinned, twin
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing

WEEK_MS = 7 * 86_400_000


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def test_a_substitute_is_appointed_in_one_form_told_on_the_start_page_and_ended(
    twinned: Twinned,
) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    await alpha.account("rui", "Rui Reis")
    async with browsing(alpha, "admin") as admin, browsing(alpha, "rui") as rui:
        staff = await admin.get("/school/staff")
        account = await admin.get(staff.link(f"/school/staff/{ana.id}"))
        assert "Nobody stands in" in account.text
        asked = await admin.get(account.link("/substitute"))
        assert twinned.space in asked.html
        assert "5b" in asked.text
        last_day = moment(alpha.clock.now_ms() + WEEK_MS).date().isoformat()
        done = await admin.submit(
            asked,
            "/substitute",
            substitute="rui",
            spaces=twinned.space,
            their_classes=str(twinned.alpha.class_),
            last_day=last_day,
        )
        assert done.path == f"/school/staff/{ana.id}?told=substitute-appointed", done.text
        assert "Rui Reis stands in" in done.text
        assert f"Appointed by {alpha.admin.name}" in done.text
        home = await rui.get("/home")
        assert "You stand in for Ana Alves" in home.text
        assert (await rui.get(home.link("/classes/"))).status == 200
        assert (await rui.get(f"/w/{twinned.space}")).status == 200
        over = await admin.submit(done, "/substitute/1")
        assert over.path.endswith("told=substitute-ended")
        assert f"Ended by {alpha.admin.name}" in over.text
        assert "You stand in" not in (await rui.get("/home")).text
        assert (await rui.get(f"/w/{twinned.space}")).status == 404
        assert (await rui.get(f"/classes/{twinned.alpha.class_}")).status == 404
        gone = await admin.submit(done, "/substitute/1")
        assert gone.status == 409


async def test_what_cannot_be_is_said_beside_its_field(twinned: Twinned) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    path = f"/school/staff/{ana.id}/substitute"
    await alpha.account("rui", "Rui Reis")
    day = "2020-01-01"
    async with browsing(alpha, "admin") as admin, browsing(alpha, "ana") as teacher:
        nobody = await admin.send(path, spaces=twinned.space)
        assert (nobody.status, "Choose one of the list" in nobody.text) == (422, True)
        nothing = await admin.send(path, substitute="rui")
        assert (nothing.status, "at least one project" in nothing.text) == (422, True)
        past = await admin.send(path, substitute="rui", spaces=twinned.space, last_day=day)
        assert (past.status, "This day is over" in past.text) == (422, True)
        strange = await admin.send(path, substitute="rui", their_classes="77")
        assert (strange.status, "Choose from the list" in strange.text) == (422, True)
        await admin.send(path, substitute="rui", spaces=twinned.space)
        twice = await admin.send(path, substitute="rui", spaces=twinned.space)
        assert (twice.status, "has all of it already" in twice.text) == (422, True)
        assert (await admin.get("/school/staff/999/substitute")).status == 404
        assert (await teacher.get(path)).status == 403
        assert (await teacher.send(path, substitute="rui")).status == 403
        wrong = await admin.send(f"/school/staff/{alpha.admin.id}/substitute/1")
        assert wrong.status == 404
        idle = await admin.get(f"/school/staff/{alpha.admin.id}/substitute")
        assert "nothing to stand in for" in idle.text
        assert "Classes: Choose from the list" in strange.text


async def test_who_was_away_reads_for_a_month_who_stood_in_and_by_whose_hand(
    twinned: Twinned,
) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    await people.set_roles(
        alpha.context, permission.OPERATOR, "admin", frozenset({"admin", "teacher"})
    )
    path = f"/school/staff/{ana.id}"
    async with browsing(alpha, "admin") as admin, browsing(alpha, "ana") as away:
        done = await admin.send(f"{path}/substitute", substitute="admin", spaces=twinned.space)
        assert "Appointed by the same person" in done.text
        over = await admin.submit(done, "/substitute/1")
        assert over.path.endswith("told=substitute-ended"), over.text
        assert "stood in" not in (await admin.get("/home")).text
        home = await away.get("/home")
        assert f"{alpha.admin.name} stood in for you" in home.text
        assert "Appointed by the same person" in home.text
        alpha.clock.advance(days=29)
        assert "stood in for you" in (await away.get("/home")).text
        alpha.clock.advance(days=2)
        assert "stood in for you" not in (await away.get("/home")).text


async def test_administrators_read_who_stands_in_and_for_whom_nobody_comes_back(
    twinned: Twinned,
) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    rui = await alpha.account("rui", "Rui Reis")
    await alpha.account("eva", "Eva Ek")
    path = f"/school/staff/{ana.id}"
    async with (
        browsing(alpha, "admin") as admin,
        browsing(alpha, "eva") as teacher,
        browsing(alpha, "rui") as rui_,
    ):
        done = await admin.send(f"{path}/substitute", substitute="rui", spaces=twinned.space)
        listed = await admin.get("/school/staff")
        assert "Rui Reis stands in for Ana Alves" in listed.text
        assert "account has ended" not in listed.text + (await admin.get("/home")).text
        await succession.end_account(alpha.context, alpha.admin, "ana", successor="eva")
        home = await admin.get("/home")
        assert "Rui Reis stands in for somebody whose account has ended" in home.text
        assert "The other account has ended" in (await admin.get("/school/staff")).text
        assert "account has ended" not in (await teacher.get("/home")).text
        mine = await admin.get(home.link(f"/school/staff/{rui.id}"))
        kept = await admin.submit(mine, "/substitute/1/stay")
        assert "There for good" in kept.text
        assert (await rui_.get(f"/w/{twinned.space}")).status == 200
        assert "stands in for" not in (await admin.get("/home")).text
        assert "stands in for" not in (await admin.get("/school/staff")).text
        assert done.status == 200


async def test_where_nobody_else_teaches_a_colleague_is_to_be_invited(twinned: Twinned) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    roles = frozenset({"admin"})
    await people.set_roles(alpha.context, permission.OPERATOR, "admin", roles)
    async with browsing(alpha, "admin") as admin:
        page = await admin.get(f"/school/staff/{ana.id}/substitute")
        assert "Invite a colleague first" in page.text


async def test_who_gave_and_took_a_role_stands_on_the_account(twinned: Twinned) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    await people.set_roles(alpha.context, permission.OPERATOR, "ana", ana.roles | {"safeguarding"})
    await people.set_roles(alpha.context, alpha.admin, "ana", ana.roles)
    async with browsing(alpha, "admin") as admin, browsing(alpha, "ana") as teacher:
        page = await admin.get(f"/school/staff/{ana.id}")
        assert "Safeguarding person: given at the server" in page.text
        assert f"Safeguarding person: taken by {alpha.admin.name}" in page.text
        assert "Teacher: given at the server" in page.text
        assert (await teacher.get(f"/school/staff/{ana.id}")).status == 403
        assert (await admin.get("/school/staff/999")).status == 404
