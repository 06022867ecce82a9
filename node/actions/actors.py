"""The documents of this node's own actors: the node, its school, its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from node.actions import identity, publish
from node.actions.context import Context
from node.clock import moment
from node.storage import membership, meta, objects, partners, verifications
from node.storage.database import Reader, Transaction
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.fresh import said_on
from protocol.objects import Written, application, organization, person
from protocol.reading import number_of, optional_text_of, place_of, text_of, texts_of, whole_of

NODE = "node"
SCHOOL = "school"
VERSIONS_FROM = "versions_from"


@dataclass(frozen=True)
class Card:
    """A school as it shows itself; `location` is in tenths of a degree, north and east."""

    name: str
    country: str
    city: str = ""
    region: str = ""
    nuts: str = ""
    location: tuple[int, int] | None = None
    website: str = ""
    types: Sequence[str] = ()
    sector: str = ""
    languages: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    about: str = ""
    about_language: str = ""
    register_number: str = ""
    reach: str = "public"


@dataclass(frozen=True)
class Profile:
    """A person as he or she is shown; who has not chosen is shown to admitted nodes alone."""

    name: str
    role: str = ""
    subjects: Sequence[str] = ()
    languages: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    key_competences: Sequence[str] = ()
    availability: str = ""
    availability_date: date | None = None
    about: str = ""
    about_language: str = ""
    reach: str = "accredited"


def profile_of(document: JSONObject) -> Profile:
    """What a person's document says of the person."""
    text, language = _about_of(document)
    return Profile(
        name=optional_text_of(document, "name"),
        role=optional_text_of(document, "role"),
        subjects=texts_of(document, "subjects"),
        languages=texts_of(document, "languages"),
        age_from=number_of(document, "ageFrom"),
        age_to=number_of(document, "ageTo"),
        key_competences=texts_of(document, "keyCompetences"),
        availability=optional_text_of(document, "availability"),
        availability_date=said_on(document),
        about=text,
        about_language=language,
        reach=optional_text_of(document, "reach") or "public",
    )


def card_of(document: JSONObject) -> Card:
    """What a school's document says of the school."""
    text, language = _about_of(document)
    return Card(
        name=optional_text_of(document, "name"),
        country=optional_text_of(document, "country"),
        city=optional_text_of(document, "city"),
        region=optional_text_of(document, "region"),
        nuts=optional_text_of(document, "nuts"),
        location=place_of(document),
        website=optional_text_of(document, "website"),
        types=texts_of(document, "schoolTypes"),
        sector=optional_text_of(document, "sector"),
        languages=texts_of(document, "languages"),
        age_from=number_of(document, "ageFrom"),
        age_to=number_of(document, "ageTo"),
        about=text,
        about_language=language,
        register_number=optional_text_of(document, "registerNumber"),
        reach=optional_text_of(document, "reach") or "public",
    )


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
    """Write the service actor's document anew; it names the hub that accredits this school."""
    id_ = names.service_actor_id(context.base)
    member = await membership.find(transaction)
    accredited = member is not None and member.state == "accredited"
    document = application(
        id_,
        await next_written(context, transaction, id_),
        node=await get_node(transaction),
        name=card.name,
        keys=await identity.list_listed_keys(transaction, id_),
        school=await get_school(transaction),
        country=card.country,
        register_number=card.register_number,
        role="hub" if context.settings.node.mode == "hub" else "",
        hub=member.hub if member is not None and accredited else "",
        reachability=_told_reachability(context),
        address=context.settings.node.address or "",
    )
    return await publish.put_document(context, transaction, document)


async def rewrite_node(context: Context, transaction: Transaction) -> None:
    """Write the service actor's document anew from the school's card."""
    stored = await objects.find(transaction, await get_school(transaction))
    if stored is None:
        return
    kept = stored.document
    card = Card(
        name=text_of(kept, "name"),
        country=text_of(kept, "country"),
        register_number=optional_text_of(kept, "registerNumber"),
    )
    await put_node(context, transaction, card)


def _told_reachability(context: Context) -> str:
    """What the service actor says of it: nothing where connections are accepted."""
    reachability = context.settings.node.reachability
    return "" if reachability == "public" else reachability


async def renew_node(context: Context) -> None:
    """At start: let the service actor's document say what the settings say, and tell partners."""
    id_ = names.service_actor_id(context.base)
    async with context.database.write() as transaction:
        stored = await objects.find(transaction, id_)
        if stored is None:
            return
        wanted = (_told_reachability(context), context.settings.node.address or "")
        said = stored.document
        told = (optional_text_of(said, "reachability"), optional_text_of(said, "address"))
        if told == wanted:
            return
        await reissue_node(context, transaction)


async def reissue_node(context: Context, transaction: Transaction) -> JSONObject:
    """Write the service actor's document anew, with its present keys, and tell every partner."""
    await rewrite_node(context, transaction)
    id_ = names.service_actor_id(context.base)
    stored = await objects.find(transaction, id_)
    if stored is None:
        raise Refused(Reason.BAD_DATA_FOLDER, "This node is not set up; run: schoolgate init")
    known = await partners.list_all(transaction)
    told = [one.actor for one in known if one.state == "approved"]
    activity = activities.update(publish.saying(context, id_), stored.document)
    await publish.say(context, transaction, activity, followers=told)
    return stored.document


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
        nuts=card.nuts,
        city=card.city,
        location=card.location,
        website=card.website,
        school_types=card.types,
        sector=card.sector,
        languages=card.languages,
        age_from=card.age_from,
        age_to=card.age_to,
        about=card.about,
        about_language=card.about_language,
        register_number=card.register_number,
        reach=card.reach,
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
        key_competences=profile.key_competences,
        availability=profile.availability,
        availability_date=profile.availability_date if profile.availability else None,
        about=profile.about,
        about_language=profile.about_language,
        reach=profile.reach,
        verification=await _find_verification(transaction, id_, profile.name),
    )
    return await publish.put_document(context, transaction, document)


async def _find_verification(reader: Reader, person: str, name: str) -> JSONObject | None:
    """What the hub states about a person under this very name; under another it counts nowhere."""
    known = await verifications.find(reader, person)
    credential = None if known is None else known.credential
    if credential is None or whole_of(credential, "credentialSubject").get("name") != name:
        return None
    return credential


async def announce(context: Context, transaction: Transaction, document: JSONObject) -> None:
    """Tell the actor's followers and contacts that its document is new or changed."""
    actor = text_of(document, "id")
    await publish.narrow(transaction, document)
    said = publish.saying(context, actor)
    first = document["version"] == 1
    activity = (activities.create if first else activities.update)(said, document)
    await publish.say(context, transaction, activity)


def _about_of(document: JSONObject) -> tuple[str, str]:
    if "about" not in document:
        return "", ""
    about = whole_of(document, "about")
    return text_of(about, "text"), text_of(about, "language")
