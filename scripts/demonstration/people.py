"""The sample schools and people of the demonstration."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from scripts.demonstration.fleet import Person, School

S = TypeVar("S", bound=School)

HOSTS = ("127.0.0.2", "127.0.0.3")

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
