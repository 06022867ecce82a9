"""What pages of contributions share: whose one is, asking before deleting, who confirmed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from node.actions import spaces
from node.actions.context import CONTEXT
from node.actions.erase import list_confirmations
from node.actions.spaces import SpaceView
from node.web import directory, rooms
from node.web.directory import Directory
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import render
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.materials import File

UNSHOWABLE = {Reason.BAD_INPUT: later("This cannot be shown. Leave out special characters.")}


@dataclass(frozen=True)
class Confirmed:
    """The other schools that have confirmed an erasure, and those that have not yet."""

    by: list[str]
    awaited: list[str]


Require: TypeAlias = Callable[[SpaceView, Contribution], None]


async def find_space(request: web.Request) -> SpaceView:
    """The space in the address. Refuses with NOT_FOUND whoever is not in it."""
    return await spaces.find_space(request.app[CONTEXT], me(request), request.match_info["space"])


async def look_up(request: web.Request, seen: SpaceView) -> Directory:
    """What the pages of a space need to know of its schools and people."""
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        return await directory.look_up(reader, context.base, rooms.people_in(seen))


def require(seen: SpaceView, made: Contribution) -> None:
    """Only for who made it, and while it is shown; the action checks it once more.

    Refuses with NOT_OWNER, GONE.
    """
    _require_mine(seen, made)
    if made.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This is not shown any more.")


async def list_confirmed(
    request: web.Request, seen: SpaceView, made: Iterable[Contribution]
) -> Confirmed:
    """Who has confirmed the erasures among these contributions, where they are of this school; of a
    file that stays here those of what was said of it when it went to all."""
    found = []
    for one in made:
        stays = isinstance(one, File) and one.stays_home
        erased = one.standing is Standing.ERASED or stays
        if erased and one.home == seen.space.node:
            found += await list_confirmations(
                request.app[CONTEXT], me(request), seen.space.id, one.reference
            )
    return Confirmed(
        sorted({one.school for one in found if one.received_ms is not None}),
        sorted({one.school for one in found if one.received_ms is None}),
    )


def ask_erase(
    request: web.Request,
    seen: SpaceView,
    made: Contribution,
    *,
    back: str,
    question: str,
    consequence: str,
    quoted: str,
    yes: str,
) -> web.Response:
    """The page between "Delete" and deleting: into the trash, or for ever at once.

    Its words are marked sentences, `quoted` apart.
    """
    space = seen.space
    may_write = space.is_member and not space.state.closed and not space.closed_to_writing
    mine = made.actor == seen.alias or seen.is_admin
    goes = made.standing is not Standing.DELETED and may_write and mine
    return render(
        request,
        "erase.html",
        form=Form(),
        back=back,
        question=question,
        consequence=consequence,
        quoted=quoted,
        yes=yes,
        values={},
        trash=f"/w/{space.id}/trash" if goes else "",
        item=rooms.address_of(made.reference),
    )


def require_left(seen: SpaceView, made: Contribution) -> None:
    """As `require`, also for what lies in the trash or is hidden, for administrators of the school,
    and for its teachers where a pupil made it: there is something to erase."""
    is_theirs = seen.is_admin and made.home == seen.space.node
    if not is_theirs and not seen.answers_for(made.home, made.actor):
        _require_mine(seen, made)
    if made.standing is Standing.ERASED:
        raise Refused(Reason.GONE, "This is not here any more.")


def _require_mine(seen: SpaceView, made: Contribution) -> None:
    if made.home != seen.space.node or made.actor != seen.alias:
        raise Refused(Reason.NOT_OWNER, "Only who made this changes it.")
