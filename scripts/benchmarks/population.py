"""A made-up directory: schools and their people as signed documents, the same for a seed."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from node.web import words
from protocol import documents, names, objects
from protocol.canonical import JSONObject
from protocol.keys import Signer
from protocol.objects import ActorKey, Written
from protocol.reading import text_of
from protocol.vouchers import Voucher, vouch

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


@dataclass(frozen=True)
class Made:
    """A document as its node signed it, and the node's word for it."""

    document: JSONObject
    voucher: Voucher


def schools(count: int, chance: random.Random) -> Iterator[Made]:
    """So many schools, each at a node of its own."""
    for number in range(count):
        country = chance.choice(list(COUNTRIES))
        language, towns, kinds = COUNTRIES[country]
        town = chance.choice(towns.split())
        url = names.school_id(f"https://s{number}.example", "main")
        document = objects.organization(
            url,
            _written(chance),
            name=f"{chance.choice(kinds.split())} {chance.choice(LAST.split())} {town}",
            country=country,
            keys=_keys(url),
            region=f"{town} {chance.choice(('Nord', 'Sud', 'Est', 'Ouest'))}",
            city=town,
            school_types=[chance.choice(list(words.SCHOOL_TYPES))],
            languages=[language],
        )
        yield _made(url, document)


def people(count: int, homes: list[Made], chance: random.Random) -> Iterator[Made]:
    """So many people, spread over the schools."""
    for number in range(count):
        school = homes[number % len(homes)].document
        country = text_of(school, "country")
        url = names.person_id(names.origin(text_of(school, "id")), f"p{number}")
        low = chance.randint(3, 16)
        document = objects.person(
            url,
            _written(chance),
            handle=f"p{number}",
            name=f"{chance.choice(FIRST.split())} {chance.choice(LAST.split())}",
            school=text_of(school, "id"),
            keys=_keys(url),
            country=country,
            role="teacher",
            subjects=chance.sample(SUBJECTS, chance.randint(1, 3)),
            languages=["en", COUNTRIES[country][0]],
            age_from=low,
            age_to=min(20, low + chance.randint(1, 4)),
            availability=chance.choice(SAID),
            about=" ".join(chance.sample(SENTENCES, 2)),
            about_language="en",
        )
        yield _made(url, document)


def _made(url: str, document: JSONObject) -> Made:
    signed = documents.sign_document(document, _signer(url), names.key_id(url), NOW)
    service = names.service_actor_id(names.origin(url))
    return Made(signed, vouch(signed, _signer(service), names.key_id(service)))


def _signer(actor: str) -> Signer:
    return Signer.from_seed(hashlib.sha256(actor.encode()).digest())


def _keys(actor: str) -> list[ActorKey]:
    return [ActorKey(names.key_id(actor), _signer(actor).public.multikey)]


def _written(chance: random.Random) -> Written:
    changed = NOW - timedelta(seconds=chance.randint(0, 500 * 86_400))
    return Written(changed, changed, 1)


def key_of(actor: str) -> str:
    """The public key of an actor, as Multikey text."""
    return _signer(actor).public.multikey
