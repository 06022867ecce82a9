-- Search over the words of whatever lies in `contents` and of the titles of pages, folded as those of
-- posts are.
CREATE TABLE content_words (
    number INTEGER PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces (id),
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    UNIQUE (space, home, object)
) STRICT;
CREATE VIRTUAL TABLE content_search USING fts5 (
    folded, tokenize = 'ascii', detail = none, columnsize = 0
);
