"""`schoolgate space`: the TwinSpaces that this node keeps a replica of."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from node.actions import examine, import_space, kept, renewals, space_state
from node.actions import export as exporting
from node.actions.context import Context
from node.actions.examine import Findings
from node.actions.import_space import Brought
from node.actions.kept import Kept
from node.actions.permission import OPERATOR
from node.actions.space_state import MemberState, SpaceState
from node.cli.running import folder_option, refusals_as_sentences, with_context
from node.clock import stamp
from protocol.space.sync import Heads
from protocol.space.vocabulary import is_hash

MIB = 1 << 20
PREFIX = "space:"


class _SpaceCommand(click.Command):
    """A command about a space. One id of 64 begins with a hyphen, and is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(
            ctx, [f"{PREFIX}{one}" if one[:1] == "-" and is_hash(one) else one for one in args]
        )


def _bare(_: click.Context, __: click.Parameter, typed: str) -> str:
    return typed.removeprefix(PREFIX)


space_argument = click.argument("space_id", callback=_bare)
"""The id of a space, with or without `space:` before it."""


@click.group()
def space() -> None:
    """Look at the spaces of this node, and carry them away or bring them in."""


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


@space.command(cls=_SpaceCommand)
@space_argument
@folder_option
@refusals_as_sentences
def refold(space_id: str, folder: Path) -> None:
    """Make what people see of a space anew from its stored operations."""

    async def work(context: Context) -> None:
        await kept.show_anew(context, OPERATOR, space_id)

    with_context(folder, work)
    click.echo(f"{space_id} is folded anew.")


@space.command(cls=_SpaceCommand)
@space_argument
@folder_option
@refusals_as_sentences
def show(space_id: str, folder: Path) -> None:
    """Say how a space stands here: members, steward, logs, what is awaited, partners."""

    async def work(context: Context) -> SpaceState:
        return await space_state.describe(context, OPERATOR, space_id)

    for line in _describe(with_context(folder, work)):
        click.echo(line)


@space.command(cls=_SpaceCommand)
@space_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
@click.option(
    "--language", default="en", show_default=True, help="Language of the pages for readers."
)
@folder_option
@refusals_as_sentences
def export(space_id: str, file: Path, language: str, folder: Path) -> None:
    """Write a space to FILE: a zip with its logs, its files and pages for readers.

    Of what is hidden or in the trash it holds the signed headers only.
    """

    async def work(context: Context) -> int:
        return await exporting.export_now(context, OPERATOR, space_id, file, language)

    octets = with_context(folder, work)
    click.echo(f"{file}  {_size(octets)}")
    click.echo(
        "  It holds what the teachers of the space see, nothing hidden or in the trash. "
        "Keep it as carefully."
    )


@space.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
@click.option(
    "--reader", "readers", multiple=True, help="Who may read it here, where it is an archive."
)
@folder_option
@refusals_as_sentences
def import_(file: Path, readers: tuple[str, ...], folder: Path) -> None:
    """Verify FILE and take in what this node lacks of its space, or keep it as an archive."""

    async def work(context: Context) -> Brought:
        return await import_space.import_file(context, OPERATOR, file, readers)

    brought = with_context(folder, work)
    click.echo(f"{brought.space}{'  an archive, read only' if brought.archive else ''}")
    click.echo(
        f"    new here: {brought.operations} operations, {brought.payloads} payloads, "
        f"{brought.files} files, {brought.erased} erasures"
    )
    if brought.passed:
        click.echo(f"    passed over: {brought.passed} entries that count nowhere here")


def _describe(state: SpaceState) -> Iterator[str]:
    space, control = state.space, state.space.state
    yield f"{space.id}  {state.title}"
    yield f"    project: {space.project}"
    if space.ended == "archive":
        yield "    an archive that was brought in from a file; read only"
    elif space.ended:
        yield f"    this school {'left' if space.ended == 'left' else 'was removed'}; read only"
    elif control.closed:
        yield "    closed; read only"
    elif control.limit is not None:
        yield "    archived; read only until it is reopened"
    elif space.closed_to_writing:
        yield "    waits for partners to say what this node wrote before it was restored"
    yield "    members:"
    for one in state.members:
        yield f"        {_member(one)}, {_size(state.usage.get(one.node, 0))}"
    for paused in state.paused:
        origin = next((one.origin for one in state.members if one.node == paused.node), "")
        yield (
            f"    over quota: {origin or paused.node} since {stamp(paused.since_ms)}, "
            f"the setting quotas.{paused.quota}_mib; its logs wait"
        )
    yield (
        f"    keys of the space: epoch {control.epoch}, control operation {control.head[0]}, "
        f"settled up to {state.settled}"
    )
    log, seq = state.own_log
    yield f"    own log: {log} up to {seq}" if log else "    own log: not begun"
    yield f"    stored: {state.operations} operations in {state.logs} logs, {_size(state.bytes)}"
    for one_log in state.forked:
        yield f"    forked: {one_log} has two continuations and stopped there"
    for one_log in state.branches:
        yield f"    awaited: the branch of {one_log} that the control log names"
    if state.awaited:
        yield f"    awaited: {state.awaited} control operations that others name"
    if state.lacking:
        yield f"    awaited: {state.lacking} payloads"


def _member(one: MemberState) -> str:
    words = [one.origin]
    if one.own:
        words.append("this node")
    if one.steward:
        words.append("keeps the keys of the space")
    if not one.member:
        words.append("no member any more; cannot be forced to erase")
    exchange = one.exchange
    if exchange is not None:
        at = exchange.agreed_ms
        words.append("never held the same" if at is None else f"held the same at {stamp(at)}")
        if exchange.why:
            words.append(f"stands in the way: {exchange.why}")
    elif not one.own and one.member:
        words.append("no exchange with it")
    if one.overdue:
        words.append(f"{one.overdue} erasures not confirmed")
    return ", ".join(words)


def _size(octets: int) -> str:
    return f"{octets / MIB:.1f} MiB"


@space.command(cls=_SpaceCommand)
@space_argument
@folder_option
@refusals_as_sentences
def rekey(space_id: str, folder: Path) -> None:
    """Our key for a space was lost or stolen: make a new one and ask the others for their word."""

    async def work(context: Context) -> str:
        return await renewals.ask_as_operator(context, OPERATOR, space_id)

    number = with_context(folder, work)
    click.echo(f"{space_id} has asked for a new key. Telephone the other schools and read them:")
    click.echo(f"    {number}")
    click.echo("  Until they have confirmed it, this school writes nothing in this space.")


@space.command(cls=_SpaceCommand)
@space_argument
@folder_option
@refusals_as_sentences
def heads(space_id: str, folder: Path) -> None:
    """Print as JSON where every log of a space ends here, as partners see it."""

    async def work(context: Context) -> Heads:
        return await space_state.find_heads(context, OPERATOR, space_id)

    click.echo(json.dumps(with_context(folder, work).as_json(), indent=2))


@space.command(cls=_SpaceCommand)
@space_argument
@folder_option
@refusals_as_sentences
def verify(space_id: str, folder: Path) -> None:
    """Look again at every signature, hash and view of a space; exit with 1 if anything is wrong."""

    async def work(context: Context) -> Findings:
        return await examine.examine(context, OPERATOR, space_id)

    found = with_context(folder, work)
    click.echo(f"{space_id}")
    click.echo(
        f"    {found.operations} operations in {found.logs} logs, {found.payloads} payloads, "
        f"{found.blobs} files, {found.statements} erasures, {found.receipts} receipts, "
        f"{found.votes} votes, {found.objects} objects folded again"
    )
    for trouble in found.troubles:
        click.echo(f"    wrong: {trouble}")
    if found.more:
        click.echo(f"    and {found.more} more")
    if found.troubles:
        raise SystemExit(1)
    click.echo("    All of it is sound.")
