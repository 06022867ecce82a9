-- Who had written what was shown when it was reported: a node and the alias there; empty for what was
-- reported before, and where the item was not here.
ALTER TABLE reports ADD COLUMN writer TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN actor TEXT NOT NULL DEFAULT '';
