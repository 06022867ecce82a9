"""The form of a pupil's reply or card with the picture that comes with it: read in one go, the
picture cleaned while it comes.

It works without a picture as any other form does. What cannot be kept as it was meant is kept for
its author as far as it goes, so that no picture has to be chosen twice.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from node.actions.context import CONTEXT
from node.classroom import bringing, files
from node.classroom.files import Picture
from node.web import pupil_words
from node.web.door import learner, room_of
from node.web.forms import UNREADABLE, Form, read_form
from node.web.i18n import later
from protocol.errors import Reason, Refused

PIECE_BYTES = 65_536
MAX_FIELD_BYTES = 65_536
MAX_FIELDS = 30
_MULTIPART = "multipart/form-data"


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
        if request.content_type == _MULTIPART:
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
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            if part.name != "pictures":
                if sum(map(len, typed.values())) >= MAX_FIELDS:
                    raise Refused(Reason.TOO_MANY_ITEMS, f"this form has {MAX_FIELDS} fields")
                typed.setdefault(part.name, []).append(await _text(part))
            elif part.filename and picture is None and wrong is None:
                coming = bringing.clean_picture(
                    room_of(request),
                    learner(request).pupil,
                    name=part.filename,
                    pieces=_pieces(part),
                    instead=kept,
                )
                try:
                    picture = await held.enter_async_context(coming)
                except Refused as refused:
                    wrong = refused
                    # The rest of it is passed over, so that the answer is heard.
                    await part.release()
    except UNREADABLE:
        raise Refused(Reason.BAD_INPUT, f"the form is no {_MULTIPART}") from None
    return Form(typed), picture, wrong


def _note(form: Form, wrong: Refused) -> None:
    """Beside the field; what no file is to blame for goes on."""
    sentence = pupil_words.of_picture(wrong)
    if sentence is None:
        raise wrong
    most = wrong.facts.get("most_mib")
    form.say("pictures", sentence, most=most if isinstance(most, int) else 0)


async def _text(part: BodyPartReader) -> str:
    octets = b""
    while piece := await part.read_chunk(PIECE_BYTES):
        octets += piece
        if len(octets) > MAX_FIELD_BYTES:
            raise Refused(Reason.TOO_LARGE, f"a field holds at most {MAX_FIELD_BYTES} bytes")
    return octets.decode("utf-8")


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE_BYTES):
        yield bytes(piece)
