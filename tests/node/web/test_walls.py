"""Walls as people use them, without scripts."""

import re

import pytest

from node.actions import walls
from node.storage import contents
from protocol.space.fold.materials import File
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import settle

CARD = {"colour": "yellow", "language": "en", "column": "1"}


async def put_up(ana: Browser, space: str) -> str:
    """A wall with two columns; its path."""
    form = await ana.get(f"/w/{space}/walls/new")
    made = await ana.submit(
        form,
        "/walls/new",
        title="Questions",
        columns="We wonder\r\n\r\nWe found out\r\n",
        language="en",
        audience="members",
    )
    assert "The wall is there." in made.text
    return made.path.partition("?")[0]


def order_of(html: str) -> list[str]:
    """The texts of cards as they stand."""
    return re.findall(r'class="said"[^>]*><p>(card \w)</p>', html)


async def test_cards_are_pinned_moved_changed_removed_and_brought_back(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        wall = await put_up(ana, shared.space)
        for word in ("card a", "card b"):
            added = await ana.send(wall, [*CARD.items()], text=word)
            assert "The card is on the wall." in added.text
        await settle(shared.alpha, shared.beta)
        listed = await bob.get(f"/w/{shared.space}/walls")
        assert "2 cards" in listed.text
        page = await bob.get(wall)
        assert order_of(page.html) == ["card a", "card b"]
        down = await bob.submit(page, "/move", "down")
        assert order_of(down.html) == ["card b", "card a"]
        right = await bob.submit(down, "/move", "right")
        assert "card b" in right.text.partition("We found out")[2].partition("Add a card")[0]
        edit = await bob.get(
            right.link("/edit#") if "/edit#" in right.html else card_edit(right.html)
        )
        assert "Change the card" in edit.text
        saved = await bob.submit(edit, edit.path, text="card c", colour="green", language="en")
        assert "card c" in saved.text
        late = await bob.submit(edit, edit.path, text="card d", colour="green", language="en")
        assert "here are both" in late.text
        both = {"card c", "card d"}
        assert {one for one in both if one in late.text} == both
        gone = await bob.submit(saved, "/remove")
        assert "The card is taken off the wall." in gone.text
        back = await bob.submit(gone, "/restore")
        assert "It is back." in back.text
        await settle(shared.alpha, shared.beta)
        assert "card c" in (await ana.get(wall)).text


async def test_the_file_on_a_card_can_be_kept_however_old_it_is(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def list_none(*_: object, **__: object) -> list[File]:
        return []

    file = (await publish(shared, pictures.tagged("JPEG", (640, 480)))).replace("/", "-")
    async with browsing(shared.alpha, "ana") as ana:
        wall = await put_up(ana, shared.space)
        added = await ana.send(wall, [*CARD.items()], text="card a", file=file)
        monkeypatch.setattr(contents, "list_files", list_none)
        edit = await ana.get(card_edit(added.html))
        assert f'value="{file}" selected' in edit.html


def card_edit(html: str) -> str:
    found = re.search(r'href="(/w/[^"]+/cards/[^"]+/edit)"', html)
    assert found
    return found[1]


async def test_a_wall_is_changed_taken_away_and_brought_back(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        wall = await put_up(ana, shared.space)
        edit = await ana.get(f"{wall}/edit")
        assert "We wonder" in edit.html
        saved = await ana.submit(
            edit, "/edit", title="Answers", columns="One", language="en", audience="teachers"
        )
        assert "Answers" in saved.text
        assert "Only the teachers of the project" in saved.text
        late = await ana.submit(
            edit, "/edit", title="Late", columns="One", language="en", audience="members"
        )
        assert "here are both" in late.text
        one = await ana.submit(
            late, "/edit", title="Answers", columns="One", language="en", audience="members"
        )
        assert "Late" not in one.text
        gone = await ana.submit(await ana.get(f"{wall}/edit"), "/remove")
        assert "The wall is taken away." in gone.text
        assert (await ana.get(wall)).status == 410
        back = await ana.submit(gone, "/restore")
        assert "Answers" in back.text


async def test_what_cannot_be_is_said_beside_its_field(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        new = f"/w/{shared.space}/walls/new"
        for columns in ("", "\n".join("abcdefghi"), "x" * 61):
            vain = await ana.send(
                new, title="T", columns=columns, language="en", audience="members"
            )
            assert (vain.status, "There is something to mend" in vain.text) == (422, True)
        wall = await put_up(ana, shared.space)
        for typed in (
            {"text": ""},
            {"text": "x" * 1_001},
            {"text": "x", "colour": "ff0000"},
            {"text": "x", "column": "99999999999999999999"},
            {"text": "x", "column": "-1"},
        ):
            vain = await ana.send(wall, [*(CARD | typed).items()])
            assert vain.status == 422, typed
        strange = await ana.send(wall, [*CARD.items()], text="x", file="../../etc/passwd")
        assert strange.status == 404
        added = await ana.send(wall, [*CARD.items()], text="card a")
        card = card_edit(added.html).removesuffix("/edit")
        for typed in ({"to": "sideways"}, {"column": "9"}, {"column": "x"}, {}):
            assert (await ana.send(f"{card}/move", [*typed.items()])).status in {400, 422}, typed
        moved = await ana.send(f"{card}/move", column="2", before="")
        assert "card a" in moved.text.partition("We found out")[2]
        for path in (f"{wall}x", f"{card}x/edit", f"/w/{shared.space}/walls/x"):
            assert (await ana.get(path)).status == 404


async def test_an_old_form_saved_for_its_title_opens_to_pupils_nothing_that_was_closed(
    shared: Shared,
) -> None:
    said = {"title": "Questions", "columns": "We wonder", "language": "en"}
    async with browsing(shared.alpha, "ana") as ana:
        edit = f"{await put_up(ana, shared.space)}/edit"
        await ana.submit(await ana.get(edit), "/edit", **said, audience="members", pupils="yes")
        old = await ana.get(edit)
        closed = await ana.submit(old, "/edit", **said, audience="teachers", pupils="")
        assert "Saved" in closed.text
        again = await ana.submit(
            old, "/edit", **said | {"title": "Other"}, audience="members", pupils="yes"
        )
        assert "Other" in again.text
    async with shared.alpha.context.database.read() as reader:
        (wall,) = await walls.list_walls(reader, shared.space)
    assert (wall.opened, wall.audience) == (False, "teachers")
