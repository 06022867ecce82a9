"""Class lists that nobody's register would write: each is refused in words, or its rows are."""

from datetime import date

import pytest

from node.classroom import class_list, one_roster
from node.classroom.class_list import Wrong
from protocol.errors import Reason, Refused

HEAD = b"Given;Family;Login\n"
GOOD = HEAD + b"Anna;Berg;anna\n"
USERS = b"sourcedId,givenName,familyName,username\nu1,Anna,Berg,anna\n"
CLASSES = b"sourcedId,title\nc1,5b\n"
ENROLLED = b"classSourcedId,userSourcedId,role\nc1,u1,student\n"
TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (HEAD + "Jürgen;Müller;x\n".encode() + "Zoé;Bär;y\n".encode("cp1252"), "mixed"),
        (HEAD + b"An\xed\xa0\x80na;Berg;x\n", "mixed"),
        (HEAD + b"An\0na;Berg;x\n", "text"),
        ("Given;Family\nAnna;Berg\n".encode("utf-16-le"), "text"),
        (b"\xff\xfe" + "Given\nAn".encode("utf-16-le") + b"\x00\xd8n\0", "text"),
        (GOOD.decode().encode("utf-32"), "text"),
        (b"PK\x03\x04\x14\0\x06\0" + bytes(40), "text"),
        (b'sep="\n' + GOOD, "headings"),
        (b"sep='\n" + GOOD, "headings"),
        (b"<table><tr><td>Name</td></tr></table>", "headings"),
        (b"Given;Family" + b";" * 400_000 + b"\nAnna;Berg\n", "columns"),
        (GOOD + b";" * 400_000, "columns"),
        (HEAD + b'"Anna;Berg;x\nBert;Adler;y\n"Cora;Dorn;z\n', "cells"),
        (b'"' * 400_001, "cells"),
    ],
)
def test_a_list_that_is_none_is_refused_by_what_is_wrong_with_it(octets: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        class_list.read(octets)
    assert refused.value.reason is Reason.BAD_INPUT
    assert refused.value.facts["why"] == why


@pytest.mark.parametrize(
    "row",
    [
        "=HYPERLINK(1);Berg;x",
        "Anna;=cmd|' /C calc'!A0;x",
        "Anna;Berg;@SUM(1)",
        "Anna;\t+1+1;x",
        "\u200b-1;Berg;x",
        "\uff1dcmd;Berg;x",
        "123;456;x",
        '"Anna;Berg;x\nBert";Adler;y',
    ],
)
def test_a_row_with_a_formula_or_a_swallowed_line_is_no_name_and_the_others_are(row: str) -> None:
    read = class_list.read(HEAD + row.encode() + b"\nCora;Dorn;z\n")
    assert [one.wrong for one in read] == [Wrong.NO_NAME, None]
    assert read[1].line == 3 + row.count("\n"), "the line that people count"
    users = USERS + b"u2,Cora,=cmd,x\n"
    taken = one_roster.read(users, CLASSES, ENROLLED + b"c1,u2,student\n", wanted="5b", today=TODAY)
    assert [one.wrong for one in taken] == [None, Wrong.NO_NAME]


def test_what_cannot_be_seen_in_a_name_is_left_out_of_it() -> None:
    (row,) = class_list.read(HEAD + "\u202eAn\u200bna\u2066;B\u00aderg\ufeff;x\n".encode())
    assert (row.names.given, row.names.family, row.wrong) == ("Anna", "Berg", None)


def test_a_name_of_ten_thousand_letters_is_too_long() -> None:
    (row,) = class_list.read(HEAD + b"A" * 10_000 + b";Berg;x\n")
    assert row.wrong is Wrong.TOO_LONG


def test_a_register_of_many_columns_takes_no_longer_than_one_of_few() -> None:
    wide = ENROLLED.replace(b"\n", b",x" * 400 + b"\n", 1) + b"c1,u1,student\n" * 50_000
    rows = one_roster.read(USERS, CLASSES, wide, wanted="5b", today=TODAY)
    assert [one.wrong for one in rows[:2]] == [None, Wrong.TWICE]
    wider = ENROLLED.replace(b"\n", b",x" * 600 + b"\n", 1)
    with pytest.raises(Refused) as refused:
        one_roster.read(USERS, CLASSES, wider, wanted="5b", today=TODAY)
    assert refused.value.facts["why"] == "columns"
    assert refused.value.facts["field"] == "enrollments"


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    (row,) = class_list.read(b"Name;Name\nAnna Berg;Mia Other\n")
    assert row.names.display == "Anna Berg"
    twice = b"sourcedId,sourcedId,givenName,givenName,familyName\nu1,u9,Anna,Mia,Berg\n"
    (row,) = one_roster.read(twice, CLASSES, ENROLLED, wanted="", today=TODAY)
    assert row.names.display == "Anna Berg"
