"""How somebody at alpha and somebody at mallory's become contacts, and found a space together."""

from dataclasses import dataclass

from node.actions import contacts, projects
from node.actions.projects import ProjectFields
from node.storage import foundings
from node.storage.accounts import Account
from protocol import activities, names, objects
from protocol.canonical import JSONObject
from protocol.keys import Signer
from protocol.objects import ActorKey
from protocol.space import genesis, operation
from protocol.space.genesis import Founder
from tests.attacks.hostile import QUEUE, Rogue
from tests.attacks.speaking import Key, snapshot
from tests.nodes import Node, settle

FIELDS = ProjectFields("Birds", "Two classes count birds.", "en", ["en"], ["biology"], 11, 14)


async def known(alpha: Node, mallory: Rogue, handle: str) -> str:
    actor = mallory.person(handle)
    await mallory.is_done(alpha, mallory.follow(actor, alpha.admin.actor))
    return actor


async def changes_nothing(
    alpha: Node, mallory: Rogue, activity: JSONObject, told: tuple[str, str]
) -> None:
    """Taken and judged so; nothing but the queue has changed."""
    before = await snapshot(alpha, but=QUEUE)
    assert await mallory.told(alpha, activity) == told
    assert await snapshot(alpha, but=QUEUE) == before


def offer_contact(mallory: Rogue, actor: str, other: str) -> JSONObject:
    return activities.offer_contact(
        mallory.said(actor), other, note="Shall we twin?", language="en"
    )


async def befriend_people(alpha: Node, mallory: Rogue, ana: Account, eve: str) -> JSONObject:
    """Eve offers, Ana says yes; the offer."""
    offer = offer_contact(mallory, eve, ana.actor)
    await mallory.is_done(alpha, offer)
    await contacts.answer(alpha.context, ana, str(offer["id"]), "yes")
    await settle(alpha)
    return offer


def entry(mallory: Rogue, project: str) -> tuple[Founder, Signer]:
    """Mallory's entry and space key for the space of this project."""
    signer = Key.of(f"space:{project}").signer
    service = names.service_actor_id(mallory.base)
    return Founder(mallory.node, service, signer.public.multikey), signer


async def offered(alpha: Node, ana: Account, eve: str) -> str:
    """Ana drafts a project and offers it to Eve; its id."""
    project = await projects.draft(alpha.context, ana, FIELDS)
    await projects.offer(alpha.context, ana, project, eve)
    await settle(alpha)
    return project


async def acceptance(alpha: Node, mallory: Rogue, project: str, eve: str) -> JSONObject:
    """Eve's yes to the project that Ana offered, as an honest node would write it."""
    async with alpha.context.database.read() as reader:
        founding = await foundings.find_of_project(reader, project)
    assert founding is not None
    own, signer = entry(mallory, project)
    return activities.accept_project(
        mallory.said(eve),
        founding.offer,
        to=founding.founder,
        founder=own,
        genesis_signature=genesis.sign((founding.entry, own), founding.salt, signer),
    )


@dataclass(frozen=True)
class Shared:
    """A space of alpha and mallory: its id, and mallory's space key."""

    alpha: Node
    space: str
    project: str
    signer: Signer
    genesis: operation.Operation
    ana: Account
    eve: str


async def found(alpha: Node, mallory: Rogue) -> Shared:
    """Ana offers, Eve accepts, alpha founds and invites."""
    ana, eve = await alpha.account("ana"), mallory.person("eve")
    await befriend_people(alpha, mallory, ana, eve)
    project = await offered(alpha, ana, eve)
    await mallory.is_done(alpha, await acceptance(alpha, mallory, project, eve))
    invite = next(one for one in mallory.letters if one["type"] == "Invite")
    sent = invite["genesis"]
    assert isinstance(sent, dict)
    first = operation.read_json(sent)
    return Shared(alpha, first.id, project, entry(mallory, project)[1], first, ana, eve)


def project_of(
    mallory: Rogue, founder: str, changes: JSONObject | None = None, *, base: str = ""
) -> JSONObject:
    """A project that somebody at mallory's founded, signed by its own key."""
    url = names.project_id(base or mallory.base, mallory.name())
    key = mallory.key(url)
    document = objects.project(
        url,
        mallory.written(),
        founder=founder,
        school=f"{mallory.base}/schools/main",
        state="offered",
        scope="european",
        title="Rivers",
        summary="Two classes walk along a river.",
        language="en",
        languages=["en"],
        subjects=["biology"],
        age_from=11,
        age_to=14,
        keys=[ActorKey(key.id, key.signer.public.multikey)],
    ) | (changes or {})
    return mallory.sign(document, key)
