-- Harvest: whom this node asks what changed, how far it has read, and whose nodes it heard of so.

CREATE TABLE harvests (
    origin TEXT PRIMARY KEY,
    -- `changes` are a node's own documents; a hub's `directory` is that of its schools as well.
    via TEXT NOT NULL CHECK (via IN ('changes', 'directory')),
    -- The node's key: with another one everything is read again, for its vouchers are new.
    public TEXT NOT NULL,
    cursor INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    read_ms INTEGER,
    taken INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX harvests_due ON harvests (next_ms);
-- When this node last asked itself whom to ask.
CREATE TABLE harvest_look (at_ms INTEGER NOT NULL) STRICT;
INSERT INTO harvest_look (at_ms) VALUES (0);

-- Nodes whose documents came through a hub, and what the hub states about them.
CREATE TABLE listed_nodes (
    origin TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    credential TEXT NOT NULL,
    weighed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX listed_nodes_by_weighing ON listed_nodes (weighed_ms);

-- What came in a hub's answer is kept for a while, to be shown; it is not searched here.
ALTER TABLE listings ADD COLUMN kept_until_ms INTEGER;
CREATE INDEX listings_kept ON listings (kept_until_ms) WHERE kept_until_ms IS NOT NULL;
