-- How far the clocks of partners are from this node's, when they were last seen.
CREATE TABLE clocks (
    origin TEXT PRIMARY KEY,
    skew_ms INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
