"""Samples of one account in the administration, and of who stands in for whom."""

from dataclasses import replace

from node.web import office_views, words
from node.web.forms import Form
from tests.node.web.samples import DAY_MS, NOW_MS, PROJECT, Sample

STANDING = office_views.Standing(
    number=1,
    away=True,
    absent="Anna Berg",
    substitute="Otto Lang",
    appointed_by="Rosa Martins",
    ended_by="",
    at_ms=NOW_MS - DAY_MS,
    ends_ms=NOW_MS + DAY_MS,
    ended_ms=None,
    spaces=[("A" * 43, PROJECT.title)],
    classes=[(1, "5b"), (2, "6a")],
    stays=[],
)
FORSAKEN = replace(STANDING, away=False, ends_ms=None, own_hand=True, is_forsaken=True)
OVER = [
    replace(
        STANDING, number=2, ended_ms=NOW_MS, ended_by="Rosa Martins", stays=[PROJECT.title, ""]
    ),
    replace(STANDING, number=3, ended_ms=NOW_MS, ends_ms=None, away=False),
]
CHANGES = [
    office_views.RoleLine("Anna Berg", words.ACCOUNT_ROLES[role], given, by, NOW_MS)
    for role, given, by in (
        ("safeguarding", False, "Rosa Martins"),
        ("safeguarding", True, "Rosa Martins"),
        ("admin", False, ""),
        ("teacher", True, ""),
    )
]
_ACCOUNT: dict[str, object] = {
    "name": "Anna Berg",
    "handle": "anna.berg",
    "path": "/school/staff/2",
    "roles": [words.ACCOUNT_ROLES["teacher"]],
    "state": "active",
    "suspended_ms": NOW_MS,
    "changes": CHANGES,
    "running": [STANDING, FORSAKEN],
    "over": OVER,
    "has_classes": True,
}
_ASKED: dict[str, object] = {
    "form": Form.filled(spaces=["A"], their_classes=["1"]),
    "path": "/school/staff/2",
    "name": "Anna Berg",
    "colleagues": [("otto", "Otto Lang (otto)")],
    "spaces": [("A", PROJECT.title), ("B", "")],
    "classes": [("1", "5b")],
}
_GUARDED: dict[str, object] = {
    "waiting": [],
    "closed": [],
    "page": 2,
    "further": 3,
    "may_open": True,
    "guardians": [office_views.StaffName("/school/staff/2", "Anna Berg")],
    "changes": CHANGES,
}

STAFF = {
    "account": Sample("staff_account.html", _ACCOUNT, "/school/staff/2", "admin"),
    "account-bare": Sample(
        "staff_account.html",
        _ACCOUNT | {"changes": [], "running": [], "over": [], "state": "ended"},
        "/school/staff/2",
        "admin",
    ),
    "substitute": Sample("substitute.html", _ASKED, "/school/staff/2/substitute", "admin"),
    "substitute-nobody": Sample(
        "substitute.html", _ASKED | {"colleagues": []}, "/school/staff/2/substitute", "admin"
    ),
    "substitute-nothing": Sample(
        "substitute.html",
        _ASKED | {"spaces": [], "classes": []},
        "/school/staff/2/substitute",
        "admin",
    ),
    "safeguarding": Sample("safeguarding.html", _GUARDED, "/safeguarding", "admin"),
    "safeguarding-administrators": Sample(
        "safeguarding.html",
        _GUARDED | {"may_open": False, "guardians": [], "changes": [], "page": 1, "further": 0},
        "/safeguarding",
        "admin",
    ),
}
