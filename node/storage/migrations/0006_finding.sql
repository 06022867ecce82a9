-- The directory: what can be searched for, own and others', newest version each.

-- `number` is the place in the order of results, so that a page is read in it and no sorting is
-- needed. A buried one is its tombstone and has no row in the search index. `source` is the origin
-- that it came from; `change` counts what changed here, for those who read on from a cursor.
CREATE TABLE listings (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'school', 'project', 'notice')),
    owner TEXT NOT NULL,
    origin TEXT NOT NULL,
    school TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    voucher TEXT NOT NULL,
    source TEXT NOT NULL,
    shown INTEGER NOT NULL,
    buried INTEGER NOT NULL,
    due_ms INTEGER,
    ends_ms INTEGER,
    listed_ms INTEGER NOT NULL,
    change INTEGER NOT NULL UNIQUE
) STRICT;
CREATE TABLE listing_changes (last INTEGER NOT NULL) STRICT;
INSERT INTO listing_changes (last) VALUES (0);
CREATE INDEX listings_by_school ON listings (school, kind);
CREATE INDEX listings_by_owner ON listings (owner);
CREATE INDEX listings_by_origin ON listings (origin, change);
CREATE INDEX listings_due ON listings (due_ms) WHERE due_ms IS NOT NULL;

-- Folded words: in names, in texts, of places; and facets, each a word of its own.
CREATE VIRTUAL TABLE listing_search USING fts5 (
    name, text, place, facets, tokenize = 'unicode61', prefix = '2 3'
);
