"""The papers that the law asks for, from the command line."""

import re
from pathlib import Path

import pytest

from node.web.plain_text import as_text
from tests.node.cli.test_commands import init, run

PAPERS = {
    ("record",): ("Record of processing", "Verzeichnis"),
    ("assessment",): ("Data protection impact assessment", "Folgenabschätzung"),
    ("notice",): ("Who is responsible", "Wer verantwortlich ist"),
    ("notice", "--pupils"): ("What this site knows about you", "über dich weiß"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node that is set up."""
    done = init(tmp_path / "node")
    assert done.exit_code == 0, done.output
    return tmp_path / "node"


@pytest.mark.parametrize("words", PAPERS, ids=" ".join)
def test_each_paper_is_printed_as_a_page_that_stands_alone(
    folder: Path, words: tuple[str, ...]
) -> None:
    done = run(folder, "privacy", *words)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("<!doctype html>")
    assert PAPERS[words][0] in done.output
    for asked in ("<script", "<link", "src=", "/static/"):
        assert asked not in done.output
    told = run(folder, "privacy", *words, "--text", "--language", "de")
    assert PAPERS[words][1] in told.output
    assert not re.search(r"<[a-z/]", told.output)


def test_the_record_names_the_tables_of_both_databases(folder: Path) -> None:
    told = run(folder, "privacy", "record", "--text").output
    for table in ("accounts", "class_substitutes", "substitutions", "evidence"):
        assert re.search(rf"^{table} \| ", told, re.MULTILINE), table


def test_the_papers_of_a_school_that_has_not_run_make_no_vault(folder: Path) -> None:
    for words in PAPERS:
        done = run(folder, "privacy", *words)
        assert done.exit_code == 0, done.output
        assert not (folder / "vault").exists()


def test_the_record_says_how_many_nightly_copies_of_the_vault_stay(folder: Path) -> None:
    words = ("privacy", "record", "--text")
    assert "made every night: the newest" not in run(folder, *words).output
    with (folder / "config.toml").open("a") as config:
        config.write('\n[backup]\nvault_folder = "/mnt/safe"\nvault_keep = 9\n')
    assert "made every night: the newest" not in run(folder, *words).output, "at no hour"
    with (folder / "config.toml").open("a") as config:
        config.write("nightly_hour_utc = 2\n")
    assert "made every night: the newest 9; made by hand: as long as" in run(folder, *words).output
    notice = run(folder, "privacy", "notice", "--text").output
    assert "of those made every night the newest 9; those made by hand" in notice


def test_it_is_written_to_a_file(folder: Path, tmp_path: Path) -> None:
    done = run(folder, "privacy", "notice", "--to", str(tmp_path / "notice.html"))
    assert done.output.strip() == str(tmp_path / "notice.html")
    assert "Who is responsible" in (tmp_path / "notice.html").read_text("utf-8")
    bad = run(folder, "privacy", "notice", "--to", str(tmp_path / "no" / "notice.html"))
    assert (bad.exit_code, "cannot be written" in bad.output) == (1, True)


def test_a_language_that_there_is_not_is_refused(folder: Path) -> None:
    done = run(folder, "privacy", "notice", "--language", "xx")
    assert (done.exit_code, "there is no xx" in done.output) == (1, True)


def test_text_has_lines_for_items_rows_and_facts() -> None:
    page = (
        "<head><title>T</title></head><main><h1>Head</h1><p class='screen-only'>Not this</p>"
        "<p>One\n two</p><ul><li>a</li><li>b</li></ul><table><tr><th>x</th><th>y</th></tr>"
        "<tr><td>1</td><td>2</td></tr></table><dl><div><dt>What</dt><dd>That</dd></div></dl></main>"
    )
    assert as_text(page) == "Head\n====\nOne two\n- a\n- b\nx | y\n1 | 2\nWhat: That\n"
