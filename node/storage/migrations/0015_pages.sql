-- Pages of spaces: views like `posts`, made anew by `refold`. `told` is the whole fold as JSON, the
-- other columns are those that lists are made by.
CREATE TABLE pages (
    number INTEGER PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    standing TEXT NOT NULL,
    place TEXT NOT NULL,
    told TEXT NOT NULL,
    UNIQUE (space, home, object)
) STRICT;
CREATE INDEX pages_in_order ON pages (space, standing, place = '', place, home, object);

-- `page` is a reference, `seen` whether the page has something to show of it, `octets` how long the
-- payload is that it shows.
CREATE TABLE page_blocks (
    number INTEGER PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    page TEXT NOT NULL,
    seen INTEGER NOT NULL,
    place TEXT NOT NULL,
    octets INTEGER NOT NULL,
    told TEXT NOT NULL,
    UNIQUE (space, home, object)
) STRICT;
CREATE INDEX blocks_in_order ON page_blocks (space, page, seen, place = '', place, home, object);

-- Who changed what of a page, and when; the words lie with the operations only.
CREATE TABLE page_versions (
    space TEXT NOT NULL REFERENCES spaces (id),
    op TEXT NOT NULL,
    page TEXT NOT NULL,
    object TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    node TEXT NOT NULL,
    actor TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (space, op)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_versions_by_time ON page_versions (space, page, time_ms, op);
CREATE INDEX page_versions_by_object ON page_versions (space, object);

-- Search over the words of blocks, folded as those of posts are.
CREATE VIRTUAL TABLE block_search USING fts5 (folded, tokenize = 'unicode61');
