"""The tree keeps its own rules: known folders, short files, nothing unfinished, no exemptions."""

import ast
import re
import tomllib
from pathlib import PurePosixPath

import pytest

from tests.house.tree import (
    PACKAGES,
    ROOT,
    hand_written,
    is_vendored,
    parsed,
    project_files,
    python_files,
    text_of,
)

TOP_LEVEL = {
    *(".ci", "node", "protocol", "schemas", "scripts", "tests"),
    *(".gitignore", "LICENSE", "constraints.txt", "constraints-run.txt", "pyproject.toml"),
    *(
        "README.md",
        "ARCHITECTURE.md",
        "PROTOCOL.md",
        "DECISIONS.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "ADMIN.md",
    ),
}
TEST_FOLDERS = {
    *("protocol", "node", "vectors", "house"),
    *("attacks", "journeys", "faults", "egress", "simulation"),
}
MOST_LINES = 400

# Put together here so that this file does not find itself.
UNFINISHED = re.compile(
    r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK|NotImplemented" r"Error)\b"
    r"|\b(for " r"now|not yet " r"implemented|dum" r"my)\b"
)  # fmt: skip
EXEMPTED = re.compile(r"#\s*(no" r"qa|type:\s*ig" r"nore|ruff:\s*no)")  # fmt: skip
SECRET = re.compile(
    r"(^|_)(token|secret|password|mac|hmac|seed|cookie|csrf|master)(_|$)", re.IGNORECASE
)


def named(files: list[PurePosixPath]) -> list[str]:
    """For readable test ids."""
    return [str(file) for file in files]


def test_nothing_lies_at_the_top_that_is_not_on_the_list() -> None:
    found = {file.parts[0] for file in project_files()}
    assert found - TOP_LEVEL == set()
    assert TOP_LEVEL - found == set()


def test_every_folder_of_tests_is_run_by_the_scripts() -> None:
    found = {
        file.parts[1]
        for file in python_files("tests")
        if len(file.parts) > 2 and file.name.startswith("test_")
    }
    assert found <= TEST_FOLDERS
    script = (ROOT / "scripts" / "test").read_text(encoding="utf-8")
    for folder in TEST_FOLDERS:
        assert re.search(rf"^run_tests .*\b{folder}\b", script, re.MULTILINE), folder


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(file): text_of(file).count("\n") for file in hand_written()}
    assert {file: lines for file, lines in lengths.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [file for file in python_files(package) if not ast.get_docstring(parsed(file))]
    assert named(silent) == []


def test_every_test_module_says_what_it_proves() -> None:
    silent = [file for file in python_files("tests") if not ast.get_docstring(parsed(file))]
    assert named(silent) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_code_is_a_package_that_the_import_contracts_see(package: str) -> None:
    folders = {file.parent for file in python_files(package)}
    assert [str(at) for at in sorted(folders) if not (ROOT / at / "__init__.py").is_file()] == []


def test_no_word_marks_something_unfinished() -> None:
    found = [
        f"{file}:{number}: {line.strip()}"
        for file in [*hand_written(), *(f for f in project_files() if f.suffix == ".md")]
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_line_is_exempt_from_a_check() -> None:
    found = [
        f"{file}:{number}: {line.strip()}"
        for file in python_files()
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if EXEMPTED.search(line)
    ]
    assert found == []


def test_the_only_room_with_a_rule_of_its_own_is_the_one_that_opens_connections() -> None:
    tools = tomllib.loads(text_of(PurePosixPath("pyproject.toml")))["tool"]
    assert tools["ruff"]["lint"]["per-file-ignores"] == {"node/remote/*": ["TID251"]}
    assert "overrides" not in tools["mypy"]
    for contract in tools["importlinter"]["contracts"]:
        assert "ignore_imports" not in contract, contract["name"]
    configured = [f for f in project_files() if f.name in {"ruff.toml", "mypy.ini", "setup.cfg"}]
    assert named(configured) == ["protocol/ruff.toml"]


def terminal_name(node: ast.expr) -> str:
    """`a.b.token`, `row["token"]`, `token(x)` → `token`; constants and the rest → nothing."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return "" if name.isupper() else name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=called):
            return terminal_name(called)
        case _:
            return ""


@pytest.mark.parametrize("package", PACKAGES)
def test_a146_secrets_are_compared_in_constant_time_only(package: str) -> None:
    found = []
    for file in python_files(package):
        for node in ast.walk(parsed(file)):
            if not isinstance(node, ast.Compare):
                continue
            if not any(isinstance(how, ast.Eq | ast.NotEq) for how in node.ops):
                continue
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) for side in sides):
                continue
            if any(SECRET.search(terminal_name(side)) for side in sides):
                found.append(f"{file}:{node.lineno}: {ast.unparse(node)}")
    assert found == []


def test_a146_the_rule_about_secrets_catches_a_comparison() -> None:
    caught = ast.parse("row['token_hash'] == given").body[0]
    assert isinstance(caught, ast.Expr)
    assert isinstance(caught.value, ast.Compare)
    assert SECRET.search(terminal_name(caught.value.left))


def test_pages_and_styles_fetch_nothing_from_elsewhere() -> None:
    # The same is seen in a browser; here it is seen before one is started.
    elsewhere = re.compile(
        r"""(?:src|href)=["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import"""
    )
    found = [
        f"{file}:{number}: {line.strip()}"
        for file in hand_written()
        if file.suffix in {".html", ".css", ".js"} and not is_vendored(file)
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if elsewhere.search(line) and "@import" not in line
    ]
    assert found == []


def test_every_vendored_folder_holds_a_licence() -> None:
    folders = {file.parent for file in project_files() if is_vendored(file)}
    for folder in folders:
        assert any("LICENSE" in f.name.upper() for f in project_files() if f.parent == folder)


def test_migrations_are_numbered_without_a_gap_and_say_what_they_do() -> None:
    files = [f for f in project_files() if f.match("node/storage/migrations/*.sql")]
    numbers = [int(file.name.partition("_")[0]) for file in files]
    assert numbers == list(range(1, len(files) + 1))
    assert [str(file) for file in files if not text_of(file).startswith("-- ")] == []


def test_a_database_of_the_newest_schema_is_kept_for_later_releases() -> None:
    newest = max(f.name for f in project_files() if f.match("node/storage/migrations/*.sql"))
    kept = {f.parts[3] for f in project_files() if f.match("tests/node/upgrades/schema-*/*")}
    assert f"schema-{newest.partition('_')[0]}" in kept
