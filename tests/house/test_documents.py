"""The documents tell the truth: what they name exists, under that name, with that value."""

import ast
import re
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import PurePosixPath

import click
import pytest

from node import config
from node.cli import schoolgate
from node.federation import routes
from protocol.errors import Reason
from protocol.statuses import status_of
from tests.house.documents import DOCUMENTS, Span, block_lines, code, spans, table
from tests.house.tree import ROOT, hand_written, parsed, project_files, text_of

TOP_FOLDERS = r"node|protocol|schemas|scripts|tests|\.ci"
A_PATH = re.compile(rf"^(?P<path>(?:{TOP_FOLDERS})/[\w./*-]*)(?::(?P<name>\w+(?:\.\w+)?))?$")
A_ROOT_FILE = re.compile(r"^(?:[A-Z]+\.md|LICENSE|pyproject\.toml|constraints[\w-]*\.txt)$")
SECTIONS = {one.name.split(".")[0] for one in config.describe()}
A_SETTING = re.compile(rf"^(?:{'|'.join(sorted(SECTIONS))})\.[a-z0-9_]+$")
A_VARIABLE = re.compile(r"^SCHOOLGATE_[A-Z0-9_]+__[A-Z0-9_]+$")


def matching(pattern: re.Pattern[str]) -> list[Span]:
    """Each code span of a form once, as parameters of a test."""
    return sorted({span for span in spans() if pattern.match(span.text)}, key=str)


@pytest.mark.parametrize("span", matching(A_PATH), ids=str)
def test_a_named_path_exists_and_holds_what_is_named(span: Span) -> None:
    found = A_PATH.match(span.text)
    assert found
    path, name = found["path"], found["name"]
    if "*" in path:
        assert any(fnmatchcase(str(file), path) for file in project_files()), path
        return
    assert (ROOT / path).exists(), path
    if name is None:
        return
    names = {inner for node in ast.walk(parsed(PurePosixPath(path))) for inner in defined(node)}
    assert name in names


def defined(node: ast.AST) -> list[str]:
    """The names that a statement defines: functions, classes, methods, constants, members."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.ClassDef(name=name, body=body):
            return [name, *(f"{name}.{inner}" for part in body for inner in defined(part))]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


@pytest.mark.parametrize("span", matching(A_ROOT_FILE), ids=str)
def test_a_named_root_file_exists(span: Span) -> None:
    assert (ROOT / span.text).is_file()


@pytest.mark.parametrize("span", matching(A_SETTING), ids=str)
def test_a_named_setting_exists(span: Span) -> None:
    assert span.text in {one.name for one in config.describe()}


@pytest.mark.parametrize("span", matching(A_VARIABLE), ids=str)
def test_a_named_variable_overrides_a_setting(span: Span) -> None:
    known = {one.variable for one in config.describe()} | {"SCHOOLGATE_SECTION__KEY"}
    assert span.text in known


def commands() -> list[Span]:
    """Every `schoolgate …` in the documents."""
    named = [*spans(), *block_lines()]
    return sorted({span for span in named if re.match(r"schoolgate\s+[a-z]", span.text)}, key=str)


@pytest.mark.parametrize("span", commands(), ids=str)
def test_a_named_command_exists_with_its_options(span: Span) -> None:
    command: click.Command = schoolgate
    options: set[str] = set()
    for word in span.text.split()[1:]:
        if word.startswith("--"):
            options.add(word.split("=")[0])
        elif isinstance(command, click.Group):
            assert word in command.commands, f"{word}: no such command"
            command = command.commands[word]
    offered = {name for one in command.params for name in one.opts} | {"--help"}
    assert options <= offered


def leaves(command: click.Command, words: str) -> list[str]:
    """Every command that does something, by its full name."""
    if isinstance(command, click.Group):
        return [
            leaf
            for name, one in command.commands.items()
            for leaf in leaves(one, f"{words} {name}")
        ]
    return [words]


@pytest.mark.parametrize("command", leaves(schoolgate, "schoolgate"))
def test_every_command_is_documented(command: str) -> None:
    assert any(span.text.startswith(command) for span in [*spans("README.md"), *block_lines()])


def test_every_reason_is_documented_with_its_status() -> None:
    rows = {code(row[0]): int(row[1]) for row in table("PROTOCOL.md", "## Errors")}
    assert rows == {reason.value: status_of(reason) for reason in Reason}


FACTORS = {"KiB": 1 << 10, "MiB": 1 << 20, "ms": 0.001, "min": 60, "h": 3600, "days": 86_400}


def figure(text: str, source: str) -> float:
    """`4 KiB` → 4096; `6 h` → 21600, or 21600000 where the source counts in milliseconds."""
    number, _, unit = text.replace(",", "").partition(" ")
    value = float(number) * FACTORS.get(unit, 1)
    return value * 1000 if source.lower().endswith("_ms") else value


@pytest.mark.parametrize("row", table("PROTOCOL.md", "## Limits"), ids=lambda row: row[0])
def test_a_documented_limit_is_the_one_in_the_code(row: list[str]) -> None:
    _, documented, source = row[0], row[1], code(row[2])
    assert figure(documented, source) == pytest.approx(value_of(source))


def value_of(source: str) -> float:
    """The value of `path/to/module.py:CONSTANT` or the default of a setting."""
    if A_SETTING.match(source):
        default = next(one.default for one in config.describe() if one.name == source)
        assert isinstance(default, int | float)
        return default
    path, _, name = source.partition(":")
    value = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(value, int | float), source
    return value


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_leads_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(PurePosixPath(document))):
        if "://" not in target:
            assert (ROOT / target.partition("#")[0]).exists(), target


def test_the_readme_begins_with_two_commands() -> None:
    shown = [span.text for span in block_lines() if span.document == "README.md"]
    assert shown[:2] == ["scripts/demo", "scripts/test"]


def test_the_documents_name_no_file_outside_the_project() -> None:
    for document in DOCUMENTS:
        assert (
            re.findall(r"(?<![\w.])\.\./|(?<![\w/])~/|file://", text_of(PurePosixPath(document)))
            == []
        )


def served() -> set[str]:
    """Every address of the door for machines, as `METHOD /path`."""
    paths = [(one.method, one.path) for one in routes.routes()]
    paths += [("GET", path) for path in routes.shared()]
    # The pattern of a part is the router's business.
    return {f"{method} {re.sub(r':[^}]*}', '}', path)}" for method, path in paths}


def test_the_protocol_describes_every_endpoint_and_no_other() -> None:
    named = {
        span.text
        for span in spans("PROTOCOL.md")
        if re.match(r"(?:GET|POST|PUT|DELETE) /", span.text)
    }
    assert named == served()


def test_code_names_only_documents_of_this_project() -> None:
    named = {
        f"{file}: {name}"
        for file in hand_written()
        for name in re.findall(r"\b[\w-]+\.md\b", text_of(file))
        if name not in DOCUMENTS and str(file.parent) != "tests/house"
    }
    assert named == set()
