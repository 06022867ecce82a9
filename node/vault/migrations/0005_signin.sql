-- How the pupils of a class come in, and whether they are addressed as young ones or plainly.
ALTER TABLE classes ADD COLUMN style TEXT NOT NULL DEFAULT 'pictured'
    CHECK (style IN ('pictured', 'plain'));
ALTER TABLE classes ADD COLUMN second_step TEXT NOT NULL DEFAULT 'none'
    CHECK (second_step IN ('none', 'asked'));

-- What a pupil chose to show after the card. `secret_hash` is argon2id of a hash under the vault's key.
CREATE TABLE second_steps (
    pupil INTEGER PRIMARY KEY REFERENCES pupils (id) ON DELETE CASCADE,
    way TEXT NOT NULL CHECK (way IN ('pictures', 'password')),
    secret_hash TEXT NOT NULL,
    set_ms INTEGER NOT NULL
) STRICT;

-- Whoever has shown a card and not yet the rest: for minutes, and no session.
CREATE TABLE halfway (
    token_hash TEXT PRIMARY KEY,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX halfway_of_pupil ON halfway (pupil);

-- Wrong pictures and passwords. Counted apart from wrong words: those need no card.
CREATE TABLE missteps (
    id INTEGER PRIMARY KEY,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX missteps_of_pupil ON missteps (pupil, at_ms);

-- Released work that an older pupil took back. `done_ms` is NULL until it is erased; `seen_by` is the
-- teacher of its space who saw it.
CREATE TABLE withdrawals (
    work INTEGER PRIMARY KEY REFERENCES works (id) ON DELETE CASCADE,
    asked_ms INTEGER NOT NULL,
    done_ms INTEGER,
    seen_by INTEGER,
    seen_ms INTEGER
) STRICT;
