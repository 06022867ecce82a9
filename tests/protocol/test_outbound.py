"""The gate: what it lets out, what it keeps, and the golden file that notices a new field."""

import copy
import dataclasses
import hashlib
import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from protocol import canonical
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.outbound import (
    CONTENT_TYPES,
    LINE_KINDS,
    STATEMENTS,
    Outbound,
    release,
    release_lines,
    release_operations,
    release_statements,
)
from protocol.shapes import SchemaBook, kind_of
from protocol.space.descriptor import Descriptor, sign_descriptor
from protocol.space.erasure import sign_receipt, sign_statement
from protocol.space.operation import Header, Operation, payload, read, to_line, write
from protocol.space.statement import Signed
from protocol.space.statement import to_line as statement_line
from schemas import read_all

SCHEMAS: dict[str, Any] = read_all()
BOOK = SchemaBook(SCHEMAS)
GOLDEN = Path(__file__).parent / "golden" / "outbound.json"
HOW_TO_RENEW = (
    "What may leave a node has changed. Read each line above and ask: may this leave a school, "
    "and who may hear of it? Then renew the list with\n"
    "    RENEW_OUTBOUND=1 python -m pytest tests/protocol/test_outbound.py\n"
    "and commit it with the schema and the reason."
)


def example(kind: str, name: str) -> Any:
    path = files("schemas").joinpath("v1", "examples", kind, f"valid-{name}.json")
    return json.loads(path.read_text())


EXAMPLES = [
    pytest.param(kind.name, json.loads(file.read_text()), id=f"{kind.name}/{file.name}")
    for kind in files("schemas").joinpath("v1", "examples").iterdir()
    for file in kind.iterdir()
    if file.name.startswith("valid-") and kind.name in CONTENT_TYPES
]


def fields(schema: Any, path: str, file: str) -> dict[str, str]:
    """Every field that a schema allows: its path and its class. Kinds inside are named only."""
    found: dict[str, str] = {}
    reference = schema.get("$ref", "")
    if "#/$defs/" in reference:
        name, _, definition = reference.partition("#/$defs/")
        file = name.removesuffix(".json") or file
        found |= fields(SCHEMAS[file]["$defs"][definition], path, file)
    elif reference:
        found[path] = f"a whole {reference.removesuffix('.json')}"
    for word in ("properties", "patternProperties"):
        for name, field in schema.get(word, {}).items():
            inside = f"{path}/{name}"
            inner = fields(field, inside, file)
            whole = inner.pop(inside, "")
            found[inside] = f"{field['x-class']}; {whole}" if whole else field["x-class"]
            found |= inner
    for number, branch in enumerate(schema.get("oneOf", [])):
        found |= fields(branch, f"{path}|{number}", file)
    if isinstance(schema.get("items"), dict):
        found |= fields(schema["items"], f"{path}[]", file)
    return found


def bare(schema: Any) -> Any:
    """`schema` without the words for people."""
    if isinstance(schema, dict):
        words = {"title", "description"}
        return {
            key: bare(value)
            for key, value in schema.items()
            if key not in words or not isinstance(value, str)
        }
    return [bare(item) for item in schema] if isinstance(schema, list) else schema


def allowed() -> dict[str, Any]:
    """What the golden file should say."""
    kinds = {
        kind: {
            "sha256": hashlib.sha256(canonical.encode(bare(SCHEMAS[kind]))).hexdigest(),
            "fields": fields(SCHEMAS[kind], "", kind),
        }
        for kind in sorted({*CONTENT_TYPES, *LINE_KINDS, *SIGNED, *inside_lines()})
    }
    shared = {
        f"{name}/{definition}": hashlib.sha256(canonical.encode(bare(schema))).hexdigest()
        for name in ("types", "vocabularies")
        for definition, schema in SCHEMAS[name]["$defs"].items()
    }
    return {"kinds": kinds, "shared": shared}


SIGNED = {"operation", "signed-statement"}


def inside_lines() -> set[str]:
    """Kinds that leave as text inside a line, not as a document of their own."""
    named = {kind for kind in SCHEMAS if kind.startswith("payload-") or kind.endswith("-args")}
    return named | {"relationship", *STATEMENTS}


def test_no_field_of_an_outbound_schema_changes_without_review() -> None:
    now = allowed()
    if os.environ.get("RENEW_OUTBOUND") == "1":
        GOLDEN.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n")
    reviewed = json.loads(GOLDEN.read_text())
    assert reviewed == now, HOW_TO_RENEW


def test_every_schema_either_leaves_or_only_serves_others() -> None:
    assert set(SCHEMAS) == {
        *CONTENT_TYPES,
        *LINE_KINDS,
        *SIGNED,
        *inside_lines(),
        "types",
        "vocabularies",
    }


@pytest.mark.parametrize(("kind", "value"), EXAMPLES)
def test_a_valid_document_leaves_in_canonical_form(kind: str, value: Any) -> None:
    out = release(BOOK, value, kind)
    assert out.body == canonical.encode(value)
    assert out.kind == kind
    assert out.content_type == CONTENT_TYPES[kind]


def test_a_document_tells_its_kind_by_its_types() -> None:
    value = example("offer-project", "letter")
    assert release(BOOK, value).kind == kind_of(value) == "offer-project"


@pytest.mark.parametrize(
    ("kind", "name", "reach"),
    [
        ("person", "least", "public"),
        ("person", "full", "accredited"),
        ("notice", "full", "public"),
        ("notice", "least", "accredited"),
        ("create", "note", "public"),
        ("create", "message", "members"),
        ("message", "letter", "members"),
        ("offer-contact", "letter", "members"),
        ("delete", "note", "public"),
        ("update", "project", "public"),
        ("heads", "two-logs", "members"),
        ("ordered-collection-page", "outbox", "public"),
    ],
)
def test_the_gate_tells_who_may_hear_of_it(kind: str, name: str, reach: str) -> None:
    assert release(BOOK, example(kind, name), kind).reach == reach


def test_what_carries_a_narrowed_document_is_narrowed_too() -> None:
    narrowed = example("person", "full")
    update = example("update", "project") | {"object": narrowed}
    assert release(BOOK, update).reach == "accredited"
    page = example("ordered-collection-page", "outbox") | {"orderedItems": [update]}
    assert release(BOOK, page).reach == "accredited"
    lines = [example("change", "tombstone"), {"n": 9, "document": narrowed}]
    assert release_lines(BOOK, "change", lines).reach == "accredited"


def test_nobody_but_the_gate_makes_an_outbound() -> None:
    with pytest.raises(TypeError, match=r"only protocol\.outbound"):
        Outbound(object(), "person", b"{}", "application/json", "public")
    out = release(BOOK, example("person", "full"))
    with pytest.raises(TypeError):
        dataclasses.replace(out, seal=object(), body=b"anything")
    with pytest.raises(dataclasses.FrozenInstanceError):
        out.__setattr__("body", b"anything")


@pytest.mark.parametrize("kind", ["relationship", "payload-role", "genesis-args", "pupil", "types"])
def test_a_kind_that_is_not_listed_stays(kind: str) -> None:
    with pytest.raises(Refused) as caught:
        release(BOOK, {"type": "Relationship"}, kind)
    assert caught.value.reason is Reason.NOT_ALLOWED


def test_a_field_that_no_schema_knows_stays() -> None:
    with pytest.raises(Refused, match="'pupils' is not known here") as caught:
        release(BOOK, {**example("person", "full"), "pupils": ["canary"]})
    assert caught.value.reason is Reason.BAD_SHAPE


@pytest.mark.parametrize("class_", ["school", "never"])
@pytest.mark.parametrize("place", ["person", "types"])
def test_a_field_that_is_the_schools_own_stays_even_if_the_schema_allows_it(
    class_: str, place: str
) -> None:
    schemas = copy.deepcopy(SCHEMAS)
    value = example("person", "full")
    if place == "person":
        schemas["person"]["properties"]["birthday"] = {"type": "string", "x-class": class_}
        value["birthday"] = "2014-05-01"
    else:
        about = schemas["types"]["$defs"]["about"]
        about["properties"]["birthday"] = {"type": "string", "x-class": class_}
        value["about"]["birthday"] = "2014-05-01"
    with pytest.raises(Refused, match="birthday: this field stays in the school"):
        release(SchemaBook(schemas), value)
    with pytest.raises(Refused, match="birthday: this field stays in the school"):
        release_lines(SchemaBook(schemas), "change", [{"n": 1, "document": value}])


def test_lines_keep_their_order_and_end_each_with_a_line_feed() -> None:
    lines = [example("change", "person"), example("change", "tombstone")]
    out = release_lines(BOOK, "change", lines)
    assert [json.loads(line) for line in out.body.splitlines()] == lines
    assert out.body.endswith(b"\n")
    assert (out.content_type, out.reach) == ("application/x-ndjson", "public")
    assert release_lines(BOOK, "change", []).body == b""


def test_one_bad_line_keeps_all_of_them() -> None:
    with pytest.raises(Refused):
        release_lines(BOOK, "change", [example("change", "person"), {"n": 2}])


def test_documents_do_not_leave_as_lines_nor_lines_as_documents() -> None:
    with pytest.raises(Refused):
        release_lines(BOOK, "message", [example("message", "letter")])
    with pytest.raises(Refused):
        release(BOOK, example("operation", "genesis"), "operation")


NODE = "a" * 32
SIGNER = Signer.from_seed(bytes(32))
SPACE = canonical.b64(bytes(32))
NAME = canonical.b64(bytes(16))


def operation(type_: str, content: dict[str, Any] | None, **more: Any) -> Operation:
    """An operation by the school `NODE`."""
    if type_ in {"Create", "Update"}:
        more |= {"actor": NAME}
    if type_ in {"Create", "Update", "Role", "Add"}:
        more |= {"object": NAME, "residency": "shared", "audience": "members", "reach": "space"}
    header = Header(1, SPACE, f"c/{NODE}/0", 1, "", "", 1, type_, **more)
    text = None if content is None else payload(content, "en", bytes(16))
    return write(header, text, SIGNER)


THREAD = operation("Create", {"title": "Birds", "text": "…"}, args={"kind": "thread"})
IN = {"kind": "reply", "in": f"{NODE}/{NAME}"}


@pytest.mark.parametrize(
    "written",
    [
        THREAD,
        operation("Create", {"text": "Ours came on Sunday."}, args=IN),
        operation("Update", {"text": "On Monday."}),
        operation("Update", {"title": "Storks", "text": "…"}),
        operation(
            "Role",
            {"name": "Ann", "person": "https://a.example/people/ann"},
            args={"role": "teacher"},
        ),
        operation("Leave", None),
    ],
    ids=["thread", "reply", "edited reply", "edited thread", "role", "leave"],
)
def test_what_this_school_wrote_leaves_when_header_and_payload_are_reviewed(
    written: Operation,
) -> None:
    out = release_operations(BOOK, [written, written], node=NODE)
    assert out.body == (to_line(written) + b"\n") * 2
    assert (out.kind, out.reach) == ("operation", "members")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (operation("Create", {"text": "…", "class": "5B"}, args=IN), Reason.BAD_SHAPE),
        (operation("Create", {"text": "…"}, args={"kind": "thread"}), Reason.BAD_SHAPE),
        (operation("Create", {"text": "…"}, args={"kind": "poll"}), Reason.NOT_ALLOWED),
        (
            operation("Role", {"name": "Ann", "birthday": "2014"}, args={"role": "pupil"}),
            Reason.BAD_SHAPE,
        ),
        (operation("Add", None, actor=NAME, args={"name": "Anna"}), Reason.NOT_ALLOWED),
    ],
    ids=["unknown field", "wrong kind", "kind without a shape", "pupil's datum", "open arguments"],
)
def test_what_nobody_reviewed_stays_even_inside_a_signed_operation(
    written: Operation, reason: Reason
) -> None:
    with pytest.raises(Refused) as caught:
        release_operations(BOOK, [THREAD, written], node=NODE)
    assert caught.value.reason is reason


def test_what_another_school_wrote_is_passed_on_as_it_came() -> None:
    theirs = operation("Create", {"text": "…", "new": 1}, args={"kind": "page"})
    out = release_operations(BOOK, [theirs], node="b" * 32)
    assert out.body == to_line(theirs) + b"\n"


def test_control_operations_of_this_school_have_reviewed_arguments() -> None:
    args: dict[str, object] = {"node": "b" * 32, "logs": {f"c/{'b' * 32}/0": [3, SPACE]}}
    cut = write(Header(1, SPACE, f"k/{NODE}/0", 2, SPACE, "", 1, "Cut", args=args), None, SIGNER)
    assert release_operations(BOOK, [cut], node=NODE).body == to_line(cut) + b"\n"
    hide = Header(1, SPACE, f"k/{NODE}/0", 2, SPACE, "", 1, "Hide", args={"why": "Anna"})
    with pytest.raises(Refused) as caught:
        release_operations(BOOK, [write(hide, None, SIGNER)], node=NODE)
    assert caught.value.reason is Reason.NOT_ALLOWED


def test_an_erased_payload_leaves_its_header_alone() -> None:
    erased = read(to_line(THREAD, with_payload=False))
    out = release_operations(BOOK, [erased], node=NODE)
    assert b'"payload":null' in out.body
    assert b"Birds" not in out.body


def test_an_archived_space_may_be_reopened() -> None:
    reopen = write(Header(1, SPACE, f"k/{NODE}/0", 2, SPACE, "", 1, "Reopen"), None, SIGNER)
    assert release_operations(BOOK, [reopen], node=NODE).body == to_line(reopen) + b"\n"


def test_statements_leave_in_the_shapes_that_were_reviewed() -> None:
    erasure = sign_statement(SPACE, NODE, [(f"c/{NODE}/0", 1, SPACE)], time_ms=1, signer=SIGNER)
    receipt = sign_receipt(SPACE, NODE, erasure.id, time_ms=1, signer=SIGNER)
    place = Descriptor(1, SPACE, NODE, 1, "https://a.example/actor", ("https://a.example",))
    signed = [erasure, receipt, sign_descriptor(place, SIGNER)]
    out = release_statements(BOOK, signed)
    assert out.body == b"".join(statement_line(one) + b"\n" for one in signed)
    assert (out.kind, out.reach) == ("signed-statement", "members")


def test_a_statement_that_says_more_stays() -> None:
    said: Any = {"v": 1, "space": SPACE, "node": NODE, "targets": [], "time": 1, "reason": "Anna"}
    signed = Signed(canonical.encode(said), bytes(64))
    with pytest.raises(Refused) as caught:
        release_statements(BOOK, [signed])
    assert caught.value.reason is Reason.BAD_SHAPE
