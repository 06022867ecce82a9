-- Work that pupils brought along from another school or another year: it belongs to no space, and is
-- sent to nobody. What it says lies sealed; its bytes lie sealed in the vault's folder under `kept`.

CREATE TABLE brought_works (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    body BLOB NOT NULL,
    kept TEXT UNIQUE,
    media_type TEXT NOT NULL,
    octets INTEGER NOT NULL,
    small_octets INTEGER NOT NULL,
    name BLOB,
    account INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    brought_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX brought_works_of_pupil ON brought_works (pupil, changed_ms);
