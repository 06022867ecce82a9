"""`schoolgate init`: the data folder, the keys, the school's card, the first administrator."""

from pathlib import Path

import click

from node.actions import set_up
from node.actions.context import Context
from node.actions.set_up import FirstAdmin, NewSchool
from node.app import make_folder
from node.cli.running import folder_option, read_password, refusals_as_sentences, with_context
from protocol.errors import Reason, Refused


@click.command()
@folder_option
@click.option("--base-url", required=True, help="Public address, e.g. https://school.example")
@click.option(
    "--mode",
    type=click.Choice(["school", "hub"]),
    default="school",
    show_default=True,
    help="A school's node, or a hub that accredits schools.",
)
@click.option("--bare", is_flag=True, help="Leave school and administrator to the browser.")
@click.option(
    "--like",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another node's data folder, whose settings are taken over.",
)
@click.option("--school", "school_name", default="", help="The school's, or the hub's, name.")
@click.option("--country", default="", help="Two-letter country code, e.g. PT.")
@click.option("--city", default="", help="Town or city.")
@click.option("--admin-handle", default="", help="Sign-in name of the first administrator.")
@click.option("--admin-name", default="", help="Name of the first administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--development", is_flag=True, help="Allow http on loopback, to try things out.")
@click.option("--listen-host", default="127.0.0.1", show_default=True)
@click.option("--listen-port", type=click.IntRange(0, 65535), default=8420, show_default=True)
@refusals_as_sentences
def init(
    folder: Path,
    base_url: str,
    mode: str,
    bare: bool,
    like: Path | None,
    school_name: str,
    country: str,
    city: str,
    admin_handle: str,
    admin_name: str,
    password_stdin: bool,
    development: bool,
    listen_host: str,
    listen_port: int,
) -> None:
    """Set up a new node in a folder, or with --bare all that a browser does not do."""
    if bare and (school_name or country or city or admin_handle or admin_name):
        raise Refused(Reason.BAD_INPUT, "with --bare the browser asks for school and people")
    school = NewSchool(school_name, country.upper(), city)
    admin = FirstAdmin(admin_handle, admin_name, "" if bare else read_password(password_stdin))
    if not bare:
        set_up.check(school, admin)
    made = make_folder(
        folder,
        base_url,
        development=development,
        host=listen_host,
        port=listen_port,
        mode=mode,
        like=like,
    )
    if bare:
        click.echo(with_context(folder, set_up.offer))
        return

    async def fill(context: Context) -> str:
        return await set_up.set_up(context, school, admin)

    fingerprint = with_context(folder, fill)
    click.echo(f"{school_name} is set up in {folder}.")
    click.echo(f"  address       {made.node.base_url}")
    click.echo(f"  fingerprint   {fingerprint}")
    click.echo(f"  administrator {admin_handle}")
    click.echo(f"Start it with: schoolgate serve --folder {folder}")


@click.command("setup-address")
@folder_option
@refusals_as_sentences
def setup_address(folder: Path) -> None:
    """Print a new one-time address where a bare node is set up in a browser."""
    click.echo(with_context(folder, set_up.offer))
