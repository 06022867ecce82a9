-- What an object lies in, whatever its kind: a file in its album, a card on its wall.

ALTER TABLE contents RENAME COLUMN album TO inside;
