"""The form that names the school's mail server, at set-up and in the administration."""

from collections.abc import Sequence

from aiohttp import web

from node.actions import mail, mail_server
from node.actions.context import CONTEXT
from node.actions.mail_server import Chosen
from node.web import mailing, office_views, words
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import FRAME
from protocol.errors import Reason, Refused

MAX_PASSWORD_CHARACTERS = 1_000
_TOO_LONG = later("Shorten this to %(longest)s characters.")
_WRONG = {
    "host": later("Write the name of the server, such as mail.school.example."),
    "port": later("Mail is handed in at port 587, 465, 25 or 2525."),
    "security": later("Only on this machine itself mail goes unprotected."),
    "sender": later("Write an address like anna.berg@school.example."),
    "mail": later("Write an address like anna.berg@school.example."),
}
_SET = later("The settings of this server name a mail server; change it there.")


def empty() -> Form:
    """What is usual."""
    return Form({"port": ["587"], "security": ["starttls"]})


def of(chosen: Chosen) -> Form:
    """The form as it was filled in; the password is not shown again."""
    return Form(
        {
            "host": [chosen.host],
            "port": [str(chosen.port)],
            "security": [chosen.security],
            "user": [chosen.user],
            "sender": [chosen.sender],
        }
    )


async def save(request: web.Request, form: Form) -> bool:
    """Keep the server that the form names and send a mail to try it out; whether that was done."""
    context, by = request.app[CONTEXT], me(request)
    chosen = _read(form)
    address = form.line("mail", longest=254)
    if chosen is None or not form.ok:
        return False
    try:
        if chosen.sender:
            mail.read_address(chosen.sender, "sender")
        mail.read_address(address)
        await mail_server.choose(context, by, chosen)
    except Refused as refused:
        field = str(refused.facts.get("field", ""))
        if refused.reason is Reason.CONFLICT:
            form.say("", _SET)
        elif field in _WRONG:
            form.say(field, _WRONG[field])
        else:
            raise
        return False
    await send_trial(request, address)
    return True


async def send_trial(request: web.Request, address: str) -> None:
    """Queue a mail to try the server out. Refuses with BAD_INPUT what is no address."""
    context, frame = request.app[CONTEXT], request[FRAME]
    subject, text = mailing.trial(frame.language, frame.school, context.address)
    await mail.try_out(context, me(request), address, subject, text)


def _read(form: Form) -> Chosen | None:
    host = form.line("host", longest=253)
    port = form.number("port", lowest=1, highest=65535)
    security = form.choice("security", words.MAIL_SECURITIES)
    user = form.line("user", longest=254, required=False)
    sender = form.line("sender", longest=254, required=False)
    password = form.value("server_password")
    form.put("server_password", "")
    if len(password) > MAX_PASSWORD_CHARACTERS:
        form.say("server_password", _TOO_LONG, longest=MAX_PASSWORD_CHARACTERS)
    if not form.ok or port is None:
        return None
    return Chosen(host, port, security, user, sender, password)


async def list_open(request: web.Request) -> Sequence[office_views.Mail]:
    """Mails that are not taken yet, and why."""
    rows = await mail.list_open(request.app[CONTEXT], me(request))
    return [
        office_views.Mail(one.address, one.state, one.created_ms, one.attempts, one.why)
        for one in rows
    ]
