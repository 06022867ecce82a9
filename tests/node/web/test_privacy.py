"""The record of processing, the assessment and the notices say what is there; who may read them."""

import re

import pytest

from node.actions import mail_server
from node.actions.context import Context
from node.actions.mail_server import Chosen
from node.classroom import processing
from node.folder import Folder
from node.storage import register
from node.vault import register as vault_register
from node.web import privacy_words
from node.web.privacy_papers import findings
from protocol.classes import fields
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, twin
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing
from tests.nodes import Node


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


def test_every_word_of_both_registers_has_its_sentence() -> None:
    assert privacy_words.VAULT.keys() == {*vault_register.Part}
    assert privacy_words.NODE.keys() == {*register.Part}
    assert privacy_words.KINDS.keys() == {
        *(*vault_register.Kind, *register.Part, register.ADDRESSES, "")
    }
    rules = {f"vault-{one}" for one in vault_register.Ends}
    assert privacy_words.RULES.keys() == {*rules, *register.Stays}
    assert vault_register.PARTS.keys() == vault_register.TABLES.keys()


async def test_every_table_and_column_of_both_databases_stands_in_the_record(
    twinned: Twinned,
) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    async with browsing(node, "admin") as admin:
        shown = await admin.get("/school/processing")
    assert shown.status == 200
    async with node.context.database.read() as reader:
        own = await register.list_columns(reader)
    for name, columns in own.items():
        assert re.search(rf'<td class="code">{name}</td>', shown.html), name
        assert ", ".join(columns) in shown.text, name
    for name, table in vault_register.TABLES.items():
        assert re.search(rf'<td class="code">{name}</td>', shown.html), name
        for column in table.columns:
            assert re.search(rf"\b{column}\b", shown.text), (name, column)
    assert "not classified" not in shown.text
    assert "Nowak" not in shown.html, "the record names no pupil"
    record = await processing.collect(node.context, room, node.admin)
    assert record.pupils == 3
    assert record.classes == 1


async def test_what_lies_beside_the_tables_and_all_that_may_leave_stands_in_the_record(
    twinned: Twinned,
) -> None:
    node = twinned.alpha.node
    folder, book = node.context.folder, node.context.book
    async with browsing(node, "admin") as admin:
        shown = await admin.get("/school/processing")
    places = [name for name, one in vars(Folder).items() if isinstance(one, property)]
    assert places
    for name in places:
        place = str(getattr(folder, name).relative_to(folder.path))
        assert re.search(rf'<td class="code">[^<]*{re.escape(place)}\b', shown.html), place
    assert "the newest 14" in shown.text
    for kind in book.kinds:
        if fields(book, kind):
            assert f'<span class="code strong">{kind}</span>' in shown.html, kind
    assert "network addresses and short names of whoever could not sign in: key" in shown.text


async def test_a_table_that_nobody_classified_is_shown_as_such(twinned: Twinned) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    async with room.vault.write() as unit:
        await unit.change.run("CREATE TABLE parents (id INTEGER PRIMARY KEY, phone TEXT) STRICT")
        await unit.change.run("ALTER TABLE pupils ADD COLUMN street TEXT")
    async with browsing(node, "admin") as admin:
        shown = await admin.get("/school/processing")
        assert "not classified: id, phone" in shown.text
        assert "not classified: street" in shown.text
        draft = await admin.get("/school/assessment")
    assert "not classified: the program is older" in draft.text
    assert "unclassed" in [*findings(await processing.collect(node.context, room, node.admin))]


async def test_the_assessment_counts_and_says_what_to_look_at(twinned: Twinned) -> None:
    async with browsing(twinned.alpha.node, "admin") as admin:
        shown = await admin.get("/school/assessment")
    assert "3 pupils, 1 class" in shown.text
    assert "1 connected school" in shown.text
    assert "setting privacy.contact" in shown.text
    assert "setting node.development" in shown.text


async def test_the_record_and_the_assessment_are_for_administrators(twinned: Twinned) -> None:
    for path in ("/school/processing", "/school/assessment"):
        async with browsing(twinned.alpha.node, "ana") as ana:
            assert (await ana.get(path)).status == 403
        async with browsing(twinned.alpha.node) as visitor:
            assert "/login" in (await visitor.get(path)).path
    node = twinned.alpha.node
    with pytest.raises(Refused) as caught:
        await processing.collect(node.context, node.room, twinned.alpha.teacher)
    assert caught.value.reason is Reason.NOT_ALLOWED


async def test_the_notices_are_for_everybody_and_name_partners_to_the_school_alone(
    twinned: Twinned,
) -> None:
    node = twinned.alpha.node
    async with browsing(node) as visitor:
        front = await visitor.get("/")
        assert 'href="/privacy"' in front.html
        assert 'href="/privacy/pupils"' in (await visitor.get("/c")).html
        notice = await visitor.get("/privacy")
        for_pupils = await visitor.get("/privacy/pupils")
    assert notice.status == for_pupils.status == 200
    assert "90 days after its school year" in notice.text
    assert "16 years" in notice.text
    assert "30 days" in notice.text
    assert "goes after 90 days" in for_pupils.text
    for told in (notice, for_pupils):
        assert "3 years" in told.text
    assert "90 days after the report" in notice.text
    assert "locked away for 90 days" in for_pupils.text
    assert "safeguarding persons decide" in notice.text
    assert "What was said in reports is not on it" in for_pupils.text
    name = (await partner_names(node.context))[0]
    assert name not in notice.text
    async with browsing(node, "ana") as ana:
        assert name in (await ana.get("/privacy")).text


async def test_whose_mail_server_the_school_takes_is_told_to_the_school_alone(
    twinned: Twinned,
) -> None:
    node = twinned.alpha.node
    chosen = Chosen("mail.linden.example", 587, "starttls", "", "a@linden.example")
    await mail_server.choose(node.context, node.admin, chosen)
    async with browsing(node) as visitor:
        notice = await visitor.get("/privacy")
    assert "a mail server that the school has chosen" in notice.text
    assert "mail.linden.example" not in notice.html
    async with browsing(node, "ana") as ana:
        assert "mail.linden.example" in (await ana.get("/privacy")).text


async def partner_names(context: Context) -> list[str]:
    facts = await processing.read_facts(context, has_pupils=True)
    return [one.name for one in facts.partners]


async def test_a_node_without_classes_says_nothing_of_pupils(hub_a: Node) -> None:
    async with browsing(hub_a) as visitor:
        notice = await visitor.get("/privacy")
    assert notice.status == 200
    assert "a card to sign in with" not in notice.text
    async with browsing(hub_a, "admin") as admin:
        assert (await admin.get("/school/processing")).status == 200
