-- How far the clocks of partners are from this node's, when they were last seen.
CREATE TABLE clocks (
    origin TEXT PRIMARY KEY,
    skew_ms INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- Where the nodes of a space's members say that they are reached: the newest word of each.
CREATE TABLE descriptors (
    space TEXT NOT NULL REFERENCES spaces (id),
    node TEXT NOT NULL,
    version INTEGER NOT NULL,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    address TEXT NOT NULL,
    statement TEXT NOT NULL,
    signature TEXT NOT NULL,
    same_origin INTEGER NOT NULL,
    own INTEGER NOT NULL,
    PRIMARY KEY (space, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX descriptors_by_origin ON descriptors (origin, version);

-- Which of them each partner has confirmed.
CREATE TABLE descriptors_sent (
    space TEXT NOT NULL REFERENCES spaces (id),
    node TEXT NOT NULL,
    origin TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (space, node, origin)
) STRICT, WITHOUT ROWID;
