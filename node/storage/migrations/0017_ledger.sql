-- Spaces carried away and brought in, who confirmed what was taken back, and who takes too much.

-- Who of this school may read a space that was brought in from a file.
CREATE TABLE space_readers (
    space TEXT NOT NULL REFERENCES spaces (id),
    account INTEGER NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (space, account)
) STRICT, WITHOUT ROWID;

-- Files of spaces that somebody asked for: made by a worker, given to that person alone, forgotten
-- after some days. The file lies in `exports/` under the id's hash.
CREATE TABLE exports (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    account INTEGER NOT NULL REFERENCES accounts (id),
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'made', 'failed')),
    asked_ms INTEGER NOT NULL,
    made_ms INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX exports_by_account ON exports (account, space);
