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

-- What was there before has no words yet: it is folded once more, a hundred objects at a time.
INSERT INTO unfolded (space, objects)
SELECT space, '[' || group_concat(json_array(home, object)) || ']' FROM (
    SELECT space, home, object,
        (row_number() OVER (PARTITION BY space ORDER BY home, object) - 1) / 100 AS portion
    FROM (
        SELECT space, home, object FROM contents
        UNION SELECT space, home, object FROM pages
    )
) GROUP BY space, portion ORDER BY space, portion;
