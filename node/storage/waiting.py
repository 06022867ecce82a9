"""What a page's frame shows, in one round trip: the school's card and what waits for somebody."""

import json
from dataclasses import dataclass
from datetime import datetime

from node.storage.database import Reader
from node.storage.spaces import TEACHING
from protocol.canonical import JSONObject
from protocol.fresh import is_to_be_renewed


@dataclass(frozen=True)
class Counts:
    """The school's document (None before set-up) and how many things wait for one person."""

    school: JSONObject | None
    unread: int
    offers: int
    projects: int
    accounts: int
    partners: int
    renewals: int = 0
    schools: int = 0
    approvals: int = 0
    teachers: int = 0
    wishes: int = 0
    reports: int = 0
    escalations: int = 0

    @property
    def total(self) -> int:
        told = self.unread + self.offers + self.projects + self.reports
        asked = self.schools + self.approvals + self.teachers + self.escalations
        return told + self.accounts + self.wishes + self.partners + self.renewals + asked


async def count(
    reader: Reader, actor: str | None, *, admin: bool, now: datetime, officer: bool = False
) -> Counts:
    """The counts for `actor`; an administrator's contain what waits for administrators, those of a
    hub's officer what waits at its desk."""
    row = await reader.one(
        "SELECT (SELECT o.document FROM objects o JOIN meta m ON m.value = o.id "
        "WHERE m.key = 'school') AS school, "
        "(SELECT document FROM objects WHERE id = $1) AS person, "
        "(SELECT count(DISTINCT other) FROM messages "
        "WHERE reader = $1 AND sent = 0 AND read_ms IS NULL) AS unread, "
        "(SELECT count(*) FROM contacts WHERE offered = $1 AND state = 'offered') AS offers, "
        "(SELECT count(*) FROM foundings WHERE waiting_for = $1 AND state = 'offered') "
        "+ (SELECT count(*) FROM joinings WHERE invited = $1 AND state = 'invited') AS projects, "
        "(SELECT count(*) FROM accounts WHERE $2 AND state = 'waiting') AS accounts, "
        "(SELECT count(*) FROM partners WHERE $2 AND state = 'pending' "
        "AND admitted_by = 'hand') AS partners, "
        "(SELECT count(*) FROM admissions WHERE $3 AND state = 'waiting') AS schools, "
        "(SELECT count(*) FROM project_requests WHERE $3 AND state = 'waiting') AS approvals, "
        "(SELECT count(*) FROM teacher_requests WHERE $3 AND state = 'waiting') AS teachers, "
        "(SELECT count(*) FROM escalations WHERE $3 AND state = 'waiting') AS escalations, "
        "(SELECT count(*) FROM verifications WHERE $2 AND state = 'wished') AS wishes, "
        f"(SELECT count(*) FROM (SELECT a.space, a.account {TEACHING} "
        "JOIN accounts c ON c.id = a.account AND c.actor = $1) t "
        "JOIN reports r ON r.space = t.space AND r.decision = '' "
        "WHERE r.account IS NOT t.account) AS reports",
        actor,
        int(admin),
        int(officer),
    )
    if row is None:
        return Counts(None, 0, 0, 0, 0, 0)
    school = None if row["school"] is None else json.loads(row["school"])
    person: JSONObject = {} if row["person"] is None else json.loads(row["person"])
    return Counts(
        school,
        row["unread"],
        row["offers"],
        row["projects"],
        row["accounts"],
        row["partners"],
        int(is_to_be_renewed(person, now)),
        row["schools"],
        row["approvals"],
        row["teachers"],
        row["wishes"],
        row["reports"],
        row["escalations"],
    )
