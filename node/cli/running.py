"""What the commands share: the folder option, opening the node, how a refusal is printed."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from node import events
from node.actions.context import Context
from node.app import open_context
from node.folder import Folder
from protocol.errors import Reason, Refused

P = ParamSpec("P")
T = TypeVar("T")

folder_option = click.option(
    "--folder",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SCHOOLGATE_FOLDER",
    default=Path("schoolgate-data"),
    show_default=True,
    help="The node's data folder.",
)


MAX_CARD_CHARACTERS = 100_000
card_option = click.option(
    "--card",
    type=click.File("r", encoding="utf-8"),
    help="The other server's card, where it cannot be looked up; '-' is standard input.",
)


def refusals_as_sentences(command: Callable[P, T]) -> Callable[P, T]:
    """Print a Refused as one line on standard error and exit with 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            click.echo(f"schoolgate: {refused.detail or refused.reason}", err=True)
            raise SystemExit(1) from None

    return run


def with_context(folder: Path, work: Callable[[Context], Awaitable[T]]) -> T:
    """Open the node in `folder`, do `work`, close it. A running `serve` beside it is normal."""

    async def run() -> T:
        async with open_context(Folder(folder), os.environ) as context:
            return await work(context)

    events.silence()
    return asyncio.run(run())


def read_time(text: str) -> int:
    """A moment as people write it, in UTC, in milliseconds. Refuses with BAD_INPUT."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            Reason.BAD_INPUT, "write the time like 2026-11-20T10:00, in UTC", field="since"
        ) from None
    at = read if read.tzinfo else read.replace(tzinfo=UTC)
    return int(at.timestamp() * 1000)


def read_password(from_stdin: bool) -> str:
    """A new password: asked for twice at the terminal, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
