"""`schoolgate partner`: who this node exchanges anything with."""

from pathlib import Path
from typing import TextIO

import click

from node.actions import partners
from node.actions import rekey as rekeying
from node.actions.context import Context
from node.actions.partners import Found
from node.actions.permission import OPERATOR
from node.cli.running import (
    MAX_CARD_CHARACTERS,
    card_option,
    folder_option,
    read_time,
    refusals_as_sentences,
    with_context,
)
from node.storage.partners import Partner


@click.group()
def partner() -> None:
    """Add, compare, approve and block partner nodes."""


def _describe(found: Found) -> None:
    click.echo(f"{found.name} ({found.country}) at {found.origin}")
    click.echo(f"  fingerprint {found.fingerprint}")


@partner.command()
@click.argument("address")
@folder_option
@refusals_as_sentences
def add(address: str, folder: Path) -> None:
    """Look a node up by its address and note it down; nothing is exchanged yet."""

    async def work(context: Context) -> Found:
        return await partners.add(context, OPERATOR, address)

    found = with_context(folder, work)
    _describe(found)
    click.echo("Compare the fingerprint with the other school by telephone, then run:")
    click.echo(f"  schoolgate partner approve {found.origin} '{found.fingerprint}'")


@partner.command("add-card")
@click.argument("card", type=click.File("r", encoding="utf-8"))
@folder_option
@refusals_as_sentences
def add_card(card: TextIO, folder: Path) -> None:
    """Note down a node that accepts no connection by its CARD, a file ("-": standard input)."""
    text = card.read(MAX_CARD_CHARACTERS)

    async def work(context: Context) -> Found:
        return await partners.add_card(context, OPERATOR, text)

    found = with_context(folder, work)
    _describe(found)
    click.echo("Compare the fingerprint with the other school by telephone, then run:")
    click.echo(f"  schoolgate partner approve {found.origin} '{found.fingerprint}'")


@partner.command()
@folder_option
@refusals_as_sentences
def card(folder: Path) -> None:
    """Print this node's card, for partners that cannot look it up."""

    async def work(context: Context) -> str:
        return await partners.get_card(context, OPERATOR)

    click.echo(with_context(folder, work))


@partner.command()
@click.argument("origin")
@click.argument("fingerprint")
@folder_option
@refusals_as_sentences
def approve(origin: str, fingerprint: str, folder: Path) -> None:
    """Approve a noted node whose fingerprint is FINGERPRINT."""

    async def work(context: Context) -> None:
        await partners.approve(context, OPERATOR, origin, fingerprint)

    with_context(folder, work)
    click.echo(f"{origin} is approved.")


@partner.command()
@click.argument("origin")
@click.option("--fingerprint", "compared", required=True, help="As the school read it out.")
@click.option("--since", required=True, help="Since when the old key may have been stolen (UTC).")
@card_option
@folder_option
@refusals_as_sentences
def rekey(origin: str, compared: str, since: str, card: TextIO | None, folder: Path) -> None:
    """A partner approved by hand has a new key, because the old one is lost or stolen."""
    brought = "" if card is None else card.read(MAX_CARD_CHARACTERS)

    async def work(context: Context) -> None:
        since_ms = read_time(since)
        await rekeying.take(
            context, OPERATOR, origin, compared=compared, since_ms=since_ms, card=brought
        )

    with_context(folder, work)
    click.echo(f"{origin} is known by its new key.")


@partner.command()
@click.argument("origin")
@folder_option
@refusals_as_sentences
def block(origin: str, folder: Path) -> None:
    """Exchange nothing with a node any more."""

    async def work(context: Context) -> None:
        await partners.block(context, OPERATOR, origin)

    with_context(folder, work)
    click.echo(f"{origin} is blocked.")


@partner.command()
@click.argument("origin")
@folder_option
@refusals_as_sentences
def unblock(origin: str, folder: Path) -> None:
    """Lift a block; the node must be approved again."""

    async def work(context: Context) -> None:
        await partners.unblock(context, OPERATOR, origin)

    with_context(folder, work)
    click.echo(f"{origin} is no longer blocked; approve it to exchange with it again.")


@partner.command("list")
@folder_option
@refusals_as_sentences
def list_partners(folder: Path) -> None:
    """List all partner nodes with their state."""

    async def work(context: Context) -> list[Partner]:
        return await partners.list_partners(context, OPERATOR)

    for one in with_context(folder, work):
        click.echo(f"{one.state:9} {one.origin}  {one.name}")
