"""Removing something for good, whoever wrote it: one founding school asks, the other agrees.

With the first word it is hidden at every school, and can be shown again. With the second it is
erased everywhere as if its author had taken it back, and every school owes a signed receipt. For
what the law or a court asks, where the school that wrote it does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from node.actions import along, duties, publish, refold, replica, trash
from node.actions.context import Context
from node.actions.spaces import require_member
from node.actions.speakers import speaks_for_school
from node.storage import erasures, operations, proposals
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import consent, writing
from protocol.space.authority import home_of
from protocol.space.consent import Target
from protocol.space.control import (
    MAX_PURGES,
    State,
    founders_for_purging,
    purged_name,
    room_for_purges,
    round_of,
)
from protocol.space.fold.history import Contribution
from protocol.space.fold.proposals import Proposal
from protocol.space.vocabulary import MAX_PURGED, Arguments, reference


@dataclass(frozen=True)
class Removal:
    """Something that founders want to be gone. `name` is that of the first wish in its school's
    log, `home` that school; `asked` are the schools that gave their word, `erased` that two did and
    all have heard of it, `ours` whether this school may still agree."""

    name: str
    home: str
    made: Contribution | None
    asked: tuple[str, ...]
    time: int
    hidden: bool
    erased: bool
    ours: bool


def may_remove(space: Space) -> bool:
    """Whether this school is one of those whose word counts."""
    return space.is_member and space.node in space.state.founders


async def may_decide(reader: Reader, account: Account, space: Space) -> bool:
    """Whether somebody speaks for a founding school, and so sees what is hidden in this way."""
    return may_remove(space) and await speaks_for_school(reader, account, space)


async def ask(context: Context, account: Account, space_id: str, item: str) -> None:
    """This founding school wants something removed for good, with a picture that came with it.

    Refuses with NOT_FOUND, NOT_ALLOWED who does not speak for a founding school, GONE where nothing
    is left of it, CONFLICT where it was asked for already, TOO_MANY_ITEMS where the space remembers
    no more of what was removed.
    """
    async with context.database.write() as transaction:
        space, _ = await require_member(transaction, account, space_id)
        await _require_founder(transaction, account, space)
        made = await trash.get(transaction, space, item)
        targets = await _list_targets(transaction, space, made.home, made.object)
        if not targets:
            raise Refused(Reason.GONE, "Nothing is left of this.")
        picture = await along.find_alone(transaction, space, made)
        if picture is not None:
            targets += await _list_targets(transaction, space, picture.home, picture.object)
        asked = await proposals.list_of_space(transaction, space.id)
        own = {
            target
            for one in asked
            if one.home == space.node and one.kind == "purge" and one.is_open(space.state)
            for target in one.targets
        }
        fresh = [target for target in targets if target not in own]
        if not fresh:
            raise Refused(Reason.CONFLICT, "Your school has asked for this already.")
        if not room_for_purges(space.state, map(purged_name, fresh)):
            raise Refused(
                Reason.TOO_MANY_ITEMS, f"Founders remove at most {MAX_PURGES} entries of a space."
            )
        for portion in _portions(space.state, fresh):
            await _propose(context, transaction, space, portion)
        await duties.attend(context, transaction, space.id)
    await replica.tell(context, space_id)


async def agree(context: Context, account: Account, space_id: str, home: str, name: str) -> None:
    """This founding school agrees to what another one asked for; it is erased for ever.

    Refuses as `ask`, with CONFLICT where it has agreed, or nothing is to be agreed to any more.
    """
    async with context.database.write() as transaction:
        space, _ = await require_member(transaction, account, space_id)
        await _require_founder(transaction, account, space)
        asked = await proposals.list_of_space(transaction, space.id)
        ways = [one for one in asked if one.is_open(space.state) and _counts(space.state, one)]
        first = next((one for one in ways if (one.home, one.name) == (home, name)), None)
        if first is None:
            raise Refused(Reason.NOT_FOUND, "Nobody asks for this any more.")
        object_ = await _find_object(transaction, space, first)
        said = {(one.targets, one.after) for one in ways if one.home == space.node}
        fresh = set[tuple[tuple[Target, ...], str]]()
        for one in ways:
            same = object_ is not None and await _find_object(transaction, space, one) == object_
            if same or one == first:
                fresh.add((one.targets, one.after))
        if fresh <= said:
            raise Refused(Reason.CONFLICT, "Your school has agreed to this already.")
        for targets, after in sorted(fresh - said):
            await _propose(context, transaction, space, targets, after=after)
        await duties.attend(context, transaction, space.id)
    await replica.tell(context, space_id)


async def take_back(context: Context, account: Account, space_id: str, item: str) -> None:
    """A founding school has shown again what was hidden and not erased.

    Refuses as `ask`, with CONFLICT what is not hidden in this way.
    """
    async with context.database.write() as transaction:
        space, _ = await require_member(transaction, account, space_id)
        await _require_founder(transaction, account, space)
        made = await trash.get(transaction, space, item)
        state = space.state
        targets = await _list_targets(transaction, space, made.home, made.object)
        picture = await along.find(transaction, space, made)
        if picture is not None:
            targets += await _list_targets(transaction, space, picture.home, picture.object)
        by: dict[str, list[Target]] = {}
        for target in targets:
            known = state.purges.get(purged_name(target))
            if known is not None and known.held and not known.erases:
                by.setdefault(known.by, []).append(target)
        if not by:
            raise Refused(Reason.CONFLICT, "This is not hidden in this way.")
        for after, named in by.items():
            for start in range(0, len(named), MAX_PURGED):
                args: Arguments = {
                    "kind": "unpurge",
                    "targets": [list(one) for one in named[start : start + MAX_PURGED]],
                    "after": after,
                }
                await _say(context, transaction, space, args)
        await duties.attend(context, transaction, space.id)
    await replica.tell(context, space_id)


async def list_asked(reader: Reader, space: Space) -> list[Removal]:
    """What founders want to be gone, and what is gone by their wish; the last first."""
    groups: dict[str, list[Proposal]] = {}
    for one in await proposals.list_of_space(reader, space.id):
        if _counts(space.state, one):
            object_ = await _find_object(reader, space, one)
            groups.setdefault(object_ or one.targets[0][2], []).append(one)
    found = [await _describe(reader, space, named, asked) for named, asked in groups.items()]
    shown = [one for one in found if one is not None]
    return sorted(shown, key=lambda one: (one.erased, -one.time))


def _counts(state: State, one: Proposal) -> bool:
    """Whether a wish is a founder's, in its own words; nobody else's is anything to agree to. Of
    what is gone the key that signed the wish may have been replaced."""
    if one.kind != "purge" or one.home not in state.founders:
        return False
    marks = [state.purges.get(name) for name in one.purged]
    if all(mark is not None and mark.erases for mark in marks):
        return True
    said = {one.home: one.word}
    return bool(founders_for_purging(state, one.targets, one.after, said))


async def _describe(
    reader: Reader, space: Space, object_: str, asked: Sequence[Proposal]
) -> Removal | None:
    state = space.state
    targets = {target for one in asked for target in one.targets}
    now = [one for one in asked if one.after in {round_of(state, name) for name in one.purged}]
    marks = [state.purges.get(purged_name(target)) for target in targets]
    erased = all(one is not None and one.erases for one in marks)
    if not now:
        return None  # it was taken back
    first = min(now, key=lambda one: (one.time, one.home, one.name))
    homes = tuple(sorted({one.home for one in now}))
    made = await _look_behind(reader, space, object_) if "/" in object_ else None
    return Removal(
        first.name,
        first.home,
        made,
        homes,
        first.time,
        hidden=any(one is not None and one.held for one in marks),
        erased=erased,
        ours=may_remove(space) and not erased and space.node not in homes,
    )


async def _look_behind(reader: Reader, space: Space, object_: str) -> Contribution | None:
    """What it was, for those who decide about it; nothing of what is erased."""
    made = await trash.get(reader, space, object_)
    behind = await trash.look_behind(reader, space.id, [made], withheld=True)
    return behind.get(made.reference, made)


async def _find_object(reader: Reader, space: Space, one: Proposal) -> str | None:
    """The reference of the object that a wish is about, as far as it is known here."""
    stored = await operations.list_stored(reader, space.id, [one.targets[0][2]])
    for found in stored.values():
        if found.header.object:
            return reference(home_of(found.header), found.header.object)
    return None


async def _list_targets(reader: Reader, space: Space, home: str, name: str) -> list[Target]:
    """Every text that anybody gave an object, but what is erased."""
    said = (await refold.list_items(reader, space.id, [(home, name)])).get((home, name), [])
    named = [one for one in said if one.header.payload_hash]
    gone = await erasures.list_erased(reader, space.id, [one.id for one in named])
    return [
        (one.header.log, one.header.seq, one.id)
        for one in named
        if (one.header.node, one.id) not in gone
    ]


def _portions(state: State, targets: Iterable[Target]) -> list[tuple[Target, ...]]:
    """As many as one wish names, all of one round."""
    rounds: dict[str, list[Target]] = {}
    for target in targets:
        rounds.setdefault(round_of(state, purged_name(target)), []).append(target)
    return [
        tuple(named[start : start + MAX_PURGED])
        for named in rounds.values()
        for start in range(0, len(named), MAX_PURGED)
    ]


async def _propose(
    context: Context,
    transaction: Transaction,
    space: Space,
    targets: tuple[Target, ...],
    *,
    after: str | None = None,
) -> None:
    turn = round_of(space.state, purged_name(targets[0])) if after is None else after
    signer = await replica.get_admitted_signer(context, transaction, space)
    args: Arguments = {
        "kind": "purge",
        "targets": [list(one) for one in targets],
        "word": consent.sign(consent.purging(space.id, targets, turn), signer),
    }
    await _say(context, transaction, space, args | ({"after": turn} if turn else {}))


async def _say(context: Context, transaction: Transaction, space: Space, args: Arguments) -> None:
    name = publish.new_name(context)
    await replica.append(
        context, transaction, space, lambda place: writing.propose(place, name, args), None
    )


async def _require_founder(reader: Reader, account: Account, space: Space) -> None:
    if not await may_decide(reader, account, space):
        raise Refused(
            Reason.NOT_ALLOWED, "Who speaks for one of the two founding schools decides about this."
        )
