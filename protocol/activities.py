"""What actors say about documents and to each other: one builder per activity, without a proof.

Every activity is signed by the key of its `actor`, and so is the request that carries it. What an
activity creates, changes, deletes or offers lies inside it whole, with its own proof; what it
answers or takes back is named by its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from protocol import objects
from protocol.canonical import JSON, JSONObject
from protocol.documents import CONTEXT
from protocol.objects import stamp
from protocol.reading import is_for_everybody
from protocol.shapes import PUBLIC
from protocol.space.genesis import Founder


@dataclass(frozen=True)
class Said:
    """What every activity has: its id, who says it, and when."""

    url: str
    actor: str
    at: datetime


def create(said: Said, document: JSONObject) -> JSONObject:
    """The signed `document` is new; told to those whom the document is for."""
    return _about_document(said, "Create", document)


def update(said: Said, document: JSONObject) -> JSONObject:
    """The signed `document` is a newer version; told to those whom the document is for."""
    return _about_document(said, "Update", document)


def delete(said: Said, tombstone: JSONObject, *, to: Sequence[JSON] = ()) -> JSONObject:
    """The document of the signed `tombstone` is no more; told to `to`, else to everybody."""
    return _activity(said, "Delete", to or told_of(said.actor, {}), object=tombstone)


def follow(said: Said, target: str) -> JSONObject:
    """The actor wants to hear what `target` says to everybody."""
    return _activity(said, "Follow", [target], object=target)


def accept(said: Said, answered: str, *, to: str) -> JSONObject:
    """Yes to the Follow, or the offer of a contact, with the id `answered`, made by `to`."""
    return _activity(said, "Accept", [to], object=answered)


def reject(
    said: Said, answered: str, *, to: str, answer: str, note: str = "", language: str = ""
) -> JSONObject:
    """`not_now` or `no` to the Follow or offer `answered`, made by `to`."""
    return _activity(
        said, "Reject", [to], object=answered, answer=answer, **_letter(note, language)
    )


def undo(said: Said, taken_back: str, *, to: str) -> JSONObject:
    """Takes back the actor's own Follow, offer, or acceptance of a contact."""
    return _activity(said, "Undo", [to], object=taken_back)


def offer_contact(said: Said, other: str, *, note: str, language: str) -> JSONObject:
    """The actor offers `other` to become contacts."""
    return _activity(
        said,
        "Offer",
        [other],
        object=objects.relationship(said.actor, other),
        **_letter(note, language),
    )


def offer_project(
    said: Said,
    project: JSONObject,
    *,
    to: str,
    note: str,
    language: str,
    founder: Founder,
    salt: str,
) -> JSONObject:
    """The actor offers `to` to found the signed `project` together.

    `founder` and `salt` (16 bytes, base64url) are the founder's part of the genesis to come.
    """
    return _activity(
        said,
        "Offer",
        [to],
        object=project,
        **_letter(note, language),
        founder=founder.as_json(),
        salt=salt,
    )


def offer_approval(
    said: Said, project: JSONObject, *, to: str, other: str, acceptance: str
) -> JSONObject:
    """A school asks its hub `to` whether the signed `project` may begin with `other`, who agreed
    to found it by `acceptance`."""
    return _activity(said, "Offer", [to], object=project, target=other, inReplyTo=acceptance)


def approve(said: Said, asked: str, *, to: str, project: str, acceptance: str) -> JSONObject:
    """A hub approves the project that was asked about with `asked`, as `acceptance` made it."""
    return _activity(said, "Accept", [to], object=asked, target=project, inReplyTo=acceptance)


def disapprove(
    said: Said,
    asked: str,
    *,
    to: str,
    project: str,
    acceptance: str,
    reason: str,
    language: str,
) -> JSONObject:
    """A hub does not approve what was asked about with `asked`, and says why."""
    return _activity(
        said,
        "Reject",
        [to],
        object=asked,
        target=project,
        inReplyTo=acceptance,
        **_letter(reason, language),
    )


def offer_verification(
    said: Said, person: JSONObject, *, to: str, note: str, language: str
) -> JSONObject:
    """A school asks its hub `to` to verify that the signed `person` works there."""
    return _activity(said, "Offer", [to], object=person, **_letter(note, language))


def verify(said: Said, asked: str, *, to: str, person: str, credential: JSONObject) -> JSONObject:
    """A hub states what was asked for with `asked`: its signed `credential` about `person`."""
    return _activity(said, "Accept", [to], object=asked, person=person, credential=credential)


def disprove(
    said: Said, asked: str, *, to: str, person: str, reason: str, language: str
) -> JSONObject:
    """A hub does not verify `person`, or does not any more, and says why."""
    return _activity(said, "Reject", [to], object=asked, person=person, **_letter(reason, language))


def announce_approval(said: Said, answer: JSONObject, *, to: str) -> JSONObject:
    """The co-founder passes on his hub's signed `answer`."""
    return _activity(said, "Announce", [to], object=answer)


def accept_project(
    said: Said, offer: str, *, to: str, founder: Founder, genesis_signature: str, hub: str = ""
) -> JSONObject:
    """The actor agrees to found; `genesis_signature` is base64url, by the key in `founder`.

    `hub` is the own hub, where the school has one: its approval follows.
    """
    return _activity(
        said,
        "Accept",
        [to],
        object=offer,
        founder=founder.as_json(),
        genesisSignature=genesis_signature,
        **({"hub": hub} if hub else {}),
    )


def invite(
    said: Said,
    project: str,
    *,
    to: str,
    acceptance: str,
    genesis: JSONObject,
    approval: JSONObject | None = None,
) -> JSONObject:
    """The space of `project` is founded; `genesis` is the operation as it travels.

    `approval` is the signed answer of the founder's hub, where that school has one.
    """
    return _activity(
        said,
        "Invite",
        [to],
        object=project,
        target=to,
        inReplyTo=acceptance,
        genesis=genesis,
        **({} if approval is None else {"approval": approval}),
    )


def invite_school(
    said: Said,
    project: JSONObject,
    *,
    to: str,
    genesis: JSONObject,
    settled: str,
    invitation: str,
    note: str = "",
    language: str = "",
) -> JSONObject:
    """The actor invites the school of `to` into the running project `project`, signed.

    `genesis` is that of its space, as it travels; `settled` the id of the last settled control
    operation there; `invitation` the founder school's signature over `consent.invitation`
    (base64url).
    """
    return _activity(
        said,
        "Invite",
        [to],
        object=project,
        target=to,
        genesis=genesis,
        settled=settled,
        invitation=invitation,
        **_letter(note, language),
    )


def join(
    said: Said, project: str, *, to: str, invite: str, member: Founder, acceptance: str
) -> JSONObject:
    """Yes to the Invite `invite`: `member` is the school's entry for the space, and `acceptance`
    its signature over `consent.acceptance` (base64url)."""
    return _activity(
        said,
        "Join",
        [to],
        object=project,
        inReplyTo=invite,
        member=member.as_json(),
        acceptance=acceptance,
    )


def remove(said: Said, school: str, project: str, *, to: str) -> JSONObject:
    """The node with the service actor `school` is a member of `project` no more; told to `to`."""
    return _activity(said, "Remove", [to], object=school, target=project)


def move_founding(said: Said, project: str, *, to: str, successor: str) -> JSONObject:
    """The actor hands its founding of `project` to `successor`, a colleague; told to `to`."""
    return _activity(said, "Move", [to], object=project, target=successor)


def flag(
    said: Said,
    item: str,
    space: str,
    *,
    to: str,
    reason: str,
    note: str = "",
    language: str = "",
    by_pupil: bool = False,
) -> JSONObject:
    """Somebody at the actor's school reported the item with this reference in a space; told to the
    school `to` that wrote it. Who reported it is not said, only that it was a pupil."""
    more: dict[str, JSON] = {"by": "pupil"} if by_pupil else _letter(note, language)
    return _activity(said, "Flag", [to], object=item, target=space, reason=reason, **more)


def escalate_flag(
    said: Said,
    flagged: str,
    item: str,
    space: str,
    *,
    hub: str,
    reason: str,
    note: str,
    language: str,
) -> JSONObject:
    """The actor's school tells its hub of the report `flagged` about an item in a space; `note` was
    written for the hub, and may be empty."""
    return _activity(
        said,
        "Flag",
        [hub],
        object=item,
        target=space,
        inReplyTo=flagged,
        reason=reason,
        **_letter(note, language),
    )


def decide_flag(said: Said, flagged: str, *, to: str, decision: str) -> JSONObject:
    """What the actor's school decided about what was reported with the Flag `flagged`."""
    return _activity(said, "Accept", [to], object=flagged, decision=decision)


def _about_document(said: Said, type_: str, document: JSONObject) -> JSONObject:
    audience = document.get("to")
    to = list(audience) if isinstance(audience, list) else told_of(said.actor, document)
    return _activity(said, type_, to, object=document)


def told_of(actor: str, document: JSONObject) -> list[JSON]:
    """Who is told what `actor` says of `document`, which names no readers itself."""
    followers = f"{actor}/followers"
    return [PUBLIC, followers] if is_for_everybody(document) else [followers]


def _letter(note: str, language: str) -> dict[str, JSON]:
    return {"content": objects.lines(note), "language": language} if note else {}


def _activity(said: Said, type_: str, to: Sequence[JSON], **members: JSON) -> JSONObject:
    return {
        "@context": list(CONTEXT),
        "id": said.url,
        "type": type_,
        "actor": said.actor,
        "to": list(to),
        **members,
        "published": stamp(said.at),
    }
