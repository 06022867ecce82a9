"""Documents that arrive: new ones, newer versions, and tombstones.

Authority comes from the stored row, never from what was sent: only the owner that this node knows
changes a document, within its own origin, and never its id, type, owner or parent (FEP-fe34). The
highest version stays, whatever arrives first; a tombstone wins over everything.
"""

from collections.abc import Mapping
from datetime import date, datetime

from protocol import names, notices
from protocol.canonical import JSON, JSONObject
from protocol.documents import Verified
from protocol.effects import (
    BuryObject,
    Effect,
    Nothing,
    PutFeedItem,
    PutMessage,
    PutObject,
    RecordConflict,
)
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.known import Known, StoredObject
from protocol.reading import (
    ACTOR_TYPES,
    keys_of,
    optional_text_of,
    owner_of,
    text_of,
    texts_of,
    time_of,
    type_of,
    version_of,
    whole_of,
)
from protocol.shapes import kind_of

FOLLOWED = frozenset({"note", "notice"})
"""What is kept where somebody follows its author; it can be fetched as well."""

_HOME = ("id", "inbox", "outbox", "followers", "following", "school", "attributedTo")
_IMMUTABLE = {
    "person": ("preferredUsername", "published"),
    "organization": ("published",),
    "application": ("node", "published"),
    "project": ("school", "scope", "published"),
    "note": ("inReplyTo", "to", "published"),
    "notice": ("school", "published"),
    "message": ("inReplyTo", "to", "published"),
}


def judge_put(activity: Verified[JSONObject], known: Known, now: datetime) -> list[Effect]:
    """A Create or an Update: both carry the whole document, so either may be the first heard.

    Refuses with OWN_ORIGIN, FOREIGN_ORIGIN, NOT_OWNER, IMMUTABLE_FIELD, and NOT_ALLOWED for a
    message to somebody who is no contact.
    """
    document = inner_of(activity.value, known)
    actor = text_of(activity.value, "actor")
    kind = kind_of(document)
    if kind == "message":
        refusal = _check_may_write(document, actor, known)
        if refusal is not None:
            return [refusal]
    effects = judge_document(document, actor, activity.key, known, now)
    if known.stored is not None or not any(isinstance(effect, PutObject) for effect in effects):
        return effects
    # A date in the future would stay on top of every feed.
    at = min(time_of(document, "published"), now)
    if kind in FOLLOWED and not known.followed:
        return [Nothing("nobody here follows the author")]
    if kind == "note" or (kind == "notice" and not notices.is_over(document, now)):
        effects.append(PutFeedItem(text_of(document, "id"), actor, at))
    if kind == "message":
        reader = texts_of(document, "to")[0]
        effects.append(PutMessage(text_of(document, "id"), actor, reader, at))
    return effects


def judge_fetched(
    url: str, document: Verified[JSONObject], known: Known, now: datetime
) -> list[Effect]:
    """A document that was fetched from `url`, opened with a key of its owner.

    Refuses with FOREIGN_ORIGIN one that calls itself otherwise; fetch that name instead, if it
    has the same origin. Keys of a known actor are not replaced this way: only a statement signed
    with the old key does that.
    """
    if text_of(document.value, "id") != url:
        raise Refused(Reason.FOREIGN_ORIGIN, "the document has another id than its address")
    owner = owner_of(document.value)
    _check_foreign(owner, known.base)
    if document.value.get("type") not in ACTOR_TYPES and kind_of(document.value) not in FOLLOWED:
        return [Nothing("only actors, notes and notices are kept when fetched")]
    return judge_document(document.value, owner, document.key, known, now)


def judge_document(
    document: JSONObject, actor: str, key: PublicKey, known: Known, now: datetime
) -> list[Effect]:
    """`document`, sent by `actor` with the key `key`, against what is stored under its id."""
    kind = kind_of(document)
    _check_home(document, actor, known.base)
    stored = known.stored
    if stored is not None and stored.owner != actor:
        raise Refused(Reason.NOT_OWNER, "only the owner changes a document")
    if stored is not None and stored.buried:
        return [Nothing("it was deleted before")]
    if stored is not None:
        _check_unchanged(stored, kind, document)
    if owner_of(document) != actor:
        raise Refused(Reason.NOT_OWNER, "the document belongs to another actor")
    _check_dates(document)
    if kind == "notice":
        notices.check_expiry(document)
        notices.check_not_ahead(document, now)
    version = version_of(document)
    put = PutObject(text_of(document, "id"), kind, actor, version, document)
    if stored is None:
        _check_keys(document)
        return [put]
    if version < stored.version:
        return [Nothing("a newer version is here already")]
    if version == stored.version:
        if _content(document) == _content(stored.document):
            return [Nothing("this version is here already")]
        return [RecordConflict(stored.id, version, document)]
    _check_keys(document)
    _check_rotation(stored.document, document, key, now)
    return [put]


def check_document(document: JSONObject, base: str, now: datetime) -> None:
    """Refuse what no document of another node may be, whatever is stored and whoever brings it."""
    _check_home(document, owner_of(document), base)
    _check_dates(document)
    if kind_of(document) == "notice":
        notices.check_expiry(document)
        notices.check_not_ahead(document, now)
    _check_keys(document)


def judge_delete(activity: Verified[JSONObject], known: Known, now: datetime) -> list[Effect]:
    """A Delete with its tombstone. Of something unknown it is dropped without a trace."""
    tombstone = inner_of(activity.value, known)
    actor = text_of(activity.value, "actor")
    _check_foreign(text_of(tombstone, "id"), known.base)
    stored = known.stored
    if stored is None:
        return [Nothing("nothing of this name is here")]
    if stored.owner != actor or text_of(tombstone, "attributedTo") != actor:
        raise Refused(Reason.NOT_OWNER, "only the owner deletes a document")
    if type_of(tombstone) != type_of(stored.document):
        raise Refused(Reason.IMMUTABLE_FIELD, "/formerType: the document is of another type")
    if stored.buried:
        return [Nothing("it was deleted before")]
    return [BuryObject(stored.id, stored.kind, actor, tombstone)]


def inner_of(activity: JSONObject, known: Known) -> JSONObject:
    """The document inside `activity`, which the caller opened. Refuses with BAD_PROOF else."""
    document = whole_of(activity, "object")
    if known.inner is None or known.inner.value != document:
        raise Refused(Reason.BAD_PROOF, "/object: the document inside was not verified")
    return document


def _check_may_write(document: JSONObject, actor: str, known: Known) -> Nothing | None:
    """A letter reaches contacts only; somebody blocked is not told."""
    if known.blocked:
        return Nothing("the reader blocked the writer")
    reader = texts_of(document, "to")[0]
    if known.local is None or known.local.id != reader or known.local.type != "Person":
        raise Refused(Reason.NOT_FOUND, "nobody of this name lives here")
    contact = known.contact
    if (
        contact is None
        or contact.state != "contacts"
        or {contact.offerer, contact.offered} != {actor, reader}
    ):
        raise Refused(Reason.NOT_ALLOWED, "only contacts write to each other; offer a contact")
    return None


def _check_foreign(url: str, base: str) -> None:
    """Refuse with OWN_ORIGIN what lies under `base`: only local code writes there."""
    names.read_url(url, development=True)
    if names.same_origin(url, base):
        raise Refused(Reason.OWN_ORIGIN, "what lies under this node's address is written here only")


def _check_home(document: Mapping[str, JSON], actor: str, base: str) -> None:
    """Everything that a document says is its own lies where its owner lives (FEP-fe34)."""
    _check_foreign(text_of(document, "id"), base)
    endpoints = document.get("endpoints")
    places = {name: document[name] for name in _HOME if name in document}
    if isinstance(endpoints, dict):
        places |= {f"endpoints/{name}": url for name, url in endpoints.items()}
    for name, url in places.items():
        if not isinstance(url, str) or not names.same_origin(url, actor):
            raise Refused(Reason.FOREIGN_ORIGIN, f"/{name}: has to lie where its owner lives")


def _check_unchanged(stored: StoredObject, kind: str, document: JSONObject) -> None:
    if kind != stored.kind:
        raise Refused(Reason.IMMUTABLE_FIELD, "/type: a document stays what it is")
    # Who founds a project may hand that to a colleague; `_check_home` holds it to one school.
    same = kind == "project" or document.get("attributedTo") == stored.document.get("attributedTo")
    if owner_of(document) != stored.owner or not same:
        raise Refused(Reason.IMMUTABLE_FIELD, "/attributedTo: a document keeps its owner")
    for name in _IMMUTABLE[kind]:
        if document.get(name) != stored.document.get(name):
            raise Refused(Reason.IMMUTABLE_FIELD, f"/{name}: cannot change")


def _check_dates(document: JSONObject) -> None:
    time_of(document, "published")
    time_of(document, "updated")
    for name in ("startDate", "endDate", "availabilityDate"):
        try:
            date.fromisoformat(optional_text_of(document, name) or "2000-01-01")
        except ValueError:
            raise Refused(Reason.BAD_SHAPE, f"/{name}: there is no such day") from None


def _check_keys(document: JSONObject) -> None:
    """Each key an actor lists is its own and a valid point. Refuses with BAD_KEY, NOT_OWNER."""
    if document.get("type") not in ACTOR_TYPES:
        return
    actor = text_of(document, "id")
    entries = document.get("assertionMethod")
    listed = keys_of(document)
    if not isinstance(entries, list) or len(listed) != len(entries):
        raise Refused(Reason.BAD_KEY, "/assertionMethod: a key id stands there twice")
    for entry in entries:
        if isinstance(entry, dict) and text_of(entry, "controller") != actor:
            raise Refused(Reason.NOT_OWNER, "/assertionMethod: the key has another controller")
    for key_id, multikey in listed.items():
        if names.actor_of_key(key_id) != actor:
            raise Refused(Reason.NOT_OWNER, "/assertionMethod: the key belongs to another actor")
        PublicKey.read(multikey)


def _check_rotation(before: JSONObject, after: JSONObject, key: PublicKey, now: datetime) -> None:
    """Keys change by a statement that a key in use before signed; a name keeps its key."""
    old, new = keys_of(before), keys_of(after)
    if any(new[key_id] != multikey for key_id, multikey in old.items() if key_id in new):
        raise Refused(Reason.IMMUTABLE_FIELD, "/assertionMethod: a new key takes a new id")
    in_use = keys_of(before, now)
    if any(key_id in keys_of(after, now) for key_id in old.keys() - in_use.keys()):
        raise Refused(Reason.IMMUTABLE_FIELD, "/assertionMethod: a retired key stays retired")
    if before.get("assertionMethod") != after.get("assertionMethod") and (
        key.multikey not in in_use.values()
    ):
        raise Refused(Reason.NOT_OWNER, "a new key is announced with a signature by the old one")


def _content(document: JSONObject) -> JSONObject:
    # The same content may be signed twice, at two times.
    return {name: value for name, value in document.items() if name != "proof"}
