"""Finding partners by the page: forms alone, every wrong question answered, strangers shown."""

import pytest

from node.actions import listing, people, school
from node.actions.actors import Card, Profile
from node.storage import objects
from protocol import directory
from protocol.fresh import AVAILABILITY_DAYS
from tests.node.web.browser import browsing
from tests.nodes import Node, settle

ANNA = Profile(
    "Anna Łukaszewicz",
    role="teacher",
    subjects=("physics",),
    languages=("pl", "en"),
    age_from=10,
    age_to=12,
    availability="looking_for_partners",
    about="We count storks.",
    about_language="en",
)


async def test_a_colleague_is_found_by_words_and_by_facets(alpha: Node) -> None:
    account = await alpha.account("anna")
    await alpha.account("bert", "Bert Blum")
    await people.update_profile(alpha.context, account, ANNA)
    async with browsing(alpha, "bert") as bert:
        assert "Anna Łukaszewicz" in (await bert.get("/search?q=LUKASZ")).text
        found = await bert.get(
            "/search?q=storks&language=en&subject=physics&age_from=11&kind=person"
        )
        assert "Looking for partners" in found.text
        assert "Anna" in (await bert.get(found.link("/people/anna"))).text
        for nothing in ("q=blum+storks", "subject=art", "country=GR", "age_to=9&age_from=8"):
            page = await bert.get(f"/search?{nothing}")
            assert "Nothing was found" in page.text, nothing
            assert page.link("/search") == "/search"


async def test_the_page_needs_an_account(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        assert (await visitor.get("/search?q=anna")).path.startswith("/login")


@pytest.mark.parametrize(
    "asked",
    [
        *("kind=x", "subject=x", "country=XX", "language=%22", "availability=x", "after=x"),
        *("age_from=2", "age_from=x", "age_from=12&age_to=10", "language=de&" * 1 + "language=x1"),
    ],
)
async def test_a_wrong_question_is_shown_again(alpha: Node, asked: str) -> None:
    async with browsing(alpha, "admin") as admin:
        page = await admin.get(f"/search?{asked}")
        assert page.status == 422
        assert "There is something to mend" in page.text


async def test_a_long_list_is_read_page_by_page(alpha: Node) -> None:
    for number in range(directory.PAGE + 3):
        await alpha.account(f"pip{number}", f"Pip Number{number}")
    async with browsing(alpha, "admin") as admin:
        first = await admin.get("/search?q=pip")
        second = await admin.get(first.link("after=").replace("&amp;", "&"))
        names = [f"Pip Number{number}" for number in range(directory.PAGE + 3)]
        shown = [[name for name in names if f">{name}<" in page.html] for page in (first, second)]
        assert len(shown[0]) == directory.PAGE
        assert sorted(shown[0] + shown[1]) == sorted(names)
        assert "after=" not in second.html


async def test_who_was_heard_of_is_found_with_school_and_flag(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await beta.account("nikos", "Νίκος Παππάς")
    await alpha.account("anna")
    host = beta.url.partition("://")[2]
    async with browsing(alpha, "anna") as anna:
        assert "Nothing was found" in (await anna.get("/search?q=Nikos")).text
        await anna.send("/people", address=f"nikos@{host}")
        found = await anna.get("/search?q=ΠΑΠΠΑΣ")
        assert "School Beta" in found.text
        profile = await anna.get(found.link("/people/"))
        assert "Offer to be contacts" in profile.text


async def test_who_said_it_long_ago_is_asked_to_say_it_again(alpha: Node) -> None:
    account = await alpha.account("anna")
    await alpha.account("bert", "Bert Blum")
    await people.update_profile(alpha.context, account, ANNA)
    bert = await alpha.get("bert")
    fresh = Profile("Bert Blum", availability="open_to_offers")
    alpha.clock.advance(days=AVAILABILITY_DAYS + 1)
    await people.update_profile(alpha.context, bert, fresh)
    await settle(alpha)
    async with browsing(alpha, "anna") as anna:
        page = await anna.get("/search?kind=person&availability=looking_for_partners")
        assert "(said long ago)" in page.text
        assert "Say it again" in page.text
        everybody = (await anna.get("/search?kind=person")).text
        assert everybody.rindex("Bert Blum") < everybody.rindex("Anna Łukaszewicz")


async def test_what_was_written_before_there_was_a_directory_is_listed(alpha: Node) -> None:
    await alpha.account("anna", "Anna Berg")
    async with alpha.context.database.write() as transaction:
        await transaction.run("DELETE FROM listings")
        await transaction.run("DELETE FROM listing_search")
    await listing.look_again(alpha.context)
    async with alpha.context.database.read() as reader:
        own = await objects.list_of_kind(reader, "person", local=True)
    async with browsing(alpha, "admin") as admin:
        assert "Anna Berg" in (await admin.get("/search?q=berg")).text
    assert await alpha.count("listings") == len(own) + 1


async def test_a_schools_new_town_moves_its_people(alpha: Node) -> None:
    await alpha.account("anna", "Anna Berg")
    async with browsing(alpha, "admin") as admin:
        assert "Anna Berg" in (await admin.get("/search?region=Town")).text
        card = Card("Alpha", "GR", city="Αθήνα")
        await school.update_card(alpha.context, await alpha.get("admin"), card)
        assert "Nothing was found" in (await admin.get("/search?region=Town")).text
        assert "Anna Berg" in (await admin.get("/search?region=αθηνα")).text
