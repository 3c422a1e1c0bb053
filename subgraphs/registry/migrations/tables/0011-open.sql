-- OPEN (docs/design.md, section 4): `authorize` decides only while this row names the running server, the database and the
-- incarnation, and `decide_until` lies ahead. A restart, a promotion, a copy, a dump and its restore thus close the log by
-- themselves; the crash of one backend does not, since the server goes on.

CREATE TABLE seal.open (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  server_started_at timestamptz NOT NULL DEFAULT '-infinity',
  database oid NOT NULL DEFAULT 0,
  incarnation int NOT NULL DEFAULT 0,
  decide_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 20); -- Every update finds room on the page.
INSERT INTO seal.open DEFAULT VALUES;
-- The sealer changes it by seal.keep_open alone.
GRANT SELECT ON seal.open TO samsyn_sealer;

-- A promotion starts a new timeline. Null until a sealer has looked.
ALTER TABLE seal.state ADD COLUMN timeline int;
GRANT UPDATE (timeline) ON seal.state TO samsyn_sealer;

ALTER TABLE seal.state DROP CONSTRAINT state_halted_why_check;
ALTER TABLE seal.state ADD CONSTRAINT state_halted_why_check CHECK (halted_why IN (
  'WITNESS_AHEAD', 'WITNESS_DISAGREES', 'MEMORY_AHEAD', 'MEMORY_DISAGREES', 'MEMORY_LOST', 'TREE_DIFFERS', 'OTHER_SERVER'));
