"""The word of a node for its documents: about this very document, by this very node, or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from protocol import names, objects, vouchers
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.known import StoredObject
from protocol.objects import Written
from protocol.reading import owner_of, text_of, version_of
from protocol.shapes import kind_of
from protocol.vouchers import Vouched, Voucher
from tests.protocol.people import ALPHA, BETA, NOW, Actor

NODE = Actor(names.service_actor_id(ALPHA))
INES = Actor(f"{ALPHA}/people/ines")


def person(version: int = 1, name: str = "Ines") -> JSONObject:
    written = Written(NOW - timedelta(days=9), NOW - timedelta(days=9 - version), version)
    document = objects.person(
        INES.url,
        written,
        handle="ines",
        name=name,
        school=f"{ALPHA}/schools/main",
        keys=INES.keys,
    )
    return INES.sign(document)


def vouch(document: JSONObject, by: Actor = NODE) -> Voucher:
    return vouchers.vouch(document, by.signer, by.key)


def opened(document: JSONObject, owner: JSONObject | None = None) -> Vouched:
    return vouchers.open_vouched(
        document, vouch(document), NODE.signer.public, owner=owner, now=NOW
    )


def stored(document: JSONObject, *, buried: bool = False) -> StoredObject:
    return StoredObject(
        text_of(document, "id"),
        "person" if buried else kind_of(document),
        owner_of(document),
        version_of(document),
        document,
        buried,
    )


def reason_of(document: JSONObject, voucher: Voucher) -> Reason:
    with pytest.raises(Refused) as refused:
        vouchers.open_vouched(document, voucher, NODE.signer.public, owner=None, now=NOW)
    return refused.value.reason


def test_a_document_with_the_word_of_its_node_is_news() -> None:
    document = person()
    found = opened(document)
    assert found.document == document
    assert vouchers.is_news(found, None, BETA, NOW)
    assert vouchers.read_voucher({"voucher": found.voucher.to_json()}) == found.voucher


def test_only_the_documents_own_node_vouches_for_it() -> None:
    document = person()
    other = Actor(names.service_actor_id(BETA))
    assert reason_of(document, vouch(document, other)) is Reason.WRONG_ACTOR
    assert reason_of(document, vouch(document, INES)) is Reason.WRONG_ACTOR
    borrowed = replace(vouch(document, other), key_id=NODE.key)
    assert reason_of(document, borrowed) is Reason.BAD_SIGNATURE


def test_a_voucher_is_about_this_very_document() -> None:
    document = person()
    assert reason_of(person(name="Inês"), vouch(document)) is Reason.BAD_SIGNATURE
    unproven = {**document, "name": "Inês"}
    assert reason_of(unproven, vouch(unproven)) is Reason.BAD_PROOF


def test_what_belongs_to_somebody_is_proven_with_the_keys_that_he_lists() -> None:
    tomb = INES.sign(objects.tombstone(person(), NOW))
    assert vouchers.is_news(opened(tomb, person()), stored(person()), BETA, NOW)
    stranger = Actor(f"{ALPHA}/people/tom")
    by_another = stranger.sign(objects.tombstone(person(), NOW))
    with pytest.raises(Refused) as refused:
        opened(by_another, person())
    assert refused.value.reason is Reason.BAD_PROOF


def test_nothing_older_replaces_newer_and_a_tombstone_wins() -> None:
    first, second = person(1), person(2)
    tomb = INES.sign(objects.tombstone(first, NOW))
    assert vouchers.is_news(opened(second), stored(first), BETA, NOW)
    assert not vouchers.is_news(opened(first), stored(second), BETA, NOW)
    assert not vouchers.is_news(opened(first), stored(first), BETA, NOW)
    assert vouchers.is_news(opened(tomb), stored(second), BETA, NOW)
    assert vouchers.is_news(opened(tomb), None, BETA, NOW)
    assert not vouchers.is_news(opened(second), stored(tomb, buried=True), BETA, NOW)


def test_nobody_lists_what_lies_under_our_own_name() -> None:
    with pytest.raises(Refused) as refused:
        vouchers.is_news(opened(person()), None, ALPHA, NOW)
    assert refused.value.reason is Reason.OWN_ORIGIN


def test_a_document_stays_what_it_is_and_whose_it_is() -> None:
    another = replace(stored(person(1)), owner=f"{ALPHA}/people/tom")
    with pytest.raises(Refused) as refused:
        vouchers.is_news(opened(person(2)), another, BETA, NOW)
    assert refused.value.reason is Reason.NOT_OWNER
    school = replace(stored(person(1)), document={**person(1), "type": "Organization"})
    with pytest.raises(Refused) as refused:
        vouchers.is_news(opened(person(2)), school, BETA, NOW)
    assert refused.value.reason is Reason.IMMUTABLE_FIELD


def test_what_no_directory_lists_is_no_news() -> None:
    service = objects.application(
        NODE.url, Written(NOW, NOW, 1), node="0" * 32, name="Alpha", keys=NODE.keys
    )
    assert not vouchers.is_news(opened(NODE.sign(service)), None, BETA, NOW)


def test_a_word_is_made_by_opening_it_only() -> None:
    with pytest.raises(TypeError):
        Vouched(object(), person(), vouch(person()))
