"""`schoolgate key`: the keys with which this node and its people sign."""

from pathlib import Path

import click

from node.actions import rotate as acting
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.cli.running import folder_option, refusals_as_sentences, with_context
from protocol import names


@click.group()
def key() -> None:
    """Change keys; the old ones announce the new."""


@key.command()
@click.option("--handle", default="", help="Somebody of this school, instead of the node itself.")
@click.option("--all", "everybody", is_flag=True, help="The node and everybody who works here.")
@folder_option
@refusals_as_sentences
def rotate(handle: str, everybody: bool, folder: Path) -> None:
    """Sign with a new key from now on, and tell every partner."""

    async def work(context: Context) -> list[tuple[str, str]]:
        actors = [
            names.person_id(context.base, handle)
            if handle
            else names.service_actor_id(context.base)
        ]
        if everybody:
            actors = await acting.list_actors(context, OPERATOR)
        return [(one, await acting.rotate(context, OPERATOR, one)) for one in actors]

    for actor, fingerprint in with_context(folder, work):
        click.echo(f"{actor}")
        click.echo(f"  fingerprint {fingerprint}")
    click.echo("Partners are told by the old key, which still counts for 90 days.")
