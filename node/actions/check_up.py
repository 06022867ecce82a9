"""What `schoolgate doctor` looks at: each finding is a sentence, with how to mend what is bad."""

import shutil
from dataclasses import dataclass
from typing import Literal

from node.actions import actors, clocks, identity
from node.actions.context import Context
from node.storage import accounts, deliveries, inbox, meta, objects, partners
from node.storage import clocks as clock_rows
from node.storage.database import Reader
from protocol import clocks as judging
from protocol import names
from protocol.errors import Refused

MIB = 1_048_576
SMALL_SKEW_S = 60


@dataclass(frozen=True)
class Finding:
    state: Literal["ok", "note", "bad"]
    sentence: str


async def check_up(context: Context) -> list[Finding]:
    """All findings, the gravest matters first looked at."""
    broken = await context.database.integrity_check()
    found = [
        Finding("bad", f"database: {one}; restore the latest backup") for one in broken[:20]
    ] or [Finding("ok", "the database is sound")]
    async with context.database.read() as reader:
        if await meta.find(reader, actors.NODE) is None:
            return [*found, Finding("bad", "this node is not set up; run: schoolgate init")]
        found.append(await _keys(context, reader))
        found.append(await _people(reader))
        found += await _partners(reader)
        found += await _letters(reader)
        found.append(await _clock(context, reader))
    return [*found, _disk(context), _address(context)]


async def _keys(context: Context, reader: Reader) -> Finding:
    try:
        await identity.get_identity(context, reader, names.service_actor_id(context.base))
    except (Refused, LookupError) as error:
        return Finding("bad", f"keys: {error}")
    return Finding("ok", "keys/node.key opens the node's keys")


async def _people(reader: Reader) -> Finding:
    admins = [
        one for one in await accounts.list_all(reader) if one.is_admin and one.state == "active"
    ]
    if not admins:
        return Finding(
            "bad", "nobody administers this node; run: schoolgate user add --roles admin"
        )
    return Finding("ok", f"{len(admins)} administrator(s)")


async def _partners(reader: Reader) -> list[Finding]:
    listed = await partners.list_all(reader)
    found = [
        Finding("note", f"{one.name} ({one.origin}) does not answer: {one.trouble}")
        for one in listed
        if one.state == "approved" and one.trouble
    ]
    found += [
        Finding("note", f"{one.name} ({one.origin}) waits for your approval")
        for one in listed
        if one.state == "pending"
    ]
    approved = sum(one.state == "approved" for one in listed)
    return [*found, Finding("ok", f"{approved} approved partner(s)")]


async def _letters(reader: Reader) -> list[Finding]:
    found = []
    given_up = await deliveries.count_of_state(reader, "given_up")
    waiting = await deliveries.count_of_state(reader, "waiting")
    if given_up:
        found.append(Finding("note", f"{given_up} letter(s) were given up; see /admin/deliveries"))
    refused = await inbox.list_refused(reader)
    if refused:
        found.append(Finding("note", f"{len(refused)} activities of partners were refused"))
    conflicts = await objects.count_conflicts(reader)
    if conflicts:
        found.append(Finding("note", f"{conflicts} document(s) came in two versions alike"))
    return [*found, Finding("ok", f"{waiting} letter(s) wait")]


async def _clock(context: Context, reader: Reader) -> Finding:
    off_s = abs(await clocks.find_skew_ms(context, reader)) // 1000
    if off_s > SMALL_SKEW_S:
        try:
            await clocks.require_right(context, reader)
        except Refused as refused:
            return Finding("bad", f"{refused.detail} Until then nothing is written in spaces.")
        return Finding("note", f"the clock differs by {off_s} s from those of partners; compare it")
    ahead = await clock_rows.count_ahead(reader, context.now_ms() + judging.MAX_AHEAD_MS)
    if ahead:
        return Finding(
            "note",
            f"in {ahead} space(s) this school wrote with a clock that was ahead; nobody takes that "
            "before its time. It is said again once a partner's clock was heard and agrees with "
            "this one",
        )
    return Finding("ok", "the clock agrees with those of partners, as far as they were heard")


def _disk(context: Context) -> Finding:
    free_mib = shutil.disk_usage(context.folder.path).free // MIB
    floor_mib = context.settings.limits.free_disk_mib
    if free_mib < floor_mib:
        return Finding(
            "bad", f"{free_mib} MiB of disk are free, below the floor of {floor_mib}; free some"
        )
    return Finding("ok", f"{free_mib} MiB of disk are free")


def _address(context: Context) -> Finding:
    if context.settings.node.development:
        return Finding("note", "node.development is on: for trying things out, not for a school")
    return Finding("ok", f"the public address is {context.base}")
