-- The first schema. Times are milliseconds since 1970 in UTC; names and JSON are text.

CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_ms INTEGER NOT NULL
) STRICT;

-- Single facts about this node: its id, its school's actor.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- Private keys of own actors and own spaces, sealed under the master secret.
CREATE TABLE keys (
    key_id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    public TEXT NOT NULL,
    sealed_seed BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    valid_until_ms INTEGER,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX keys_by_actor ON keys (actor, created_ms);

-- Public keys of partners' actors.
CREATE TABLE actor_keys (
    key_id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    public TEXT NOT NULL,
    fetched_ms INTEGER NOT NULL,
    valid_until_ms INTEGER,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX actor_keys_by_actor ON actor_keys (actor);

CREATE TABLE nonces (
    key_id TEXT NOT NULL,
    nonce TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (key_id, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX nonces_by_expiry ON nonces (expires_ms);

CREATE TABLE partners (
    origin TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    actor TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    public TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'blocked')),
    added_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    seen_ms INTEGER,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;

-- Documents, own and others', newest version each; a buried one is its tombstone.
CREATE TABLE objects (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    origin TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    local INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    buried INTEGER NOT NULL DEFAULT 0,
    published_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    change INTEGER NOT NULL
) STRICT;
CREATE INDEX objects_by_owner ON objects (owner, kind, published_ms);
CREATE INDEX objects_by_change ON objects (change) WHERE local = 1 AND listed = 1;
CREATE INDEX objects_by_kind ON objects (kind, local, updated_ms);
CREATE INDEX objects_last_change ON objects (change);

-- The same version of a document, said in two ways: kept for the administrator.
CREATE TABLE conflicts (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    found_ms INTEGER NOT NULL
) STRICT;

-- What own actors said, in order.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    activity TEXT NOT NULL,
    public INTEGER NOT NULL,
    published_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_public ON outbox (seq) WHERE public = 1;
CREATE INDEX outbox_public_by_actor ON outbox (actor, seq) WHERE public = 1;

-- What partners said: stored before it is answered, applied by a worker.
CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL,
    actor TEXT NOT NULL,
    key_id TEXT NOT NULL,
    activity TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'refused')),
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inbox_waiting ON inbox (next_ms, seq) WHERE state = 'waiting';

-- Letters to partners: written with their cause, kept until they are taken.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    origin TEXT NOT NULL REFERENCES partners (origin),
    actor TEXT NOT NULL,
    activity_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    activity TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'done', 'given_up', 'dropped')),
    why TEXT NOT NULL DEFAULT '',
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (origin, id) WHERE state = 'waiting';
CREATE INDEX deliveries_open ON deliveries (id) WHERE state IN ('waiting', 'given_up');
CREATE INDEX deliveries_by_origin ON deliveries (origin, state);
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'ended')),
    password TEXT NOT NULL,
    language TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    created_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;

CREATE TABLE invitations (
    token_hash TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    language TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms INTEGER
) STRICT;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES accounts (id),
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    device TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);

-- Failed sign-ins, by account handle and by network address, for the limits only.
CREATE TABLE sign_in_failures (key TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE INDEX sign_in_failures_by_key ON sign_in_failures (key, at_ms);

CREATE TABLE follows (
    id TEXT PRIMARY KEY,
    follower TEXT NOT NULL,
    followed TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'following', 'refused')),
    since_ms INTEGER NOT NULL,
    UNIQUE (follower, followed)
) STRICT;
CREATE INDEX follows_by_followed ON follows (followed);

-- Who does not want to hear of whom; never told to anybody.
CREATE TABLE blocks (
    account_actor TEXT NOT NULL,
    blocked TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (account_actor, blocked)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    offer TEXT PRIMARY KEY,
    offerer TEXT NOT NULL,
    offered TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('offered', 'contacts', 'not_now', 'no', 'withdrawn', 'lapsed', 'ended')),
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    answer_note TEXT NOT NULL DEFAULT '',
    offered_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    acceptance TEXT,
    reminded_ms INTEGER
) STRICT;
CREATE INDEX contacts_by_offerer ON contacts (offerer, changed_ms);
CREATE INDEX contacts_by_offered ON contacts (offered, changed_ms);
CREATE INDEX contacts_by_acceptance ON contacts (acceptance) WHERE acceptance IS NOT NULL;
CREATE INDEX contacts_open ON contacts (offered_ms) WHERE state = 'offered';

CREATE TABLE messages (
    id TEXT NOT NULL,
    reader TEXT NOT NULL,
    other TEXT NOT NULL,
    sent INTEGER NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    read_ms INTEGER,
    PRIMARY KEY (id, reader)
) STRICT;
CREATE INDEX messages_by_pair ON messages (reader, other, at_ms);

-- Public notes of people whom somebody here follows.
CREATE TABLE feed (
    id TEXT PRIMARY KEY,
    author TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_by_author ON feed (author, at_ms);

-- Projects that nobody else has heard of yet, and what their founders wrote so far.
CREATE TABLE drafts (
    project TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    fields TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_owner ON drafts (owner, changed_ms);

-- How a project is founded: one row an offer.
CREATE TABLE foundings (
    offer TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    founder TEXT NOT NULL,
    co_founder TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('offered', 'accepted', 'active', 'declined', 'withdrawn', 'left')),
    waiting_for TEXT,
    entry TEXT NOT NULL,
    salt TEXT NOT NULL,
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    answer_note TEXT NOT NULL DEFAULT '',
    acceptance TEXT,
    co_founder_entry TEXT,
    offered_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX foundings_by_project ON foundings (project, offered_ms);
