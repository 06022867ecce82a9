"""Samples of the trash, of hiding and of reports."""

from dataclasses import replace

from node.web import space_views
from node.web.i18n import later
from node.web.report_views import Line
from node.web.report_words import REPORT_REASONS
from tests.node.web.samples import (
    EMPTY,
    HIDDEN,
    NOW_MS,
    OURS,
    POSTS,
    SPACE,
    THEIRS,
    THING,
    THREAD,
    Sample,
)

REPORT = Line(
    path="/w/SPACE/moderation/R1",
    thing=THING,
    school=THEIRS,
    other=THEIRS,
    ours=False,
    reporter="",
    reason=later("Private data is shown"),
    note="A telephone number stands in it.",
    language="en",
    at_ms=NOW_MS,
    decision="",
    decided_ms=None,
    theirs="",
    their_ms=None,
)
DECIDED = replace(
    REPORT,
    ours=True,
    reporter="Anna Weber",
    decision=later("Let it stand"),
    decided_ms=NOW_MS,
    theirs=later("It was deleted"),
    their_ms=NOW_MS,
)
COMMON = replace(
    THING,
    item="B1",
    kind=later("Part of a page"),
    title="The old bridge",
    path="/w/SPACE/pages/P1#b-B1",
    own_path="/w/SPACE/blocks/B1",
    common=True,
)
LEFTOVER = space_views.Leftover(
    thing=COMMON,
    schools=[THEIRS],
    since_ms=NOW_MS,
    purged=False,
    seen=["V1"],
    past=2,
    change="/w/SPACE/blocks/B1/edit",
    clear="/w/SPACE/leftovers/B1/clear",
    erase="/w/SPACE/leftovers/B1/delete",
)
REMOVAL = space_views.Removal(
    thing=THING,
    schools=[THEIRS],
    at_ms=NOW_MS,
    state="asked",
    agree="/w/SPACE/remove/P4",
    again="/w/SPACE/unremove/P4",
)
MODERATION = {
    "report": Sample(
        "report.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "reasons": REPORT_REASONS,
            "thing": THING,
            "ours": False,
            "school": THEIRS,
            "all_here": True,
            "all_there": False,
        },
        "/report",
    ),
    "report-of-a-colleague": Sample(
        "report.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "reasons": REPORT_REASONS,
            "thing": THING,
            "ours": True,
            "school": OURS,
            "all_here": False,
            "all_there": False,
        },
        "/report",
    ),
    "reported": Sample(
        "reported.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "report": replace(REPORT, ours=True, other=None),
            "doing": HIDDEN,
            "choices": {"kept": later("Let it stand")},
        },
        "/w/SPACE/moderation/R1",
    ),
    "reported-decided": Sample(
        "reported.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "report": DECIDED,
            "doing": space_views.Doings(),
            "choices": {},
        },
        "/w/SPACE/moderation/R1",
    ),
    "confirm": Sample(
        "confirm.html",
        {
            "form": EMPTY,
            "back": THREAD.path,
            "question": later("Delete this post?"),
            "consequence": later("It disappears at every school of the project."),
            "quoted": POSTS[1].text,
            "yes": later("Delete it everywhere"),
            "values": {},
        },
        THREAD.path + "/P2/delete",
    ),
    "erase": Sample(
        "erase.html",
        {
            "form": EMPTY,
            "back": THREAD.path,
            "question": later("Delete this post?"),
            "consequence": later("It disappears at every school of the project."),
            "quoted": POSTS[1].text,
            "yes": later("Delete it everywhere"),
            "values": {},
            "trash": "/w/SPACE/trash",
            "item": "P2",
        },
        THREAD.path + "/P2/delete",
    ),
    "trash": Sample(
        "trash.html",
        {"space": SPACE, "things": [(THING, NOW_MS), (COMMON, NOW_MS)]},
        "/w/SPACE/trash",
    ),
    "trash-empty": Sample("trash.html", {"space": SPACE, "things": []}, "/w/SPACE/trash"),
    "hide": Sample(
        "hide.html",
        {"space": SPACE, "form": EMPTY, "reasons": REPORT_REASONS, "thing": THING},
        "/w/SPACE/hide/P4",
    ),
    "moderation": Sample(
        "moderation.html",
        {
            "space": SPACE,
            "decides": True,
            "hidden": [(THING, HIDDEN)],
            "removals": [REMOVAL, replace(REMOVAL, state="agreed", agree="", again="")],
            "may_remove": True,
            "waiting": [REPORT, replace(REPORT, thing=None, ours=True, other=None)],
            "decided": [DECIDED],
        },
        "/w/SPACE/moderation",
    ),
    "moderation-empty": Sample(
        "moderation.html",
        {
            "space": SPACE,
            "decides": True,
            "hidden": [],
            "waiting": [],
            "decided": [],
            "removals": [],
            "may_remove": False,
        },
        "/w/SPACE/moderation",
    ),
    "moderation-of-a-reporter": Sample(
        "moderation.html",
        {
            "space": SPACE,
            "decides": False,
            "hidden": [],
            "waiting": [replace(REPORT, ours=True)],
            "decided": [],
            "removals": [],
            "may_remove": False,
        },
        "/w/SPACE/moderation",
    ),
    "leftovers": Sample(
        "leftovers.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "leftovers": [
                LEFTOVER,
                replace(LEFTOVER, past=0, purged=True, erase=""),
                replace(LEFTOVER, seen=[], change=""),
                replace(LEFTOVER, seen=[], change="", clear=""),
                replace(LEFTOVER, thing=None, seen=[], change="", clear=""),
            ],
            "more": 2,
        },
        "/w/SPACE/leftovers",
    ),
    "leftovers-none": Sample(
        "leftovers.html", {"space": SPACE, "form": EMPTY, "leftovers": []}, "/w/SPACE/leftovers"
    ),
}
