"""Documents that arrive: whose they may be, which version stays, and what a tombstone ends."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import activities, objects
from protocol.canonical import JSONObject
from protocol.effects import BuryObject, Nothing, PutFeedItem, PutObject, RecordConflict
from protocol.errors import Reason, Refused
from protocol.intake import FINAL, needs
from protocol.intake_objects import judge_fetched
from protocol.known import Known
from protocol.multibase import write_base58
from protocol.objects import ActorKey, tombstone
from protocol.reading import version_of
from protocol.shapes import kind_of
from protocol.statuses import status_of
from tests.protocol.people import (
    ALPHA,
    ANN,
    BEN,
    BEN_HERE,
    BETA,
    BIRDS,
    EVE,
    GAMMA,
    NOW,
    Actor,
    contact,
    judged,
    name,
    note,
    opened,
    person,
    project,
    stored,
    written,
)


def put(
    document: JSONObject, actor: Actor = ANN, before: JSONObject | None = None, **more: Any
) -> Any:
    """What BETA does when `actor` sends `document` in an Update."""
    known = Known(
        base=more.pop("base", BETA),
        inner=opened(document, more.pop("signer", None)),
        stored=more.pop("stored", stored(before) if before else None),
        **more,
    )
    return judged(activities.update(actor.said(), document), actor, known)


def refusal(document: JSONObject, actor: Actor = ANN, **more: Any) -> Reason:
    with pytest.raises(Refused) as caught:
        put(document, actor, **more)
    return caught.value.reason


def test_a_new_document_is_kept_as_it_was_received() -> None:
    document = person()
    assert put(document) == [PutObject(ANN.url, "person", ANN.url, 1, document)]


def test_a_note_is_shown_where_somebody_follows_its_author() -> None:
    document = note()
    kept, shown = put(document, followed=True)
    assert kept.document is document
    assert shown == PutFeedItem(str(document["id"]), ANN.url, NOW)


def test_a_note_whose_author_nobody_follows_is_dropped() -> None:
    assert isinstance(put(note())[0], Nothing)


def test_a_note_from_the_future_is_shown_as_of_now() -> None:
    later = NOW + timedelta(days=400)
    document = ANN.sign(
        objects.note(
            f"{ALPHA}/notes/{name('later')}",
            objects.Written(later, later, 1),
            author=ANN.url,
            text="…",
            language="en",
        )
    )
    assert put(document, followed=True)[1] == PutFeedItem(str(document["id"]), ANN.url, NOW)


# A001


def test_a_fetched_document_that_calls_itself_otherwise_is_discarded() -> None:
    document = opened(person(Actor(f"{GAMMA}/people/ann")))
    with pytest.raises(Refused) as caught:
        judge_fetched(f"{ALPHA}/people/ann", document, Known(base=BETA), NOW)
    assert caught.value.reason is Reason.FOREIGN_ORIGIN


def test_a_fetched_document_under_its_own_name_is_kept() -> None:
    effects = judge_fetched(ANN.url, opened(person()), Known(base=BETA), NOW)
    assert [type(effect) for effect in effects] == [PutObject]


def test_a_fetched_document_does_not_replace_the_keys_of_a_known_actor() -> None:
    fresh = Actor(ANN.url, number=2)
    with pytest.raises(Refused) as caught:
        judge_fetched(
            ANN.url, opened(person(fresh, 2), fresh), Known(BETA, stored=stored(person())), NOW
        )
    assert caught.value.reason is Reason.NOT_OWNER


def test_a_message_is_never_taken_from_a_fetch() -> None:
    letter = note(reader=BEN.url)
    effects = judge_fetched(str(letter["id"]), opened(letter), Known(base=BETA), NOW)
    assert isinstance(effects[0], Nothing)


# A003


def test_our_own_namespace_is_closed_to_others() -> None:
    mine = Actor(f"{BETA}/people/ben")
    assert refusal(person(mine), mine) is Reason.OWN_ORIGIN
    forged = ANN.sign(
        objects.note(
            f"{BETA}/notes/{name('x')}", written(), author=ANN.url, text="…", language="en"
        )
    )
    assert refusal(forged) is Reason.OWN_ORIGIN
    deleted = ANN.sign({**tombstone(forged, NOW), "attributedTo": ANN.url})
    known = Known(base=BETA, inner=opened(deleted), stored=stored(forged))
    with pytest.raises(Refused) as caught:
        judged(activities.delete(ANN.said(), deleted), ANN, known)
    assert caught.value.reason is Reason.OWN_ORIGIN


def test_a_document_of_a_third_origin_is_refused() -> None:
    elsewhere = ANN.sign(
        objects.note(
            f"{GAMMA}/notes/{name('x')}", written(), author=ANN.url, text="…", language="en"
        )
    )
    assert refusal(elsewhere) is Reason.FOREIGN_ORIGIN


@pytest.mark.parametrize("member", ["inbox", "outbox", "followers", "following", "school"])
def test_what_an_actor_calls_its_own_lies_where_it_lives(member: str) -> None:
    assert refusal(person(ANN, 1, **{member: f"{GAMMA}/inbox"})) is Reason.FOREIGN_ORIGIN


def test_an_activity_is_named_where_its_actor_lives() -> None:
    activity = {
        **activities.update(ANN.said(), person()),
        "id": f"{GAMMA}/activities/{name('x')}",
    }
    with pytest.raises(Refused) as caught:
        judged(activity, ANN, Known(base=BETA, inner=opened(person())))
    assert caught.value.reason is Reason.FOREIGN_ORIGIN


# A005, A006, A009


def test_authority_comes_from_the_stored_row_not_from_the_payload() -> None:
    bobs = note(EVE)
    taken = ANN.sign({**note(EVE, 2), "attributedTo": ANN.url})
    assert refusal(taken, before=bobs) is Reason.NOT_OWNER


def test_what_belongs_to_another_is_not_created_in_his_name() -> None:
    assert refusal(note(EVE)) is Reason.NOT_OWNER
    assert refusal(project(founder=EVE), ANN) is Reason.NOT_OWNER


@pytest.mark.parametrize(
    ("before", "change"),
    [
        (note(), {"attributedTo": EVE.url}),
        (note(), {"inReplyTo": f"{ALPHA}/notes/{name('parent')}"}),
        (note(), {"published": "2020-01-01T00:00:00Z"}),
        (person(), {"preferredUsername": "anna"}),
        (project(), {"scope": "national"}),
        (project(), {"school": f"{ALPHA}/schools/other"}),
    ],
)
def test_what_identifies_a_document_never_changes(before: Any, change: Any) -> None:
    owner = Actor(str(before["id"])) if before["type"] != "Note" else ANN
    signer = owner if before["type"] != "Note" else Actor(change.get("attributedTo", ANN.url))
    after = signer.sign({**before, **change, "version": 2})
    assert refusal(after, owner, before=before) is Reason.IMMUTABLE_FIELD


def test_a_note_does_not_become_a_letter_nor_a_person_a_project() -> None:
    letter = note(version=2, reader=BEN.url)
    known: dict[str, Any] = {"local": BEN_HERE, "contact": contact()}
    assert refusal(letter, before=note(), **known) is Reason.IMMUTABLE_FIELD
    grown = ANN.sign({**project(ANN), "attributedTo": ANN.url, "version": 2})
    assert refusal(grown, ANN, before=person()) is Reason.IMMUTABLE_FIELD


def test_only_the_owner_deletes() -> None:
    bobs = note(EVE)
    buried = ANN.sign({**tombstone(bobs, NOW), "attributedTo": ANN.url})
    known = Known(base=BETA, inner=opened(buried), stored=stored(bobs))
    with pytest.raises(Refused) as caught:
        judged(activities.delete(ANN.said(), buried), ANN, known)
    assert caught.value.reason is Reason.NOT_OWNER


# A007


def test_an_older_version_changes_nothing() -> None:
    assert isinstance(put(note(), before=note(version=2))[0], Nothing)


def test_the_same_version_again_changes_nothing_even_if_signed_anew() -> None:
    again: Any = ANN.sign(note())
    again["proof"] = {**again["proof"], "created": "2026-11-23T18:00:00Z"}
    assert isinstance(put(note(), before=again)[0], Nothing)


def test_the_same_version_with_other_content_is_recorded_and_the_first_stays() -> None:
    other = note(text="No stork at all.")
    assert put(other, before=note()) == [RecordConflict(str(other["id"]), 1, other)]


def test_a_newer_version_replaces_and_is_not_shown_twice() -> None:
    newer = note(version=2, text="Two storks.")
    assert put(newer, before=note(), followed=True) == [
        PutObject(str(newer["id"]), "note", ANN.url, 2, newer)
    ]


@given(st.permutations([1, 2, 3, 4, 5]))
def test_whatever_the_order_the_highest_version_stays(order: list[int]) -> None:
    here: JSONObject | None = None
    for version in order:
        for effect in put(person(version=version, about=f"v{version}"), before=here):
            if isinstance(effect, PutObject):
                here = effect.document
    assert here is not None
    assert version_of(here) == 5


# A032


def rotated(old: Actor, new: Actor, *, retire: bool = True, version: int = 2) -> JSONObject:
    """The document in which `new`, the next key of the same actor, follows on `old`."""
    keys = [ActorKey(old.key, old.keys[0].multikey, NOW if retire else None), *new.keys]
    document = objects.person(
        old.url,
        written(version),
        handle="ann",
        name="Ann Moreau",
        school=f"{ALPHA}/schools/main",
        keys=keys,
    )
    return new.sign(document)


NEW = Actor(ANN.url, number=2)


def test_a_new_key_announced_with_the_old_one_is_taken() -> None:
    document = rotated(ANN, NEW)
    effects = put(document, ANN, before=person(), signer=NEW)
    assert effects == [PutObject(ANN.url, "person", ANN.url, 2, document)]


def test_a_new_key_announced_with_itself_is_refused() -> None:
    document = rotated(ANN, NEW)
    assert refusal(document, NEW, before=person(), signer=NEW) is Reason.NOT_OWNER
    assert status_of(Reason.NOT_OWNER) == 403


def test_a_key_is_not_exchanged_under_its_name() -> None:
    stolen = EVE.keys[0].multikey
    document = NEW.sign(
        {
            **rotated(ANN, NEW),
            "assertionMethod": [
                {
                    "id": ANN.key,
                    "type": "Multikey",
                    "controller": ANN.url,
                    "publicKeyMultibase": stolen,
                },
                {
                    "id": NEW.key,
                    "type": "Multikey",
                    "controller": ANN.url,
                    "publicKeyMultibase": NEW.keys[0].multikey,
                },
            ],
        }
    )
    assert refusal(document, ANN, before=person(), signer=NEW) is Reason.IMMUTABLE_FIELD


def test_a_retired_key_does_not_come_back() -> None:
    before, revived = rotated(ANN, NEW), rotated(ANN, NEW, retire=False, version=3)
    assert refusal(revived, NEW, before=before, signer=NEW) is Reason.IMMUTABLE_FIELD


def test_an_actor_lists_only_keys_of_its_own_and_each_once() -> None:
    document: Any = person()
    entry = document["assertionMethod"][0]
    foreign = {**entry, "id": EVE.key}
    assert refusal(person(ANN, 1, assertionMethod=[entry, foreign])) is Reason.NOT_OWNER
    other = {**entry, "controller": EVE.url}
    assert refusal(person(ANN, 1, assertionMethod=[other])) is Reason.NOT_OWNER
    assert refusal(person(ANN, 1, assertionMethod=[entry, entry])) is Reason.BAD_KEY


def test_a_key_that_is_no_valid_point_is_not_kept() -> None:  # A033
    document: Any = person()
    small_order = write_base58(b"\xed\x01\x01" + bytes(31))
    entry = {**document["assertionMethod"][0], "publicKeyMultibase": small_order}
    assert refusal(person(ANN, 1, assertionMethod=[entry])) is Reason.BAD_KEY


def test_a_day_that_does_not_exist_is_refused_before_a_page_shows_it() -> None:
    assert refusal(project(BIRDS, 1, startDate="2026-02-30"), BIRDS) is Reason.BAD_SHAPE


# A090 and tombstones


def delete(former: JSONObject, known: Known) -> Any:
    buried = ANN.sign(tombstone(former, NOW))
    known = Known(base=BETA, inner=opened(buried), stored=known.stored)
    return judged(activities.delete(ANN.said(), buried), ANN, known)


def test_a_delete_of_something_unknown_leaves_no_trace() -> None:
    assert [type(effect) for effect in delete(note(), Known(base=BETA))] == [Nothing]


def test_a_delete_by_the_owner_buries() -> None:
    (effect,) = delete(note(), Known(base=BETA, stored=stored(note())))
    assert isinstance(effect, BuryObject)
    assert (effect.id, effect.kind, effect.owner) == (note()["id"], "note", ANN.url)
    assert "content" not in effect.tombstone


def test_nothing_comes_back_after_a_tombstone() -> None:
    buried = stored(ANN.sign(tombstone(note(), NOW)), buried=True)
    assert isinstance(put(note(version=99), stored=buried, followed=True)[0], Nothing)
    assert isinstance(delete(note(), Known(base=BETA, stored=buried))[0], Nothing)


def test_a_tombstone_names_the_type_that_it_buries() -> None:
    former = {**note(), "type": "Project"}
    buried = ANN.sign({**tombstone(former, NOW), "attributedTo": ANN.url})
    known = Known(base=BETA, inner=opened(buried), stored=stored(note()))
    with pytest.raises(Refused) as caught:
        judged(activities.delete(ANN.said(), buried), ANN, known)
    assert caught.value.reason is Reason.IMMUTABLE_FIELD


# What to load


def test_needs_names_the_document_its_reader_and_whether_the_author_is_followed() -> None:
    letter, update = note(reader=BEN.url), note()
    needed = needs(activities.create(ANN.said(), letter))
    assert (needed.inner, needed.object, needed.local) == (letter, letter["id"], BEN.url)
    assert (needed.contact_with, needed.followed) == (BEN.url, False)
    needed = needs(activities.create(ANN.said(), update))
    assert (needed.local, needed.contact_with, needed.followed) == (None, None, True)


def test_what_the_caller_did_not_open_is_refused() -> None:
    activity = activities.create(ANN.said(), note())
    for inner in (None, opened(person())):
        with pytest.raises(Refused) as caught:
            judged(activity, ANN, Known(base=BETA, inner=inner))
        assert caught.value.reason is Reason.BAD_PROOF


def test_a_document_that_is_no_activity_is_not_judged() -> None:
    document = person()
    assert kind_of(document) == "person"
    with pytest.raises(Refused):
        needs(document)


def test_final_refusals_are_those_that_no_later_letter_heals() -> None:
    assert {Reason.NOT_ALLOWED, Reason.NEVER_OFFERED, Reason.NOT_FOUND}.isdisjoint(FINAL)
    assert all(status_of(reason) in {400, 401, 403} for reason in FINAL)
