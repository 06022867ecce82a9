"""Who may hear of each field of a value: the `x-class` that its schema gives it.

`public` for everybody, `members` for the members of a space or the two ends of a conversation,
`school` for people of the own school, `never` for nobody else at all. What a schema does not
classify counts as `never`.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from protocol.canonical import JSON
from protocol.shapes import Schema, SchemaBook

_DEFINITIONS = "#/$defs/"


def classes(book: SchemaBook, kind: str, value: JSON) -> Iterator[tuple[str, str]]:
    """Every field present in `value`, a valid value of `kind`: its pointer and its class."""
    yield from _walk(book, kind, book.schema(kind), value, "")


def fields(book: SchemaBook, kind: str) -> dict[str, str]:
    """Every field that a value of `kind` may have at its top, and its class."""
    schema = book.schema(kind)
    named = cast("Mapping[str, Schema]", schema.get("properties", {}))
    return {name: str(field.get("x-class", "never")) for name, field in named.items()}


def _walk(
    book: SchemaBook, file: str, schema: Schema, value: JSON, pointer: str
) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict | list):
        return
    if "$ref" in schema:
        file, schema = _resolve(book, file, str(schema["$ref"]))
    if "oneOf" in schema:
        file, schema = _branch(book, file, cast("list[Schema]", schema["oneOf"]), value)
    if isinstance(value, dict):
        for name, inner in value.items():
            field = _field(schema, name)
            place = f"{pointer}/{name}"
            yield place, str(field.get("x-class", "never"))
            yield from _walk(book, file, field, inner, place)
    else:
        items = cast("Schema", schema.get("items") or {})
        for number, inner in enumerate(value):
            yield from _walk(book, file, items, inner, f"{pointer}/{number}")


def _resolve(book: SchemaBook, file: str, reference: str) -> tuple[str, Schema]:
    name, _, definition = reference.partition(_DEFINITIONS)
    file = name.removesuffix(".json") or file
    schema = book.schema(file)
    if definition:
        schema = cast("dict[str, Schema]", schema["$defs"])[definition]
    return _resolve(book, file, str(schema["$ref"])) if "$ref" in schema else (file, schema)


def _branch(book: SchemaBook, file: str, branches: list[Schema], value: JSON) -> tuple[str, Schema]:
    for branch in branches:
        reference = str(branch.get("$ref", ""))
        if reference and _DEFINITIONS not in reference:
            kind = reference.removesuffix(".json")
            if book.fits(kind, value):
                return _resolve(book, file, reference)
        elif branch.get("type") == "object" and isinstance(value, dict):
            return file, branch
    return file, {}


def _field(schema: Schema, name: str) -> Schema:
    fields = cast("Mapping[str, Schema]", schema.get("properties", {}))
    if name in fields:
        return fields[name]
    # Names of a map are data; all of them are classed by the one pattern that they fit.
    patterns = cast("Mapping[str, Schema]", schema.get("patternProperties", {}))
    return next(iter(patterns.values()), {})
