"""Bytes under lock: gone from this node at once, given, fetched and taken no more."""

import pytest

from node.actions import give, materials, moderation, quarantine, spaces
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.spaces.bringing import bytes_at, files_at, on_disk, publish
from tests.node.spaces.schools import Shared
from tests.nodes import settle


async def test_an_administrator_locks_bytes_without_anybody_else(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    boss = await beta.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(beta.context, shared.bob, shared.space, "boss")
    picture = pictures.plain("PNG", (600, 500))
    file = await publish(shared, picture)
    await settle(alpha, beta)
    (found,) = await files_at(beta, shared.space)
    assert await bytes_at(beta, shared.space, found.sha256) is not None
    with pytest.raises(Refused) as refused:
        await quarantine.lock(beta.context, shared.bob, shared.space, file)
    assert refused.value.reason is Reason.NOT_ALLOWED
    await alpha.close_doors()
    await quarantine.lock(beta.context, boss, shared.space, file)
    assert on_disk(beta) == {}
    with pytest.raises(Refused) as refused:
        await give.find(beta.context, shared.bob, shared.space, file)
    assert refused.value.reason is Reason.NOT_FOUND
    await alpha.open_doors()
    # Asking for it, and naming it again, brings nothing back.
    await give.want(beta.context, shared.bob, shared.space, file)
    await publish(shared, picture)
    await settle(alpha, beta)
    assert on_disk(beta) == {}
    assert on_disk(alpha) != {}
    assert await bytes_at(beta, shared.space, found.sha256) is None
    await quarantine.unlock(beta.context, boss, shared.space, file)
    await give.want(beta.context, shared.bob, shared.space, file)
    await settle(alpha, beta)
    assert await bytes_at(beta, shared.space, found.sha256) is not None


async def test_locked_bytes_are_taken_from_nobody_here(shared: Shared) -> None:
    alpha = shared.alpha
    boss = await alpha.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(alpha.context, shared.ana, shared.space, "boss")
    picture = pictures.plain("PNG", (60, 50))
    file = await publish(shared, picture)
    await quarantine.lock(alpha.context, boss, shared.space, file)
    with pytest.raises(Refused) as refused:
        await publish(shared, picture)
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert await publish(shared, pictures.plain("PNG", (61, 50)))
    await settle(shared.alpha, shared.beta)
    # What was locked is hidden for the others by a moderator, or erased by its school.
    await moderation.hide(
        alpha.context,
        shared.ana,
        shared.space,
        file,
        reason="harmful_to_a_child",
        text="",
        language="en",
    )
    await settle(shared.alpha, shared.beta)
    assert len(await files_at(shared.beta, shared.space)) == 1
    await materials.erase(alpha.context, shared.ana, shared.space, file)
    await settle(shared.alpha, shared.beta)
    assert await shared.beta.count("blobs") == await alpha.count("blobs")
