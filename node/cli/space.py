"""`schoolgate space`: the TwinSpaces that this node keeps a replica of."""

from pathlib import Path

import click

from node.actions import kept
from node.actions.context import Context
from node.actions.kept import Kept
from node.actions.permission import OPERATOR
from node.cli.running import folder_option, refusals_as_sentences, with_context


@click.group()
def space() -> None:
    """Look at the spaces of this node."""


@space.command("list")
@folder_option
@refusals_as_sentences
def list_spaces(folder: Path) -> None:
    """List all spaces with their members and how much is stored."""

    async def work(context: Context) -> list[Kept]:
        return await kept.list_kept(context, OPERATOR)

    for one in with_context(folder, work):
        click.echo(f"{one.space}  {one.title}")
        click.echo(f"    {one.operations} operations of {', '.join(one.members)}")


@space.command()
@click.argument("space_id")
@folder_option
@refusals_as_sentences
def refold(space_id: str, folder: Path) -> None:
    """Make what people see of a space anew from its stored operations."""

    async def work(context: Context) -> None:
        await kept.refold(context, OPERATOR, space_id)

    with_context(folder, work)
    click.echo(f"{space_id} is folded anew.")
