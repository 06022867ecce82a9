"""`schoolgate serve`: run the node until it is told to stop."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import click

from node.app import serve_folder
from node.cli.running import folder_option, refusals_as_sentences
from node.folder import Folder

_new_loop: Callable[[], asyncio.AbstractEventLoop]
try:
    import uvloop

    _new_loop = uvloop.new_event_loop
except ImportError:
    _new_loop = asyncio.new_event_loop


@click.command()
@folder_option
@click.option(
    "--role",
    type=click.Choice(["all", "web", "federation"]),
    default="all",
    show_default=True,
    help="Which doors this process opens: pages, other nodes, or both.",
)
@click.option("--listen-port", type=click.IntRange(0, 65535), help="Listen here instead.")
@refusals_as_sentences
def serve(folder: Path, role: Literal["all", "web", "federation"], listen_port: int | None) -> None:
    """Run the node. Ctrl-C or SIGTERM stops it cleanly."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(serve_folder(Folder(folder), os.environ, role, listen_port))
