"""Who is shown as verified: a profile's credential is weighed anew each time it is looked at.

The credential counts for the person and the name that it names, while the hub's word counts here
and its status list does not say otherwise. What is not known yet is not shown.
"""

from dataclasses import dataclass

from node.actions import trust
from node.actions.context import Context
from node.storage import hubs
from node.storage.database import Reader, Transaction
from protocol.canonical import JSONObject
from protocol.credentials import Verification
from protocol.errors import Refused


@dataclass(frozen=True)
class Verified:
    """By which hub a teacher is verified, as whose staff, and since when."""

    hub: str
    school: str
    since_ms: int


async def find(context: Context, reader: Reader, person: JSONObject) -> Verified | None:
    """What a person's document shows of a hub's verification, if that counts now."""
    read = await _read(context, reader, person)
    if read is None or await trust.weigh(context, reader, _stated(person)) != "valid":
        return None
    since_ms = int(read.valid_from.timestamp() * 1000)
    return Verified(read.hub_name, read.teacher.school_name, since_ms)


async def note(context: Context, transaction: Transaction, person: JSONObject) -> None:
    """A person's document has come: ask for the hub's status list that its credential names.

    Only a credential that the hub did sign makes this node ask, and each list once.
    """
    read = await _read(context, transaction, person)
    if read is None or await hubs.find(transaction, read.hub) is None:
        return
    if await hubs.find_list(transaction, read.place.status_list) is None:
        await hubs.want_list(transaction, read.place.status_list, read.hub)
        await hubs.make_due(transaction, context.now_ms(), [read.hub])


async def _read(context: Context, reader: Reader, person: JSONObject) -> Verification | None:
    credential = _stated(person)
    if not credential:
        return None
    try:
        read = await trust.open_verification(context, reader, credential)
    except Refused:
        return None
    return read if read.is_about(person) else None


def _stated(person: JSONObject) -> JSONObject:
    credential = person.get("verification")
    return credential if isinstance(credential, dict) else {}
