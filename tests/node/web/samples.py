"""Sample people, schools, projects and threads, for looking at pages without a node."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from node.web import office_views, space_views, views
from node.web.forms import Form
from node.web.i18n import later
from node.web.results import Result

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

RESULTS = [
    Result(
        kind="person",
        path=NIKOS.path,
        name=NIKOS.name,
        school=THEIRS,
        places=["Αγρίνιο", "Αιτωλοακαρνανία"],
        languages=["el", "en"],
        subjects=["biology", "geography"],
        age_from=11,
        age_to=14,
        availability="looking_for_partners",
        text="We live beside a lagoon and count its birds.",
        language="en",
    ),
    Result(
        kind="person",
        path=MARI.path,
        name=MARI.name,
        school=THIRD,
        places=["Rakvere"],
        availability="open_to_offers",
        stale=True,
    ),
    Result(
        kind="person",
        path=ANNA.path,
        name=ANNA.name,
        school=OURS,
        places=[],
        availability="not_now",
    ),
    Result(
        kind="school",
        path="/schools/gym2@agrinio.example",
        name=THEIRS.name,
        school=THEIRS,
        places=["Αγρίνιο"],
        types=["lower_secondary"],
        languages=["el"],
    ),
    Result(
        kind="project",
        path=STORKS.path,
        name=STORKS.title,
        school=OURS,
        places=[],
        languages=["en"],
        age_from=11,
        age_to=14,
        text=STORKS.summary,
        language="en",
        state="active",
    ),
    Result(
        kind="notice",
        path="/notices/dark0000000000000000@rakvere.example",
        name="Who measures the night with us?",
        school=THIRD,
        places=["Rakvere"],
        languages=["en"],
        text="Two lessons in January, with a telephone and a clear sky.",
        language="en",
        purpose="short_activity",
        ends_ms=NOW_MS + 30 * DAY_MS,
    ),
]

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
MINE = space_views.Doings(change="/w/SPACE/posts/P2/edit", delete="/w/SPACE/posts/P2/delete")
HIDDEN = space_views.Doings(
    show_again="/w/SPACE/unhide/P4",
    hidden=space_views.Hidden(
        ANNA, NOW_MS - HOUR_MS, later("Private data is shown"), "A telephone number stands in it."
    ),
)
THING = space_views.Thing(
    "P4", later("Reply"), "Call me!", "en", "/w/SPACE/forum/T1#p-P4", "/w/SPACE/posts/P4", NIKOS, 1
)
POSTS = [
    space_views.Post(
        "P1",
        NIKOS,
        "When did you see the first one this year? We saw ours on the third of March.",
        "en",
        NOW_MS - 3 * DAY_MS,
        None,
        "",
        space_views.Doings(report="/report?item=P1", hide="/w/SPACE/hide/P1"),
    ),
    space_views.Post(
        "P2",
        ANNA,
        "On the 28th of March, on the chimney of the old dairy. The whole class ran out.",
        "en",
        NOW_MS - 2 * DAY_MS,
        NOW_MS - DAY_MS,
        "",
        MINE,
    ),
    space_views.Post("P3", NIKOS, "", "", NOW_MS - DAY_MS, None, later("This post was deleted.")),
    space_views.Post(
        "P4", NIKOS, "", "", NOW_MS - DAY_MS, None, later("This post is hidden."), HIDDEN
    ),
]
THREAD = space_views.Thread("/w/SPACE/forum/T1", "The first stork of the year", POSTS, True)
THREADS = [
    space_views.ThreadLine("/w/SPACE/forum/T1", THREAD.title, "", NIKOS, NOW_MS - HOUR_MS, 2),
    space_views.ThreadLine("/w/SPACE/forum/T2", "Who are we?", "", ANNA, NOW_MS - 5 * DAY_MS, 7),
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
    ["multilingual", "citizenship"],
    date(2026, 3, 1),
    True,
    "accredited",
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
    "EL631",
    "https://agrinio.example/",
    "public",
    12,
    15,
)


NOTICE = views.Notice(
    path="/notices/rivers000000000000000@agrinio.example",
    title="Who counts birds with us?",
    purpose="looking_for_partners",
    text="Our class counts the birds of the lagoon once a month.\n\nWe look for a class elsewhere.",
    language="en",
    languages=["en", "el"],
    school=THEIRS,
    author=NIKOS,
    at_ms=NOW_MS - DAY_MS,
    expires_ms=NOW_MS + 29 * DAY_MS,
    over=False,
    subjects=["biology", "geography"],
    age_from=11,
    age_to=14,
    countries=["DE", "PL"],
)


def contact(answer: str, person: views.Person) -> views.Contact:
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


def wrong() -> Form:
    form = Form({"title": ["Storks"], "handle": ["Anna"], "text": [""], "address": ["nowhere"]})
    form.text("text", longest=100)
    form.number("age_from", lowest=3, highest=20)
    form.say("address", later("This address is not written correctly."))
    form.say("", later("The name or the password is not right."))
    return form


EMPTY = Form()
SETTINGS = [
    office_views.Setting("node.base_url", "https://lindenschule.example", "The public address."),
    office_views.Setting("sign_in.session_days", "30", "How long a device stays signed in."),
]
