-- Mails that are still to be sent; one that was taken is forgotten.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX mails_due ON mails (next_ms) WHERE state = 'waiting';

-- Where an invited or known person of this school gets mail. It never leaves the node otherwise.
CREATE TABLE mail_addresses (handle TEXT PRIMARY KEY, address TEXT NOT NULL) STRICT;
