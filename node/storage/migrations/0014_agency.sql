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
    credential TEXT,
    -- The Offer on which the credential was stated: another than `asked` once a renewal is asked for.
    held TEXT NOT NULL DEFAULT '',
    held_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX verifications_by_asked ON verifications (asked) WHERE asked <> '';
CREATE INDEX verifications_by_held ON verifications (held) WHERE held <> '';
CREATE INDEX verifications_wished ON verifications (since_ms) WHERE state = 'wished';

-- A hub's desk with tens of thousands of schools: every list is read by an index, page by page.
CREATE INDEX partners_by_state ON partners (state, admitted_by);
CREATE INDEX partners_by_name ON partners (name);
CREATE INDEX partners_by_hand ON partners (name) WHERE admitted_by = 'hand';
CREATE INDEX partners_in_trouble ON partners (name) WHERE trouble <> '';
CREATE INDEX accreditations_by_end ON accreditations (until_ms);
CREATE INDEX partners_by_seen ON partners (state, coalesce(seen_ms, 0));
CREATE INDEX project_requests_by_name ON project_requests (substr(asked, -22));
CREATE INDEX join_links_open ON join_links (number) WHERE withdrawn_ms IS NULL;

-- When what was stated about a school ends: the desk shows those first that end soon.
ALTER TABLE admissions ADD COLUMN ends_ms INTEGER;
UPDATE admissions SET ends_ms = (SELECT until_ms FROM issued WHERE number = admissions.issued)
    WHERE state = 'accredited';
CREATE INDEX admissions_by_end ON admissions (state, ends_ms);

-- The map: schools that can be found, by country, and those that say where they are.
ALTER TABLE listings ADD COLUMN country TEXT NOT NULL DEFAULT '';
UPDATE listings SET country = coalesce(document ->> '$.country', '') WHERE kind = 'school';
CREATE INDEX listings_of_schools ON listings (country, kind, shown) WHERE kind = 'school' AND shown = 1;
ALTER TABLE listings ADD COLUMN placed INTEGER NOT NULL DEFAULT 0;
UPDATE listings SET placed = 1
    WHERE kind = 'school' AND document ->> '$.location' IS NOT NULL;
CREATE INDEX listings_placed ON listings (kind) WHERE kind = 'school' AND shown = 1 AND placed = 1;
CREATE INDEX listings_schools_of_origin ON listings (origin) WHERE kind = 'school';

-- At a hub: documents of applications, dropped some time after the decision. At a school: what it sent.
CREATE TABLE enclosures (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    admission TEXT NOT NULL REFERENCES admissions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    came_ms INTEGER NOT NULL,
    octets BLOB NOT NULL,
    UNIQUE (admission, sha256)
) STRICT;
CREATE INDEX enclosures_by_size ON enclosures (size);
CREATE INDEX enclosures_by_time ON enclosures (came_ms, admission);
CREATE TABLE sent_enclosures (
    admission TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    PRIMARY KEY (admission, sha256)
) STRICT, WITHOUT ROWID;
