"""Whoever has no part in a class hears of it, of its pupils and of their work what he hears of one
that is not there; and two who decide at once have decided once."""

import asyncio
import re

import pytest

from node.classroom import release
from node.web.class_routes import CLASSES
from node.web.door import Access
from protocol.errors import Reason, Refused
from tests.attacks.speaking import Told
from tests.attacks.visiting import signed_in
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, hand_in
from tests.node.spaces.schools import open_together, texts
from tests.nodes import Node, settle

GUARDED = [
    (method, path)
    for method, path, access, _ in CLASSES
    if access is Access.STAFF and re.search(r"\{(class|work|case)\}", path)
]


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


def said(told: Told, target: str) -> tuple[object, ...]:
    fields = {name: text for name, text in told.fields.items() if name != "date"}
    return (
        told.status,
        fields.pop("content-length", ""),
        fields,
        told.body.replace(target.encode(), b""),
    )


async def test_a162_a_colleague_of_elsewhere_hears_the_same_of_what_is_there_and_what_is_not(
    twinned: Twinned,
) -> None:
    work = await hand_in(twinned, await begin(twinned), "Storks")
    node = twinned.alpha.node
    await node.account("carl", "Carl Other")
    carl = await signed_in(node, "carl")
    assert len(GUARDED) > 20
    for method, path in GUARDED:
        answers = []
        for class_, pupil, number in (
            (twinned.alpha.class_, twinned.alpha.pupils["Panda Nova"].id, work),
            (9, 9, 9),
        ):
            filled = {"{class}": class_, "{pupil}": pupil, "{work}": number, "{case}": number}
            target = path.replace("{space}", twinned.space)
            for name, value in filled.items():
                target = target.replace(name, str(value))
            if "{" in target:
                continue
            ask = carl.get(target) if method == "GET" else carl.post(target, {"x": "1"})
            answers.append(said(await ask, target))
        assert len(answers) in (0, 2)
        assert answers[:1] == answers[1:], (method, path)


async def test_two_who_decide_at_once_have_decided_once(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    work = await hand_in(twinned, await begin(twinned), "Storks")
    _, held = await release.find_held(room, shared.ana, work)
    version = held.work.version
    answers = await asyncio.gather(
        *(release.release(room, shared.ana, work, version=version) for _ in range(4)),
        release.give_back(room, shared.ana, work, "Mend it.", version=version),
        return_exceptions=True,
    )
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.reason for one in refused] == [Reason.CONFLICT] * 4
    await settle(shared.alpha, shared.beta)
    told = [["Which?", "Storks"]] if isinstance(answers[-1], Refused) else [["Which?"]]
    assert await texts(shared.beta, shared.space) == told
