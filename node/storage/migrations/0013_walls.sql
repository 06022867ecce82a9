-- What an object lies in, whatever its kind: a file in its album, a card on its wall.

ALTER TABLE contents RENAME COLUMN album TO inside;

-- Who hid or deleted a post, when and why, as JSON; empty while nobody has. In `contents` it stands
-- in `told`.
ALTER TABLE posts ADD COLUMN put_away TEXT NOT NULL DEFAULT '';

CREATE INDEX posts_put_away ON posts (standing, home) WHERE standing IN ('deleted', 'hidden');
CREATE INDEX contents_put_away ON contents (standing, home) WHERE standing IN ('deleted', 'hidden');
