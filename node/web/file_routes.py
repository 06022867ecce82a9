"""The addresses of what is no page: bytes of files, and the forms and scripts that bring them."""

from aiohttp import web
from aiohttp.typedefs import Handler

from node.config import Settings
from node.web.class_routes import BRINGING, PICTURED
from node.web.door import Access
from node.web.pages import agency_schools, export, files, hub, uploads

PIECES = "/w/{space}/uploads/{upload}"
ENCLOSING = "/admin/hub/documents"
FORM_WITH_FILES = "/w/{space}/materials/new"

BYTES: list[tuple[str, str, Access, Handler]] = [
    ("GET", "/w/{space}/files/{file}", Access.ANYONE, files.get),
    ("GET", "/w/{space}/export/{export}", Access.STAFF, export.give),
    ("GET", "/w/{space}/files/{file}/thumbnail", Access.ANYONE, files.get_thumbnail),
    ("GET", "/w/{space}/uploads/{upload}/thumbnail", Access.ANYONE, files.get_brought),
    ("POST", "/w/{space}/uploads", Access.STAFF, uploads.begin),
    ("GET", PIECES, Access.STAFF, uploads.show),
    ("POST", PIECES, Access.STAFF, uploads.take),
    ("POST", f"{PIECES}/finish", Access.STAFF, uploads.finish),
    ("GET", "/agency/schools/{host}/documents/{number}", Access.OFFICER, agency_schools.document),
]
"""What is no page: the bytes of files, and the script that brings them."""


def most_bytes(request: web.Request, settings: Settings) -> int | None:
    """How many bytes a request may bring that brings files; None for what brings none."""
    resource = request.match_info.route.resource
    place = "" if resource is None or request.method != "POST" else resource.canonical
    if place == PIECES:
        return 4 * uploads.PIECE_BYTES
    if place == FORM_WITH_FILES:
        # Several files in one form; each is bounded by itself while it is read.
        return 2 * settings.files.video_mib << 20
    if place in (BRINGING, *PICTURED):
        return (settings.files.pupil_mib + 1) << 20
    if place == ENCLOSING:
        return (hub.MOST_AT_ONCE * settings.hub.document_mib + 1) << 20
    return None
