"""At a hub: which other hubs' accreditations count for its schools, as one signed list.

To endorse a hub its node has to be an approved partner first: its fingerprint was compared by two
people. Each change is a new version of the whole list; schools ask for it (`refresh`).
"""

from dataclasses import replace

from node.actions import actors, introductions, known_actors, publish, trust
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.clock import moment
from node.storage import accreditations, hubs, objects, partners
from node.storage.database import Reader, Transaction
from node.storage.hubs import HubRow
from protocol import documents, names
from protocol.canonical import JSON, JSONObject
from protocol.documents import Verified
from protocol.endorsements import Endorsed, endorsements
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.objects import ActorKey
from protocol.reading import keys_of, optional_text_of, text_of, time_of, version_of


async def endorse(context: Context, by: By, origin: str) -> None:
    """Let another hub's accreditations count here and at this hub's schools.

    Refuses with NOT_FOUND a node that is no partner, NOT_PARTNER one that was not approved by hand,
    BAD_INPUT one that is no hub, CONFLICT one that is endorsed already.
    """
    trust.require_hub(context)
    require_admin(by)
    async with context.database.write() as transaction:
        partner = await partners.find(transaction, origin)
        if partner is None:
            raise Refused(Reason.NOT_FOUND, f"{origin} is no partner; add and compare it first.")
        if partner.state != "approved" or partner.admitted_by != "hand":
            raise Refused(
                Reason.NOT_PARTNER, "Compare that hub's fingerprint and approve it first."
            )
        stored = await objects.find(transaction, partner.actor)
        if stored is None or optional_text_of(stored.document, "role") != "hub":
            raise Refused(Reason.BAD_INPUT, "That node is a school's, not a hub.")
        if await hubs.find(transaction, partner.actor) is not None:
            raise Refused(Reason.CONFLICT, f"{partner.name} is endorsed already.")
        now_ms = context.now_ms()
        row = HubRow(
            actor=partner.actor,
            origin=origin,
            name=partner.name,
            country=partner.country,
            keys=known_actors.entries_of(stored.document),
            own=False,
            since_ms=now_ms,
            list_version=0,
            asked_ms=None,
            next_ms=now_ms,
            attempts=0,
            trouble="",
        )
        await hubs.put(transaction, row)
        await hubs.want_list(transaction, f"{origin}/status-lists/1", partner.actor)
        await publish_list(context, transaction)
    context.wake.notify(introductions.TOPIC)


async def take_back(context: Context, by: By, actor: str) -> None:
    """Endorse a hub no more: its schools are closed here at once, at this hub's schools when they
    ask next. Refuses with NOT_FOUND."""
    trust.require_hub(context)
    require_admin(by)
    async with context.database.write() as transaction:
        if await hubs.find(transaction, actor) is None:
            raise Refused(Reason.NOT_FOUND, "This hub is not endorsed.")
        await hubs.drop(transaction, actor)
        await publish_list(context, transaction)
        said = await accreditations.list_origins(transaction, [actor])
        await introductions.reconsider(context, transaction, said)
    context.wake.notify(publish.TOPIC)


async def publish_list(context: Context, transaction: Transaction) -> JSONObject:
    """Sign the next version of the list of those whom this hub endorses."""
    id_ = list_id(context.base)
    listed = [
        Endorsed(row.actor, row.name, row.country, _keys(row.keys), moment(row.since_ms))
        for row in await hubs.list_all(transaction)
    ]
    document = endorsements(
        id_,
        await actors.next_written(context, transaction, id_),
        hub=names.service_actor_id(context.base),
        hubs=listed,
    )
    return await publish.put_document(context, transaction, document, listed=False)


async def follow_keys(context: Context, transaction: Transaction) -> None:
    """Name the keys that endorsed hubs have now: a partner's change of key is followed here.

    Only a hub that was compared by hand is followed: of any other the own hub states the keys.
    """
    changed = False
    for row in await hubs.list_all(transaction):
        partner = await partners.find(transaction, row.origin)
        if partner is None or (partner.state, partner.admitted_by) != ("approved", "hand"):
            continue
        stored = await objects.find(transaction, row.actor)
        if stored is None or stored.buried:
            continue
        entries = known_actors.entries_of(stored.document)
        if entries and entries != row.keys:
            await hubs.put(transaction, _renamed(row, stored.document, entries))
            changed = True
    if changed and trust.is_hub(context):
        await publish_list(context, transaction)


async def find_list(reader: Reader, base: str) -> JSONObject | None:
    """This hub's list as it was signed last."""
    stored = await objects.find(reader, list_id(base))
    return None if stored is None else stored.document


async def adopt(
    context: Context, transaction: Transaction, own: HubRow, document: JSONObject
) -> None:
    """At a school: the own hub's list takes the place of the one before.

    Refuses with BAD_PROOF, BAD_ANSWER a list of somebody else, CONFLICT an older version.
    """
    opened = _open_list(context, own, document)
    version = version_of(opened.value)
    if version < own.list_version:
        raise Refused(Reason.CONFLICT, "The hub answers with an older list than it did before.")
    listed = [one for one in _listed(opened.value) if text_of(one, "id") != own.actor]
    named = {text_of(one, "id") for one in listed}
    for row in await hubs.list_all(transaction):
        if not row.own and row.actor not in named:
            await hubs.drop(transaction, row.actor)
    for one in listed:
        await _put_endorsed(context, transaction, one)
    await hubs.put_version(transaction, own.actor, version)


def list_id(base: str) -> str:
    """The address of a hub's list of endorsements."""
    return f"{base}/endorsements"


def _open_list(context: Context, own: HubRow, document: JSONObject) -> Verified[JSONObject]:
    context.book.check("endorsements", document)
    if text_of(document, "id") != list_id(own.origin):
        raise Refused(Reason.BAD_ANSWER, "The hub answers with a list of somebody else.")
    key = keys_of({"assertionMethod": own.keys}, context.now()).get(documents.signer_of(document))
    if key is None:
        raise Refused(Reason.BAD_PROOF, "/proof: the hub does not list the key that signed.")
    return documents.open_document(
        document, PublicKey.read(key), owner=own.actor, now=context.now()
    )


def _listed(document: JSONObject) -> list[JSONObject]:
    listed = document["hubs"]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


async def _put_endorsed(context: Context, transaction: Transaction, one: JSONObject) -> None:
    actor = text_of(one, "id")
    origin = names.origin(actor)
    if actor != names.service_actor_id(origin) or origin == context.base:
        return
    now_ms = context.now_ms()
    await hubs.put(
        transaction,
        HubRow(
            actor=actor,
            origin=origin,
            name=text_of(one, "name"),
            country=text_of(one, "country"),
            keys=known_actors.entries_of(one),
            own=False,
            since_ms=int(time_of(one, "since").timestamp() * 1000),
            list_version=0,
            asked_ms=None,
            next_ms=now_ms,
            attempts=0,
            trouble="",
        ),
    )
    await hubs.want_list(transaction, f"{origin}/status-lists/1", actor)


def _keys(entries: list[JSON]) -> list[ActorKey]:
    return [
        ActorKey(
            text_of(entry, "id"),
            text_of(entry, "publicKeyMultibase"),
            time_of(entry, "validUntil") if "validUntil" in entry else None,
        )
        for entry in entries
        if isinstance(entry, dict)
    ]


def _renamed(row: HubRow, document: JSONObject, entries: list[JSON]) -> HubRow:
    return replace(
        row,
        name=text_of(document, "name"),
        country=optional_text_of(document, "country") or row.country,
        keys=entries,
    )
