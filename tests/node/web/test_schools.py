"""A third school joins, is removed, and a project is closed, by forms alone."""

from node.actions import joining
from node.web import participants
from tests.node.members.joining import Joined, befriend, joining_at, project_of, space_at
from tests.node.spaces.schools import found_together
from tests.node.web.browser import browsing
from tests.nodes import Node, make_partners, settle


async def begin(pair: tuple[Node, Node], gamma: Node) -> tuple[Joined, str]:
    """A running project of alpha and beta, a contact at gamma, and the project's path at alpha."""
    alpha, beta = pair
    shared = await found_together(alpha, beta)
    joined = Joined(shared, await project_of(shared), [alpha, beta, gamma])
    joined.people["gamma"] = await gamma.account("cleo", "Cleo Costa")
    await make_partners(alpha, gamma)
    await befriend(alpha, shared.ana, gamma, joined.people["gamma"], beta)
    return joined, joined.project.removeprefix(alpha.url)


async def test_a_school_is_invited_accepts_and_is_removed(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    joined, path = await begin(pair, gamma)
    alpha, beta = pair
    far = f"{path}@{alpha.url.partition('://')[2]}"
    async with browsing(alpha, "ana") as ana, browsing(gamma, "cleo") as cleo:
        manage = await ana.get(f"{path}/manage")
        assert "Schools in this project" in manage.text
        asking = await ana.get(manage.link("/invite"))
        assert "Cleo Costa" in asking.text
        assert "Bob Bell" not in asking.text
        wrong = await ana.send(f"{path}/invite", other="https://elsewhere.example/people/x")
        assert wrong.status == 422
        other = joined.people["gamma"].actor
        sent = await ana.send(f"{path}/invite", other=other, note="Birds?")
        assert "Invited. The school has 30 days to answer." in sent.text
        assert "Not answered yet" in sent.text
        again = await ana.send(f"{path}/invite", other=other)
        assert "takes part already, or was asked already" in again.text
        await settle(alpha, beta, gamma)

        waiting = await cleo.get("/home")
        assert "invites your school to take part in a project" in waiting.text
        asked = await cleo.get(waiting.link("/manage"))
        assert asked.path == f"{far}/manage"
        assert "Birds?" in asked.text
        accepted = await cleo.submit(asked, "/join")
        assert "You have accepted" in accepted.text
        await settle(alpha, beta, gamma)
        manage = await cleo.get(f"{far}/manage")
        space = await cleo.get(manage.link("/w/"))
        assert space.status == 200
        members = await cleo.get(f"{space.path}/members")
        assert "Reached through other schools" in members.text
        assert "Leave with the whole school" in members.text

        members = await ana.get(f"/w/{joined.space}/members")
        node = (await space_at(gamma, joined.space)).node
        removing = await ana.get(members.link(f"/schools/{node}/remove"))
        assert "Remove School Gamma from this space?" in removing.text
        removed = await ana.submit(removing, "/remove")
        assert "The school is removed" in removed.text
        await settle(alpha, beta, gamma)
        told = await cleo.get(f"/w/{joined.space}")
        assert "Our school was removed from this space" in told.text
        assert "Begin a thread" not in told.text
        gone = await ana.get(f"/w/{joined.space}/schools/{'0' * 32}/remove")
        assert gone.status == 404


async def test_an_invitation_is_withdrawn_and_another_declined(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    joined, path = await begin(pair, gamma)
    alpha, beta = pair
    far = f"{path}@{alpha.url.partition('://')[2]}"
    async with browsing(alpha, "ana") as ana, browsing(gamma, "cleo") as cleo:
        await ana.send(f"{path}/invite", other=joined.people["gamma"].actor)
        manage = await ana.get(f"{path}/manage")
        withdrawn = await ana.submit(manage, "/invite/withdraw")
        assert "The invitation is withdrawn." in withdrawn.text
        await settle(alpha, beta, gamma)
        assert (await cleo.get(f"{far}/manage")).status == 404
        await ana.send(f"{path}/invite", other=joined.people["gamma"].actor)
        await settle(alpha, beta, gamma)
        refusing = await cleo.get(f"{far}/refuse")
        declined = await cleo.submit(refusing, "/refuse", note="Not this year.")
        assert "You have declined." in declined.text
        await settle(alpha, beta, gamma)
        manage = await ana.get(f"{path}/manage")
        assert "Has declined" in manage.text
        assert "Not this year." in manage.text


async def test_the_page_says_for_whom_an_admission_waits(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    joined, _ = await begin(pair, gamma)
    alpha, beta = pair
    bob, cleo = joined.shared.bob, joined.people["gamma"]
    await make_partners(beta, gamma)
    await befriend(beta, bob, gamma, cleo, alpha)
    await joining.invite(beta.context, bob, joined.project, cleo.actor)
    await settle(alpha, beta, gamma)
    await alpha.close_doors()
    await joining.accept(gamma.context, cleo, joined.project)
    await settle(beta, gamma)
    assert (await joining_at(beta, joined.project)).state == "accepted"
    async with browsing(beta, "bob") as browser:
        members = await browser.get(f"/w/{joined.space}/members")
    assert "School Gamma is to be let in" in members.text
    assert "wait for the server of School Alpha" in members.text
    await alpha.open_doors()


async def test_a_project_is_closed_by_a_founder(pair: tuple[Node, Node], gamma: Node) -> None:
    joined, path = await begin(pair, gamma)
    alpha, beta = pair
    async with browsing(alpha, "ana") as ana, browsing(beta, "bob") as bob:
        members = await bob.get(f"/w/{joined.space}/members")
        assert "Only two schools take part, so neither can leave" in members.text
        refused = await bob.send(f"/w/{joined.space}/leave-school")
        assert (refused.status, "cannot leave" in refused.text) == (422, True)
        closing = await ana.get(f"{path}/close")
        closed = await ana.submit(closing, "/close")
        assert "The project is closed." in closed.text
        await settle(alpha, beta)
        space = await bob.get(f"/w/{joined.space}")
        assert "This project is closed" in space.text
        assert "Begin a thread" not in space.text
        assert "Finished" in (await ana.get("/projects")).text
        late = await bob.send(f"/w/{joined.space}/forum/new", title="t", text="late", language="en")
        assert late.status in {403, 422}


async def test_founding_is_handed_over_and_an_account_ends_with_a_successor(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    _, path = await begin(pair, gamma)
    alpha, _ = pair
    await alpha.account("eve", "Eve Esser")
    async with browsing(alpha, "ana") as ana, browsing(alpha, "admin") as admin:
        handing = await ana.get(f"{path}/hand-over")
        assert "Eve Esser" in handing.text
        handed = await ana.submit(handing, "/hand-over", successor="eve")
        assert "Your colleague founds the project now." in handed.text
        eve = await alpha.get("eve")
        ending = await admin.get(f"/school/staff/{eve.id}/end")
        assert "Somebody has to take over these projects" in ending.text
        refused = await admin.submit(ending, "/end")
        assert (refused.status, "take over the projects first" in refused.text) == (422, True)
        past = await admin.submit(ending, "/end", successor="ana", last_day="2020-01-01")
        assert past.status == 422
        noted = await admin.submit(ending, "/end", successor="ana", last_day="2027-07-31")
        assert "The last day is noted." in noted.text
        assert "until" in noted.text
        staying = await admin.submit(noted, "/stay")
        assert "no last day any more" in staying.text
        ended = await admin.submit(ending, "/end", successor="ana")
        assert ended.path == "/school/staff?told=account-ended"
    assert (await alpha.get("eve")).state == "ended"


def test_whatever_a_school_asks_the_steward_for_has_a_sentence() -> None:
    asked = {"admit", "cut", "rekey", "purge", "unpurge", "moderator", "unmoderator"}
    asked |= {"close", "archive", "reopen", "leave"}
    assert asked == set(participants.ASKED)
