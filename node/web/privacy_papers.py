"""The record of processing, the draft of the assessment and the notices: what their templates read,
and each as a paper of its own that needs no server."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from node.actions.context import Context
from node.actions.permission import By
from node.classroom import processing
from node.classroom.processing import Facts, Record
from node.classroom.room import Classroom
from node.config import Settings
from node.web import assets, i18n, privacy_words
from node.web.render import Face, Frame
from protocol.errors import Reason, Refused

Paper: TypeAlias = Literal["record", "assessment", "notice", "notice for pupils"]
ALONE: Final = "layouts/alone.html"
_TEMPLATES: Final[Mapping[Paper, str]] = {
    "record": "processing.html",
    "assessment": "assessment.html",
    "notice": "privacy.html",
    "notice for pupils": "privacy_pupils.html",
}
_FOR_SCREENS: Final = re.compile(
    r"<svg.*?</svg>|<a class=\"back\".*?</a>|<p class=\"screen-only\">.*?</p>", re.DOTALL
)
"""What leads to other pages, and drawings that lie on the server."""


async def write(
    context: Context, room: Classroom | None, by: By, paper: Paper, *, language: str
) -> str:
    """A paper as a page that stands alone; the notices as strangers read them.

    Refuses with NOT_ALLOWED whoever may not read it, BAD_INPUT a language without a catalogue.
    """
    languages = i18n.load()
    if language not in languages.tags():
        known = ", ".join(languages.tags())
        raise Refused(Reason.BAD_INPUT, f"there is no {language}; there are: {known}")
    facts = await processing.read_facts(context, has_pupils=processing.has_pupils(context))
    if paper in {"record", "assessment"}:
        data = of_record(context, await processing.collect(context, room, by))
    else:
        data = of_notice(context, facts, is_inside=False)
    face = Face(languages, assets.load(), context.now_ms)
    frame = Frame(languages.choose(language, ""), facts.card.name, None, context.base)
    return _FOR_SCREENS.sub("", face.html(_TEMPLATES[paper], frame, data, layout=ALONE))


def of_record(context: Context, record: Record) -> dict[str, object]:
    """What the record and the assessment show."""
    settings = context.settings
    return {
        "record": record,
        "facts": record.facts,
        "privacy": settings.privacy,
        "basis": privacy_words.BASES[settings.privacy.basis],
        "keep": settings.backup.keep,
        "vault_keep": _vault_keep(settings),
        "export_days": settings.files.export_days,
        # The words for each processing, in its order.
        "said": [
            (privacy_words.VAULT if one.pupils else privacy_words.NODE)[one.part]
            for one in record.processings
        ],
        "kinds": privacy_words.KINDS,
        "rules": privacy_words.RULES,
        "classes": privacy_words.CLASSES,
        "risks": privacy_words.RISKS,
        "findings": [privacy_words.FINDINGS[one] for one in findings(record)],
        "stays": processing.stays(),
        "made_ms": context.now_ms(),
    }


def of_notice(context: Context, facts: Facts, *, is_inside: bool) -> dict[str, object]:
    """What the notices show. Who a school works with, and whose mail server it takes, is its own
    matter: strangers read the countries alone."""
    settings = context.settings
    return {
        "facts": facts,
        "is_inside": is_inside,
        "partners": facts.partners if is_inside else [],
        "privacy": settings.privacy,
        "basis": privacy_words.BASES[settings.privacy.basis],
        "consent_age": settings.pupils.consent_age,
        "session_days": settings.sign_in.session_days,
        "stays": processing.stays(),
        "vault_keep": _vault_keep(settings),
    }


def _vault_keep(settings: Settings) -> int:
    """How many copies of the vault are kept of those made by night; 0 where none is made."""
    backup = settings.backup
    made = backup.vault_folder is not None and backup.nightly_hour_utc is not None
    return backup.vault_keep if made else 0


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
