"""The documents that a node writes about its actors and what they say, as yet without a proof.

One builder per kind. What is not given is left out, never null. The shapes are `schemas/v1/`;
an actor's document is then signed with the actor's own key, any other with its owner's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from protocol.canonical import JSON, JSONObject
from protocol.documents import CONTEXT
from protocol.errors import Reason, Refused
from protocol.names import origin
from protocol.reading import owner_of, text_of, version_of
from protocol.shapes import PUBLIC

_Ordered = TypeVar("_Ordered", int, date)

CONTACT = "urn:schoolgate:ns:v1#contact"
"""The one relationship that is offered (ActivityStreams Vocabulary, Relationship)."""


@dataclass(frozen=True)
class ActorKey:
    """One key of an actor: its id, Multikey text (FEP-521a), and when it was retired, if it was."""

    id: str
    multikey: str
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Written:
    """When a document was first and last written, and how often: 1 is the first version."""

    published: datetime
    updated: datetime
    version: int


def stamp(moment: datetime) -> str:
    """`moment` as documents write it: whole seconds in UTC. It has to be aware and in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def person(
    url: str,
    written: Written,
    *,
    handle: str,
    name: str,
    school: str,
    keys: Sequence[ActorKey],
    country: str = "",
    role: str = "",
    subjects: Sequence[str] = (),
    languages: Sequence[str] = (),
    age_from: int | None = None,
    age_to: int | None = None,
    key_competences: Sequence[str] = (),
    availability: str = "",
    availability_date: date | None = None,
    about: str = "",
    about_language: str = "",
    reach: str = "",
    verification: JSONObject | None = None,
    approves_followers: bool = False,
) -> JSONObject:
    """A member of staff at `url`; `availability_date` is when the availability was said, and
    `verification` what a hub states about this person.

    Refuses with BAD_INPUT where ages run backwards.
    """
    check_order(age_from, age_to, "the age from", "the age to")
    return compose(
        url,
        "Person",
        written,
        **_boxes(url),
        following=f"{url}/following",
        preferredUsername=handle,
        name=name,
        school=school,
        country=country,
        role=role,
        subjects=list(subjects),
        languages=list(languages),
        ageFrom=age_from,
        ageTo=age_to,
        keyCompetences=list(key_competences),
        availability=availability,
        availabilityDate=availability_date.isoformat() if availability_date else None,
        about=_about(about, about_language),
        reach=reach,
        verification=verification,
        manuallyApprovesFollowers=approves_followers,
        assertionMethod=listed_keys(url, keys),
    )


def organization(
    url: str,
    written: Written,
    *,
    name: str,
    country: str,
    keys: Sequence[ActorKey],
    region: str = "",
    nuts: str = "",
    city: str = "",
    location: tuple[int, int] | None = None,
    website: str = "",
    school_types: Sequence[str] = (),
    sector: str = "",
    languages: Sequence[str] = (),
    age_from: int | None = None,
    age_to: int | None = None,
    about: str = "",
    about_language: str = "",
    register_number: str = "",
    reach: str = "",
) -> JSONObject:
    """A school at `url`; `location` is latitude and longitude in tenths of a degree.

    Refuses with BAD_INPUT where ages run backwards.
    """
    check_order(age_from, age_to, "the age from", "the age to")
    return compose(
        url,
        "Organization",
        written,
        **_boxes(url),
        name=name,
        country=country,
        region=region,
        nuts=nuts,
        city=city,
        location=_place(location),
        website=website,
        schoolTypes=list(school_types),
        sector=sector,
        languages=list(languages),
        ageFrom=age_from,
        ageTo=age_to,
        about=_about(about, about_language),
        registerNumber=register_number,
        reach=reach,
        assertionMethod=listed_keys(url, keys),
    )


def application(
    url: str,
    written: Written,
    *,
    node: str,
    name: str,
    keys: Sequence[ActorKey],
    school: str = "",
    country: str = "",
    register_number: str = "",
    role: str = "",
    hub: str = "",
    reachability: str = "",
    address: str = "",
) -> JSONObject:
    """The service actor of the node with the id `node`, at `url`."""
    base = origin(url)
    return compose(
        url,
        "Application",
        written,
        inbox=f"{base}/inbox",
        outbox=f"{base}/outbox",
        node=node,
        name=name,
        school=school,
        country=country,
        registerNumber=register_number,
        role=role,
        hub=hub,
        reachability=reachability,
        address=address,
        protocolVersions=["v1"],
        endpoints={
            "sharedInbox": f"{base}/inbox",
            "changes": f"{base}/changes",
            "spaces": f"{base}/spaces",
        },
        assertionMethod=listed_keys(url, keys),
    )


def project(
    url: str,
    written: Written,
    *,
    founder: str,
    school: str,
    state: str,
    scope: str,
    title: str,
    summary: str,
    language: str,
    languages: Sequence[str],
    subjects: Sequence[str],
    age_from: int,
    age_to: int,
    keys: Sequence[ActorKey],
    co_founder: str = "",
    co_founder_school: str = "",
    description: str = "",
    aims: str = "",
    work_process: str = "",
    expected_results: str = "",
    pupils: int | None = None,
    tools: Sequence[str] = (),
    key_competences: Sequence[str] = (),
    kit: str = "",
    start: date | None = None,
    end: date | None = None,
    continues: str = "",
) -> JSONObject:
    """A project at `url` as others see it; `language` is that of its texts, `continues` the project
    that it goes on from.

    Refuses with BAD_INPUT where ages or dates run backwards.
    """
    check_order(age_from, age_to, "the age from", "the age to")
    check_order(start, end, "the start", "the planned end")
    return compose(
        url,
        "Project",
        written,
        **_boxes(url),
        attributedTo=founder,
        school=school,
        coFounder=co_founder,
        coFounderSchool=co_founder_school,
        state=state,
        scope=scope,
        name=title,
        summary=lines(summary),
        language=language,
        description=lines(description),
        aims=lines(aims),
        workProcess=lines(work_process),
        expectedResults=lines(expected_results),
        languages=list(languages),
        subjects=list(subjects),
        ageFrom=age_from,
        ageTo=age_to,
        pupils=pupils,
        tools=list(tools),
        keyCompetences=list(key_competences),
        kit=kit,
        startDate=start.isoformat() if start else None,
        endDate=end.isoformat() if end else None,
        continues=continues,
        assertionMethod=listed_keys(url, keys),
    )


def note(
    url: str,
    written: Written,
    *,
    author: str,
    text: str,
    language: str,
    reader: str = "",
    answers: str = "",
) -> JSONObject:
    """A public update for everybody and the author's followers; with `reader`, a letter to one."""
    return compose(
        url,
        "Note",
        written,
        attributedTo=author,
        to=[reader] if reader else [PUBLIC, f"{author}/followers"],
        inReplyTo=answers,
        content=lines(text),
        language=language,
    )


def relationship(subject: str, other: str) -> JSONObject:
    """The contact that `subject` offers `other`; it travels inside an Offer only."""
    return {
        "type": "Relationship",
        "subject": subject,
        "relationship": CONTACT,
        "object": other,
    }


def tombstone(former: Mapping[str, JSON], deleted: datetime) -> JSONObject:
    """What remains of the document `former`: its name, type, owner and dates."""
    return {
        "@context": list(CONTEXT),
        "id": text_of(former, "id"),
        "type": "Tombstone",
        "formerType": text_of(former, "type"),
        "attributedTo": owner_of(former),
        "deleted": stamp(deleted),
        "published": text_of(former, "published"),
        "updated": stamp(deleted),
        "version": version_of(former) + 1,
    }


def compose(url: str, type_: str, written: Written, **members: JSON) -> JSONObject:
    """A document of `type_` at `url` with those of its `members` that say something."""
    present = {name: value for name, value in members.items() if value not in (None, "", [])}
    return {
        "@context": list(CONTEXT),
        "id": url,
        "type": type_,
        **present,
        "published": stamp(written.published),
        "updated": stamp(written.updated),
        "version": written.version,
    }


def _boxes(url: str) -> dict[str, JSON]:
    return {
        "inbox": f"{origin(url)}/inbox",
        "outbox": f"{url}/outbox",
        "followers": f"{url}/followers",
    }


def listed_keys(actor: str, keys: Sequence[ActorKey]) -> list[JSON]:
    """The keys as an actor's document and its credentials list them (FEP-521a)."""
    return [
        {
            "id": key.id,
            "type": "Multikey",
            "controller": actor,
            "publicKeyMultibase": key.multikey,
            **({"validUntil": stamp(key.valid_until)} if key.valid_until else {}),
        }
        for key in keys
    ]


def _about(text: str, language: str) -> JSON:
    return {"text": lines(text), "language": language} if text else None


def _place(location: tuple[int, int] | None) -> JSON:
    if location is None:
        return None
    latitude, longitude = location
    return {"latitudeTenths": latitude, "longitudeTenths": longitude}


def lines(text: str) -> str:
    """`text` with every line end as a line feed."""
    # Forms send CR LF; documents know the line feed alone.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_order(low: _Ordered | None, high: _Ordered | None, first: str, last: str) -> None:
    """Refuse with BAD_INPUT where both are given and `high` lies below `low`."""
    if low is not None and high is not None and low > high:
        raise Refused(Reason.BAD_INPUT, f"{first} lies behind {last}; exchange them")
