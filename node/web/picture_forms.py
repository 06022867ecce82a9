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
    kept is to go."""

    form: Form
    picture: Picture | None
    hand_in: bool
    bare: bool

    def has_picture(self, kept: files.Facts | None = None) -> bool:
        """Whether there will be one, where one is `kept` so far."""
        return self.picture is not None or (kept is not None and not self.bare)

    def read_alt(self, kept: files.Facts | None = None) -> str:
        """What is to be seen in the picture; noted where it is missing."""
        alt = self.form.text("alt", longest=files.MAX_ALT_CHARACTERS, required=False)
        if self.hand_in and self.has_picture(kept) and not alt:
            self.form.say("alt", later("Say what can be seen in it, for those who cannot see it."))
        return alt


@asynccontextmanager
async def read(request: web.Request) -> AsyncIterator[Sent]:
    """What was sent; the bytes of the picture are gone when the block is left, unless they were
    kept. Refuses as `read_form`, and what is no form with BAD_INPUT."""
    async with AsyncExitStack() as held:
        if request.content_type == _MULTIPART:
            form, picture = await _read_parts(request, held)
        else:
            form, picture = await read_form(request), None
        how = form.value("how")
        yield Sent(form, picture, hand_in=how not in ("draft", "bare"), bare=how == "bare")


def most_mib(request: web.Request) -> int:
    """So large a picture may be."""
    limits = request.app[CONTEXT].settings.files
    return min(limits.pupil_mib, limits.image_mib)


async def _read_parts(request: web.Request, held: AsyncExitStack) -> tuple[Form, Picture | None]:
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
                )
                try:
                    picture = await held.enter_async_context(coming)
                except Refused as refused:
                    wrong = refused
                    # The rest of it is passed over, so that the answer is heard.
                    await part.release()
    except UNREADABLE:
        raise Refused(Reason.BAD_INPUT, f"the form is no {_MULTIPART}") from None
    form = Form(typed)
    if wrong is not None:
        sentence = pupil_words.of_file(wrong)
        if sentence is None:
            raise wrong
        most = wrong.facts.get("most_mib")
        form.say("pictures", sentence, most=most if isinstance(most, int) else 0)
    return form, picture


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
