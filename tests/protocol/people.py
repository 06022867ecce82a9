"""Two schools and their people, who can write, sign and read documents without a node."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from protocol import activities, documents, notices, objects
from protocol.activities import Said
from protocol.canonical import JSON, JSONObject, b64
from protocol.documents import Verified
from protocol.effects import ContactState, Effect, ProjectState
from protocol.intake import judge
from protocol.keys import Signer
from protocol.known import Known, KnownContact, KnownProject, LocalActor, StoredObject
from protocol.names import key_id, origin
from protocol.objects import ActorKey, Written
from protocol.reading import owner_of, version_of
from protocol.shapes import SchemaBook, kind_of
from protocol.space import genesis, operation
from protocol.space.genesis import Founder
from schemas import read_all

BOOK = SchemaBook(read_all())
NOW = datetime(2026, 11, 23, 19, 0, 0, tzinfo=UTC)
ALPHA, BETA, GAMMA = "https://alpha.example", "https://beta.example", "https://gamma.example"
SALT = b64(bytes(range(16)))
_numbers = count(1)


def name(text: str) -> str:
    """A name of 22 characters, always the same for `text`."""
    return b64(hashlib.sha256(text.encode()).digest()[:16])


@dataclass(frozen=True)
class Actor:
    """Somebody with a key. `number` is which of the keys is in use."""

    url: str
    number: int = 1

    @property
    def key(self) -> str:
        return key_id(self.url, self.number)

    @property
    def signer(self) -> Signer:
        return Signer.from_seed(hashlib.sha256(self.key.encode()).digest())

    @property
    def keys(self) -> list[ActorKey]:
        return [ActorKey(self.key, self.signer.public.multikey)]

    def sign(self, document: JSONObject) -> JSONObject:
        return documents.sign_document(document, self.signer, self.key, NOW)

    def said(self, at: datetime = NOW) -> Said:
        url = f"{origin(self.url)}/activities/{name(f'activity {next(_numbers)}')}"
        return Said(url, self.url, at)


ANN = Actor(f"{ALPHA}/people/ann")
BEN = Actor(f"{BETA}/people/ben")
EVE = Actor(f"{ALPHA}/people/eve")
BIRDS = Actor(f"{ALPHA}/projects/{name('birds')}")
ALPHA_ENTRY = Founder("a" * 32, f"{ALPHA}/actor", Actor("space alpha").signer.public.multikey)
BETA_ENTRY = Founder("b" * 32, f"{BETA}/actor", Actor("space beta").signer.public.multikey)


def written(version: int = 1, at: datetime = NOW) -> Written:
    return Written(NOW, at, version)


def person(actor: Actor = ANN, version: int = 1, about: str = "", **more: JSON) -> JSONObject:
    return actor.sign(
        objects.person(
            actor.url,
            written(version),
            handle=actor.url.rpartition("/")[2],
            name="Ann Moreau",
            school=f"{origin(actor.url)}/schools/main",
            keys=actor.keys,
            about=about,
            about_language="en",
        )
        | more
    )


def project(
    actor: Actor = BIRDS, version: int = 1, founder: Actor = ANN, **more: JSON
) -> JSONObject:
    return actor.sign(
        objects.project(
            actor.url,
            written(version),
            founder=founder.url,
            school=f"{origin(actor.url)}/schools/main",
            state="offered",
            scope="european",
            title="Birds over two rivers",
            summary="Two classes count birds.",
            language="en",
            languages=["en", "fr"],
            subjects=["biology"],
            age_from=11,
            age_to=14,
            keys=actor.keys,
        )
        | more
    )


def note(
    actor: Actor = ANN,
    version: int = 1,
    text: str = "The first stork is back.",
    reader: str = "",
    label: str = "note",
) -> JSONObject:
    return actor.sign(
        objects.note(
            f"{origin(actor.url)}/notes/{name(label)}",
            written(version),
            author=actor.url,
            text=text,
            language="en",
            reader=reader,
        )
    )


def notice(
    actor: Actor = ANN,
    version: int = 1,
    *,
    days: float = 30,
    reach: str = "public",
    at: datetime = NOW,
    **more: JSON,
) -> JSONObject:
    """A notice of `actor`, written at `at`, that is over `days` later."""
    return actor.sign(
        notices.notice(
            f"{origin(actor.url)}/notices/{name('rivers')}",
            Written(min(at, NOW), at, version),
            author=actor.url,
            school=f"{origin(actor.url)}/schools/main",
            title="Who counts birds with us?",
            purpose="looking_for_partners",
            text="We look for a class at another river.",
            language="en",
            languages=["en"],
            expires=at + timedelta(days=days),
            reach=reach,
        )
        | more
    )


def opened(document: JSONObject, signer: Actor | None = None) -> Verified[JSONObject]:
    """`document` after its schema and its proof were checked, as a node does it."""
    BOOK.check(kind_of(document), document)
    key = (signer or Actor(owner_of(document))).signer.public
    owner = documents.signer_of(document).partition("#")[0]
    return documents.open_document(document, key, owner=owner, now=NOW)


def told(activity: JSONObject, actor: Actor) -> Verified[JSONObject]:
    """`activity`, signed by `actor`, as the other node gets it."""
    return opened(actor.sign(activity), actor)


def stored(document: JSONObject, *, buried: bool = False) -> StoredObject:
    return StoredObject(
        str(document["id"]),
        kind_of(document),
        owner_of(document),
        version_of(document),
        document,
        buried,
    )


def contact(
    state: ContactState = "contacts",
    *,
    offerer: Actor = ANN,
    offered: Actor = BEN,
    days_ago: int = 0,
    acceptance: str | None = None,
) -> KnownContact:
    at = NOW - timedelta(days=days_ago)
    offer = f"{origin(offerer.url)}/activities/{name('offer')}"
    return KnownContact(offer, offerer.url, offered.url, state, at, at, acceptance)


def founding(state: ProjectState = "offered", acceptance: str | None = None) -> KnownProject:
    return KnownProject(
        BIRDS.url,
        f"{ALPHA}/activities/{name('project offer')}",
        ANN.url,
        BEN.url,
        state,
        ALPHA_ENTRY,
        SALT,
        acceptance,
        BETA_ENTRY,
    )


def acceptance_of(offer: str, entry: Founder = BETA_ENTRY, actor: Actor = BEN) -> JSONObject:
    """The co-founder's signed yes, as it stands before its own proof."""
    signature = genesis.sign((ALPHA_ENTRY, entry), SALT, Actor("space beta").signer)
    return activities.accept_project(
        actor.said(), offer, to=ANN.url, founder=entry, genesis_signature=signature
    )


def genesis_of(other: Founder = BETA_ENTRY, salt: str = SALT) -> JSONObject:
    """The genesis that alpha writes with `other`, whose key is beta's, as it travels."""
    founders = (ALPHA_ENTRY, other)
    signature = genesis.sign(founders, salt, Actor("space beta").signer)
    written = genesis.write_genesis(
        founders, salt, signature, time_ms=1, signer=Actor("space alpha").signer
    )
    return operation.to_json(written)


BEN_HERE = LocalActor(BEN.url, "Person")
ANN_HERE = LocalActor(ANN.url, "Person")


def judged(activity: JSONObject, actor: Actor, known: Known) -> list[Effect]:
    return judge(told(activity, actor), known, NOW)
