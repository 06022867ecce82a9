-- Control logs as a tree: who writes them after whom, what is settled, and who voted for whom.

-- The state at the last settled control operation (the genesis where it is NULL), the settled one
-- that an invitation named and that has not arrived, and, of a node that was restored from a
-- backup, the members heard since: until they are enough it neither votes nor acknowledges.
ALTER TABLE spaces ADD COLUMN pin TEXT;
ALTER TABLE spaces ADD COLUMN awaited TEXT NOT NULL DEFAULT '';
ALTER TABLE spaces ADD COLUMN heard TEXT;

-- When this node last opened a new log because the one before had stopped, and how many operations
-- of it it said again.
ALTER TABLE spaces ADD COLUMN recovered_ms INTEGER;
ALTER TABLE spaces ADD COLUMN said_again INTEGER NOT NULL DEFAULT 0;

-- The settled control operation that an invitation named.
ALTER TABLE joinings ADD COLUMN settled TEXT NOT NULL DEFAULT '';

-- Each control operation below the one before it, across the borders of epochs.
CREATE TABLE control_tree (
    space TEXT NOT NULL REFERENCES spaces (id),
    id TEXT NOT NULL,
    parent TEXT NOT NULL,
    PRIMARY KEY (space, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX control_tree_by_parent ON control_tree (space, parent);
INSERT INTO control_tree (space, id, parent)
SELECT space, id, coalesce(nullif(json_extract(CAST(header AS TEXT), '$.prev'), ''),
    json_extract(CAST(header AS TEXT), '$.base[0]'), '')
FROM operations WHERE log LIKE 'k/%';

-- Which school acknowledged which control operation by name, and by what. The evidence lies here
-- only where its own place in a log counts for nothing. `pending`: the control operation has not
-- arrived.
CREATE TABLE acknowledgements (
    space TEXT NOT NULL REFERENCES spaces (id),
    control TEXT NOT NULL,
    node TEXT NOT NULL,
    op TEXT NOT NULL,
    header BLOB,
    signature BLOB,
    pending INTEGER NOT NULL,
    PRIMARY KEY (space, control, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX acknowledgements_pending ON acknowledgements (space) WHERE pending = 1;
INSERT INTO acknowledgements (space, control, node, op, pending)
SELECT o.space, json_extract(CAST(o.header AS TEXT), '$.control'), substr(o.log, 3, 32), min(o.id),
    NOT EXISTS (SELECT 1 FROM control_tree t WHERE t.space = o.space
        AND t.id = json_extract(CAST(o.header AS TEXT), '$.control'))
FROM operations o
WHERE o.log LIKE 'c/%' AND json_extract(CAST(o.header AS TEXT), '$.control') <> ''
GROUP BY 1, 2, 3;

-- Signed votes for stewards.
CREATE TABLE votes (
    space TEXT NOT NULL REFERENCES spaces (id),
    id TEXT NOT NULL,
    statement TEXT NOT NULL,
    signature TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (space, id)
) STRICT, WITHOUT ROWID;
