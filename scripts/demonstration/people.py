"""The sample schools, hubs and people of the demonstration."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from scripts.demonstration.fleet import Person, School

S = TypeVar("S", bound=School)
Kind = TypeVar("Kind", bound=School, covariant=True)

HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6")
IN_SECONDS = {
    "SCHOOLGATE_DELIVERY__FIRST_WAIT_S": "1",
    "SCHOOLGATE_DELIVERY__LONGEST_WAIT_S": "5",
    "SCHOOLGATE_REPLICATION__RELAY_EVERY_S": "2",
    "SCHOOLGATE_HUB__ASK_EVERY_S": "1",
    "SCHOOLGATE_HUB__REFRESH_S": "5",
    "SCHOOLGATE_DIRECTORY__HARVEST_EVERY_S": "1",
}
"""What takes real nodes minutes or hours, so that there is something to see."""

PROJECT: dict[str, str | list[str]] = {
    "title": "Two rivers",
    "summary": "Our classes measure the Vouga and the Rhône and compare what lives in them.",
    "subjects": ["biology", "geography"],
    "languages": ["en", "fr"],
    "age_from": "11",
    "age_to": "14",
    "pupils": "52",
    "scope": "european",
    "aims": "To measure carefully, and to explain to somebody far away.",
}


def make_schools(folder: Path, port_of: Callable[[str], int], kind: type[S]) -> tuple[S, S]:
    """Two schools in two countries, each on its own loopback address."""
    azul = kind(
        name="Escola Básica de Aveiro",
        country="PT",
        city="Aveiro",
        host=HOSTS[0],
        port=port_of(HOSTS[0]),
        folder=folder / "aveiro",
        people=(
            Person("rosa", "Rosa Martins", "mar alto barco vela", "admin"),
            Person("ana", "Ana Ferreira", "sal ria moliceiro sol"),
            Person("tiago", "Tiago Lopes", "duna praia vento norte"),
        ),
    )
    vert = kind(
        name="Collège des Deux Rives",
        country="FR",
        city="Lyon",
        host=HOSTS[1],
        port=port_of(HOSTS[1]),
        folder=folder / "lyon",
        people=(
            Person("claire", "Claire Morel", "pont quai lampe soir", "admin"),
            Person("luc", "Luc Bernard", "colline soie marche pain"),
            Person("ines", "Inès Garnier", "tram fleuve livre craie"),
        ),
    )
    return azul, vert


@dataclass(frozen=True)
class Fleet(Generic[Kind]):
    """Two hubs in two countries; a school under the first, two under the second."""

    lisboa: Kind
    paris: Kind
    azul: Kind
    vert: Kind
    rade: Kind

    @property
    def nodes(self) -> tuple[Kind, ...]:
        return self.lisboa, self.paris, self.azul, self.vert, self.rade

    @property
    def hubs(self) -> tuple[Kind, Kind]:
        return self.lisboa, self.paris

    @property
    def schools(self) -> tuple[Kind, Kind, Kind]:
        return self.azul, self.vert, self.rade

    def hub_of(self, school: School) -> Kind:
        """The hub of the school's country."""
        return next(hub for hub in self.hubs if hub.country == school.country)


def make_fleet(folder: Path, port_of: Callable[[str], int], kind: type[S]) -> Fleet[S]:
    """Five nodes, each on its own loopback address."""
    azul, vert = make_schools(folder, port_of, kind)
    rade = kind(
        name="Lycée de la Rade",
        country="FR",
        city="Brest",
        host=HOSTS[2],
        port=port_of(HOSTS[2]),
        folder=folder / "brest",
        people=(
            Person("nolwenn", "Nolwenn Kerviel", "phare brume galet port", "admin"),
            Person("yann", "Yann Le Goff", "voile ecume rocher nuit"),
        ),
    )
    lisboa = kind(
        name="Rede de Escolas Atlântica",
        country="PT",
        city="Lisboa",
        host=HOSTS[3],
        port=port_of(HOSTS[3]),
        folder=folder / "lisboa",
        mode="hub",
        people=(
            Person("joana", "Joana Pires", "azulejo colina eletrico tejo", "admin"),
            Person("rui", "Rui Teles", "fado miradouro pastel rua", "officer"),
        ),
    )
    paris = kind(
        name="Réseau des écoles en échange",
        country="FR",
        city="Paris",
        host=HOSTS[4],
        port=port_of(HOSTS[4]),
        folder=folder / "paris",
        mode="hub",
        people=(
            Person("odile", "Odile Faure", "canal metro zinc matin", "admin"),
            Person("karim", "Karim Haddad", "quai marronnier plume toit", "officer"),
        ),
        # Here somebody looks at every project.
        settings={"SCHOOLGATE_HUB__APPROVE_PROJECTS": "false"},
    )
    fleet = Fleet(lisboa, paris, azul, vert, rade)
    for node in fleet.nodes:
        node.settings |= IN_SECONDS
    return fleet
