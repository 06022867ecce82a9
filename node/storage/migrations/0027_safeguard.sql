-- That a pupil reported it, and whether it is kept from this school's pupils until it is decided.
ALTER TABLE reports ADD COLUMN by_pupil INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN shields INTEGER NOT NULL DEFAULT 1;
-- Which version was shown when it was reported; empty where nobody knew.
ALTER TABLE reports ADD COLUMN version TEXT NOT NULL DEFAULT '';

-- At a hub: what was reported at its schools and told to it; one row for each report.
CREATE TABLE escalations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    space TEXT NOT NULL,
    item TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'seen')),
    at_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    seen_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX escalations_in ON escalations (state, since_ms, number);
CREATE INDEX escalations_of ON escalations (origin) WHERE state = 'waiting';

-- Since when somebody may not sign in because of what was reported; NULL for nobody else.
ALTER TABLE accounts ADD COLUMN suspended_ms INTEGER;
