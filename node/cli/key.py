"""`schoolgate key`: the keys with which this node and its people sign."""

from pathlib import Path

import click

from node.actions import rekey
from node.actions import rotate as acting
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.cli.running import folder_option, read_time, refusals_as_sentences, with_context
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


@key.command()
@click.option(
    "--since",
    default="",
    help="Since when the old key may have been in other hands, in UTC: 2026-11-20T10:00. "
    "Without it: since now.",
)
@folder_option
@refusals_as_sentences
def replace(since: str, folder: Path) -> None:
    """Sign with a new key although the old one is lost or stolen: it announces nothing."""

    async def work(context: Context) -> str:
        since_ms = read_time(since) if since else context.now_ms()
        return await rekey.replace_own(context, OPERATOR, since_ms)

    click.echo(f"fingerprint {with_context(folder, work)}")
    click.echo("Partners do not know this key. Telephone your hub and read it this fingerprint;")
    click.echo("the hub tells the schools that it or others of its list accredit. Do the same with")
    click.echo("each school that you approved by hand. Nothing is exchanged before.")
