"""Samples of copies of a space and of the ledger of erasures."""

from dataclasses import replace

from node.web import office_views, space_views
from node.web.i18n import later
from tests.node.web.samples import HOUR_MS, NOW_MS, SPACE, Sample

MADE = space_views.Copy("C" * 22, "made", NOW_MS - HOUR_MS, NOW_MS + 24 * HOUR_MS, 12_345_678, "")
WANTED = space_views.Copy("D" * 22, "wanted", NOW_MS, NOW_MS + 24 * HOUR_MS, 0, "")
FAILED = space_views.Copy(
    "E" * 22, "failed", NOW_MS, NOW_MS + 24 * HOUR_MS, 0, "this node's disk has no room"
)
CONFIRMED = office_views.Owed("Agrinio", "https://a.example", True, NOW_MS, NOW_MS, "")
SILENT = office_views.Owed("Rakvere", "https://r.example", True, None, NOW_MS, "unreachable")
NEVER = office_views.Owed("Rakvere", "https://r.example", True, None, None, "")
FORMER = office_views.Owed("Lyon", "https://l.example", False, None, None, "")


def _erasure(
    *schools: office_views.Owed, is_open: bool = False, is_overdue: bool = False
) -> office_views.Erasure:
    return office_views.Erasure(
        "Storks", "/w/SPACE/erasures", 2, NOW_MS - HOUR_MS, is_open, is_overdue, schools
    )


LEFT = office_views.Left("Rakvere", later("Part of a page"), "/w/SPACE/pages/P1#b-B1")
ENTRIES = [
    replace(_erasure(CONFIRMED), left=[LEFT]),
    _erasure(CONFIRMED, SILENT, is_open=True, is_overdue=True),
    _erasure(NEVER, FORMER, is_open=True),
    _erasure(CONFIRMED),
    _erasure(),
]
LEDGER: dict[str, Sample] = {
    "export": Sample(
        "export.html",
        {
            "space": SPACE,
            "copies": [WANTED, MADE, FAILED],
            "busy": True,
            "full": True,
            "days": 7,
        },
        "/w/SPACE/export",
    ),
    "export-none": Sample(
        "export.html",
        {"space": SPACE, "copies": [], "busy": False, "full": False, "days": 7},
        "/w/SPACE/export",
    ),
    "erasures": Sample(
        "erasures.html",
        {"space": None, "older": 2, "entries": ENTRIES},
        "/school/erasures",
        "admin",
    ),
    "erasures-of-space": Sample(
        "erasures.html", {"space": SPACE, "older": 0, "entries": ENTRIES}, "/w/SPACE/erasures"
    ),
    "erasures-none": Sample(
        "erasures.html", {"space": None, "older": 0, "entries": []}, "/school/erasures", "admin"
    ),
}
