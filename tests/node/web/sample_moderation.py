"""Samples of the trash, of hiding and of reports."""

from node.web.i18n import later
from tests.node.web.samples import EMPTY, HIDDEN, NOW_MS, POSTS, SPACE, THING, THREAD, Sample

MODERATION = {
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
    "trash": Sample("trash.html", {"space": SPACE, "things": [(THING, NOW_MS)]}, "/w/SPACE/trash"),
    "trash-empty": Sample("trash.html", {"space": SPACE, "things": []}, "/w/SPACE/trash"),
    "hide": Sample(
        "hide.html", {"space": SPACE, "form": EMPTY, "thing": THING}, "/w/SPACE/hide/P4"
    ),
    "moderation": Sample(
        "moderation.html",
        {"space": SPACE, "hidden": [(THING, HIDDEN)], "moderates": True},
        "/w/SPACE/moderation",
    ),
    "moderation-empty": Sample(
        "moderation.html",
        {"space": SPACE, "hidden": [], "moderates": False},
        "/w/SPACE/moderation",
    ),
}
