"""Small files out of a form, with what was typed beside them."""

from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from node.web.forms import UNREADABLE
from protocol.errors import Reason, Refused

PIECE_BYTES = 65_536


async def read_files(request: web.Request, most: Mapping[str, int]) -> dict[str, bytes]:
    """The octets of each field named in `most`, which says how many each may have; none where no
    file was chosen.

    Refuses with UNSUPPORTED_MEDIA_TYPE another kind of form, TOO_LARGE (`field`) more octets than
    that, BAD_INPUT what is no multipart/form-data.
    """
    if request.content_type != "multipart/form-data":
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "send files as multipart/form-data")
    found = dict.fromkeys(most, b"")
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name not in found:
                continue
            octets = bytearray()
            while piece := await part.read_chunk(PIECE_BYTES):
                octets += piece
                if len(octets) > most[part.name]:
                    sentence = f"the file may have {most[part.name]} octets"
                    raise Refused(Reason.TOO_LARGE, sentence, field=part.name)
            found[part.name] = bytes(octets)
    except UNREADABLE:
        raise Refused(Reason.BAD_INPUT, "the form is no multipart/form-data") from None
    return found
