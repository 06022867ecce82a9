"""Two teachers meet, found a project and talk, by forms alone."""

from tests.node.web.browser import Browser, browsing
from tests.nodes import Node, settle

PROJECT = [
    ("title", "Storks between two homes"),
    ("summary", "We follow the same birds."),
    ("language", "en"),
    ("languages", "en"),
    ("languages", "de"),
    ("subjects", "biology"),
    ("age_from", "11"),
    ("age_to", "14"),
    ("pupils", "48"),
    ("scope", "european"),
    ("start", "2026-09-01"),
    ("end", "2027-06-30"),
    ("aims", "To count carefully."),
]


def address(handle: str, node: Node) -> str:
    return f"{handle}@{node.url.partition('://')[2]}"


async def become_contacts(anna: Browser, nikos: Browser, alpha: Node, beta: Node) -> None:
    """Anna finds Nikos by his address and offers; he says yes."""
    profile = await anna.send("/people", address=address("nikos", beta))
    assert "Nikos" in profile.text
    offer = await anna.get(profile.link("/contact"))
    sent = await anna.send(offer.path, note="We watch storks too.")
    assert "Your offer is on its way" in sent.text
    await settle(alpha, beta)
    waiting = await nikos.get("/home")
    assert "Anna offers to be contacts" in waiting.text
    offers = await nikos.get("/contacts")
    assert "We watch storks too." in offers.text
    await nikos.submit(offers, "/contacts/answer", "yes")
    await settle(alpha, beta)


async def test_two_teachers_meet_and_write_to_each_other(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await alpha.account("anna")
    await beta.account("nikos")
    async with browsing(alpha, "anna") as anna, browsing(beta, "nikos") as nikos:
        await become_contacts(anna, nikos, alpha, beta)
        profile = await anna.get(f"/people/{address('nikos', beta)}")
        assert "Write a message" in profile.text
        followed = await anna.submit(profile, "/follow")
        assert "You follow this" in followed.text
        await settle(alpha, beta)

        await nikos.send("/updates/new", text="212 storks today!", language="en")
        written = await nikos.send(
            f"/messages/{address('anna', alpha)}", text="Hello Anna", language="en"
        )
        assert "on its way" in written.text
        await settle(alpha, beta)
        home = await anna.get("/home")
        assert "212 storks today!" in home.text
        assert "There are new messages" in home.text
        conversation = await anna.get((await anna.get("/messages")).link("/messages/nikos"))
        assert "Hello Anna" in conversation.text
        assert "There are new messages" not in (await anna.get("/home")).text

        mine = await nikos.get("/home")
        gone = await nikos.send(mine.link("/updates/").replace("/updates/new", "") or "/")
        assert gone.status in {404, 405}


async def test_two_teachers_found_a_project_and_talk(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await alpha.account("anna")
    await beta.account("nikos")
    async with browsing(alpha, "anna") as anna, browsing(beta, "nikos") as nikos:
        await become_contacts(anna, nikos, alpha, beta)
        manage = await anna.send("/projects/new", PROJECT)
        assert "You can offer this project" in manage.text
        other = f"{beta.url}/people/nikos"
        offered = await anna.submit(manage, "/offer", other=other)
        assert "Nikos is to answer your offer" in offered.text
        await settle(alpha, beta)

        asked = await nikos.get("/home")
        assert "Anna asks you to found a project together" in asked.text
        page = await nikos.get(asked.link("/manage"))
        accepted = await nikos.submit(page, "/accept")
        assert accepted.status == 200, accepted.text
        await settle(alpha, beta)
        space = (await anna.get("/home")).link("/w/")
        assert (await nikos.get("/home")).link("/w/") == space

        thread = await anna.send(
            f"{space}/forum/new", title="The first stork", text="When was it?", language="en"
        )
        assert "The first stork" in thread.text
        await settle(alpha, beta)
        path = thread.path.partition("?")[0]
        replied = await nikos.send(path, text="On the third of March.", language="en")
        assert "On the third of March." in replied.text
        await settle(alpha, beta)
        seen = await anna.get(path)
        assert "On the third of March." in seen.text
        assert "Nikos" in (await anna.get(f"{space}/members")).text

        edited = await nikos.send(
            (await nikos.get(path)).link("/edit"), text="On the fourth of March.", language="en"
        )
        assert "On the fourth of March." in edited.text
        erased = await nikos.send((await nikos.get(path)).link("/delete"))
        assert "fourth of March" not in erased.text
        assert "Not yet confirmed by" in erased.text
        await settle(alpha, beta)
        assert "March" not in (await anna.get(path)).text
        assert "confirmed by" in (await nikos.get(path)).text


async def test_nobody_else_sees_the_space(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await alpha.account("anna")
    await alpha.account("otto")
    await beta.account("nikos")
    async with browsing(alpha, "anna") as anna, browsing(beta, "nikos") as nikos:
        await become_contacts(anna, nikos, alpha, beta)
        manage = await anna.send("/projects/new", PROJECT)
        await anna.submit(manage, "/offer", other=f"{beta.url}/people/nikos")
        await settle(alpha, beta)
        await nikos.submit(await nikos.get((await nikos.get("/home")).link("/manage")), "/accept")
        await settle(alpha, beta)
        space = (await anna.get("/home")).link("/w/")
        async with browsing(alpha, "otto") as otto:
            hidden = await otto.get(space)
            absent = await otto.get(space[:-3] + "AAA")
            assert hidden.status == absent.status == 404
            assert hidden.text == absent.text
            brought = await anna.send(f"{space}/members", handle="otto")
            assert "Your colleague is in the space now" in brought.text
            assert (await otto.get(space)).status == 200
            left = await otto.send(f"{space}/leave")
            assert left.path.startswith("/home")
            assert (await otto.get(space)).status == 404
