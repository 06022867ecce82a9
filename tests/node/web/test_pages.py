"""Pages as people write them without scripts: blocks, two versions, the past, who may see it."""

import re

import pytest

from node.actions import pages as actions
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.paper import Paper, begin
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, Shown, browsing
from tests.nodes import settle


async def begin_page(ana: Browser, space: str, title: str = "Our birds") -> str:
    """The address of a new page."""
    made = await ana.send(f"/w/{space}/pages/new", title=title, language="en", audience="members")
    assert made.status == 200, made.text
    return made.path.partition("/edit")[0]


async def add(browser: Browser, page: str, kind: str, *, after: str = "", **typed: str) -> Shown:
    asked = f"{page}/blocks/new?kind={kind}" + (f"&after={after}" if after else "")
    return await browser.submit(await browser.get(asked), "", kind, language="en", **typed)


def blocks_of(shown: Shown) -> list[str]:
    return re.findall(r'id="b-([0-9a-f]{32}-[A-Za-z0-9_-]{22})"', shown.html)


async def test_every_kind_of_block_is_written_by_its_form_and_read_at_the_other_school(
    shared: Shared,
) -> None:
    file = await publish(shared, pictures.tagged("JPEG", (640, 480)))
    address = file.replace("/", "-")
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        page = await begin_page(ana, shared.space)
        done = await add(ana, page, "heading", text="What we saw", level="2")
        for kind, typed in (
            ("paragraph", {"text": "Ten storks.\n\nSee https://storks.example/now"}),
            ("list", {"text": "Ana\nBob", "ordered": "yes"}),
            ("table", {"text": "Bird | Number\nStork | 10", "head": "yes"}),
            ("image", {"file": address, "caption": "On the roof"}),
            ("file", {"file": address}),
            ("embed", {"url": "https://film.example/stork", "title": "A film"}),
        ):
            done = await add(ana, page, kind, after=blocks_of(done)[-1], **typed)
            assert done.status == 200, done.text
        await settle(shared.alpha, shared.beta)
        read = await bob.get(page)
    assert re.search(r"<h2 [^>]*>What we saw</h2>", read.html)
    assert '<a href="https://storks.example/now"' in read.html
    assert re.search(
        r"<ol [^>]*><li dir=\"auto\">Ana</li><li dir=\"auto\">Bob</li></ol>", read.html
    )
    assert '<th scope="col" dir="auto">Bird</th>' in read.html
    assert re.search(rf'<img class="whole" src="/w/{shared.space}/files/{address}"', read.html)
    assert re.search(
        r'<a href="https://film.example/stork" rel="noopener[^>]*>A film</a>', read.html
    )
    order = ["What we saw", "Ten storks.", "Ana", "Stork", "On the roof", "A film"]
    places = [read.text.index(word) for word in order]
    assert places == sorted(places)


async def test_saving_what_somebody_else_changed_shows_both_and_one_out_of_both(
    shared: Shared,
) -> None:
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        page = await begin_page(ana, shared.space)
        done = await add(ana, page, "paragraph", text="We met on Monday. It rained.")
        (block,) = blocks_of(done)
        await settle(shared.alpha, shared.beta)
        edit = f"/w/{shared.space}/blocks/{block}/edit"
        opened = await bob.get(edit)
        shared.alpha.clock.advance(seconds=5)
        saved = await ana.submit(
            await ana.get(edit),
            "",
            "paragraph",
            language="en",
            text="We met on Tuesday. It rained.",
        )
        assert "told=saved" in saved.path
        await settle(shared.alpha, shared.beta)
        both = await bob.submit(
            opened, "", "paragraph", language="en", text="We met on Monday. It snowed."
        )
        assert f"/blocks/{block}/versions?told=two-versions" in both.path
        assert "We met on Tuesday. It rained." in both.text
        assert "We met on Tuesday. It snowed." in both.text, "the suggestion"
        assert "more than one version" in (await bob.get(page)).text
        assert (await bob.get(edit)).path.endswith(f"/blocks/{block}/versions"), "both are shown"
        settled = await bob.submit(
            both, "/edit", "paragraph", language="en", text="We met on Tuesday. It snowed."
        )
        assert "told=saved" in settled.path
        await settle(shared.alpha, shared.beta)
        read = await ana.get(page)
    assert "We met on Tuesday. It snowed." in read.text
    assert "more than one version" not in read.text


async def test_blocks_move_go_and_come_back(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        page = await begin_page(ana, shared.space)
        await add(ana, page, "paragraph", text="Second")
        done = await add(ana, page, "paragraph", text="First")
        first, second = blocks_of(done)
        moved = await ana.submit(done, f"/blocks/{first}/move", "down")
        assert blocks_of(moved) == [second, first]
        gone = await ana.submit(moved, f"/blocks/{second}/remove")
        assert blocks_of(gone) == [first]
        assert "Removed from this page Second" in gone.text
        back = await ana.submit(gone, f"/blocks/{second}/put-back")
        assert blocks_of(back) == [second, first]
        asked = await ana.get(f"/w/{shared.space}/blocks/{first}/delete")
        assert "cannot be taken back" in asked.text
        erased = await ana.submit(asked, "/delete")
        assert "What stood here was deleted." in erased.text
        assert "First" not in erased.text


async def test_a_version_is_compared_and_brought_back(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        page = await begin_page(ana, shared.space)
        done = await add(ana, page, "paragraph", text="We saw ten storks.")
        (block,) = blocks_of(done)
        edit = await ana.get(f"/w/{shared.space}/blocks/{block}/edit")
        shared.alpha.clock.advance(seconds=60)
        await ana.submit(edit, "", "paragraph", language="en", text="We saw no storks.")
        history = await ana.get(f"{page}/history")
        links = re.findall(rf'href="({re.escape(page)}/history/[^"]+)"', history.html)
        assert len(links) == 3
        for words in ("A block: We saw no storks.", "A block: We saw ten", "The title: Our birds"):
            assert words in history.text
        changed = await ana.get(links[0])
        assert "<del>ten</del><ins>no</ins>" in changed.html
        since = await ana.get(f"{links[1]}?since=1")
        assert "<del>ten</del><ins>no</ins>" in since.html
        back = await ana.submit(since, links[1])
        assert "We saw ten storks." in back.text
        assert "The version is back." in back.text
        assert (await ana.get(f"{page}/history/{'A' * 43}")).status == 404


async def test_title_readers_order_and_trash(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        page = await begin_page(ana, shared.space)
        other = await begin_page(ana, shared.space, "Second page")
        settings = await ana.get(f"{page}/settings")
        saved = await ana.submit(
            settings, "/settings", title="Our storks", language="en", audience="teachers"
        )
        assert "Only the teachers of the project" in saved.text
        assert (await ana.submit(settings, "/settings", title="", language="en")).status == 422
        listed = await ana.get(f"/w/{shared.space}/pages")
        assert listed.text.index("Our storks") < listed.text.index("Second page")
        moved = await ana.submit(listed, f"{other}/move", "up")
        assert moved.text.index("Second page") < moved.text.index("Our storks")
        trash = await ana.submit(await ana.get(f"{other}/settings"), "/remove")
        assert "Second page" in trash.text
        assert "Second page" not in (await ana.get(f"/w/{shared.space}/pages")).text
        back = await ana.submit(trash, "/put-back")
        assert back.path.startswith(other)


@pytest.fixture
async def paper(shared: Shared) -> Paper:
    return await begin(shared)


async def test_bad_input_is_named_and_kept(paper: Paper) -> None:
    page = f"/w/{paper.space}/pages/{paper.page.replace('/', '-')}"
    async with browsing(paper.shared.alpha, "ana") as ana:
        for kind, typed, said in (
            ("paragraph", {"text": ""}, "Fill this in."),
            ("embed", {"url": "javascript:alert(1)"}, "Write an address"),
            ("image", {"file": "nonsense"}, "Choose one of the list."),
            ("heading", {"text": "x" * 201, "level": "2"}, "Shorten this"),
            ("heading", {"text": "x", "level": "1"}, "Choose one of the list."),
            ("list", {"text": "x\n" * 101}, "at most 100 entries"),
            ("table", {"text": "x\n" * 51}, "at most 50 rows"),
            ("table", {"text": "x|" * 13}, "cannot be shown"),
        ):
            shown = await add(ana, page, kind, **typed)
            assert shown.status == 422, (kind, typed)
            assert said in shown.text
        assert (await ana.get(f"{page}/blocks/new?kind=script")).status == 400
        one = (await paper.add("ana", "One.")).replace("/", "-")
        edit = await ana.get(f"/w/{paper.space}/blocks/{one}/edit")
        form = edit.form("/edit", "paragraph")
        bare = [(name, value) for name, value in form.values if name != "base"]
        shown = await ana.send(form.action, bare, language="en", text="Two.")
        assert shown.status == 422
        assert await paper.texts("ana") == ["One."]


async def test_nobody_outside_the_space_sees_its_pages(paper: Paper) -> None:
    await paper.shared.alpha.account("eve", "Eve Esser")
    page = f"/w/{paper.space}/pages/{paper.page.replace('/', '-')}"
    block = (await paper.add("ana", "Secret.")).replace("/", "-")
    async with browsing(paper.shared.alpha, "eve") as eve:
        for path in (f"/w/{paper.space}/pages", page, f"{page}/history", f"{page}/edit"):
            assert (await eve.get(path)).status == 404
        for path in (
            f"/w/{paper.space}/blocks/{block}/{end}" for end in ("edit", "remove", "move")
        ):
            assert (await eve.send(path, base="x", text="Mine")).status == 404
    assert await paper.texts("ana") == ["Secret."]


async def test_a_page_in_the_trash_is_read_and_not_written(paper: Paper) -> None:
    node, account = paper.at("ana")
    await paper.add("ana", "One.")
    await actions.remove(node.context, account, paper.space, paper.page)
    page = f"/w/{paper.space}/pages/{paper.page.replace('/', '-')}"
    async with browsing(node, "ana") as ana:
        shown = await ana.get(page)
        assert "This page is in the trash." in shown.text
        assert "One." in shown.text
        assert "cannot be changed now" in (await ana.get(f"{page}/edit")).text
        assert (await ana.get(f"{page}/blocks/new?kind=list")).status == 410
