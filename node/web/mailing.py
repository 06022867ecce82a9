"""Mails as their readers get them: in their language, with links made of the configured address."""

from node.web.i18n import Language, later

_INVITED = later("Your account at %(school)s")
_INVITATION = later(
    "Dear %(name)s,\n\n%(school)s has made an account for you. Open this address and choose a "
    "password:\n\n%(url)s\n\nIt works once and for 14 days. Give it to nobody else."
)
_FORGOTTEN = later("A new password at %(school)s")
_RENEWAL = later(
    "Dear %(name)s,\n\nyour administrator at %(school)s has made a link with which you choose a "
    "new password:\n\n%(url)s\n\nIt works once and for two days. If you did not ask for it, tell "
    "your administrator."
)
_WAITS = later("Pupils’ work waits at %(school)s")
_WAITING = later(
    "At %(school)s work of your pupils has waited for more than three school days (%(many)s in "
    "all). Release it or give it back:\n\n%(url)s"
)
_TRIED = later("Mail from %(school)s works")
_TRIAL = later("This mail was sent to see whether %(school)s can send any. It can.\n\n%(url)s")


def invitation(language: Language, school: str, name: str, url: str) -> tuple[str, str]:
    """Subject and text for somebody who is invited."""
    return _write(language, _INVITED, _INVITATION, school=school, name=name, url=url)


def renewal(language: Language, school: str, name: str, url: str) -> tuple[str, str]:
    """Subject and text for somebody who forgot the password."""
    return _write(language, _FORGOTTEN, _RENEWAL, school=school, name=name, url=url)


def reminder(language: Language, school: str, url: str, many: int) -> tuple[str, str]:
    """Subject and text for a teacher in whose spaces work has waited too long."""
    return _write(language, _WAITS, _WAITING, school=school, url=url, many=str(many))


def trial(language: Language, school: str, url: str) -> tuple[str, str]:
    """Subject and text of a mail that only shows that mail works."""
    return _write(language, _TRIED, _TRIAL, school=school, url=url)


def _write(language: Language, subject: str, text: str, **values: str) -> tuple[str, str]:
    """One line as subject, whatever a school is called."""
    head = language.gettext(subject) % values
    return " ".join(head.split()), language.gettext(text) % values + "\n"
