"""A partner that is careless with what it is given, or that gives far more than is asked for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from node.actions import forum, projects, spaces
from node.remote.fetch import FETCHES_PER_ACTIVITY
from protocol import canonical
from protocol.canonical import JSON
from tests.attacks.founding import FIELDS, Shared
from tests.attacks.hand import node_of
from tests.attacks.hostile import Rogue, answer
from tests.attacks.speaking import ACTIVITY, Request, send
from tests.nodes import Node, settle

LINES = "application/x-ndjson"
MANY = 100_000
MOST_ASKED = 2 * FETCHES_PER_ACTIVITY


def changes(mallory: Rogue, items: list[str]) -> None:
    """A list of what changed there, which names these documents."""
    said = [
        json.dumps({"n": number, "id": url, "document": url})
        for number, url in enumerate(items, start=1)
    ]
    mallory.answers["/changes"] = answer("\n".join(said).encode(), LINES)


@pytest.mark.parametrize("count", [100, MANY])
async def test_a062_a_list_of_addresses_elsewhere_makes_nobody_ask_there(
    alpha: Node, mallory: Rogue, stranger: Rogue, count: int
) -> None:
    await settle(alpha)
    mallory.asked.clear()
    hosts = (stranger.base, "http://10.0.0.1", "http://169.254.169.254", mallory.base)
    changes(mallory, [f"{hosts[one % 4]}/notes/{one:022}" for one in range(count)])
    for _ in range(3):
        alpha.clock.advance(days=1)
        await settle(alpha)
    assert stranger.connections == 0
    assert 0 < len(mallory.asked) <= MOST_ASKED
    assert not [path for path in mallory.asked if "/notes/" in path]


async def test_a062_a_letter_to_a_hundred_thousand_makes_nobody_ask_at_all(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    eve = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    mallory.asked.clear()
    items: list[JSON] = [f"{stranger.base}/people/p{one}" for one in range(MANY)]
    for member in ("to", "cc", "object"):
        letter = mallory.create(eve, mallory.note(eve))
        letter[member] = items
        told = await send(alpha, mallory.letter(alpha, letter))
        assert told.status in {400, 413}, told.body
    await settle(alpha)
    assert (stranger.connections, mallory.asked) == (0, [])
    await mallory.is_done(alpha, mallory.create(eve, mallory.note(eve)))


async def test_a099_what_a_careless_partner_can_show_to_everybody_is_what_was_said_there(
    alpha: Node, mallory: Rogue, shared: Shared
) -> None:
    draft = replace(FIELDS, title="Never told")
    await projects.draft(alpha.context, shared.ana, draft)
    await forum.start_thread(
        alpha.context, shared.ana, shared.space, title="Herons", text="We saw four.", language="en"
    )
    await settle(alpha)
    headers, everything = await all_that_is_given(alpha, mallory, shared)
    assert "We saw four." in everything
    for private in ("Never told", "$argon2"):
        assert private not in everything, private
    # What is signed for ever and cannot be erased names nobody and says nothing.
    for private in (shared.ana.actor, "/people/ana", "Ana", "Herons", "We saw four."):
        assert private not in headers, private
    seen = await spaces.find_space(alpha.context, shared.ana, shared.space)
    assert {one.node for one in seen.schools} == {await node_of(alpha), mallory.node}


def test_a099_no_field_that_may_leave_a_node_is_of_a_class_for_one_school_alone() -> None:
    """Field by field, whoever may read it: everybody, or the members of a space."""
    golden = Path(__file__).parents[1] / "protocol" / "golden" / "outbound.json"
    kinds = json.loads(golden.read_text("utf-8"))["kinds"]
    classes = {said for kind in kinds.values() for said in kind["fields"].values()}
    assert {"public", "members"} <= classes
    for said in classes:
        assert said.partition(";")[0] in {"public", "members"} or said.startswith("a whole "), said


async def all_that_is_given(alpha: Node, mallory: Rogue, shared: Shared) -> tuple[str, str]:
    """Everything that alpha gives a member of the space that asks for all of it: the headers of
    operations, and all bytes."""
    space = f"/spaces/{shared.space}"
    own = await node_of(alpha)
    targets = [f"{space}/{part}" for part in ("heads", f"logs/c/{own}/0", f"logs/k/{own}/0")]
    targets += [f"{space}/erasures", f"{space}/ops/{shared.space}"]
    bodies, headers = [json.dumps(mallory.letters)], []
    for target in targets:
        told = await send(alpha, mallory.get(alpha, target))
        assert told.status == 200, (target, told.body)
        bodies.append(told.body.decode())
        if "/logs/" in target:
            lines = [canonical.read_object(line) for line in told.body.split(b"\n") if line]
            headers += [str(line["header"]) for line in lines]
    assert len(headers) > 2
    for target in ("/changes", "/outbox", "/people/ana", "/schools/main"):
        request: Request = mallory.get(alpha, target).adding("Accept", ACTIVITY)
        bodies.append((await send(alpha, request)).body.decode())
    return "\n".join(headers), "\n".join(bodies)
