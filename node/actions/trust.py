"""Whose word counts here: the own hub and those that it endorses, and what their word is worth.

A school pins one hub; that hub's list names the others. A hub trusts itself and whom it endorses.
Everything here is read from what lies here: verifying an accreditation causes no connection.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from node.actions import identity
from node.actions.context import Context
from node.clock import unstamp
from node.storage import accreditations, harvests, hubs, issued, objects, partners, spaces
from node.storage.database import Reader
from node.storage.hubs import HubRow
from node.storage.partners import Partner
from protocol import credentials, documents, names
from protocol.canonical import JSON, JSONObject
from protocol.credentials import Accreditation, StatusList, Verification
from protocol.documents import Verified
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.objects import listed_keys
from protocol.reading import keys_of, optional_text_of, text_of, whole_of

Worth = Literal["valid", "early", "expired", "revoked", "unknown", "not_endorsed"]
Why = Literal["hand", "hub", "suspended", "pending", "blocked", "unknown"]


@dataclass(frozen=True)
class Hub:
    """A hub whose word counts; `own` is the one that this school pinned, or this node itself."""

    actor: str
    origin: str
    name: str
    country: str
    keys: Mapping[str, str]
    own: bool
    since_ms: int
    asked_ms: int | None
    trouble: str


@dataclass(frozen=True)
class Accredited:
    """A node whose accreditation lies here, and the credential as it was signed."""

    origin: str
    actor: str
    node: str
    public: str
    name: str
    country: str
    region: str
    register_number: str
    hub: str
    hub_name: str
    valid_from_ms: int
    valid_until_ms: int
    credential: JSONObject


@dataclass(frozen=True)
class Standing:
    """Whether a node is admitted now, and why; what its accreditation is worth, if it has one."""

    admitted: bool
    why: Why
    worth: Worth | None = None
    hub: str = ""
    until_ms: int | None = None


def is_hub(context: Context) -> bool:
    """Whether this node is a hub."""
    return context.settings.node.mode == "hub"


def require_hub(context: Context) -> None:
    """Refuse with NOT_FOUND what only a hub has."""
    if not is_hub(context):
        raise Refused(Reason.NOT_FOUND, "This node is no hub.")


async def find_own_hub(reader: Reader) -> Hub | None:
    """The hub that this school pinned; None at a school that works without, and at a hub."""
    row = await hubs.find_own(reader)
    return None if row is None else _hub(row)


async def list_hubs(reader: Reader) -> list[Hub]:
    """The own hub first, then those that are endorsed; at a hub, those that it endorses."""
    return [_hub(row) for row in await hubs.list_all(reader)]


async def find_hub_origins(reader: Reader, listed: Iterable[Partner]) -> frozenset[str]:
    """Of these partners those that are hubs, as their nodes say or as this one has noted down; none
    that is or was in a space: whatever it says of itself, it received what is in there."""
    received = await spaces.list_origins(reader)
    known = [one for one in listed if one.origin not in received]
    noted = {one.origin for one in await hubs.list_all(reader)}
    told = await objects.list_many(reader, [one.actor for one in known])
    return frozenset(
        one.origin
        for one in known
        if one.origin in noted
        or (one.actor in told and optional_text_of(told[one.actor].document, "role") == "hub")
    )


async def list_accredited(
    context: Context, reader: Reader, after: str = "", *, limit: int
) -> list[tuple[str, str]]:
    """At a hub: the nodes of the schools beyond `after` that it accredits now, with their keys, by
    origin."""
    hub = names.service_actor_id(context.base)
    return await accreditations.list_keys(reader, hub, after, limit=limit)


async def find_accredited(reader: Reader, origin: str) -> Accredited | None:
    """The newest accreditation of a node that lies here, whatever it is worth now."""
    row = await accreditations.find(reader, origin)
    return None if row is None else _accredited(row.credential)


async def standing_of(context: Context, reader: Reader, origin: str) -> Standing:
    """Whether the node at `origin` is admitted now, and why."""
    row = await accreditations.find(reader, origin)
    worth: Worth | None = None
    hub, until_ms = "", None
    if row is not None:
        hub, until_ms = row.hub, row.until_ms
        worth = await weigh(context, reader, row.credential)
    partner = await partners.find(reader, origin)
    if await find_block(reader, origin, partner) is not None:
        return Standing(False, "blocked", worth, hub, until_ms)
    if partner is None:
        return Standing(False, "unknown", worth, hub, until_ms)
    if partner.state == "approved":
        return Standing(True, partner.admitted_by, worth, hub, until_ms)
    return Standing(False, "suspended" if partner.suspended else "pending", worth, hub, until_ms)


async def find_block(reader: Reader, origin: str, partner: Partner | None = None) -> Partner | None:
    """The blocked node that `origin` is, or pretends not to be: its domain in whatever spelling,
    what lies below it, and its id and key at another address."""
    return find_in_blocks(await partners.list_blocked(reader), origin, partner)


def find_in_blocks(
    blocks: Sequence[Partner], origin: str, partner: Partner | None
) -> Partner | None:
    """The same among those that are blocked."""
    for blocked in blocks:
        same = partner is not None and (
            blocked.node == partner.node or blocked.public == partner.public
        )
        if same or names.covers(blocked.origin, origin):
            return blocked
    return None


async def find_issuer(context: Context, reader: Reader, actor: str) -> Hub | None:
    """The hub with this service actor, if its word counts here: this node itself is one."""
    if is_hub(context) and actor == names.service_actor_id(context.base):
        return await _itself(context, reader)
    row = await hubs.find(reader, actor)
    return None if row is None else _hub(row)


async def open_credential(
    context: Context, reader: Reader, credential: JSONObject
) -> Verified[JSONObject]:
    """A credential of a hub whose word counts. Refuses with NOT_PARTNER any other hub's, and with
    REVOKED_KEY, UNKNOWN_KEY or BAD_PROOF one that is not signed as it should be."""
    issuer = credentials.issuer_of(credential)
    hub = await find_issuer(context, reader, issuer)
    if hub is None:
        raise Refused(
            Reason.NOT_PARTNER,
            f"{names.origin(issuer)} is not among the hubs whose accreditation counts here.",
        )
    key_id = documents.signer_of(credential)
    if key_id not in hub.keys:
        raise Refused(Reason.UNKNOWN_KEY, "The hub does not list the key that signed this.")
    return documents.open_credential(
        credential, PublicKey.read(hub.keys[key_id]), issuer=hub.actor, now=context.now()
    )


async def open_accreditation(
    context: Context, reader: Reader, credential: JSONObject
) -> Accreditation:
    """A verified accreditation; what it is worth is asked with `weigh`."""
    context.book.check("accreditation", credential)
    return credentials.read_accreditation(await open_credential(context, reader, credential))


async def open_verification(
    context: Context, reader: Reader, credential: JSONObject
) -> Verification:
    """A verified statement about a teacher; what it is worth is asked with `weigh`."""
    context.book.check("verification", credential)
    return credentials.read_verification(await open_credential(context, reader, credential))


async def require_rightful(context: Context, reader: Reader, read: Accreditation) -> None:
    """Refuse with NOT_PARTNER a hub's word about a hub, and one that gives a node another key than
    the administrator compared or than a hub states whose accreditation of it still counts."""
    school = read.school
    if await hubs.find(reader, school.actor) is not None:
        raise Refused(Reason.NOT_PARTNER, "That node is a hub; none accredits another.")
    partner = await partners.find(reader, read.origin)
    by_hand = partner is not None and (partner.state, partner.admitted_by) == ("approved", "hand")
    if partner is not None and by_hand and partner.public != school.key:
        raise Refused(Reason.NOT_PARTNER, "That node was compared by hand, with another key.")
    kept = await accreditations.find(reader, read.origin)
    node = await harvests.find_node(reader, read.origin)
    for known in (kept, node):
        credential = None if known is None else known.credential
        if credential is None or credentials.key_of(credential) == school.key:
            continue
        other = credentials.issuer_of(credential) != read.hub
        if other and await weigh(context, reader, credential) in {"valid", "unknown"}:
            raise Refused(Reason.NOT_PARTNER, "Another hub accredits that node, with another key.")


async def weigh(
    context: Context,
    reader: Reader,
    credential: JSONObject,
    lists: dict[str, StatusList | None] | None = None,
) -> Worth:
    """What a credential is worth now. `lists` remembers what was opened for one before."""
    if is_hub(context) and credentials.issuer_of(credential) == _own_actor(context):
        return await _weigh_own(context, reader, credential)
    try:
        read = await _open_stated(context, reader, credential)
    except Refused:
        return "not_endorsed"
    known = {} if lists is None else lists
    name = read.place.status_list
    if name not in known:
        try:
            known[name] = await find_status_list(context, reader, read)
        except Refused:
            # Signed with a key that the hub has taken back since: as if it were not here.
            known[name] = None
    return credentials.judge(read, known[name], context.now())


async def _open_stated(
    context: Context, reader: Reader, credential: JSONObject
) -> Accreditation | Verification:
    if credentials.is_verification(credential):
        return await open_verification(context, reader, credential)
    return await open_accreditation(context, reader, credential)


async def _weigh_own(context: Context, reader: Reader, credential: JSONObject) -> Worth:
    """A hub looks into its own book instead of its own list."""
    row = await issued.find_by_id(reader, text_of(credential, "id"))
    if row is None or row.credential != credential:
        return "not_endorsed"
    if row.until_ms <= context.now_ms():
        return "expired"
    return "valid" if row.revoked_ms is None else "revoked"


async def find_status_list(
    context: Context, reader: Reader, read: Accreditation | Verification
) -> StatusList | None:
    """The newest status list of a credential's hub that is here."""
    kept = await hubs.find_list(reader, read.place.status_list)
    if kept is None or kept.credential is None:
        return None
    return credentials.read_status_list(await open_credential(context, reader, kept.credential))


async def build_status_list(context: Context, reader: Reader, number: int) -> JSONObject:
    """This hub's own list, signed now. Refuses with NOT_FOUND a list that is not begun."""
    first = (number - 1) * credentials.LIST_BITS + 1
    if number < 1 or (number > 1 and first > await issued.find_last_number(reader)):
        raise Refused(Reason.NOT_FOUND, "There is no such list.")
    last = first + credentials.LIST_BITS - 1
    revoked = [one - first for one in await issued.list_revoked(reader, first, last)]
    actor = names.service_actor_id(context.base)
    speaker = await identity.get_identity(context, reader, actor)
    listed = credentials.status_list(
        credentials.list_id(context.base, number),
        await build_issuer(context, reader),
        context.now(),
        revoked,
    )
    return documents.sign_document(listed, speaker.signer, speaker.key_id, context.now())


async def build_issuer(context: Context, reader: Reader) -> credentials.Issuer:
    """This node as the issuer of credentials."""
    actor = names.service_actor_id(context.base)
    stored = await objects.find(reader, actor)
    name = context.base if stored is None else text_of(stored.document, "name")
    return credentials.Issuer(actor, name, await identity.list_listed_keys(reader, actor))


def _own_actor(context: Context) -> str:
    return names.service_actor_id(context.base)


async def _itself(context: Context, reader: Reader) -> Hub:
    issuer = await build_issuer(context, reader)
    stored = await objects.find(reader, issuer.actor)
    country = "" if stored is None else str(stored.document.get("country", ""))
    entries = listed_keys(issuer.actor, issuer.keys)
    return Hub(
        actor=issuer.actor,
        origin=context.base,
        name=issuer.name,
        country=country,
        keys=keys_of({"assertionMethod": entries}),
        own=True,
        since_ms=0,
        asked_ms=context.now_ms(),
        trouble="",
    )


def _hub(row: HubRow) -> Hub:
    entries: list[JSON] = row.keys
    return Hub(
        actor=row.actor,
        origin=row.origin,
        name=row.name,
        country=row.country,
        keys=keys_of({"assertionMethod": entries}),
        own=row.own,
        since_ms=row.since_ms,
        asked_ms=row.asked_ms,
        trouble=row.trouble,
    )


def _accredited(credential: JSONObject) -> Accredited:
    subject = whole_of(credential, "credentialSubject")
    actor = text_of(subject, "id")
    return Accredited(
        origin=names.origin(actor),
        actor=actor,
        node=text_of(subject, "node"),
        public=text_of(subject, "key"),
        name=text_of(subject, "name"),
        country=text_of(subject, "country"),
        region=str(subject.get("region", "")),
        register_number=str(subject.get("registerNumber", "")),
        hub=credentials.issuer_of(credential),
        hub_name=text_of(whole_of(credential, "issuer"), "name"),
        valid_from_ms=unstamp(text_of(credential, "validFrom")),
        valid_until_ms=unstamp(text_of(credential, "validUntil")),
        credential=credential,
    )
