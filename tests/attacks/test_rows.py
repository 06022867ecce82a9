"""Every attack of `rows.json` has a test that is named by its id."""

import ast
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
FOLDERS = (HERE, HERE.parent / "egress", HERE.parent / "journeys")


def list_names() -> list[str]:
    """The names of all tests of attacks, also of those that need a scenario or a browser."""
    return [
        one.name
        for folder in FOLDERS
        for path in folder.glob("test_*.py")
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name.startswith("test_")
    ]


def test_every_attack_has_a_test() -> None:
    rows = json.loads((HERE / "rows.json").read_text("utf-8"))
    ids = [row["id"].lower() for row in rows]
    assert len(set(ids)) == len(ids) > 50
    named = {found[1] for name in list_names() if (found := re.match(r"test_(a[0-9]{3})_", name))}
    assert set(ids) - named == set()
    assert named - set(ids) == set()


def test_no_two_tests_have_one_name() -> None:
    names = list_names()
    assert len(set(names)) == len(names)
