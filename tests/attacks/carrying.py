"""Files in the form of a page without scripts, as any browser, or anybody, sends it."""

import io
import zipfile

from tests.attacks.speaking import Request, Told, send
from tests.attacks.visiting import Visitor

MARK = "-----a-mark-of-the-form"


def form_with(name: str, octets: bytes, kind: str = "application/pdf", more: str = "") -> bytes:
    """The body of a form that brings one file; `more` follows the file's name in its header."""
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="{name}"{more}\r\n'
    head += f"Content-Type: {kind}\r\n\r\n"
    return head.encode("utf-8", "surrogateescape") + octets + f"\r\n--{MARK}--\r\n".encode()


async def bring_form(ana: Visitor, space: str, body: bytes) -> Told:
    target = f"/w/{space}/materials/new"
    fields = {
        "content_type": f"multipart/form-data; boundary={MARK}",
        "origin": ana.node.url,
        "accept_language": "en",
    }
    request = ana.request("POST", target, fields)
    return await send(ana.node, Request("POST", target, request.fields, body))


def archive_of(*names: str, size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, bytes(size))
    return out.getvalue()
