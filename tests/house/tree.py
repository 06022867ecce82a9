"""What belongs to the project: the files that git knows or would take, and their text."""

import ast
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("node", "protocol", "schemas")

# Written by others and kept as they came, with their licences beside them.
VENDORED = ("node/web/static/vendor/", "tests/journeys/vendor/")


@cache
def project_files() -> tuple[PurePosixPath, ...]:
    """Every file of the project that exists, relative to its root, ignored ones left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())
    return tuple(PurePosixPath(name) for name in names)


@cache
def text_of(file: PurePosixPath) -> str:
    """The text of one file of the project."""
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def parsed(file: PurePosixPath) -> ast.Module:
    """The syntax tree of one Python file of the project."""
    return ast.parse(text_of(file), filename=str(file))


def is_vendored(file: PurePosixPath) -> bool:
    """Whether the file was written by others."""
    return str(file).startswith(VENDORED)


def python_files(*folders: str) -> list[PurePosixPath]:
    """The Python files under the named top-level folders, or all of them."""
    return [
        file
        for file in project_files()
        if file.suffix == ".py" and (not folders or file.parts[0] in folders)
    ]


def hand_written() -> list[PurePosixPath]:
    """What people wrote here and people read: code, pages, styles, SQL and shell, tests too."""
    endings = {".py", ".html", ".css", ".js", ".sql", ".sh"}
    return [
        file
        for file in project_files()
        if not is_vendored(file) and (file.suffix in endings or file.parts[0] in {"scripts", ".ci"})
    ]
