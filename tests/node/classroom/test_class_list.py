"""Class lists as spreadsheets and registers write them."""

import tracemalloc

import pytest

from node.classroom import class_list
from node.classroom.class_list import Wrong
from protocol.errors import Reason, Refused

PLAIN = "Vorname;Nachname;Benutzername\nMia;Nowak;mia.n\nTomé;Prata;\n"


def displays(octets: bytes) -> list[str]:
    return [one.names.display for one in class_list.read(octets) if one.wrong is None]


@pytest.mark.parametrize(
    "octets",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("cp1252"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace(";", "\t").encode(),
        PLAIN.replace(";", ",").encode(),
        f"sep=;\r\n{PLAIN}".encode(),
        'Vorname;Nachname;Benutzername\n"Mia";"Nowak";="mia.n"\n"Tomé";"Prata"\n\n;;\n'.encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "cp1252", "crlf", "tabs", "commas", "sep", "quotes"],
)
def test_one_list_is_the_same_however_it_was_saved(octets: bytes) -> None:
    mia, tom = class_list.read(octets)
    assert (mia.names.given, mia.names.family, mia.names.display) == ("Mia", "Nowak", "Mia Nowak")
    assert tom.names.display == "Tomé Prata"
    assert {mia.wrong, tom.wrong} == {None}


def test_a_login_is_read_where_there_is_one() -> None:
    assert [one.names.login for one in class_list.read(PLAIN.encode())] == ["mia.n", ""]


@pytest.mark.parametrize("heading", ["Name", "FULL NAME", "Anzeigename", "Ονοματεπώνυμο"])
def test_one_column_of_names_is_enough(heading: str) -> None:
    assert displays(f'{heading}\nAna Alves\n"Berg, Tom"\n'.encode()) == ["Ana Alves", "Tom Berg"]


def test_users_of_oneroster_are_its_pupils_only() -> None:
    text = (
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,role\n"
        "u1,active,2026-08-01,true,mia.n,,Mia,Nowak,student\n"
        "u2,active,2026-08-01,true,a.alves,,Ana,Alves,teacher\n"
    )
    mia, ana = class_list.read(text.encode())
    assert (mia.names.display, mia.names.login, mia.wrong) == ("Mia Nowak", "mia.n", None)
    assert ana.wrong is Wrong.NO_PUPIL


def test_each_row_that_is_no_pupil_says_why_and_on_which_line() -> None:
    rows = [
        "Name,Login",
        "Ana Alves,",
        ",ana",
        "A" * 121 + ",",
        '"=HYPERLINK(""http://x"")",',
        "1234,",
        "",
        "Ana Alves,",
    ]
    read = class_list.read("\n".join(rows).encode())
    assert [(one.line, one.wrong) for one in read] == [
        (2, None),
        (3, Wrong.EMPTY),
        (4, Wrong.TOO_LONG),
        (5, Wrong.NO_NAME),
        (6, Wrong.NO_NAME),
        (8, Wrong.TWICE),
    ]


@pytest.mark.parametrize(
    ("octets", "reason", "why"),
    [
        (b"", Reason.BAD_INPUT, "headings"),
        (b"Ana Alves\nTom Berg\n", Reason.BAD_INPUT, "headings"),
        (b'Name\n"Ana', Reason.BAD_INPUT, "cells"),
        (b"PK\x03\x04\x00\x00", Reason.BAD_INPUT, "text"),
        (b"Name\n" + b"A\n" * 1_001, Reason.TOO_MANY_ITEMS, None),
        (b"Name\n" + b"A" * 600_000, Reason.TOO_LARGE, None),
    ],
)
def test_what_is_no_list_is_refused_by_name(octets: bytes, reason: Reason, why: str | None) -> None:
    with pytest.raises(Refused) as refused:
        class_list.read(octets)
    assert refused.value.reason is reason
    assert refused.value.facts.get("why") == why


def test_a_file_of_nothing_but_ends_of_lines_is_refused_before_it_takes_memory() -> None:
    octets = b"Name\n" + b"\n" * 400_000
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as caught:
            class_list.table(octets, most_octets=len(octets), most_rows=1_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.reason is Reason.TOO_MANY_ITEMS
    assert most < 10 * len(octets)
