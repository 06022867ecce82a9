-- Where the look at the schools of a hub goes on.
ALTER TABLE harvest_look ADD COLUMN after TEXT NOT NULL DEFAULT '';

-- What every school of a hub is told: letters are queued for some of them at a time, by origin.
CREATE TABLE broadcasts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    activity TEXT NOT NULL,
    -- The document that it is about.
    document TEXT NOT NULL,
    -- The last school for which a letter was queued.
    after TEXT NOT NULL DEFAULT ''
) STRICT;

-- A sign of life looks for what waits for this partner, in every request.
CREATE INDEX replication_held_up ON replication (origin) WHERE attempts > 0;
