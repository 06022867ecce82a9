-- What an object lies in, whatever its kind: a file in its album, a card on its wall.

ALTER TABLE contents RENAME COLUMN album TO inside;

-- Who hid or deleted a post, when and why, as JSON; empty while nobody has. In `contents` it stands
-- in `told`.
ALTER TABLE posts ADD COLUMN put_away TEXT NOT NULL DEFAULT '';

CREATE INDEX posts_put_away ON posts (standing, home) WHERE standing IN ('deleted', 'hidden');
CREATE INDEX contents_put_away ON contents (standing, home) WHERE standing IN ('deleted', 'hidden');

-- What was reported, at both ends. `account` is the person who reported it, known at their own school
-- alone; `school` and `other` are service actors.
CREATE TABLE reports (
    id TEXT NOT NULL PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    account INTEGER REFERENCES accounts (id),
    school TEXT NOT NULL,
    other TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    decision TEXT NOT NULL DEFAULT '',
    decided_ms INTEGER,
    decided_by INTEGER REFERENCES accounts (id),
    their_decision TEXT NOT NULL DEFAULT '',
    their_ms INTEGER
) STRICT;
CREATE INDEX reports_by_space ON reports (space, decision, at_ms);
CREATE INDEX reports_by_account ON reports (account) WHERE account IS NOT NULL;

-- Bytes that an administrator put under lock here: neither shown, nor given, nor fetched, nor taken
-- again, in whichever space.
CREATE TABLE quarantined (
    sha256 TEXT NOT NULL PRIMARY KEY,
    since_ms INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts (id)
) STRICT;
