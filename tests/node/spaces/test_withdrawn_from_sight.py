"""Files that stay at their school, and are withdrawn while others look at them."""

import pytest

from node.actions import materials, moderation, quarantine, residency, spaces, trash, views
from node.actions.views import Range
from node.storage import spaces as space_rows
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests.files import film
from tests.node.spaces.bringing import on_disk
from tests.node.spaces.schools import Shared
from tests.node.spaces.viewing import (
    FILM,
    MIB,
    kept_at_home,
    look,
    publish_home,
    refusal,
    traces,
    where,
)
from tests.nodes import Node, settle


async def erase(shared: Shared, file: str) -> None:
    await materials.erase(shared.alpha.context, shared.ana, shared.space, file)


async def throw_away(shared: Shared, file: str) -> None:
    await trash.throw_away(shared.alpha.context, shared.ana, shared.space, file)


async def hide(shared: Shared, file: str) -> None:
    boss = await shared.alpha.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "boss")
    await moderation.hide(
        shared.alpha.context,
        boss,
        shared.space,
        file,
        reason="something_else",
        text="",
        language="en",
    )


async def lock(shared: Shared, file: str) -> None:
    boss = await shared.alpha.account("boss", "Boss", roles="teacher admin")
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "boss")
    await quarantine.lock(shared.alpha.context, boss, shared.space, file)


async def share(shared: Shared, file: str) -> None:
    await residency.move(shared.alpha.context, shared.ana, shared.space, file, "shared")


WITHDRAWALS = [erase, throw_away, hide, lock, share]


@pytest.mark.parametrize("withdraw", WITHDRAWALS)
async def test_whatever_withdraws_a_file_is_felt_at_once(shared: Shared, withdraw: object) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    await look(shared, file)
    assert callable(withdraw)
    await withdraw(shared, file)
    # Beta has not heard of it yet, and holds a ticket.
    assert await refusal(shared, file) is Reason.NOT_FOUND


@pytest.mark.parametrize("withdraw", WITHDRAWALS)
async def test_a_running_view_ends_with_the_next_piece(shared: Shared, withdraw: object) -> None:
    octets = film(16 * MIB)
    file = await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    found, came = await where(shared, file), 0
    assert callable(withdraw)

    async def withdraw_while_looking() -> None:
        nonlocal came
        async with views.opened(shared.beta.context, found, Range()) as view:
            async for piece in view.pieces:
                if not came:
                    await withdraw(shared, file)
                came += len(piece)

    with pytest.raises(Refused):
        await withdraw_while_looking()
    # What was in the sockets on its way may still come.
    assert 0 < came < 12 * MIB


async def test_a_file_that_was_hidden_needs_another_ticket(shared: Shared) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    await look(shared, file)
    await throw_away(shared, file)
    assert await shared.alpha.count("view_tickets") == 0
    await trash.restore(shared.alpha.context, shared.ana, shared.space, file)
    await look(shared, file)
    assert await shared.alpha.count("view_tickets") == 1


async def test_an_erased_file_takes_its_bytes_with_it(shared: Shared) -> None:
    octets = film(50_000)
    file = await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    await erase(shared, file)
    await settle(shared.alpha, shared.beta)
    assert on_disk(shared.alpha) == {}
    assert traces(shared.alpha, octets) == []
    assert await shared.alpha.count("home_files") == 0
    assert await shared.alpha.count("blobs") == 0
    (seen,) = await files_at_all(shared.beta, shared.space, file)
    assert seen is Standing.ERASED


async def files_at_all(node: Node, space: str, file: str) -> list[Standing]:
    async with node.context.database.read() as reader:
        kept = await space_rows.get(reader, space)
        return [(await materials.get_file(reader, kept, file)).standing]


async def test_bytes_stay_until_the_last_file_that_has_them_is_gone(shared: Shared) -> None:
    octets = film(50_000)
    one = await publish_home(shared, octets, FILM)
    other = await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    await erase(shared, one)
    await settle(shared.alpha, shared.beta)
    assert await look(shared, other) == ("video/mp4", octets)
    assert await kept_at_home(shared.alpha, shared.space, one) is None
    await erase(shared, other)
    assert on_disk(shared.alpha) == {}
