"""The head's page counts and names nobody; the agreement says what both servers know."""

import pytest

from node.actions import partners
from node.actions.permission import OPERATOR
from node.storage import partners as partner_rows
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, hand_in
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import Node, accredit, make_partners


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def test_the_head_sees_counts_by_class_and_project_and_nobody_s_name(
    twinned: Twinned,
) -> None:
    thread = await begin(twinned)
    await hand_in(twinned, thread, "Storks")
    async with browsing(twinned.alpha.node, "admin") as admin:
        shown = await admin.get("/school/overview")
    assert shown.status == 200
    assert "3 pupils, 2 of them take part in a project" in shown.text
    assert "Taking part: Class 5b: 2 pupils" in shown.text
    assert "1 piece of work waits for a teacher" in shown.text
    assert 'href="/school/processing"' in shown.html
    for name in ("Mia", "Nowak", "Tomé", "Panda", "Koala"):
        assert name not in shown.html


async def test_counting_reads_nobody_s_record(twinned: Twinned) -> None:
    async with browsing(twinned.alpha.node, "admin") as admin:
        before = (await admin.get("/school/reads")).text
        await admin.get("/school/overview")
        assert (await admin.get("/school/reads")).text == before


async def test_who_left_takes_part_no_more(twinned: Twinned) -> None:
    node = twinned.alpha.node
    async with browsing(node, "ana") as ana:
        only = twinned.alpha.pupils["Panda Nova"].id
        await ana.send(f"/w/{twinned.space}/pupils", pupils=str(only))
    async with browsing(node, "admin") as admin:
        shown = await admin.get("/school/overview")
    assert "1 of them takes part in a project" in shown.text


async def test_the_page_and_the_agreement_are_for_administrators(twinned: Twinned) -> None:
    host = twinned.shared.beta.url.partition("://")[2]
    for path in ("/school/overview", f"/admin/partners/{host}/agreement"):
        async with browsing(twinned.alpha.node, "ana") as ana:
            assert (await ana.get(path)).status == 403


async def test_a_hub_has_the_page_without_classes(hub_a: Node) -> None:
    async with browsing(hub_a, "admin") as admin:
        shown = await admin.get("/school/overview")
    assert shown.status == 200
    assert "There is no class yet" not in shown.text


async def test_the_agreement_names_both_schools_and_their_projects(twinned: Twinned) -> None:
    alpha, beta = twinned.alpha.node, twinned.shared.beta
    host = beta.url.partition("://")[2]
    async with browsing(alpha, "admin") as admin:
        shown = await admin.get(f"/admin/partners/{host}/agreement")
        title = (await admin.get("/school/overview")).text
        detail = await admin.get(f"/admin/partners/{host}")
        assert f"/admin/partners/{host}/agreement" in detail.html
        nobody = await admin.get("/admin/partners/nobody.example/agreement")
    assert shown.status == 200
    assert alpha.url in shown.text
    assert beta.url in shown.text
    assert "In none yet" not in shown.text
    assert "since" in title
    assert nobody.status == 404
    async with browsing(beta, "admin") as other:
        back = alpha.url.partition("://")[2]
        assert alpha.url in (await other.get(f"/admin/partners/{back}/agreement")).text


async def test_a_partner_abroad_is_told_whoever_says_so(twinned: Twinned) -> None:
    alpha, beta = twinned.alpha.node, twinned.shared.beta
    path = f"/admin/partners/{beta.url.partition('://')[2]}/agreement"
    async with browsing(alpha, "admin") as admin:
        assert "Outside the GDPR" not in (await admin.get(path)).text
        async with alpha.context.database.write() as transaction:
            await partner_rows.put_card(transaction, beta.url, "Beta", "TR")
        shown = await admin.get(path)
    assert "In Türkiye the GDPR is not the law" in shown.text


async def test_with_a_blocked_school_there_is_nothing_to_agree_on(twinned: Twinned) -> None:
    alpha, beta = twinned.alpha.node, twinned.shared.beta
    await partners.block(alpha.context, OPERATOR, beta.url)
    async with browsing(alpha, "admin") as admin:
        host = beta.url.partition("://")[2]
        assert (await admin.get(f"/admin/partners/{host}/agreement")).status == 409


async def test_it_warns_where_nobody_reads_what_pupils_report(twinned: Twinned) -> None:
    alpha = twinned.alpha.node
    async with browsing(alpha, "admin") as admin:
        assert "Nobody reads what pupils report" in (await admin.get("/school/overview")).text
        await alpha.account("greta", roles="safeguarding")
        assert "Nobody reads what pupils report" not in (await admin.get("/school/overview")).text


async def test_a_hub_is_no_partner_school(hub_a: Node, alpha: Node, beta: Node) -> None:
    await accredit(hub_a, alpha)
    await make_partners(alpha, beta)
    hub, school = (one.url.partition("://")[2] for one in (hub_a, beta))
    async with browsing(alpha, "admin") as admin:
        shown = await admin.get("/school/overview")
        assert f"/admin/partners/{school}/agreement" in shown.html
        assert f"/admin/partners/{hub}/agreement" not in shown.html
        assert "1 approved" in shown.text
        assert f'no partner school: the hub <a href="/admin/partners/{hub}"' in shown.html
        assert (await admin.get(f"/admin/partners/{school}/agreement")).status == 200
        assert (await admin.get(f"/admin/partners/{hub}/agreement")).status == 409
        assert "no partner school" in (await admin.get(f"/admin/partners/{hub}")).text
        record = (await admin.get("/school/processing")).html
        listed = record.partition('id="partners"')[2].partition("</section>")[0]
        assert beta.url in listed
        assert hub_a.url not in listed


async def test_a_partner_that_calls_itself_a_hub_stays_a_recipient_where_it_shares_a_space(
    twinned: Twinned,
) -> None:
    alpha, beta = twinned.alpha.node, twinned.shared.beta
    host = beta.url.partition("://")[2]
    async with alpha.context.database.write() as transaction:
        partner = await partner_rows.find(transaction, beta.url)
        assert partner is not None
        changed = await transaction.run(
            "UPDATE objects SET document = json_set(document, '$.role', 'hub') WHERE id = $1",
            partner.actor,
        )
        assert changed == 1
    async with browsing(alpha, "admin") as admin:
        record = (await admin.get("/school/processing")).html
        listed = record.partition('id="partners"')[2].partition("</section>")[0]
        assert beta.url in listed
        assert f"/admin/partners/{host}/agreement" in (await admin.get("/school/overview")).html
        assert (await admin.get(f"/admin/partners/{host}/agreement")).status == 200
        assert "no partner school" not in (await admin.get(f"/admin/partners/{host}")).text


async def test_every_hub_that_is_connected_is_named_and_one_that_waits_is_counted(
    alpha: Node, hub_a: Node, hub_b: Node
) -> None:
    await accredit(hub_a, alpha)
    found = await partners.add(alpha.context, OPERATOR, hub_b.url)
    async with browsing(alpha, "admin") as admin:
        assert "1 waits for you" in (await admin.get("/school/overview")).text
        assert await hubs_of(admin) == {"vouches": True, "connected": False}
        await partners.approve(alpha.context, OPERATOR, found.origin, found.fingerprint)
        assert "waits for you" not in (await admin.get("/school/overview")).text
        assert await hubs_of(admin) == {"vouches": True, "connected": True}


async def hubs_of(admin: Browser) -> dict[str, bool]:
    """Whether the record names the hub that vouches, and another one."""
    told = (await admin.get("/school/processing")).text
    return {
        "vouches": "vouches for this school" in told,
        "connected": "Also connected, and no partner school: the hub" in told,
    }
