-- What a hub's queues need: approvals of one acceptance.

-- The co-founder's acceptance that the school asks about: an approval counts for that one only.
ALTER TABLE project_requests ADD COLUMN acceptance TEXT NOT NULL DEFAULT '';
-- What was asked before cannot be answered so any more; the school's page shows since when it waits,
-- and the founder may withdraw and offer again.
UPDATE project_requests SET state = 'withdrawn' WHERE state = 'waiting';
