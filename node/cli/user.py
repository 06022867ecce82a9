"""`schoolgate user`: the staff who sign in here."""

from datetime import datetime
from pathlib import Path

import click

from node.actions import people, succession
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.cli.running import folder_option, read_password, refusals_as_sentences, with_context
from node.storage.accounts import Account

roles_option = click.option(
    "--roles",
    default="teacher",
    show_default=True,
    help="teacher, admin, safeguarding, at a hub officer; several separated by commas.",
)


@click.group()
def user() -> None:
    """Add, invite, list and end accounts of staff."""


@user.command()
@click.argument("handle")
@click.option("--name", required=True, help="The person's name as others see it.")
@roles_option
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@folder_option
@refusals_as_sentences
def add(handle: str, name: str, roles: str, password_stdin: bool, folder: Path) -> None:
    """Add an account with a password."""
    password = read_password(password_stdin)

    async def work(context: Context) -> Account:
        return await people.add_account(
            context, OPERATOR, handle=handle, name=name, roles=_roles(roles), password=password
        )

    made = with_context(folder, work)
    click.echo(f"{made.handle} can sign in.")


@user.command()
@click.argument("handle")
@click.option("--name", required=True, help="The person's name as others see it.")
@roles_option
@folder_option
@refusals_as_sentences
def invite(handle: str, name: str, roles: str, folder: Path) -> None:
    """Print a one-time address where the invited person chooses a password."""

    async def work(context: Context) -> str:
        return await people.invite(
            context, OPERATOR, handle=handle, name=name, roles=_roles(roles), language="en"
        )

    click.echo(with_context(folder, work))


@user.command()
@click.argument("handle")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@folder_option
@refusals_as_sentences
def password(handle: str, password_stdin: bool, folder: Path) -> None:
    """Set a new password and sign the person out everywhere."""
    chosen = read_password(password_stdin)

    async def work(context: Context) -> None:
        await people.set_password(context, OPERATOR, handle, chosen)

    with_context(folder, work)
    click.echo(f"{handle} has a new password and is signed out everywhere.")


@user.command()
@click.argument("handle")
@click.option(
    "--on",
    "last_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day of a temporary account; without it the account ends at once.",
)
@click.option(
    "--successor", default="", help="The colleague who takes over this person's projects."
)
@folder_option
@refusals_as_sentences
def end(handle: str, folder: Path, last_day: datetime | None, successor: str) -> None:
    """End an account, at once or after a last day; what the person wrote stays."""

    async def work(context: Context) -> None:
        if last_day is None:
            await succession.end_account(context, OPERATOR, handle, successor=successor)
        else:
            await succession.set_end(
                context, OPERATOR, handle, last_day.date(), successor=successor
            )

    with_context(folder, work)
    if last_day is None:
        click.echo(f"{handle} can no longer sign in.")
    else:
        click.echo(f"{handle} can sign in until {last_day.date()}, in UTC.")


@user.command()
@click.argument("handle")
@folder_option
@refusals_as_sentences
def stay(handle: str, folder: Path) -> None:
    """Let a temporary account go on without a last day."""

    async def work(context: Context) -> None:
        await succession.set_end(context, OPERATOR, handle, None)

    with_context(folder, work)
    click.echo(f"{handle} stays.")


@user.command("list")
@folder_option
@refusals_as_sentences
def list_users(folder: Path) -> None:
    """List the accounts."""

    async def work(context: Context) -> list[Account]:
        return await people.list_accounts(context, OPERATOR)

    for one in with_context(folder, work):
        click.echo(f"{one.state:8} {one.handle:20} {','.join(sorted(one.roles)):14} {one.name}")


def _roles(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
