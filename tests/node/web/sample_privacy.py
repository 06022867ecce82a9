"""Samples of what the school says and signs about data."""

from dataclasses import replace

from node.actions.actors import Card
from node.actions.agreement import Common
from node.classroom import processing
from node.classroom.processing import Facts, Kept, Processing, Record, Rule
from node.config import PrivacySettings
from node.storage.partners import Partner
from node.web import privacy_words, words
from tests.node.web.samples import DAY_MS, NOW_MS, Sample

PARTNER = Partner(
    origin="https://agrinio.example",
    node="0" * 32,
    actor="https://agrinio.example/actor",
    name="2ο Γυμνάσιο Αγρινίου",
    country="GR",
    public="z6Mk",
    state="approved",
    added_ms=NOW_MS,
    changed_ms=NOW_MS,
    seen_ms=NOW_MS,
    trouble="",
)
OURS = Card("Lindenschule", "DE", "Berlin", website="https://lindenschule.example")
FACTS = Facts(
    card=OURS,
    base="https://lindenschule.example",
    partners=[PARTNER],
    countries=["GR", "TR"],
    abroad=["TR"],
    hub="Baltic hub",
    hubs=[replace(PARTNER, origin="https://hub.example", name="Aegean hub")],
    mail_host="mail.example",
    mail_protected=False,
    backups_nightly=False,
    backups_elsewhere=False,
    has_pupils=True,
)
BARE = replace(
    FACTS, partners=[], countries=[], abroad=[], hub="", hubs=[], mail_host="", has_pupils=False
)
NAMED = PrivacySettings("Ms Berg, dpo@lindenschule.example", "The commissioner", "public-task")
NOBODY = PrivacySettings(None, None, "consent")
_PROCESSINGS = [
    Processing("roster", True, [Kept("pupils", {"alias": ["alias"]}, Rule("vault-after", 90))]),
    Processing("words", False, [Kept("uploads", {"": ["id"]}, Rule("setting", 24, hours=True))]),
]
RECORD = Record(FACTS, _PROCESSINGS, {"note": {"public": ["content"]}}, {}, 2, 40, 7)
SAID = [privacy_words.VAULT["roster"], privacy_words.NODE["words"]]


def _notice(facts: Facts, privacy: PrivacySettings) -> dict[str, object]:
    return {
        "facts": facts,
        "is_inside": bool(facts.partners),
        "partners": facts.partners,
        "privacy": privacy,
        "basis": privacy_words.BASES[privacy.basis],
        "consent_age": 16,
        "session_days": 30,
        "stays": processing.stays(),
        "vault_keep": 0 if facts is BARE else 7,
    }


_KEPT: dict[str, object] = {
    **_notice(FACTS, NAMED),
    "record": RECORD,
    "keep": 14,
    "export_days": 7,
    "said": SAID,
    "kinds": privacy_words.KINDS,
    "rules": privacy_words.RULES,
    "classes": privacy_words.CLASSES,
    "risks": privacy_words.RISKS,
    "findings": list(privacy_words.FINDINGS.values()),
    "made_ms": NOW_MS,
}

PRIVACY = {
    "privacy": Sample("privacy.html", _notice(FACTS, NAMED), "/privacy", "visitor"),
    "privacy without anything": Sample(
        "privacy.html", _notice(BARE, NOBODY), "/privacy", "visitor"
    ),
    "privacy for pupils": Sample(
        "privacy_pupils.html", _notice(FACTS, NAMED), "/privacy/pupils", "visitor"
    ),
    "record of processing": Sample("processing.html", _KEPT, "/school/processing", "admin"),
    "assessment": Sample("assessment.html", _KEPT, "/school/assessment", "admin"),
    "agreement": Sample(
        "agreement.html",
        {
            "partner": PARTNER,
            "path": "/admin/partners/agrinio.example",
            "schools": [
                (OURS, "https://lindenschule.example"),
                (Card("Agrinio", "GR"), "https://a.example"),
            ],
            "projects": [Common("Storks", NOW_MS - DAY_MS, over=True)],
            "contact": None,
            "abroad": "TR",
            "stays": processing.stays(),
            "school_types": words.SCHOOL_TYPES,
            "made_ms": NOW_MS,
        },
        "/admin/partners/agrinio.example/agreement",
        "admin",
    ),
}
