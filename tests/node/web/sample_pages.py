"""One sample of every page and state, by name: `PAGES`."""

from dataclasses import replace
from datetime import date

from node.actions.search import FromHub
from node.web import office_views, views
from node.web.forms import Form
from node.web.i18n import later
from tests.node.web.sample_exhibits import EXHIBITS
from tests.node.web.sample_hubs import HUBS
from tests.node.web.sample_schools import SCHOOLS
from tests.node.web.sample_set_up import SET_UP
from tests.node.web.sample_staff import FORSAKEN, OVER, STAFF, STANDING
from tests.node.web.sample_walls import WALLS
from tests.node.web.sample_work import WORK
from tests.node.web.samples import (
    ANNA,
    DAY_MS,
    EMPTY,
    ENTRY,
    HOUR_MS,
    MARI,
    NIGHT,
    NIKOS,
    NOTICE,
    NOW_MS,
    OURS,
    OWN_ENTRY,
    PROFILE,
    RESULTS,
    SCHOOL,
    SPACE,
    STORKS,
    THEIRS,
    Sample,
    contact,
    wrong,
)

NOTICE_OVER = replace(NOTICE, author=ANNA, mine=True, over=True, reach="accredited", countries=[])
NOTICE_ENTRY = replace(ENTRY, notice=NOTICE, path=NOTICE.path)

PAGES: dict[str, Sample] = {
    "front": Sample(
        "front.html",
        {"school": SCHOOL, "projects": [STORKS, NIGHT]},
        "/",
        "visitor",
    ),
    "front-empty": Sample("front.html", {"school": SCHOOL, "projects": []}, "/", "visitor"),
    "login": Sample("login.html", {"form": EMPTY, "next": ""}, "/login", "visitor"),
    "login-wrong": Sample("login.html", {"form": wrong(), "next": ""}, "/login", "visitor"),
    "logout": Sample("logout.html", {}, "/logout"),
    "invite": Sample(
        "invite.html",
        {"form": EMPTY, "invitation": office_views.Invitation("anna.berg", "Anna Berg", NOW_MS)},
        "/invite/x",
        "visitor",
    ),
    "invite-lapsed": Sample(
        "invite.html", {"form": EMPTY, "invitation": None}, "/invite/x", "visitor"
    ),
    "ask": Sample("ask.html", {"form": EMPTY}, "/ask", "visitor"),
    "home": Sample(
        "home.html",
        {
            "waiting": [
                views.Waiting(
                    "/contacts",
                    later("%(name)s offers to be contacts"),
                    NOW_MS - HOUR_MS,
                    {"name": MARI.name},
                )
            ],
            "steps": [
                views.Step("/me", later("Tell others about yourself"), True),
                views.Step("/people", later("Offer somebody to be contacts"), False),
                views.Step("/projects/new", later("Plan a project"), False),
            ],
            "days": [
                views.Day(ENTRY.at_ms, [ENTRY, NOTICE_ENTRY]),
                views.Day(OWN_ENTRY.at_ms, [OWN_ENTRY]),
            ],
            "spaces": [SPACE],
            "older": "",
            "hub": "Agency",
            "news": [views.News("AAAA", "A course in May.", "en", NOW_MS)],
            "standings": [STANDING, FORSAKEN, OVER[0]],
        },
        told=later("Welcome back."),
    ),
    "home-empty": Sample(
        "home.html",
        {
            "waiting": [],
            "steps": [],
            "days": [],
            "spaces": [],
            "older": "",
            "hub": "",
            "news": [],
            "standings": [],
        },
    ),
    "profile": Sample(
        "profile.html",
        {
            "person": PROFILE,
            "mine": False,
            "may_wish": False,
            "relation": views.Relation("no", "no", False, "/messages/x"),
            "notes": [ENTRY],
            "notices": [NOTICE],
        },
        PROFILE.path,
    ),
    "profile-contact": Sample(
        "profile.html",
        {
            "person": replace(
                PROFILE, verified=views.Verified("Εθνική Μονάδα", "Rakvere Põhikool", NOW_MS)
            ),
            "mine": False,
            "may_wish": False,
            "relation": views.Relation("yes", "yes", False, "/messages/x"),
            "notes": [],
            "notices": [NOTICE],
        },
        PROFILE.path,
    ),
    "profile-visitor": Sample(
        "profile.html",
        {
            "person": PROFILE,
            "mine": False,
            "may_wish": False,
            "relation": None,
            "notes": [ENTRY],
            "notices": [NOTICE],
        },
        PROFILE.path,
        "visitor",
    ),
    "profile-own": Sample(
        "profile.html",
        {
            "person": replace(PROFILE, name=ANNA.name, path=ANNA.path, school=OURS),
            "mine": True,
            "may_wish": True,
            "relation": None,
            "notes": [OWN_ENTRY],
            "notices": [NOTICE],
        },
        ANNA.path,
    ),
    "schools": Sample(
        "schools.html",
        {"form": EMPTY, "country": "GR", "schools": RESULTS[:1], "more": "/schools?after=1-7"},
        "/schools",
    ),
    "schools-none": Sample(
        "schools.html", {"form": EMPTY, "country": "", "schools": [], "more": ""}, "/schools"
    ),
    "map": Sample(
        "map.html",
        {
            "size": (1000, 822),
            "counts": {"GR": 2, "DE": 1},
            "total": 3,
            "dots": [views.Dot(553, 619, THEIRS.url, THEIRS.name, "GR")],
            "marks": [views.Mark(419, 417, "DE", 1)],
        },
        "/map",
    ),
    "notices": Sample(
        "notices.html",
        {"form": EMPTY, "narrowed": False, "notices": [NOTICE], "mine": [NOTICE_OVER]},
        "/notices",
    ),
    "notices-none": Sample(
        "notices.html", {"form": EMPTY, "narrowed": True, "notices": [], "mine": []}, "/notices"
    ),
    "notices-empty": Sample(
        "notices.html", {"form": EMPTY, "narrowed": False, "notices": [], "mine": []}, "/notices"
    ),
    "notice": Sample("notice.html", {"notice": replace(NOTICE, answer="offer")}, NOTICE.path),
    "notice-sent": Sample("notice.html", {"notice": replace(NOTICE, answer="sent")}, NOTICE.path),
    "notice-received": Sample(
        "notice.html", {"notice": replace(NOTICE, answer="received")}, NOTICE.path
    ),
    "notice-message": Sample(
        "notice.html", {"notice": replace(NOTICE, answer="message")}, NOTICE.path
    ),
    "notice-over": Sample("notice.html", {"notice": replace(NOTICE, over=True)}, NOTICE.path),
    "notice-own": Sample("notice.html", {"notice": NOTICE_OVER}, NOTICE_OVER.path),
    "notice-visitor": Sample(
        "notice.html", {"notice": replace(NOTICE, author=None)}, NOTICE.path, "visitor"
    ),
    "notice-new": Sample(
        "notice_form.html",
        {"form": EMPTY, "new": True, "until_ms": None, "back": "/notices", "more_open": True},
        "/notices/new",
    ),
    "notice-edit": Sample(
        "notice_form.html",
        {"form": wrong(), "new": False, "until_ms": NOW_MS, "back": "/", "more_open": False},
        "/notices/x/edit",
    ),
    "search": Sample(
        "search.html",
        {
            "form": Form({"q": ["storks"], "country": ["GR"]}),
            "found": RESULTS,
            "hub": FromHub("answered", "National hub"),
            "more": "/search?q=storks&after=1-7",
            "asked": True,
            "narrowed": True,
            "renew": True,
        },
        "/search",
    ),
    "search-nothing": Sample(
        "search.html",
        {
            "form": EMPTY,
            "found": [],
            "hub": FromHub("silent", "National hub"),
            "more": "",
            "asked": False,
            "narrowed": False,
            "renew": False,
        },
        "/search",
    ),
    "search-wrong": Sample(
        "search.html",
        {
            "form": wrong(),
            "found": [],
            "hub": FromHub("closed", "National hub"),
            "more": "",
            "asked": False,
            "narrowed": False,
            "renew": False,
        },
        "/search",
    ),
    "people": Sample(
        "people.html",
        {"form": EMPTY, "followed": [NIKOS, MARI], "colleagues": [ANNA]},
        "/people",
    ),
    "people-wrong": Sample(
        "people.html", {"form": wrong(), "followed": [], "colleagues": [ANNA]}, "/people"
    ),
    "me": Sample(
        "me.html",
        {"form": Form.filled(name="Anna Berg", about_language="de", language="de")},
        "/me",
    ),
    "availability": Sample(
        "availability.html",
        {"availability": "looking_for_partners", "said_on": date(2026, 3, 1)},
        "/me/availability",
    ),
    "security": Sample(
        "security.html",
        {
            "form": EMPTY,
            "sessions": [
                views.Session("S1", "Firefox, Linux", NOW_MS - DAY_MS, NOW_MS, True),
                views.Session("S2", "Safari, iPhone", NOW_MS - 9 * DAY_MS, NOW_MS - DAY_MS, False),
            ],
        },
        "/me/security",
    ),
    "contacts": Sample(
        "contacts.html",
        {
            "form": EMPTY,
            "received": [contact("", MARI)],
            "sent": [contact("", NIKOS), contact("not_now", MARI)],
            "contacts": [contact("yes", NIKOS)],
        },
        "/contacts",
    ),
    "contacts-empty": Sample(
        "contacts.html", {"form": EMPTY, "received": [], "sent": [], "contacts": []}, "/contacts"
    ),
    "contact-new": Sample(
        "contact_new.html", {"form": EMPTY, "person": NIKOS}, NIKOS.path + "/contact"
    ),
    "messages": Sample(
        "messages.html",
        {
            "conversations": [
                views.Conversation("/messages/x", NIKOS, "Yes, on Tuesday at ten.", NOW_MS, 2)
            ]
        },
        "/messages",
    ),
    "messages-empty": Sample("messages.html", {"conversations": []}, "/messages"),
    "conversation": Sample(
        "conversation.html",
        {
            "form": Form.filled(language="en"),
            "person": NIKOS,
            "may_write": True,
            "messages": [
                views.Message("Shall we talk on Tuesday?", "en", NOW_MS - DAY_MS, True, True),
                views.Message("Yes, on Tuesday at ten.", "en", NOW_MS - HOUR_MS, False, True),
                views.Message("Good. I bring the map.", "en", NOW_MS, True, False),
            ],
        },
        "/messages/nikos@agrinio.example",
    ),
    "update-new": Sample("update_new.html", {"form": Form.filled(language="de")}, "/updates/new"),
    **WORK,
    **HUBS,
    **SET_UP,
    **EXHIBITS,
    **WALLS,
    **SCHOOLS,
    **STAFF,
}
