-- A reply may show a file of the space: its reference, and empty for none.
ALTER TABLE posts ADD COLUMN file TEXT NOT NULL DEFAULT '';
CREATE INDEX posts_by_file ON posts (space, file) WHERE file <> '';

-- Replies that came before the program knew of it are folded once more, a hundred at a time.
INSERT INTO unfolded (space, objects)
SELECT space, '[' || group_concat(json_array(home, object)) || ']' FROM (
    SELECT space, home, object,
        (row_number() OVER (PARTITION BY space ORDER BY home, object) - 1) / 100 AS portion
    FROM posts WHERE kind = 'reply'
) GROUP BY space, portion ORDER BY space, portion;
