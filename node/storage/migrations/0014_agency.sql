-- What a hub's queues need: approvals of one acceptance.

-- The co-founder's acceptance that the school asks about: an approval counts for that one only.
ALTER TABLE project_requests ADD COLUMN acceptance TEXT NOT NULL DEFAULT '';
-- What was asked before cannot be answered so any more; the school's page shows since when it waits,
-- and the founder may withdraw and offer again.
UPDATE project_requests SET state = 'withdrawn' WHERE state = 'waiting';

-- At a hub: teachers whom its schools ask to verify; `document` is the profile as it was looked at.
CREATE TABLE teacher_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    asked TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    origin TEXT NOT NULL,
    actor TEXT NOT NULL,
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('waiting', 'verified', 'refused', 'revoked', 'withdrawn')),
    asked_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    reason_language TEXT NOT NULL DEFAULT '',
    issued INTEGER REFERENCES issued (number)
) STRICT;
CREATE INDEX teacher_requests_by_state ON teacher_requests (state, since_ms, number);
CREATE INDEX teacher_requests_by_person ON teacher_requests (person, state);
CREATE INDEX teacher_requests_by_origin ON teacher_requests (origin, state);

-- At a school: how each of its people stands at the hub; `wished` is the person's own wish.
CREATE TABLE verifications (
    person TEXT PRIMARY KEY,
    state TEXT NOT NULL
        CHECK (state IN ('wished', 'waiting', 'verified', 'refused', 'revoked', 'withdrawn')),
    hub TEXT NOT NULL,
    asked TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    credential TEXT
) STRICT;
CREATE INDEX verifications_by_asked ON verifications (asked) WHERE asked <> '';
CREATE INDEX verifications_wished ON verifications (since_ms) WHERE state = 'wished';
