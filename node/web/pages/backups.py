"""`/admin/backups`: which backups there are and whether they are whole; making one now.

They cannot be fetched here: a session that somebody stole must not carry the whole school away.
"""

from pathlib import Path

from aiohttp import web

from node.actions import backup as acting
from node.actions.context import CONTEXT
from node.storage.backups import Backup
from node.web import office_views
from node.web.door import me
from node.web.render import render, see_other
from protocol.errors import Refused

MIB = 1 << 20


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    rows = await acting.list_backups(context, me(request))
    settings = context.settings.backup
    hour = settings.nightly_hour_utc
    return render(
        request,
        "backups.html",
        ready=_is_ready(request),
        folder=str(acting.folder_of(context)),
        keep=settings.keep,
        hour="" if hour is None else f"{hour:02}:00",
        wanted=any(one.state == "wanted" for one in rows),
        backups=[_view(one) for one in rows],
    )


async def make(request: web.Request) -> web.Response:
    await acting.ask(request.app[CONTEXT], me(request))
    return see_other("/admin/backups", "backup-asked")


def _is_ready(request: web.Request) -> bool:
    """Whether a passphrase is there, without which no backup is made."""
    try:
        acting.read_passphrase(request.app[CONTEXT])
    except Refused:
        return False
    return True


def _view(row: Backup) -> office_views.Backup:
    return office_views.Backup(
        file=Path(row.file).name,
        state=row.state,
        nightly=row.nightly,
        at_ms=row.made_ms or row.asked_ms,
        size=f"{row.bytes / MIB:.1f} MiB" if row.bytes else "",
        verified_ms=row.verified_ms,
        trouble=row.trouble,
    )
