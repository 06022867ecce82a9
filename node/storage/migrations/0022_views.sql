-- Files that stay at their school: what this school keeps of its own, and tickets for views of them.

-- Which bytes a file of this school has whose operations say nothing of them.
CREATE TABLE home_files (
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    thumbnail TEXT NOT NULL,
    thumbnail_size INTEGER NOT NULL,
    PRIMARY KEY (space, home, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX home_files_by_hash ON home_files (sha256);
CREATE INDEX home_files_by_thumbnail ON home_files (thumbnail) WHERE thumbnail <> '';

-- What members' nodes were given to see one file for ten minutes; the ticket itself is not kept.
CREATE TABLE view_tickets (
    digest TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    object TEXT NOT NULL,
    node TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX view_tickets_by_object ON view_tickets (space, object);
CREATE INDEX view_tickets_by_node ON view_tickets (space, node, until_ms);
CREATE INDEX view_tickets_by_time ON view_tickets (until_ms);

-- Files of other schools, which stay there, that an administrator will not have shown here.
CREATE TABLE locked_views (
    space TEXT NOT NULL REFERENCES spaces (id),
    object TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    account INTEGER NOT NULL,
    PRIMARY KEY (space, object)
) STRICT, WITHOUT ROWID;
