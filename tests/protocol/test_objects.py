"""The documents a node writes: each fits its schema, and the shown examples are truly signed."""

import json
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import pytest

from protocol import objects
from protocol.documents import open_credential, open_document, signer_of
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.objects import ActorKey, Written, stamp
from protocol.reading import keys_of, owner_of, time_of, type_of, version_of
from protocol.shapes import PUBLIC, kind_of
from tests.protocol import renew
from tests.protocol.people import (
    ALPHA,
    ANN,
    BEN,
    BIRDS,
    BOOK,
    NOW,
    note,
    notice,
    person,
    project,
    written,
)


def test_a_person_with_everything_fits_its_schema() -> None:
    document = objects.person(
        ANN.url,
        Written(NOW, NOW, 3),
        handle="ann",
        name="Ann Moreau",
        school=f"{ALPHA}/schools/main",
        keys=[ActorKey(f"{ANN.url}#ed25519-key-9", ANN.keys[0].multikey, NOW), *ANN.keys],
        country="FR",
        role="teacher",
        subjects=["biology"],
        languages=["fr", "en"],
        age_from=11,
        age_to=15,
        key_competences=["multilingual"],
        availability="open_to_offers",
        availability_date=date(2026, 11, 23),
        reach="accredited",
        about="One line\r\nand another",
        about_language="en",
        approves_followers=True,
    )
    BOOK.check("person", ANN.sign(document))
    assert document["about"] == {"text": "One line\nand another", "language": "en"}
    assert document["inbox"] == f"{ALPHA}/inbox"
    assert document["outbox"] == f"{ANN.url}/outbox"


def test_what_is_not_given_is_left_out() -> None:
    document = person()
    assert {"role", "country", "subjects", "languages", "ageFrom", "about"}.isdisjoint(document)
    assert None not in document.values()


def test_a_school_and_its_service_actor_fit_their_schemas() -> None:
    school = objects.organization(
        f"{ALPHA}/schools/main",
        written(),
        name="Lycée Monet",
        country="FR",
        keys=ANN.keys,
        region="Île-de-France",
        nuts="FR101",
        city="Paris",
        location=(489, 24),
        website="https://monet.example/",
        age_from=15,
        age_to=18,
        reach="public",
        school_types=["upper_secondary_general"],
        sector="public",
        languages=["fr"],
        about="Un lycée.",
        about_language="fr",
        register_number="0750690M",
    )
    BOOK.check("organization", ANN.sign(school))
    service = objects.application(
        f"{ALPHA}/actor",
        written(),
        node="a" * 32,
        name="Lycée Monet",
        keys=ANN.keys,
        school=f"{ALPHA}/schools/main",
        country="FR",
        register_number="0750690M",
    )
    BOOK.check("application", ANN.sign(service))


def test_a_project_with_everything_fits_its_schema() -> None:
    document = objects.project(
        BIRDS.url,
        written(2),
        founder=ANN.url,
        school=f"{ALPHA}/schools/main",
        state="active",
        scope="european",
        title="Birds",
        summary="We count.",
        language="en",
        languages=["en"],
        subjects=["biology"],
        age_from=11,
        age_to=11,
        keys=BIRDS.keys,
        co_founder=BEN.url,
        co_founder_school="https://beta.example/schools/main",
        description="a",
        aims="b",
        work_process="c",
        expected_results="d",
        pupils=48,
        tools=["forum"],
        key_competences=["multilingual"],
        kit="none",
        start=date(2026, 12, 1),
        end=date(2027, 6, 30),
    )
    BOOK.check("project", BIRDS.sign(document))
    assert document["startDate"] == "2026-12-01"


@pytest.mark.parametrize(
    "change", [{"age_from": 15, "age_to": 11}, {"start": date(2027, 1, 1), "end": date(2026, 1, 1)}]
)
def test_ages_and_dates_do_not_run_backwards(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"age_from": 11, "age_to": 14, **change}
    with pytest.raises(Refused) as caught:
        objects.project(
            BIRDS.url,
            written(),
            founder=ANN.url,
            school=f"{ALPHA}/schools/main",
            state="offered",
            scope="national",
            title="Birds",
            summary="We count.",
            language="en",
            languages=["en"],
            subjects=["biology"],
            keys=BIRDS.keys,
            **fields,
        )
    assert caught.value.reason is Reason.BAD_INPUT


def test_a_note_is_for_everybody_and_a_letter_for_one() -> None:
    update, letter = note(), note(reader=BEN.url)
    assert (kind_of(update), update["to"]) == ("note", [PUBLIC, f"{ANN.url}/followers"])
    assert (kind_of(letter), letter["to"]) == ("message", [BEN.url])
    BOOK.check("note", update)
    BOOK.check("message", letter)


@pytest.mark.parametrize("former", [person(), project(), note(), notice(), note(reader=BEN.url)])
def test_a_tombstone_keeps_name_type_owner_and_nothing_else(former: Any) -> None:
    tombstone = objects.tombstone(former, NOW)
    signed = BIRDS.sign(tombstone)
    BOOK.check("tombstone", signed)
    assert (tombstone["id"], type_of(tombstone)) == (former["id"], former["type"])
    assert owner_of(tombstone) == owner_of(former)
    assert version_of(tombstone) == version_of(former) + 1
    assert "stork" not in json.dumps(tombstone)


def test_times_are_whole_seconds_in_utc() -> None:
    moment = datetime(2026, 11, 23, 19, 0, 7, 999_999, tzinfo=UTC)
    assert stamp(moment) == "2026-11-23T19:00:07Z"
    assert time_of({"at": stamp(moment)}, "at") == moment.replace(microsecond=0)


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused, match="/published: there is no such day"):
        time_of({"published": "2026-02-30T00:00:00Z"}, "published")


def test_keys_in_use_leave_out_those_retired_by_then() -> None:
    old = {
        "id": f"{ANN.url}#ed25519-key",
        "publicKeyMultibase": ANN.keys[0].multikey,
        "validUntil": stamp(NOW),
    }
    new = {"id": f"{ANN.url}#ed25519-key-2", "publicKeyMultibase": BEN.keys[0].multikey}
    document: Any = {"assertionMethod": [old, new]}
    assert list(keys_of(document)) == [old["id"], new["id"]]
    assert list(keys_of(document, NOW)) == [new["id"]]


def signed_examples() -> list[Any]:
    folder = files("schemas").joinpath("v1", "examples")
    found = (
        (f"{kind.name}/{file.name}", json.loads(file.read_text()))
        for kind in folder.iterdir()
        for file in kind.iterdir()
        if file.name.startswith("valid-")
    )
    return [pytest.param(value, id=label) for label, value in found if "proof" in value]


@pytest.mark.parametrize("document", signed_examples())
def test_a_signed_example_carries_a_true_proof_of_its_owner(document: Any) -> None:
    if "issuer" in document:
        key = known_keys()[signer_of(document)]
        hub = document["issuer"]["id"]
        assert open_credential(document, key, issuer=hub, now=NOW).value == document
        return
    owner = document["actor"] if "actor" in document else owner_of(document)
    key_id = signer_of(document)
    # Not every actor has an example of its own; the private halves are made from the names.
    key = known_keys().get(key_id) or renew.signer_of(key_id).public
    opened = open_document(document, key, owner=owner, now=NOW)
    assert opened.value == document


def known_keys() -> dict[str, PublicKey]:
    """The keys that the example actors list themselves."""
    folder = files("schemas").joinpath("v1", "examples")
    documents = [
        json.loads(file.read_text())
        for kind in ("person", "organization", "application", "project")
        for file in folder.joinpath(kind).iterdir()
        if file.name.startswith("valid-")
    ]
    return {
        key_id: PublicKey.read(multikey)
        for document in documents
        for key_id, multikey in keys_of(document).items()
    }
