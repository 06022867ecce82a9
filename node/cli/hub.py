"""`schoolgate hub`: a school's hub; and at a hub, its schools and the hubs that it endorses."""

from pathlib import Path
from typing import TextIO

import click

from node.actions import accredit as accrediting
from node.actions import admissions, endorsements, membership, partners
from node.actions import refresh as refreshing
from node.actions import rekey as rekeying
from node.actions.context import Context
from node.actions.membership import Request
from node.actions.permission import OPERATOR
from node.cli.running import (
    MAX_CARD_CHARACTERS,
    card_option,
    folder_option,
    read_time,
    refusals_as_sentences,
    with_context,
)
from node.clock import moment
from node.storage import admissions as admission_rows
from node.storage import hubs
from node.storage import membership as membership_rows
from node.storage.admissions import Admission
from node.storage.hubs import HubRow
from node.storage.membership import Membership
from protocol import names
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, fingerprint
from protocol.reading import text_of

reason_option = click.option("--reason", required=True, help="Why; the school reads it.")
language_option = click.option("--language", default="en", show_default=True)
days_option = click.option("--days", type=int, help="How long it holds; else as the settings say.")


@click.group()
def hub() -> None:
    """Be accredited by a hub, or be one."""


@hub.command()
@click.argument("link")
@click.option("--register-number", required=True, help="The school's number in the register.")
@click.option("--reason", required=True, help="What shows that this is the school; whom to ask.")
@language_option
@folder_option
@refusals_as_sentences
def join(link: str, register_number: str, reason: str, language: str, folder: Path) -> None:
    """At a school: ask the hub of a join LINK to accredit it."""

    async def work(context: Context) -> None:
        request = Request(register_number, reason, language)
        await membership.join(context, OPERATOR, link, request)

    with_context(folder, work)
    click.echo("The hub has the request. `schoolgate hub status` says how it stands.")


@hub.command()
@folder_option
@refusals_as_sentences
def ask(folder: Path) -> None:
    """Ask the hubs now: whom they endorse, whom they revoked, how this school stands."""

    async def work(context: Context) -> None:
        await refreshing.refresh_now(context, OPERATOR)

    with_context(folder, work)
    click.echo("Asked.")


@hub.command()
@folder_option
@refusals_as_sentences
def status(folder: Path) -> None:
    """How this school stands at its hub, and whose word counts here."""

    async def work(context: Context) -> tuple[Membership | None, list[HubRow]]:
        async with context.database.read() as reader:
            return await membership_rows.find(reader), await hubs.list_all(reader)

    own, listed = with_context(folder, work)
    if own is None:
        click.echo("This node has no hub.")
    else:
        click.echo(f"{own.state} since {moment(own.since_ms):%Y-%m-%d} at {names.origin(own.hub)}")
        if own.credential is not None:
            click.echo(f"  until {text_of(own.credential, 'validUntil')[:10]}")
        if own.reason:
            click.echo(f"  {own.reason}")
    for one in listed:
        asked = "never asked" if one.asked_ms is None else f"asked {moment(one.asked_ms):%Y-%m-%d}"
        trouble = f"  ({one.trouble})" if one.trouble else ""
        click.echo(f"{one.origin}  {one.name}  {asked}{trouble}")


@hub.command()
@folder_option
@refusals_as_sentences
def leave(folder: Path) -> None:
    """At a school: have no hub any more. Whoever was admitted by its word is closed."""

    async def work(context: Context) -> None:
        await membership.leave(context, OPERATOR)

    with_context(folder, work)
    click.echo("This school has no hub any more.")


@hub.command()
@click.option("--label", default="", help="For your own list: whom the link is for.")
@click.option("--uses", type=int, default=1, show_default=True, help="How many schools may use it.")
@click.option("--days", type=int, default=admissions.LINK_DAYS, show_default=True)
@folder_option
@refusals_as_sentences
def link(label: str, uses: int, days: int, folder: Path) -> None:
    """At a hub: make a join link that a school's administrator pastes at home."""

    async def work(context: Context) -> str:
        return await admissions.make_link(context, OPERATOR, label=label, uses=uses, days=days)

    click.echo(with_context(folder, work))


@hub.command()
@folder_option
@refusals_as_sentences
def requests(folder: Path) -> None:
    """At a hub: the schools that wait to be accredited, and those that are."""

    async def work(context: Context) -> list[Admission]:
        async with context.database.read() as reader:
            waiting = await admission_rows.list_in(reader, "waiting")
            return [*waiting, *await admission_rows.list_in(reader, "accredited")]

    for one in with_context(folder, work):
        shown = fingerprint(PublicKey.read(accrediting.key_of(one)))
        name = text_of(one.school, "name")
        click.echo(f"{one.state:10} {one.origin}  {name}  {one.register_number}")
        if one.state == "waiting":
            click.echo(f"  {one.reason}")
            click.echo(f"  fingerprint {shown}")


@hub.command()
@click.argument("school")
@click.option("--fingerprint", "compared", default="", help="As the school read it out.")
@days_option
@folder_option
@refusals_as_sentences
def accredit(school: str, compared: str, days: int | None, folder: Path) -> None:
    """At a hub: accredit the SCHOOL at this address, which asked."""

    async def work(context: Context) -> None:
        admission = await _admission(context, school)
        await accrediting.accredit(context, OPERATOR, admission, compared=compared, days=days)

    with_context(folder, work)
    click.echo(f"{school} is accredited.")


@hub.command()
@click.argument("school")
@click.option("--fingerprint", "compared", required=True, help="As the school read it out.")
@click.option("--since", required=True, help="Since when the old key may have been stolen (UTC).")
@card_option
@folder_option
@refusals_as_sentences
def rekey(school: str, compared: str, since: str, card: TextIO | None, folder: Path) -> None:
    """At a hub: the accredited SCHOOL has a new key, because the old one is lost or stolen."""
    brought = "" if card is None else card.read(MAX_CARD_CHARACTERS)

    async def work(context: Context) -> None:
        admission = await _admission(context, school)
        since_ms = read_time(since)
        await rekeying.restate(
            context, OPERATOR, admission, compared=compared, since_ms=since_ms, card=brought
        )

    with_context(folder, work)
    click.echo(f"{school} is accredited with its new key.")


@hub.command()
@click.argument("school")
@reason_option
@language_option
@folder_option
@refusals_as_sentences
def refuse(school: str, reason: str, language: str, folder: Path) -> None:
    """At a hub: do not accredit the SCHOOL at this address, which asked."""

    async def work(context: Context) -> None:
        admission = await _admission(context, school)
        await accrediting.refuse(context, OPERATOR, admission, reason, language)

    with_context(folder, work)
    click.echo(f"{school} is refused.")


@hub.command()
@click.argument("school")
@days_option
@folder_option
@refusals_as_sentences
def renew(school: str, days: int | None, folder: Path) -> None:
    """At a hub: state the accreditation of a SCHOOL anew."""

    async def work(context: Context) -> None:
        await accrediting.renew(context, OPERATOR, await _admission(context, school), days=days)

    with_context(folder, work)
    click.echo(f"{school} is accredited anew.")


@hub.command()
@click.argument("school")
@reason_option
@language_option
@folder_option
@refusals_as_sentences
def revoke(school: str, reason: str, language: str, folder: Path) -> None:
    """At a hub: take the accreditation of a SCHOOL back."""

    async def work(context: Context) -> None:
        admission = await _admission(context, school)
        await accrediting.revoke(context, OPERATOR, admission, reason, language)

    with_context(folder, work)
    click.echo(f"{school} is no longer accredited.")


@hub.command()
@click.argument("address")
@folder_option
@refusals_as_sentences
def endorse(address: str, folder: Path) -> None:
    """At a hub: let another hub's accreditations count; it was approved as a partner before."""

    async def work(context: Context) -> None:
        await endorsements.endorse(context, OPERATOR, partners.origin_of(context, address))

    with_context(folder, work)
    click.echo(f"{address} is endorsed.")


@hub.command()
@click.argument("address")
@folder_option
@refusals_as_sentences
def unendorse(address: str, folder: Path) -> None:
    """At a hub: let another hub's accreditations count no more."""

    async def work(context: Context) -> None:
        actor = names.service_actor_id(partners.origin_of(context, address))
        await endorsements.take_back(context, OPERATOR, actor)

    with_context(folder, work)
    click.echo(f"{address} is endorsed no more.")


async def _admission(context: Context, school: str) -> str:
    """The newest request of the school at an address. Refuses with NOT_FOUND."""
    async with context.database.read() as reader:
        found = await admission_rows.find_of_origin(reader, partners.origin_of(context, school))
    if found is None:
        raise Refused(Reason.NOT_FOUND, f"No school at {school} has asked.")
    return found.id
