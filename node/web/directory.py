"""From addresses of actors to people and schools as a page shows them.

An actor's page lies under its own path at home, and under `<path>@<host>` for one from elsewhere:
`/people/anna`, `/people/nikos@agrinio.example`.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from node.actions.actors import get_school
from node.storage import listings, objects, partners
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.objects import StoredDocument
from node.web import views
from protocol import names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import is_for_everybody, optional_text_of


def path_of(actor: str, base: str) -> str:
    """Where this node shows `actor`."""
    parts = urlsplit(actor)
    return parts.path if names.same_origin(actor, base) else f"{parts.path}@{parts.netloc}"


def actor_of(family: str, name: str, base: str) -> str:
    """The actor whose page is `/<family>/<name>`. Refuses with NOT_FOUND what names none."""
    local, at, host = name.partition("@")
    origin = base
    if at:
        # Nodes in development speak http among themselves; all others https only.
        origin = f"{base.partition('://')[0]}://{host}"
    try:
        actor = f"{names.origin(origin)}/{family}/{local}"
        return names.read_url(actor, development=base.startswith("http://"))
    except Refused:
        raise Refused(Reason.NOT_FOUND, "There is no such address.") from None


def address_of(actor: str) -> str:
    """`name@host`, as people write it to each other."""
    parts = urlsplit(actor)
    return names.address(f"{parts.scheme}://{parts.netloc}", parts.path.rpartition("/")[2])


def is_open(stored: StoredDocument, account: Account | None) -> bool:
    """Whether this reader may see a document: a visitor only an own one that is for everybody."""
    return account is not None or (stored.local and is_for_everybody(stored.document))


@dataclass(frozen=True)
class Directory:
    """What is known of some actors and their schools, in one or two trips."""

    base: str
    documents: dict[str, StoredDocument] = field(default_factory=dict)
    partner_names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def person(self, actor: str, role: str = "", name: str = "") -> views.Person:
        """One line about `actor`; `name` stands where nothing is known of it."""
        stored = self.documents.get(actor)
        known = "" if stored is None else optional_text_of(stored.document, "name")
        return views.Person(
            name=known or name or address_of(actor),
            path=path_of(actor, self.base),
            address=address_of(actor),
            school=self.school_of(actor),
            role=role,
        )

    def document(self, id_: str) -> JSONObject:
        """A document that is known; empty where it is not."""
        stored = self.documents.get(id_)
        return {} if stored is None else stored.document

    def people(self, actors: Iterable[str], account: Account | None) -> list[views.Person]:
        """One line about each of `actors`; a visitor reads only of those who are for everybody."""
        return [
            self.person(actor)
            for actor in actors
            if account is not None
            or (
                (stored := self.documents.get(actor)) is not None
                and is_for_everybody(stored.document)
            )
        ]

    def school_of(self, actor: str) -> views.School:
        """The mark of the school that `actor` belongs to."""
        stored = self.documents.get(actor)
        school = "" if stored is None else optional_text_of(stored.document, "school")
        return self.school(school or actor)

    def school(self, actor: str) -> views.School:
        """A school's mark; where its card is not known, what its node calls itself."""
        stored = self.documents.get(actor)
        if stored is not None and stored.kind == "organization":
            name = optional_text_of(stored.document, "name")
            return views.School(actor, name, optional_text_of(stored.document, "country"))
        origin = names.origin(actor)
        name, country = self.partner_names.get(origin, (origin.partition("://")[2], ""))
        return views.School(actor, name, country)


async def look_up(reader: Reader, base: str, actors: Iterable[str]) -> Directory:
    """A directory that knows `actors` and their schools.

    Those whom nothing was ever exchanged with are known by what a hub or a partner listed of them.
    """
    asked = sorted({actor for actor in actors if actor})
    found, named = await asyncio.gather(
        objects.list_with_schools(reader, asked),
        partners.list_named(reader, map(names.origin, asked)),
    )
    missing = [actor for actor in asked if actor not in found]
    if any(names.same_origin(actor, base) for actor in missing):
        named[base] = await _find_own_school(reader)
    if missing:
        strangers = await listings.list_with_schools(reader, missing)
        found |= {one.id: one.as_stored(base) for one in strangers if one.id not in found}
    return Directory(base, found, named)


async def _find_own_school(reader: Reader) -> tuple[str, str]:
    """Name and country of this node's school: people who left it worked there still."""
    stored = await objects.find(reader, await get_school(reader))
    if stored is None:
        return "", ""
    card = stored.document
    return optional_text_of(card, "name"), optional_text_of(card, "country")


async def find_document(reader: Reader, base: str, id_: str) -> StoredDocument | None:
    """A document as this node knows it, in the newest version that was exchanged or listed."""
    stored = await objects.find(reader, id_)
    if stored is not None and stored.local:
        return stored
    listed = await listings.find(reader, id_)
    if listed is None or (stored is not None and stored.version >= listed.version):
        return stored
    return listed.as_stored(base)
