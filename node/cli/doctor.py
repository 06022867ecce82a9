"""`schoolgate doctor`: is this node sound, in sentences."""

from pathlib import Path

import click

from node.actions import check_up
from node.actions.check_up import Finding
from node.actions.context import Context
from node.cli.running import folder_option, refusals_as_sentences, with_context

MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


@click.command()
@folder_option
@refusals_as_sentences
def doctor(folder: Path) -> None:
    """Look the node over: database, keys, clock, partners, waiting letters, disk."""

    async def work(context: Context) -> list[Finding]:
        return await check_up.check_up(context)

    found = with_context(folder, work)
    for one in found:
        click.echo(f"{MARKS[one.state]}  {one.sentence}")
    if any(one.state == "bad" for one in found):
        raise SystemExit(1)
