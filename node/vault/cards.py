"""Cards: what opens a session for a pupil, kept as hashes only."""

from dataclasses import dataclass

from node.vault.vault import Unit, View


@dataclass(frozen=True)
class Card:
    """A pupil's card. `word_mac` is keyed: the word alone is too short for a plain hash."""

    pupil: int
    word_mac: str
    made_ms: int
    expires_ms: int


async def put(
    unit: Unit, pupil: int, *, token_hash: str, word_mac: str, now_ms: int, expires_ms: int
) -> None:
    """A pupil's new card; the one before opens nothing any more."""
    await unit.change.run(
        "INSERT INTO cards (pupil, token_hash, word_mac, made_ms, expires_ms) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pupil) DO UPDATE SET "
        "token_hash = excluded.token_hash, word_mac = excluded.word_mac, "
        "made_ms = excluded.made_ms, expires_ms = excluded.expires_ms",
        pupil,
        token_hash,
        word_mac,
        now_ms,
        expires_ms,
    )


async def find(view: View, pupil: int, now_ms: int) -> Card | None:
    """A pupil's card that has not expired."""
    row = await view.rows.one(
        "SELECT pupil, word_mac, made_ms, expires_ms FROM cards "
        "WHERE pupil = $1 AND expires_ms > $2",
        pupil,
        now_ms,
    )
    return None if row is None else Card(*row)


async def find_pupil(view: View, token_hash: str, now_ms: int) -> int | None:
    """Whose card has this token and has not expired."""
    row = await view.rows.one(
        "SELECT pupil FROM cards WHERE token_hash = $1 AND expires_ms > $2", token_hash, now_ms
    )
    return None if row is None else int(row["pupil"])


async def list_of_class(view: View, class_: int) -> dict[int, Card]:
    """The cards of a class by pupil, also those that have expired."""
    rows = await view.rows.all(
        "SELECT c.pupil, c.word_mac, c.made_ms, c.expires_ms FROM cards c "
        "JOIN pupils p ON p.id = c.pupil WHERE p.class = $1",
        class_,
    )
    return {row["pupil"]: Card(*row) for row in rows}


async def drop_of_class(unit: Unit, class_: int) -> None:
    """The cards of a class open nothing any more."""
    await unit.change.run(
        "DELETE FROM cards WHERE pupil IN (SELECT id FROM pupils WHERE class = $1)", class_
    )


async def drop_of_pupil(unit: Unit, pupil: int) -> None:
    await unit.change.run("DELETE FROM cards WHERE pupil = $1", pupil)
