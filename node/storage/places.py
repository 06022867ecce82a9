"""How many operations lie at one place of a log: more than one where its node signed twice."""

import json
from collections.abc import Iterable

from node.storage.database import Reader
from protocol.space.known import Place


async def count(reader: Reader, space: str, places: Iterable[Place]) -> dict[Place, int]:
    """How many operations lie at each of these places (log and number), where there are any."""
    rows = await reader.all(
        "SELECT o.log, o.seq, count(*) AS many FROM json_each($2) j CROSS JOIN operations o "
        "ON o.space = $1 AND o.log = j.value ->> 0 AND o.seq = j.value ->> 1 GROUP BY o.log, o.seq",
        space,
        json.dumps(sorted(places)),
    )
    return {(row["log"], row["seq"]): row["many"] for row in rows}
