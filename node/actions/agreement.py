"""What a written agreement between two connected schools says, as far as the program knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import actors, trust
from node.actions.actors import Card
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import objects, partners, spaces
from node.storage.partners import Partner
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of


@dataclass(frozen=True)
class Common:
    """A project of both schools; `over` where either is in it no more."""

    title: str
    since_ms: int
    over: bool


@dataclass(frozen=True)
class Agreement:
    """Both schools as their cards show them; of a partner without a card, what the list says."""

    partner: Partner
    ours: Card
    theirs: Card
    projects: Sequence[Common]


async def prepare(context: Context, by: By, host: str) -> Agreement:
    """For the partner at `host`. Refuses with NOT_ALLOWED whoever is no administrator, NOT_FOUND an
    address that is no partner's, CONFLICT one that is not approved, or a hub: there is nothing
    to agree on.
    """
    require_admin(by)
    async with context.database.read() as reader:
        # A node speaks to one scheme only: https, or http while it is tried out.
        origin = f"{context.base.partition('://')[0]}://{host}"
        partner = await partners.find(reader, origin)
        if partner is None:
            raise Refused(Reason.NOT_FOUND, "There is no such partner.")
        if partner.state != "approved":
            raise Refused(Reason.CONFLICT, "This school is not connected.")
        if await trust.find_hub_origins(reader, [partner]):
            raise Refused(Reason.CONFLICT, "This is a hub and no partner school.")
        own = await objects.find(reader, await actors.get_school(reader))
        other = await objects.find_of_origin(reader, origin, "organization")
        kept = await spaces.list_with_origin(reader, origin)
        named = await objects.list_many(reader, [one.project for one, _ in kept])
    bare = Card(partner.name or origin, partner.country)
    return Agreement(
        partner,
        actors.card_of({} if own is None else own.document),
        bare if other is None else actors.card_of(other.document),
        [
            Common(
                optional_text_of(named[one.project].document, "name")
                if one.project in named
                else "",
                one.opened_ms,
                not (there and one.is_member) or one.state.closed,
            )
            for one, there in kept
        ],
    )
