"""A made-up directory: schools and their people as documents, the same for the same seed."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from node.web import words
from protocol.canonical import JSON, JSONObject
from protocol.objects import stamp

NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
COUNTRIES = {
    "PT": ("pt", "Aveiro Braga Évora Faro Lisboa Porto Setúbal Viseu", "Escola Agrupamento"),
    "FR": ("fr", "Lyon Nantes Orléans Rennes Besançon Nîmes Mâcon Gap", "Collège Lycée École"),
    "DE": (
        "de",
        "Köln Nürnberg Görlitz Lübeck Halle Mainz Jena Ulm",
        "Schule Gymnasium Realschule",
    ),
    "PL": ("pl", "Łódź Gdańsk Kraków Poznań Wrocław Toruń Lublin Radom", "Szkoła Liceum Zespół"),
    "GR": ("el", "Αθήνα Πάτρα Βόλος Αγρίνιο Χανιά Λαμία Σέρρες Κοζάνη", "Γυμνάσιο Λύκειο Δημοτικό"),
    "TR": ("tr", "İzmir Iğdır Ankara Çanakkale Muğla Şırnak Bursa Van", "Okulu Lisesi Ortaokulu"),
    "IT": ("it", "Torino Forlì Bari Lecce Pisa Udine Napoli Como", "Istituto Liceo Scuola"),
    "RO": ("ro", "Iași Brașov Cluj Timișoara Galați Ploiești Arad Bacău", "Liceul Colegiul Școala"),
    "UA": ("uk", "Київ Львів Одеса Харків Луцьк Суми Рівне Ізмаїл", "Ліцей Гімназія Школа"),
    "EG": ("ar", "القاهرة الجيزة أسوان الأقصر طنطا المنيا دمياط بنها", "مدرسة معهد ثانوية"),
}
FIRST = """
    Anna Ana Maria María Marie Inês Luc Łukasz Piotr Νίκος Ελένη Giulia Marco Emre Ayşe
    Олена Іван أحمد فاطمة Zoë Jürgen Sofia Ioana Andrei Hélène José Çağla Ömer Agnieszka
    Γιώργος Tomasz Ewa
"""
LAST = """
    Silva Ferreira Nowak Kowalska Müller Schröder Παπαδόπουλος Νικολάου Rossi Bianchi Yılmaz
    Öztürk Шевченко Коваль Popescu Ionescu Dupont Lefèvre García Núñez حسن إبراهيم Berg Weiß
    Wójcik Žák
"""
SENTENCES = (
    "We count storks with our class and share the numbers.",
    "Wir messen Licht und Lärm in unserer Stadt.",
    "Nous cherchons une classe pour échanger des lettres.",
    "A nossa turma gosta de teatro e de música.",
    "Our pupils write a newspaper about rivers and bridges.",
    "Szukamy partnerów do projektu o chlebie.",
    "Ψάχνουμε σχολείο για ένα έργο για τη θάλασσα.",
)
SUBJECTS = tuple(words.SUBJECTS)
SAID = (*("looking_for_partners",) * 3, *("open_to_offers",) * 4, *("not_now",) * 2, "")


def schools(count: int, chance: random.Random) -> Iterator[JSONObject]:
    """So many schools, each at a node of its own."""
    for number in range(count):
        country = chance.choice(list(COUNTRIES))
        language, towns, kinds = COUNTRIES[country]
        town = chance.choice(towns.split())
        name = f"{chance.choice(kinds.split())} {chance.choice(LAST.split())} {town} {number % 97}"
        yield {
            **_written(chance, 1),
            "id": f"https://s{number}.example/schools/main",
            "type": "Organization",
            "name": name,
            "country": country,
            "city": town,
            "region": f"{town} {chance.choice(('Nord', 'Sud', 'Est', 'Ouest'))}",
            "schoolTypes": [chance.choice(list(words.SCHOOL_TYPES))],
            "languages": [language],
        }


def people(count: int, homes: list[JSONObject], chance: random.Random) -> Iterator[JSONObject]:
    """So many people, spread over the schools."""
    for number in range(count):
        school = homes[number % len(homes)]
        origin = str(school["id"]).removesuffix("/schools/main")
        low = chance.randint(3, 16)
        said = chance.choice(SAID)
        document: dict[str, JSON] = {
            **_written(chance, chance.randint(1, 30)),
            "id": f"{origin}/people/p{number}",
            "type": "Person",
            "preferredUsername": f"p{number}",
            "name": f"{chance.choice(FIRST.split())} {chance.choice(LAST.split())}",
            "school": school["id"],
            "country": school["country"],
            "role": "teacher",
            "subjects": [*chance.sample(SUBJECTS, chance.randint(1, 3))],
            "languages": ["en", COUNTRIES[str(school["country"])][0]],
            "ageFrom": low,
            "ageTo": min(20, low + chance.randint(1, 4)),
            "about": {"text": " ".join(chance.sample(SENTENCES, 2)), "language": "en"},
        }
        if said:
            document["availability"] = said
        yield document


def _written(chance: random.Random, version: int) -> JSONObject:
    changed = NOW - timedelta(seconds=chance.randint(0, 500 * 86_400))
    return {"published": stamp(changed), "updated": stamp(changed), "version": version}
