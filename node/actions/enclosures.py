"""Documents with an application: a school sends them to its hub, whose officers look at them.

They go from the school to the hub in signed requests of their own, one for each, while the
application waits. Nothing of them stays at the school but what they are called, which the hub does
not hear.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta

from node import events
from node.actions import admissions, identity, trust
from node.actions.context import Context
from node.actions.permission import By, require_admin, require_officer
from node.actions.recognise import Asked
from node.pictures.names import clean_name
from node.pictures.sniff import ending_for
from node.storage import admissions as admission_rows
from node.storage import enclosures as rows
from node.storage import hubs, membership
from node.storage.enclosures import Enclosure, Sent
from protocol import enclosures, names, outbound
from protocol.errors import Reason, Refused

DROPPED_AT_ONCE = 20
MOST_DAYS = timedelta(days=365)
"""So long a document stays at most, also where nobody decides."""


async def send(context: Context, by: By, name: str, octets: bytes) -> None:
    """At a school: enclose a document with the application that waits.

    Refuses with CONFLICT where none waits, UNSUPPORTED_MEDIA_TYPE, TOO_LARGE, and with the hub's
    reason.
    """
    require_admin(by)
    _check_size(context, octets)
    released = outbound.release_enclosure(octets)
    called = clean_name(name, ending_for(released.content_type, name))
    async with context.database.read() as reader:
        own = await membership.find(reader)
        hub = None if own is None else await hubs.find(reader, own.hub)
    if own is None or hub is None or own.state != "waiting":
        raise Refused(Reason.CONFLICT, "No application of this school waits.")
    speaker = await identity.get_service_identity(context)
    # What it is called stays here: addresses are written into logs, and names name people.
    answer = await context.client.post(
        f"{own.admission}/documents",
        released,
        origin=hub.origin,
        as_=speaker,
    )
    if not answer.ok:
        raise Refused(
            answer.reason or Reason.BAD_ANSWER,
            f"The hub does not take this document: it answered {answer.status}.",
        )
    sent = Sent(
        own.admission,
        called,
        len(octets),
        names.hash_name(hashlib.sha256(octets).digest()),
        context.now_ms(),
    )
    async with context.database.write() as transaction:
        await rows.put_sent(transaction, sent)


async def receive(context: Context, asked: Asked, id_: str) -> None:
    """At a hub: keep a document of an application that waits, under its number. The same again
    changes nothing.

    Refuses with UNKNOWN_KEY whoever did not make that application, CONFLICT a decided one,
    UNSUPPORTED_MEDIA_TYPE, TOO_LARGE, TOO_MANY_ITEMS, and BUSY when all that wait are too much.
    """
    trust.require_hub(context)
    admission, checked = await admissions.recognise(context, asked, id_)
    octets = asked.body or b""
    settings = context.settings.hub
    _check_size(context, octets)
    media_type = enclosures.read_type(octets)
    one = Enclosure(
        number=0,
        admission=admission.id,
        name="",
        media_type=media_type,
        size=len(octets),
        sha256=names.hash_name(hashlib.sha256(octets).digest()),
        came_ms=context.now_ms(),
    )
    async with context.database.write() as transaction:
        await admissions.spend(context, transaction, checked)
        current = await admission_rows.find(transaction, admission.id)
        if current is None or current.state != "waiting":
            raise Refused(Reason.CONFLICT, "This application is decided.")
        known = await rows.list_of(transaction, admission.id)
        if any(other.sha256 == one.sha256 for other in known):
            return
        if len(known) >= settings.documents:
            raise Refused(Reason.TOO_MANY_ITEMS, f"Enclose at most {settings.documents} documents.")
        if await rows.count_octets(transaction) + one.size > settings.documents_mib << 20:
            raise Refused(Reason.BUSY, "Too many documents wait here; send it again in some days.")
        called = f"document-{len(known) + 1}.{ending_for(media_type, '')}"
        await rows.add(transaction, replace(one, name=called), octets)
    events.admission_changed(admission.id, "enclosed")


async def get(context: Context, by: By, admission: str, number: int) -> tuple[Enclosure, bytes]:
    """At a hub: a document for an officer. Refuses with NOT_FOUND."""
    trust.require_hub(context)
    require_officer(by)
    async with context.database.read() as reader:
        found = await rows.find(reader, admission, number)
    if found is None:
        raise Refused(Reason.NOT_FOUND, "There is no such document.")
    return found


async def drop_over(context: Context) -> None:
    """At a hub: drop the documents of applications that were decided long enough ago."""
    now_ms, day_ms = context.now_ms(), 86_400_000
    decided_ms = now_ms - context.settings.hub.documents_days * day_ms
    came_ms = now_ms - int(MOST_DAYS.total_seconds() * 1000)
    while True:
        async with context.database.read() as reader:
            if not await rows.is_any_over(reader, decided_ms, came_ms):
                return
        async with context.database.write_small() as transaction:
            await rows.drop_over(transaction, decided_ms, came_ms, DROPPED_AT_ONCE)


def _check_size(context: Context, octets: bytes) -> None:
    most = context.settings.hub.document_mib
    if not octets:
        raise Refused(Reason.BAD_INPUT, "This document is empty.")
    if len(octets) > most << 20:
        raise Refused(Reason.TOO_LARGE, f"A document may have {most} MiB, no more.")
