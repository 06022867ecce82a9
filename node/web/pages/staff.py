"""`/school/staff`: who works here: inviting, letting in those who ask, ending accounts."""

from dataclasses import replace

from aiohttp import web

from node.actions import approvals, mail, mail_server, people, succession, suspension
from node.actions.context import CONTEXT
from node.classroom import standing_in
from node.classroom.room import CLASSROOM
from node.storage import accounts, verifications
from node.storage.accounts import Account
from node.web import mailing, office_views, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FACE, FRAME, render, see_other
from protocol.errors import Reason, Refused

MAX_DIGITS = 15


async def show(request: web.Request) -> web.Response:
    form = Form.filled(roles=["teacher"], language=request[FRAME].language.tag)
    return await _page(request, form, 200)


async def invite(request: web.Request) -> web.Response:
    """Shows the link at once instead of leading on: it is nowhere kept and shown only now."""
    form = await read_form(request)
    name = form.line("name")
    handle = form.handle("handle")
    roles = form.choices("roles", words.ACCOUNT_ROLES, fewest=1)
    language = form.choice("language", request.app[FACE].languages.tags())
    address = form.line("mail", longest=254, required=False)
    if form.ok:
        context, by = request.app[CONTEXT], me(request)
        with form.mending("handle", {Reason.CONFLICT: words.HANDLE_TAKEN}):
            if address:
                mail.read_address(address)
            url = await people.invite(
                context,
                by,
                handle=handle,
                name=name,
                roles=frozenset(roles),
                language=language,
            )
            if address:
                tongue = request.app[FACE].languages.choose(language, "")
                letter = mailing.invitation(tongue, request[FRAME].school, name, url)
                await mail.write(context, by, handle, address, *letter)
            fresh = Form.filled(roles=["teacher"], language=language)
            return await _page(request, fresh, 200, office_views.Link(name, url, address))
    return await _page(request, form, 422)


async def renew(request: web.Request) -> web.Response:
    """A new link for somebody who forgot the password; shown once, like an invitation's.

    It also goes by mail where an address is kept for the account, and only there.
    """
    account = await _account(request)
    context, by = request.app[CONTEXT], me(request)
    url = await people.invite_anew(context, by, account.handle)
    tongue = request.app[FACE].languages.choose(account.language, "")
    letter = mailing.renewal(tongue, request[FRAME].school, account.name, url)
    address = await mail.write_to_known(context, by, account.handle, *letter)
    fresh = Form.filled(roles=["teacher"], language=request[FRAME].language.tag)
    return await _page(request, fresh, 200, office_views.Link(account.name, url, address))


async def withdraw(request: web.Request) -> web.Response:
    form = await read_form(request)
    await people.withdraw_invitation(request.app[CONTEXT], me(request), form.value("handle"))
    return see_other("/school/staff", "invitation-withdrawn")


async def approve(request: web.Request) -> web.Response:
    await people.approve_account(request.app[CONTEXT], me(request), _number(request))
    return see_other("/school/staff", "account-approved")


async def decline(request: web.Request) -> web.Response:
    await people.decline_account(request.app[CONTEXT], me(request), _number(request))
    return see_other("/school/staff", "account-declined")


async def suspend(request: web.Request) -> web.Response:
    account = await _account(request)
    await suspension.suspend(request.app[CONTEXT], me(request), account.id)
    return see_other("/school/staff", "author-suspended")


async def lift(request: web.Request) -> web.Response:
    account = await _account(request)
    await suspension.lift(request.app[CONTEXT], me(request), account.id)
    return see_other("/school/staff", "account-lifted")


async def guard(request: web.Request) -> web.Response:
    """Make somebody a safeguarding person of the school, or no more."""
    form = await read_form(request)
    account = await _account(request)
    role = frozenset({words.SAFEGUARDING})
    roles = account.roles | role if form.value("on") else account.roles - role
    if not roles:
        fresh = Form.filled(roles=["teacher"], language=request[FRAME].language.tag)
        fresh.say("", later("This account has no other role. End the account instead."))
        return await _page(request, fresh, 422)
    await people.set_roles(request.app[CONTEXT], me(request), account.handle, roles)
    return see_other("/school/staff", "role-changed")


async def confirm_end(request: web.Request) -> web.Response:
    return await _ending(request, Form(), 200)


async def end(request: web.Request) -> web.Response:
    """At once where no last day is given; who takes over is asked for where there are projects."""
    context, by = request.app[CONTEXT], me(request)
    form = await read_form(request)
    account = await _account(request)
    last_day = form.day("last_day", required=False)
    choices = [code for code, _ in await _list_colleagues(request, account)]
    successor = form.choice("successor", choices, required=False)
    said = {
        Reason.CONFLICT: later(
            "This is the last administrator, or somebody has to take over the projects first."
        ),
        Reason.BAD_INPUT: later("This day is over. Leave the field empty to end the account now."),
    }
    if form.ok:
        with form.mending("", said):
            if last_day is None:
                await succession.end_account(context, by, account.handle, successor=successor)
                return see_other("/school/staff", "account-ended")
            await succession.set_end(context, by, account.handle, last_day, successor=successor)
            return see_other("/school/staff", "last-day")
    return await _ending(request, form, 422)


async def stay(request: web.Request) -> web.Response:
    """The account has no last day any more."""
    account = await _account(request)
    await succession.set_end(request.app[CONTEXT], me(request), account.handle, None)
    return see_other("/school/staff", "no-last-day")


async def _ending(request: web.Request, form: Form, status: int) -> web.Response:
    account = await _account(request)
    async with request.app[CONTEXT].database.read() as reader:
        charges = await succession.list_charges(reader, account)
    return render(
        request,
        "account_end.html",
        status=status,
        form=form,
        name=account.name,
        projects=[one.title for one in charges],
        colleagues=await _list_colleagues(request, account),
    )


async def _list_colleagues(request: web.Request, account: Account) -> list[tuple[str, str]]:
    """Who could take over: active colleagues who teach."""
    async with request.app[CONTEXT].database.read() as reader:
        staff = await accounts.list_all(reader)
    now_ms = request.app[CONTEXT].now_ms()
    return [
        (one.handle, f"{one.name} ({one.handle})")
        for one in staff
        if one.may_sign_in(now_ms) and "teacher" in one.roles and one.id != account.id
    ]


async def _page(
    request: web.Request, form: Form, status: int, link: office_views.Link | None = None
) -> web.Response:
    context = request.app[CONTEXT]
    everybody = await people.list_accounts(context, me(request))
    async with context.database.read() as reader:
        invited = await accounts.list_invitations(reader, context.now_ms())
        sends_mail = await mail_server.is_configured(context, reader)
        standing = await verifications.list_all(reader)
        hub = await approvals.find_own_hub(reader)
    room = request.app.get(CLASSROOM)
    running = [] if room is None else await standing_in.list_running(room, me(request))
    own = me(request).id
    shown = [
        replace(
            _view(one, own, context.now_ms()),
            verification=office_views.verification(standing.get(one.actor), one.name),
        )
        for one in everybody
    ]
    return render(
        request,
        "staff.html",
        status=status,
        form=form,
        link=link,
        mail=sends_mail,
        may_verify=bool(hub) or bool(standing),
        asking=[one for one in shown if one.state == "waiting"],
        accounts=[one for one in shown if one.state != "waiting"],
        invitations=[
            office_views.Invitation(one.handle, one.name, one.expires_ms) for one in invited
        ],
        substitutes=[office_views.standing(one) for one in running],
    )


def _view(account: Account, own: int, now_ms: int) -> office_views.StaffAccount:
    return office_views.StaffAccount(
        id=str(account.id),
        handle=account.handle,
        name=account.name,
        roles=sorted(account.roles),
        state=account.state,
        self=account.id == own,
        note=account.note,
        at_ms=account.created_ms,
        ends_ms=account.ends_ms if account.state == "active" else None,
        over=account.state == "active"
        and account.ends_ms is not None
        and account.ends_ms <= now_ms,
        suspended_ms=account.suspended_ms,
    )


async def _account(request: web.Request) -> Account:
    async with request.app[CONTEXT].database.read() as reader:
        account = await accounts.find(reader, _number(request))
    if account is None:
        raise Refused(Reason.NOT_FOUND, "There is no such account.")
    return account


def _number(request: web.Request) -> int:
    text = request.match_info["account"]
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is no such account.")
    return int(text)
