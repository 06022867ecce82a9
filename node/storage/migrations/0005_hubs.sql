-- Hubs: whose word counts, what they said, and what this node says where it is one itself.

-- Who admitted a partner: the administrator's hand, or the accreditation of a hub.
ALTER TABLE partners ADD COLUMN admitted_by TEXT NOT NULL DEFAULT 'hand'
    CHECK (admitted_by IN ('hand', 'hub'));
-- The own credential that was last presented there.
ALTER TABLE partners ADD COLUMN introduced TEXT NOT NULL DEFAULT '';

-- The hub that this school pinned (`own`) and those that its list endorses; at a hub, those that
-- it endorses itself. `keys` is the `assertionMethod` of the hub's document.
CREATE TABLE hubs (
    actor TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    keys TEXT NOT NULL,
    own INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    list_version INTEGER NOT NULL DEFAULT 0,
    asked_ms INTEGER,
    next_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;

-- The newest status list of each name; one without a credential is wanted and not here yet.
CREATE TABLE status_lists (
    id TEXT PRIMARY KEY,
    hub TEXT NOT NULL,
    credential TEXT,
    issued_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX status_lists_by_hub ON status_lists (hub);

-- The newest accreditation of each node that was presented here.
CREATE TABLE accreditations (
    origin TEXT PRIMARY KEY,
    hub TEXT NOT NULL,
    id TEXT NOT NULL,
    credential TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    presented_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX accreditations_by_hub ON accreditations (hub);

-- How this school stands at its own hub: one row while it has one.
CREATE TABLE membership (
    hub TEXT PRIMARY KEY REFERENCES hubs (actor) ON DELETE CASCADE,
    admission TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'accredited', 'refused', 'revoked')),
    since_ms INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    credential TEXT,
    asked_ms INTEGER,
    next_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;

-- At a hub: links by which schools may ask, the schools that asked, what was stated about them.
CREATE TABLE join_links (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0,
    withdrawn_ms INTEGER
) STRICT;

CREATE TABLE admissions (
    id TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    actor TEXT NOT NULL,
    document TEXT NOT NULL,
    school TEXT NOT NULL,
    register_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    language TEXT NOT NULL,
    link INTEGER REFERENCES join_links (number),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'accredited', 'refused', 'revoked')),
    applied_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    answer_language TEXT NOT NULL DEFAULT '',
    issued INTEGER REFERENCES issued (number)
) STRICT;
CREATE INDEX admissions_by_state ON admissions (state, since_ms);
CREATE INDEX admissions_by_origin ON admissions (origin, applied_ms);

-- Every credential that this hub signed; its number is its place in the status lists.
CREATE TABLE issued (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    credential TEXT NOT NULL,
    issued_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    revoked_ms INTEGER,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX issued_by_subject ON issued (subject, kind, number);
CREATE INDEX issued_revoked ON issued (number) WHERE revoked_ms IS NOT NULL;
