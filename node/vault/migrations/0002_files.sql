-- Pupils' files before they are released. The bytes lie sealed in the vault's folder, under `kept`, a
-- name of chance; what is said of them is sealed here. A teacher may mend what a file is called.

CREATE TABLE works_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'file')),
    thread TEXT NOT NULL,
    object TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'held', 'leaving', 'released', 'returned')),
    language TEXT NOT NULL,
    body BLOB,
    note BLOB,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
INSERT INTO works_anew SELECT * FROM works;
-- Numbers that were given once are not given again, also those of the last works that are gone.
DELETE FROM sqlite_sequence WHERE name = 'works_anew';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'works_anew', seq FROM sqlite_sequence WHERE name = 'works';
DROP TABLE works;
ALTER TABLE works_anew RENAME TO works;
CREATE INDEX works_of_pupil ON works (pupil, changed_ms);
CREATE INDEX works_of_space ON works (space, state, changed_ms);

CREATE TABLE decisions_anew (
    id INTEGER PRIMARY KEY,
    work INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('released', 'returned', 'mended')),
    words BLOB,
    at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO decisions_anew SELECT * FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_anew RENAME TO decisions;
CREATE INDEX decisions_of_work ON decisions (work);

-- `small_octets` is 0 where there is no small picture. `words` are those in the file that the roster
-- check reads, and what of it nobody can read.
CREATE TABLE files (
    work INTEGER PRIMARY KEY REFERENCES works (id) ON DELETE CASCADE,
    kept TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    octets INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    small_octets INTEGER NOT NULL,
    name BLOB NOT NULL,
    words BLOB NOT NULL
) STRICT;
