"""The worked examples of PROTOCOL.md hold, byte for byte."""

import json
import re
from datetime import UTC, datetime
from pathlib import PurePosixPath

from protocol import canonical, documents, requests
from protocol.canonical import JSONObject
from protocol.keys import PublicKey, Signer, fingerprint
from protocol.space import genesis, operation
from tests.house.tree import text_of

TEXT = text_of(PurePosixPath("PROTOCOL.md"))
SIGNER = Signer.from_seed(bytes([1]) * 32)
AT = datetime(2026, 11, 23, 19, tzinfo=UTC)


def block(language: str, heading: str) -> str:
    """The first code block of a language below a heading."""
    found = re.search(rf"(?ms)^```{language}\n(.*?)^```$", TEXT.partition(heading)[2])
    assert found
    return found[1]


def activity() -> JSONObject:
    """The activity that both examples are about."""
    read: JSONObject = json.loads(block("json", "\n### Example\n"))
    return read


def headers() -> list[tuple[str, str]]:
    """The header fields of the example of a request."""
    lines = block("http", "\n### Example of a request\n").splitlines()[1:]
    return [(name, value) for name, _, value in (line.partition(": ") for line in lines)]


def test_the_printed_key_and_fingerprint_belong_to_the_printed_seed() -> None:
    assert f"`{SIGNER.public.multikey}`" in TEXT
    assert f"`{fingerprint(SIGNER.public)}`" in TEXT


def test_the_document_has_the_printed_proof() -> None:
    bare = {name: value for name, value in activity().items() if name != "proof"}
    key_id = f"{bare['actor']}#ed25519-key"
    assert documents.sign_document(bare, SIGNER, key_id, AT) == activity()


def test_the_request_is_signed_as_printed() -> None:
    body = canonical.encode(activity())
    made = requests.sign_request(
        method="POST",
        target_uri="https://b.example/inbox",
        key_id=f"{activity()['actor']}#ed25519-key",
        signer=SIGNER,
        created=int(AT.timestamp()),
        nonce=bytes(16),
        body=body,
        content_type="application/activity+json",
    )
    assert made.items() <= dict(headers()).items()


def test_the_printed_request_is_accepted_and_has_the_printed_base() -> None:
    presented = requests.read_signature(
        method="POST", target_uri="https://b.example/inbox", headers=headers()
    )
    assert presented.base.decode() == block("text", "\n### Example of a request\n").rstrip("\n")
    key = PublicKey.read(SIGNER.public.multikey)
    checked = presented.check(key, canonical.encode(activity()), int(AT.timestamp()))
    assert checked.actor == activity()["actor"]


def test_the_genesis_is_signed_and_travels_as_printed() -> None:
    first, second = SIGNER, Signer.from_seed(bytes([2]) * 32)
    founders = (
        genesis.Founder("a" * 32, "https://a.example/actor", first.public.multikey),
        genesis.Founder("b" * 32, "https://b.example/actor", second.public.multikey),
    )
    salt = canonical.b64(bytes(16))
    heading = "\n### Genesis\n"
    assert genesis.message(founders, salt).decode() == block("text", heading).rstrip("\n")
    time_ms = int(AT.timestamp()) * 1000
    other = genesis.sign(founders, salt, second)
    made = genesis.write_genesis(founders, salt, other, time_ms=time_ms, signer=first)
    assert operation.to_line(made).decode() == block("json", heading).rstrip("\n")
    assert f"`{made.id}`" in TEXT
