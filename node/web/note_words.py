"""What a page says where the words of a note may tell of a pupil."""

from collections.abc import Iterator
from contextlib import contextmanager

from node.classroom.telling import Telling
from node.web.forms import Form
from node.web.i18n import later


@contextmanager
def mending_note(form: Form) -> Iterator[None]:
    """Around an action that takes a note: the words that may tell of a pupil are named at it."""
    try:
        yield
    except Telling as told:
        form.say(
            "note",
            later(
                "This may be a pupil's name, alias or class, which does not leave the school: "
                "%(words)s. Say it in other words."
            ),
            words=", ".join(told.words),
        )
