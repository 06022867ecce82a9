"""The documents of this node's own actors: the node, its school, its people."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import identity, publish
from node.actions.context import Context
from node.clock import moment
from node.storage import meta, objects
from node.storage.database import Reader, Transaction
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.objects import Written, application, organization, person
from protocol.reading import text_of

NODE = "node"
SCHOOL = "school"
VERSIONS_FROM = "versions_from"


@dataclass(frozen=True)
class Card:
    """A school as it shows itself."""

    name: str
    country: str
    city: str = ""
    region: str = ""
    types: Sequence[str] = ()
    sector: str = ""
    languages: Sequence[str] = ()
    about: str = ""
    about_language: str = ""
    register_number: str = ""


@dataclass(frozen=True)
class Profile:
    """A person as he or she is shown."""

    name: str
    role: str = ""
    subjects: Sequence[str] = ()
    languages: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    availability: str = ""
    about: str = ""
    about_language: str = ""


async def get_school(reader: Reader) -> str:
    """The id of this node's school."""
    return await meta.get(reader, SCHOOL)


async def get_node(reader: Reader) -> str:
    """This node's id."""
    return await meta.get(reader, NODE)


async def next_written(context: Context, reader: Reader, id_: str) -> Written:
    """The dates and the version that the next version of a document carries.

    After a restored backup versions go on far above those that others may have seen.
    """
    stored = await objects.find(reader, id_)
    if stored is None:
        return Written(context.now(), context.now(), 1)
    lowest = int(await meta.find(reader, VERSIONS_FROM) or 0)
    version = max(lowest, stored.version + 1)
    return Written(moment(stored.published_ms), context.now(), version)


async def put_node(context: Context, transaction: Transaction, card: Card) -> JSONObject:
    """Write the service actor's document anew."""
    id_ = names.service_actor_id(context.base)
    document = application(
        id_,
        await next_written(context, transaction, id_),
        node=await get_node(transaction),
        name=card.name,
        keys=await identity.list_listed_keys(transaction, id_),
        school=await get_school(transaction),
        country=card.country,
        register_number=card.register_number,
    )
    return await publish.put_document(context, transaction, document)


async def put_school(context: Context, transaction: Transaction, card: Card) -> JSONObject:
    """Write the school's card anew."""
    id_ = await get_school(transaction)
    document = organization(
        id_,
        await next_written(context, transaction, id_),
        name=card.name,
        country=card.country,
        keys=await identity.list_listed_keys(transaction, id_),
        region=card.region,
        city=card.city,
        school_types=card.types,
        sector=card.sector,
        languages=card.languages,
        about=card.about,
        about_language=card.about_language,
        register_number=card.register_number,
    )
    return await publish.put_document(context, transaction, document)


async def put_person(
    context: Context, transaction: Transaction, handle: str, profile: Profile
) -> JSONObject:
    """Write a person's profile anew."""
    id_ = names.person_id(context.base, handle)
    school_id = await get_school(transaction)
    school = await objects.find(transaction, school_id)
    document = person(
        id_,
        await next_written(context, transaction, id_),
        handle=handle,
        name=profile.name,
        school=school_id,
        keys=await identity.list_listed_keys(transaction, id_),
        country="" if school is None else text_of(school.document, "country"),
        role=profile.role,
        subjects=profile.subjects,
        languages=profile.languages,
        age_from=profile.age_from,
        age_to=profile.age_to,
        availability=profile.availability,
        about=profile.about,
        about_language=profile.about_language,
    )
    return await publish.put_document(context, transaction, document)


async def announce(context: Context, transaction: Transaction, document: JSONObject) -> None:
    """Tell the actor's followers and contacts that its document is new or changed."""
    actor = text_of(document, "id")
    said = publish.saying(context, actor)
    first = document["version"] == 1
    activity = (activities.create if first else activities.update)(said, document)
    await publish.say(context, transaction, activity)
