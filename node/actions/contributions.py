"""What people put into a space: how it is written; how its writer alone changes and takes it back.

`write` and `rewrite` append to the own log, `require_shown` requires that the result can be shown
by the rules that every school reads by; `take_back` erases every version, here at once and at every
member's.
"""

from collections.abc import Callable
from typing import TypeAlias

from node.actions import erase as erasing
from node.actions import publish, replica
from node.actions.context import Context
from node.actions.spaces import is_pupil, require_member
from node.storage import contents, operations, views
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from protocol.space.fold.history import Contribution, Made, Standing
from protocol.space.operation import Header
from protocol.space.vocabulary import is_reference, reference
from protocol.space.writing import By, Place

Make: TypeAlias = Callable[[Place, By, str], Header]


def payload_of(context: Context, kind: str, content: JSONObject, language: str) -> str:
    """The payload of a contribution. Refuses with BAD_INPUT, naming the place, what fits not."""
    text = operation.payload(content, language, context.chance.octets(16))
    try:
        context.book.check(kind, operation.read_payload(text))
    except Refused as refused:
        raise Refused(Reason.BAD_INPUT, refused.detail, **refused.facts) from None
    return text


def split(named: str) -> tuple[str, str]:
    """Home and name of a reference. Refuses with NOT_FOUND what is none."""
    if not is_reference(named):
        raise not_here()
    home, _, name = named.partition("/")
    return home, name


async def get(reader: Reader, space: Space, named: str, shape: type[Made]) -> Made:
    """The object of this name, of the kind that looks like `shape`. Refuses with NOT_FOUND."""
    home, name = split(named)
    found = await contents.find(reader, space.id, home, name, shape)
    if found is None:
        raise not_here()
    return found


def not_here() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is nothing of this name in the space.")


def require_own(found: Contribution, space: Space, alias: str) -> None:
    """Refuses with NOT_OWNER what somebody else made, GONE what is shown no more."""
    if found.home != space.node or found.actor != alias:
        raise Refused(Reason.NOT_OWNER, "Only who made this changes it.")
    if found.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This is not shown any more.")


def require_shown(found: Contribution | None) -> None:
    """What was written just now has to be readable by the rules that every school reads by."""
    if found is None or found.standing is not Standing.SHOWN:
        raise Refused(Reason.BAD_INPUT, "This cannot be shown; leave out special characters.")


async def write(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    make: Make,
    payload: str,
    *,
    name: str = "",
    released_by: str = "",
) -> str:
    """Append a new object of the own log; its name, which is a new one by default. `released_by`:
    the alias of the teacher who answers for a pupil's."""
    name = name or publish.new_name(context)
    by = By(alias, released_by=released_by)
    await replica.append(context, transaction, space, lambda place: make(place, by, name), payload)
    return name


async def rewrite(
    context: Context,
    transaction: Transaction,
    space: Space,
    before: Contribution,
    payload: str,
    *,
    audience: str = "members",
    residency: str = "shared",
) -> None:
    """Append a new version in place of the present one."""
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.edit(
            place,
            By(before.actor),
            before.object,
            base=[before.head],
            audience=audience,
            residency=residency,
        ),
        payload,
    )


async def take_back(
    context: Context, account: Account, space: str, named: str, found: Contribution | None
) -> None:
    """Erase an object, every version of it, here at once and at every member school.

    For who made it, for administrators of the school that are in the space, and for any teacher of
    it where a pupil made it. Refuses others with NOT_OWNER. Also where the disk is nearly full: it
    frees room.
    """
    async with context.database.write_small() as transaction:
        kept, alias = await require_member(transaction, account, space)
        if found is None:
            raise not_here()
        may = found.home == kept.node and (found.actor == alias or account.is_admin)
        if not may and not await _is_pupils(transaction, kept, found):
            raise Refused(Reason.NOT_OWNER, "Only who made this erases it.")
        home, name = split(named)
        versions = await operations.list_own_of_object(transaction, space, home, name)
        await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)


async def erase_own(context: Context, account: Account, space: str, named: str) -> None:
    """Erase what this school wrote in something common, every version, here at once and at every
    member's. What other schools wrote in it stays.

    For who wrote all of it but what pupils of the school did, and for administrators of the school
    that are in the space. Refuses others with NOT_OWNER, GONE where nothing is left.
    """
    home, name = split(named)
    async with context.database.write_small() as transaction:
        kept, alias = await require_member(transaction, account, space)
        own = await operations.list_own_of_object(transaction, space, kept.node, name, home=home)
        people = await views.list_people(transaction, space)
        colleagues = [
            one
            for one in own
            if one.header.actor != alias and not is_pupil(people, kept.node, one.header.actor)
        ]
        if colleagues and not account.is_admin:
            raise Refused(Reason.NOT_OWNER, "Colleagues of your school wrote in this too.")
        await erasing.take_back(context, transaction, kept, own)
    context.wake.notify(replica.TOPIC)


async def _is_pupils(reader: Reader, space: Space, made: Contribution) -> bool:
    people = await views.list_people(reader, space.id)
    return made.home == space.node and is_pupil(people, made.home, made.actor)


def named(space: Space, name: str) -> str:
    """The reference of an own object."""
    return reference(space.node, name)
