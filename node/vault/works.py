"""Pupils' work before it is released: sealed here, and nowhere else.

`object` is the name that it will have in the space. A work that is `leaving` is being written
there: whether that happened is told by whether the object is there.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from node.storage.database import Row
from node.vault import files
from node.vault.files import KeptFile
from node.vault.vault import Unit, View
from protocol.canonical import JSON, JSONObject
from protocol.space.enclosed import picture_of

State = Literal["draft", "held", "leaving", "released", "returned"]
Kind = Literal["reply", "file", "card", "reaction", "page"]

ALT = "alt"
"""Of its parts what is to be seen in the picture of a reply or a card."""

_COLUMNS = (
    "w.id, w.pupil, w.space, w.kind, w.thread, w.object, w.state, w.language, w.body, w.note, "
    f"w.created_ms, w.changed_ms, w.parts, {files.COLUMNS}"
)
_FROM = "works w LEFT JOIN files f ON f.work = w.id"


@dataclass(frozen=True)
class Work:
    """One piece of work. `text` is empty once it is released: then it lies in the space.

    `inside` is the reference of what it belongs in: of a reply its thread, of a card its wall; a
    file has none, and its text says what is to be seen or heard in it. The `file` of a reply or a
    card is the picture that comes with it. `parts` are what its kind says beside the text, as
    `node.classroom` writes it; empty too once it is released.
    """

    id: int
    pupil: int
    space: str
    kind: Kind
    inside: str
    object: str
    state: State
    language: str
    text: str
    note: str
    created_ms: int
    changed_ms: int
    file: KeptFile | None = None
    parts: JSONObject = field(default_factory=dict)

    @property
    def texts(self) -> Sequence[str]:
        """Every text in it, in the order in which the roster check reads them."""
        if self.file is None:
            return (self.text,)
        if self.kind == "file":
            return (self.file.name, self.text, *self.file.words)
        return (self.file.name, self.alt, self.text)

    @property
    def alt(self) -> str:
        """What is to be seen or heard in its file."""
        return self.text if self.kind == "file" else str(self.parts.get(ALT, ""))

    @property
    def shows(self) -> str:
        """The name that what it shows will have in the space: its own, or that of its picture."""
        return self.object if self.kind == "file" else picture_of(self.object)

    @property
    def version(self) -> str:
        """What a teacher read: differs where the author, the text, its language or the file does,
        or what the file is called."""
        said: list[JSON] = [self.object, self.pupil, self.text, self.language, self.parts]
        if self.file is not None:
            said += [self.file.kept, self.file.name]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Decision:
    """Who decided what about a piece of work."""

    work: int
    account: int
    what: str
    at_ms: int


async def put(
    unit: Unit,
    *,
    pupil: int,
    space: str,
    inside: str,
    name: str,
    state: State,
    language: str,
    text: str,
    now_ms: int,
    kind: Kind = "reply",
    parts: JSONObject | None = None,
) -> int:
    """A new piece of work; its number. `name` is what it will be called in the space."""
    return await unit.change.insert(
        "INSERT INTO works (pupil, space, kind, thread, object, state, language, body, note, "
        "created_ms, changed_ms, parts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $9, $10)",
        pupil,
        space,
        kind,
        inside,
        name,
        state,
        language,
        unit.box.seal("works.body", text),
        now_ms,
        _seal_parts(unit, parts),
    )


async def change(
    unit: Unit,
    work: int,
    *,
    state: State,
    language: str,
    text: str,
    now_ms: int,
    parts: JSONObject | None = None,
) -> None:
    """The author's new version; what a teacher noted about the one before is gone with it."""
    await unit.change.run(
        "UPDATE works SET state = $2, language = $3, body = $4, note = NULL, changed_ms = $5, "
        "parts = $6 WHERE id = $1",
        work,
        state,
        language,
        unit.box.seal("works.body", text),
        now_ms,
        _seal_parts(unit, parts),
    )


async def mend(unit: Unit, work: Work, *, alt: str) -> None:
    """A teacher's words about its file in place of the author's; it waits as long as it waited."""
    text = alt if work.kind == "file" else work.text
    parts = work.parts if work.kind == "file" else {**work.parts, ALT: alt}
    await _rewrite(unit, work, text, parts)


async def take_picture_out(unit: Unit, work: Work) -> None:
    """Its words go on waiting without their picture."""
    parts = {key: value for key, value in work.parts.items() if key != ALT}
    await _rewrite(unit, work, work.text, parts)
    await files.drop(unit, work.id)


async def _rewrite(unit: Unit, work: Work, text: str, parts: JSONObject) -> None:
    await unit.change.run(
        "UPDATE works SET body = $2, parts = $3 WHERE id = $1",
        work.id,
        unit.box.seal("works.body", text),
        _seal_parts(unit, parts),
    )
    unit.change.wipe()


async def put_state(unit: Unit, work: int, state: State) -> None:
    await unit.change.run("UPDATE works SET state = $2 WHERE id = $1", work, state)


async def put_returned(unit: Unit, work: int, note: str, now_ms: int) -> None:
    await unit.change.run(
        "UPDATE works SET state = 'returned', note = $2, changed_ms = $3 WHERE id = $1",
        work,
        unit.box.seal_optional("works.note", note),
        now_ms,
    )


async def put_released(unit: Unit, work: int, now_ms: int) -> None:
    """It lies in the space now; what was kept of it here goes."""
    await unit.change.run(
        "UPDATE works SET state = 'released', body = NULL, note = NULL, parts = NULL, "
        "changed_ms = $2 WHERE id = $1",
        work,
        now_ms,
    )
    await files.drop(unit, work)
    unit.change.wipe()


async def put_leaving(
    unit: Unit, work: int, *, account: int, words: Sequence[str], now_ms: int
) -> None:
    """It is being written into the space from now on; who said so is kept with it."""
    await put_state(unit, work, "leaving")
    await put_decision(unit, work, account=account, what="released", words=words, now_ms=now_ms)


async def put_stayed(unit: Unit, work: int) -> None:
    """It was not written there: it waits again, and nobody has released it."""
    await put_state(unit, work, "held")
    await unit.change.run("DELETE FROM decisions WHERE work = $1 AND what = 'released'", work)


async def put_decision(
    unit: Unit,
    work: int,
    *,
    account: int,
    what: Literal["released", "returned", "mended"],
    words: Sequence[str],
    now_ms: int,
) -> None:
    """Who decided, and which words he let pass."""
    said = json.dumps(list(words)) if words else ""
    await unit.change.run(
        "INSERT INTO decisions (work, account, what, words, at_ms) VALUES ($1, $2, $3, $4, $5)",
        work,
        account,
        what,
        unit.box.seal_optional("decisions.words", said),
        now_ms,
    )


async def list_decisions(view: View, pupil: int) -> list[Decision]:
    """What was decided about a pupil's work, in order."""
    rows = await view.rows.all(
        "SELECT d.work, d.account, d.what, d.at_ms FROM decisions d "
        "JOIN works w ON w.id = d.work WHERE w.pupil = $1 ORDER BY d.at_ms, d.id",
        pupil,
    )
    return [Decision(*row) for row in rows]


async def drop(unit: Unit, work: int) -> None:
    await unit.change.run("DELETE FROM works WHERE id = $1", work)
    unit.change.wipe()


async def find(view: View, work: int) -> Work | None:
    row = await view.rows.one(f"SELECT {_COLUMNS} FROM {_FROM} WHERE w.id = $1", work)
    return None if row is None else _read(view, row)


async def list_of_pupil(view: View, pupil: int, *, limit: int) -> list[Work]:
    """A pupil's work, what changed last first."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE w.pupil = $1 "
        "ORDER BY w.changed_ms DESC, w.id DESC LIMIT $2",
        pupil,
        limit,
    )
    return [_read(view, row) for row in rows]


async def list_released(view: View, pupil: int, space: str, kind: Kind, inside: str) -> list[int]:
    """A pupil's works of this kind in something, which lie in the space."""
    rows = await view.rows.all(
        "SELECT id FROM works WHERE pupil = $1 AND space = $2 AND kind = $3 AND thread = $4 "
        "AND state = 'released' ORDER BY id",
        pupil,
        space,
        kind,
        inside,
    )
    return [row["id"] for row in rows]


async def find_unreleased(
    view: View, pupil: int, space: str, kind: Kind, inside: str
) -> Work | None:
    """A pupil's latest work of this kind in something, which has not left."""
    row = await view.rows.one(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE w.pupil = $1 AND w.space = $2 AND w.kind = $3 "
        "AND w.thread = $4 AND w.state NOT IN ('leaving', 'released') ORDER BY w.id DESC LIMIT 1",
        pupil,
        space,
        kind,
        inside,
    )
    return None if row is None else _read(view, row)


async def list_held(
    view: View, spaces: Sequence[str], *, limit: int, offset: int = 0
) -> list[Work]:
    """What waits to be released in these spaces, what waits longest first."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE w.state = 'held' "
        "AND w.space IN (SELECT value FROM json_each($1)) "
        "ORDER BY w.changed_ms, w.id LIMIT $2 OFFSET $3",
        json.dumps(list(spaces)),
        limit,
        offset,
    )
    return [_read(view, row) for row in rows]


async def list_leaving(view: View, *, before_ms: int) -> list[Work]:
    """What has been on its way into a space since before that moment."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE w.state = 'leaving' AND NOT EXISTS "
        "(SELECT 1 FROM decisions d WHERE d.work = w.id AND d.what = 'released' AND d.at_ms > $1)",
        before_ms,
    )
    return [_read(view, row) for row in rows]


async def list_pictures_kept(view: View) -> frozenset[str]:
    """The names that the pictures of replies and cards will have which have not left."""
    rows = await view.rows.all(
        "SELECT w.object FROM works w JOIN files f ON f.work = w.id WHERE w.kind <> 'file'"
    )
    return frozenset(picture_of(row["object"]) for row in rows)


async def count_unreleased(view: View, pupil: int) -> int:
    """How much of a pupil's is kept here alone."""
    row = await view.rows.one(
        "SELECT count(*) FROM works WHERE pupil = $1 AND state <> 'released'", pupil
    )
    return 0 if row is None else row[0]


async def count_held(view: View, spaces: Sequence[str]) -> dict[str, int]:
    """How much waits to be released, by space."""
    rows = await view.rows.all(
        "SELECT space, count(*) FROM works WHERE state = 'held' "
        "AND space IN (SELECT value FROM json_each($1)) GROUP BY space",
        json.dumps(list(spaces)),
    )
    return {row[0]: row[1] for row in rows}


def _seal_parts(unit: Unit, parts: JSONObject | None) -> bytes | None:
    return unit.box.seal_optional("works.parts", json.dumps(parts) if parts else "")


def _read(view: View, row: Row) -> Work:
    return Work(
        row["id"],
        row["pupil"],
        row["space"],
        row["kind"],
        row["thread"],
        row["object"],
        row["state"],
        row["language"],
        view.box.open_optional("works.body", row["body"]),
        view.box.open_optional("works.note", row["note"]),
        row["created_ms"],
        row["changed_ms"],
        files.read(view, row),
        json.loads(view.box.open_optional("works.parts", row["parts"]) or "{}"),
    )
