-- Backups: asked for by somebody or by the clock, then made and verified by a worker.
CREATE TABLE backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nightly INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'made', 'failed')),
    asked_ms INTEGER NOT NULL,
    file TEXT NOT NULL DEFAULT '',
    made_ms INTEGER,
    files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    verified_ms INTEGER,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX backups_by_state ON backups (state, id);
