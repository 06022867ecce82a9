"""Whatever fits its schema and carries true proofs is judged or refused, never anything else."""

import copy
import json
from importlib.resources import files
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.canonical import JSONObject
from protocol.documents import open_document
from protocol.errors import Refused
from protocol.intake import judge, needs
from protocol.keys import PublicKey
from protocol.known import Known, KnownFollow, LocalActor, StoredObject
from protocol.reading import owner_of, text_of
from protocol.shapes import kind_of
from tests.protocol.people import ALPHA, BOOK, NOW, Actor, contact, founding, stored

ACTIVITIES = (
    *("create", "update", "delete", "follow", "accept", "reject", "undo", "remove"),
    *("offer-contact", "offer-project", "accept-project", "invite"),
    *("invite-school", "join", "move-founding", "flag", "accept-flag"),
)
EXAMPLES: list[JSONObject] = [
    json.loads(file.read_text())
    for kind in ACTIVITIES
    for file in files("schemas").joinpath("v1", "examples", kind).iterdir()
    if file.name.startswith("valid-")
]
PEOPLE = [
    *("https://lycee-monet.example/people/claire", "https://szkola-kopernika.example/people/marek"),
    *("https://alpha.example/people/ann", "https://127.0.0.1/x", "https://1.2.3.4/people/x"),
    *("https://lycee-monet.example:443/people/claire", "https://x..y/z", "https://a.b/x/y"),
]
VALUES = st.one_of(
    st.sampled_from(PEOPLE),
    st.sampled_from(["2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]),
    st.integers(1, 3),
    st.sampled_from(
        ["Person", "Note", "Project", "offered", "active", "no", "{}", "[]", '{"v":1}']
    ),
    st.sampled_from(["z6Mk" + "1" * 44, "A" * 86, "A" * 43, "A" * 22, "0" * 32, "fr"]),
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [one for name, each in value.items() for one in leaves(each, (*path, name))]
    if isinstance(value, list):
        return [one for number, each in enumerate(value) for one in leaves(each, (*path, number))]
    return [path]


def signed(document: Any, owner: str) -> Any:
    """`document`, signed by whom it says, without asking whether that makes sense."""
    return Actor(owner).sign(document)


@st.composite
def activities(draw: st.DrawFn) -> JSONObject:
    activity: Any = copy.deepcopy(draw(st.sampled_from(EXAMPLES)))
    for path in draw(st.lists(st.sampled_from(leaves(activity)), max_size=3)):
        *steps, last = path
        target = activity
        for step in steps:
            target = target[step]
        target[last] = draw(VALUES)
    inner = activity.get("object")
    if isinstance(inner, dict) and "proof" in inner:
        own = str(inner.get("type")) not in {"Note", "Tombstone"}
        activity["object"] = signed(inner, str(inner["id" if own else "attributedTo"]))
    return dict(signed(activity, str(activity["actor"])))


def opened(document: JSONObject, owner: str) -> Any:
    key = PublicKey(Actor(owner).signer.public.raw)
    return open_document(document, key, owner=owner, now=NOW)


@settings(max_examples=300, deadline=None)
@given(activities(), st.data())
def test_every_signed_activity_is_judged_or_refused_by_name(
    activity: JSONObject, data: st.DataObject
) -> None:
    try:
        BOOK.check(kind_of(activity), activity)
        needed = needs(activity)
        inner = None if needed.inner is None else opened(needed.inner, owner_of(needed.inner))
        outer = opened(activity, text_of(activity, "actor"))
    except Refused:
        return
    actor = text_of(activity, "actor")
    reader = needed.local or PEOPLE[1]
    follow = KnownFollow(needed.answered or "", actor, reader, "asked")
    row: StoredObject | None = None if inner is None else stored(inner.value)
    known = Known(
        base=data.draw(st.sampled_from([ALPHA, "https://szkola-kopernika.example"])),
        inner=data.draw(st.sampled_from([inner, None])),
        stored=data.draw(st.sampled_from([row, None])),
        local=data.draw(st.sampled_from([LocalActor(reader, "Person"), None])),
        follow=data.draw(st.sampled_from([follow, None])),
        contact=data.draw(
            st.sampled_from(
                [contact("offered"), contact(offerer=Actor(actor), offered=Actor(reader)), None]
            )
        ),
        project=data.draw(st.sampled_from([founding(), founding("accepted", "x"), None])),
        blocked=data.draw(st.booleans()),
        followed=data.draw(st.booleans()),
    )
    try:
        effects = judge(outer, known, NOW)
    except Refused:
        return
    assert effects
