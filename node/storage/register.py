"""What the node's own database keeps: whom each table tells of, and how long its rows stay.

The record of processing is made from it, beside the vault's register, and a test compares it with
the database, so that a table which somebody adds without saying what it holds fails the build.
Pupils stand in none of these tables but under the alias of a space.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.storage.database import Reader

DAYS_OF_LETTERS: Final = 90
"""Three months: longer than any holiday, and enough to find out what became of a letter."""
DAYS_IN_TRASH: Final = 30
DAYS_OF_ESCALATIONS: Final = 90
"""What a school told its hub of a report, once the hub has dealt with it."""
DAYS_OF_SUBSTITUTIONS: Final = 3 * 365
"""Who stood in for whom, once it is over: as long as the vault keeps who read whose record."""
DAYS_OF_RESULTS: Final = 30
"""What a hub answered to a search, kept to be shown."""
_SHADOWS: Final = ("config", "content", "data", "docsize", "idx")
"""What SQLite keeps beside a table of words."""


ADDRESSES: Final = "addresses"
"""What a table holds that has names and network addresses of those who could not sign in."""


class Part(StrEnum):
    """What a table is about."""

    STAFF = "staff"  # accounts of this school and how they sign in
    LETTERS = "letters"  # messages, contacts and mails between people
    WORDS = "words"  # what people wrote and brought into spaces; pupils under an alias
    PUBLIC = "public"  # profiles, projects and notices, own and found, and their letters
    TRACES = "traces"  # reports, locks, erasures and who confirmed them
    SCHOOLS = "schools"  # schools, their nodes and hubs
    ORDER = "order"  # numbers, keys and times of this program


class Stays(StrEnum):
    """How long a table's rows stay."""

    PERSON = "person"  # until the person deletes it
    SPACE = "space"  # with its space, which stays; what is erased goes at once
    SCHOOL = "school"  # as long as the schools are connected
    DAYS = "days"  # so many days after it is over
    SETTING = "setting"  # as many days as a setting says
    OVER = "over"  # until it is used or expires
    KEPT = "kept"  # no rule deletes it


@dataclass(frozen=True)
class Table:
    """`days` for `Stays.DAYS`, the name of a setting for `Stays.SETTING`; `holds` where its columns
    hold something else than its part says."""

    part: Part
    stays: Stays
    days: int = 0
    setting: str = ""
    holds: str = ""


def _tables(part: Part, stays: Stays, *named: str, days: int = 0) -> dict[str, Table]:
    return dict.fromkeys(named, Table(part, stays, days))


TABLES: Mapping[str, Table] = {
    **_tables(Part.STAFF, Stays.KEPT, "accounts", "verifications", "teacher_requests"),
    **_tables(Part.STAFF, Stays.KEPT, "invitations", "mail_addresses", "role_changes"),
    **_tables(
        *(Part.STAFF, Stays.DAYS, "substitutions", "substitution_spaces"),
        days=DAYS_OF_SUBSTITUTIONS,
    ),
    **_tables(Part.STAFF, Stays.PERSON, "follows", "blocks"),
    "sign_in_failures": Table(Part.STAFF, Stays.OVER, holds=ADDRESSES),
    "sessions": Table(Part.STAFF, Stays.SETTING, setting="sign_in.session_days"),
    **_tables(Part.LETTERS, Stays.KEPT, "messages", "contacts"),
    **_tables(Part.LETTERS, Stays.OVER, "mails"),
    **_tables(
        *(Part.WORDS, Stays.SPACE, "payloads", "posts", "contents", "pages"),
        *("page_blocks", "page_versions", "threads", "blobs", "blob_references", "home_files"),
        *("content_words", "unfolded", "lost_words", "space_people", "space_roles"),
        *("post_search", "block_search", "content_search"),
    ),
    **_tables(Part.WORDS, Stays.KEPT, "operations", "space_accounts", "space_readers"),
    "uploads": Table(Part.WORDS, Stays.SETTING, setting="files.upload_hours"),
    "exports": Table(Part.WORDS, Stays.SETTING, setting="files.export_days"),
    **_tables(Part.PUBLIC, Stays.PERSON, "objects", "drafts", "feed"),
    **_tables(
        *(Part.PUBLIC, Stays.KEPT, "foundings", "joinings", "approvals", "project_requests"),
        "conflicts",
    ),
    **_tables(Part.PUBLIC, Stays.DAYS, "outbox", "inbox", "deliveries", days=DAYS_OF_LETTERS),
    **_tables(Part.PUBLIC, Stays.DAYS, "listings", "listing_search", days=DAYS_OF_RESULTS),
    **_tables(Part.PUBLIC, Stays.OVER, "broadcasts"),
    **_tables(
        *(Part.TRACES, Stays.SPACE, "receipts", "owed_receipts", "descendants", "withheld"),
        "locked_views",
    ),
    **_tables(Part.TRACES, Stays.KEPT, "quarantined", "erasures", "erased", "purges"),
    **_tables(Part.TRACES, Stays.KEPT, "same_bytes", "reports"),
    **_tables(Part.TRACES, Stays.DAYS, "escalations", days=DAYS_OF_ESCALATIONS),
    **_tables(Part.TRACES, Stays.OVER, "view_tickets"),
    **_tables(
        *(Part.SCHOOLS, Stays.SCHOOL, "hubs", "status_lists", "membership"),
        *("actor_keys", "harvests", "listed_nodes", "clocks"),
    ),
    **_tables(Part.SCHOOLS, Stays.KEPT, "admissions", "issued", "sent_enclosures"),
    **_tables(Part.SCHOOLS, Stays.KEPT, "accreditations", "join_links", "partners"),
    "enclosures": Table(Part.SCHOOLS, Stays.SETTING, setting="hub.documents_days"),
    **_tables(Part.SCHOOLS, Stays.SPACE, "space_members", "space_proposals", "votes", "renewals"),
    **_tables(
        *(Part.SCHOOLS, Stays.KEPT, "spaces", "descriptors", "descriptors_sent", "control_tree"),
        "acknowledgements",
    ),
    **_tables(Part.ORDER, Stays.SPACE, "replication", "space_paused"),
    **_tables(Part.ORDER, Stays.KEPT, "cursors", "logs", "space_usage"),
    **_tables(
        *(Part.ORDER, Stays.KEPT, "migrations", "meta", "keys", "backups", "listing_changes"),
        "harvest_look",
    ),
    **_tables(Part.ORDER, Stays.OVER, "nonces"),
}


async def list_columns(reader: Reader) -> dict[str, list[str]]:
    """Every table that the database really has, with its columns; the shadows of tables of words
    are left out."""
    rows = await reader.all(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "ORDER BY name"
    )
    named = [str(row["name"]) for row in rows]
    found = {}
    for name in named:
        of, _, last = name.rpartition("_")
        if last in _SHADOWS and of in named:
            continue
        columns = await reader.all("SELECT name FROM pragma_table_info($1)", name)
        found[name] = [str(row["name"]) for row in columns]
    return found
