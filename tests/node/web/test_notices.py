"""The pages of notices: for whom they are, how one answers, and what cannot be a notice."""

from dataclasses import replace

import pytest

from node.actions import notices, people
from node.actions.actors import Profile
from node.actions.notices import NoticeFields
from tests.node.web.browser import browsing
from tests.node.web.test_reach import visitor_sees
from tests.nodes import Node, settle

ANSWERS = {
    "purpose": "looking_for_partners",
    "title": "Who counts birds with us?",
    "text": "We look for a class at another river.",
    "language": "en",
    "languages": "en",
    "days": "30",
    "reach": "accredited",
}
FIELDS = NoticeFields(
    title="Who counts birds with us?",
    purpose="looking_for_partners",
    text="We look for a class at another river.",
    language="en",
    languages=["en"],
    reach="accredited",
    days=30,
)


async def test_a_notice_is_put_up_changed_and_taken_back(alpha: Node) -> None:
    await alpha.account("ana")
    await alpha.account("ben")
    async with browsing(alpha, "ana") as ana, browsing(alpha, "ben") as ben:
        form = await ana.get((await ana.get("/notices")).link("/notices/new"))
        up = await ana.submit(form, "/notices/new", **ANSWERS)
        assert "Your notice is up." in up.text
        path = up.path.partition("?")[0]
        assert ANSWERS["title"] in (await ben.get("/notices")).text
        assert ANSWERS["title"] in (await ben.get("/notices?purpose=looking_for_partners")).text
        assert ANSWERS["title"] not in (await ben.get("/notices?purpose=question")).text
        assert ANSWERS["title"] in (await ana.get("/home")).text
        assert ANSWERS["title"] in (await ben.get("/people/ana")).text
        saved = await ana.send(
            f"{path}/edit", list((ANSWERS | {"title": "Who counts storks?", "days": ""}).items())
        )
        assert "Saved." in saved.text
        assert "Who counts storks?" in (await ben.get(path)).text
        assert (await ben.get(f"{path}/edit")).status == 404
        assert (await ben.get(f"{path}/delete")).status == 404
        assert (await ben.send(f"{path}/delete")).status == 403
        gone = await ana.send((await ana.get(path)).link("/delete"))
        assert "Your notice is taken back." in gone.text
        assert (await ben.get(path)).status == 410
        assert "storks" not in (await ben.get("/notices")).text


async def test_an_answer_is_an_offer_of_contact_that_names_the_notice(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana", "Ana Ferreira")
    await beta.account("ben")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    path = f"{id_.removeprefix(alpha.url)}@{alpha.url.partition('://')[2]}"
    async with browsing(beta, "ben") as ben, browsing(alpha, "ana") as there:
        page = await ben.get(path)
        assert "Ana Ferreira" in page.text
        form = await ben.get(page.link("/contact"))
        beginning = "About your notice “Who counts birds with us?”:"
        assert beginning in form.text
        sent = await ben.send(
            form.path.partition("?")[0], note=f"{beginning}\n\nWe do, at the Elbe."
        )
        assert "Your offer is on its way." in sent.text
        assert "Contact offered" in (await ben.get(path)).text
        await settle(alpha, beta)
        contacts = await there.get("/contacts")
        assert "We do, at the Elbe." in contacts.text
        await there.submit(contacts, "/contacts/answer", answer="yes")
        await settle(alpha, beta)
        letter = await ben.get((await ben.get(path)).link("/messages/"))
        assert beginning in letter.text


async def test_the_beginning_of_an_answer_names_only_notices_of_that_person(alpha: Node) -> None:
    ana = await alpha.account("ana")
    await alpha.account("ben")
    await alpha.account("eve")
    id_ = await notices.write(alpha.context, ana, FIELDS)
    name = id_.rpartition("/")[2]
    async with browsing(alpha, "eve") as eve:
        assert "About your notice" in (await eve.get(f"/people/ana/contact?notice={name}")).text
        for path in (
            f"/people/ben/contact?notice={name}",
            "/people/ana/contact?notice=AAAAAAAAAAAAAAAAAAAAAA",
            "/people/ana/contact?notice=..%2F..%2Fx@y@z",
            "/people/ana/contact?notice=" + "a" * 1000,
        ):
            shown = await eve.get(path)
            assert shown.status == 200
            assert "About your notice" not in shown.text


async def test_a_notice_that_is_over_can_be_read_and_not_answered(alpha: Node) -> None:
    ana = await alpha.account("ana")
    await alpha.account("ben")
    id_ = await notices.write(alpha.context, ana, replace(FIELDS, days=14))
    path = id_.removeprefix(alpha.url)
    alpha.clock.advance(days=14)
    async with browsing(alpha, "ben") as ben, browsing(alpha, "ana") as own:
        assert FIELDS.title not in (await ben.get("/notices")).text
        page = await ben.get(path)
        assert "can no longer be answered" in page.text
        assert "/contact" not in page.html.partition("<main")[2]
        assert "Over" in (await own.get("/home")).text
        form = await own.get((await own.get(path)).link("/edit"))
        refused = await own.submit(form, "/edit", **(ANSWERS | {"days": ""}))
        assert refused.status == 422
        renewed = await own.submit(form, "/edit", **ANSWERS)
        assert "Saved." in renewed.text
        assert FIELDS.title in (await ben.get("/notices")).text


async def test_a_visitor_reads_public_notices_of_this_school_alone(
    pair: tuple[Node, Node],
) -> None:
    alpha, beta = pair
    ana = await alpha.account("ana", "Ana Ferreira")
    narrow = await notices.write(alpha.context, ana, FIELDS)
    wide = await notices.write(alpha.context, ana, replace(FIELDS, reach="public"))
    hidden = await visitor_sees(alpha, narrow.removeprefix(alpha.url))
    assert hidden == await visitor_sees(alpha, "/notices/AAAAAAAAAAAAAAAAAAAAAA")
    status, text = await visitor_sees(alpha, wide.removeprefix(alpha.url))
    assert (status, FIELDS.title in text, "Sign in to answer" in text) == (200, True, True)
    # Her profile is for connected schools, so that a stranger reads her school's name only.
    assert "Ana Ferreira" not in text
    await people.update_profile(alpha.context, ana, Profile("Ana Ferreira", reach="public"))
    assert "Ana Ferreira" in (await visitor_sees(alpha, wide.removeprefix(alpha.url)))[1]
    await notices.find(beta.context, wide)
    there = f"{wide.removeprefix(alpha.url)}@{alpha.url.partition('://')[2]}"
    assert (await visitor_sees(beta, there))[0] == 404


WRONG = [
    ("purpose", "selling"),
    ("purpose", ""),
    ("title", " "),
    ("title", "a" * 121),
    ("text", ""),
    ("text", "a" * 3_001),
    ("language", "xx"),
    ("languages", ""),
    ("languages", "klingon"),
    ("days", ""),
    ("days", "36500"),
    ("days", "-1"),
    ("reach", "everyone"),
    ("subjects", "alchemy"),
    ("countries", "Atlantis"),
    ("age_from", "300"),
    ("age_to", "2"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_what_is_wrong_in_a_notice_is_named_and_nothing_is_put_up(
    alpha: Node, name: str, value: str
) -> None:
    await alpha.account("ana")
    async with browsing(alpha, "ana") as ana:
        shown = await ana.send("/notices/new", list((ANSWERS | {name: value}).items()))
        assert shown.status == 422
        assert f"#field-{name}" in shown.html
        assert await alpha.count("objects WHERE kind = 'notice'") == 0
        assert "Your notice is up." in (await ana.send("/notices/new", list(ANSWERS.items()))).text


async def test_questions_that_no_list_has_an_answer_to_show_everything(alpha: Node) -> None:
    await alpha.account("ana")
    async with browsing(alpha, "ana") as ana:
        for query in ("purpose=x", "country=%00", "language=" + "a" * 2000, "a=b&a=c"):
            assert (await ana.get(f"/notices?{query}")).status == 200
        for name in ("AAAAAAAAAAAAAAAAAAAAAA", "x", "x@y", "x@localhost:1", "a" * 900):
            assert (await ana.get(f"/notices/{name}")).status in {404, 422, 403, 502}


async def test_an_administrator_who_does_not_teach_puts_nothing_up(alpha: Node) -> None:
    await alpha.account("sec", roles="admin")
    async with browsing(alpha, "sec") as secretary:
        shown = await secretary.send("/notices/new", list(ANSWERS.items()))
        assert shown.status == 403
