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
