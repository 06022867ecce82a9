"""One small file out of a form."""

from aiohttp import BodyPartReader, web

from protocol.errors import Reason, Refused

PIECE_BYTES = 65_536


async def read_file(request: web.Request, name: str, *, most: int) -> bytes:
    """The octets of the file in the field `name`; none where none was chosen.

    Refuses with UNSUPPORTED_MEDIA_TYPE another kind of form, TOO_LARGE more than `most` octets,
    BAD_INPUT what is no multipart/form-data.
    """
    if request.content_type != "multipart/form-data":
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "send files as multipart/form-data")
    octets = b""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name != name:
                continue
            while piece := await part.read_chunk(PIECE_BYTES):
                octets += piece
                if len(octets) > most:
                    raise Refused(Reason.TOO_LARGE, f"the file may have {most} octets")
    except (ValueError, RuntimeWarning):
        # aiohttp warns of a part's header that cannot be read, and takes it for empty.
        raise Refused(Reason.BAD_INPUT, "the form is no multipart/form-data") from None
    return octets
