-- That a pupil reported it, and whether it is kept from this school's pupils until it is decided.
ALTER TABLE reports ADD COLUMN by_pupil INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN shields INTEGER NOT NULL DEFAULT 1;
-- Which version was shown when it was reported; empty where nobody knew.
ALTER TABLE reports ADD COLUMN version TEXT NOT NULL DEFAULT '';
