"""The worked examples of PROTOCOL.md hold, byte for byte."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePosixPath

from protocol import canonical, documents, requests
from protocol.canonical import JSONObject
from protocol.keys import PublicKey, Signer, fingerprint
from protocol.space import consent, control, genesis, operation, statement, writing
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.succession import Vote, sign_vote
from protocol.space.writing import Place
from tests.house.tree import text_of

TEXT = text_of(PurePosixPath("PROTOCOL.md"))
SIGNER = Signer.from_seed(bytes([1]) * 32)
AT = datetime(2026, 11, 23, 19, tzinfo=UTC)


def block(language: str, heading: str) -> str:
    """The first code block of a language below a heading."""
    found = re.search(rf"(?ms)^```{language}\n(.*?)^```$", TEXT.partition(heading)[2])
    assert found
    return found[1]


def lines(language: str, heading: str, *, place: int) -> list[str]:
    """The lines of one of the code blocks of a language below a heading."""
    found = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", TEXT.partition(heading)[2])
    return str(found[place]).splitlines()


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


FIRST, SECOND, NEW = SIGNER, Signer.from_seed(bytes([2]) * 32), Signer.from_seed(bytes([3]) * 32)
FOUNDERS = (
    genesis.Founder("a" * 32, "https://a.example/actor", FIRST.public.multikey),
    genesis.Founder("b" * 32, "https://b.example/actor", SECOND.public.multikey),
)


def test_the_genesis_is_signed_and_travels_as_printed() -> None:
    first, second, founders = FIRST, SECOND, FOUNDERS
    salt = canonical.b64(bytes(16))
    heading = "\n### Genesis\n"
    assert genesis.message(founders, salt).decode() == block("text", heading).rstrip("\n")
    time_ms = int(AT.timestamp()) * 1000
    other = genesis.sign(founders, salt, second)
    made = genesis.write_genesis(founders, salt, other, time_ms=time_ms, signer=first)
    assert operation.to_line(made).decode() == block("json", heading).rstrip("\n")
    assert f"`{made.id}`" in TEXT


CONTROL = "\n### Example of the control log\n"


def test_the_control_log_goes_on_as_printed() -> None:
    begun = operation.read(block("json", "\n### Genesis\n").rstrip("\n").encode())
    time_ms = begun.header.time
    written = [operation.read(one.encode()) for one in lines("json", CONTROL, place=0)]
    log = LogHead(begun.header.log, 1, begun.id, time_ms)
    end = f"c/{'b' * 32}/0", 3, canonical.b64(bytes([7]) * 32)
    purged, logs = (end,), {end[0]: (end[1], end[2])}
    purging = consent.purging(begun.id, purged, "")
    rekeying = consent.rekeying(begun.id, "b" * 32, NEW.public.multikey, logs)
    assert [*purging.decode().splitlines(), *rekeying.decode().splitlines()] == lines(
        "text", CONTROL, place=0
    )
    words = {"a" * 32: consent.sign(purging, FIRST), "b" * 32: consent.sign(purging, SECOND)}
    candidate = genesis.Founder("b" * 32, FOUNDERS[1].actor, NEW.public.multikey)
    makes: tuple[Callable[[Place], Header], ...] = (
        lambda place: writing.policy(place, "live", "b" * 32),
        lambda place: writing.purge(place, purged, words),
        lambda place: writing.rekey(
            place,
            "b" * 32,
            NEW.public.multikey,
            acceptance=consent.sign_acceptance(begun.id, candidate, NEW),
            words={"a" * 32: consent.sign(rekeying, FIRST)},
            logs=logs,
        ),
    )
    state = control.start(genesis.open_genesis(begun))
    for make, one in zip(makes, written, strict=True):
        made = operation.write(make(Place(begun.id, log, "", time_ms)), None, FIRST)
        assert operation.to_line(made) == operation.to_line(one)
        log = LogHead(made.header.log, made.header.seq, made.id, time_ms)
        state = state.after(made.id, made.header)
    assert control.policy(state, "b" * 32).release == "live"
    assert [one.erases for one in state.purges.values()] == [True]
    assert state.key_of(f"c/{'b' * 32}/8") == NEW.public.multikey


def test_the_acknowledgement_and_the_vote_are_signed_as_printed() -> None:
    begun = operation.read(block("json", "\n### Genesis\n").rstrip("\n").encode())
    rekey = operation.read(lines("json", CONTROL, place=0)[-1].encode())
    said, voted = lines("json", CONTROL, place=1)
    place = Place(begun.id, LogHead(f"c/{'b' * 32}/8"), rekey.id, begun.header.time)
    made = operation.write(writing.acknowledge(place), None, NEW)
    assert operation.to_line(made).decode() == said
    vote = Vote(1, begun.id, "b" * 32, 1, "b" * 32, rekey.id)
    assert statement.to_line(sign_vote(vote, NEW)).decode() == voted
