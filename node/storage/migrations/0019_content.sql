-- Who had written what was shown when it was reported: a node and the alias there; empty for what was
-- reported before, and where the item was not here.
ALTER TABLE reports ADD COLUMN writer TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN actor TEXT NOT NULL DEFAULT '';

-- What lay on a lost branch of the own log, in the order in which it is said again; `again` is NULL
-- until its turn, then the operation that says it, or empty for what stays behind.
CREATE TABLE lost_words (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL REFERENCES spaces (id),
    op TEXT NOT NULL,
    again TEXT,
    UNIQUE (space, op)
) STRICT;
CREATE INDEX lost_words_waiting ON lost_words (space, number) WHERE again IS NULL;
