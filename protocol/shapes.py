"""The SchemaBook: a value against the schema of its kind, and a refusal that can be understood.

The compiled validator (`jsonschema-rs`) decides. Only what it refuses goes to `jsonschema`, which
finds the place and the rule that was broken; tests hold the two equal. Strangers' values are judged
here, so an explanation stops at the first fault and never repeats a value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, cast

import jsonschema
import jsonschema_rs
import referencing
from jsonschema.exceptions import ValidationError
from referencing.jsonschema import DRAFT202012

from protocol.errors import Reason, Refused

Schema = dict[str, object]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
"""The collection that means everybody (ActivityPub §5.6)."""

_SHARED = frozenset({"types", "vocabularies"})
_BASE = "json-schema:///"

_KIND_BY_TYPE = {
    "Person": "person",
    "Organization": "organization",
    "Application": "application",
    "Project": "project",
    "Notice": "notice",
    "Tombstone": "tombstone",
    "Endorsements": "endorsements",
    "Relationship": "relationship",
    "Create": "create",
    "Update": "update",
    "Delete": "delete",
    "Flag": "flag",
    "Follow": "follow",
    "Reject": "reject",
    "Undo": "undo",
    "Join": "join",
    "Remove": "remove",
    "Move": "move-founding",
    "OrderedCollection": "ordered-collection",
    "OrderedCollectionPage": "ordered-collection-page",
}
_KIND_OF_CREDENTIAL = {
    "SchoolgateAccreditation": "accreditation",
    "SchoolgateVerification": "verification",
    "BitstringStatusListCredential": "status-list",
}
_KIND_OF_OFFER = {
    "Relationship": "offer-contact",
    "Project": "offer-project",
    "Person": "offer-verification",
}


def kind_of(document: Mapping[str, object]) -> str:
    """The name of the schema that `document` has to fit, read from its types alone.

    A Note to everybody is a `note`, any other a `message`; an Offer is told by what it offers, an
    Accept by whether it founds, and an Invite by whether it answers an acceptance. Refused
    with BAD_SHAPE where no kind is meant.
    """
    match document.get("type"):
        case "Note":
            audience = document.get("to")
            return "note" if isinstance(audience, list) and PUBLIC in audience else "message"
        case "Accept" | "Reject" if "person" in document:
            return f"{document['type']}-verification".lower()
        case "Accept" | "Reject" if "target" in document:
            return f"{document['type']}-approval".lower()
        case "Flag" if "inReplyTo" in document:
            return "escalated-flag"
        case "Accept" if "decision" in document:
            return "accept-flag"
        case "Accept":
            return "accept-project" if "founder" in document else "accept"
        case "Invite":
            return "invite" if "inReplyTo" in document else "invite-school"
        case "Announce":
            return "announce-approval"
        case "Offer":
            offered = document.get("object")
            type_ = offered.get("type") if isinstance(offered, dict) else None
            if type_ == "Project" and "founder" not in document:
                return "offer-approval"
            if isinstance(type_, str) and type_ in _KIND_OF_OFFER:
                return _KIND_OF_OFFER[type_]
            raise Refused(Reason.BAD_SHAPE, "/object: offer a Relationship, a Project or a Person")
        case ["VerifiableCredential", str(type_)] if type_ in _KIND_OF_CREDENTIAL:
            return _KIND_OF_CREDENTIAL[type_]
        case str(type_) if type_ in _KIND_BY_TYPE:
            return _KIND_BY_TYPE[type_]
        case _:
            known = ", ".join(sorted([*_KIND_BY_TYPE, "Note", "Accept", "Offer", "Invite"]))
            raise Refused(Reason.BAD_SHAPE, f"/type: is none of the types known here: {known}")


class Oracle(Protocol):
    """What is used of a validator of the library `jsonschema`."""

    def is_valid(self, instance: object) -> bool: ...

    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...

    def evolve(self, *, schema: Schema) -> "Oracle": ...


class SchemaBook:
    """Every schema of one version, each compiled when it is first asked for: together they take as
    much memory as the rest of a node. Hold one book for the life of the process."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        """`schemas` are the schemas by kind, as `schemas.read_all()` gives them."""
        self._registry = jsonschema_rs.Registry(
            resources=[(f"{_BASE}{name}.json", schema) for name, schema in schemas.items()]
        )
        self._schemas = dict(schemas)
        self._deciders: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._explained = {name: _to_explain(schema) for name, schema in schemas.items()}
        self._resources = referencing.Registry[Schema]().with_resources(
            (f"{name}.json", DRAFT202012.create_resource(schema))
            for name, schema in self._explained.items()
        )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds a value can be checked against."""
        return frozenset(self._schemas) - _SHARED

    def schema(self, name: str) -> Schema:
        """The schema called `name`, those that only hold definitions included."""
        return self._schemas[name]

    def fits(self, kind: str, value: object) -> bool:
        """Whether `value` has the shape of `kind`."""
        return self._decider(kind).is_valid(value) and not _has_fraction(value)

    def check(self, kind: str, value: object) -> None:
        """Refuse with BAD_SHAPE, saying where and what is expected, unless `value` fits `kind`."""
        if not self.fits(kind, value):
            pointer, fault = self.explain(kind, value)
            sentence = f"{pointer}: {fault}" if pointer else fault
            raise Refused(Reason.BAD_SHAPE, sentence, pointer=pointer)

    def explain(self, kind: str, value: object) -> tuple[str, str]:
        """The first fault of `value`: its place (RFC 6901 pointer) and a sentence that mends it."""
        error = next(self.oracle(kind).iter_errors(value), None)
        if error is None:
            return "", f"does not fit the schema {kind!r}"
        return pointer_of(error), _sentence(error)

    def oracle(self, kind: str) -> Oracle:
        """The slow second opinion on `kind`, an independent implementation."""
        self._decider(kind)
        return _Explainer(self._explained[kind], registry=self._resources)

    def _decider(self, kind: str) -> jsonschema_rs.Draft202012Validator:
        found = self._deciders.get(kind)
        if found is None:
            if kind not in self.kinds:
                raise Refused(Reason.BAD_SHAPE, f"no schema is called {kind!r}")
            found = self._deciders[kind] = jsonschema_rs.Draft202012Validator(
                self._schemas[kind],
                registry=self._registry,
                base_uri=f"{_BASE}{kind}.json",
                validate_formats=False,
                offline=True,
            )
        return found


def _to_explain(schema: Schema) -> Schema:
    """`schema` as the explainer reads it.

    What bounds a value comes before what looks into it, so that too long a list is refused unread.
    Without its dialect's name, for which the library would take its own validator again.
    """
    words = sorted(schema.items(), key=lambda rule: not rule[0].startswith("max"))
    return {word: _explained_inside(rule) for word, rule in words if word != "$schema"}


def _explained_inside(rule: object) -> object:
    if isinstance(rule, dict):
        return _to_explain(rule)
    return [_explained_inside(one) for one in rule] if isinstance(rule, list) else rule


def _has_fraction(value: object) -> bool:
    # To JSON Schema 2.0 is an integer too. Documents have whole numbers only, in one spelling.
    if isinstance(value, dict):
        return any(map(_has_fraction, value.values()))
    if isinstance(value, list):
        return any(map(_has_fraction, value))
    return isinstance(value, float)


def pointer_of(error: ValidationError) -> str:
    """Where in the value the fault lies (RFC 6901); the empty pointer is the whole value."""
    steps = (str(step)[:80].replace("~", "~0").replace("/", "~1") for step in error.absolute_path)
    return "".join(f"/{step}" for step in steps)[:500]


_SENTENCES = {
    "const": "must be exactly {rule!r}",
    "maxLength": "is longer than {rule} characters",
    "minLength": "is shorter than {rule} characters",
    "maxItems": "has more than {rule} items",
    "minItems": "has fewer than {rule} items",
    "maxProperties": "has more than {rule} members",
    "minimum": "must be {rule} or more",
    "maximum": "must be {rule} or less",
    "uniqueItems": "holds the same item twice",
    "oneOf": "fits none of the kinds that may stand here",
}


def _sentence(error: ValidationError) -> str:
    rule: Any = error.validator_value
    match error.validator:
        case "required":
            missing = next(name for name in rule if name not in _members(error))
            return f"{missing!r} is missing"
        case "additionalProperties":
            return f"{_unknown_member(error)} is not known here; leave it out"
        case "type":
            return f"must be of type {rule if isinstance(rule, str) else ' or '.join(rule)}"
        case "enum":
            shown = ", ".join(rule) if len(rule) <= 60 else f"there are {len(rule)} of them"
            return f"is none of the known codes: {shown}"
        case "pattern":
            return f"is not written as expected: {_described(error)}"
        case other:
            return _SENTENCES.get(str(other), "breaks the rule {other!r}").format(
                rule=rule, other=other
            )


def _members(error: ValidationError) -> Mapping[str, object]:
    return cast("Mapping[str, object]", error.instance)


def _described(error: ValidationError) -> str:
    schema = error.schema
    description = schema.get("description") if isinstance(schema, dict) else None
    return str(description or error.validator_value)


def _unknown_member(error: ValidationError) -> str:
    unknown = _unknown(_members(error), cast("Mapping[str, object]", error.schema))
    return ascii(str(unknown)[:40])


def _unknown(members: Mapping[str, object], schema: Mapping[str, object]) -> str | None:
    """The first member that a closed schema does not know."""
    known = cast("Mapping[str, object]", schema.get("properties", {}))
    patterns = cast("Mapping[str, object]", schema.get("patternProperties", {}))
    for name in members:
        if name not in known and not any(_matches(pattern, name) for pattern in patterns):
            return name
    return None


def _additional(
    validator: Oracle, rule: bool, instance: object, schema: Mapping[str, object]
) -> Iterator[ValidationError]:
    # Closed is the only rule that schemas of ours have. The library would name every stranger.
    if isinstance(instance, dict) and _unknown(instance, schema) is not None:
        yield ValidationError("a member is not known")


def _matches(pattern: str, text: str) -> bool:
    # Every pattern of ours is anchored; Python's `$` alone would let a final line feed pass.
    return re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch(text) is not None


def _pattern(
    validator: Oracle, rule: str, instance: object, schema: Mapping[str, object]
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(rule, instance):
        yield ValidationError("does not match")


def _one_of(
    validator: Oracle, rule: list[Schema], instance: object, schema: Mapping[str, object]
) -> Iterator[ValidationError]:
    # The library's own rule lists every fault of every branch: minutes for a hostile megabyte.
    fitting = sum(validator.evolve(schema=branch).is_valid(instance) for branch in rule)
    if fitting == 1:
        return
    meant = None if fitting else _meant(rule, instance)
    if meant is None:
        yield ValidationError("fits none or several")
    else:
        yield from validator.evolve(schema=meant).iter_errors(instance)


def _meant(branches: list[Schema], instance: object) -> Schema | None:
    """The branch for the kind that `instance` says it is."""
    try:
        kind = kind_of(instance) if isinstance(instance, dict) else None
    except Refused:
        return None
    return next((branch for branch in branches if branch.get("$ref") == f"{kind}.json"), None)


def _unique_items(
    validator: Oracle, rule: bool, instance: object, schema: Mapping[str, object]
) -> Iterator[ValidationError]:
    # The library compares each with each; what is too long is refused by maxItems anyway.
    most = cast("int", schema.get("maxItems", 1000))
    if isinstance(instance, list) and len(instance) <= most:
        keys = [_same(item) for item in instance]
        if len(set(keys)) < len(keys):
            yield ValidationError("holds the same item twice")


def _same(item: object) -> object:
    """A hashable that is equal for equal JSON values (true is not 1, but 1.0 is)."""
    match item:
        case bool() | None | str():
            return (type(item).__name__, item)
        case int() | float():
            return ("number", item)
        case list():
            return ("list", tuple(_same(each) for each in item))
        case dict():
            return ("object", frozenset((name, _same(each)) for name, each in item.items()))
        case other:
            return ("other", repr(other))


_Explainer = cast(
    "Callable[..., Oracle]",
    jsonschema.validators.create(
        meta_schema=jsonschema.Draft202012Validator.META_SCHEMA,
        validators={
            **jsonschema.Draft202012Validator.VALIDATORS,
            "pattern": _pattern,
            "oneOf": _one_of,
            "additionalProperties": _additional,
            "uniqueItems": _unique_items,
        },
        type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
            "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
        ),
    ),
)
