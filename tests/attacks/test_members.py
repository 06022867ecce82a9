"""Who takes part in a project: nobody names another as its owner, nobody who parted hears more."""

from node.actions import forum, parting
from protocol import activities, names, objects
from protocol.canonical import JSONObject
from protocol.errors import Reason
from protocol.objects import ActorKey
from tests.attacks.founding import known
from tests.attacks.hostile import Rogue, document
from tests.attacks.speaking import Key, send
from tests.node.members.joining import Joined, join, project_of, space_at
from tests.node.spaces.schools import found_together, texts
from tests.node.spaces.speaking import bring, get, write_threads
from tests.nodes import Node, settle


def workspace(mallory: Rogue, owner: str, school: str) -> JSONObject:
    """A project that lies at mallory's, signed by its own key, and says whose it is."""
    url = names.project_id(mallory.base, mallory.name())
    key = Key.of(names.key_id(url))
    return mallory.sign(
        objects.project(
            url,
            mallory.written(),
            founder=owner,
            school=school,
            state="active",
            scope="european",
            title="Birds",
            summary="Two classes count birds.",
            language="en",
            languages=["en"],
            subjects=["biology"],
            age_from=11,
            age_to=14,
            keys=[ActorKey(key.id, key.signer.public.multikey)],
        ),
        key,
    )


async def test_a011_nobody_makes_a_workspace_in_anothers_name(alpha: Node, mallory: Rogue) -> None:
    eve = await known(alpha, mallory, "eve")
    theirs = f"{mallory.base}/schools/main"
    for owner, school in (
        (alpha.admin.actor, theirs),
        ("https://elsewhere.example/people/x", theirs),
        (eve, f"{alpha.url}/schools/main"),
    ):
        attack = workspace(mallory, owner, school)
        mallory.serve(attack)
        project = str(attack["id"])
        made = activities.create(mallory.said(project), attack)
        key = Key.of(names.key_id(project))
        await mallory.is_refused(alpha, made, Reason.FOREIGN_ORIGIN, by=key)
    honest = workspace(mallory, eve, theirs)
    by_eve = mallory.create(eve, honest)
    await mallory.is_refused(alpha, by_eve, Reason.NOT_OWNER)
    mallory.serve(honest)
    project = str(honest["id"])
    made = activities.create(mallory.said(project), honest)
    told = await send(alpha, mallory.letter(alpha, made, by=Key.of(names.key_id(project))))
    assert told.status == 202
    await settle(alpha)
    assert await document(alpha, project) == honest


async def test_a098_a_removed_school_is_cut_off_at_once(
    pair: tuple[Node, Node], gamma: Node
) -> None:
    """It holds what it was given: positions, ids, a key that is still good for its old logs."""
    alpha, beta = pair
    shared = await found_together(alpha, beta)
    joined = Joined(shared, await project_of(shared), [alpha, beta])
    cleo = await join(joined, alpha, shared.ana, gamma, "cleo")
    await forum.start_thread(
        gamma.context, cleo, joined.space, title="t", text="kept", language="en"
    )
    await joined.settle()
    node = (await space_at(gamma, joined.space)).node
    own = f"c/{(await space_at(alpha, joined.space)).node}/0"
    paths = (
        "heads",
        f"logs/{own}?after=0",
        f"ops/{joined.space}",
        f"payloads?ids={joined.space}",
        "erasures?after=0",
    )
    batch = await write_threads(gamma, joined.space, "beyond the cut")
    for path in paths[:3]:
        assert (await get(gamma, alpha, f"/spaces/{joined.space}/{path}")).status == 200

    await parting.remove(alpha.context, shared.ana, joined.space, node)

    for path in paths:
        told = await get(gamma, alpha, f"/spaces/{joined.space}/{path}")
        unknown = await get(gamma, alpha, f"/spaces/{'A' * 43}/{path}")
        assert (told.status, told.body) == (404, unknown.body)
    assert (await bring(gamma, alpha, joined.space, batch)).reason is Reason.NOT_FOUND
    await settle(alpha, beta, gamma)
    assert await texts(alpha, joined.space) == await texts(beta, joined.space) == [["kept"]]
    members = (await space_at(beta, joined.space)).state.members
    assert node not in members
    # What it still pushes through its own worker is refused as well, for ever.
    await forum.start_thread(
        alpha.context, shared.ana, joined.space, title="t", text="among us", language="en"
    )
    alpha.clock.advance(days=2)
    await settle(alpha, beta, gamma)
    assert await texts(gamma, joined.space) == [["kept"]]
