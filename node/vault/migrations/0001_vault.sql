-- What a school knows about its pupils. Each column is classified, and each table has its rule of
-- retention, in node/vault/register.py. A BLOB is sealed with the vault's key. Numbers that stand in
-- addresses are given once: an open page of somebody who is gone never acts on somebody else.

CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_ms INTEGER NOT NULL
) STRICT;

-- One row, by which a wrong key is noticed before anything is written with it.
CREATE TABLE proof (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE classes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE class_teachers (
    class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (class, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE pupils (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    alias_key TEXT NOT NULL,
    display BLOB,
    given BLOB,
    family BLOB,
    login BLOB,
    created_ms INTEGER NOT NULL,
    UNIQUE (class, alias_key)
) STRICT;

CREATE TABLE cards (
    pupil INTEGER PRIMARY KEY REFERENCES pupils (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    word_mac TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_pupil ON sessions (pupil);

CREATE TABLE failures (
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX failures_of_pupil ON failures (pupil, at_ms);

-- In which space a pupil takes part, and under which names there: never those of the class.
CREATE TABLE places (
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    pseudonym TEXT NOT NULL UNIQUE,
    alias TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    PRIMARY KEY (pupil, space)
) STRICT, WITHOUT ROWID;
CREATE INDEX places_of_space ON places (space);

CREATE TABLE works (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reply')),
    thread TEXT NOT NULL,
    object TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'held', 'leaving', 'released', 'returned')),
    language TEXT NOT NULL,
    body BLOB,
    note BLOB,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX works_of_pupil ON works (pupil, changed_ms);
CREATE INDEX works_of_space ON works (space, state, changed_ms);

-- What a teacher decided about a piece of work; `words` are those that he let pass.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    work INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('released', 'returned')),
    words BLOB,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_of_work ON decisions (work);

-- Who read what is kept about pupils, when and what for.
CREATE TABLE reads (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    class INTEGER NOT NULL,
    pupil INTEGER,
    why TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX reads_of_class ON reads (class, at_ms);

-- Family names that are also words: a teacher allowed them for a class.
CREATE TABLE allowed_words (
    class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
    word_mac TEXT NOT NULL,
    word BLOB NOT NULL,
    account INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (class, word_mac)
) STRICT, WITHOUT ROWID;
