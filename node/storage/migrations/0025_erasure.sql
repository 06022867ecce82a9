-- What other schools wrote on top of what a school has erased, or with the same bytes.
-- Operations that have the same bytes as erased ones, as the erasing schools say in their statements.
CREATE TABLE same_bytes (
    space TEXT NOT NULL REFERENCES spaces (id),
    op TEXT NOT NULL,
    erased TEXT NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (space, op, erased, node)
) STRICT, WITHOUT ROWID;
-- A view: versions (`op`, by the school `node`) that descend from erased ones, and that their
-- schools have neither erased nor cleared.
CREATE TABLE descendants (
    space TEXT NOT NULL REFERENCES spaces (id),
    op TEXT NOT NULL,
    erased TEXT NOT NULL,
    home TEXT NOT NULL,
    object TEXT NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (space, op, erased)
) STRICT, WITHOUT ROWID;
CREATE INDEX descendants_by_object ON descendants (space, home, object);
CREATE INDEX descendants_by_node ON descendants (space, node);
CREATE INDEX descendants_by_erased ON descendants (space, erased);
-- Objects of which something was erased before are folded once more.
INSERT INTO unfolded (space, objects)
SELECT space, '[' || group_concat(json_array(home, object)) || ']' FROM (
    SELECT space, home, object,
        (row_number() OVER (PARTITION BY space ORDER BY home, object) - 1) / 100 AS portion
    FROM (
        SELECT DISTINCT o.space, o.home, o.object FROM erased e
        JOIN operations o ON o.space = e.space AND o.id = e.op WHERE o.object <> ''
    )
) GROUP BY space, portion ORDER BY space, portion;
