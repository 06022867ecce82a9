"""The first hour of a node: its id and keys, its school, its first administrator."""

from dataclasses import dataclass
from hmac import compare_digest as same_secret

from node.actions import actors, endorsements, identity, passwords, people, trust
from node.actions.actors import Card
from node.actions.context import Context
from node.actions.sign_in import TOKEN_OCTETS, token_hash
from node.storage import meta
from node.storage.database import Reader, Transaction
from protocol import names
from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.keys import fingerprint

SCHOOL_SLUG = "school"
OFFICE_SLUG = "office"
OFFERED = "setup_offered"
OFFER_MS = 7 * 86_400_000


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
        raise Refused(Reason.BAD_INPUT, "Give the school's name.")
    if len(school.country) != 2 or not school.country.isalpha():
        raise Refused(Reason.BAD_INPUT, "Give the country as two letters (ISO 3166-1), e.g. PT.")
    names.read_handle(admin.handle)
    if not admin.name.strip():
        raise Refused(Reason.BAD_INPUT, "Give the first administrator's name.")
    passwords.require_good(admin.password)


async def set_up(context: Context, school: NewSchool, admin: FirstAdmin) -> str:
    """Make this node's actors and its first administrator; the node's key's fingerprint.

    Refuses with BAD_DATA_FOLDER a database that is set up already.
    """
    check(school, admin)
    kept = await passwords.hash_password(context.settings.sign_in, admin.password)
    async with context.database.write() as transaction:
        if await is_set_up(transaction):
            raise Refused(Reason.BAD_DATA_FOLDER, "This node is set up already.")
        return await _set_up(context, transaction, school, admin, kept, "en")


async def is_set_up(reader: Reader) -> bool:
    """Whether this node has its keys, its school and an administrator."""
    return await meta.find(reader, actors.NODE) is not None


async def offer(context: Context) -> str:
    """A new address where somebody sets this node up in a browser, once and within seven days.

    The token stands behind `#`, which no browser sends and no proxy notes down. An earlier address
    is void. Refuses with CONFLICT where the node is set up.
    """
    token = b64(context.chance.octets(TOKEN_OCTETS))
    until_ms = context.now_ms() + OFFER_MS
    async with context.database.write() as transaction:
        if await is_set_up(transaction):
            raise Refused(Reason.CONFLICT, "This node is set up already.")
        await meta.put(transaction, OFFERED, f"{until_ms} {token_hash(token)}")
    return f"{context.base}/setup#{token}"


async def claim(
    context: Context, token: str, school: NewSchool, admin: FirstAdmin, language: str
) -> None:
    """Set the node up by the token of `offer`, which is used up by it.

    Refuses with NOT_FOUND where it is set up, LAPSED (fact `field`) a wrong or old token, and as
    `check`.
    """
    check(school, admin)
    await _require_offered(context, token)
    kept = await passwords.hash_password(context.settings.sign_in, admin.password)
    async with context.database.write() as transaction:
        await _check_offered(context, transaction, token)
        await _set_up(context, transaction, school, admin, kept, language)
        await meta.drop(transaction, OFFERED)


async def _require_offered(context: Context, token: str) -> None:
    """Before a password is hashed for nothing."""
    async with context.database.read() as reader:
        await _check_offered(context, reader, token)


async def _check_offered(context: Context, reader: Reader, token: str) -> None:
    if await is_set_up(reader):
        raise Refused(Reason.NOT_FOUND, "This node is set up.")
    until_ms, _, hashed = (await meta.find(reader, OFFERED) or "0 ").partition(" ")
    good = same_secret(token_hash(token), hashed)
    if not good or context.now_ms() > int(until_ms):
        raise Refused(
            Reason.LAPSED,
            "This is not the present set-up token; run: schoolgate setup-address",
            field="token",
        )


async def _set_up(
    context: Context,
    transaction: Transaction,
    school: NewSchool,
    admin: FirstAdmin,
    kept: str,
    language: str,
) -> str:
    card = Card(school.name.strip(), school.country.upper(), school.city.strip())
    school_id = names.school_id(context.base, OFFICE_SLUG if trust.is_hub(context) else SCHOOL_SLUG)
    await meta.put(transaction, actors.NODE, names.node_id(context.chance.octets(16)))
    await meta.put(transaction, actors.SCHOOL, school_id)
    public = await identity.make_key(context, transaction, names.service_actor_id(context.base))
    await identity.make_key(context, transaction, school_id)
    await actors.put_school(context, transaction, card)
    await actors.put_node(context, transaction, card)
    if trust.is_hub(context):
        await endorsements.publish_list(context, transaction)
    roles = frozenset({"admin", "officer" if trust.is_hub(context) else "teacher"})
    await people.put_account(
        context, transaction, admin.handle, admin.name, roles, "active", kept, language
    )
    return fingerprint(public)
