"""`schoolgate vault`: a sealed copy of what is kept about pupils, and back.

A node that runs meanwhile is normal for the first.
"""

from pathlib import Path

import click

from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom import keeping, vault_copies
from node.classroom.room import open_classroom
from node.cli.backup import passphrase_option, read_passphrase
from node.cli.running import folder_option, refusals_as_sentences, with_context
from node.clock import stamp
from protocol.errors import Reason, Refused


@click.group()
def vault() -> None:
    """What is kept about pupils; it lies in no backup of the node."""


@vault.command("backup")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),
    required=True,
    help="The file to write.",
)
@folder_option
@passphrase_option
@refusals_as_sentences
def back_up(to: Path, folder: Path, passphrase_file: Path | None) -> None:
    """Copy the vault into one file that opens with a passphrase, and read it back."""

    async def work(context: Context) -> int:
        own, of = vault_copies.passphrase_file_of(context), vault_copies.OF_COPIES
        passphrase = read_passphrase(passphrase_file, own, new=True, of=of)
        async with open_classroom(context) as room:
            if room is None:
                raise Refused(Reason.BAD_INPUT, "a hub has no vault")
            return await keeping.back_up(room, OPERATOR, to, passphrase)

    octets = with_context(folder, work)
    click.echo(f"{to}")
    click.echo(f"  {octets} octets, read back and whole. Whoever opens it reads every name.")


@vault.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
@folder_option
@passphrase_option
@refusals_as_sentences
def restore(file: Path, folder: Path, passphrase_file: Path | None) -> None:
    """Put the vault of FILE into a node that has none; stop the node first."""

    async def work(context: Context) -> tuple[int, int]:
        own, of = vault_copies.passphrase_file_of(context), vault_copies.OF_COPIES
        passphrase = read_passphrase(passphrase_file, own, new=False, of=of)
        made_ms = await keeping.restore(context, OPERATOR, file, passphrase)
        async with open_classroom(context) as room:
            forgotten = 0 if room is None else await keeping.forget_again(room)
        return made_ms, forgotten

    made_ms, forgotten = with_context(folder, work)
    click.echo(f"The vault is restored, as it was at {stamp(made_ms)}. All pupils are signed out.")
    click.echo("  No card opens anything any more: print new ones for each class.")
    if forgotten:
        click.echo(f"  {forgotten} pupil(s) who were forgotten since are forgotten again.")
