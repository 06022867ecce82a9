"""Credentials: what a hub states about others, verifiable off line (W3C VC 2.0, eddsa-jcs-2022).

One implementation for every kind: the envelope, its time, and its place in a status list (W3C
Bitstring Status List 1.0) are the same; a kind adds a type and a subject. An accreditation says
that a school is a school, and which key its node has; a verification, that a teacher works there.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from protocol import names
from protocol.canonical import JSON, JSONObject, b64, unb64
from protocol.documents import CREDENTIAL_CONTEXT, Verified
from protocol.errors import Reason, Refused
from protocol.objects import ActorKey, listed_keys, stamp
from protocol.reading import optional_text_of, text_of, texts_of, time_of, whole_of

ACCREDITATION: Final = "SchoolgateAccreditation"
VERIFICATION: Final = "SchoolgateVerification"
STATUS_LIST: Final = "BitstringStatusListCredential"
LIST_BITS: Final = 131_072
"""Places in one list: the least that hides a single one among many (Bitstring Status List §4.1)."""

CLOCKS_DIFFER: Final = timedelta(seconds=300)
"""A hub's clock may be so far ahead: what it stated just now counts already."""

_LIST_BYTES: Final = LIST_BITS // 8
_GZIP: Final = 31


@dataclass(frozen=True)
class Issuer:
    """Who states: the service actor of a hub, its name, and the keys that its document lists."""

    actor: str
    name: str
    keys: Sequence[ActorKey]


@dataclass(frozen=True)
class Place:
    """Where a credential's end would be told: a list's address and the number of the bit in it."""

    status_list: str
    index: int


@dataclass(frozen=True)
class Envelope:
    """What every credential has: its address, who states it, from when until when, its place."""

    url: str
    issuer: Issuer
    valid_from: datetime
    valid_until: datetime
    place: Place


@dataclass(frozen=True)
class School:
    """Whom an accreditation is about: a school's node, its service actor and key, and its card."""

    actor: str
    node: str
    key: str
    name: str
    country: str
    region: str = ""
    register_number: str = ""
    compromised_since: datetime | None = None
    """Since when a key before this one may have been in other hands, where the hub says so."""


@dataclass(frozen=True)
class Accreditation:
    """A verified accreditation, read."""

    id: str
    hub: str
    hub_name: str
    school: School
    valid_from: datetime
    valid_until: datetime
    place: Place

    @property
    def origin(self) -> str:
        """The base of the school's node."""
        return names.origin(self.school.actor)


@dataclass(frozen=True)
class Teacher:
    """Whom a verification is about: a person by address and name, and the service actor of the
    node on which that person lives, with the school's name."""

    id: str
    name: str
    school: str
    school_name: str


@dataclass(frozen=True)
class Verification:
    """A verified statement that a teacher works at a school, read."""

    id: str
    hub: str
    hub_name: str
    teacher: Teacher
    valid_from: datetime
    valid_until: datetime
    place: Place

    def is_about(self, person: JSONObject) -> bool:
        """Whether this is the person of the document, under the name that the hub looked at."""
        teacher = self.teacher
        return (person.get("id"), person.get("name")) == (teacher.id, teacher.name)


@dataclass(frozen=True)
class StatusList:
    """A verified status list, read: one bit for each place, and when it was stated."""

    id: str
    issued: datetime
    bits: bytes

    def is_revoked(self, index: int) -> bool:
        """Whether the credential at this place has ended. A place outside of the list has."""
        if not 0 <= index < LIST_BITS:
            return True
        return bool(self.bits[index >> 3] & (0x80 >> (index & 7)))


def judge(
    stated: Accreditation | Verification, kept: StatusList | None, now: datetime
) -> Literal["valid", "early", "expired", "revoked", "unknown"]:
    """What a verified credential is worth now, by the newest list that was heard of its hub.

    An old list holds as long as no newer one is to be had: a hub that cannot be reached does not
    close its schools. Without any list nothing is known.
    """
    if stated.valid_from > now + CLOCKS_DIFFER:
        return "early"
    if stated.valid_until <= now:
        return "expired"
    if kept is None:
        return "unknown"
    return "revoked" if kept.is_revoked(stated.place.index) else "valid"


def place(base: str, number: int) -> Place:
    """The place of a hub's credential `number`, counted from 0, over all its lists."""
    return Place(list_id(base, number // LIST_BITS + 1), number % LIST_BITS)


def list_id(base: str, number: int) -> str:
    """The address of a hub's status list, counted from 1."""
    return f"{base}/status-lists/{number}"


def accreditation(envelope: Envelope, school: School) -> JSONObject:
    """The credential that accredits `school`, as yet without a proof."""
    subject: JSONObject = {
        "id": school.actor,
        "node": school.node,
        "key": school.key,
        "name": school.name,
        "country": school.country,
    }
    if school.region:
        subject["region"] = school.region
    if school.register_number:
        subject["registerNumber"] = school.register_number
    if school.compromised_since is not None:
        subject["compromisedSince"] = stamp(school.compromised_since)
    return _credential(envelope, ACCREDITATION, subject)


def verification(envelope: Envelope, teacher: Teacher) -> JSONObject:
    """The credential that verifies `teacher`, as yet without a proof."""
    subject: JSONObject = {
        "id": teacher.id,
        "name": teacher.name,
        "school": teacher.school,
        "schoolName": teacher.school_name,
    }
    return _credential(envelope, VERIFICATION, subject)


def status_list(url: str, issuer: Issuer, issued: datetime, revoked: Iterable[int]) -> JSONObject:
    """The list at `url` with the places in `revoked` set, as yet without a proof."""
    bits = bytearray(_LIST_BYTES)
    for index in revoked:
        bits[index >> 3] |= 0x80 >> (index & 7)
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    packed = packer.compress(bytes(bits)) + packer.flush()
    return {
        "@context": list(CREDENTIAL_CONTEXT),
        "id": url,
        "type": ["VerifiableCredential", STATUS_LIST],
        "issuer": _issuer(issuer),
        "validFrom": stamp(issued),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{b64(packed)}",
        },
    }


def issuer_of(credential: JSONObject) -> str:
    """Who states the credential by its own word. Refuses with BAD_SHAPE where nobody is named."""
    return text_of(whole_of(credential, "issuer"), "id")


def key_of(accreditation: JSONObject) -> str:
    """The node's key that an accreditation names. Refuses with BAD_SHAPE where it names none."""
    return text_of(whole_of(accreditation, "credentialSubject"), "key")


def compromised_since_of(accreditation: JSONObject) -> datetime | None:
    """Since when, by its hub's word, a key before the named one may have been in other hands.

    Refuses with BAD_SHAPE a time that is none.
    """
    subject = whole_of(accreditation, "credentialSubject")
    return time_of(subject, "compromisedSince") if "compromisedSince" in subject else None


def read_accreditation(verified: Verified[JSONObject]) -> Accreditation:
    """What a verified accreditation says.

    Refuses with BAD_SHAPE a credential of another kind, FOREIGN_ORIGIN one whose address or status
    list is not its issuer's, or whose subject is no service actor.
    """
    credential = verified.value
    _require_type(credential, ACCREDITATION)
    place = _read_place(credential)
    issuer = whole_of(credential, "issuer")
    subject = whole_of(credential, "credentialSubject")
    actor = text_of(subject, "id")
    if actor != names.service_actor_id(names.origin(actor)):
        raise Refused(Reason.FOREIGN_ORIGIN, "/credentialSubject/id: is no node's service actor")
    return Accreditation(
        id=text_of(credential, "id"),
        hub=text_of(issuer, "id"),
        hub_name=text_of(issuer, "name"),
        school=School(
            actor=actor,
            node=text_of(subject, "node"),
            key=text_of(subject, "key"),
            name=text_of(subject, "name"),
            country=text_of(subject, "country"),
            region=optional_text_of(subject, "region"),
            register_number=optional_text_of(subject, "registerNumber"),
            compromised_since=compromised_since_of(credential),
        ),
        valid_from=time_of(credential, "validFrom"),
        valid_until=time_of(credential, "validUntil"),
        place=place,
    )


def read_verification(verified: Verified[JSONObject]) -> Verification:
    """What a verified statement about a teacher says.

    Refuses with BAD_SHAPE a credential of another kind, FOREIGN_ORIGIN one whose address or status
    list is not its issuer's, or whose person lives elsewhere than the school's node.
    """
    credential = verified.value
    _require_type(credential, VERIFICATION)
    place = _read_place(credential)
    issuer = whole_of(credential, "issuer")
    subject = whole_of(credential, "credentialSubject")
    person, school = text_of(subject, "id"), text_of(subject, "school")
    if school != names.service_actor_id(names.origin(person)):
        raise Refused(Reason.FOREIGN_ORIGIN, "/credentialSubject/id: lives on another node")
    return Verification(
        id=text_of(credential, "id"),
        hub=text_of(issuer, "id"),
        hub_name=text_of(issuer, "name"),
        teacher=Teacher(person, text_of(subject, "name"), school, text_of(subject, "schoolName")),
        valid_from=time_of(credential, "validFrom"),
        valid_until=time_of(credential, "validUntil"),
        place=place,
    )


def is_verification(credential: JSONObject) -> bool:
    """Whether a credential says of itself that it is about a teacher."""
    return credential.get("type") == ["VerifiableCredential", VERIFICATION]


def read_status_list(verified: Verified[JSONObject]) -> StatusList:
    """What a verified status list says.

    Refuses with BAD_SHAPE a credential of another kind or a list that does not unpack to exactly
    `LIST_BITS`, FOREIGN_ORIGIN one that lies elsewhere than its issuer.
    """
    credential = verified.value
    _require_type(credential, STATUS_LIST)
    id_ = text_of(credential, "id")
    if not names.same_origin(id_, issuer_of(credential)):
        raise Refused(Reason.FOREIGN_ORIGIN, "/id: lies elsewhere than the issuer")
    packed = text_of(whole_of(credential, "credentialSubject"), "encodedList")
    return StatusList(id_, time_of(credential, "validFrom"), _unpack(packed))


def _unpack(text: str) -> bytes:
    bad = Refused(Reason.BAD_SHAPE, "/credentialSubject/encodedList: is no list of this size")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        # One byte more than allowed is asked for: a bomb is noticed without being unpacked.
        bits = unpacker.decompress(unb64(text.removeprefix("u")), _LIST_BYTES + 1)
    except (zlib.error, ValueError, Refused):
        raise bad from None
    if len(bits) != _LIST_BYTES or not unpacker.eof:
        raise bad
    return bits


def _read_place(credential: JSONObject) -> Place:
    hub = issuer_of(credential)
    status = whole_of(credential, "credentialStatus")
    listed = text_of(status, "statusListCredential")
    if not (names.same_origin(text_of(credential, "id"), hub) and names.same_origin(listed, hub)):
        raise Refused(Reason.FOREIGN_ORIGIN, "/credentialStatus: lies elsewhere than the issuer")
    return Place(listed, int(text_of(status, "statusListIndex")))


def _require_type(credential: JSONObject, type_: str) -> None:
    if texts_of(credential, "type") != ["VerifiableCredential", type_]:
        raise Refused(Reason.BAD_SHAPE, f"/type: is not that of a {type_}")


def _credential(envelope: Envelope, type_: str, subject: JSONObject) -> JSONObject:
    where = envelope.place
    return {
        "@context": list(CREDENTIAL_CONTEXT),
        "id": envelope.url,
        "type": ["VerifiableCredential", type_],
        "issuer": _issuer(envelope.issuer),
        "validFrom": stamp(envelope.valid_from),
        "validUntil": stamp(envelope.valid_until),
        "credentialSubject": subject,
        "credentialStatus": {
            "id": f"{where.status_list}#{where.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(where.index),
            "statusListCredential": where.status_list,
        },
    }


def _issuer(issuer: Issuer) -> JSON:
    # The issuer's keys travel along: whoever archived its key list can check this after it is gone.
    return {
        "id": issuer.actor,
        "name": issuer.name,
        "assertionMethod": listed_keys(issuer.actor, issuer.keys),
    }
