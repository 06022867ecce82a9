"""`/school/processing` and `/school/assessment`: the record of processing (GDPR art. 30) and the
draft of a data protection impact assessment (art. 35), for administrators, to be printed.
"""

from collections.abc import Iterator

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import processing
from node.classroom.processing import Record
from node.classroom.room import CLASSROOM
from node.web import privacy_words
from node.web.door import me
from node.web.render import render


async def show_record(request: web.Request) -> web.Response:
    return await _show(request, "processing.html")


async def show_assessment(request: web.Request) -> web.Response:
    return await _show(request, "assessment.html")


async def _show(request: web.Request, template: str) -> web.Response:
    context = request.app[CONTEXT]
    record = await processing.collect(context, request.app.get(CLASSROOM), me(request))
    settings = context.settings
    return render(
        request,
        template,
        record=record,
        facts=record.facts,
        privacy=settings.privacy,
        basis=privacy_words.BASES[settings.privacy.basis],
        keep=settings.backup.keep,
        export_days=settings.files.export_days,
        said=_said(record),
        kinds=privacy_words.KINDS,
        rules=privacy_words.RULES,
        classes=privacy_words.CLASSES,
        risks=privacy_words.RISKS,
        findings=[privacy_words.FINDINGS[one] for one in findings(record)],
        stays=processing.stays(),
        made_ms=context.now_ms(),
    )


def findings(record: Record) -> Iterator[str]:
    """What somebody should look at before he signs, by its key in `privacy_words.FINDINGS`."""
    facts, settings = record.facts, record.settings
    if settings["node"]["development"]:
        yield "development"
    if any(not table.classed for one in record.processings for table in one.tables):
        yield "unclassed"
    if not settings["privacy"]["contact"]:
        yield "contact"
    if not settings["privacy"]["authority"]:
        yield "authority"
    if facts.abroad:
        yield "abroad"
    if not facts.backups_nightly:
        yield "nightly"
    elif not facts.backups_elsewhere:
        yield "beside"
    if facts.mail_host and not facts.mail_protected:
        yield "mail"


def _said(record: Record) -> list[privacy_words.Said]:
    """The words for each processing, in its order."""
    return [
        (privacy_words.VAULT if one.pupils else privacy_words.NODE)[one.part]
        for one in record.processings
    ]
