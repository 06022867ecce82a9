"""Samples of a hub's pages, and of a school's page about its hub."""

from dataclasses import replace

from node.actions.trust import Hub
from node.storage.admissions import JoinLink
from node.storage.enclosures import Enclosure, Sent
from node.storage.membership import Membership
from node.storage.paging import Place
from node.web import agency, office_views, paging, views
from node.web.forms import Form
from tests.node.web.samples import DAY_MS, EMPTY, NOW_MS, Sample, wrong

PRINT = "29bd c760 a404 5fdb 15cb 58fd 3c88 e447 4c28 72cb"
LINK = "https://agency.example/join/AAAAAAAAAAAAAAAAAAAAAA?key=z6Mk"
ACTOR = "https://agency.example/actor"
NATIONAL = Hub(
    ACTOR, "https://agency.example", "Pädagogischer Dienst", "DE", {}, True, NOW_MS, NOW_MS, ""
)
ENDORSED = replace(NATIONAL, name="Εθνική Μονάδα", country="GR", own=False, trouble="unreachable")
MEMBER = Membership(
    ACTOR, f"{ACTOR}/x", "accredited", NOW_MS - DAY_MS, "", "", None, NOW_MS, NOW_MS, 0, ""
)
ASKING = agency.School(
    path="/agency/schools/lindenschule.example",
    name="Lindenschule",
    country="DE",
    place="Rostock",
    address="lindenschule.example",
    register_number="13-4711",
    reason="Listed in the register of the state; ask the head.",
    language="en",
    state="waiting",
    since_ms=NOW_MS - DAY_MS,
    fingerprint=PRINT,
    answer="",
    decided_by="",
    ends_ms=None,
    ends_soon=False,
)
ENCLOSED = Enclosure(1, "", "Register.pdf", "application/pdf", 204_800, "", NOW_MS)
ACCREDITED = replace(
    ASKING, state="accredited", decided_by="Olga Weber", ends_ms=NOW_MS + 9 * DAY_MS, ends_soon=True
)
PROJECT = agency.Project(
    path="/agency/projects/AAAAAAAAAAAAAAAAAAAAAA",
    title="Two rivers",
    summary="We measure two rivers.",
    language="en",
    asked_by="Lindenschule",
    other="Rakvere Põhikool",
    state="waiting",
    since_ms=NOW_MS - DAY_MS,
    note="",
    decided_by="",
    document={
        "aims": "To compare",
        "ageFrom": 11,
        "ageTo": 14,
        "subjects": ["biology"],
        "languages": ["en", "pt"],
    },
)
HEALTH = agency.Health(
    "Εθνική Μονάδα", "GR", "monada.example", True, "approved", NOW_MS, "", False, True
)
JOIN_LINK = JoinLink(1, "", "District of Rostock", "Olga", NOW_MS, NOW_MS + DAY_MS, 20, 3, None)
TEACHER = agency.Teacher(
    path="/agency/teachers/1",
    name="Anna Berg",
    handle="anna.berg",
    school="Lindenschule",
    school_path=ASKING.path,
    roles=["teacher"],
    subjects=["biology"],
    about="I teach biology and like storks.",
    about_language="en",
    note="Here since 2019.",
    language="en",
    state="waiting",
    since_ms=NOW_MS - DAY_MS,
    decided_by="",
    reason="",
    ends_ms=None,
)
VERIFIED = replace(TEACHER, state="verified", decided_by="Olga", ends_ms=NOW_MS + 700 * DAY_MS)


def listed(path: str, labels: dict[str, str], state: str) -> dict[str, object]:
    """A page of a long list; the first one has another behind it."""
    further = paging.next_path(path, state, Place(1, 1) if state == next(iter(labels)) else None)
    return {"state": state, "tabs": paging.tabs(path, labels, state), "further": further}


COUNTS = {
    "schools_waiting": 2,
    "schools": 31,
    "teachers_waiting": 1,
    "teachers": 3,
    "reports_waiting": 1,
    "projects_waiting": 1,
    "projects": 12,
    "automatic": False,
    "nodes": 33,
    "nodes_in_trouble": 1,
    "nodes_silent": 2,
    "hubs": 2,
    "may_link": True,
}
_HUB = {
    "form": EMPTY,
    "own": MEMBER,
    "hub": NATIONAL,
    "endorsed": [ENDORSED],
    "ends_ms": NOW_MS + 9 * DAY_MS,
    "ends_soon": True,
    "may_ask": False,
    "sent": [],
    "document_mb": 10,
}

HUBS: dict[str, Sample] = {
    "hub": Sample("hub.html", _HUB, "/admin/hub", "admin"),
    "hub-none": Sample(
        "hub.html",
        _HUB
        | {
            "form": wrong(),
            "own": None,
            "hub": None,
            "endorsed": [],
            "ends_ms": None,
            "ends_soon": False,
            "may_ask": True,
        },
        "/admin/hub",
        "admin",
    ),
    "hub-waiting": Sample(
        "hub.html",
        _HUB
        | {
            "own": replace(MEMBER, state="waiting"),
            "ends_ms": None,
            "ends_soon": False,
            "sent": [Sent("", "Register.pdf", 204_800, "", NOW_MS)],
        },
        "/admin/hub",
        "admin",
    ),
    "hub-revoked": Sample(
        "hub.html",
        _HUB
        | {
            "own": replace(
                MEMBER, state="revoked", reason="It has closed.", language="en", trouble="busy"
            ),
            "ends_ms": None,
            "ends_soon": False,
            "may_ask": True,
        },
        "/admin/hub",
        "admin",
    ),
    "join": Sample("join.html", {"link": LINK}, "/join/AAAA", "visitor"),
    "agency": Sample(
        "agency.html",
        COUNTS | {"form": EMPTY, "link": LINK, "link_label": "Rostock", "links": [JOIN_LINK]},
        "/agency",
        "admin",
    ),
    "agency-empty": Sample(
        "agency.html",
        COUNTS
        | {"form": wrong(), "link": "", "link_label": "", "links": [], "may_link": True}
        | {
            "teachers_waiting": 0,
            "schools_waiting": 0,
            "reports_waiting": 1,
            "projects_waiting": 0,
            "automatic": True,
            "nodes_in_trouble": 0,
        },
        "/agency",
        "admin",
    ),
    "agency-schools": Sample(
        "agency_schools.html",
        {"form": EMPTY, "listed": [ASKING], **listed("/agency/schools", agency.SCHOOLS, "waiting")},
        "/agency/schools",
        "admin",
    ),
    "agency-schools-accredited": Sample(
        "agency_schools.html",
        {
            "form": EMPTY,
            "listed": [ACCREDITED],
            **listed("/agency/schools", agency.SCHOOLS, "accredited"),
        },
        "/agency/schools",
        "admin",
    ),
    "agency-schools-empty": Sample(
        "agency_schools.html",
        {"form": wrong(), "listed": [], **listed("/agency/schools", agency.SCHOOLS, "revoked")},
        "/agency/schools",
        "admin",
    ),
    "agency-school": Sample(
        "agency_school.html",
        {"form": EMPTY, "school": ASKING, "documents": [ENCLOSED]},
        ASKING.path,
        "admin",
    ),
    "agency-school-accredited": Sample(
        "agency_school.html",
        {"form": wrong(), "school": ACCREDITED, "documents": []},
        ASKING.path,
        "admin",
    ),
    "agency-school-revoked": Sample(
        "agency_school.html",
        {
            "form": EMPTY,
            "school": replace(ACCREDITED, state="revoked", answer="It has closed."),
            "documents": [],
        },
        ASKING.path,
        "admin",
    ),
    "agency-teachers": Sample(
        "agency_teachers.html",
        {"listed": [TEACHER], **listed("/agency/teachers", agency.TEACHERS, "waiting")},
        "/agency/teachers",
        "admin",
    ),
    "agency-teachers-empty": Sample(
        "agency_teachers.html",
        {"listed": [], **listed("/agency/teachers", agency.TEACHERS, "verified")},
        "/agency/teachers",
        "admin",
    ),
    "agency-teacher": Sample(
        "agency_teacher.html", {"form": EMPTY, "teacher": TEACHER}, TEACHER.path, "admin"
    ),
    "agency-teacher-verified": Sample(
        "agency_teacher.html", {"form": wrong(), "teacher": VERIFIED}, TEACHER.path, "admin"
    ),
    **{
        f"agency-teacher-{state}": Sample(
            "agency_teacher.html",
            {"form": EMPTY, "teacher": replace(TEACHER, state=state, reason="Unknown there.")},
            TEACHER.path,
            "admin",
        )
        for state in ("refused", "revoked", "withdrawn")
    },
    **{
        f"verification-{state or 'none'}": Sample(
            "verification.html",
            {
                "form": EMPTY if state else wrong(),
                "name": "Anna Berg",
                "path": "/school/staff/1/verification",
                "hub": "" if state == "revoked" else NATIONAL.name,
                "verification": office_views.Verification(
                    state, NOW_MS, "Unknown there.", "en", NOW_MS + DAY_MS, state == "verified"
                )
                if state
                else None,
            },
            "/school/staff/1/verification",
            "admin",
        )
        for state in ("", "wished", "waiting", "verified", "refused", "revoked", "withdrawn")
    },
    "agency-projects": Sample(
        "agency_projects.html",
        {
            "listed": [PROJECT],
            "automatic": False,
            **listed("/agency/projects", agency.ASKED_PROJECTS, "waiting"),
        },
        "/agency/projects",
        "admin",
    ),
    "agency-projects-empty": Sample(
        "agency_projects.html",
        {
            "listed": [],
            "automatic": True,
            **listed("/agency/projects", agency.ASKED_PROJECTS, "refused"),
        },
        "/agency/projects",
        "admin",
    ),
    "agency-project": Sample(
        "agency_project.html", {"form": EMPTY, "project": PROJECT}, PROJECT.path, "admin"
    ),
    "agency-project-refused": Sample(
        "agency_project.html",
        {
            "form": EMPTY,
            "project": replace(PROJECT, state="refused", note="Not now.", decided_by="Olga"),
        },
        PROJECT.path,
        "admin",
    ),
    "agency-project-automatic": Sample(
        "agency_project.html",
        {"form": EMPTY, "project": replace(PROJECT, state="approved", decided_by="automatic")},
        PROJECT.path,
        "admin",
    ),
    "agency-nodes": Sample(
        "agency_nodes.html",
        {
            "form": EMPTY,
            "hubs": [HEALTH, replace(HEALTH, endorsed=False, trouble="unreachable")],
            "nodes": [
                replace(HEALTH, hub=False, state="suspended", seen_ms=None),
                replace(HEALTH, hub=False, silent=True),
                replace(HEALTH, hub=False, state="blocked"),
            ],
            "may_endorse": True,
            **listed("/agency/nodes", agency.SERVERS, "all"),
        },
        "/agency/nodes",
        "admin",
    ),
    "agency-nodes-empty": Sample(
        "agency_nodes.html",
        {
            "form": EMPTY,
            "hubs": [],
            "nodes": [],
            "may_endorse": False,
            **listed("/agency/nodes", agency.SERVERS, "silent"),
        },
        "/agency/nodes",
        "admin",
    ),
    "agency-news": Sample(
        "agency_news.html",
        {
            "form": Form.filled(language="de"),
            "told": [views.News("AAAAAAAAAAAAAAAAAAAAAA", "A course in May.", "en", NOW_MS)],
        },
        "/agency/announcements",
        "admin",
    ),
    "agency-news-empty": Sample(
        "agency_news.html", {"form": wrong(), "told": []}, "/agency/announcements", "admin"
    ),
}
