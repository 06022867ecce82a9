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
-- by now, and did not leave when it ended. `shut_out` is his account where it ended and the space's
-- log could not say so yet: from then on he is not there any more for anything that this node does.
CREATE TABLE substitution_spaces (
    substitution INTEGER NOT NULL REFERENCES substitutions (number) ON DELETE CASCADE,
    space TEXT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    stays INTEGER NOT NULL DEFAULT 0,
    shut_out INTEGER,
    PRIMARY KEY (substitution, space)
) STRICT, WITHOUT ROWID;
CREATE INDEX substitution_spaces_shut ON substitution_spaces (space, shut_out)
WHERE shut_out IS NOT NULL;

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
