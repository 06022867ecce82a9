"""What the steps of the set-up and the page of the mail server are shown with."""

from node.web import mail_form, office_views
from tests.node.web.samples import EMPTY, NOW_MS, Sample, wrong

_WAITING = [
    office_views.Mail("jonas@vogt.example", "waiting", NOW_MS, 2, "no answer"),
    office_views.Mail("eva@stein.example", "given_up", NOW_MS, 1, "it answered 550"),
]
_MAIL = {
    "form": EMPTY,
    "server": "mail.lindenschule.example",
    "by_settings": False,
    "choosing": False,
    "server_form": mail_form.empty(),
    "mails": _WAITING,
}
_STEP = {
    "form": mail_form.empty(),
    "server": "",
    "by_settings": False,
    "mails": [],
    "steps": 3,
    "further": "/setup/hub",
}

SET_UP: dict[str, Sample] = {
    "set-up": Sample("set_up.html", {"form": EMPTY, "hub": False}, "/setup", "visitor"),
    "set-up-hub": Sample("set_up.html", {"form": wrong(), "hub": True}, "/setup", "visitor"),
    "set-up-mail": Sample("set_up_mail.html", _STEP, "/setup/mail", "admin"),
    "set-up-mail-tried": Sample(
        "set_up_mail.html",
        _STEP | {"server": "mail.lindenschule.example", "mails": _WAITING},
        "/setup/mail",
        "admin",
    ),
    "set-up-join": Sample(
        "set_up_hub.html",
        {"form": wrong(), "asked": "", "further": "/admin"},
        "/setup/hub",
        "admin",
    ),
    "set-up-asked": Sample(
        "set_up_hub.html",
        {"form": EMPTY, "asked": "Agência", "further": "/admin"},
        "/setup/hub",
        "admin",
    ),
    "mail": Sample("mail.html", _MAIL, "/admin/mail", "admin"),
    "mail-by-settings": Sample("mail.html", _MAIL | {"by_settings": True}, "/admin/mail", "admin"),
    "mail-none": Sample("mail.html", _MAIL | {"server": "", "mails": []}, "/admin/mail", "admin"),
    "mail-change": Sample("mail.html", _MAIL | {"choosing": True}, "/admin/mail/server", "admin"),
}
