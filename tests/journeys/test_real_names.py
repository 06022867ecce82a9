"""Two schools on real names behind proxies that hold their certificates: as on loopback."""

import http.client
import json
from collections.abc import Iterator

import pytest

from scripts.demonstration.check import Walk
from tests.faults.pairs import SETTINGS
from tests.named import NamedSchool, make_named, open_proxy
from tests.proxies import Aside, TlsProxy

FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "Forwarded": "host=evil.example;proto=http",
}


@pytest.fixture(scope="module")
def aside() -> Iterator[Aside]:
    made = Aside()
    yield made
    made.close()


@pytest.fixture(scope="module")
def schools(
    tmp_path_factory: pytest.TempPathFactory, aside: Aside
) -> tuple[NamedSchool, NamedSchool]:
    return make_named(tmp_path_factory.mktemp("named"), SETTINGS)


def test_schools_on_real_names_federate_as_on_loopback(
    schools: tuple[NamedSchool, NamedSchool], aside: Aside
) -> None:
    azul, vert = schools
    proxies: list[TlsProxy] = [
        open_proxy(aside, school, X_Forwarded_Host="evil.example") for school in schools
    ]
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
        walk.erase_a_post()
        for school in schools:
            _require_own_names(school)
        assert all(any(line.startswith("POST /inbox") for line in one.asked) for one in proxies)
    finally:
        walk.stop()


def _require_own_names(school: NamedSchool) -> None:
    """Whatever a request or a proxy says, names lie under the configured address."""
    for path in ("/.well-known/schoolgate", "/actor", "/.well-known/nodeinfo"):
        connection = http.client.HTTPConnection(school.host, school.port, timeout=10)
        connection.request("GET", path, headers=FORGED | {"Accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        assert answer.status == 200
        assert json.loads(body)
        assert "evil.example" not in body
        assert f"https://{school.domain}/" in body
