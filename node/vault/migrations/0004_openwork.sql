-- Cards for walls, reactions and changes of pages are works too. `thread` names whatever a work
-- belongs in; `parts` is the rest of what its kind says beside the text.

CREATE TABLE works_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'file', 'card', 'reaction', 'page')),
    thread TEXT NOT NULL,
    object TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'held', 'leaving', 'released', 'returned')),
    language TEXT NOT NULL,
    body BLOB,
    note BLOB,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    parts BLOB
) STRICT;
INSERT INTO works_anew SELECT *, NULL FROM works;
-- Numbers that were given once are not given again, also those of the last works that are gone.
DELETE FROM sqlite_sequence WHERE name = 'works_anew';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'works_anew', seq FROM sqlite_sequence WHERE name = 'works';
DROP TABLE works;
ALTER TABLE works_anew RENAME TO works;
CREATE INDEX works_of_pupil ON works (pupil, changed_ms);
CREATE INDEX works_of_space ON works (space, state, changed_ms);

-- What was reported, as it was then, sealed for the safeguarding persons of the school. `report` is
-- the report's id, NULL until it is made. The bytes of a file lie sealed in the vault's folder,
-- under `kept`, a name of chance; `told_ms` is when the hub was told of it. Whose account here wrote
-- it is sealed in `about`: that person does not open it. Erasing what was reported does not touch it.
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT UNIQUE,
    space TEXT NOT NULL,
    item TEXT NOT NULL,
    reason TEXT NOT NULL,
    copy BLOB NOT NULL,
    kept TEXT UNIQUE,
    media_type TEXT NOT NULL,
    octets INTEGER NOT NULL,
    about BLOB,
    at_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    closed_by INTEGER,
    told_ms INTEGER,
    told_by INTEGER
) STRICT;

-- Who reported it, and in which words: a pupil once. One who is forgotten leaves the alias behind.
CREATE TABLE voices (
    id INTEGER PRIMARY KEY,
    evidence INTEGER NOT NULL REFERENCES evidence (id) ON DELETE CASCADE,
    pupil INTEGER REFERENCES pupils (id) ON DELETE SET NULL,
    account INTEGER,
    who BLOB NOT NULL,
    words BLOB,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX voices_of_evidence ON voices (evidence, pupil);
CREATE INDEX voices_of_pupil ON voices (pupil, at_ms);

-- Who let it be kept longer, and why.
CREATE TABLE extensions (
    id INTEGER PRIMARY KEY,
    evidence INTEGER NOT NULL REFERENCES evidence (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    why BLOB NOT NULL,
    until_ms INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX extensions_of_evidence ON extensions (evidence);

-- Which evidence was read, where it was no record of a pupil.
ALTER TABLE reads ADD COLUMN evidence INTEGER;

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

-- Who decides for himself about pictures, where not all of a class do; marked by a teacher.
CREATE TABLE deciders (
    pupil INTEGER PRIMARY KEY REFERENCES pupils (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- A pupil who decides for himself says it on a page of his own.
CREATE TABLE consents_anew (
    id INTEGER PRIMARY KEY,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    said TEXT NOT NULL CHECK (said IN ('space', 'public', 'refused', 'withdrawn')),
    way TEXT NOT NULL CHECK (way IN ('paper', 'slip', 'page')),
    signed_by TEXT CHECK (signed_by IN ('guardian', 'pupil')),
    signer BLOB,
    signed_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    account INTEGER,
    at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO consents_anew SELECT * FROM consents;
DROP TABLE consents;
ALTER TABLE consents_anew RENAME TO consents;
CREATE INDEX consents_of_pupil ON consents (pupil, space, id);
CREATE INDEX consents_of_space ON consents (space, pupil, id);
