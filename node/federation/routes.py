"""All addresses of the other door. Those that a page has too are handed to `app` to be shared."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from node.config import HubSettings
from node.federation import (
    actors,
    blobs,
    callbacks,
    calls,
    collections,
    directory,
    discovery,
    hubs,
    inbox,
    spaces,
    views,
)

DOCUMENTS = "/admissions/{name}/documents"


def most_bytes(request: web.Request, settings: HubSettings) -> int | None:
    """How many bytes a document of an application may bring; None for everything else."""
    resource = request.match_info.route.resource
    place = "" if resource is None or request.method != "POST" else resource.canonical
    return settings.document_mib << 20 if place == DOCUMENTS else None


def routes() -> list[web.RouteDef]:
    """What only machines ask for."""
    return [
        web.get("/.well-known/webfinger", discovery.webfinger),
        web.get("/.well-known/nodeinfo", discovery.nodeinfo_links),
        web.get("/nodeinfo/2.1", discovery.nodeinfo),
        web.get("/.well-known/schoolgate", discovery.schoolgate),
        web.get("/actor", actors.service_actor),
        web.post("/inbox", inbox.post),
        web.post("/introductions", hubs.introduce),
        web.post("/admissions", hubs.apply),
        web.get("/admissions/{name}", hubs.admission),
        web.post(DOCUMENTS, hubs.enclose),
        web.get("/endorsements", hubs.endorsed),
        web.get("/status-lists/{number:[1-9][0-9]*}", hubs.status_list),
        web.get("/outbox", collections.get_outbox),
        web.get("/changes", collections.get_changes),
        web.get("/directory", directory.get_directory),
        web.get("/accreditations", directory.accreditation),
        *(
            web.get(f"/{family}/{{name}}/{part}", handler)
            for family in ("people", "schools", "projects")
            for part, handler in (
                ("outbox", collections.get_outbox),
                ("followers", collections.get_followers),
                ("following", collections.get_followers),
            )
        ),
        web.get("/notes/{name}", actors.document),
        web.post("/callbacks", callbacks.post),
        web.get("/calls", calls.get),
        web.post("/calls/{call}", calls.post),
        *spaces.routes(),
        *blobs.routes(),
        *views.routes(),
    ]


def shared() -> Mapping[str, Handler]:
    """Documents whose address is a page too: path pattern → handler of the document."""
    return {
        "/search": directory.search,
        "/people/{name}": actors.document,
        "/schools/{name}": actors.document,
        "/projects/{name}": actors.document,
        "/notices/{name}": actors.document,
    }
