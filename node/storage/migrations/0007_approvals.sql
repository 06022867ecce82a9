-- What the hubs of both founders' schools say about a founding. `asked` is the own request, `answer`
-- what the hub signed.
ALTER TABLE foundings ADD COLUMN genesis_signature TEXT;
CREATE TABLE approvals (
    offer TEXT NOT NULL REFERENCES foundings (offer),
    side TEXT NOT NULL CHECK (side IN ('own', 'other')),
    hub TEXT NOT NULL,
    asked TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
    since_ms INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    answer TEXT,
    PRIMARY KEY (offer, side)
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_by_asked ON approvals (asked) WHERE asked <> '';

-- At a hub: projects about which its schools ask.
CREATE TABLE project_requests (
    asked TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    actor TEXT NOT NULL,
    founder TEXT NOT NULL,
    co_founder TEXT NOT NULL,
    document TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn')),
    asked_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX project_requests_by_state ON project_requests (state, since_ms);
