"""A file's name is cleaned, and follows what the file is."""

import pytest

from node.pictures.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Storks.jpg", "Storks.jpg"),
        ("Μέγεθος 3.pdf", "Μέγεθος 3.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\map.png", "map.png"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("-rf", "rf"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("COM¹.pdf", "_COM¹.pdf"),
        ('a<b>:"c|?*.pdf', "a_b___c___.pdf"),
        ("  many   words .odt ", "many words.odt"),
    ],
)
def test_a_name_is_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean
    assert clean_name(clean) == clean


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    name = clean_name("ß" * 300 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("ß.pdf")


def test_the_ending_is_that_of_what_it_is() -> None:
    assert clean_name("holiday.jpeg", "webp") == "holiday.webp"
    assert clean_name("no ending", "pdf") == "no ending.pdf"
    assert clean_name("invoice.pdf.exe", "pdf") == "invoice.pdf.pdf"
