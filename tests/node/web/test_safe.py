"""What people wrote can do no harm, and breaks no page."""

import pytest

from node.web.safe import excerpt, one_line, text_as_html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        'https://a.example/"onmouseover="alert(1)',
        "javascript:alert(1)",
        "<a href='javascript:x'>x</a>",
        "https://a.example/<script>",
        "<svg/onload=alert(1)>",
    ],
)
def test_markup_is_shown_as_letters(hostile: str) -> None:
    html = text_as_html(hostile)
    tags = html.replace("<p>", "").replace("</p>", "").replace("</a>", "")
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert 'href="javascript' not in html
    assert tags.count("<") == tags.count("<a href=")


def test_paragraphs_lines_and_addresses_are_kept() -> None:
    html = text_as_html("One\ntwo\n\nSee https://a.example/x?a=1&b=2.")
    assert html == (
        '<p>One<br>two</p><p>See <a href="https://a.example/x?a=1&amp;b=2" '
        'rel="noopener noreferrer nofollow ugc">https://a.example/x?a=1&amp;b=2</a>.</p>'
    )


@pytest.mark.parametrize(
    "odd",
    ["\ud800", "\x00", "a" * 200_000, "(" * 100_000, "\u202eevil", "https://" * 20_000, "", "\n\n"],
)
def test_no_text_breaks_the_page(odd: str) -> None:
    html = text_as_html(odd)
    html.encode("utf-8")
    assert "\x00" not in html
    assert "\u202e" not in html
    one_line(odd).encode("utf-8")
    excerpt(odd).encode("utf-8")


def test_excerpt_ends_at_a_word() -> None:
    assert excerpt("one two three", 8) == "one two…" or excerpt("one two three", 8) == "one…"
