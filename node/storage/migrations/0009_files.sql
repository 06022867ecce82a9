-- Updates and materials of spaces: what is said of them, and the bytes of files apart from it.

-- A view like `posts`: updates, files and albums by kind. `told` is the whole fold as JSON, the
-- other columns are those that lists are made by.
CREATE TABLE contents (
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    kind TEXT NOT NULL,
    op TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    standing TEXT NOT NULL,
    album TEXT NOT NULL,
    told TEXT NOT NULL,
    PRIMARY KEY (space, home, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX contents_by_time ON contents (space, kind, time_ms, op);
CREATE INDEX contents_by_album ON contents (space, album, time_ms, op) WHERE album <> '';

-- Which payloads name which bytes. When the last one goes, the bytes go in the same transaction.
CREATE TABLE blob_references (
    space TEXT NOT NULL REFERENCES spaces (id),
    sha256 TEXT NOT NULL,
    op TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (space, sha256, op)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_references_by_op ON blob_references (space, op);

-- The bytes of files. `here`: they lie in blobs/ and have this hash and this size; `media_type` is
-- what they were found to be. `wanted`: they are to be fetched from another member.
CREATE TABLE blobs (
    space TEXT NOT NULL REFERENCES spaces (id),
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL DEFAULT '',
    here INTEGER NOT NULL DEFAULT 0,
    wanted INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (space, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_by_hash ON blobs (sha256);
CREATE INDEX blobs_wanted ON blobs (next_ms) WHERE wanted = 1 AND here = 0;

-- What somebody is bringing from his browser, until it is published in the space or thrown away.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    account INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'coming',
    media_type TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    octets INTEGER NOT NULL DEFAULT 0,
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    thumbnail TEXT NOT NULL DEFAULT '',
    thumbnail_octets INTEGER NOT NULL DEFAULT 0,
    began_ms INTEGER NOT NULL,
    touched_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_account ON uploads (account, space);
