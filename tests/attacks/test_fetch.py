"""What a partner answers when this node asks it for a document."""

import pytest

from node.actions import find
from protocol import canonical
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from tests.attacks.hostile import Rogue, answer
from tests.attacks.speaking import send, snapshot
from tests.nodes import Node

EVE = "/people/eve"


async def is_discarded(alpha: Node, mallory: Rogue, told: bytes, reason: Reason) -> None:
    """Asked for somebody, the partner says `told`: refused, and nothing of it is kept."""
    mallory.answers[EVE] = told
    before = await snapshot(alpha)
    mallory.asked.clear()
    with pytest.raises(Refused) as refused:
        await find.find_actor(alpha.context, alpha.admin, mallory.base + EVE)
    assert refused.value.reason is reason, refused.value
    assert await snapshot(alpha) == before
    assert mallory.asked in ([EVE], [EVE, "/schools/eve"])


async def test_a001_a_document_that_calls_itself_otherwise_is_discarded(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    profile = mallory.profile("eve")
    for id_ in (
        f"{stranger.base}/people/eve",
        f"{alpha.url}/people/admin",
        f"{mallory.base}/people/bob",
        f"{mallory.base}/people/eve/",
        f"{mallory.base}/people/%65ve",
        f"{mallory.base.upper()}/people/eve",
        f"{mallory.base}/people/eve#me",
    ):
        lying = mallory.sign({**profile, "id": id_}, mallory.key(id_))
        await is_discarded(alpha, mallory, answer(canonical.encode(lying)), Reason.BAD_ANSWER)
    theirs = stranger.profile("eve")
    await is_discarded(alpha, mallory, answer(canonical.encode(theirs)), Reason.BAD_ANSWER)
    assert stranger.connections == 0
    mallory.serve(profile)
    found = await find.find_actor(alpha.context, alpha.admin, mallory.base + EVE)
    assert found == mallory.base + EVE
    assert await alpha.count(f"objects WHERE id = '{found}'") == 1


async def test_a001_a_letter_from_somebody_whose_document_lies_is_refused(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    theirs = stranger.profile("eve")
    mallory.answers[EVE] = answer(canonical.encode(theirs))
    before = await snapshot(alpha)
    eve = mallory.base + EVE
    told = await send(alpha, mallory.letter(alpha, mallory.follow(eve, alpha.admin.actor)))
    assert (told.status, told.reason) == (502, "bad_answer")
    assert await snapshot(alpha) == before
    assert stranger.connections == 0
    await mallory.is_done(alpha, mallory.follow(mallory.person("eve"), alpha.admin.actor))


async def test_a_document_is_no_actor_because_it_lies_where_one_should(
    alpha: Node, mallory: Rogue
) -> None:
    note = mallory.note(mallory.base + EVE, {"id": mallory.base + EVE})
    await is_discarded(alpha, mallory, answer(canonical.encode(note)), Reason.BAD_ANSWER)
    grave = mallory.tombstone(mallory.profile("eve"), {"id": mallory.base + EVE})
    await is_discarded(alpha, mallory, answer(canonical.encode(grave)), Reason.BAD_ANSWER)


async def test_an_actor_that_owns_what_lies_elsewhere_is_discarded(
    alpha: Node, mallory: Rogue
) -> None:
    elsewhere: list[JSONObject] = [
        {"inbox": "https://evil.example/inbox"},
        {"outbox": f"{alpha.url}/outbox"},
        {"school": f"{alpha.url}/schools/main"},
        {"followers": "https://evil.example/f"},
    ]
    for members in elsewhere:
        lying = answer(canonical.encode(mallory.profile("eve", members)))
        await is_discarded(alpha, mallory, lying, Reason.FOREIGN_ORIGIN)


async def test_an_actor_whose_proof_does_not_hold_is_discarded(alpha: Node, mallory: Rogue) -> None:
    bob = mallory.key(f"{mallory.base}/people/bob")
    profile = mallory.profile("eve")
    spoiled: list[JSONObject] = [
        {**profile, "name": "Somebody Else"},
        {name: value for name, value in profile.items() if name != "proof"},
        mallory.profile("eve", by=bob),
        mallory.profile("eve", by=mallory.key(mallory.base + EVE, 2)),
        mallory.profile("eve", by=bob, listing=[bob]),
    ]
    for document in spoiled:
        mallory.answers[EVE] = answer(canonical.encode(document))
        with pytest.raises(Refused) as refused:
            await find.find_actor(alpha.context, alpha.admin, mallory.base + EVE)
        assert refused.value.reason in {Reason.BAD_PROOF, Reason.BAD_SHAPE, Reason.NOT_OWNER}
        assert await alpha.count(f"objects WHERE id = '{mallory.base}{EVE}'") == 0


async def test_what_is_no_document_is_discarded(alpha: Node, mallory: Rogue) -> None:
    body = canonical.encode(mallory.profile("eve"))
    twice = body[:-1] + b',"name":"Twice"}'
    for told, reason in (
        (answer(body, "text/html"), Reason.BAD_ANSWER),
        (answer(body, "application/json"), Reason.BAD_ANSWER),
        (answer(body, "application/ld+json"), Reason.BAD_ANSWER),
        (answer(body, "image/png"), Reason.BAD_ANSWER),
        (answer(twice), Reason.BAD_JSON),
        (answer(b"[" * 100_000), Reason.TOO_DEEP),
        (answer(body[:-1] + b',"x":NaN}'), Reason.BAD_JSON),
        (answer(body[:-1] + b',"x":1}'), Reason.BAD_SHAPE),
        (answer(b""), Reason.BAD_JSON),
        (answer(body, status="404 Not Found"), Reason.NOT_FOUND),
        (answer(body, status="410 Gone"), Reason.GONE),
        (answer(body, status="401 Unauthorized"), Reason.NOT_ALLOWED),
        (answer(body, status="500 Internal Server Error"), Reason.UNREACHABLE),
    ):
        await is_discarded(alpha, mallory, told, reason)
    mallory.serve(mallory.profile("eve"))
    await find.find_actor(alpha.context, alpha.admin, mallory.base + EVE)


async def test_an_address_that_somebody_types_leads_to_partners_only(
    alpha: Node, mallory: Rogue, stranger: Rogue
) -> None:
    before = await snapshot(alpha)
    mallory.asked.clear()
    mallory.connections = 0
    here = stranger.base.removeprefix("http://")
    for typed in (
        f"{stranger.base}/people/eve",
        f"eve@{here}",
        f"{mallory.base}@{here}/people/eve",
        f"{mallory.base}/people/../actor",
        f"{mallory.base}/people/eve?x=1",
        f"{mallory.base}/people/eve#me",
        f"{mallory.base}//people/eve",
        f"{mallory.base}\\people\\eve",
        "https://169.254.169.254/latest/meta-data",
        "http://2130706433/people/eve",
        "file:///etc/passwd",
        "eve@127.1",
        "@@@",
        "\u0435ve@school.example",
        "x" * 100_000,
        "",
    ):
        with pytest.raises(Refused) as refused:
            await find.find_actor(alpha.context, alpha.admin, typed)
        assert refused.value.reason in {Reason.BAD_NAME, Reason.NOT_PARTNER, Reason.NOT_FOUND}
    assert stranger.connections == 0
    assert mallory.connections == 0
    assert await snapshot(alpha) == before


async def test_a_fetched_actor_does_not_replace_the_one_that_is_known(
    alpha: Node, mallory: Rogue
) -> None:
    eve = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    new = mallory.key(eve, 2)
    mallory.serve(mallory.profile("eve", {"version": 9}, by=new, listing=[new]))
    before = await snapshot(alpha)
    with pytest.raises(Refused) as refused:
        await find.find_actor(alpha.context, alpha.admin, eve)
    assert refused.value.reason is Reason.NOT_OWNER
    follow = mallory.follow(eve, alpha.admin.actor)
    await mallory.is_refused(alpha, follow, Reason.UNKNOWN_KEY, by=new)
    assert await snapshot(alpha) == before
