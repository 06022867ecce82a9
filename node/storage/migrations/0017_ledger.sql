-- Spaces carried away and brought in, who confirmed what was taken back, and who takes too much.

-- Who of this school may read a space that was brought in from a file.
CREATE TABLE space_readers (
    space TEXT NOT NULL REFERENCES spaces (id),
    account INTEGER NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (space, account)
) STRICT, WITHOUT ROWID;

-- Files of spaces that somebody asked for: made by a worker, given to that person alone, forgotten
-- after some days. The file lies in `exports/` under the id's hash.
CREATE TABLE exports (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    account INTEGER NOT NULL REFERENCES accounts (id),
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'made', 'failed')),
    asked_ms INTEGER NOT NULL,
    made_ms INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX exports_by_account ON exports (account, space);

-- How many bytes each school has brought into each space: headers, payloads, and files as large as
-- its payloads say. A file that several of its payloads name counts once.
CREATE TABLE space_usage (
    space TEXT NOT NULL,
    node TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (space, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX space_usage_by_node ON space_usage (node);
INSERT INTO space_usage (space, node, bytes)
SELECT space, substr(log, 3, 32), sum(length(header) + 64) FROM operations GROUP BY 1, 2;
UPDATE space_usage SET bytes = bytes + coalesce((SELECT sum(length(CAST(p.payload AS BLOB)))
    FROM payloads p JOIN operations o ON o.space = p.space AND o.id = p.op
    WHERE o.space = space_usage.space AND substr(o.log, 3, 32) = space_usage.node), 0)
    + coalesce((SELECT sum(size) FROM (SELECT max(r.size) AS size FROM blob_references r
    JOIN operations o ON o.space = r.space AND o.id = r.op
    WHERE o.space = space_usage.space AND substr(o.log, 3, 32) = space_usage.node
    GROUP BY r.sha256)), 0);

CREATE TRIGGER usage_of_operations AFTER INSERT ON operations BEGIN
    INSERT INTO space_usage (space, node, bytes)
    VALUES (NEW.space, substr(NEW.log, 3, 32), length(NEW.header) + 64)
    ON CONFLICT (space, node) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER usage_of_payloads AFTER INSERT ON payloads BEGIN
    UPDATE space_usage SET bytes = bytes + length(CAST(NEW.payload AS BLOB))
    WHERE space = NEW.space AND node = (SELECT substr(log, 3, 32) FROM operations
        WHERE space = NEW.space AND id = NEW.op);
END;
CREATE TRIGGER usage_of_dropped_payloads AFTER DELETE ON payloads BEGIN
    UPDATE space_usage SET bytes = bytes - length(CAST(OLD.payload AS BLOB))
    WHERE space = OLD.space AND node = (SELECT substr(log, 3, 32) FROM operations
        WHERE space = OLD.space AND id = OLD.op);
END;
CREATE TRIGGER usage_of_files AFTER INSERT ON blob_references
WHEN NOT EXISTS (SELECT 1 FROM blob_references r JOIN operations o
    ON o.space = r.space AND o.id = r.op WHERE r.space = NEW.space AND r.sha256 = NEW.sha256
    AND r.op <> NEW.op AND substr(o.log, 3, 32) = (SELECT substr(log, 3, 32) FROM operations
        WHERE space = NEW.space AND id = NEW.op))
BEGIN
    UPDATE space_usage SET bytes = bytes + NEW.size
    WHERE space = NEW.space AND node = (SELECT substr(log, 3, 32) FROM operations
        WHERE space = NEW.space AND id = NEW.op);
END;
CREATE TRIGGER usage_of_dropped_files AFTER DELETE ON blob_references
WHEN NOT EXISTS (SELECT 1 FROM blob_references r JOIN operations o
    ON o.space = r.space AND o.id = r.op WHERE r.space = OLD.space AND r.sha256 = OLD.sha256
    AND substr(o.log, 3, 32) = (SELECT substr(log, 3, 32) FROM operations
        WHERE space = OLD.space AND id = OLD.op))
BEGIN
    UPDATE space_usage SET bytes = max(0, bytes - OLD.size)
    WHERE space = OLD.space AND node = (SELECT substr(log, 3, 32) FROM operations
        WHERE space = OLD.space AND id = OLD.op);
END;

-- Whose logs wait here for room, and for which of the three.
CREATE TABLE space_paused (
    space TEXT NOT NULL REFERENCES spaces (id),
    node TEXT NOT NULL,
    quota TEXT NOT NULL CHECK (quota IN ('space', 'school', 'partner')),
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (space, node)
) STRICT, WITHOUT ROWID;
