"""Family names that a teacher allowed as words for a class: `Berg` in a text about hills."""

from node.vault.vault import Unit, View

_PURPOSE = "allowed_words.word"


async def put(unit: Unit, class_: int, word: str, account: int, now_ms: int) -> None:
    await unit.change.run(
        "INSERT INTO allowed_words (class, word_mac, word, account, at_ms) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        class_,
        unit.box.mac(_PURPOSE, word),
        unit.box.seal(_PURPOSE, word),
        account,
        now_ms,
    )


async def list_of_class(view: View, class_: int) -> frozenset[str]:
    rows = await view.rows.all("SELECT word FROM allowed_words WHERE class = $1", class_)
    return frozenset(view.box.open(_PURPOSE, row["word"]) for row in rows)
