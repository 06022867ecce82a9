"""The proxy through which all connections to other machines go, where a school's network asks so.

The proxy resolves the partner's name, not this node: what its addresses are worth is then the
proxy's word (SECURITY.md). Certificates are checked as always, inside the tunnel.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from protocol.errors import Reason, Refused

_WRITTEN = re.compile(r"http://(?P<host>[A-Za-z0-9.-]{1,253}):(?P<port>[1-9][0-9]{0,4})/?")


@dataclass(frozen=True)
class OutboundProxy:
    """An HTTP proxy that lets through by CONNECT (RFC 9110 §9.3.6)."""

    host: str
    port: int
    password: str = field(default="", repr=False)
    """As it is sent: `Basic …`; empty where the proxy asks for none."""

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What the proxy hears besides the name that is wanted."""
        return {"Proxy-Authorization": self.password} if self.password else {}


def read_proxy(written: str | None, auth_file: str | None) -> OutboundProxy | None:
    """The settings `remote.outbound_proxy` and `remote.outbound_proxy_auth_file`.

    Refuses with BAD_SETTING an address of another form, and a file that does not hold a name and a
    password.
    """
    if written is None:
        return None
    match = _WRITTEN.fullmatch(written)
    if match is None or int(match["port"]) > 65_535:
        raise Refused(
            Reason.BAD_SETTING,
            "remote.outbound_proxy has to be written like http://proxy.example:3128; a name and a "
            "password belong in remote.outbound_proxy_auth_file",
        )
    password = "" if auth_file is None else _read_password(Path(auth_file))
    return OutboundProxy(match["host"].lower(), int(match["port"]), password)


def _read_password(file: Path) -> str:
    try:
        name, colon, password = file.read_text(encoding="utf-8").strip().partition(":")
    except (OSError, UnicodeDecodeError):
        name = colon = password = ""
    if not (name and colon and password):
        raise Refused(
            Reason.BAD_SETTING,
            f"remote.outbound_proxy_auth_file: {file} has to hold one line, name:password",
        )
    return aiohttp.encode_basic_auth(name, password, encoding="utf-8")
