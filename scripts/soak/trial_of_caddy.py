"""`scripts/soak/caddy`: two schools behind one real Caddy, as `scripts/install` sets it up.

Caddy's own authority takes the place of a public one, and ports above 1024 those of the web.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.demonstration.check import Walk
from scripts.demonstration.fleet import free_port
from tests.certificates import Authority
from tests.faults.pairs import SETTINGS
from tests.house.tree import ROOT
from tests.named import NamedSchool, make_named

HEAD = """{{
	admin off
	local_certs
	skip_install_trust
	auto_https disable_redirects
	http_port {http}
	https_port {https}
	storage file_system {storage}
}}
"""


@contextmanager
def caddy(folder: Path, schools: tuple[NamedSchool, ...], https: int) -> Iterator[Path]:
    """Caddy with the part of each school; the certificate of its authority."""
    part = (ROOT / "scripts" / "deploy" / "node.caddy").read_text()
    storage = folder / "storage"
    head = HEAD.format(http=free_port("127.0.0.1"), https=https, storage=storage)
    parts = [part.replace("HOST", one.domain).replace("PORT", str(one.port)) for one in schools]
    # Each school of the journeys has a loopback address of its own.
    parts = [text.replace("127.0.0.1", one.host) for text, one in zip(parts, schools, strict=True)]
    file = folder / "Caddyfile"
    file.write_text(head + "\n".join(parts))
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"],
            stdout=log,
            stderr=log,
            env=os.environ | {"HOME": str(folder)},
        )
    root = storage / "pki" / "authorities" / "local" / "root.crt"
    try:
        deadline = time.monotonic() + 20
        while not root.exists() or not _has_certificates(storage, schools):
            assert process.poll() is None, (folder / "caddy.log").read_text()
            assert time.monotonic() < deadline, (folder / "caddy.log").read_text()
            time.sleep(0.1)
        yield root
    finally:
        process.terminate()
        process.wait(10)


def _has_certificates(storage: Path, schools: tuple[NamedSchool, ...]) -> bool:
    return all(
        (storage / "certificates" / "local" / one.domain / f"{one.domain}.crt").exists()
        for one in schools
    )


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed")
def test_two_schools_federate_behind_caddy(tmp_path: Path) -> None:
    azul, vert = make_named(tmp_path, SETTINGS)
    https = free_port("127.0.0.1")
    hosts = {one.domain: f"127.0.0.1:{https}" for one in (azul, vert)}
    with caddy(tmp_path, (azul, vert), https) as root:
        authority = Authority(tmp_path / "unused")
        authority.file = root
        for school in (azul, vert):
            school.tls_port, school.authority = https, authority
            school.settings |= {
                "SCHOOLGATE_REMOTE__CA_FILE": str(root),
                "SCHOOLGATE_REMOTE__HOSTS": json.dumps(hosts),
            }
        walk = Walk(azul, vert)
        try:
            walk.start()
            walk.approve_partners()
            walk.sign_in()
            walk.follow()
            walk.become_contacts()
            walk.write_a_message()
            walk.found_a_project()
            walk.post_here_see_there()
            walk.reply_there_see_here()
            for path, status in (("/metrics", 404), ("/readyz", 404), ("/healthz", 200)):
                connection = azul.connect(10)
                connection.request("GET", path)
                assert connection.getresponse().status == status
                connection.close()
        finally:
            walk.stop()
