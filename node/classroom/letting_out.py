"""How each kind of pupils' work is written into its space, by the teacher who answers for it."""

from typing import assert_never

from node.actions import copies, reactions
from node.actions import pupils as acting
from node.actions.context import Context
from node.actions.enclosed import Enclosed
from node.actions.materials import Said
from node.classroom import copying, pinning, reacting
from node.classroom.room import Classroom
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.spaces import Space
from node.storage.uploads import Upload
from node.vault.works import Work
from protocol.errors import Reason, Refused

LICENCE = "all-rights-reserved-by-school"
"""What stands on a pupil's file: others ask."""


async def let_out(
    room: Classroom, account: Account, work: Work, pseudonym: str, upload: Upload | None
) -> str:
    """Write a piece of work into the space; its reference there. `upload`: the bytes of its file.

    Refuses as the actions that it calls.
    """
    match work.kind:
        case "reply":
            return await acting.reply(
                room.context,
                account,
                work.space,
                work.inside,
                pseudonym=pseudonym,
                name=work.object,
                text=work.text,
                language=work.language,
                picture=_enclosed(work, upload),
            )
        case "card":
            card = pinning.card_of(work)
            return await acting.card(
                room.context,
                account,
                work.space,
                work.inside,
                pseudonym=pseudonym,
                name=work.object,
                text=card.text,
                colour=card.colour,
                column=card.column,
                language=card.language,
                picture=_enclosed(work, upload),
            )
        case "file":
            file = _enclosed(work, upload)
            if file is None:
                raise _gone()
            return await acting.file(
                room.context,
                account,
                work.space,
                file.upload,
                file.said,
                pseudonym=pseudonym,
                name=work.object,
            )
        case "reaction":
            return await acting.reaction(
                room.context,
                account,
                work.space,
                work.inside,
                pseudonym=pseudonym,
                name=work.object,
                sign=reacting.sign_of(work),
                language=work.language,
            )
        case "page":
            return await copies.release(
                room.context,
                account,
                work.space,
                work.inside,
                copying.changes_of(work),
                pseudonym=pseudonym,
            )
        case other:
            assert_never(other)


def _enclosed(work: Work, upload: Upload | None) -> Enclosed | None:
    """The file of a work as it is said in the space; None where it has none."""
    if work.file is None:
        return None
    if upload is None:
        raise _gone()
    said = Said(upload.name, work.alt, LICENCE, work.language, residency="home")
    return Enclosed(upload, said)


def _gone() -> Refused:
    return Refused(Reason.NOT_FOUND, "The bytes of this file are gone.")


async def is_out(context: Context, reader: Reader, space: Space, work: Work) -> bool:
    """Whether that happened, as far as the own log tells: by the name that the work has in the
    space, or by the bytes of what it says there."""
    if work.kind == "reaction":
        salt = reactions.salt_of(work.object)
        payload = reactions.payload_of(reacting.sign_of(work), work.language, salt)
        return await acting.has_reacted(reader, space, work.inside, payload)
    if work.kind == "page":
        return await copies.is_there(context, reader, space, copying.changes_of(work))
    return await acting.is_there(reader, space, work.object)
