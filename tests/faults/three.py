"""Three schools as processes; whatever one asks another goes through weather of its own."""

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from urllib.parse import quote

from scripts.demonstration import joining, journey
from scripts.demonstration.fleet import free_port, set_up_and_start, stop_all
from scripts.demonstration.people import PROJECT, make_fleet
from scripts.demonstration.visitor import Visitor
from tests.certificates import Authority
from tests.faults.pairs import SETTINGS, Row, wait_until
from tests.faults.weather import Weather
from tests.named import NamedSchool, open_proxy
from tests.proxies import Aside

SETTINGS_OF_THREE = SETTINGS | {
    "SCHOOLGATE_REMOTE__TIMEOUT_S": "3",
    "SCHOOLGATE_REPLICATION__COMPARE_EVERY_S": "1",
    "SCHOOLGATE_REPLICATION__RELAY_EVERY_S": "1",
}
DOMAINS = ("aveiro.example", "lyon.example", "brest.example")
TITLE = str(PROJECT["title"])


@dataclass
class Three:
    """Schools that share a space, a teacher of each, and the ways between them."""

    schools: tuple[NamedSchool, ...]
    weathers: list[Weather]
    aside: Aside
    teachers: list[Visitor] = field(default_factory=list)
    space: str = ""

    def blow(self, *, stormy: bool) -> None:
        """Bad weather on every way, or calm."""
        for one in self.weathers:
            one.is_stormy = stormy

    def happened(self) -> Counter[str]:
        """What came to requests, on all ways together."""
        return sum((one.happened for one in self.weathers), Counter())

    def rows(self, school: NamedSchool, sql: str) -> list[Row]:
        """Rows of the database of a school whose node runs."""
        file = quote(str(school.folder / "node.sqlite"))
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
            return list(opened.execute(sql))

    def heads(self, school: NamedSchool) -> str:
        """What the school's own command says of the state of the space."""
        return school.command("space", "heads", "--", self.space.rpartition("/")[2])

    def settle(self) -> None:
        """Wait until all hold the same."""
        wait_until(self.is_alike, self._explain)

    def is_alike(self) -> bool:
        return len({str(self._held(one)) for one in self.schools}) == 1

    def _held(self, school: NamedSchool) -> list[list[Row]]:
        return [self.rows(school, sql) for sql in ALIKE]

    def _explain(self) -> str:
        lengths = [[len(part) for part in self._held(one)] for one in self.schools]
        why = [self.rows(one, "SELECT origin, why FROM replication") for one in self.schools]
        return f"held: {lengths}, conversations: {why}, weather: {self.happened()}"

    def stop(self) -> None:
        """End everything that was started."""
        stop_all(*self.schools)
        self.aside.close()


ALIKE = (
    "SELECT id, accepted, void, lacks FROM operations WHERE lacks = 0 ORDER BY id",
    "SELECT op, payload FROM payloads ORDER BY op",
    "SELECT id, statement FROM erasures ORDER BY id",
    "SELECT statement, node FROM receipts ORDER BY statement, node",
    "SELECT home, object, op, text, standing FROM posts ORDER BY home, object",
    "SELECT home, pseudonym, role FROM space_people ORDER BY home, pseudonym",
)


def make_three(folder: Path, seed: int) -> Three:
    """Start all three and walk the way to their space, in calm weather."""
    fleet = make_fleet(folder, free_port, NamedSchool)
    authority, aside = Authority(folder / "authority"), Aside()
    schools = fleet.schools
    for school, domain in zip(schools, DOMAINS, strict=True):
        school.domain, school.tls_port = domain, free_port("127.0.0.1")
        school.authority, school.settings = authority, {}
    weathers: list[Weather] = []
    three = Three(schools, weathers, aside)
    try:
        for school in schools:
            open_proxy(aside, school)
        for here, there in permutations(schools, 2):
            chance = random.Random(f"{seed} {here.domain} {there.domain}")
            certified = authority.issue(there.domain)
            way = Weather(certified, (there.host, there.port), port=0, chance=chance)
            aside.open(way)
            weathers.append(way)
            hosts = json.loads(here.settings.get("SCHOOLGATE_REMOTE__HOSTS", "{}"))
            hosts[there.domain] = f"127.0.0.1:{way.port}"
            here.settings["SCHOOLGATE_REMOTE__HOSTS"] = json.dumps(hosts)
        for school in schools:
            school.settings |= SETTINGS_OF_THREE | {
                "SCHOOLGATE_REMOTE__CA_FILE": str(authority.file),
                "SCHOOLGATE_LISTEN__TRUSTED_PROXIES": '["127.0.0.1"]',
            }
        set_up_and_start(*schools)
        _come_together(three)
    except BaseException:
        three.stop()
        raise
    return three


def _come_together(three: Three) -> None:
    """All are partners; the first two found a project, the third joins it."""
    admins = [journey.sign_in(one, one.people[0]) for one in three.schools]
    for here, there in permutations(range(3), 2):
        journey.approve(three.schools[here], admins[here], three.schools[there], admins[there])
    three.teachers = [journey.sign_in(one, one.people[1]) for one in three.schools]
    ana, luc, yann = three.teachers
    _become_contacts(three, ana, luc, 1)
    three.space = journey.found_project(ana, luc, PROJECT).space
    _become_contacts(three, ana, yann, 2)
    joining.invite(ana, TITLE, "yann", "May the sea join the rivers?")
    joining.join(yann, TITLE)
    three.settle()


def _become_contacts(three: Three, asker: Visitor, asked: Visitor, place: int) -> None:
    school = three.schools[place]
    address = f"{school.people[1].handle}@{school.domain}"
    journey.become_contacts(asker, address, asked, f"Shall we, {school.city}?")
