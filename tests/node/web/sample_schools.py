"""Samples of the pages about the schools of a project: inviting, answering, parting, handing on."""

from dataclasses import replace

from node.actions.parting import Leaving
from node.web import participants
from node.web.forms import Form
from node.web.participants import Awaited, MemberSchool, SchoolInvitation
from tests.node.web.samples import (
    ASKED,
    DAY_MS,
    EMPTY,
    NIKOS,
    NOW_MS,
    OURS,
    PROJECT,
    THEIRS,
    Sample,
    wrong,
)

CONTACTS = [("C1", "Νίκος Παπαδόπουλος (nikos@agrinio.example)")]
COLLEAGUES = [("otto", "Otto Lang (otto)")]
MEMBERS = [
    MemberSchool(OURS, True, True, True, True, "", True, ""),
    MemberSchool(
        THEIRS,
        False,
        False,
        False,
        False,
        "/w/S/schools/N/remove",
        False,
        "/w/S/schools/N/moderate",
    ),
]
AWAITED = [
    Awaited(participants.ASKED["admit"], {"school": THEIRS.name}, OURS.name, NOW_MS - DAY_MS),
    Awaited(participants.ASKED["leave"], {"school": THEIRS.name}, OURS.name, None),
]
INVITATIONS = [
    SchoolInvitation("I1", NIKOS, participants.INVITATION["invited"], NOW_MS, "", True),
    SchoolInvitation("I2", NIKOS, participants.INVITATION["declined"], NOW_MS, "Σύντομα!", False),
]
NO_SCHOOLS = {"schools": [], "awaited": [], "invitations": [], "may_lead": False}
LEAVING = Leaving(may=True, is_steward=False, too_few=False)

SCHOOLS = {
    "manage-schools": Sample(
        "project_manage.html",
        {
            "form": EMPTY,
            "project": PROJECT,
            "step": "work",
            "contacts": [],
            "schools": MEMBERS,
            "awaited": AWAITED,
            "invitations": INVITATIONS,
            "may_lead": True,
        },
        PROJECT.path + "/manage",
    ),
    "manage-invited": Sample(
        "project_manage.html",
        NO_SCHOOLS
        | {
            "form": EMPTY,
            "project": replace(ASKED, letter="Ελάτε μαζί μας!", letter_language="el"),
            "step": "join",
            "contacts": [],
        },
        PROJECT.path + "/manage",
    ),
    "school-invite": Sample(
        "project_invite.html",
        {"form": wrong(), "back": "/", "project_title": PROJECT.title, "contacts": CONTACTS},
        PROJECT.path + "/invite",
    ),
    "school-invite-nobody": Sample(
        "project_invite.html",
        {"form": EMPTY, "back": "/", "project_title": PROJECT.title, "contacts": []},
        PROJECT.path + "/invite",
    ),
    "school-refuse": Sample(
        "project_refuse.html",
        {"form": EMPTY, "back": "/", "project_title": PROJECT.title},
        PROJECT.path + "/refuse",
    ),
    "hand-over": Sample(
        "project_hand_over.html",
        {"form": EMPTY, "back": "/", "project_title": PROJECT.title, "colleagues": COLLEAGUES},
        PROJECT.path + "/hand-over",
    ),
    "hand-over-nobody": Sample(
        "project_hand_over.html",
        {"form": EMPTY, "back": "/", "project_title": PROJECT.title, "colleagues": []},
        PROJECT.path + "/hand-over",
    ),
    "account-end": Sample(
        "account_end.html",
        {
            "form": Form.filled(last_day="2027-07-31"),
            "name": "Anna Berg",
            "projects": [PROJECT.title],
            "colleagues": COLLEAGUES,
        },
        "/school/staff/1/end",
        "admin",
    ),
    "account-end-alone": Sample(
        "account_end.html",
        {"form": EMPTY, "name": "Anna Berg", "projects": [PROJECT.title], "colleagues": []},
        "/school/staff/1/end",
        "admin",
    ),
}
