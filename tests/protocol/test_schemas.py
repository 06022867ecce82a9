"""The schemas themselves: closed, bounded, classified, and shown by examples."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from protocol.errors import Reason
from protocol.shapes import SchemaBook
from schemas import SHARED, read_all

SCHEMAS: dict[str, Any] = read_all()
BOOK = SchemaBook(SCHEMAS)
CLASSES = {"public", "members", "school", "never"}
KEYWORDS = {
    *("$schema", "$ref", "$defs", "title", "description", "format", "x-class"),
    *("type", "const", "enum", "oneOf", "not", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum"),
    *("properties", "patternProperties", "additionalProperties", "required", "maxProperties"),
    *("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
}


def walk(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside `schema`, with its path."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for word in ("$defs", "properties", "patternProperties"):
        for name, inner in schema.get(word, {}).items():
            yield from walk(inner, f"{path}/{word}/{name}")
    for word in ("oneOf", "prefixItems"):
        for number, inner in enumerate(schema.get(word, [])):
            yield from walk(inner, f"{path}/{word}/{number}")
    yield from walk(schema.get("items"), f"{path}/items")


EVERY = [step for name, schema in SCHEMAS.items() for step in walk(schema, name)]


def examples(validity: str) -> list[Any]:
    folder = files("schemas").joinpath("v1", "examples")
    return [
        pytest.param(kind.name, json.loads(file.read_text()), id=f"{kind.name}/{file.name}")
        for kind in sorted(folder.iterdir(), key=lambda entry: entry.name)
        for file in sorted(kind.iterdir(), key=lambda entry: entry.name)
        if file.name.startswith(f"{validity}-")
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_itself_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_only_keywords_that_both_validators_read_alike_are_used() -> None:
    assert {word for _, schema in EVERY for word in schema} <= KEYWORDS


def test_every_field_says_who_may_hear_of_it() -> None:
    fields = [
        (f"{path}/{name}", field)
        for path, schema in EVERY
        for word in ("properties", "patternProperties")
        for name, field in schema.get(word, {}).items()
    ]
    assert len(fields) > 200
    assert [path for path, field in fields if field.get("x-class") not in CLASSES] == []
    roots = [name for name in SCHEMAS if name not in SHARED]
    assert [name for name in roots if SCHEMAS[name].get("x-class") not in CLASSES] == []


def test_every_object_is_closed() -> None:
    for path, schema in EVERY:
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, path
            assert set(schema.get("required", [])) <= set(schema.get("properties", {})), path


def test_every_string_list_number_and_map_is_bounded() -> None:
    for path, schema in EVERY:
        kind = schema.get("type")
        kinds = set(kind) if isinstance(kind, list) else {kind}
        if "string" in kinds:
            assert schema["maxLength"] <= 262_144, path
        if "array" in kinds:
            assert schema["maxItems"] <= 500, path
            assert "items" in schema, path
        if kinds & {"integer", "number"}:
            assert {"minimum", "maximum"} <= set(schema), path
        if "patternProperties" in schema:
            assert schema["maxProperties"] <= 2000, path


def test_every_pattern_is_anchored_and_names_its_characters() -> None:
    for path, schema in EVERY:
        patterns = [schema["pattern"]] if "pattern" in schema else []
        for pattern in [*patterns, *schema.get("patternProperties", {})]:
            assert pattern.startswith("^"), path
            assert pattern.endswith("$"), path
            assert not re.search(r"\\[dDwWsSbB]", pattern), path


def test_a_problem_knows_every_reason() -> None:
    assert set(SCHEMAS["problem"]["properties"]["reason"]["enum"]) == {r.value for r in Reason}


def test_no_code_stands_twice_in_a_vocabulary() -> None:
    for name, vocabulary in SCHEMAS["vocabularies"]["$defs"].items():
        assert len(set(vocabulary["enum"])) == len(vocabulary["enum"]), name


def test_every_kind_has_valid_and_invalid_examples() -> None:
    for validity in ("valid", "invalid"):
        kinds = [parameter.values[0] for parameter in examples(validity)]
        assert set(kinds) == BOOK.kinds
    assert all(
        sum(parameter.values[0] == kind for parameter in examples("invalid")) >= 2
        for kind in BOOK.kinds
    )


@pytest.mark.parametrize(("kind", "value"), examples("valid"))
def test_a_valid_example_fits(kind: str, value: Any) -> None:
    BOOK.check(kind, value)
    assert list(BOOK.oracle(kind).iter_errors(value)) == []


@pytest.mark.parametrize(("kind", "example"), examples("invalid"))
def test_an_invalid_example_is_refused_where_it_says(kind: str, example: Any) -> None:
    assert example["why"].endswith(".")
    assert not BOOK.fits(kind, example["value"])
    assert BOOK.explain(kind, example["value"])[0] == example["pointer"]
