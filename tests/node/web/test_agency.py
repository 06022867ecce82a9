"""What an officer and a school's administrator do on the pages: link, request, decision, news."""

import pytest

from node.actions import accredit as accrediting
from node.actions import enclosures, find
from node.actions.permission import OPERATOR
from tests.node.hubs.standing import World, admission_of, membership_of
from tests.node.hubs.test_approval import BY_HAND, accepted, everybody
from tests.node.web.browser import browsing
from tests.nodes import (
    Node,
    VirtualClock,
    accredit,
    apply_to,
    endorse,
    make_partners,
    present,
    refresh,
    running,
    settle,
)


async def test_a_school_is_accredited_on_the_pages(hub_a: Node, alpha: Node) -> None:
    async with browsing(hub_a, "admin") as officer, browsing(alpha, "admin") as admin:
        made = await officer.send("/agency/links", label="Escola", uses="1", days="30")
        assert "The join link is ready" in made.text
        link = made.html.split('<p class="print-of-key" dir="ltr">')[1].split("<")[0]
        assert "for your school" in (await officer.get(link.removeprefix(hub_a.url))).text
        half = await admin.send(
            "/admin/hub", link=link.partition("?")[0], register_number="1", reason="Ask Ana."
        )
        assert "Paste the whole link" in half.text
        asked = await admin.send(
            "/admin/hub", link=link, register_number="402345", reason="Ask Ana."
        )
        assert "Being checked" in asked.text
        assert "1 asks to be accredited" in (await officer.get("/agency")).text
        assert "A school asks to be accredited" in (await officer.get("/home")).text
        listed = await officer.get("/agency/schools")
        school = await officer.get(listed.link("/agency/schools/"))
        assert "402345" in school.text
        assert "Ask Ana." in school.text
        accredited = await officer.submit(school, "/accredit")
        assert "Accredited" in accredited.text
        told = await admin.send("/admin/hub/ask")
        assert "holds until" in told.text
        silent = await officer.send(f"{school.path}/revoke", reason="")
        assert "There is something to mend" in silent.text
        await officer.send(f"{school.path}/revoke", reason="It has closed.")
        told = await admin.send("/admin/hub/ask")
        assert "It has closed." in told.text
        await admin.send("/admin/hub/leave")
        assert (await membership_of_or_none(alpha)) is None


async def membership_of_or_none(school: Node) -> object:
    try:
        return await membership_of(school)
    except AssertionError:
        return None


async def test_the_end_of_an_accreditation_is_announced(hub_a: Node, alpha: Node) -> None:
    await accredit(hub_a, alpha)
    async with browsing(alpha, "admin") as admin:
        assert "holds until" in (await admin.get("/admin/hub")).text
        alpha.clock.advance(days=680)
    async with browsing(alpha, "admin") as admin:
        assert "Ask your hub to renew it" in (await admin.get("/admin/hub")).text
        assert "ends soon" in (await admin.get("/admin")).text
    async with browsing(hub_a, "admin") as officer:
        asked = await admission_of(hub_a, alpha)
        shown = await officer.get(f"/agency/schools/{alpha.url.partition('://')[2]}")
        assert asked.register_number in shown.text
        renewed = await officer.submit(shown, "/renew")
        assert "The accreditation is renewed." in renewed.text


async def test_a_project_is_approved_or_not_on_the_pages(
    tmp_path_factory: pytest.TempPathFactory, clock: VirtualClock, alpha: Node, beta: Node
) -> None:
    folder = tmp_path_factory.mktemp("hubs")
    async with (
        running("a", folder / "a", clock, BY_HAND, mode="hub") as hub_a,
        running("b", folder / "b", clock, BY_HAND, mode="hub") as hub_b,
    ):
        await endorse(hub_a, hub_b)
        await accredit(hub_a, alpha)
        await accredit(hub_b, beta)
        await refresh(alpha, beta)
        world = World(hub_a, hub_b, alpha, beta)
        people, project = await accepted(world)
        await everybody(world)
        async with browsing(hub_a, "admin") as officer:
            listed = await officer.get("/agency/projects")
            one = await officer.get(listed.link("/agency/projects/"))
            assert "Two rivers" in one.text
            assert "The project is approved." in (await officer.submit(one, "/approve")).text
        await everybody(world)
        async with browsing(alpha, "ana") as ana:
            page = await ana.get(f"/projects/{project.rpartition('/')[2]}")
            assert "Now Hub B has to approve it." in page.text
        async with browsing(hub_b, "admin") as officer:
            one = await officer.get(
                (await officer.get("/agency/projects")).link("/agency/projects/")
            )
            silent = await officer.send(f"{one.path}/refuse", reason="")
            assert "There is something to mend" in silent.text
            await officer.send(f"{one.path}/refuse", reason="Not this year.")
        await everybody(world)
        assert (await people.founding_at(alpha, project)).answer_note == "Not this year."
        async with browsing(alpha, "ana") as ana:
            page = await ana.get(f"/projects/{project.rpartition('/')[2]}/manage")
            assert "Hub B has declined." in page.text


async def test_documents_of_an_application_are_given_as_files_to_keep(
    hub_a: Node, alpha: Node, beta: Node
) -> None:
    await apply_to(hub_a, alpha)
    await apply_to(hub_a, beta)
    await enclosures.send(alpha.context, OPERATOR, "Register “1”.pdf", b"%PDF-1.7 x")
    await hub_a.account("una")
    async with browsing(hub_a, "admin") as officer, browsing(hub_a, "una") as teacher:
        shown = await officer.get(f"/agency/schools/{alpha.url.partition('://')[2]}")
        path = shown.link("/documents/")
        given = await officer.get(path)
        assert given.html == "%PDF-1.7 x"
        assert given.headers["Content-Disposition"].startswith("attachment;")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in given.headers["Content-Security-Policy"]
        elsewhere = path.replace(alpha.url.partition("://")[2], beta.url.partition("://")[2])
        assert (await officer.get(elsewhere)).status == 404
        assert (await officer.get(f"{path}9")).status == 404
        assert (await teacher.get(path)).status == 403
    async with browsing(alpha, "admin") as admin:
        assert "Register “1”.pdf" in (await admin.get("/admin/hub")).text


async def test_a_teacher_is_verified_on_the_pages(world: World) -> None:
    hub, school, ana = world.hub_a, world.alpha, await world.alpha.account("ana", "Ana Reis")
    async with (
        browsing(school, "ana") as teacher,
        browsing(school, "admin") as admin,
        browsing(hub, "admin") as officer,
    ):
        wished = await teacher.submit(await teacher.get("/people/ana"), "/me/verification")
        assert "Your administrator reads that you wish it." in wished.text
        assert "Somebody wishes to be verified" in (await admin.get("/home")).text
        staff = await admin.get("/school/staff")
        assert "Wishes to be verified" in staff.text
        path = f"/school/staff/{ana.id}/verification"
        asked = await admin.send(path, note="Here since 2019.")
        assert "The request is on its way to the hub." in asked.text
        await settle(school, hub)
        assert "A teacher waits to be verified" in (await officer.get("/home")).text
        shown = await officer.get((await officer.get("/agency/teachers")).link("/agency/teachers/"))
        assert "Here since 2019." in shown.text
        silent = await officer.send(f"{shown.path}/refuse", reason="")
        assert "There is something to mend" in silent.text
        assert "Verified." in (await officer.submit(shown, "/verify")).text
        await settle(school, hub)
        assert "Verified by Hub A" in (await teacher.get("/people/ana")).text
        await present(world.alpha, world.beta)
        await present(world.beta, school)
        bob = await world.beta.account("bob")
        await find.find_actor(world.beta.context, bob, ana.actor)
        await refresh(world.beta)
        host = school.url.partition("://")[2]
        async with browsing(world.beta, "bob") as stranger:
            assert "Verified by Hub A" in (await stranger.get(f"/people/ana@{host}")).text
            await officer.send(f"{shown.path}/revoke", reason="She has left.")
            await refresh(world.beta)
            assert "Verified by" not in (await stranger.get(f"/people/ana@{host}")).text
        await settle(school, hub)
        assert "She has left." in (await admin.get(path)).text
        assert "Verified by" not in (await teacher.get("/people/ana")).text


async def test_nobody_but_officers_decides_about_teachers(world: World) -> None:
    await world.hub_a.account("una")
    async with browsing(world.hub_a, "una") as teacher:
        for path in ("/agency/teachers", "/agency/teachers/1"):
            assert "This is not for you" in (await teacher.get(path)).text
        assert "This is not for you" in (await teacher.send("/agency/teachers/1/verify")).text
    async with browsing(world.hub_a, "admin") as officer:
        for path in ("/agency/teachers/1", "/agency/teachers/x"):
            assert "does not exist" in (await officer.get(path)).text
        assert "does not exist" in (await officer.send("/agency/teachers/1/verify")).text
        strange = await officer.get("/agency/teachers?state=other")
        assert strange.status == 400
        assert (await officer.get("/agency/teachers?after=x")).status == 400


async def test_hubs_are_endorsed_on_the_pages(hub_a: Node, hub_b: Node) -> None:
    await make_partners(hub_a, hub_b)
    async with browsing(hub_a, "admin") as officer:
        endorsed = await officer.submit(await officer.get("/agency/nodes"), "/endorse")
        assert "Take the endorsement back" in endorsed.text
        assert "1 hub endorsed" in (await officer.get("/agency")).text
        back = await officer.send((await officer.get("/agency/nodes")).link("/unendorse"))
        assert "taken back" in back.text


async def test_news_reach_the_home_pages_of_accredited_schools_and_are_taken_back(
    hub_a: Node, alpha: Node, beta: Node
) -> None:
    await accredit(hub_a, alpha)
    await make_partners(hub_a, beta)
    await alpha.account("ana")
    await beta.account("bob")
    world = World(hub_a, hub_a, alpha, beta)
    async with browsing(hub_a, "admin") as officer:
        told = await officer.send("/agency/announcements", text="A course in May.", language="en")
        await everybody(world)
        async with browsing(alpha, "ana") as ana, browsing(beta, "bob") as bob:
            home = (await ana.get("/home")).text
            assert "News of Hub A" in home
            assert "A course in May." in home
            assert "A course in May." not in (await bob.get("/home")).text
            await officer.submit(told, "/delete")
            await everybody(world)
            assert "A course in May." not in (await ana.get("/home")).text


async def test_a_school_has_no_desk_and_only_officers_sit_at_one(hub_a: Node, alpha: Node) -> None:
    await alpha.account("ana")
    await hub_a.account("vera", roles="teacher")
    await hub_a.account("olga", roles="officer")
    for path in ("/agency", "/agency/schools", "/agency/projects", "/agency/nodes"):
        async with browsing(alpha, "admin") as admin:
            assert (await admin.get(path)).status == 404
        async with browsing(hub_a, "vera") as vera:
            assert (await vera.get(path)).status == 403
        async with browsing(hub_a, "olga") as olga:
            assert (await olga.get(path)).status == 200
    async with browsing(hub_a, "olga") as olga:
        assert (await olga.send("/agency/links", label="x", uses="1", days="1")).status == 403
    async with browsing(hub_a, "admin") as admin:
        assert (await admin.get("/admin/hub")).status == 404


@pytest.fixture
async def world(hub_a: Node, hub_b: Node, alpha: Node, beta: Node) -> World:
    await endorse(hub_a, hub_b)
    await accredit(hub_a, alpha)
    await accredit(hub_b, beta)
    await refresh(alpha, beta)
    return World(hub_a, hub_b, alpha, beta)


async def test_founders_decide_about_a_suspended_school(world: World) -> None:
    await accepted(world)
    await everybody(world)
    asked = await admission_of(world.hub_b, world.beta)
    await accrediting.revoke(world.hub_b.context, OPERATOR, asked.id, "It has closed.", "en")
    await refresh(world.alpha)
    async with browsing(world.alpha, "ana") as ana:
        home = await ana.get("/home")
        assert "School Beta is suspended: remove it from your project, or keep it" in home.text
        space = await ana.get(home.link("/w/"))
        assert "School Beta is suspended." in space.text
        kept = await ana.submit(space, "/keep")
        assert "The founders here keep it." in kept.text
        assert "remove it from your project" not in (await ana.get("/home")).text
