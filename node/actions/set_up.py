"""The first hour of a node: its id and keys, its school, its first administrator."""

from dataclasses import dataclass

from node.actions import actors, endorsements, identity, passwords, people, trust
from node.actions.actors import Card
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.storage import meta
from protocol import names
from protocol.errors import Reason, Refused
from protocol.keys import fingerprint

SCHOOL_SLUG = "school"
OFFICE_SLUG = "office"


@dataclass(frozen=True)
class NewSchool:
    name: str
    country: str
    city: str


@dataclass(frozen=True)
class FirstAdmin:
    handle: str
    name: str
    password: str


def check(school: NewSchool, admin: FirstAdmin) -> None:
    """Refuse bad answers before anything is written: BAD_INPUT, BAD_NAME."""
    if not school.name.strip():
        raise Refused(Reason.BAD_INPUT, "Give the school's name with --school.")
    if len(school.country) != 2 or not school.country.isalpha():
        raise Refused(
            Reason.BAD_INPUT, "Give the country as two letters (ISO 3166-1), e.g. --country PT."
        )
    names.read_handle(admin.handle)
    passwords.require_good(admin.password)


async def set_up(context: Context, school: NewSchool, admin: FirstAdmin) -> str:
    """Make this node's actors and its first administrator; the node's key's fingerprint.

    Refuses with BAD_DATA_FOLDER a database that is set up already.
    """
    check(school, admin)
    service = names.service_actor_id(context.base)
    card = Card(school.name.strip(), school.country.upper(), school.city.strip())
    async with context.database.write() as transaction:
        if await meta.find(transaction, actors.NODE) is not None:
            raise Refused(Reason.BAD_DATA_FOLDER, "This node is set up already.")
        slug = OFFICE_SLUG if trust.is_hub(context) else SCHOOL_SLUG
        school_id = names.school_id(context.base, slug)
        await meta.put(transaction, actors.NODE, names.node_id(context.chance.octets(16)))
        await meta.put(transaction, actors.SCHOOL, school_id)
        public = await identity.make_key(context, transaction, service)
        await identity.make_key(context, transaction, school_id)
        await actors.put_school(context, transaction, card)
        await actors.put_node(context, transaction, card)
        if trust.is_hub(context):
            await endorsements.publish_list(context, transaction)
    await people.add_account(
        context,
        OPERATOR,
        handle=admin.handle,
        name=admin.name,
        roles=frozenset({"admin", "officer" if trust.is_hub(context) else "teacher"}),
        password=admin.password,
    )
    return fingerprint(public)
