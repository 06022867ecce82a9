"""Can this node do its work just now, and how much of everything it holds."""

import asyncio
import shutil
from dataclasses import dataclass

from node.actions.context import Context
from node.metrics import Figure
from node.storage import backups, census
from node.storage.migrate import is_current
from protocol.errors import Refused

MIB = 1_048_576
MAX_DEFECTS = 3
LONGEST_ROUND_MS = 30 * 60_000
"""A round that takes longer hangs; a backup of many files takes minutes."""


@dataclass(frozen=True)
class Health:
    """Each check by its name: whether it is passed."""

    checks: dict[str, bool]

    @property
    def ready(self) -> bool:
        return all(self.checks.values())


async def look(context: Context) -> Health:
    """Database, migrations, room on the disk, and each worker of this process."""
    checks = {"database": False, "migrations": False, "disk": await _has_room(context)}
    try:
        async with context.database.read() as reader:
            checks["migrations"] = await is_current(reader)
        checks["database"] = not context.database.failed.is_set()
    except (Refused, ValueError, OSError):
        # Not ready is the answer; the log says why when somebody wants the database for work.
        pass
    for name, pulse in context.meter.workers.items():
        busy_ms = context.now_ms() - (pulse.busy_since_ms or context.now_ms())
        checks[name] = pulse.defects < MAX_DEFECTS and busy_ms < LONGEST_ROUND_MS
    return Health(checks)


async def figures(context: Context) -> list[Figure]:
    """What the node holds and owes, as numbers; nothing about anybody."""
    async with context.database.read() as reader:
        counted = await census.count(reader)
        backup = await backups.find_last_made(reader)
    free = (await asyncio.to_thread(shutil.disk_usage, context.folder.path)).free
    found = [
        Figure(f"schoolgate_{one.what}", one.meaning, one.number, {"state": one.state})
        if one.state
        else Figure(f"schoolgate_{one.what}", one.meaning, one.number)
        for one in counted
    ]
    made_s = 0 if backup is None else (backup.made_ms or 0) / 1000
    health = await look(context)
    return [
        *found,
        Figure("schoolgate_disk_free_bytes", "Free space on the data folder's disk.", free),
        Figure("schoolgate_last_backup_seconds", "When a backup was last made; 0: never.", made_s),
        *(
            Figure("schoolgate_check", "Whether a check is passed.", int(good), {"check": name})
            for name, good in health.checks.items()
        ),
    ]


async def _has_room(context: Context) -> bool:
    usage = await asyncio.to_thread(shutil.disk_usage, context.folder.path)
    return usage.free >= context.settings.limits.free_disk_mib * MIB
