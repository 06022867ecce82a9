"""`schoolgate privacy`: the record of processing, the draft of the assessment and the notices, made
anew from what the program keeps, as a page or as text.
"""

from pathlib import Path

import click

from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom.room import look_into_classroom
from node.cli.running import folder_option, refusals_as_sentences, with_context
from node.web import plain_text, privacy_papers
from node.web.privacy_papers import Paper
from protocol.errors import Reason, Refused

_to = click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),
    help="The file to write; else it is printed.",
)
_language = click.option(
    "--language", default="en", show_default=True, help="A language that the pages have."
)
_text = click.option("--text", "as_text", is_flag=True, help="Text instead of a page (HTML).")


@click.group()
def privacy() -> None:
    """What the school keeps about people, as papers to print, file or publish."""


@privacy.command()
@folder_option
@_to
@_language
@_text
@refusals_as_sentences
def record(folder: Path, to: Path | None, language: str, as_text: bool) -> None:
    """The record of processing activities (article 30 GDPR)."""
    _make(folder, "record", to, language, as_text=as_text)


@privacy.command()
@folder_option
@_to
@_language
@_text
@refusals_as_sentences
def assessment(folder: Path, to: Path | None, language: str, as_text: bool) -> None:
    """A draft of the data protection impact assessment (article 35 GDPR)."""
    _make(folder, "assessment", to, language, as_text=as_text)


@privacy.command()
@click.option("--pupils", is_flag=True, help="The one in plain words, for pupils.")
@folder_option
@_to
@_language
@_text
@refusals_as_sentences
def notice(folder: Path, to: Path | None, language: str, as_text: bool, pupils: bool) -> None:
    """The notice that everybody may read at /privacy."""
    paper: Paper = "notice for pupils" if pupils else "notice"
    _make(folder, paper, to, language, as_text=as_text)


def _make(folder: Path, paper: Paper, to: Path | None, language: str, *, as_text: bool) -> None:
    async def work(context: Context) -> str:
        async with look_into_classroom(context) as room:
            return await privacy_papers.write(context, room, OPERATOR, paper, language=language)

    made = with_context(folder, work)
    if as_text:
        made = plain_text.as_text(made)
    if to is None:
        click.echo(made, nl=not made.endswith("\n"))
        return
    try:
        to.write_text(made, encoding="utf-8")
    except OSError as error:
        raise Refused(Reason.STORAGE_FULL, f"{to} cannot be written: {error.strerror}") from None
    click.echo(f"{to}")
