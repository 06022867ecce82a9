"""Looking for what is not for everybody: hidden and absent are answered alike, to the byte."""

import re

import pytest

from node.actions import notices, people, school
from node.actions.actors import Card, Profile
from node.actions.permission import OPERATOR
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import ACTIVITY, Request, Told, send
from tests.attacks.visiting import Visitor
from tests.node.actions.test_notices import FIELDS
from tests.nodes import Node

HIDDEN = "/notices/" + "A" * 22


@pytest.fixture
async def hidden(alpha: Node) -> dict[str, str]:
    """Addresses of what is for connected schools alone, each with one where there is nothing."""
    ana = await alpha.account("ana")
    card = Card("School Alpha", "PT", reach="accredited")
    await school.update_card(alpha.context, OPERATOR, card)
    notice = await notices.write(alpha.context, ana, FIELDS)
    return {
        "/people/ana": "/people/eva",
        "/schools/school": "/schools/schoon",
        notice.removeprefix(alpha.url): HIDDEN,
    }


def alike(one: Told, other: Told) -> bool:
    """Whether nothing tells the two apart but the address that was asked for."""
    fields = [{k: v for k, v in told.fields.items() if k != "date"} for told in (one, other)]
    bodies = [re.sub(rb'"/(people|schools|notices)/[^"]*"', b"", t.body) for t in (one, other)]
    return (one.status, fields[0], bodies[0]) == (other.status, fields[1], bodies[1])


async def test_a092_a_visitor_cannot_tell_hidden_from_absent(
    alpha: Node, hidden: dict[str, str]
) -> None:
    visitor = Visitor(alpha)
    for path, absent in hidden.items():
        told = await visitor.get(path)
        assert told.status == 404
        assert alike(told, await visitor.get(absent)), path
    ana = await alpha.get("ana")
    await people.update_profile(alpha.context, ana, Profile("Ana", reach="public"))
    assert (await visitor.get("/people/ana")).status == 200


async def test_a092_a_machine_without_a_name_or_with_a_strange_one_cannot_either(
    alpha: Node, hidden: dict[str, str], stranger: Rogue
) -> None:
    for path, absent in hidden.items():
        for ask in (unsigned, stranger.get):
            one, other = [
                await send(alpha, ask(alpha, target).having(accept=ACTIVITY))
                for target in (path, absent)
            ]
            assert one.status == 401
            assert alike(one, other), path


def unsigned(node: Node, target: str) -> Request:
    return Request("GET", target, (("Accept", ACTIVITY),))


@pytest.mark.parametrize("handle", ["ana", "school"])
async def test_a092_an_address_that_is_not_for_everybody_is_no_address(
    alpha: Node, hidden: dict[str, str], stranger: Rogue, mallory: Rogue, handle: str
) -> None:
    host = alpha.url.removeprefix("http://")
    target = f"/.well-known/webfinger?resource=acct:{handle}@{host}"
    absent = f"/.well-known/webfinger?resource=acct:nobody@{host}"
    missing = await send(alpha, unsigned(alpha, absent))
    assert missing.status == 404
    forged = mallory.get(alpha, target).having(signature="sig1=:AAAA:")
    for request in (unsigned(alpha, target), stranger.get(alpha, target), forged):
        assert alike(await send(alpha, request), missing)
    assert (await send(alpha, mallory.get(alpha, target))).status == 200
