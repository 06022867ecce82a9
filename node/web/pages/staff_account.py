"""`/school/staff/{account}`: one account: its roles and who gave them, who stands in for it."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import standing_in
from node.classroom.room import CLASSROOM
from node.storage import accounts, role_changes
from node.web import office_views, words
from node.web.asking import number_of
from node.web.render import render


async def show(request: web.Request) -> web.Response:
    context, number = request.app[CONTEXT], number_of(request.match_info["account"])
    async with context.database.read() as reader:
        account = await standing_in.get_absent(reader, number)
        changes = await role_changes.list_of_account(reader, number)
        staff = {one.id: one.name for one in await accounts.list_all(reader)}
    room = request.app.get(CLASSROOM)
    found = [] if room is None else await standing_in.list_of(room, account)
    standings = [office_views.standing(one) for one in found]
    return render(
        request,
        "staff_account.html",
        name=account.name,
        handle=account.handle,
        path=f"/school/staff/{number}",
        roles=[words.ACCOUNT_ROLES.get(one, one) for one in sorted(account.roles)],
        state=account.state,
        suspended_ms=account.suspended_ms,
        changes=[office_views.role_change(one, staff) for one in changes],
        running=[one for one in standings if one.ended_ms is None],
        over=[one for one in standings if one.ended_ms is not None],
        has_classes=room is not None,
    )
