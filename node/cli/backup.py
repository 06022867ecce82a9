"""`schoolgate backup`, `schoolgate restore`, `schoolgate verify`: sealed copies of a whole node.

A node that runs meanwhile is normal for the first and the last.
"""

import asyncio
from pathlib import Path

import click

from node.actions import backup as backups
from node.actions import restore as restoring
from node.actions import verify as verifying
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.cli.running import folder_option, refusals_as_sentences, with_context
from node.clock import stamp
from node.folder import Folder
from node.storage import sealed
from node.storage.archive import Content
from protocol.errors import Reason, Refused

MIB = 1 << 20
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that holds the passphrase; else the node's own, else it is asked for.",
)


@click.command()
@folder_option
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="A file, or a folder in which the oldest backups are removed.",
)
@passphrase_option
@refusals_as_sentences
def backup(folder: Path, to: Path | None, passphrase_file: Path | None) -> None:
    """Copy everything that this node holds into one file, and read it back."""

    async def work(context: Context) -> tuple[Path, Content]:
        own = backups.passphrase_file_of(context)
        passphrase = read_passphrase(passphrase_file, own, new=True)
        return await backups.make_now(context, OPERATOR, passphrase, to)

    file, content = with_context(folder, work)
    click.echo(f"{file}")
    click.echo(f"  {_describe(content)}, read back and whole.")
    trouble = verifying.trouble_of(content)
    if trouble:
        click.echo(f"  But {trouble}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
@folder_option
@passphrase_option
@refusals_as_sentences
def restore(file: Path, folder: Path, passphrase_file: Path | None) -> None:
    """Make the node of backup FILE anew, in a folder that holds none."""
    home = Folder(folder)
    passphrase = read_passphrase(passphrase_file, home.backup_passphrase_file, new=False)
    apart, content = asyncio.run(restoring.unpack(file, passphrase, home))

    async def work(context: Context) -> int:
        return await restoring.settle(context, home)

    obeyed = with_context(apart.path, work)
    restoring.move_in(apart, home)
    click.echo(f"{content.about.base_url} is restored in {folder}, as it was at {_when(content)}.")
    if obeyed:
        click.echo(f"  {obeyed} erasure(s) that were made since have been obeyed again.")
    click.echo("  Everybody has to sign in again; open invitations are void.")
    click.echo(f"Start it with: schoolgate serve --folder {folder}")
    click.echo("It asks its partners for what was said since, and only then writes again.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
@folder_option
@passphrase_option
@refusals_as_sentences
def verify(file: Path, folder: Path, passphrase_file: Path | None) -> None:
    """Say whether backup FILE is whole: every hash, the database, the keys."""
    home = Folder(folder)
    passphrase = read_passphrase(passphrase_file, home.backup_passphrase_file, new=False)
    trouble, content = "", None
    try:
        content = asyncio.run(verifying.verify(file, passphrase))
        trouble = verifying.trouble_of(content)
    except Refused as refused:
        if refused.reason is not Reason.BAD_DATA_FOLDER:
            raise
        trouble = refused.detail
    if home.config_file.exists():

        async def note(context: Context) -> None:
            await backups.note_verified(context, OPERATOR, file, trouble)

        with_context(folder, note)
    if content is None or trouble:
        raise Refused(Reason.BAD_DATA_FOLDER, trouble)
    click.echo(f"{file} is whole: {content.about.base_url} as it was at {_when(content)},")
    click.echo(f"  {_describe(content)}; its database is sound and its keys open.")


def read_passphrase(file: Path | None, own: Path, *, new: bool, of: str = sealed.OF_BACKUPS) -> str:
    """The passphrase `of` something in `file`, else in the node's own one, else asked for (twice
    for a `new` backup)."""
    if file is not None or own.exists():
        return sealed.read_passphrase(file or own, of)
    passphrase: str = click.prompt(
        "Passphrase of the backup", hide_input=True, confirmation_prompt=new, err=True
    )
    return passphrase


def _describe(content: Content) -> str:
    size = f"{content.bytes / MIB:.1f} MiB"
    return f"{content.files} files ({content.blobs} of them people's), {size}"


def _when(content: Content) -> str:
    return stamp(content.about.made_ms)
