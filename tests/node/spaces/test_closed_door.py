"""A file from a school whose node accepts no connection comes in pieces that it sends itself."""

import asyncio
from pathlib import Path

from node.actions.materials import Said
from node.app import answer_calls
from tests.files import text
from tests.node.actions.test_calls import CLOSED, approve_each_other
from tests.node.spaces.bringing import bytes_at, files_at, publish
from tests.node.spaces.schools import open_together
from tests.nodes import Node, VirtualClock, running, settle

BASE = "http://127.0.0.1:9"


async def test_a_file_comes_from_a_node_that_accepts_no_connection(
    tmp_path: Path, clock: VirtualClock, beta: Node
) -> None:
    octets = text(2_000_000)
    settings = CLOSED | {"SCHOOLGATE_REMOTE__TIMEOUT_S": "8"}
    async with running("closed", tmp_path / "closed", clock, settings, BASE) as closed:
        await approve_each_other(closed, beta)
        async with answer_calls(closed.context):
            for _ in range(1_000):
                if beta.context.client.lines.is_listening(closed.url):
                    break
                await asyncio.sleep(0.01)
            shared = await open_together(closed, beta)
            await publish(shared, octets, Said("Plan.txt", "", "CC0-1.0", "en"))
            await settle(closed, beta)
            (file,) = await files_at(beta, shared.space)
            assert await bytes_at(beta, shared.space, file.sha256) == octets
