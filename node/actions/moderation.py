"""Hiding what should not be seen, and showing it again: reversible, and nothing is deleted by it.

A moderator's school hides what any school wrote; another school's administrators hide what their
own wrote. Every school sees that it is hidden, by whom and why; whoever hid it shows it again.
"""

from collections.abc import Sequence

from node.actions import along, contributions, replica, trash
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import shown
from node.storage.accounts import Account
from node.storage.database import Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import authority, writing
from protocol.space.fold.history import Contribution, Standing
from protocol.space.writing import By

AT_ONCE = 100
LOST = frozenset({Standing.ERASED, Standing.MISSING})
"""Of what stands so nothing is left that could come back."""


def may_hide(space: Space, made: Contribution, *, is_admin: bool) -> bool:
    """Whether somebody of this school may hide something. What is common bears the name of the
    school that began it, and holds words of all: only moderators hide it."""
    if not space.is_member:
        return False
    ours = made.home == space.node and is_admin and not made.is_shared
    return authority.is_moderator(space.state, space.node) or ours


async def hide(
    context: Context,
    account: Account,
    space: str,
    item: str,
    *,
    reason: str,
    text: str,
    language: str,
) -> None:
    """Hide something at every school. Refuses with NOT_ALLOWED who may not, GONE what was deleted,
    CONFLICT what is hidden, BAD_INPUT a reason that is none."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        made = await trash.get(transaction, kept, item)
        if made.standing is Standing.DELETED:
            raise Refused(Reason.GONE, "This was deleted already.")
        await put_hidden(context, transaction, kept, alias, made, account, reason, text, language)
    await replica.tell(context, space)


async def put_hidden(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    made: Contribution,
    account: Account,
    reason: str,
    text: str,
    language: str,
) -> None:
    """As `hide`, inside the transaction of its cause; what was deleted too, so that it is hidden
    when it comes back. A picture that came with it is hidden too, unless something else shows
    it."""
    if not may_hide(space, made, is_admin=account.is_admin):
        raise Refused(Reason.NOT_ALLOWED, "Only moderators of the space hide this.")
    if made.standing in LOST:
        raise Refused(Reason.GONE, "This was deleted already.")
    if made.standing is Standing.HIDDEN:
        raise Refused(Reason.CONFLICT, "This is hidden already.")
    content: JSONObject = {"reason": reason}
    if text.strip():
        content["text"] = lines(text).strip()
    payload = contributions.payload_of(context, "payload-hide", content, language)
    await _say(context, transaction, space, alias, made, payload)
    picture = await along.find_alone(transaction, space, made)
    if picture is not None and picture.standing is Standing.SHOWN:
        payload = contributions.payload_of(context, "payload-hide", content, language)
        await _say(context, transaction, space, alias, picture, payload)


async def _say(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    made: Contribution,
    payload: str | None,
) -> None:
    """That something is hidden, with the `payload` that says why; without, that it is not."""
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.hide(
            place, By(alias), made.object, home=made.home, unhide=payload is None
        ),
        payload,
    )


async def show_again(context: Context, account: Account, space: str, item: str) -> Contribution:
    """Take back what this school hid, with the picture that was hidden with it; what it is.

    Refuses with NOT_OWNER what another school hid, CONFLICT what is not hidden.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        made = await trash.get(transaction, kept, item)
        if made.standing is not Standing.HIDDEN or made.put_away is None:
            raise Refused(Reason.CONFLICT, "This is not hidden.")
        if made.put_away.home != kept.node:
            raise Refused(Reason.NOT_OWNER, "The school that hid this shows it again.")
        if not may_hide(kept, made, is_admin=account.is_admin):
            raise Refused(Reason.NOT_ALLOWED, "Only moderators of the space show this again.")
        await _say(context, transaction, kept, alias, made, None)
        picture = await along.find(transaction, kept, made)
        if picture is not None and along.went_with(picture, made):
            await _say(context, transaction, kept, alias, picture, None)
        made = await trash.get(transaction, kept, item)
    await replica.tell(context, space)
    return made


async def list_hidden(
    context: Context, account: Account, space: str
) -> tuple[Sequence[Contribution], dict[str, Contribution]]:
    """What is hidden in a space, the last first; and by reference what stands behind it, for those
    who may hide it themselves."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        found = await shown.list_put_away(reader, Standing.HIDDEN, space=space, limit=AT_ONCE)
        made = [one for _, one in found]
        ours = [one for one in made if may_hide(kept, one, is_admin=account.is_admin)]
        return made, await trash.look_behind(reader, space, ours)
