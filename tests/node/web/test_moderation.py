"""Deleting with Undo, the trash, hiding: as people use them, without scripts."""

import pytest

from node.actions import blocks, forum, moderation, reports, spaces
from node.web import report_views, rooms
from protocol.errors import Reason, Refused
from tests.node.spaces.paper import begin, said
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_reports import at as reported_at
from tests.node.spaces.third import join
from tests.node.web.browser import browsing
from tests.nodes import Node, settle


async def thread_of(shared: Shared) -> str:
    """A thread of Ana's; its path."""
    made = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Storks", text="Two!", language="en"
    )
    await settle(shared.alpha, shared.beta)
    return f"/w/{shared.space}/forum/{rooms.address_of(made)}"


async def test_deleting_is_undone_by_the_button_beside_the_message(shared: Shared) -> None:
    thread = await thread_of(shared)
    async with browsing(shared.alpha, "ana") as ana:
        page = await ana.get(thread)
        ask = await ana.get(page.link("/delete"))
        gone = await ana.submit(ask, "/trash")
        assert "Moved to the trash." in gone.text
        assert "This post was deleted by its author." in gone.text
        back = await ana.submit(gone, "/restore")
        assert "It is back." in back.text
        assert "Two!" in back.text
        again = await ana.submit(await ana.get((await ana.get(thread)).link("/delete")), "/trash")
        assert "This post was deleted by its author." in again.text
        trash = await ana.get(f"/w/{shared.space}/trash")
        assert "Two!" in trash.text
        ever = await ana.get(trash.link("/delete"))
        assert "Move it to the trash" not in ever.text
        erased = await ana.send(trash.link("/delete"))
        assert "This post was deleted." in erased.text
        assert "The trash is empty." in (await ana.get(f"/w/{shared.space}/trash")).text
        late = await ana.submit(trash, "/restore")
        assert late.status == 410


async def test_the_undo_button_leads_nowhere_else(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        for undo in ("..%2F..", "x", "a" * 32 + "-" + "b" * 23, "a" * 32 + "-" + "b" * 21 + "%2F"):
            page = await ana.get(f"/w/{shared.space}/forum?told=trashed&undo={undo}")
            assert page.status == 200
            assert "Undo" not in page.text
        there = await ana.get("/home?told=trashed&undo=" + "a" * 32 + "-" + "b" * 22)
        assert "Undo" not in there.text
        for back in ("https://evil.example/", "//evil.example", "/home", "/w/other"):
            post = (await thread_of(shared)).rpartition("/")[2]
            gone = await ana.send(f"/w/{shared.space}/trash", item=post, back=back)
            assert gone.path.partition("?")[0] == f"/w/{shared.space}/trash"


async def test_a_partner_hides_and_shows_again_and_the_author_sees_by_whom(shared: Shared) -> None:
    thread = await thread_of(shared)
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        ask = await bob.get((await bob.get(thread)).link("/hide/"))
        assert "Two!" in ask.text
        vain = await bob.submit(ask, ask.path, text="Why?")
        assert vain.status == 422
        assert "Choose one of the list." in vain.text
        done = await bob.send(ask.path, why="hate", text="A word that hurts.")
        assert "Hidden by Bob Bell" in done.text
        assert "Two!" not in done.text
        await settle(shared.alpha, shared.beta)
        seen = await ana.get(thread)
        assert "Hidden by Bob Bell" in seen.text
        assert "Hate" in seen.text
        assert "A word that hurts." in seen.text
        assert "Two!" not in seen.text
        assert "Show it again" not in seen.text
        listed = await bob.get(f"/w/{shared.space}/moderation")
        assert "Two!" in listed.text
        back = await bob.submit(listed, "/unhide/" + ask.path.rpartition("/")[2])
        assert "Two!" in back.text
        await settle(shared.alpha, shared.beta)
        assert "Two!" in (await ana.get(thread)).text
        assert (await ana.get(f"/w/{shared.space}/moderation")).status == 200
    async with browsing(shared.alpha, "admin") as stranger:
        for part in ("trash", "moderation", "hide/" + ask.path.rpartition("/")[2]):
            assert (await stranger.get(f"/w/{shared.space}/{part}")).status == 404


async def test_a_report_is_decided_at_both_ends_on_pages(shared: Shared) -> None:
    thread = await thread_of(shared)
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        ask = await bob.get((await bob.get(thread)).link("/report"))
        assert "They do not learn your name" in ask.text
        vain = await bob.submit(ask, "/report", note="Why?")
        assert (vain.status, "Choose one of the list." in vain.text) == (422, True)
        done = await bob.submit(ask, "/report", why="hate", note="It hurts.")
        assert "Reported." in done.text
        twice = await bob.submit(ask, "/report", why="hate")
        assert "You have reported this already." in twice.text
        await settle(shared.alpha, shared.beta)
        queue = f"/w/{shared.space}/moderation"
        assert queue in (await ana.get("/home")).html
        assert queue not in (await bob.get("/home")).html
        seen = await ana.get(queue)
        assert "It hurts." in seen.text
        assert "Bob" not in seen.text.partition("Reports that wait")[2]
        mine = await bob.get(queue)
        one = await bob.get(mine.link("/moderation/"))
        assert "Let it stand" in one.text
        empty = await bob.submit(one, one.path, decision="")
        assert empty.status == 422
        gone = await bob.submit(one, one.path, decision="deleted")
        assert gone.status == 422
        told = await bob.submit(one, one.path, decision="hidden", text="A slur.")
        assert "Decided." in told.text
        late = await bob.submit(one, one.path, decision="kept")
        assert "has decided about this already" in late.text
        await settle(shared.alpha, shared.beta)
        assert "Hide it at every school" in (await ana.get(queue)).text
        assert "A slur." in (await ana.get(thread)).text
        for name in ("AAAA", "%2e%2e", "!", "A" * 400):
            assert (await ana.get(f"{queue}/{name}")).status == 404
    async with browsing(shared.beta, "admin") as stranger:
        assert (await stranger.get(ask.path)).status == 404
        item = thread.rpartition("/")[2]
        sent = await stranger.send("/report", space=shared.space, item=item, why="hate")
        assert sent.status == 404


async def test_a_page_and_a_block_are_hidden_reported_and_brought_back(shared: Shared) -> None:
    paper = await begin(shared, "Our rivers")
    block = await paper.add("ana", "The old bridge")
    await paper.settle()
    page = f"/w/{shared.space}/pages/{rooms.address_of(paper.page)}"
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        edit = await bob.get(f"{page}/edit")
        item = rooms.address_of(block)
        sent = await bob.send(edit.link(f"/hide/{item}"), why="private_data_shown", text="A name.")
        assert "A name." in sent.text
        await paper.settle()
        seen = await ana.get(page)
        assert "Hidden by" in seen.text
        assert "The old bridge" not in seen.text
        assert "The old bridge" not in (await ana.get(f"{page}/history")).text
        for hidden in ("edit", "versions"):
            assert (await ana.get(f"/w/{shared.space}/blocks/{item}/{hidden}")).status == 410
        queue = await bob.get(f"/w/{shared.space}/moderation")
        assert "The old bridge" in queue.text
        assert f"/blocks/{item}/edit" not in queue.html
        back = await bob.submit(await bob.get(f"{page}/edit"), f"/unhide/{item}")
        assert "The old bridge" in back.text
        read = await bob.get(page)
        asked = await bob.get(read.link("/report"))
        assert "Our rivers" in asked.text
        told = await bob.submit(asked, "/report", why="copyright", note="Whose words?")
        assert told.status == 200
        await paper.settle()
        assert "Whose words?" in (await ana.get(f"/w/{shared.space}/moderation")).text
        await bob.send(read.link("/hide/"), why="copyright", text="")
        await paper.settle()
        gone = await ana.get(page)
        assert "A hidden page" in gone.text
        assert "The old bridge" not in gone.text
        assert (await ana.get(f"{page}/history")).status == 410
        await bob.submit(await bob.get(page), f"/unhide/{rooms.address_of(paper.page)}")
        await paper.settle()
        await paper.remove("ana", block)
        await paper.settle()
        trash = await bob.get(f"/w/{shared.space}/trash")
        assert "The old bridge" in trash.text
        assert "Delete it for ever" not in trash.text
        there = await bob.submit(trash, "/restore")
        assert "The old bridge" in there.text
        await ana.submit(await ana.get(f"{page}/settings"), "/remove")
        await paper.settle()
        there = await bob.submit(await bob.get(f"/w/{shared.space}/trash"), "/restore")
        assert "Our rivers" in there.text


async def test_a_report_shows_what_is_hidden_to_those_alone_who_may_hide_it(
    shared: Shared, gamma: Node
) -> None:
    await join(shared, gamma)
    made = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Storks", text="Two!", language="en"
    )
    await settle(shared.alpha, shared.beta, gamma)
    cleo = await gamma.get("cleo")
    await reports.report(
        gamma.context, cleo, shared.space, made, reason="hate", note="", language="en"
    )
    queue = f"/w/{shared.space}/moderation"
    async with browsing(gamma, "cleo") as reader, browsing(shared.alpha, "ana") as moderator:
        assert "Two!" in (await reader.get(queue)).text
        assert "What you reported" in (await reader.get(queue)).text
        await moderation.hide(
            shared.alpha.context,
            shared.ana,
            shared.space,
            made,
            reason="hate",
            text="",
            language="en",
        )
        await settle(shared.alpha, shared.beta, gamma)
        (row,) = await reported_at(gamma, shared.space)
        for path in (queue, f"{queue}/{report_views.name_of(row.id)}"):
            page = await reader.get(path)
            assert page.status == 200
            assert "Two!" not in page.text
            assert "Decide" not in page.text
        assert "Two!" in (await moderator.get(queue)).text


async def test_an_administrator_who_is_reported_learns_not_by_whom(shared: Shared) -> None:
    alpha = shared.alpha
    for handle in ("boss", "chief"):
        await alpha.account(handle, handle.title(), roles="teacher admin")
        await spaces.add_colleague(alpha.context, shared.ana, shared.space, handle)
    made = await forum.start_thread(
        alpha.context, await alpha.get("boss"), shared.space, title="T", text="Loud", language="en"
    )
    await reports.report(
        alpha.context, shared.ana, shared.space, made, reason="hate", note="", language="en"
    )
    queue = f"/w/{shared.space}/moderation"
    async with browsing(alpha, "boss") as boss, browsing(alpha, "chief") as chief:
        listed = await boss.get(queue)
        for page in (listed, await boss.get(listed.link("/moderation/"))):
            assert "Loud" in page.text
            assert "by Ana Alves" not in page.text
        assert "by Ana Alves" in (await chief.get(queue)).text


async def test_who_is_reported_stays_it_when_others_write_on_it(shared: Shared) -> None:
    alpha = shared.alpha
    boss = await alpha.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(alpha.context, shared.ana, shared.space, "boss")
    paper = await begin(shared)
    block = await blocks.add(
        alpha.context, boss, shared.space, paper.page, said("A loud word"), after=""
    )
    await reports.report(
        alpha.context, shared.ana, shared.space, block, reason="hate", note="", language="en"
    )
    await paper.change("ana", block, "A softer word")
    (row,) = await reported_at(alpha, shared.space)
    queue = f"/w/{shared.space}/moderation"
    async with browsing(alpha, "boss") as page:
        for path in (queue, f"{queue}/{report_views.name_of(row.id)}"):
            read = await page.get(path)
            assert "A softer word" in read.text
            assert "by Ana Alves" not in read.text
    with pytest.raises(Refused) as refused:
        await reports.decide(
            alpha.context, boss, shared.space, row.id, decision="kept", text="", language="en"
        )
    assert refused.value.reason is Reason.NOT_ALLOWED
    # Whoever wrote on it since is not the one who is reported.
    await reports.decide(
        alpha.context, shared.ana, shared.space, row.id, decision="kept", text="", language="en"
    )


async def test_the_reported_school_keeps_whom_a_letter_is_about(shared: Shared) -> None:
    beta = shared.beta
    paper = await begin(shared)
    block = await paper.add("bob", "A loud word")
    await paper.settle()
    await reports.report(
        shared.alpha.context, shared.ana, shared.space, block, reason="hate", note="", language="en"
    )
    await paper.settle()
    await paper.change("ana", block, "A softer word")
    await paper.settle()
    (row,) = await reported_at(beta, shared.space)
    with pytest.raises(Refused) as refused:
        await reports.decide(
            beta.context, shared.bob, shared.space, row.id, decision="kept", text="", language="en"
        )
    assert refused.value.reason is Reason.NOT_ALLOWED


async def test_where_the_school_does_not_moderate_its_administrators_read_reports(
    shared: Shared, gamma: Node
) -> None:
    await join(shared, gamma)
    for handle, roles in (("boss", "teacher admin"), ("carl", "teacher")):
        await gamma.account(handle, handle.title(), roles=roles)
        await spaces.add_colleague(gamma.context, await gamma.get("cleo"), shared.space, handle)
    made = await forum.start_thread(
        gamma.context, await gamma.get("carl"), shared.space, title="T", text="Loud", language="en"
    )
    await settle(shared.alpha, shared.beta, gamma)
    async with browsing(shared.alpha, "ana") as ana:
        path = f"/report?space={shared.space}&item={rooms.address_of(made)}"
        form = await ana.get(path)
        assert "its teachers in it read your report" in form.text
        assert "where the administrators in this space read it" in form.text
        await ana.submit(form, "/report", why="hate", note="Too loud")
    await settle(shared.alpha, shared.beta, gamma)
    (row,) = await reported_at(gamma, shared.space)
    queue = f"/w/{shared.space}/moderation"
    detail = f"{queue}/{report_views.name_of(row.id)}"
    async with browsing(gamma, "cleo") as cleo, browsing(gamma, "boss") as boss:
        assert "Too loud" not in (await cleo.get(queue)).text
        assert (await cleo.get(detail)).status == 404
        assert "Somebody has reported something" not in (await cleo.get("/home")).text
        assert "Too loud" in (await boss.get(queue)).text
        assert "Decide" in (await boss.get(detail)).text
        assert "Somebody has reported something" in (await boss.get("/home")).text
        form = await cleo.get(path)
        assert "only the administrators in this space read your report" in form.text
    with pytest.raises(Refused) as refused:
        await reports.decide(
            gamma.context,
            await gamma.get("cleo"),
            shared.space,
            row.id,
            decision="erasure_asked",
            text="",
            language="en",
        )
    assert refused.value.reason is Reason.NOT_FOUND
