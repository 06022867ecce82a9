"""Credentials: what an accreditation says, its place in a list, and what is no credential."""

import copy
import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocol import credentials
from protocol.canonical import JSONObject, b64
from protocol.credentials import Accreditation, Envelope, Issuer, Place, School, StatusList
from protocol.documents import open_credential, sign_document
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.objects import ActorKey

AT = datetime(2026, 11, 23, 19, tzinfo=UTC)
END = AT + timedelta(days=730)
HUB = "https://hub.example"
ACTOR = f"{HUB}/actor"
KEY_ID = f"{ACTOR}#ed25519-key"
SIGNER = Signer.from_seed(bytes([1]) * 32)
OTHER = Signer.from_seed(bytes([2]) * 32)
ISSUER = Issuer(ACTOR, "Agência", [ActorKey(KEY_ID, SIGNER.public.multikey)])
SCHOOL = School("https://a.example/actor", "a" * 32, OTHER.public.multikey, "Escola", "PT", "Norte")


def sealed(credential: JSONObject, signer: Signer = SIGNER) -> JSONObject:
    return sign_document(credential, signer, KEY_ID, AT)


def stated(number: int = 7, **changed: Any) -> JSONObject:
    envelope = Envelope(
        f"{HUB}/credentials/AAAAAAAAAAAAAAAAAAAAAA", ISSUER, AT, END, credentials.place(HUB, number)
    )
    return {**credentials.accreditation(envelope, SCHOOL), **changed}


def read(credential: JSONObject) -> Accreditation:
    opened = open_credential(credential, SIGNER.public, issuer=ACTOR, now=AT)
    return credentials.read_accreditation(opened)


def listed(*revoked: int, **subject: Any) -> StatusList:
    document: Any = credentials.status_list(f"{HUB}/status-lists/1", ISSUER, AT, revoked)
    document["credentialSubject"].update(subject)
    opened = open_credential(sealed(document), SIGNER.public, issuer=ACTOR, now=AT)
    return credentials.read_status_list(opened)


def test_an_accreditation_is_read_as_it_was_stated() -> None:
    found = read(sealed(stated()))
    assert found.school == SCHOOL
    assert (found.hub, found.valid_from, found.valid_until) == (ACTOR, AT, END)
    assert found.place == Place(f"{HUB}/status-lists/1", 7)
    assert found.origin == "https://a.example"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("validUntil", "2099-01-01T00:00:00Z"),
        ("credentialSubject", {"id": "https://evil.example/actor"}),
        ("id", f"{HUB}/credentials/BBBBBBBBBBBBBBBBBBBBBA"),
    ],
)
def test_a_changed_accreditation_is_refused(member: str, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        read({**sealed(stated()), member: value})
    assert refused.value.reason is Reason.BAD_PROOF


def test_a_credential_counts_for_its_issuer_only_and_with_its_key() -> None:
    true: Any = sealed(stated())
    for credential, issuer, key in (
        (true, "https://evil.example/actor", SIGNER.public),
        (true, ACTOR, OTHER.public),
        (sealed(stated(), OTHER), ACTOR, SIGNER.public),
        (sealed(stated(issuer={"id": "https://evil.example/actor"})), ACTOR, SIGNER.public),
        ({**true, "@context": [*true["@context"], "urn:x"]}, ACTOR, SIGNER.public),
    ):
        with pytest.raises(Refused) as refused:
            open_credential(credential, key, issuer=issuer, now=AT)
        assert refused.value.reason is Reason.BAD_PROOF


def test_a_status_list_is_no_accreditation_and_the_other_way_round() -> None:
    document = sealed(credentials.status_list(f"{HUB}/status-lists/1", ISSUER, AT, []))
    opened = open_credential(document, SIGNER.public, issuer=ACTOR, now=AT)
    with pytest.raises(Refused, match="SchoolgateAccreditation"):
        credentials.read_accreditation(opened)
    other = open_credential(sealed(stated()), SIGNER.public, issuer=ACTOR, now=AT)
    with pytest.raises(Refused, match="BitstringStatusListCredential"):
        credentials.read_status_list(other)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), "https://evil.example/credentials/AAAAAAAAAAAAAAAAAAAAAA"),
        (("credentialStatus", "statusListCredential"), "https://evil.example/status-lists/1"),
        (("credentialSubject", "id"), "https://a.example/people/ana"),
    ],
)
def test_a_hub_states_nothing_that_lies_elsewhere_and_nothing_about_people(
    path: tuple[str, ...], value: str
) -> None:
    credential: Any = copy.deepcopy(stated())
    inner = credential
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(Refused) as refused:
        read(sealed(credential))
    assert refused.value.reason is Reason.FOREIGN_ORIGIN


def test_places_are_counted_over_lists() -> None:
    last = credentials.LIST_BITS - 1
    assert credentials.place(HUB, last) == Place(f"{HUB}/status-lists/1", last)
    assert credentials.place(HUB, last + 1) == Place(f"{HUB}/status-lists/2", 0)


def test_the_bits_of_a_list_are_read_as_they_were_set() -> None:
    revoked = {0, 7, 8, 1000, credentials.LIST_BITS - 1}
    found = listed(*revoked)
    assert {n for n in range(credentials.LIST_BITS) if found.is_revoked(n)} == revoked
    assert found.bits[0] == 0b1000_0001


def test_a_place_outside_of_the_list_has_ended() -> None:
    assert listed().is_revoked(credentials.LIST_BITS)
    assert listed().is_revoked(-1)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(bytes(16_383), mtime=0),
        gzip.compress(bytes(16_385), mtime=0),
        gzip.compress(bytes(50_000_000), mtime=0),
        gzip.compress(bytes(16_384), mtime=0)[:-4],
        b"no gzip at all",
    ],
    ids=["short", "long", "bomb", "cut", "other"],
)
def test_a_list_of_another_size_is_refused_without_unpacking_it(packed: bytes) -> None:
    with pytest.raises(Refused) as refused:
        listed(encodedList=f"u{b64(packed)}")
    assert refused.value.reason is Reason.BAD_SHAPE


def test_what_an_accreditation_is_worth() -> None:
    found = read(sealed(stated(7)))
    second = timedelta(seconds=1)
    assert credentials.judge(found, listed(6, 8), AT) == "valid"
    assert credentials.judge(found, listed(7), AT) == "revoked"
    assert credentials.judge(found, None, AT) == "unknown"
    clocks = credentials.CLOCKS_DIFFER
    assert credentials.judge(found, listed(), AT - clocks) == "valid"
    assert credentials.judge(found, listed(), AT - clocks - second) == "early"
    assert credentials.judge(found, listed(), END - second) == "valid"
    assert credentials.judge(found, listed(), END) == "expired"
