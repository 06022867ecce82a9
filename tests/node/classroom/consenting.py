"""What parents sign, recorded the way a teacher does it, and how it stands then."""

from datetime import UTC, date, datetime

from node.classroom import consents
from node.classroom.consents import Signed
from node.vault.consents import Said, SignedBy, State
from tests.node.classroom.classes import LAST_DAY, Twinned


async def agree(
    twinned: Twinned,
    *aliases: str,
    said: Said = "space",
    signed_by: SignedBy = "guardian",
    signer: str = "",
    signed_on: date | None = None,
) -> int:
    node = twinned.alpha.node
    today = datetime.fromtimestamp(node.clock.now_ms() / 1000, UTC).date()
    return await consents.record(
        node.room,
        twinned.shared.ana,
        twinned.space,
        twinned.alpha.class_,
        [Signed(twinned.alpha.pupils[one].id, signer) for one in aliases],
        said=said,
        signed_by=signed_by,
        signed_on=signed_on or today,
        until=LAST_DAY,
    )


async def states(twinned: Twinned) -> dict[str, State]:
    found = await consents.open_list(
        twinned.alpha.node.room, twinned.shared.ana, twinned.space, twinned.alpha.class_
    )
    return {one.known.pupil.alias: one.state for one in found.lines}
