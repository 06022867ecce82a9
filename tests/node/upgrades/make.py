"""Makes the database of the present release: `python -m tests.node.upgrades.make schema-0002`.

Run it once, with the last commit before a schema is released, and never again for that schema:
what matters is that the file was made by that release.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from node import events
from node.actions import contacts, forum, messages, news, notices, people
from node.actions.context import Context
from node.actions.notices import NoticeFields
from node.storage import contents, meta, spaces, views
from protocol.space.fold.forum import view
from tests import pictures
from tests.node.spaces import bringing
from tests.node.spaces.schools import found_together
from tests.nodes import Node, VirtualClock, make_partners, running, settle

HERE = Path(__file__).parent
NOTICE = NoticeFields(
    title="Partners for storks",
    purpose="looking_for_partners",
    text="Who counts with us?",
    language="en",
    languages=["en"],
    reach="public",
    days=60,
)


async def make(target: Path) -> None:
    """Two schools live for a while; one of them is kept in the empty folder `target`."""
    clock = VirtualClock()
    with tempfile.TemporaryDirectory() as scratch:
        async with (
            running("alpha", Path(scratch) / "alpha", clock) as alpha,
            running("beta", Path(scratch) / "beta", clock) as beta,
        ):
            await make_partners(alpha, beta)
            await live(alpha, beta)
            await alpha.context.database.backup(target / "node.sqlite")
            shutil.copy(alpha.folder.key_file, target / "keys" / "node.key")
            shutil.copy(alpha.folder.config_file, target / "config.toml")
            expected = await describe(alpha.context)
            (target / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


async def live(alpha: Node, beta: Node) -> None:
    """A contact, a message, a founded project, threads, an edit, an erasure."""
    shared = await found_together(alpha, beta)
    ana, bob, space = shared.ana, shared.bob, shared.space
    await messages.send(alpha.context, ana, bob.actor, text="Olá!", language="pt")
    await people.publish_update(alpha.context, ana, text="We count storks.", language="en")
    thread = await forum.start_thread(
        alpha.context, ana, space, title="Storks", text="How many?", language="en"
    )
    await settle(alpha, beta)
    await forum.reply(beta.context, bob, space, thread, text="Seven, Łukasz says.", language="en")
    edited = await forum.reply(alpha.context, ana, space, thread, text="Nien.", language="en")
    await forum.edit(alpha.context, ana, space, edited, text="Nine.", language="en")
    erased = await forum.reply(alpha.context, ana, space, thread, text="Oops.", language="en")
    await settle(alpha, beta)
    await forum.erase(alpha.context, ana, space, erased)
    await settle(alpha, beta)
    tia = await alpha.account("tia")
    await contacts.offer(alpha.context, tia, ana.actor, "Lunch?")
    file = await bringing.publish(shared, pictures.plain("PNG"))
    await news.tell(alpha.context, ana, space, text="A picture!", language="en", pictures=[file])
    await notices.write(alpha.context, ana, NOTICE)
    await settle(alpha, beta)


async def describe(context: Context) -> dict[str, object]:
    """What people see of it: the forum of each space, and how much of everything there is."""
    async with context.database.read() as reader:
        counts = {
            table: await reader.count(f"SELECT count(*) FROM {table}")
            for table in ("accounts", "contacts", "messages", "objects", "operations", "payloads")
        }
        forums = {
            space.id: [
                [one.thread.title, one.thread.text, *(reply.text for reply in one.replies)]
                for one in view(await views.list_posts(reader, space.id))
            ]
            for space in await spaces.list_all(reader)
        }
        told = {
            space.id: {
                "updates": [one.text for one in await contents.list_updates(reader, space.id)],
                "files": [one.name for one in await contents.list_files(reader, space.id)],
            }
            for space in await spaces.list_all(reader)
        }
        listed = await reader.count("SELECT count(*) FROM listings")
        node = await meta.get(reader, "node")
    return {"node": node, "counts": counts, "forums": forums, "told": told, "listed": listed}


if __name__ == "__main__":
    events.silence()
    chosen = HERE / sys.argv[1]
    (chosen / "keys").mkdir(parents=True)
    asyncio.run(make(chosen))
