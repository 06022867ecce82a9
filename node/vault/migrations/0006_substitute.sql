-- Who looks after a class instead of somebody, for a while: `substitution` is the number that the
-- node's own database gave it. The row stays when it is over, with its class.
CREATE TABLE class_substitutes (
    substitution INTEGER NOT NULL,
    class INTEGER NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    PRIMARY KEY (substitution, class)
) STRICT, WITHOUT ROWID;
CREATE INDEX class_substitutes_of ON class_substitutes (account, class) WHERE ended_ms IS NULL;
