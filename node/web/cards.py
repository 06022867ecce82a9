"""From stored documents to what the templates show of projects, schools, updates."""

from datetime import date, datetime

from node.actions.actors import card_of
from node.clock import unstamp
from node.storage.objects import StoredDocument
from node.web import views
from node.web.directory import Directory, path_of
from protocol.canonical import JSONObject
from protocol.notices import is_over
from protocol.reading import number_of, optional_text_of


def listed(document: JSONObject, name: str) -> list[str]:
    """The texts of an array; none where there is none."""
    value = document.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def day(document: JSONObject, name: str) -> date | None:
    text = optional_text_of(document, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def entry(
    stored: StoredDocument, directory: Directory, now: datetime, *, reader: str = ""
) -> views.Entry:
    """One public update or a notice; `reader` is the actor who looks."""
    if stored.kind == "notice":
        shown = notice(stored, directory, now)
        return views.Entry(
            author=directory.person(stored.owner),
            text=shown.text,
            language=shown.language,
            at_ms=shown.at_ms,
            path=shown.path,
            mine=stored.owner == reader,
            notice=shown,
        )
    name = stored.id.rpartition("/")[2]
    return views.Entry(
        author=directory.person(stored.owner),
        text=optional_text_of(stored.document, "content"),
        language=optional_text_of(stored.document, "language"),
        at_ms=unstamp(optional_text_of(stored.document, "published")),
        path=f"/updates/{name}",
        mine=stored.owner == reader,
    )


def notice(stored: StoredDocument, directory: Directory, now: datetime) -> views.Notice:
    """A notice on its card and its page, for staff."""
    document = stored.document
    return views.Notice(
        path=path_of(stored.id, directory.base),
        title=optional_text_of(document, "name"),
        purpose=optional_text_of(document, "purpose"),
        text=optional_text_of(document, "content"),
        language=optional_text_of(document, "language"),
        languages=listed(document, "languages"),
        school=directory.school(optional_text_of(document, "school")),
        author=directory.person(stored.owner),
        at_ms=unstamp(optional_text_of(document, "published")),
        expires_ms=unstamp(optional_text_of(document, "expires")),
        over=is_over(document, now),
        reach=optional_text_of(document, "reach"),
        subjects=listed(document, "subjects"),
        age_from=number_of(document, "ageFrom"),
        age_to=number_of(document, "ageTo"),
        countries=listed(document, "countries"),
    )


def project_card(stored: StoredDocument, directory: Directory) -> views.ProjectCard:
    """A project in a gallery; its schools are those of its founders."""
    document = stored.document
    return views.ProjectCard(
        path=path_of(stored.id, directory.base),
        title=optional_text_of(document, "name"),
        summary=optional_text_of(document, "summary"),
        language=optional_text_of(document, "language"),
        schools=project_schools(document, directory),
        age_from=number_of(document, "ageFrom") or 3,
        age_to=number_of(document, "ageTo") or 20,
        state=optional_text_of(document, "state") or "draft",
    )


def project_actors(document: JSONObject) -> list[str]:
    """Whom a directory has to know in order to show a project."""
    names = ("attributedTo", "coFounder", "school", "coFounderSchool")
    found = [text for name in names if (text := optional_text_of(document, name))]
    return [*found, *listed(document, "partnerSchools")]


def project_schools(document: JSONObject, directory: Directory) -> list[views.School]:
    founders = [("attributedTo", "school"), ("coFounder", "coFounderSchool")]
    schools = []
    for person, school in founders:
        actor = optional_text_of(document, school)
        founder = optional_text_of(document, person)
        if actor or founder:
            schools.append(directory.school(actor) if actor else directory.school_of(founder))
    return schools + [directory.school(actor) for actor in listed(document, "partnerSchools")]


def school_card(stored: StoredDocument, base: str) -> views.SchoolCard:
    """A school's page."""
    card = card_of(stored.document)
    return views.SchoolCard(
        url=stored.id,
        name=card.name,
        country=card.country,
        path=path_of(stored.id, base),
        city=card.city,
        region=card.region,
        nuts=card.nuts,
        website=card.website,
        types=card.types,
        sector=card.sector,
        languages=card.languages,
        age_from=card.age_from,
        age_to=card.age_to,
        register_number=card.register_number,
        about=card.about,
        about_language=card.about_language,
        reach=card.reach,
    )


def news(stored: StoredDocument) -> views.News:
    """What a hub told."""
    return views.News(
        name=stored.id.rpartition("/")[2],
        text=optional_text_of(stored.document, "content"),
        language=optional_text_of(stored.document, "language"),
        at_ms=stored.published_ms,
    )
