"""What is read of another node's answer: when to come again, and why it was refused."""

from collections.abc import AsyncIterator

import pytest

from node.remote.client import Client
from protocol.errors import Reason
from tests.node.remote.asking import ALICE, make_client
from tests.node.remote.hostile import Hostile, answer, hostile


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    one = make_client()
    yield one
    await one.close()


async def ask(client: Client, there: Hostile) -> int | None:
    return (await client.get(there.origin, origin=there.origin, as_=ALICE)).retry_after_s


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("9" * 30, 86_400),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
        ("Fri, 15 Jan 9999 07:00:00 GMT", 86_400),
        ("-1", None),
        ("evil", None),
        ("１２", None),
    ],
)
async def test_retry_after_is_read_and_bounded(
    client: Client, value: str, seconds: int | None
) -> None:
    async with hostile(answer("503 Busy", b"", f"Retry-After: {value}")) as there:
        assert await ask(client, there) == seconds


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("application/problem+json", b'{"reason": "replayed"}', Reason.REPLAYED),
        ("application/problem+json; charset=utf-8", b'{"reason": "gone"}', Reason.GONE),
        ("application/problem+json", b'{"reason": "evil"}', None),
        ("application/problem+json", b'{"reason": ["replayed"]}', None),
        ("application/problem+json", b"[" * 100_000, None),
        ("application/problem+json", b"evil", None),
        ("application/json", b'{"reason": "replayed"}', None),
    ],
)
async def test_the_reason_of_a_problem_is_read(
    client: Client, kind: str, body: bytes, reason: Reason | None
) -> None:
    async with hostile(answer("401 Unauthorized", body, f"Content-Type: {kind}")) as there:
        got = await client.get(there.origin, origin=there.origin, as_=ALICE)
    assert (got.status, got.reason, got.ok) == (401, reason, False)
