"""Keys and addresses change under two running schools, by commands; letters and spaces go on."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.demonstration import journey
from scripts.demonstration.check import Walk
from scripts.demonstration.fleet import School, free_port, stop_all
from scripts.demonstration.people import make_fleet
from scripts.demonstration.strangers import Strangers
from tests.faults.pairs import SETTINGS, wait_until
from tests.forked import ForkedSchool
from tests.named import NamedSchool, make_named, open_proxy
from tests.proxies import Aside, TlsProxy

NEW = "aveiro-neu.example"


@pytest.fixture
def aside() -> Iterator[Aside]:
    made = Aside()
    yield made
    made.close()


def fingerprint_in(said: str) -> str:
    found = re.search(r"fingerprint ([0-9a-f]{4}(?: [0-9a-f]{4}){9})", said)
    assert found is not None, said
    return found[1]


def rows(school: School, sql: str) -> list[tuple[object, ...]]:
    file = school.folder / "node.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
        return list(opened.execute(sql))


def wait_for_rows(school: School, sql: str, wanted: list[tuple[object, ...]]) -> None:
    wait_until(lambda: rows(school, sql) == wanted, lambda: str(rows(school, sql)))


def both_write(walk: Walk, said: str) -> None:
    journey.reply(walk.ana, walk.thread, f"{said}, from Aveiro.")
    journey.wait_for(walk.luc, walk.thread, f"{said}, from Aveiro.")
    journey.reply(walk.luc, walk.thread, f"{said}, from Lyon.")
    journey.wait_for(walk.ana, walk.thread, f"{said}, from Lyon.")
    journey.write_message(walk.ana, walk.luc, f"{said}, a letter.")


def change_the_keys(azul: NamedSchool, vert: NamedSchool, walk: Walk) -> None:
    said = azul.command("key", "rotate", "--all")
    shown = fingerprint_in(said)
    keys = "SELECT count(*) FROM actor_keys WHERE actor LIKE '%/actor'"
    wait_for_rows(vert, keys, [(2,)])
    listed = vert.command("partner", "list")
    assert azul.base in listed
    assert (
        shown in journey.sign_in(vert, vert.people[0]).get(f"/admin/partners/{azul.domain}").words
    )
    both_write(walk, "After the change of keys")


def move(azul: NamedSchool, vert: NamedSchool, walk: Walk, old: TlsProxy, new: TlsProxy) -> None:
    said = azul.command("move", "--to", f"https://{NEW}")
    assert "restart" in said
    azul.stop()
    azul.start()
    base, person = azul.base, azul.people[1]
    with pytest.raises(LookupError, match=NEW):
        walk.ana.get("/home")  # the old address leads readers to the new one
    azul.domain, azul.tls_port = NEW, new.port
    walk.visitors[person.handle] = journey.sign_in(azul, person)
    both_write(walk, "After the move")
    journey.reply(walk.luc, walk.thread, "To the new house.")
    wait_until(
        lambda: any(line.startswith("POST /spaces/") for line in new.asked),
        lambda: str(new.asked[-20:]),
        90,
    )
    # Each names the other: the descriptor in the space, and the document of the service actor.
    (address,) = rows(vert, "SELECT address FROM descriptors WHERE own = 0")
    assert address == (f"https://{NEW}",)
    (said_of_itself,) = rows(
        vert,
        "SELECT document ->> '$.address' FROM objects WHERE kind = 'application' "
        f"AND origin = '{base}'",
    )
    assert said_of_itself == (f"https://{NEW}",)
    assert any(line.startswith("GET /.well-known/schoolgate") for line in new.asked)


def lose_the_key(azul: NamedSchool, vert: NamedSchool, walk: Walk) -> None:
    since = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    shown = fingerprint_in(azul.command("key", "replace", "--since", since))
    journey.reply(walk.ana, walk.thread, "Nobody believes this key yet.")
    with pytest.raises(RuntimeError, match="fingerprints differ"):
        vert.command("partner", "rekey", azul.base, "--since", since, "--fingerprint", "0" * 40)
    taken = vert.command("partner", "rekey", azul.base, "--since", since, "--fingerprint", shown)
    assert "known by its new key" in taken
    journey.wait_for(walk.luc, walk.thread, "Nobody believes this key yet.")
    both_write(walk, "After the loss of the key")


def test_keys_and_addresses_change_by_commands_while_both_schools_run(
    tmp_path: Path, aside: Aside
) -> None:
    azul, vert = make_named(tmp_path, SETTINGS)
    new_port = free_port("127.0.0.1")
    for school in (azul, vert):
        hosts = school.settings["SCHOOLGATE_REMOTE__HOSTS"].removesuffix("}")
        school.settings["SCHOOLGATE_REMOTE__HOSTS"] = f'{hosts}, "{NEW}": "127.0.0.1:{new_port}"}}'
    old, _ = (open_proxy(aside, school) for school in (azul, vert))
    assert azul.authority is not None
    new = TlsProxy(azul.authority.issue(NEW), (azul.host, azul.port), port=new_port)
    aside.open(new)
    walk = Walk(azul, vert)
    try:
        walk.start()
        walk.approve_partners()
        walk.sign_in()
        walk.become_contacts()
        walk.found_a_project()
        walk.post_here_see_there()
        space_keys = rows(azul, "SELECT key_id, public FROM keys WHERE actor NOT LIKE 'https:%'")
        change_the_keys(azul, vert, walk)
        lose_the_key(azul, vert, walk)
        move(azul, vert, walk, old, new)
        assert space_keys
        assert space_keys == rows(
            azul, "SELECT key_id, public FROM keys WHERE actor NOT LIKE 'https:%'"
        )
    finally:
        walk.stop()


def test_a_stolen_key_is_overruled_through_the_hubs_by_commands(tmp_path: Path) -> None:
    """Aveiro under one hub, Lyon under another; nobody compares anything but an officer."""
    fleet = make_fleet(tmp_path, free_port, ForkedSchool)
    for node in fleet.nodes:
        node.settings |= SETTINGS
    walk = Strangers(fleet)
    try:
        walk.start()
        walk.endorse()
        walk.accredit()
        walk.find_a_stranger()
        walk.become_contacts()
        walk.found()
        walk.write()
        azul, vert = fleet.azul, fleet.vert
        since = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M}"
        shown = fingerprint_in(azul.command("key", "replace", "--since", since))
        rekeyed = fleet.lisboa.command(
            "hub", "rekey", azul.base, "--since", since, "--fingerprint", shown
        )
        assert "with its new key" in rekeyed
        known = f"SELECT public FROM partners WHERE origin = '{azul.base}'"
        signs = (
            f"SELECT public FROM keys WHERE actor = '{azul.base}/actor' AND valid_until_ms IS NULL"
        )
        for node in (fleet.lisboa, vert):
            wait_for_rows(node, known, rows(azul, signs))
        journey.reply(walk.ana, walk.thread, "After the theft, from Aveiro.")
        journey.wait_for(walk.luc, walk.thread, "After the theft, from Aveiro.")
        journey.reply(walk.luc, walk.thread, "After the theft, from Lyon.")
        journey.wait_for(walk.ana, walk.thread, "After the theft, from Lyon.")
        journey.write_message(walk.luc, walk.ana, "Good that you are back.")
    finally:
        stop_all(*fleet.nodes)
