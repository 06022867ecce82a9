-- Space keys that were replaced, what founders had removed for good, and what the steward still owes.

-- In which incarnation of its node an acknowledgement was said: one under an older key than the node
-- has there counts for nothing.
ALTER TABLE acknowledgements ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE acknowledgements SET number = CAST(substr(coalesce(
    json_extract(CAST(header AS TEXT), '$.log'),
    (SELECT o.log FROM operations o WHERE o.space = acknowledgements.space
        AND o.id = acknowledgements.op),
    'c/00000000000000000000000000000000/0'), 36) AS INTEGER);

-- The key that signed a vote; empty where it was never noted, and counts.
ALTER TABLE votes ADD COLUMN key TEXT NOT NULL DEFAULT '';

-- What a purge that stands hides: the payload stays.
CREATE TABLE withheld (
    space TEXT NOT NULL REFERENCES spaces (id),
    node TEXT NOT NULL,
    op TEXT NOT NULL,
    PRIMARY KEY (space, op, node)
) STRICT, WITHOUT ROWID;

-- Settled purges with the words of two founders: all that they name is erased. `ours`: this school
-- wrote it or is a founder, and is owed receipts.
CREATE TABLE purges (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL REFERENCES spaces (id),
    id TEXT NOT NULL,
    node TEXT NOT NULL,
    targets INTEGER NOT NULL,
    ours INTEGER NOT NULL,
    erased_ms INTEGER NOT NULL,
    UNIQUE (space, id)
) STRICT;

-- To whom own receipts for purges are still to be sent.
CREATE TABLE owed_receipts (
    space TEXT NOT NULL REFERENCES spaces (id),
    statement TEXT NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (space, statement, node)
) STRICT, WITHOUT ROWID;

-- Members that say that they have a new space key: the statement of each, as it came.
CREATE TABLE renewals (
    space TEXT NOT NULL REFERENCES spaces (id),
    node TEXT NOT NULL,
    key TEXT NOT NULL,
    statement TEXT NOT NULL,
    signature TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (space, node)
) STRICT, WITHOUT ROWID;

-- Whether the steward owes a checkpoint that had to wait.
ALTER TABLE spaces ADD COLUMN checkpoint_due INTEGER NOT NULL DEFAULT 0;
