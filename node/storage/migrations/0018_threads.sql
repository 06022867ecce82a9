-- What was said in each thread, and when last: the list of threads reads those it shows and no more.

CREATE TABLE threads (
    space TEXT NOT NULL REFERENCES spaces (id),
    thread TEXT NOT NULL,
    replies INTEGER NOT NULL,
    latest_ms INTEGER NOT NULL,
    PRIMARY KEY (space, thread)
) STRICT, WITHOUT ROWID;
CREATE INDEX threads_by_latest ON threads (space, latest_ms DESC, thread);

INSERT INTO threads (space, thread, replies, latest_ms)
SELECT space, thread, sum(kind = 'reply'), max(max(time_ms, edited_ms)) FROM posts
GROUP BY space, thread;
