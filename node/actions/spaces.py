"""Spaces as their members here see them: which ones, who is in them, how the exchange stands.

Whoever is no teacher of a space gets the very answer that a space gets which does not exist.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from node.actions import publish, replica
from node.actions.context import Context
from node.storage import accounts, cursors, objects, partners, spaces, substitutions, views
from node.storage.accounts import Account
from node.storage.cursors import Exchange
from node.storage.database import Reader, Transaction
from node.storage.objects import StoredDocument
from node.storage.spaces import Space
from protocol import names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of
from protocol.space import operation, writing
from protocol.space.fold.membership import Member
from protocol.space.vocabulary import Role


@dataclass(frozen=True)
class School:
    """One member school: its people, and how the exchange with its node stands (None: our own).

    A suspended one was admitted by a hub whose word does not count any more: what it wrote stays
    and its erasures still act, but this node exchanges nothing with it directly.
    """

    node: str
    origin: str
    name: str
    people: tuple[Member, ...]
    exchange: Exchange | None
    suspended_ms: int | None = None


@dataclass(frozen=True)
class SpaceView:
    """A space as one of its teachers sees it; `alias` is that teacher's pseudonym there, and
    `is_admin` whether that teacher administers the school."""

    space: Space
    alias: str
    project: StoredDocument | None
    schools: tuple[School, ...]
    is_admin: bool = False

    @property
    def title(self) -> str:
        return "" if self.project is None else optional_text_of(self.project.document, "name")

    def answers_for(self, home: str, pseudonym: str) -> bool:
        """Whether the school answers for that person: a pupil of its own."""
        own = [
            one
            for school in self.schools
            if school.node == self.space.node
            for one in school.people
        ]
        return home == self.space.node and is_pupil(own, home, pseudonym)

    def name_of(self, home: str, pseudonym: str) -> str:
        """What a person is called there; empty where that was erased or has not arrived."""
        return next(
            (
                one.name
                for school in self.schools
                if school.node == home
                for one in school.people
                if one.pseudonym == pseudonym
            ),
            "",
        )


def is_pupil(people: Iterable[Member], home: str, pseudonym: str) -> bool:
    """Whether that person of a school is or was a pupil: teachers have a public actor."""
    return any(
        one.role is Role.PUPIL or (one.role is Role.LEFT and bool(one.name) and not one.person)
        for one in people
        if (one.home, one.pseudonym) == (home, pseudonym)
    )


@dataclass(frozen=True)
class ListedSpace:
    """A space in a list, and when something last happened there."""

    id: str
    title: str
    project: str
    moved_ms: int


def not_found() -> Refused:
    """The one answer to everybody who is not concerned, whatever there is."""
    return Refused(Reason.NOT_FOUND, "There is no such space.")


async def find_space(context: Context, account: Account, space: str) -> SpaceView:
    """The space, for a teacher who is in it. Refuses anybody else with NOT_FOUND."""
    async with context.database.read() as reader:
        kept, alias = await require_member(reader, account, space)
        return await view_of(context, reader, kept, alias, is_admin=account.is_admin)


async def view_of(
    context: Context, reader: Reader, kept: Space, alias: str, *, is_admin: bool = False
) -> SpaceView:
    """The space as whoever has the alias there sees it; whether he may is the caller's to know."""
    project, schools = await asyncio.gather(
        objects.find(reader, kept.project), _list_schools(context, reader, kept)
    )
    return SpaceView(kept, alias, project, schools, is_admin)


async def list_spaces(context: Context, account: Account) -> list[ListedSpace]:
    """The spaces in which somebody is, the one where something last happened first."""
    async with context.database.read() as reader:
        kept = await spaces.list_of_account(reader, account.id)
        projects = await objects.list_many(reader, [one.project for one in kept])
    listed = []
    for one in kept:
        project = projects.get(one.project)
        title = "" if project is None else optional_text_of(project.document, "name")
        listed.append(ListedSpace(one.id, title, one.project, one.moved_ms))
    return listed


async def find_title(context: Context, space: str) -> str:
    """What a space is called; "" for one that is not here, or whose project is not."""
    async with context.database.read() as reader:
        kept = await spaces.find(reader, space)
        project = None if kept is None else await objects.find(reader, kept.project)
    return "" if project is None else optional_text_of(project.document, "name")


async def pseudonym_of(context: Context, account: Account, space: str) -> str:
    """The alias of a teacher in a space. Refuses with NOT_FOUND whoever is not in it."""
    async with context.database.read() as reader:
        _, alias = await require_member(reader, account, space)
    return alias


async def require_member(reader: Reader, account: Account, space: str) -> tuple[Space, str]:
    """The space and the teacher's alias in it. Refuses with NOT_FOUND whoever is not in it."""
    alias, kept = await asyncio.gather(
        spaces.find_alias(reader, space, account.id), spaces.find(reader, space)
    )
    if kept is None or alias is None or account.state != "active":
        raise not_found()
    return kept, alias


async def add_colleague(context: Context, account: Account, space: str, handle: str) -> str:
    """Add a teacher of the same school to the space; the alias under which he works there.

    A substitute is there for good from then on, where a colleague adds him who is so himself.
    Refuses with BAD_INPUT whoever is no teacher here, CONFLICT whoever is in the space already.
    """
    async with context.database.write() as transaction:
        kept, own = await require_member(transaction, account, space)
        colleague = await accounts.find_by_handle(transaction, handle)
        if colleague is None or colleague.state != "active" or "teacher" not in colleague.roles:
            raise Refused(
                Reason.BAD_INPUT, "Nobody of this name teaches at your school.", field="handle"
            )
        alias = await spaces.find_alias(transaction, space, colleague.id)
        covering = await substitutions.list_covering(transaction, space, colleague.id)
        if alias is not None:
            for_a_while = await substitutions.list_covering(transaction, space, account.id)
            if not covering or for_a_while or not own:
                raise Refused(Reason.CONFLICT, "This colleague is in the space already.")
        await substitutions.put_stays(transaction, space, colleague.id)
        if alias is not None:
            return alias
        alias = await declare(context, transaction, kept, colleague, Role.TEACHER)
    await replica.tell(context, space)
    return alias


async def remove_colleague(context: Context, account: Account, space: str, alias: str) -> None:
    """A teacher of the same school leaves the space: himself, or by an administrator's hand.

    What he wrote stays. Refuses with NOT_ALLOWED others, NOT_FOUND an alias of nobody here.
    """
    async with context.database.write() as transaction:
        kept, own = await require_member(transaction, account, space)
        if alias != own and not account.is_admin:
            raise Refused(
                Reason.NOT_ALLOWED, "Only an administrator of your school removes a colleague."
            )
        number = await spaces.find_account(transaction, space, alias)
        colleague = None if number is None else await accounts.find(transaction, number)
        if colleague is None:
            raise Refused(Reason.NOT_FOUND, "Nobody of your school has this alias.")
        await declare(context, transaction, kept, colleague, Role.LEFT)
    await replica.tell(context, space)


async def declare(
    context: Context, transaction: Transaction, space: Space, account: Account, role: Role
) -> str:
    """Say in the own log what somebody of this school is in the space; his alias there.

    The name and the public actor travel in the payload only, and can be erased.
    """
    if role is Role.TEACHER:
        await substitutions.drop_shut_out(transaction, space.id, account.id)
    alias = await spaces.find_pseudonym(transaction, space.id, account.id)
    if alias is None:
        alias = publish.new_name(context)
        await spaces.put_pseudonym(transaction, space.id, account.id, alias)
    pseudonym = alias
    payload = None
    if role is Role.TEACHER:
        content: JSONObject = {"name": account.name, "person": account.actor}
        payload = operation.payload(content, account.language, context.chance.octets(16))
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.role(place, pseudonym, role),
        payload,
    )
    return alias


def may_write(space: Space) -> bool:
    """Whether this school can say something in the space, as far as it knows."""
    return space.is_member and space.state.limit is None and not space.closed_to_writing


async def _list_schools(context: Context, reader: Reader, space: Space) -> tuple[School, ...]:
    origins = [names.origin(actor) for actor in space.state.actors.values()]
    members, exchanges, own, named, suspended = await asyncio.gather(
        views.list_people(reader, space.id),
        cursors.list_of_space(reader, space.id),
        objects.find(reader, names.service_actor_id(context.base)),
        partners.list_named(reader, origins),
        partners.list_suspended(reader, origins),
    )
    people: dict[str, list[Member]] = {}
    for one in members:
        people.setdefault(one.home, []).append(one)
    exchange_with = {one.origin: one for one in exchanges}
    known = {origin: name for origin, (name, _) in named.items()}
    if own is not None:
        known[context.base] = optional_text_of(own.document, "name")
    schools = []
    for node, actor in space.state.actors.items():
        origin = names.origin(actor)
        name = known.get(origin, "") or origin
        schools.append(
            School(
                node,
                origin,
                name,
                tuple(people.get(node, ())),
                exchange_with.get(origin),
                suspended.get(origin) if node in space.state.members else None,
            )
        )
    return tuple(sorted(schools, key=lambda one: (one.node != space.node, one.name)))
