"""`schoolgate move`: this node is reached under another domain from now on."""

from pathlib import Path

import click

from node import config
from node.actions import actors, addresses
from node.actions.context import Context
from node.cli.running import folder_option, refusals_as_sentences, with_context
from node.folder import Folder


@click.command()
@click.option("--to", "address", required=True, help="New public address, https://new.example")
@folder_option
@refusals_as_sentences
def move(address: str, folder: Path) -> None:
    """Be reached at another address; the names that were given stay.

    The new address has to lead to this node already, beside the old one.
    """

    async def check(context: Context) -> str:
        return await addresses.check_new(context, address)

    async def announce(context: Context) -> None:
        await actors.renew_node(context)
        await addresses.renew(context)

    new = with_context(folder, check)
    config.put(Folder(folder).config_file, "node", "address", new or None)
    with_context(folder, announce)
    click.echo("Partners are told as soon as the node runs; now restart it.")
    click.echo("Let the old address answer as long as you can: who was away looks there first.")
