"""Fetching a document: it must be what was asked for, from where it belongs."""

import json
from collections.abc import AsyncIterator

import pytest

from node.clock import SystemChance, SystemClock
from node.remote.client import Client, Identity
from node.remote.fetch import Budget, fetch_document, is_document
from node.remote.guard import Guard
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from tests.node.remote.hostile import Behaviour, answer, hostile

ALICE = Identity("https://home.example/actor#ed25519-key", Signer.from_seed(b"\1" * 32))
ACTIVITY = "application/activity+json"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    one = Client(Guard(True), SystemClock(), SystemChance(), version="0.1.0", timeout_s=5)
    yield one
    await one.close()


async def refusal(client: Client, behaviour: Behaviour) -> Refused:
    async with hostile(behaviour) as there:
        with pytest.raises(Refused) as caught:
            await fetch_document(client, there.origin + "/o/1", origin=there.origin, as_=ALICE)
    assert len(there.heads) == 1
    return caught.value


@pytest.mark.parametrize(
    "kind",
    [
        ACTIVITY,
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'Application/LD+JSON;a=b;profile="https://a.example https://www.w3.org/ns/activitystreams"',
    ],
)
async def test_a_document_is_given_as_it_came(client: Client, kind: str) -> None:
    async with hostile(answer("200 OK")) as there:
        url = there.origin + "/o/1"
        document = {"id": url, "name": "Zoë", "unknown": [1, {"a": None}]}
        there.then(answer("200 OK", json.dumps(document).encode(), f"Content-Type: {kind}"))
        got = await fetch_document(client, url, origin=there.origin, as_=ALICE)
    assert got == document


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/html",
        "application/ld+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams/evil"',
        "application/activity+jsonx",
        "application/octet-stream; x=application/activity+json",
        "",
        ";",
    ],
)
def test_another_media_type_is_no_document(kind: str) -> None:
    assert not is_document(kind)


async def test_an_uploaded_file_is_no_document(client: Client) -> None:
    refused = await refusal(client, answer("200 OK", b"{}", "Content-Type: text/plain"))
    assert (refused.reason, refused.facts) == (Reason.BAD_ANSWER, {"failure": "media_type"})


@pytest.mark.parametrize(
    "claimed", ["https://q.example/o/1", "/o/1", None, 7, ["https://q.example/o/1"]]
)
async def test_a_document_under_another_name_is_discarded(client: Client, claimed: object) -> None:
    body = json.dumps({"id": claimed}).encode()
    refused = await refusal(client, answer("200 OK", body, f"Content-Type: {ACTIVITY}"))
    assert (refused.reason, refused.facts) == (Reason.BAD_ANSWER, {"failure": "wrong_id"})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", Reason.BAD_JSON),
        (b"[]", Reason.BAD_JSON),
        (b'{"id": 1, "id": 2}', Reason.BAD_JSON),
        (b"[" * 100_000, Reason.TOO_DEEP),
    ],
)
async def test_what_is_no_strict_json_is_refused(
    client: Client, body: bytes, reason: Reason
) -> None:
    refused = await refusal(client, answer("200 OK", body, f"Content-Type: {ACTIVITY}"))
    assert refused.reason is reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("404 Not Found", Reason.NOT_FOUND),
        ("410 Gone", Reason.GONE),
        ("401 Unauthorized", Reason.NOT_ALLOWED),
        ("403 Forbidden", Reason.NOT_ALLOWED),
        ("301 Moved", Reason.REDIRECTED),
        ("204 No Content", Reason.UNREACHABLE),
        ("429 Too Many", Reason.UNREACHABLE),
        ("500 Oh", Reason.UNREACHABLE),
    ],
)
async def test_every_other_status_has_its_reason(
    client: Client, status: str, reason: Reason
) -> None:
    assert (await refusal(client, answer(status))).reason is reason


async def test_one_activity_may_cause_ten_fetches(client: Client) -> None:
    budget = Budget()
    async with hostile(answer("404 Not Found")) as there:
        for left in range(11, 0, -1):
            with pytest.raises(Refused) as caught:
                await fetch_document(
                    client, there.origin, origin=there.origin, as_=ALICE, budget=budget
                )
            expected = Reason.NOT_FOUND if left > 1 else Reason.TOO_MANY_ITEMS
            assert caught.value.reason is expected
    assert len(there.heads) == 10
