"""`/agency/reports`: what schools told the hub of reports, for its officers to deal with."""

from aiohttp import web

from node.actions import escalations as acting
from node.actions.context import CONTEXT
from node.storage import escalations, partners
from node.storage.escalations import Escalation, EscalationState
from node.web import agency, paging
from node.web.door import me
from node.web.render import render, see_other
from node.web.report_words import REPORT_REASONS
from protocol.errors import Reason, Refused

LIST = "/agency/reports"
MAX_DIGITS = 15
_STATES: dict[str, EscalationState] = {"waiting": "waiting", "seen": "seen"}


async def show(request: web.Request) -> web.Response:
    state = paging.read_state(request, agency.REPORTS)
    async with request.app[CONTEXT].database.read() as reader:
        found, last = await escalations.list_in(reader, _STATES[state], paging.read_place(request))
        called = await partners.list_named(reader, [one.origin for one in found])
    return render(
        request,
        "agency_reports.html",
        state=state,
        tabs=paging.tabs(LIST, agency.REPORTS, state),
        further=paging.next_path(LIST, state, last),
        listed=[_line(one, called.get(one.origin, ("", ""))[0]) for one in found],
    )


async def deal_with(request: web.Request) -> web.Response:
    number = request.match_info["number"]
    if not number.isdecimal() or len(number) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is no such report.")
    await acting.deal_with(request.app[CONTEXT], me(request), int(number))
    return see_other(LIST, "escalation-seen")


def _line(one: Escalation, school: str) -> agency.Told:
    return agency.Told(
        path=f"{LIST}/{one.number}",
        school=school or one.origin.partition("://")[2],
        host=one.origin.partition("://")[2],
        reason=REPORT_REASONS.get(one.reason, ""),
        space=one.space,
        item=one.item,
        note=one.note,
        language=one.language,
        at_ms=one.at_ms,
        seen_by=one.seen_by,
    )
