"""The form of a pupil's reply or card with the picture that comes with it: read in one go, the
picture cleaned while it comes.

It works without a picture as any other form does. What cannot be handed in is kept for its author
as a draft, so that the picture need not be chosen twice; only with words that no draft may have,
such as too many, it goes.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import bringing, files
from node.classroom.files import Picture
from node.web import parts, pupil_words
from node.web.door import learner, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.parts import MULTIPART, NoForm
from protocol.errors import Reason, Refused

MAX_FIELD_BYTES = 65_536
MAX_FIELDS = 30


@dataclass(frozen=True)
class Sent:
    """What was sent. `hand_in` says that it is to be handed in, `bare` that the picture which is
    kept is to go; then none comes, whatever else was chosen."""

    form: Form
    picture: Picture | None
    hand_in: bool
    bare: bool

    def has_picture(self, kept: files.Facts | None = None) -> bool:
        """Whether there will be one, where one is `kept` so far."""
        return self.picture is not None or (kept is not None and not self.bare)

    def read_text(self, kept: files.Facts | None, *, longest: int) -> str:
        """The words; noted where they are missing. Of what is not handed in a picture may be all
        there is, or was."""
        may_be_empty = not self.hand_in and (self.picture is not None or kept is not None)
        return self.form.text("text", longest=longest, required=not may_be_empty)

    def read_alt(self, kept: files.Facts | None = None) -> str:
        """What is to be seen in the picture; noted where it is missing."""
        alt = self.form.text("alt", longest=files.MAX_ALT_CHARACTERS, required=False)
        if self.hand_in and self.has_picture(kept) and not alt:
            self.form.say("alt", later("Say what can be seen in it, for those who cannot see it."))
        return alt


@asynccontextmanager
async def read(request: web.Request, kept: files.Facts | None = None) -> AsyncIterator[Sent]:
    """What was sent, where a picture is `kept` so far; the bytes of the new one are gone when the
    block is left, unless they were kept. Refuses as `read_form`, and what is no form with
    BAD_INPUT."""
    async with AsyncExitStack() as held:
        if request.content_type == MULTIPART:
            form, picture, wrong = await _read_parts(request, held, kept)
        else:
            form, picture, wrong = await read_form(request), None, None
        how = form.value("how")
        bare = how == "bare"
        if wrong is not None and not bare:
            _note(form, wrong)
        yield Sent(
            form,
            None if bare else picture,
            hand_in=how not in ("draft", "bare"),
            bare=bare,
        )


def most_mib(request: web.Request) -> int:
    """So large a picture may be."""
    limits = request.app[CONTEXT].settings.files
    return min(limits.pupil_mib, limits.image_mib)


async def _read_parts(
    request: web.Request, held: AsyncExitStack, kept: files.Facts | None
) -> tuple[Form, Picture | None, Refused | None]:
    """What was typed, the picture, and why that could not be taken which was meant for one."""
    typed: dict[str, list[str]] = {}
    picture: Picture | None = None
    wrong: Refused | None = None
    async for part in parts.each(request):
        if part.name != "pictures":
            if sum(map(len, typed.values())) >= MAX_FIELDS:
                raise Refused(Reason.TOO_MANY_ITEMS, f"this form has {MAX_FIELDS} fields")
            typed.setdefault(str(part.name), []).append(await parts.text(part, MAX_FIELD_BYTES))
        elif part.filename and picture is None and wrong is None:
            coming = bringing.clean_picture(
                room_of(request),
                learner(request).pupil,
                name=part.filename,
                pieces=parts.pieces(part),
                instead=kept,
            )
            try:
                picture = await held.enter_async_context(coming)
            except NoForm:
                raise
            except Refused as refused:
                wrong = refused
                await parts.pass_over(part)
    return Form(typed), picture, wrong


def _note(form: Form, wrong: Refused) -> None:
    """Beside the field; what no file is to blame for goes on."""
    sentence = pupil_words.of_picture(wrong)
    if sentence is None:
        raise wrong
    most = wrong.facts.get("most_mib")
    form.say("pictures", sentence, most=most if isinstance(most, int) else 0)
