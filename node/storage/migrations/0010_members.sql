-- Further schools: who was invited into a running project, what founders ask the steward to write,
-- and when an account ends.

-- Invitations of further schools, at the inviter's and at the invited school; one row an Invite.
CREATE TABLE joinings (
    invite TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    space TEXT NOT NULL,
    inviter TEXT NOT NULL,
    invited TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('invited', 'accepted', 'member', 'declined', 'withdrawn', 'lapsed', 'over')),
    node TEXT NOT NULL,
    actor TEXT NOT NULL,
    signature TEXT NOT NULL,
    genesis TEXT NOT NULL,
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    language TEXT NOT NULL,
    answer_note TEXT NOT NULL DEFAULT '',
    invited_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX joinings_by_project ON joinings (project, invited_ms);
CREATE INDEX joinings_by_invited ON joinings (invited, since_ms);
CREATE INDEX joinings_open ON joinings (invited_ms) WHERE state = 'invited';

-- A view: what founders asked of the steward, as their logs say.
CREATE TABLE space_proposals (
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    name TEXT NOT NULL,
    proposal TEXT NOT NULL,
    PRIMARY KEY (space, home, name)
) STRICT, WITHOUT ROWID;

-- Why this school takes part in a space no more ('left', 'removed'), and since when.
ALTER TABLE spaces ADD COLUMN ended TEXT NOT NULL DEFAULT '';
ALTER TABLE spaces ADD COLUMN ended_ms INTEGER;

-- The last moment of a temporary account, and who then takes over its projects.
ALTER TABLE accounts ADD COLUMN ends_ms INTEGER;
ALTER TABLE accounts ADD COLUMN successor INTEGER REFERENCES accounts (id);
