"""A replica is looked at as if a stranger had brought it, and whatever was changed is found."""

import asyncio
import json

import pytest

from node.actions import examine, forum
from node.actions.permission import OPERATOR
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.cli.test_commands import run
from tests.node.spaces.bringing import publish
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle


@pytest.fixture
async def full(shared: Shared) -> Shared:
    """Threads, replies, a page, a file, and something erased at both schools."""
    here, there = shared.alpha.context, shared.beta.context
    thread = await forum.start_thread(
        here, shared.ana, shared.space, title="Storks", text="They came.", language="en"
    )
    gone = await forum.start_thread(
        here, shared.ana, shared.space, title="Gone", text="Gone soon.", language="en"
    )
    await settle(shared.alpha, shared.beta)
    await forum.reply(there, shared.bob, shared.space, thread, text="Here too.", language="en")
    await publish(shared, pictures.tagged("JPEG", (320, 240)))
    await forum.erase(here, shared.ana, shared.space, gone)
    paper = await begin(shared)
    await paper.add("ana", "One.")
    await settle(shared.alpha, shared.beta)
    return shared


async def troubles(node: Node, space: str) -> list[str]:
    return (await examine.examine(node.context, OPERATOR, space)).troubles


async def change(node: Node, sql: str) -> None:
    async with node.context.database.rebuild() as transaction:
        assert await transaction.run(sql), "the plant must take"


async def test_whole_replicas_are_sound(full: Shared) -> None:
    for node in (full.alpha, full.beta):
        found = await examine.examine(node.context, OPERATOR, full.space)
        assert found.troubles == []
        assert found.operations > 8
        assert (found.blobs, found.statements, found.receipts) == (2, 1, 1)
        assert found.objects > 4


PLANTED = {
    "a header of another text": "UPDATE operations SET header = CAST(replace(CAST(header AS TEXT), "
    "'1795', '1794') AS BLOB) WHERE seq = 2 AND log LIKE 'c/%'",
    "a foreign signature": "UPDATE operations SET signature = zeroblob(64) "
    "WHERE seq = 2 AND log LIKE 'c/%'",
    "a signature of the genesis": "UPDATE operations SET signature = zeroblob(64) "
    "WHERE log LIKE 'k/%'",
    "another payload": "UPDATE payloads SET payload = replace(payload, 'Here', 'Else') "
    "WHERE payload LIKE '%Here too%'",
    "a missing payload": "DELETE FROM payloads WHERE payload LIKE '%Here too%'",
    "a gap": "DELETE FROM operations WHERE seq = 2 AND log LIKE 'c/%'",
    "a chain that ends elsewhere": "UPDATE logs SET head = json_set(head, '$.seq', 1) "
    "WHERE log LIKE 'c/%'",
    "a role that nobody declared": "UPDATE space_roles SET role = 'pupil'",
    "a void operation": "UPDATE operations SET void = 'left' WHERE seq = 2 AND log LIKE 'c/%'",
    "an operation under a foreign name": "UPDATE operations SET object = 'other' "
    "WHERE seq = 2 AND log LIKE 'c/%'",
    "a statement that was changed": "UPDATE erasures SET statement = replace(statement, "
    "'1795', '1794')",
    "a statement that is gone": "DELETE FROM erasures",
    "a noted erasure that is gone": "DELETE FROM erased",
    "a receipt that was changed": "UPDATE receipts SET receipt = replace(receipt, '1795', '1794')",
    "a post of another text": "UPDATE posts SET text = 'Never said.' WHERE text = 'Here too.'",
    "a post of nobody": "INSERT INTO posts (space, home, object, kind, thread, op, head, actor, "
    "time_ms, standing, answers, contributors, edited_ms, audience, reach, title, text, language) "
    "SELECT space, home, 'AAAAAAAAAAAAAAAAAAAAAA', kind, thread, op, head, actor, time_ms, "
    "standing, answers, contributors, edited_ms, audience, reach, title, text, language "
    "FROM posts LIMIT 1",
    "a block of another text": "UPDATE page_blocks SET told = replace(told, 'One.', 'Two.')",
    "a person of another name": "UPDATE space_people SET name = 'Somebody'",
    "another steward": "UPDATE spaces SET state = json_set(state, '$.steward', "
    "'ffffffffffffffffffffffffffffffff')",
    "an erased payload that came back": "INSERT INTO payloads (space, op, payload) "
    "SELECT space, op, '{}' FROM erased",
    "a reference that is gone": "DELETE FROM blob_references",
    "bytes that nobody notes": "DELETE FROM blobs",
}


class Undone(Exception):
    """Ends a transaction that must not last."""


async def plant(node: Node, space: str, planted: str) -> None:
    """Change something, look, and undo the change. Raises Undone."""
    async with node.context.database.rebuild() as transaction:
        assert await transaction.run(PLANTED[planted]), planted
        found = await examine.look_at(node.context, transaction, space)
        assert found.troubles, planted
        raise Undone


async def test_whatever_was_changed_is_found(full: Shared) -> None:
    for planted in PLANTED:
        with pytest.raises(Undone):
            await plant(full.beta, full.space, planted)
    assert await troubles(full.beta, full.space) == []


async def test_damaged_bytes_are_found(full: Shared) -> None:
    place = next((full.beta.folder.path / "blobs").glob("[0-9a-f][0-9a-f]/*"))
    octets = place.read_bytes()
    place.write_bytes(bytes([octets[0] ^ 1]) + octets[1:])
    assert [one for one in await troubles(full.beta, full.space) if "damaged" in one]
    place.unlink()
    assert [one for one in await troubles(full.beta, full.space) if "not on the disk" in one]


async def test_the_command_line_says_how_a_space_stands(full: Shared) -> None:
    folder = full.alpha.folder.path
    shown = await asyncio.to_thread(run, folder, "space", "show", full.space)
    assert shown.exit_code == 0, shown.output
    assert "keeps the keys of the space" in shown.output
    assert f"{full.beta.url}, held the same at" in shown.output
    assert "not confirmed" not in shown.output
    sound = await asyncio.to_thread(run, folder, "space", "verify", full.space)
    assert sound.exit_code == 0, sound.output
    assert "All of it is sound." in sound.output
    printed = await asyncio.to_thread(run, folder, "space", "heads", full.space)
    heads = json.loads(printed.output)
    assert heads["space"] == full.space
    await change(full.alpha, PLANTED["a person of another name"])
    wrong = await asyncio.to_thread(run, folder, "space", "verify", full.space)
    assert wrong.exit_code == 1
    assert "wrong: " in wrong.output


async def test_a_space_that_is_not_here_is_named(full: Shared) -> None:
    for command in ("show", "verify", "heads"):
        done = await asyncio.to_thread(run, full.alpha.folder.path, "space", command, "A" * 43)
        assert done.exit_code == 1
        assert "schoolgate space list" in done.output
    with pytest.raises(Refused) as refused:
        await examine.examine(full.alpha.context, OPERATOR, "A" * 43)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_what_a_partner_has_not_confirmed_is_counted(full: Shared) -> None:
    await full.beta.close_doors()
    here = full.alpha.context
    thread = await forum.start_thread(
        here, full.ana, full.space, title="Late", text="Gone too.", language="en"
    )
    await forum.erase(here, full.ana, full.space, thread)
    await settle(full.alpha)
    shown = await asyncio.to_thread(run, full.alpha.folder.path, "space", "show", full.space)
    assert "1 erasures not confirmed" in shown.output
    await full.beta.open_doors()
