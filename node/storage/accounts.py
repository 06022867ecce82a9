"""Staff who sign in here, and those invited."""

from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Row, Transaction

AccountState = Literal["waiting", "active", "ended"]
_COLUMNS = (
    "id, handle, name, roles, state, password, language, actor, note, created_ms, ends_ms, "
    "successor, suspended_ms"
)


@dataclass(frozen=True)
class Account:
    id: int
    handle: str
    name: str
    roles: frozenset[str]
    state: AccountState
    password: str
    language: str
    actor: str
    note: str
    created_ms: int
    ends_ms: int | None = None
    successor: int | None = None
    suspended_ms: int | None = None

    def may_sign_in(self, now_ms: int) -> bool:
        """Whether this person works here at a moment."""
        return (
            self.state == "active"
            and self.suspended_ms is None
            and (self.ends_ms is None or now_ms < self.ends_ms)
        )

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles

    @property
    def is_officer(self) -> bool:
        """Whether somebody decides at a hub; its administrators do too."""
        return not self.roles.isdisjoint({"admin", "officer"})


@dataclass(frozen=True)
class Invitation:
    token_hash: str
    handle: str
    name: str
    roles: frozenset[str]
    language: str
    invited_by: str
    expires_ms: int


def _read(row: Row) -> Account:
    values = list(row)
    values[3] = frozenset(values[3].split())
    return Account(*values)


def _read_invitation(row: Row) -> Invitation:
    values = list(row)
    values[3] = frozenset(values[3].split())
    return Invitation(*values)


async def find(reader: Reader, id_: int) -> Account | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM accounts WHERE id = $1", id_)
    return None if row is None else _read(row)


async def find_by_handle(reader: Reader, handle: str) -> Account | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM accounts WHERE handle = $1", handle)
    return None if row is None else _read(row)


async def find_by_actor(reader: Reader, actor: str) -> Account | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM accounts WHERE actor = $1", actor)
    return None if row is None else _read(row)


async def find_of_session(reader: Reader, session_hash: str) -> Account | None:
    """Whose session it is, ended or not."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM accounts "
        "WHERE id = (SELECT account FROM sessions WHERE token_hash = $1)",
        session_hash,
    )
    return None if row is None else _read(row)


async def list_all(reader: Reader) -> list[Account]:
    rows = await reader.all(f"SELECT {_COLUMNS} FROM accounts ORDER BY state, name")
    return [_read(row) for row in rows]


async def put(
    transaction: Transaction,
    *,
    handle: str,
    name: str,
    roles: frozenset[str],
    state: AccountState,
    password: str,
    language: str,
    actor: str,
    note: str,
    now_ms: int,
) -> int:
    """Make an account; its number."""
    return await transaction.insert(
        "INSERT INTO accounts (handle, name, roles, state, password, language, actor, note, "
        "created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        handle,
        name,
        " ".join(sorted(roles)),
        state,
        password,
        language,
        actor,
        note,
        now_ms,
    )


async def put_state(transaction: Transaction, id_: int, state: AccountState, now_ms: int) -> None:
    await transaction.run(
        "UPDATE accounts SET state = $2, ended_ms = CASE $2 WHEN 'ended' THEN $3 END WHERE id = $1",
        id_,
        state,
        now_ms,
    )


async def put_end(
    transaction: Transaction, id_: int, ends_ms: int | None, successor: int | None
) -> None:
    """The account ends then, and this account takes over its projects; or it goes on."""
    await transaction.run(
        "UPDATE accounts SET ends_ms = $2, successor = $3 WHERE id = $1", id_, ends_ms, successor
    )


async def put_suspended(transaction: Transaction, id_: int, suspended_ms: int | None) -> None:
    """Since then the account lets nobody in; None: it does again."""
    await transaction.run("UPDATE accounts SET suspended_ms = $2 WHERE id = $1", id_, suspended_ms)


async def list_over(reader: Reader, now_ms: int) -> list[Account]:
    """Active accounts whose last moment has passed."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM accounts WHERE state = 'active' AND ends_ms <= $1", now_ms
    )
    return [_read(row) for row in rows]


async def put_name(transaction: Transaction, id_: int, name: str) -> None:
    await transaction.run("UPDATE accounts SET name = $2 WHERE id = $1", id_, name)


async def put_language(transaction: Transaction, id_: int, language: str) -> None:
    await transaction.run("UPDATE accounts SET language = $2 WHERE id = $1", id_, language)


async def put_roles(transaction: Transaction, id_: int, roles: frozenset[str]) -> None:
    await transaction.run(
        "UPDATE accounts SET roles = $2 WHERE id = $1", id_, " ".join(sorted(roles))
    )


async def put_password(transaction: Transaction, id_: int, password: str) -> None:
    await transaction.run("UPDATE accounts SET password = $2 WHERE id = $1", id_, password)


_INVITATION = "token_hash, handle, name, roles, language, invited_by, expires_ms"


async def put_invitation(transaction: Transaction, invitation: Invitation, *, now_ms: int) -> None:
    """Keep an invitation; an earlier unused one for the same handle is void."""
    await transaction.run(
        "DELETE FROM invitations WHERE handle = $1 AND used_ms IS NULL", invitation.handle
    )
    await transaction.run(
        f"INSERT INTO invitations ({_INVITATION}, created_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        invitation.token_hash,
        invitation.handle,
        invitation.name,
        " ".join(sorted(invitation.roles)),
        invitation.language,
        invitation.invited_by,
        invitation.expires_ms,
        now_ms,
    )


async def find_invitation(reader: Reader, token_hash: str, now_ms: int) -> Invitation | None:
    """An invitation that can still be accepted."""
    row = await reader.one(
        f"SELECT {_INVITATION} FROM invitations "
        "WHERE token_hash = $1 AND used_ms IS NULL AND expires_ms > $2",
        token_hash,
        now_ms,
    )
    return None if row is None else _read_invitation(row)


async def list_invitations(reader: Reader, now_ms: int) -> list[Invitation]:
    rows = await reader.all(
        f"SELECT {_INVITATION} FROM invitations WHERE used_ms IS NULL AND expires_ms > $1 "
        "ORDER BY name",
        now_ms,
    )
    return [_read_invitation(row) for row in rows]


async def put_invitation_used(transaction: Transaction, token_hash: str, now_ms: int) -> None:
    await transaction.run(
        "UPDATE invitations SET used_ms = $2 WHERE token_hash = $1", token_hash, now_ms
    )


async def drop_invitation(transaction: Transaction, handle: str) -> None:
    await transaction.run("DELETE FROM invitations WHERE handle = $1 AND used_ms IS NULL", handle)


async def drop_waiting(transaction: Transaction, id_: int) -> None:
    """Forget somebody who asked and was declined."""
    await transaction.run("DELETE FROM accounts WHERE id = $1 AND state = 'waiting'", id_)


async def drop_open_invitations(transaction: Transaction) -> None:
    """Make every invitation that nobody has used void."""
    await transaction.run("DELETE FROM invitations WHERE used_ms IS NULL")
