"""Who wants to learn who a school's pupils are: from outside, by a pupil's text, by mistake."""

import pytest

from node.actions import forum
from node.classroom import release, roster, working
from node.classroom.roster import Newcomer, names_of
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.spaces.schools import open_together, texts
from tests.node.vault.registered import differences
from tests.node.web.browser import browsing
from tests.nodes import Node, settle

NAMES = ("Mia Nowak", "MIA  NOWAK", "Nowak, Mia", "M.i.a. N.o.w.a.k", "Мiа Nоwаk", "M1a N0wak")
"""Written plainly, turned round, spaced out, with letters of other alphabets, with digits."""


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def hand_in(twinned: Twinned, text: str) -> int:
    shared = twinned.shared
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    return await working.write_reply(
        twinned.alpha.node.room, pupil, shared.space, thread, text=text, language="en", hand_in=True
    )


@pytest.mark.parametrize("name", NAMES)
async def test_a158_a_name_does_not_leave_whoever_decides(twinned: Twinned, name: str) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    work = await hand_in(twinned, f"I am {name}, hello!")
    with pytest.raises(Refused) as refused:
        await release.release(room, shared.ana, work, anyway=[name, *name.split()])
    assert refused.value.reason is Reason.NOT_ALLOWED
    await settle(shared.alpha, shared.beta)
    assert all(
        "hello" not in text for thread in await texts(shared.beta, shared.space) for text in thread
    )


async def test_a158_what_names_nobody_waits_for_a_teacher_and_goes_under_an_alias(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    work = await hand_in(twinned, "Storks, hello!")
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?"]], "never by itself"
    await release.release(room, shared.ana, work)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", "Storks, hello!"]]


async def test_a160_a_column_that_nobody_classified_fails_the_build(twinned: Twinned) -> None:
    async with twinned.alpha.node.room.vault.write() as unit:
        assert await differences(unit) == [], "what is classified passes"
        await unit.change.run("ALTER TABLE pupils ADD COLUMN phone TEXT")
        assert await differences(unit) == ["pupils.phone: not classified"]


PUBLIC = ("/", "/about", "/nodeinfo/2.1", "/.well-known/schoolgate", "/actor", "/healthz", "/c")


async def test_a162_nobody_outside_counts_or_names_a_schools_pupils(twinned: Twinned) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    async with browsing(node) as visitor, browsing(twinned.shared.beta, "bob") as bob:
        seen = [(await visitor.get(path)).html for path in PUBLIC]
        at_beta = (await bob.get(f"/w/{twinned.space}/members")).html
        newcomers = [
            Newcomer(f"Lama Lyra {number}", names_of(display=f"Quux{number} Zyx"))
            for number in range(20)
        ]
        await roster.add_pupils(room, twinned.alpha.teacher, twinned.alpha.class_, newcomers)
        await settle(twinned.shared.alpha, twinned.shared.beta)
        assert [(await visitor.get(path)).html for path in PUBLIC] == seen
        assert (await bob.get(f"/w/{twinned.space}/members")).html == at_beta
    kept = repr(await twinned.shared.beta.dump())
    for secret in ("Quux", "Zyx", "Mia", "Nowak", "Prata", "Panda Nova", "Tiger Vega"):
        assert secret not in kept, secret
    async with room.vault.read() as view:
        rows = await view.rows.all("SELECT alias FROM places WHERE ended_ms IS NULL")
    assert all(row["alias"] in kept for row in rows), "whoever takes part is known by an alias"
