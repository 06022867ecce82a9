"""Style, icons and scripts: read once at start, served from memory under names with a fingerprint.

Nothing is looked up on the disk for a request, so no address can lead out of the folder.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_LAYERS = (
    "tokens",
    "base",
    "layout",
    "components",
    "exhibits",
    "walls",
    "paper",
    "classes",
    "print",
)
_LONG = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: its bytes, the same compressed, its type and its fingerprint."""

    plain: bytes
    packed: bytes
    content_type: str
    digest: str


class Assets:
    """All static files of the face, by name."""

    def __init__(self, contents: Mapping[str, bytes], packed: Mapping[str, bytes]) -> None:
        self._assets = {
            name: Asset(
                body,
                packed.get(name) or gzip.compress(body, mtime=0),
                _TYPES[name[name.rindex(".") :]],
                hashlib.sha256(body).hexdigest()[:12],
            )
            for name, body in contents.items()
        }

    def url(self, name: str) -> str:
        """The address of `name`; it changes when the file does. KeyError for no such file."""
        return f"/static/{self._assets[name].digest}/{name}"

    def symbols(self, name: str) -> frozenset[str]:
        """The names of the pictures in a sprite of ours."""
        return frozenset(re.findall(r'<symbol id="([^"]+)"', self._assets[name].plain.decode()))

    def names(self) -> list[str]:
        return sorted(self._assets)

    async def serve(self, request: web.Request) -> web.Response:
        """Answers `GET /static/{digest}/{name}`; 404 for whatever is not one of our files."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        # A page that was open during an upgrade asks by the old fingerprint: it gets the new
        # file, but its cache must not keep that under the old name.
        fresh = request.match_info["digest"] == asset.digest
        headers = {
            "Content-Type": asset.content_type,
            "Cache-Control": _LONG if fresh else _SHORT,
            "ETag": f'"{asset.digest}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.packed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=asset.plain, headers=headers)


def load() -> Assets:
    """The files of `node/web/static`; the style sheets joined into `face.css`, in their order."""
    root = files("node.web") / "static"
    contents: dict[str, bytes] = {}
    packed: dict[str, bytes] = {}
    for folder in ("", "vendor/"):
        for one in (root / folder if folder else root).iterdir():
            _take(one, folder, contents, packed)
    sheets = [(root / "css" / f"{layer}.css").read_bytes() for layer in _LAYERS]
    contents["face.css"] = b"\n".join(sheets)
    return Assets(contents, packed)


def _take(
    one: Traversable, folder: str, contents: dict[str, bytes], packed: dict[str, bytes]
) -> None:
    if not one.is_file():
        return
    if one.name.endswith(".gz"):
        packed[folder + one.name.removesuffix(".gz")] = one.read_bytes()
    elif one.name[one.name.rindex(".") :] in _TYPES:
        contents[folder + one.name] = one.read_bytes()
