"""What belongs together in a node's database, whatever happened to the node (I11).

Each question finds what lacks its other half: an object without its deliveries, a delivery without
what it is about. A crash leaves both or neither, so each finds nothing, at every moment.
"""

TOGETHER = {
    "a message to another school, its document, what was said and its delivery": """
        SELECT messages.id FROM messages
        LEFT JOIN objects ON objects.id = messages.id
        LEFT JOIN outbox ON json_extract(outbox.activity, '$.object.id') = messages.id
        LEFT JOIN deliveries ON deliveries.activity_id = outbox.id
        WHERE sent = 1 AND (objects.id IS NULL OR outbox.id IS NULL OR deliveries.id IS NULL)
    """,
    "what was said to somebody and its delivery": """
        SELECT outbox.id FROM outbox LEFT JOIN deliveries ON deliveries.activity_id = outbox.id
        WHERE json_extract(outbox.activity, '$.object.type') = 'Note' AND public = 0
        AND deliveries.id IS NULL
    """,
    "a received note that was applied and its message": """
        SELECT inbox.id FROM inbox
        LEFT JOIN messages ON messages.id = json_extract(inbox.activity, '$.object.id')
        WHERE state = 'done' AND json_extract(inbox.activity, '$.object.type') = 'Note'
        AND messages.id IS NULL
    """,
    "an operation and its payload, unless it was erased": """
        SELECT operations.id FROM operations
        LEFT JOIN payloads ON payloads.space = operations.space AND payloads.op = operations.id
        WHERE lacks = 0 AND payloads.op IS NULL
        AND json_extract(CAST(operations.header AS TEXT), '$.payloadHash') <> ''
        AND operations.id NOT IN (SELECT op FROM erased) AND operations.log LIKE 'c/%'
    """,
    "a post and the operation that it stands on": """
        SELECT posts.op FROM posts LEFT JOIN operations
        ON operations.space = posts.space AND operations.id = posts.op
        WHERE operations.id IS NULL
    """,
    "an active project and its space": """
        SELECT foundings.project FROM foundings
        LEFT JOIN spaces ON spaces.project = foundings.project
        WHERE foundings.state = 'active' AND spaces.id IS NULL
    """,
    "a space and its genesis": """
        SELECT spaces.id FROM spaces LEFT JOIN operations
        ON operations.space = spaces.id AND operations.id = spaces.id
        WHERE operations.id IS NULL
    """,
    "a control operation and its place behind another": """
        SELECT operations.id FROM operations LEFT JOIN control_tree
        ON control_tree.space = operations.space AND control_tree.id = operations.id
        WHERE log LIKE 'k/%' AND control_tree.id IS NULL
    """,
    "a place behind a control operation and that operation": """
        SELECT control_tree.id FROM control_tree LEFT JOIN operations
        ON operations.space = control_tree.space AND operations.id = control_tree.id
        WHERE operations.id IS NULL
    """,
    "the pin of a space and the operation that it names": """
        SELECT spaces.id FROM spaces LEFT JOIN operations ON operations.space = spaces.id
        AND operations.id = json_extract(spaces.pin, '$.head[1]')
        WHERE spaces.pin IS NOT NULL AND operations.id IS NULL
    """,
    "a block that is seen and its page": """
        SELECT page_blocks.object FROM page_blocks
        LEFT JOIN pages ON pages.space = page_blocks.space
        AND page_blocks.page IN (pages.object, pages.home || '/' || pages.object)
        WHERE seen = 1 AND pages.object IS NULL
    """,
    "an acknowledgement and the operation that says it": """
        SELECT a.op FROM acknowledgements AS a
        LEFT JOIN operations AS o ON o.space = a.space AND o.id = a.op
        WHERE a.header IS NULL AND o.id IS NULL
    """,
    "an own operation and when each partner is told of it": """
        SELECT o.id, m.origin FROM operations AS o
        JOIN spaces AS s ON s.id = o.space
        JOIN space_members AS m ON m.space = o.space AND m.member = 1 AND m.node <> s.node
        LEFT JOIN cursors AS c ON c.space = o.space AND c.origin = m.origin AND c.log = o.log
        LEFT JOIN replication AS r ON r.space = o.space AND r.origin = m.origin
        WHERE substr(o.log, 3, 32) = s.node AND o.id <> s.id AND o.accepted = 1
        AND coalesce(c.seq, 0) < o.seq
        AND (r.origin IS NULL OR (r.attempts = 0 AND r.next_ms > o.received_ms + 120000
            AND coalesce(r.agreed_ms, 0) <= o.received_ms))
    """,
}
