"""`schoolgate migrate`: the database brought to this program's schema, before it is served."""

import asyncio
from pathlib import Path

import click

from node.actions.upgrade import upgrade
from node.cli.running import folder_option, refusals_as_sentences
from node.clock import SystemClock
from node.folder import Folder


@click.command()
@folder_option
@click.option(
    "--keep",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Copy the database here first, to go back to.",
)
@refusals_as_sentences
def migrate(folder: Path, keep: Path | None) -> None:
    """Bring a stopped node's database to this program's schema; `serve` does it as well."""
    applied = asyncio.run(upgrade(Folder(folder), SystemClock(), keep))
    if applied:
        click.echo(f"Applied {', '.join(f'{number:04}' for number in applied)}.")
    else:
        click.echo("The database is up to date.")
