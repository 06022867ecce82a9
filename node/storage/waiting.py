"""What a page's frame shows, in one round trip: the school's card and what waits for somebody."""

import json
from dataclasses import dataclass

from node.storage.database import Reader
from protocol.canonical import JSONObject


@dataclass(frozen=True)
class Counts:
    """The school's document (None before set-up) and how many things wait for one person."""

    school: JSONObject | None
    unread: int
    offers: int
    projects: int
    accounts: int
    partners: int

    @property
    def total(self) -> int:
        return self.unread + self.offers + self.projects + self.accounts + self.partners


async def count(reader: Reader, actor: str | None, *, admin: bool) -> Counts:
    """The counts for `actor`; an administrator's contain what waits for administrators."""
    row = await reader.one(
        "SELECT (SELECT o.document FROM objects o JOIN meta m ON m.value = o.id "
        "WHERE m.key = 'school') AS school, "
        "(SELECT count(DISTINCT other) FROM messages "
        "WHERE reader = $1 AND sent = 0 AND read_ms IS NULL) AS unread, "
        "(SELECT count(*) FROM contacts WHERE offered = $1 AND state = 'offered') AS offers, "
        "(SELECT count(*) FROM foundings WHERE waiting_for = $1 AND state = 'offered') "
        "AS projects, "
        "(SELECT count(*) FROM accounts WHERE $2 AND state = 'waiting') AS accounts, "
        "(SELECT count(*) FROM partners WHERE $2 AND state = 'pending') AS partners",
        actor,
        int(admin),
    )
    if row is None:
        return Counts(None, 0, 0, 0, 0, 0)
    school = None if row["school"] is None else json.loads(row["school"])
    return Counts(
        school, row["unread"], row["offers"], row["projects"], row["accounts"], row["partners"]
    )
