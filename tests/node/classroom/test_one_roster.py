"""A class out of OneRoster: who of users, classes and enrolments is in it, and who is not."""

import io
from datetime import date

import pytest
from aiohttp import FormData

from node.classroom import one_roster
from node.classroom.class_list import Row, Wrong
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import School
from tests.node.web.browser import Browser, Shown, browsing, shown_of

TODAY = date(2026, 11, 27)
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
    "middleName,identifier,email,preferredGivenName\n"
    "u1,active,2026-08-01,true,mia.n,,Mia,Nowak,,,,\n"
    "u2,active,2026-08-01,true,tom.b,,Thomas,Berg,,,,Tom\n"
    "u3,active,2026-08-01,true,a.alves,,Ana,Alves,,,,\n"
    "u4,tobedeleted,2026-08-01,true,ivo,,Ivo,Reis,,,,\n"
    "u5,active,2026-08-01,false,lia,,Lia,Prata,,,,\n"
    "u6,active,2026-08-01,true,x,,=cmd(),Berg,,,,\n"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType\n"
    "c1,active,2026-08-01,5b,05,k1,FIVE-B,homeroom\n"
    "c2,active,2026-08-01,6a,06,k1,SIX-A,homeroom\n"
    "c3,tobedeleted,2026-08-01,4c,04,k1,,homeroom\n"
)
ENROLLED = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\n"
    "e1,active,2026-08-01,c1,s,u1,student,,2026-08-01,2027-07-31\n"
    "e2,active,2026-08-01,c1,s,u2,student,,,\n"
    "e3,active,2026-08-01,c1,s,u3,teacher,true,,\n"
    "e4,active,2026-08-01,c1,s,u4,student,,,\n"
    "e5,active,2026-08-01,c1,s,u5,student,,,\n"
    "e6,active,2026-08-01,c1,s,u9,student,,,\n"
    "e7,active,2026-08-01,c1,s,u1,student,,,\n"
    "e8,active,2026-08-01,c1,s,u6,student,,,\n"
    "e9,active,2026-08-01,c2,s,u2,student,,,2026-10-01\n"
    "e0,tobedeleted,2026-08-01,c2,s,u1,student,,,\n"
)


def read(
    wanted: str = "", users: str = USERS, classes: str = CLASSES, enrolled: str = ENROLLED
) -> list[Row]:
    return one_roster.read(
        users.encode(), classes.encode(), enrolled.encode(), wanted=wanted, today=TODAY
    )


def test_who_is_enrolled_as_a_pupil_is_in_it_and_everybody_else_says_why_not() -> None:
    assert [(one.line, one.names.display, one.wrong) for one in read("5b")] == [
        (2, "Mia Nowak", None),
        (3, "Tom Berg", None),
        (4, "Ana Alves", Wrong.NO_PUPIL),
        (5, "Ivo Reis", Wrong.LEFT),
        (6, "Lia Prata", Wrong.LEFT),
        (7, "", Wrong.UNKNOWN),
        (8, "Mia Nowak", Wrong.TWICE),
        (9, "=cmd() Berg", Wrong.NO_NAME),
    ]


def test_whose_enrolment_is_over_or_deleted_is_not_in_it() -> None:
    assert [one.wrong for one in read("6a")] == [Wrong.LEFT, Wrong.LEFT]


@pytest.mark.parametrize("wanted", ["5B", " five-b ", "c1"])
def test_the_class_is_found_by_its_title_its_code_or_its_number(wanted: str) -> None:
    assert len(read(wanted)) == 8


def test_without_a_word_the_only_class_is_meant() -> None:
    only = CLASSES.replace("c2,active", "c2,tobedeleted")
    assert len(read(classes=only)) == 8
    some = "\n".join(line for line in ENROLLED.split("\n") if ",c2," not in line)
    assert len(read(classes="", enrolled=some)) == 8


@pytest.mark.parametrize(("wanted", "why"), [("", "which"), ("9z", "no_class"), ("4c", "no_class")])
def test_who_does_not_say_which_hears_which_there_are(wanted: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        read(wanted)
    assert (caught.value.facts["field"], caught.value.facts["why"]) == ("wanted", why)
    assert caught.value.facts["names"] == "5b, 6a"


@pytest.mark.parametrize(
    ("field", "files"),
    [
        ("list", {"users": "a,b\n1,2\n"}),
        ("classes", {"classes": "name\n5b\n"}),
        ("enrollments", {"enrolled": USERS}),
        ("enrollments", {"enrolled": ""}),
        ("list", {"users": USERS + '"open'}),
    ],
)
def test_what_is_no_such_file_is_named(field: str, files: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        read("5b", **files)
    assert caught.value.reason is Reason.BAD_INPUT
    assert caught.value.facts["field"] == field


def test_spreadsheets_may_have_saved_them_in_their_own_way() -> None:
    mark = b"\xef\xbb\xbf"
    read_ = one_roster.read(
        mark + USERS.replace(",", ";").replace("\n", "\r\n").encode(),
        mark + CLASSES.encode(),
        ("sep=;\n" + ENROLLED.replace(",", ";")).encode(),
        wanted="5b",
        today=TODAY,
    )
    assert [one.names.display for one in read_[:2]] == ["Mia Nowak", "Tom Berg"]
    assert read_[0].line == 3, "the line that Excel adds counts"


def test_too_long_a_register_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read("5b", enrolled=ENROLLED + "\n".join("e,active" for _ in range(one_roster.MAX_ROWS)))
    assert caught.value.reason is Reason.TOO_MANY_ITEMS


async def send(ana: Browser, **files: str) -> Shown:
    """A register's files in the form, under the names of its fields."""
    body = FormData(quote_fields=False)
    for name, text in files.items():
        if name == "wanted":
            body.add_field(name, text)
        else:
            octets = io.BytesIO(text.encode())
            body.add_field(name, octets, filename=f"{name}.csv", content_type="text/csv")
    headers = {"Accept": "text/html", "Accept-Language": "en", "Origin": ana.origin}
    answer = await ana.client.post("/classes/1/list", data=body, headers=headers)
    return await shown_of(answer)


async def test_a_class_of_a_register_is_looked_through_before_anything_is_kept(
    school: School,
) -> None:
    before = await school.node.dump_vault()
    async with browsing(school.node, "ana") as ana:
        which = await send(ana, list=USERS, enrollments=ENROLLED, classes=CLASSES)
        assert which.status == 422
        assert "Say which: 5b, 6a." in which.text
        lacking = await send(ana, list=USERS, classes=CLASSES)
        assert "Choose enrollments.csv too" in lacking.text
        wrong = await send(ana, list=USERS, enrollments=CLASSES, wanted="5b")
        assert wrong.status == 422
        assert "List of enrolments" in wrong.text
        seen = await send(ana, list=USERS, enrollments=ENROLLED, classes=CLASSES, wanted="5b")
    assert seen.status == 200
    assert "6 lines are left out" in seen.text
    assert "Line 7: nobody in users.csv has this number" in seen.text
    assert 'value="Mia Nowak"' in seen.html
    assert "Nothing is kept yet" in seen.text
    after = await school.node.dump_vault()
    assert after["pupils"] == before["pupils"]


def test_a_quotation_mark_that_is_closed_lines_later_hides_nobody() -> None:
    swallowing = USERS.replace(",Thomas,", ',"Thomas,').replace(",Ivo,", ',Ivo",')
    with pytest.raises(Refused) as refused:
        read("5b", users=swallowing)
    assert (refused.value.facts["field"], refused.value.facts["why"]) == ("list", "cells")
    quoted = read("5b", users=USERS.replace(",Thomas,", ',"Thomas",'))
    assert [one.names.display for one in quoted] == [one.names.display for one in read("5b")]
