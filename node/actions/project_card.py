"""A project's public document as its space goes on: which schools take part, and whether it ended.

It is kept by the first founder's node, which signs it anew whenever the space says otherwise.
"""

from node.actions import publish
from node.actions.context import Context
from node.clock import stamp
from node.storage import foundings, objects, spaces
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.reading import optional_text_of, version_of
from protocol.space.control import State

PARTNERS = ("coFounder", "coFounderSchool", "partnerSchools")


async def renew(context: Context, transaction: Transaction, space: Space) -> None:
    """Sign the document anew and tell everybody, where the space changed what it says."""
    stored = await objects.find(transaction, space.project)
    if stored is None or not stored.local or optional_text_of(stored.document, "state") != "active":
        return
    document = await _as_the_space_says(transaction, stored.document, space.state)
    founding = await foundings.find_of_project(transaction, space.project)
    if founding is not None and founding.state == "active":
        document["attributedTo"] = founding.founder
        if "coFounder" in document:
            document["coFounder"] = founding.co_founder
    if document == _bare(stored.document):
        return
    await publish_anew(context, transaction, space, document)


async def change_founder(
    context: Context, transaction: Transaction, project: str, before: str, after: str
) -> None:
    """The other school's founder is somebody else now."""
    await foundings.put_person(transaction, project, before, after)
    space = await spaces.find_of_project(transaction, project)
    if space is not None:
        await renew(context, transaction, space)


async def publish_anew(
    context: Context, transaction: Transaction, space: Space, document: JSONObject
) -> None:
    """A new version of an own project; followers and the schools of its space hear of it."""
    stored = await objects.find(transaction, space.project)
    before = document if stored is None else stored.document
    newer: JSONObject = {
        **document,
        "updated": stamp(context.now_ms()),
        "version": version_of(before) + 1,
    }
    signed = await publish.put_document(context, transaction, newer)
    said = publish.saying(context, space.project)
    members = [space.state.actors[node] for node in space.state.members]
    await publish.say(
        context,
        transaction,
        activities.update(said, signed),
        followers=[one for one in members if not names.same_origin(one, context.base)],
    )


async def _as_the_space_says(reader: Reader, document: JSONObject, state: State) -> JSONObject:
    kept = {name: value for name, value in _bare(document).items() if name != "partnerSchools"}
    first, second = state.founders
    if second not in state.members:
        kept = {name: value for name, value in kept.items() if name not in PARTNERS}
    others = state.members - {first, second}
    schools = {await _school_of(reader, state.actors[node]) for node in others} - {""}
    if schools:
        kept["partnerSchools"] = [*sorted(schools)]
    if state.limit is not None:
        kept["state"] = "closed" if state.closed else "archived"
    elif kept.get("state") == "archived":
        kept["state"] = "active"
    return kept


async def _school_of(reader: Reader, service_actor: str) -> str:
    """The school of a node; empty where this node has never heard of it."""
    stored = await objects.find(reader, service_actor)
    return "" if stored is None else optional_text_of(stored.document, "school")


def _bare(document: JSONObject) -> JSONObject:
    return {name: value for name, value in document.items() if name != "proof"}
