-- A reply may show a file of the space: its reference, and empty for none.
ALTER TABLE posts ADD COLUMN file TEXT NOT NULL DEFAULT '';
CREATE INDEX posts_by_file ON posts (space, file) WHERE file <> '';
