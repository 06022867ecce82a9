"""Somebody stands in for Ana, through the very actions that an administrator uses."""

from collections.abc import Collection

import pytest

from node.actions import spaces
from node.actions.substitutes import Appointment
from node.classroom import roster, standing_in
from node.storage import views
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from protocol.space.vocabulary import Role
from tests.node.classroom.classes import Twinned
from tests.nodes import settle

DAY_MS = 86_400_000


async def appoint(
    twinned: Twinned,
    handle: str = "rui",
    *,
    days: int | None = None,
    spaces: Collection[str] | None = None,
    classes: Collection[int] | None = None,
    by: Account | None = None,
) -> int:
    """Somebody stands in for Ana; in all that is hers unless the test says otherwise."""
    alpha = twinned.shared.alpha
    wished = Appointment(
        twinned.shared.ana.id,
        handle,
        [twinned.space] if spaces is None else spaces,
        None if days is None else alpha.clock.now_ms() + days * DAY_MS,
    )
    chosen = [twinned.alpha.class_] if classes is None else classes
    return await standing_in.appoint(alpha.room, by or alpha.admin, wished, chosen)


async def work_on(twinned: Twinned) -> None:
    """What the worker of the classroom does."""
    await standing_in.step(twinned.shared.alpha.room, twinned.shared.alpha.context)


async def roles_at_beta(twinned: Twinned) -> dict[str, Role]:
    """What beta knows of alpha's teachers, by name."""
    await settle(twinned.shared.alpha, twinned.shared.beta)
    async with twinned.shared.beta.context.database.read() as reader:
        found = await views.list_people(reader, twinned.space)
    return {one.name: one.role for one in found}


async def is_out(twinned: Twinned, account: Account) -> bool:
    """Whether somebody has neither the space nor the class."""
    room = twinned.shared.alpha.room
    with pytest.raises(Refused) as refused:
        await spaces.find_space(room.context, account, twinned.space)
    assert refused.value.reason is Reason.NOT_FOUND
    return not await roster.list_classes(room, account)
