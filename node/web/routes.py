"""Every page and form, whom it lets in, and where it is handled."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from node.actions.context import CONTEXT
from node.web import assets, i18n
from node.web.agency_routes import AGENCY
from node.web.class_routes import CLASSES
from node.web.door import Access, page, unknown
from node.web.file_routes import BYTES
from node.web.pages import (
    admin,
    backups,
    contacts,
    deliveries,
    erasures,
    front,
    home,
    hub,
    invite,
    key,
    login,
    mail,
    me,
    messages,
    notice_form,
    notices,
    partners,
    people,
    profile,
    project_form,
    project_manage,
    project_schools,
    projects,
    reach,
    report,
    school,
    schools,
    search,
    security,
    set_up,
    set_up_steps,
    staff,
    updates,
    verification,
)
from node.web.render import FACE, Face
from node.web.space_routes import SPACES

ANYONE, STAFF, ADMIN, OFFICER = Access.ANYONE, Access.STAFF, Access.ADMIN, Access.OFFICER

PAGES: list[tuple[str, str, Access, Handler]] = [
    ("GET", "/", ANYONE, front.show),
    ("GET", "/about", ANYONE, front.about),
    ("GET", "/privacy", ANYONE, front.privacy),
    ("GET", "/accessibility", ANYONE, front.accessibility),
    ("GET", "/setup", ANYONE, set_up.show),
    ("POST", "/setup", ANYONE, set_up.save),
    ("GET", "/setup/mail", ADMIN, set_up_steps.show_mail),
    ("POST", "/setup/mail", ADMIN, set_up_steps.save_mail),
    ("GET", "/setup/hub", ADMIN, set_up_steps.show_hub),
    ("POST", "/setup/hub", ADMIN, set_up_steps.join_hub),
    ("GET", "/login", ANYONE, login.ask),
    ("POST", "/login", ANYONE, login.enter),
    ("GET", "/logout", STAFF, login.confirm),
    ("POST", "/logout", ANYONE, login.leave),
    ("GET", "/invite/{token}", ANYONE, invite.show),
    ("POST", "/invite/{token}", ANYONE, invite.accept),
    ("GET", "/ask", ANYONE, invite.ask),
    ("POST", "/ask", ANYONE, invite.send),
    ("GET", "/home", STAFF, home.show),
    ("GET", "/me", STAFF, me.show),
    ("POST", "/me", STAFF, me.save),
    ("GET", "/me/availability", STAFF, me.ask_availability),
    ("POST", "/me/availability", STAFF, me.renew_availability),
    ("POST", "/me/verification", STAFF, verification.wish),
    ("GET", "/me/security", STAFF, security.show),
    ("POST", "/me/security", STAFF, security.change),
    ("POST", "/me/security/sessions/{session}/end", STAFF, security.end),
    ("GET", "/updates/new", STAFF, updates.ask),
    ("POST", "/updates/new", STAFF, updates.publish),
    ("GET", "/updates/{name}/delete", STAFF, updates.confirm),
    ("POST", "/updates/{name}/delete", STAFF, updates.delete),
    ("GET", "/people", STAFF, people.show),
    ("POST", "/people", STAFF, people.find),
    ("POST", "/people/{name}/follow", STAFF, profile.follow),
    ("POST", "/people/{name}/unfollow", STAFF, profile.unfollow),
    ("GET", "/people/{name}/contact", STAFF, profile.ask_contact),
    ("POST", "/people/{name}/contact", STAFF, profile.offer_contact),
    ("GET", "/people/{name}/block", STAFF, profile.ask_block),
    ("POST", "/people/{name}/block", STAFF, profile.block),
    ("POST", "/people/{name}/unblock", STAFF, profile.unblock),
    ("POST", "/schools/{name}/follow", STAFF, school.follow_it),
    ("POST", "/schools/{name}/unfollow", STAFF, school.unfollow_it),
    ("GET", "/contacts", STAFF, contacts.show),
    ("POST", "/contacts/answer", STAFF, contacts.answer),
    ("POST", "/contacts/withdraw", STAFF, contacts.withdraw),
    ("GET", "/contacts/end", STAFF, contacts.confirm_end),
    ("POST", "/contacts/end", STAFF, contacts.end),
    ("GET", "/schools", STAFF, schools.show_all),
    ("GET", "/map", STAFF, schools.show_map),
    ("GET", "/notices", STAFF, notices.show_all),
    ("GET", "/notices/new", STAFF, notice_form.ask),
    ("POST", "/notices/new", STAFF, notice_form.put_up),
    ("GET", "/notices/{name}/edit", STAFF, notice_form.edit),
    ("POST", "/notices/{name}/edit", STAFF, notice_form.save),
    ("GET", "/notices/{name}/delete", STAFF, notices.confirm_take_back),
    ("POST", "/notices/{name}/delete", STAFF, notices.take_back),
    ("GET", "/messages", STAFF, messages.show),
    ("GET", "/messages/{name}", STAFF, messages.read),
    ("POST", "/messages/{name}", STAFF, messages.write),
    ("GET", "/projects", ANYONE, projects.show_all),
    ("GET", "/projects/new", STAFF, project_form.ask),
    ("POST", "/projects/new", STAFF, project_form.draft),
    ("POST", "/projects/{name}/follow", STAFF, projects.follow_it),
    ("POST", "/projects/{name}/unfollow", STAFF, projects.unfollow_it),
    ("GET", "/projects/{name}/edit", STAFF, project_form.edit),
    ("POST", "/projects/{name}/edit", STAFF, project_form.save),
    ("GET", "/projects/{name}/discard", STAFF, project_form.confirm_discard),
    ("POST", "/projects/{name}/discard", STAFF, project_form.discard),
    ("GET", "/projects/{name}/manage", STAFF, project_manage.show),
    ("POST", "/projects/{name}/offer", STAFF, project_manage.offer),
    ("POST", "/projects/{name}/accept", STAFF, project_manage.accept),
    ("POST", "/projects/{name}/decline", STAFF, project_manage.decline),
    ("POST", "/projects/{name}/withdraw", STAFF, project_manage.withdraw),
    ("GET", "/projects/{name}/invite", STAFF, project_schools.ask_invite),
    ("POST", "/projects/{name}/invite", STAFF, project_schools.invite),
    ("POST", "/projects/{name}/invite/withdraw", STAFF, project_schools.withdraw),
    ("POST", "/projects/{name}/join", STAFF, project_schools.join),
    ("GET", "/projects/{name}/refuse", STAFF, project_schools.ask_refuse),
    ("POST", "/projects/{name}/refuse", STAFF, project_schools.refuse),
    ("GET", "/projects/{name}/archive", STAFF, project_schools.confirm_archive),
    ("POST", "/projects/{name}/archive", STAFF, project_schools.archive),
    ("POST", "/projects/{name}/reopen", STAFF, project_schools.reopen),
    ("GET", "/projects/{name}/close", STAFF, project_schools.confirm_close),
    ("POST", "/projects/{name}/close", STAFF, project_schools.close),
    ("GET", "/projects/{name}/hand-over", STAFF, project_schools.ask_hand_over),
    ("POST", "/projects/{name}/hand-over", STAFF, project_schools.hand_over),
    ("GET", "/school/staff", ADMIN, staff.show),
    ("POST", "/school/staff", ADMIN, staff.invite),
    ("POST", "/school/staff/withdraw", ADMIN, staff.withdraw),
    ("POST", "/school/staff/{account}/renew", ADMIN, staff.renew),
    ("POST", "/school/staff/{account}/approve", ADMIN, staff.approve),
    ("POST", "/school/staff/{account}/decline", ADMIN, staff.decline),
    ("GET", "/school/staff/{account}/end", ADMIN, staff.confirm_end),
    ("POST", "/school/staff/{account}/end", ADMIN, staff.end),
    ("POST", "/school/staff/{account}/stay", ADMIN, staff.stay),
    ("GET", "/school/erasures", ADMIN, erasures.show_all),
    ("GET", "/report", STAFF, report.ask),
    ("POST", "/report", STAFF, report.send),
    ("GET", "/school/staff/{account}/verification", ADMIN, verification.show),
    ("POST", "/school/staff/{account}/verification", ADMIN, verification.ask),
    ("POST", "/school/staff/{account}/verification/withdraw", ADMIN, verification.withdraw),
    ("GET", "/admin", ADMIN, admin.show),
    ("GET", "/admin/settings", ADMIN, admin.settings),
    ("POST", "/admin/settings", ADMIN, admin.save),
    ("GET", "/admin/mail", ADMIN, mail.show),
    ("POST", "/admin/mail", ADMIN, mail.try_out),
    ("GET", "/admin/mail/server", ADMIN, mail.change),
    ("POST", "/admin/mail/server", ADMIN, mail.choose),
    ("POST", "/admin/mail/forget", ADMIN, mail.forget),
    ("GET", "/admin/backups", ADMIN, backups.show),
    ("POST", "/admin/backups", ADMIN, backups.make),
    ("GET", "/admin/partners", ADMIN, partners.show),
    ("POST", "/admin/partners", ADMIN, partners.add),
    ("GET", "/admin/partners/{host}", ADMIN, partners.detail),
    ("POST", "/admin/partners/{host}/approve", ADMIN, partners.approve),
    ("GET", "/admin/partners/{host}/block", ADMIN, partners.confirm_block),
    ("POST", "/admin/partners/{host}/block", ADMIN, partners.block),
    ("POST", "/admin/partners/{host}/unblock", ADMIN, partners.unblock),
    ("POST", "/admin/partners/{host}/remove", ADMIN, partners.remove),
    ("POST", "/admin/partners/{host}/rekey", ADMIN, partners.rekey),
    ("GET", "/admin/hub", ADMIN, hub.show),
    ("POST", "/admin/hub", ADMIN, hub.join),
    ("POST", "/admin/hub/ask", ADMIN, hub.ask),
    ("POST", "/admin/hub/documents", ADMIN, hub.enclose),
    ("GET", "/admin/hub/leave", ADMIN, hub.confirm_leave),
    ("POST", "/admin/hub/leave", ADMIN, hub.leave),
    ("GET", "/admin/key", ADMIN, key.confirm),
    ("POST", "/admin/key", ADMIN, key.change),
    ("GET", "/admin/reach", ADMIN, reach.show),
    ("POST", "/admin/reach", ADMIN, reach.ask),
    ("GET", "/admin/deliveries", ADMIN, deliveries.show),
    ("POST", "/admin/deliveries/{delivery}/retry", ADMIN, deliveries.retry),
    ("GET", "/admin/deliveries/{delivery}/drop", ADMIN, deliveries.confirm_drop),
    ("POST", "/admin/deliveries/{delivery}/drop", ADMIN, deliveries.drop),
    *SPACES,
    *AGENCY,
    *CLASSES,
]


def setup(app: web.Application) -> None:
    """Hangs the face on `app`, which already holds `CONTEXT`; `shared` is for the caller."""
    face = Face(i18n.load(), assets.load(), app[CONTEXT].now_ms)
    app[FACE] = face
    app.router.add_get("/static/{digest}/{name:.+}", face.assets.serve)
    for method, path, access, handler in [*PAGES, *BYTES]:
        add = app.router.add_get if method == "GET" else app.router.add_post
        add(path, page(handler, access))


def shared() -> Mapping[str, Handler]:
    """Pages whose address is a document's too: path pattern → handler of the page."""
    return {
        "/search": page(search.show, STAFF),
        "/people/{name}": page(profile.show, ANYONE),
        "/schools/{name}": page(school.show, ANYONE),
        "/projects/{name}": page(projects.show, ANYONE),
        "/notices/{name}": page(notices.show, ANYONE),
    }


def fallback() -> Handler:
    """The page for an address that nobody has; a browser gets it with 404."""
    return page(unknown, ANYONE)
