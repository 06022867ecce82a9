-- Replicas of spaces: what is stored, how it is exchanged, and what people see of it.

CREATE TABLE spaces (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL UNIQUE,
    node TEXT NOT NULL,
    key_id TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    moved_ms INTEGER NOT NULL,
    closed_to_writing TEXT NOT NULL DEFAULT ''
) STRICT;

-- Whoever was ever admitted, as the control log says; rewritten when it moves.
CREATE TABLE space_members (
    space TEXT NOT NULL REFERENCES spaces (id),
    node TEXT NOT NULL,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    member INTEGER NOT NULL,
    PRIMARY KEY (space, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX space_members_by_origin ON space_members (origin);

-- Which account of this node stands behind which of its own aliases; never told to anybody.
CREATE TABLE space_accounts (
    space TEXT NOT NULL REFERENCES spaces (id),
    account INTEGER NOT NULL REFERENCES accounts (id),
    pseudonym TEXT NOT NULL,
    PRIMARY KEY (space, account)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX space_accounts_by_pseudonym ON space_accounts (space, pseudonym);

-- Verified operations, as received. `void` says why one has no effect at present, `lacks` that its
-- payload has not arrived.
CREATE TABLE operations (
    space TEXT NOT NULL REFERENCES spaces (id),
    id TEXT NOT NULL,
    log TEXT NOT NULL,
    seq INTEGER NOT NULL,
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    lacks INTEGER NOT NULL,
    header BLOB NOT NULL,
    signature BLOB NOT NULL,
    accepted INTEGER NOT NULL,
    void TEXT,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (space, id)
) STRICT;
CREATE INDEX operations_by_log ON operations (space, log, seq);
CREATE INDEX operations_lacking ON operations (space) WHERE lacks = 1;
CREATE INDEX operations_by_object ON operations (space, home, object) WHERE object <> '';

-- Payloads lie apart: an erasure drops the row and the chain of headers stays whole.
CREATE TABLE payloads (
    space TEXT NOT NULL,
    op TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (space, op)
) STRICT;

-- Where the accepted chain of each log ends.
CREATE TABLE logs (
    space TEXT NOT NULL REFERENCES spaces (id),
    log TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (space, log)
) STRICT, WITHOUT ROWID;

-- What each log says of its school's people at the end of its accepted chain.
CREATE TABLE space_roles (
    space TEXT NOT NULL REFERENCES spaces (id),
    log TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (space, log, pseudonym)
) STRICT, WITHOUT ROWID;

-- Signed statements of what a school takes back, in the order of their arrival here.
CREATE TABLE erasures (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL REFERENCES spaces (id),
    id TEXT NOT NULL,
    node TEXT NOT NULL,
    statement TEXT NOT NULL,
    signature TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    UNIQUE (space, id)
) STRICT;

-- Payloads that are gone for ever, stored or still to come.
CREATE TABLE erased (
    space TEXT NOT NULL,
    node TEXT NOT NULL,
    op TEXT NOT NULL,
    statement TEXT NOT NULL,
    PRIMARY KEY (space, op, node)
) STRICT, WITHOUT ROWID;

-- Signed words of members that they dropped what a statement names.
CREATE TABLE receipts (
    space TEXT NOT NULL REFERENCES spaces (id),
    statement TEXT NOT NULL,
    node TEXT NOT NULL,
    receipt TEXT NOT NULL,
    signature TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (space, statement, node)
) STRICT, WITHOUT ROWID;

-- How far each partner has confirmed each log.
CREATE TABLE cursors (
    space TEXT NOT NULL REFERENCES spaces (id),
    origin TEXT NOT NULL,
    log TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (space, origin, log)
) STRICT, WITHOUT ROWID;

-- When each partner of a space is next talked to, what stood in the way, and whether that was the
-- partner's own word.
CREATE TABLE replication (
    space TEXT NOT NULL REFERENCES spaces (id),
    origin TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    answered INTEGER NOT NULL DEFAULT 0,
    agreed_ms INTEGER,
    PRIMARY KEY (space, origin)
) STRICT, WITHOUT ROWID;

-- Views: folds of what is effective, a cache that `refold` makes anew.
CREATE TABLE space_people (
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    role TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    name TEXT NOT NULL,
    person TEXT NOT NULL,
    language TEXT NOT NULL,
    PRIMARY KEY (space, home, pseudonym)
) STRICT, WITHOUT ROWID;

CREATE TABLE posts (
    number INTEGER PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    kind TEXT NOT NULL,
    thread TEXT NOT NULL,
    op TEXT NOT NULL,
    head TEXT NOT NULL,
    actor TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    standing TEXT NOT NULL,
    answers TEXT NOT NULL,
    contributors TEXT NOT NULL,
    edited_ms INTEGER NOT NULL,
    audience TEXT NOT NULL,
    reach TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    UNIQUE (space, home, object)
) STRICT;
CREATE INDEX posts_by_thread ON posts (space, thread, time_ms, op);

-- Search over folded text: accents, case and letters that SQLite does not fold itself.
CREATE VIRTUAL TABLE post_search USING fts5 (folded, tokenize = 'unicode61');
