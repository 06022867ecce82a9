"""`schoolgate doctor`: is this node sound, in sentences."""

from pathlib import Path

import click

from node.actions import callbacks, check_up
from node.actions.check_up import Finding
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom import check_up as pupils
from node.cli.running import folder_option, refusals_as_sentences, with_context
from node.web import verdicts

MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


@click.command()
@folder_option
@click.option("--offline", is_flag=True, help="Ask nobody to call this node back.")
@refusals_as_sentences
def doctor(folder: Path, offline: bool) -> None:
    """Look the node over: database, keys, clock, partners, letters, disk, who looks after what
    pupils report; whether it is reached."""

    async def work(context: Context) -> list[Finding]:
        found = await check_up.check_up(context)
        if any("not set up" in one.sentence for one in found):
            return found
        found += await pupils.check_up(context)
        if offline:
            return found
        return [*found, *await _reached(context)]

    found = with_context(folder, work)
    for one in found:
        click.echo(f"{MARKS[one.state]}  {one.sentence}")
    if any(one.state == "bad" for one in found):
        raise SystemExit(1)


async def _reached(context: Context) -> list[Finding]:
    """What a hub or a partner finds that calls this node back."""
    if context.settings.node.reachability == "outbound-only":
        return [Finding("note", verdicts.CLOSED)]
    verdict = await callbacks.ask(context, OPERATOR)
    if verdict is None:
        return [Finding("note", verdicts.NOBODY)]
    values = verdicts.values_of(verdict)
    found = [Finding("ok" if verdict.is_reached else "bad", verdicts.sentence_of(verdict) % values)]
    if verdict.is_clock_off and verdict.why != callbacks.CLOCK:
        found.append(Finding("bad", verdicts.CLOCK_OFF % values))
    return found
