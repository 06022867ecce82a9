"""Schools as processes on real names: each behind a proxy of its own that ends TLS."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from scripts.demonstration.fleet import free_port
from scripts.demonstration.people import make_schools
from tests.certificates import Authority
from tests.forked import ForkedSchool
from tests.proxies import Aside, TlsProxy


@dataclass
class NamedSchool(ForkedSchool):
    """A school whose address is `https://{domain}`; its proxy listens at `tls_port`."""

    domain: str = ""
    tls_port: int = 0
    authority: Authority | None = None

    @property
    def base(self) -> str:
        return f"https://{self.domain}"

    @property
    def address(self) -> str:
        return self.domain

    def connect(self, timeout_s: float) -> http.client.HTTPConnection:
        assert self.authority is not None
        return _Behind(self.domain, self.tls_port, self.authority, timeout_s)


class _Behind(http.client.HTTPSConnection):
    """A browser that believes the authority, and finds the name on loopback."""

    def __init__(self, domain: str, port: int, authority: Authority, timeout_s: float) -> None:
        trusting = ssl.create_default_context(cafile=str(authority.file))
        super().__init__(domain, timeout=timeout_s, context=trusting)
        self._trusting = trusting
        self._behind = ("127.0.0.1", port)

    def connect(self) -> None:
        plain = socket.create_connection(self._behind, self.timeout)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=self.host)


def make_named(folder: Path, settings: dict[str, str]) -> tuple[NamedSchool, NamedSchool]:
    """`aveiro.example` and `lyon.example`, not yet set up; they know each other's place."""
    authority = Authority(folder / "authority")
    schools = make_schools(folder, free_port, NamedSchool)
    for school, domain in zip(schools, ("aveiro.example", "lyon.example"), strict=True):
        school.domain, school.tls_port = domain, free_port("127.0.0.1")
        school.authority = authority
    hosts = {one.domain: f"127.0.0.1:{one.tls_port}" for one in schools}
    for school in schools:
        school.settings |= settings | {
            "SCHOOLGATE_REMOTE__CA_FILE": str(authority.file),
            "SCHOOLGATE_REMOTE__HOSTS": json.dumps(hosts),
            "SCHOOLGATE_LISTEN__TRUSTED_PROXIES": '["127.0.0.1"]',
        }
    return schools


def open_proxy(aside: Aside, school: NamedSchool, **added: str) -> TlsProxy:
    """The school's own proxy, with the certificate for its name."""
    assert school.authority is not None
    proxy = TlsProxy(
        school.authority.issue(school.domain),
        (school.host, school.port),
        port=school.tls_port,
        added={name.replace("_", "-"): value for name, value in added.items()},
    )
    aside.open(proxy)
    return proxy
