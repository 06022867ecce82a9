-- What parents and pupils said about pictures: each word is a row, and the last one of a pupil in a
-- space counts. Who signed lies sealed.

-- Whether the pupils of a class decide for themselves, as the law of the country has it.
ALTER TABLE classes ADD COLUMN decides TEXT NOT NULL DEFAULT 'none'
    CHECK (decides IN ('none', 'some', 'all'));

CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    said TEXT NOT NULL CHECK (said IN ('space', 'public', 'refused', 'withdrawn')),
    way TEXT NOT NULL CHECK (way IN ('paper', 'slip')),
    signed_by TEXT CHECK (signed_by IN ('guardian', 'pupil')),
    signer BLOB,
    signed_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    account INTEGER,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_of_pupil ON consents (pupil, space, id);
CREATE INDEX consents_of_space ON consents (space, pupil, id);

-- What stands on printed forms: by its code a consent is looked at and withdrawn.
CREATE TABLE slips (
    code_hash TEXT PRIMARY KEY,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    made_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX slips_of_pupil ON slips (pupil, space, made_ms);

-- Whom a picture shows; `object` is the name that it has in the space, or will have.
CREATE TABLE portraits (
    space TEXT NOT NULL,
    object TEXT NOT NULL,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (space, object, pupil)
) STRICT, WITHOUT ROWID;
CREATE INDEX portraits_of_pupil ON portraits (pupil);

-- Pictures that were marked with somebody who was forgotten since: nobody can say a consent for him.
CREATE TABLE blocked_pictures (
    space TEXT NOT NULL,
    object TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (space, object)
) STRICT, WITHOUT ROWID;

-- Whose work waited so long that the teachers of its space were reminded of it.
CREATE TABLE reminders (
    work INTEGER PRIMARY KEY REFERENCES works (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL
) STRICT;
