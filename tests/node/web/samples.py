"""Sample data for every template: one entry of `PAGES` per page and state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from node.web import views
from node.web.forms import Form
from node.web.i18n import later

NOW_MS = 1_795_460_400_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

OURS = views.School("https://lindenschule.example/schools/linden", "Lindenschule", "DE")
THEIRS = views.School("https://agrinio.example/schools/gym2", "2ο Γυμνάσιο Αγρινίου", "GR")
THIRD = views.School("https://rakvere.example/schools/rpk", "Rakvere Põhikool", "EE")

ANNA = views.Person("Anna Berg", "/people/anna.berg", "anna.berg@lindenschule.example", OURS)
NIKOS = views.Person(
    "Νίκος Παπαδόπουλος", "/people/nikos@agrinio.example", "nikos@agrinio.example", THEIRS
)
MARI = views.Person("Mari Tamm", "/people/mari@rakvere.example", "mari@rakvere.example", THIRD)

ENTRY = views.Entry(
    NIKOS,
    "Our class has counted 212 storks on the lagoon this week.\n\nWho counts with us in spring? "
    "Numbers and maps: https://agrinio.example/storks",
    "en",
    NOW_MS - 2 * HOUR_MS,
    "/updates/AAAA",
)
OWN_ENTRY = views.Entry(
    ANNA,
    "Heute haben wir den Schulteich vermessen. Die Karte kommt ins Projekt.",
    "de",
    NOW_MS - DAY_MS,
    "/updates/BBBB",
    mine=True,
)
STORKS = views.ProjectCard(
    "/projects/storks0000000000000000",
    "Storks between two homes",
    "We follow the same birds from the lagoon of Messolonghi to the meadows of the Oder.",
    "en",
    [OURS, THEIRS],
    11,
    14,
    "active",
)
BREAD = views.ProjectCard(
    "/projects/bread00000000000000000",
    "Brot, ψωμί, leib",
    "Every region bakes. We bake each other's bread and write down why it is as it is.",
    "en",
    [OURS],
    9,
    12,
    "draft",
)
NIGHT = views.ProjectCard(
    "/projects/night00000000000000000@rakvere.example",
    "How dark is our night?",
    "Light pollution measured with simple means.",
    "en",
    [THIRD, OURS],
    13,
    17,
    "offered",
)


PROJECT = views.Project(
    path=STORKS.path,
    title=STORKS.title,
    summary=STORKS.summary,
    language="en",
    schools=[OURS, THEIRS],
    age_from=11,
    age_to=14,
    state="active",
    founders=[ANNA, NIKOS],
    subjects=["biology", "geography", "foreign_languages"],
    languages=["en", "de", "el"],
    scope="european",
    mine=True,
    founder_of=True,
    turn="nobody",
    next=later("The project is running. Work goes on in its space."),
    next_values={},
    since_ms=NOW_MS - 9 * DAY_MS,
    space_path="/w/SPACE",
    pupils=48,
    start=date(2026, 9, 1),
    end=date(2027, 6, 30),
    description="Two classes watch the same birds at both ends of their way.",
    aims="To read maps, to count carefully, to write so that others understand.",
    work_process="One question a month; both classes answer it in the forum.",
    expected_results="A bird calendar for both towns.",
    tools=["forum", "shared_pages"],
    key_competences=["multilingual", "mathematical_and_science"],
)
OFFERED = replace(
    PROJECT,
    state="offered",
    turn="theirs",
    next=later("%(name)s is to answer your offer."),
    next_values={"name": NIKOS.name},
    space_path="",
)
DRAFT = replace(
    PROJECT,
    state="draft",
    turn="mine",
    next=later("You can offer this project to one of your contacts."),
    next_values={},
    space_path="",
    schools=[OURS],
    founders=[ANNA],
    declined=views.Declined(NIKOS.name, "This year we have no free hours. Next year!", "en"),
)
ASKED = replace(
    OFFERED,
    mine=False,
    turn="mine",
    next=later("%(name)s asks you to found this project together."),
    founders=[NIKOS],
    schools=[THEIRS],
)
SPACE = views.Space(
    "/w/SPACE", STORKS.title, STORKS.summary, "en", [OURS, THEIRS], STORKS.path, True, NOW_MS
)
POSTS = [
    views.Post(
        "P1",
        NIKOS,
        "When did you see the first one this year? We saw ours on the third of March.",
        "en",
        NOW_MS - 3 * DAY_MS,
        None,
        "",
        False,
    ),
    views.Post(
        "P2",
        ANNA,
        "On the 28th of March, on the chimney of the old dairy. The whole class ran out.",
        "en",
        NOW_MS - 2 * DAY_MS,
        NOW_MS - DAY_MS,
        "",
        True,
    ),
    views.Post("P3", NIKOS, "", "", NOW_MS - DAY_MS, None, later("This post was deleted."), False),
]
THREAD = views.Thread("/w/SPACE/forum/T1", "The first stork of the year", POSTS, True)
THREADS = [
    views.ThreadLine("/w/SPACE/forum/T1", THREAD.title, "", NIKOS, NOW_MS - HOUR_MS, 2),
    views.ThreadLine("/w/SPACE/forum/T2", "Who are we?", "", ANNA, NOW_MS - 5 * DAY_MS, 7),
]
PROFILE = views.Profile(
    NIKOS.name,
    NIKOS.path,
    NIKOS.address,
    THEIRS,
    "/schools/gym2@agrinio.example",
    "teacher",
    ["biology", "geography"],
    ["el", "en"],
    11,
    15,
    "looking_for_partners",
    "I teach biology beside the largest lagoon of Greece. My pupils like to be outdoors.",
    "en",
)
SCHOOL = views.SchoolCard(
    THEIRS.url,
    THEIRS.name,
    "GR",
    "/schools/gym2@agrinio.example",
    "Αγρίνιο",
    "Δυτική Ελλάδα",
    ["lower_secondary"],
    ["el"],
    "1901020",
    "A school of 240 pupils between a lake and a lagoon.",
    "en",
)


def _contact(answer: str, person: views.Person) -> views.Contact:
    return views.Contact(
        f"C{answer}",
        person,
        "I read about your lagoon. We watch storks too. Shall we compare?",
        "en",
        NOW_MS - 4 * DAY_MS,
        NOW_MS + 26 * DAY_MS,
        NOW_MS - 4 * DAY_MS + HOUR_MS,
        answer,
        "/messages/" + person.address,
    )


@dataclass(frozen=True)
class Sample:
    """One page in one state: who looks (visitor, teacher, admin) and what is shown."""

    template: str
    data: Mapping[str, object]
    path: str = "/home"
    who: str = "teacher"
    told: str = ""


def _wrong() -> Form:
    form = Form({"title": ["Storks"], "handle": ["Anna"], "text": [""], "address": ["nowhere"]})
    form.text("text", longest=100)
    form.number("age_from", lowest=3, highest=20)
    form.say("address", later("This address is not written correctly."))
    form.say("", later("The name or the password is not right."))
    return form


_EMPTY = Form()
_SETTINGS = [
    views.Setting("node.base_url", "https://lindenschule.example", "The public address."),
    views.Setting("sign_in.session_days", "30", "How long a device stays signed in."),
]

PAGES: dict[str, Sample] = {
    "front": Sample(
        "front.html",
        {"school": SCHOOL, "projects": [STORKS, NIGHT]},
        "/",
        "visitor",
    ),
    "front-empty": Sample("front.html", {"school": SCHOOL, "projects": []}, "/", "visitor"),
    "login": Sample("login.html", {"form": _EMPTY, "next": ""}, "/login", "visitor"),
    "login-wrong": Sample("login.html", {"form": _wrong(), "next": ""}, "/login", "visitor"),
    "logout": Sample("logout.html", {}, "/logout"),
    "invite": Sample(
        "invite.html",
        {"form": _EMPTY, "invitation": views.Invitation("anna.berg", "Anna Berg", NOW_MS)},
        "/invite/x",
        "visitor",
    ),
    "invite-lapsed": Sample(
        "invite.html", {"form": _EMPTY, "invitation": None}, "/invite/x", "visitor"
    ),
    "ask": Sample("ask.html", {"form": _EMPTY}, "/ask", "visitor"),
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
            "days": [views.Day(ENTRY.at_ms, [ENTRY]), views.Day(OWN_ENTRY.at_ms, [OWN_ENTRY])],
            "spaces": [SPACE],
            "older": "",
        },
        told=later("Welcome back."),
    ),
    "home-empty": Sample(
        "home.html", {"waiting": [], "steps": [], "days": [], "spaces": [], "older": ""}
    ),
    "profile": Sample(
        "profile.html",
        {
            "person": PROFILE,
            "mine": False,
            "relation": views.Relation("no", "no", False, "/messages/x"),
            "notes": [ENTRY],
        },
        PROFILE.path,
    ),
    "profile-contact": Sample(
        "profile.html",
        {
            "person": PROFILE,
            "mine": False,
            "relation": views.Relation("yes", "yes", False, "/messages/x"),
            "notes": [],
        },
        PROFILE.path,
    ),
    "profile-visitor": Sample(
        "profile.html",
        {"person": PROFILE, "mine": False, "relation": None, "notes": [ENTRY]},
        PROFILE.path,
        "visitor",
    ),
    "profile-own": Sample(
        "profile.html",
        {
            "person": replace(PROFILE, name=ANNA.name, path=ANNA.path, school=OURS),
            "mine": True,
            "relation": None,
            "notes": [OWN_ENTRY],
        },
        ANNA.path,
    ),
    "people": Sample(
        "people.html",
        {"form": _EMPTY, "followed": [NIKOS, MARI], "colleagues": [ANNA]},
        "/people",
    ),
    "people-wrong": Sample(
        "people.html", {"form": _wrong(), "followed": [], "colleagues": [ANNA]}, "/people"
    ),
    "me": Sample(
        "me.html",
        {"form": Form.filled(name="Anna Berg", about_language="de", language="de")},
        "/me",
    ),
    "security": Sample(
        "security.html",
        {
            "form": _EMPTY,
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
            "form": _EMPTY,
            "received": [_contact("", MARI)],
            "sent": [_contact("", NIKOS), _contact("not_now", MARI)],
            "contacts": [_contact("yes", NIKOS)],
        },
        "/contacts",
    ),
    "contacts-empty": Sample(
        "contacts.html", {"form": _EMPTY, "received": [], "sent": [], "contacts": []}, "/contacts"
    ),
    "contact-new": Sample(
        "contact_new.html", {"form": _EMPTY, "person": NIKOS}, NIKOS.path + "/contact"
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
    "school": Sample(
        "school.html",
        {"school": SCHOOL, "following": "no", "projects": [STORKS]},
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
        {"form": _wrong(), "new": True, "shared": False, "back": "/projects", "more_open": True},
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
            "form": _EMPTY,
            "project": DRAFT,
            "step": "offer",
            "contacts": [("C1", "Νίκος Παπαδόπουλος (nikos@agrinio.example)")],
        },
        PROJECT.path + "/manage",
    ),
    "manage-offered": Sample(
        "project_manage.html",
        {"form": _EMPTY, "project": OFFERED, "step": "wait", "contacts": []},
        PROJECT.path + "/manage",
    ),
    "manage-asked": Sample(
        "project_manage.html",
        {"form": _EMPTY, "project": ASKED, "step": "answer", "contacts": []},
        PROJECT.path + "/manage",
    ),
    "space": Sample(
        "space.html",
        {
            "space": SPACE,
            "threads": THREADS,
            "copies": [
                views.Copy(OURS, True, False, None),
                views.Copy(THEIRS, False, True, NOW_MS - HOUR_MS),
            ],
        },
        SPACE.path,
    ),
    "space-empty": Sample("space.html", {"space": SPACE, "threads": [], "copies": []}, SPACE.path),
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
            "form": _EMPTY,
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
            "form": _EMPTY,
            "colleagues": [("otto", "Otto Lang (otto)")],
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
            "link": views.Link("Jonas Vogt", "https://lindenschule.example/invite/4Kd0sLq"),
            "asking": [
                views.StaffAccount(
                    "A3", "eva", "Eva Stein", [], "asking", False, "Music, classes 5 to 8.", NOW_MS
                )
            ],
            "accounts": [
                views.StaffAccount(
                    "A1", "anna.berg", "Anna Berg", ["teacher", "admin"], "active", True, "", NOW_MS
                ),
                views.StaffAccount(
                    "A2", "otto", "Otto Lang", ["teacher"], "ended", False, "", NOW_MS
                ),
            ],
            "invitations": [views.Invitation("jonas", "Jonas Vogt", NOW_MS + 14 * DAY_MS)],
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
            "fingerprint": "3f9a02b7c4d1e65880aa17cc9e03d2f4",
        },
        "/admin",
        "admin",
    ),
    "partners": Sample(
        "partners.html",
        {
            "form": _EMPTY,
            "partners": [
                views.Partner(
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
            "form": _EMPTY,
            "partner": views.Partner(
                "/admin/partners/agrinio.example",
                "https://agrinio.example",
                THEIRS.name,
                "GR",
                "3f9a02b7c4d1e65880aa17cc9e03d2f4",
                "pending",
                None,
            ),
        },
        "/admin/partners/agrinio.example",
        "admin",
    ),
    "deliveries": Sample(
        "deliveries.html",
        {
            "deliveries": [
                views.Delivery(
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
    "settings": Sample(
        "settings.html",
        {"form": Form.filled(name="Lindenschule", country="DE"), "settings": _SETTINGS},
        "/admin/settings",
        "admin",
    ),
    "about": Sample("about.html", {}, "/about", "visitor"),
    "privacy": Sample("privacy.html", {}, "/privacy", "visitor"),
    "accessibility": Sample("accessibility.html", {}, "/accessibility", "visitor"),
    "confirm": Sample(
        "confirm.html",
        {
            "form": _EMPTY,
            "back": THREAD.path,
            "question": later("Delete this post?"),
            "consequence": later("It disappears at every school of the project."),
            "quoted": POSTS[1].text,
            "yes": later("Delete it everywhere"),
            "values": {},
        },
        THREAD.path + "/P2/delete",
    ),
    "error": Sample(
        "error.html",
        {
            "heading": later("This page does not exist"),
            "sentence": later("Nothing was found under this name. Check how it is written."),
        },
        "/nothing",
        "visitor",
    ),
}
