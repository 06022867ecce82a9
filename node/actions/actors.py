"""The documents of this node's own actors: the node, its school, its people."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import identity, publish
from node.actions.context import Context
from node.clock import moment
from node.storage import meta, objects, partners
from node.storage.database import Reader, Transaction
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import Written, application, organization, person
from protocol.reading import optional_text_of, text_of

NODE = "node"
SCHOOL = "school"


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
    """The dates and the version that the next version of a document carries."""
    stored = await objects.find(reader, id_)
    if stored is None:
        return Written(context.now(), context.now(), 1)
    return Written(moment(stored.published_ms), context.now(), stored.version + 1)


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
        reachability=_told_reachability(context),
    )
    return await publish.put_document(context, transaction, document)


def _told_reachability(context: Context) -> str:
    """What the service actor says of it: nothing where connections are accepted."""
    reachability = context.settings.node.reachability
    return "" if reachability == "public" else reachability


async def renew_node(context: Context) -> None:
    """At start: let the service actor's document say what the settings say, and tell partners."""
    id_ = names.service_actor_id(context.base)
    async with context.database.write() as transaction:
        stored = await objects.find(transaction, id_)
        said = None if stored is None else optional_text_of(stored.document, "reachability")
        if said is None or said == _told_reachability(context):
            return
        await reissue_node(context, transaction)


async def reissue_node(context: Context, transaction: Transaction) -> JSONObject:
    """Write the service actor's document anew, with its present keys, and tell every partner."""
    id_ = names.service_actor_id(context.base)
    stored = await objects.find(transaction, id_)
    if stored is None:
        raise Refused(Reason.BAD_DATA_FOLDER, "This node is not set up; run: schoolgate init")
    said = stored.document
    document = application(
        id_,
        await next_written(context, transaction, id_),
        node=text_of(said, "node"),
        name=text_of(said, "name"),
        keys=await identity.list_listed_keys(transaction, id_),
        school=optional_text_of(said, "school"),
        country=optional_text_of(said, "country"),
        register_number=optional_text_of(said, "registerNumber"),
        reachability=_told_reachability(context),
    )
    signed = await publish.put_document(context, transaction, document)
    known = await partners.list_all(transaction)
    told = [one.actor for one in known if one.state == "approved"]
    activity = activities.update(publish.saying(context, id_), signed)
    await publish.say(context, transaction, activity, followers=told)
    return signed


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
