-- Taking in many operations at once: bytes are counted once a batch, and search keeps words alone.

DROP TRIGGER usage_of_operations;
DROP TRIGGER usage_of_payloads;

-- What is indexed is folded already, with spaces between its words: every other character belongs to
-- a word. Nobody asks where in a text a word stands, or how often.
ALTER TABLE post_search RENAME TO post_search_before;
CREATE VIRTUAL TABLE post_search USING fts5 (
    folded, tokenize = 'ascii', detail = none, columnsize = 0
);
INSERT INTO post_search (rowid, folded) SELECT rowid, folded FROM post_search_before;
DROP TABLE post_search_before;

ALTER TABLE block_search RENAME TO block_search_before;
CREATE VIRTUAL TABLE block_search USING fts5 (
    folded, tokenize = 'ascii', detail = none, columnsize = 0
);
INSERT INTO block_search (rowid, folded) SELECT rowid, folded FROM block_search_before;
DROP TABLE block_search_before;

-- Batches of operations whose objects are to be folded behind them: [[home, object], …] each.
CREATE TABLE unfolded (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL REFERENCES spaces (id),
    objects TEXT NOT NULL
) STRICT;
CREATE INDEX unfolded_of_space ON unfolded (space, number);
