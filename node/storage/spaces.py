"""Spaces that this node replicates, their members, and which account stands behind which alias."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec

from node.storage.database import Reader, Row, Transaction
from protocol import names
from protocol.space.control import State
from protocol.space.succession import is_quorum

_COLUMNS = (
    "id, project, node, key_id, state, opened_ms, moved_ms, closed_to_writing, ended, ended_ms, "
    "pin, awaited, heard, recovered_ms, said_again"
)
_ALL = f"{_COLUMNS}, EXISTS (SELECT 1 FROM unfolded u WHERE u.space = spaces.id) AS behind"
Ended = Literal["", "left", "removed", "archive"]
"""`archive`: it was brought in from a file, and never or no more belonged to this node."""

TEACHING = (
    "FROM space_accounts a JOIN spaces s ON s.id = a.space "
    "JOIN space_people p ON p.space = a.space AND p.home = s.node "
    "AND p.pseudonym = a.pseudonym AND p.role = 'teacher' AND a.shut_out = 0"
)
"""Who of this school is a teacher where: the log says so, and no substitution that is over."""
_TAUGHT_BY = (
    f"SELECT a.space {TEACHING} WHERE a.account = $1 "
    "UNION SELECT r.space FROM space_readers r JOIN spaces s ON s.id = r.space "
    "AND s.ended = 'archive' WHERE r.account = $1"
)


@dataclass(frozen=True)
class Space:
    """One replica. `state` is what the control log says at the end of its accepted chain.

    `node` is this node's id there; `closed_to_writing` says why nothing of its own may be written
    at present, empty where all is well. `ended` says why this school takes part no more.

    `pin` is the state at the last settled control operation, None before the genesis is kept;
    `awaited` the id of the settled one which an invitation named, until it arrives. `heard` are the
    members heard since a backup was restored, None where there was none: until they are enough,
    this node neither votes nor acknowledges nor writes the control log. `recovered_ms`: when it
    last opened a new log because the one before had stopped, `said_again` how much it repeated.
    `behind`: more is kept than is shown yet.
    """

    id: str
    project: str
    node: str
    key_id: str
    state: State
    opened_ms: int
    moved_ms: int
    closed_to_writing: str
    ended: Ended = ""
    ended_ms: int | None = None
    pin: State | None = None
    awaited: str = ""
    heard: frozenset[str] | None = None
    recovered_ms: int | None = None
    said_again: int = 0
    behind: bool = False

    @property
    def settled(self) -> str:
        """The id of the last settled control operation; that of the space at its beginning."""
        return self.id if self.pin is None else self.pin.head[1]

    @property
    def is_sure(self) -> bool:
        """Whether this node knows what it said: it was never restored, or has heard enough."""
        if self.heard is None:
            return True
        return is_quorum(self.heard | {self.node}, self.state.members)

    @property
    def is_member(self) -> bool:
        """Whether this school takes part, as far as it knows."""
        return not self.ended and self.node in self.state.members


def _read(row: Row) -> Space:
    return Space(
        row["id"],
        row["project"],
        row["node"],
        row["key_id"],
        msgspec.json.decode(row["state"], type=State),
        row["opened_ms"],
        row["moved_ms"],
        row["closed_to_writing"],
        row["ended"],
        row["ended_ms"],
        None if row["pin"] is None else msgspec.json.decode(row["pin"], type=State),
        row["awaited"],
        None if row["heard"] is None else frozenset(json.loads(row["heard"])),
        row["recovered_ms"],
        row["said_again"],
        bool(row["behind"]),
    )


async def find(reader: Reader, id_: str) -> Space | None:
    row = await reader.one(f"SELECT {_ALL} FROM spaces WHERE id = $1", id_)
    return None if row is None else _read(row)


async def get(reader: Reader, id_: str) -> Space:
    """Raises LookupError where this node has no replica of it."""
    space = await find(reader, id_)
    if space is None:
        raise LookupError("this node has no replica of the space")
    return space


async def find_of_project(reader: Reader, project: str) -> Space | None:
    row = await reader.one(f"SELECT {_ALL} FROM spaces WHERE project = $1", project)
    return None if row is None else _read(row)


async def list_all(reader: Reader) -> list[Space]:
    """All replicas, the one that moved last first."""
    rows = await reader.all(f"SELECT {_ALL} FROM spaces ORDER BY moved_ms DESC, id")
    return [_read(row) for row in rows]


async def list_of_account(reader: Reader, account: int) -> list[Space]:
    """The replicas in which an account is a teacher, the one that moved last first."""
    rows = await reader.all(
        f"SELECT {_ALL} FROM spaces WHERE id IN ({_TAUGHT_BY}) ORDER BY moved_ms DESC, id",
        account,
    )
    return [_read(row) for row in rows]


async def find_alias(reader: Reader, space: str, account: int) -> str | None:
    """The alias under which an account is a teacher there; None for whoever is not, or not now.

    Empty for whoever may read an archive and is nobody in it.
    """
    row = await reader.one(
        f"SELECT a.pseudonym {TEACHING} WHERE a.space = $2 AND a.account = $1 "
        "UNION ALL SELECT '' FROM space_readers r JOIN spaces s ON s.id = r.space "
        "AND s.ended = 'archive' WHERE r.space = $2 AND r.account = $1 LIMIT 1",
        account,
        space,
    )
    return None if row is None else str(row["pseudonym"])


async def put(transaction: Transaction, space: Space) -> None:
    """Open a replica."""
    await transaction.run(
        f"INSERT INTO spaces ({_COLUMNS}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', NULL, NULL, $9, NULL, NULL, 0)",
        space.id,
        space.project,
        space.node,
        space.key_id,
        msgspec.json.encode(space.state).decode("ascii"),
        space.opened_ms,
        space.moved_ms,
        space.closed_to_writing,
        space.awaited,
    )
    await _put_members(transaction, space.state)


async def put_state(transaction: Transaction, state: State) -> None:
    """Keep what the control log now says."""
    await transaction.run(
        "UPDATE spaces SET state = $2 WHERE id = $1",
        state.space,
        msgspec.json.encode(state).decode("ascii"),
    )
    await _put_members(transaction, state)


async def _put_members(transaction: Transaction, state: State) -> None:
    await transaction.run("DELETE FROM space_members WHERE space = $1", state.space)
    await transaction.many(
        "INSERT INTO space_members (space, node, actor, origin, member) "
        "VALUES ($1, $2, $3, $4, $5)",
        [
            (state.space, node, actor, names.origin(actor), int(node in state.members))
            for node, actor in sorted(state.actors.items())
        ],
    )
    await put_described_actors(transaction, state.space)


async def put_described_actors(transaction: Transaction, space: str) -> None:
    """Know each member by the service actor that its newest descriptor names."""
    await transaction.run(
        "UPDATE space_members SET actor = d.actor, origin = d.origin FROM descriptors d "
        "WHERE space_members.space = $1 AND d.space = $1 AND d.node = space_members.node",
        space,
    )


async def put_moved(transaction: Transaction, space: str, moved_ms: int) -> None:
    """Something new is to be seen in the space."""
    await transaction.run(
        "UPDATE spaces SET moved_ms = max(moved_ms, $2) WHERE id = $1", space, moved_ms
    )


async def put_closed_to_writing(transaction: Transaction, space: str, why: str) -> None:
    await transaction.run("UPDATE spaces SET closed_to_writing = $2 WHERE id = $1", space, why)


async def put_heard(transaction: Transaction, space: str, heard: Iterable[str] | None) -> None:
    """Which members were heard since a backup was restored; None once they are enough."""
    await transaction.run(
        "UPDATE spaces SET heard = $2 WHERE id = $1",
        space,
        None if heard is None else json.dumps(sorted(heard)),
    )


async def put_recovered(transaction: Transaction, space: str, said_again: int, now_ms: int) -> None:
    """This node opened a new log, and said that many operations of the one before again."""
    await transaction.run(
        "UPDATE spaces SET recovered_ms = $3, said_again = $2 WHERE id = $1",
        space,
        said_again,
        now_ms,
    )


async def add_said_again(transaction: Transaction, space: str, many: int) -> None:
    """So many more are repeated."""
    await transaction.run(
        "UPDATE spaces SET said_again = said_again + $2 WHERE id = $1", space, many
    )


async def put_ended(transaction: Transaction, space: str, ended: Ended, now_ms: int) -> None:
    """This school takes part no more; or again, where `ended` is empty."""
    await transaction.run(
        "UPDATE spaces SET ended = $2, ended_ms = CASE $2 WHEN '' THEN NULL ELSE $3 END "
        "WHERE id = $1",
        space,
        ended,
        now_ms,
    )


async def put_project(transaction: Transaction, space: str, project: str, key_id: str) -> None:
    """The project that an archive turns out to belong to, and the own key there."""
    await transaction.run(
        "UPDATE spaces SET project = $2, key_id = $3 WHERE id = $1", space, project, key_id
    )


async def put_awaited(transaction: Transaction, space: str, awaited: str) -> None:
    """Begin again at the genesis with what is settled, with the word of an invitation about it."""
    await transaction.run(
        "UPDATE spaces SET pin = NULL, awaited = $2 WHERE id = $1", space, awaited
    )


async def put_checkpoint_due(transaction: Transaction, space: str, *, due: bool) -> None:
    """Whether the steward owes a checkpoint as soon as it may write one."""
    await transaction.run("UPDATE spaces SET checkpoint_due = $2 WHERE id = $1", space, int(due))


async def is_checkpoint_due(reader: Reader, space: str) -> bool:
    row = await reader.one("SELECT 1 FROM spaces WHERE id = $1 AND checkpoint_due = 1", space)
    return row is not None


async def put_reader(transaction: Transaction, space: str, account: int) -> None:
    """Somebody may read an archive."""
    await transaction.run(
        "INSERT INTO space_readers (space, account) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        space,
        account,
    )


async def find_member(reader: Reader, space: str, actor: str) -> str | None:
    """The node of the member whose service actor this is."""
    row = await reader.one(
        "SELECT node FROM space_members WHERE space = $1 AND actor = $2 AND member = 1",
        space,
        actor,
    )
    return None if row is None else str(row["node"])


async def find_of_member(reader: Reader, id_: str, actor: str) -> Space | None:
    """The replica, for the member whose service actor this is; None for everybody else."""
    row = await reader.one(
        f"SELECT {_ALL} FROM spaces WHERE id = $1 AND EXISTS (SELECT 1 FROM space_members m "
        "WHERE m.space = $1 AND m.actor = $2 AND m.member = 1)",
        id_,
        actor,
    )
    return None if row is None else _read(row)


async def has_member(reader: Reader, id_: str, actor: str) -> bool:
    """Whether this is the service actor of a member of a space that is here."""
    row = await reader.one(
        "SELECT 1 FROM spaces s JOIN space_members m ON m.space = s.id AND m.actor = $2 "
        "AND m.member = 1 WHERE s.id = $1",
        id_,
        actor,
    )
    return row is not None


async def list_member_origins(reader: Reader, space: str) -> list[tuple[str, str]]:
    """Node and origin of every present member."""
    rows = await reader.all(
        "SELECT node, origin FROM space_members WHERE space = $1 AND member = 1 ORDER BY node",
        space,
    )
    return [(row["node"], row["origin"]) for row in rows]


async def list_with_origin(reader: Reader, origin: str) -> list[tuple[Space, bool]]:
    """The replicas in which a node is or was a member, the oldest first; whether it is one now."""
    rows = await reader.all(
        "SELECT space, max(member) FROM space_members WHERE origin = $1 GROUP BY space", origin
    )
    found = [(await get(reader, row[0]), bool(row[1])) for row in rows]
    return sorted(found, key=lambda one: one[0].opened_ms)


async def list_origins(reader: Reader) -> frozenset[str]:
    """Of every node that is or was a member of a replica here."""
    rows = await reader.all("SELECT DISTINCT origin FROM space_members")
    return frozenset(str(row["origin"]) for row in rows)


async def find_known(reader: Reader, space: str, actor: str) -> str | None:
    """The node, member or once one, whose service actor this is."""
    row = await reader.one(
        "SELECT node FROM space_members WHERE space = $1 AND actor = $2", space, actor
    )
    return None if row is None else str(row["node"])


async def put_pseudonym(transaction: Transaction, space: str, account: int, pseudonym: str) -> None:
    """The account is called by this alias there, for ever."""
    await transaction.run(
        "INSERT INTO space_accounts (space, account, pseudonym) VALUES ($1, $2, $3)",
        space,
        account,
        pseudonym,
    )


async def list_teachers(reader: Reader, space: str) -> list[int]:
    """The accounts of this node that are teachers there at present."""
    rows = await reader.all(f"SELECT a.account {TEACHING} WHERE a.space = $1", space)
    return [row["account"] for row in rows]


async def find_account(reader: Reader, space: str, pseudonym: str) -> int | None:
    """The account of this node behind one of its own aliases."""
    row = await reader.one(
        "SELECT account FROM space_accounts WHERE space = $1 AND pseudonym = $2", space, pseudonym
    )
    return None if row is None else int(row["account"])


async def find_pseudonym(reader: Reader, space: str, account: int) -> str | None:
    row = await reader.one(
        "SELECT pseudonym FROM space_accounts WHERE space = $1 AND account = $2", space, account
    )
    return None if row is None else str(row["pseudonym"])
