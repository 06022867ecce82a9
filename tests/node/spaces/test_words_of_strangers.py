"""A file in which words of schools lie that nobody here admitted, as a lost branch leaves them."""

import zipfile
from pathlib import Path

from node.actions import examine, export, forum, import_space
from node.actions.permission import OPERATOR
from node.storage import erasures, spaces
from protocol.keys import Signer
from protocol.space import erasure, operation, statement, succession, writing
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.succession import Vote
from protocol.space.writing import By, Place
from tests.node.spaces.schools import Shared, texts
from tests.node.spaces.test_erasure import WORD
from tests.nodes import Node, settle

STRANGER = "f" * 32
LOG = f"c/{STRANGER}/0"


def words_of_a_stranger(space: str, time_ms: int, erased: str) -> dict[str, list[bytes]]:
    """One word of each kind, sound but for the school that says it; by their place in the file."""
    signer = Signer.from_seed(bytes(31) + b"f")
    place = Place(space, LogHead(LOG, 0, "", 0), "", time_ms)
    spoken = operation.write(writing.thread(place, By("A" * 22), "B" * 21 + "A"), PAYLOAD, signer)
    after = Place(space, LogHead(LOG, 1, spoken.id, time_ms), space, time_ms)
    heard = operation.write(writing.acknowledge(after), None, signer)
    taken = erasure.sign_statement(
        space, STRANGER, [(LOG, 1, spoken.id)], time_ms=time_ms, signer=signer
    )
    receipt = erasure.sign_receipt(space, STRANGER, erased, time_ms=time_ms, signer=signer)
    vote = succession.sign_vote(Vote(1, space, STRANGER, 1, STRANGER, space), signer)
    return {
        f"replica/logs/{LOG.replace('/', '-')}.ndjson": _lines([spoken]),
        "replica/erasures.ndjson": [statement.to_line(taken)],
        "replica/receipts.ndjson": [statement.to_line(receipt)],
        "replica/votes.ndjson": [statement.to_line(vote)],
        "replica/acknowledgements.ndjson": _lines([heard]),
    }


PAYLOAD = '{"language":"en","text":"Nobody knows me.","title":"Who"}'


def _lines(operations: list[Operation]) -> list[bytes]:
    return [operation.to_line(one) for one in operations]


def mix(file: Path, target: Path, words: dict[str, list[bytes]]) -> None:
    """The same file, with `words` before what it says there."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as mixed:
        held = {name: source.read(name) for name in source.namelist()}
        for name in held | words:
            first = b"".join(line + b"\n" for line in words.get(name, []))
            mixed.writestr(name, first + held.get(name, b""))


async def test_lines_of_schools_that_nobody_admitted_are_passed_over_and_counted(
    shared: Shared, gamma: Node, tmp_path: Path
) -> None:
    alpha, space = shared.alpha, shared.space
    _, made = [
        await forum.start_thread(
            alpha.context, shared.ana, space, title="T", text=text, language="en"
        )
        for text in ("What stays.", f"A {WORD}.")
    ]
    await settle(alpha, shared.beta)
    await forum.erase(alpha.context, shared.ana, space, made)
    await settle(alpha, shared.beta)
    file, mixed = tmp_path / "space.zip", tmp_path / "mixed.zip"
    await export.export_now(alpha.context, OPERATOR, space, file, "en")
    async with alpha.context.database.read() as reader:
        ((erased,),) = (await erasures.list_ids(reader, space)).values()
    words = words_of_a_stranger(space, alpha.clock.now_ms(), erased)
    mix(file, mixed, words)
    brought = await import_space.import_file(gamma.context, OPERATOR, mixed, [])
    assert (brought.archive, brought.erased) == (True, 1)
    assert brought.passed == sum(map(len, words.values()))
    assert await texts(gamma, space) == await texts(alpha, space)
    assert (await examine.examine(gamma.context, OPERATOR, space)).troubles == []
    async with gamma.context.database.read() as reader:
        there = (await spaces.get(reader, space)).state
        for table in ("operations", "erasures", "receipts", "votes"):
            rows = await reader.all(f"SELECT * FROM {table} WHERE space = $1", space)
            assert STRANGER not in str(rows), table
    async with alpha.context.database.read() as reader:
        assert (await spaces.get(reader, space)).state == there
    again = await import_space.import_file(alpha.context, OPERATOR, mixed, [])
    assert (again.operations, again.payloads, again.erased) == (0, 0, 0)
    assert again.passed == brought.passed
