"""Samples of every page of a school's work: projects, spaces, administration."""

from dataclasses import replace

from node.web import office_views, views
from node.web.forms import Form
from node.web.i18n import later
from tests.node.web.sample_exhibits import UPDATES
from tests.node.web.sample_ledger import LEDGER
from tests.node.web.sample_moderation import MODERATION
from tests.node.web.sample_privacy import PRIVACY
from tests.node.web.sample_schools import AWAITED, LEAVING, MEMBERS, NO_SCHOOLS
from tests.node.web.sample_staff import FORSAKEN, STANDING
from tests.node.web.samples import (
    ANNA,
    ASKED,
    BREAD,
    DAY_MS,
    DRAFT,
    EMPTY,
    HOUR_MS,
    NIGHT,
    NIKOS,
    NOW_MS,
    OFFERED,
    OURS,
    POSTS,
    PROJECT,
    RESULTS,
    SCHOOL,
    SETTINGS,
    SPACE,
    STORKS,
    THEIRS,
    THREAD,
    THREADS,
    Sample,
    wrong,
)

WORK: dict[str, Sample] = {
    "school": Sample(
        "school.html",
        {
            "school": SCHOOL,
            "following": "no",
            "projects": [STORKS],
            "people": RESULTS[:1],
            "notices": RESULTS[1:],
        },
        SCHOOL.path,
    ),
    "projects": Sample("projects.html", {"mine": [STORKS, BREAD], "others": [NIGHT]}, "/projects"),
    "projects-empty": Sample("projects.html", {"mine": [], "others": []}, "/projects"),
    "project-new": Sample(
        "project_form.html",
        {
            "form": Form.filled(language="de", scope="european", languages=["de", "en"]),
            "new": True,
            "shared": False,
            "back": "/projects",
            "more_open": False,
        },
        "/projects/new",
    ),
    "project-new-wrong": Sample(
        "project_form.html",
        {"form": wrong(), "new": True, "shared": False, "back": "/projects", "more_open": True},
        "/projects/new",
    ),
    "project": Sample("project.html", {"project": PROJECT, "following": ""}, PROJECT.path),
    "project-visitor": Sample(
        "project.html",
        {"project": replace(PROJECT, founder_of=False), "following": ""},
        PROJECT.path,
        "visitor",
    ),
    "manage-draft": Sample(
        "project_manage.html",
        {
            "form": EMPTY,
            "project": DRAFT,
            "step": "offer",
            "contacts": [("C1", "Νίκος Παπαδόπουλος (nikos@agrinio.example)")],
            **NO_SCHOOLS,
        },
        PROJECT.path + "/manage",
    ),
    "manage-offered": Sample(
        "project_manage.html",
        {"form": EMPTY, "project": OFFERED, "step": "wait", "contacts": [], **NO_SCHOOLS},
        PROJECT.path + "/manage",
    ),
    "manage-asked": Sample(
        "project_manage.html",
        {"form": EMPTY, "project": ASKED, "step": "answer", "contacts": [], **NO_SCHOOLS},
        PROJECT.path + "/manage",
    ),
    "space": Sample(
        "space.html",
        {
            "space": SPACE,
            "updates": UPDATES,
            "more_updates": True,
            "threads": THREADS,
            "copies": [
                views.Copy(OURS, True, False, None),
                views.Copy(THEIRS, False, True, NOW_MS - HOUR_MS),
            ],
            "may_decide": False,
            "paused": [THEIRS],
            "is_full": True,
            "leftovers": True,
        },
        SPACE.path,
    ),
    "space-suspended": Sample(
        "space.html",
        {
            "space": SPACE,
            "updates": [],
            "more_updates": False,
            "threads": THREADS,
            "copies": [
                views.Copy(OURS, True, False, None),
                views.Copy(THEIRS, False, True, NOW_MS - HOUR_MS, "b" * 32, True),
                views.Copy(THEIRS, False, True, NOW_MS - HOUR_MS, "c" * 32, True, True),
            ],
            "may_decide": True,
            "paused": [],
            "is_full": False,
            "leftovers": False,
        },
        SPACE.path,
    ),
    "space-empty": Sample(
        "space.html",
        {
            "space": SPACE,
            "updates": [],
            "more_updates": False,
            "threads": [],
            "copies": [],
            "may_decide": False,
            "paused": [],
            "is_full": False,
            "leftovers": False,
        },
        SPACE.path,
    ),
    "forum": Sample(
        "forum.html", {"space": SPACE, "threads": THREADS, "older": 2}, SPACE.path + "/forum"
    ),
    "thread-new": Sample(
        "thread_new.html",
        {"space": SPACE, "form": Form.filled(language="en")},
        SPACE.path + "/forum/new",
    ),
    "thread": Sample(
        "thread.html",
        {
            "space": SPACE,
            "thread": THREAD,
            "files": [("0-1", "Storks.webp")],
            "form": Form.filled(language="en"),
            "unconfirmed": [THEIRS.name],
            "confirmed": [],
        },
        THREAD.path,
    ),
    "thread-closed": Sample(
        "thread.html",
        {
            "space": replace(SPACE, may_write=False),
            "thread": THREAD,
            "files": [],
            "form": EMPTY,
            "unconfirmed": [],
            "confirmed": [THEIRS.name],
        },
        THREAD.path,
    ),
    "post-edit": Sample(
        "post_edit.html",
        {
            "space": SPACE,
            "back": THREAD.path,
            "has_title": True,
            "form": Form.filled(title=THREAD.title, text=POSTS[1].text, language="en"),
        },
        THREAD.path + "/P2/edit",
    ),
    "members": Sample(
        "members.html",
        {
            "space": SPACE,
            "form": EMPTY,
            "colleagues": [("otto", "Otto Lang (otto)")],
            "schools": MEMBERS,
            "awaited": AWAITED,
            "leaving": LEAVING,
            "groups": [
                views.Group(OURS, [replace(ANNA, role="teacher")], True),
                views.Group(THEIRS, [replace(NIKOS, role="teacher")], False),
            ],
        },
        SPACE.path + "/members",
    ),
    "staff": Sample(
        "staff.html",
        {
            "form": Form.filled(language="de"),
            "link": office_views.Link(
                "Jonas Vogt", "https://lindenschule.example/invite/4Kd0sLq", "jonas@vogt.example"
            ),
            **dict.fromkeys(("mail", "may_verify"), True),
            "substitutes": [STANDING, FORSAKEN],
            "asking": [
                office_views.StaffAccount(
                    "A3", "eva", "Eva Stein", [], "asking", False, "Music, classes 5 to 8.", NOW_MS
                )
            ],
            "accounts": [
                office_views.StaffAccount(
                    "A1",
                    "anna.berg",
                    "Anna Berg",
                    ["teacher", "admin"],
                    "active",
                    True,
                    "",
                    NOW_MS,
                    verification=office_views.Verification("waiting", NOW_MS),
                ),
                office_views.StaffAccount(
                    "A2", "otto", "Otto Lang", ["teacher"], "ended", False, "", NOW_MS
                ),
            ],
            "invitations": [office_views.Invitation("jonas", "Jonas Vogt", NOW_MS + 14 * DAY_MS)],
        },
        "/school/staff",
        "admin",
    ),
    "admin": Sample(
        "admin.html",
        {
            "address": "https://lindenschule.example",
            "partners_approved": 2,
            "partners_waiting": 1,
            "deliveries_waiting": 4,
            "deliveries_late": 0,
            "accounts": 12,
            "accounts_waiting": 1,
            "mail": True,
            "backup_ms": NOW_MS - HOUR_MS,
            "backups_trouble": False,
            "erasures_overdue": 2,
            "hub_mode": False,
            "hub_state": "accredited",
            "hub_waits": True,
            "fingerprint": "3f9a02b7c4d1e65880aa17cc9e03d2f4",
        },
        "/admin",
        "admin",
    ),
    "reach": Sample(
        "reach.html",
        {
            "address": "https://school.example",
            "closed": "",
            "sentence": "%(name)s has reached this server.",
            "good": True,
            "values": {"name": THEIRS.name, "seconds": 90},
            "clock": "The clock of this server differs by %(seconds)s seconds; set it right.",
        },
        "/admin/reach",
        "admin",
    ),
    "partners": Sample(
        "partners.html",
        {
            "form": EMPTY,
            "further": "",
            "own_card": '{"id":"https://school.example/actor"}',
            "partners": [
                office_views.Partner(
                    f"/admin/partners/{state}",
                    f"https://{state}.example",
                    THEIRS.name,
                    "GR",
                    "3f9a02b7c4d1e65880aa17cc9e03d2f4",
                    state,
                    NOW_MS,
                )
                for state in ("pending", "approved", "blocked")
            ],
        },
        "/admin/partners",
        "admin",
    ),
    "partner": Sample(
        "partner.html",
        {
            "form": EMPTY,
            "partner": office_views.Partner(
                "/admin/partners/agrinio.example",
                "https://agrinio.example",
                THEIRS.name,
                "GR",
                "3f9a02b7c4d1e65880aa17cc9e03d2f4",
                "pending",
                None,
            ),
            "is_hub": True,
        },
        "/admin/partners/agrinio.example",
        "admin",
    ),
    "deliveries": Sample(
        "deliveries.html",
        {
            "deliveries": [
                office_views.Delivery(
                    "D1",
                    "https://agrinio.example",
                    "Create",
                    3,
                    NOW_MS - DAY_MS,
                    NOW_MS + HOUR_MS,
                    False,
                    later("The other school's server does not answer. Try again later."),
                    "connection refused",
                )
            ]
        },
        "/admin/deliveries",
        "admin",
    ),
    "deliveries-empty": Sample("deliveries.html", {"deliveries": []}, "/admin/deliveries", "admin"),
    "backups": Sample(
        "backups.html",
        {
            "ready": True,
            "folder": "/var/backups/schoolgate",
            "keep": 14,
            "hour": "02:00",
            "wanted": True,
            "backups": [
                office_views.Backup("", "wanted", False, NOW_MS, "", None, ""),
                office_views.Backup(
                    "schoolgate-linden.example-20261126T020000Z.backup",
                    "made",
                    True,
                    NOW_MS - DAY_MS,
                    "312.4 MiB",
                    NOW_MS - DAY_MS,
                    "",
                ),
                office_views.Backup("", "failed", True, NOW_MS - 2 * DAY_MS, "", None, "no room"),
            ],
        },
        "/admin/backups",
        "admin",
    ),
    "backups-none": Sample(
        "backups.html",
        {"ready": False, "folder": "", "keep": 14, "hour": "", "wanted": False, "backups": []},
        "/admin/backups",
        "admin",
    ),
    "settings": Sample(
        "settings.html",
        {"form": Form.filled(name="Lindenschule", country="DE"), "settings": SETTINGS},
        "/admin/settings",
        "admin",
    ),
    "about": Sample("about.html", {}, "/about", "visitor"),
    "accessibility": Sample("accessibility.html", {}, "/accessibility", "visitor"),
    **LEDGER,
    **MODERATION,
    **PRIVACY,
    "error": Sample(
        "error.html",
        {
            "heading": later("This page does not exist"),
            "sentence": later("Nothing was found under this name. Check how it is written."),
            "reference": "3f9a01c2d4e5",
            "entrance": "",
        },
        "/nothing",
        "visitor",
    ),
}
