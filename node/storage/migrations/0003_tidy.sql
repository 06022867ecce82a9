-- What is over is tidied away, so what people see of it must not depend on the rows of the queue.

-- The activity that carried a sent message, and how far it came; empty for one within the school.
ALTER TABLE messages ADD COLUMN activity TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN travel TEXT NOT NULL DEFAULT ''
    CHECK (travel IN ('', 'waiting', 'done', 'given_up', 'dropped'));
CREATE TEMPORARY TABLE carried AS
    SELECT o.activity ->> '$.object.id' AS message, o.id AS activity, d.state AS state
    FROM outbox o JOIN deliveries d ON d.activity_id = o.id
    WHERE o.public = 0 AND o.activity ->> '$.type' = 'Create';
CREATE INDEX temp.carried_by_message ON carried (message);
UPDATE messages SET activity = carried.activity, travel = carried.state
    FROM carried WHERE messages.sent = 1 AND carried.message = messages.id;
DROP TABLE carried;
CREATE INDEX messages_by_activity ON messages (activity) WHERE activity <> '';

CREATE INDEX inbox_over ON inbox (received_ms) WHERE state <> 'waiting';
CREATE INDEX deliveries_over ON deliveries (changed_ms) WHERE state IN ('done', 'dropped');
CREATE INDEX outbox_private ON outbox (published_ms) WHERE public = 0;
