-- Who stands in for whom, as an administrator appointed it. `ends_ms` is the end of the last day,
-- NULL where none was given; `ended_by` is NULL also for what ended by itself.
CREATE TABLE substitutions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    absent INTEGER NOT NULL REFERENCES accounts (id),
    substitute INTEGER NOT NULL REFERENCES accounts (id),
    appointed_by INTEGER NOT NULL REFERENCES accounts (id),
    at_ms INTEGER NOT NULL,
    ends_ms INTEGER,
    ended_ms INTEGER,
    ended_by INTEGER REFERENCES accounts (id)
) STRICT;
CREATE INDEX substitutions_of_absent ON substitutions (absent, number);
CREATE INDEX substitutions_running ON substitutions (substitute) WHERE ended_ms IS NULL;

-- The spaces in which the substitute is a teacher because of it. `stays`: he looks after the project
-- by now or was added for good, and does not leave when it ends.
CREATE TABLE substitution_spaces (
    substitution INTEGER NOT NULL REFERENCES substitutions (number) ON DELETE CASCADE,
    space TEXT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    stays INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (substitution, space)
) STRICT, WITHOUT ROWID;

-- `shut_out`: he stood in there and it ended. From then on he is not there any more for anything
-- that this node does, whatever the space's log says, until he is declared anew.
ALTER TABLE space_accounts ADD COLUMN shut_out INTEGER NOT NULL DEFAULT 0;

-- Who gave and took the roles of an account. `changed_by` is NULL where it was the command line.
CREATE TABLE role_changes (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    given INTEGER NOT NULL,
    changed_by INTEGER REFERENCES accounts (id),
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX role_changes_of_account ON role_changes (account, id);
