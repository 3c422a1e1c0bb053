-- Sums over the sealed entries of the access log: so that who counts a year of it need not read a year of it. They follow
-- from the log alone and can be made anew from it at any time. They hold no youth, group or consent's content; who reads
-- the log learns from them exactly what counting its rows would tell (subgraphs/registry/access-summary.test.ts).

-- How far, in the sealing order, entries are in the sums: all until there, none after it. Its lock makes one change at a time.
CREATE TABLE registry.summed (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- The incarnation of the log that it was begun in. A log that was reconciled is summed anew.
  of_incarnation int NOT NULL DEFAULT 1,
  incarnation int NOT NULL DEFAULT 0,
  xid xid8 NOT NULL DEFAULT '0',
  id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO registry.summed DEFAULT VALUES;

-- One row, whatever is missing. Where entries may stand before the seal's end and not be sealed, no entry counts as summed.
CREATE VIEW registry.summed_until AS
SELECT u.usable, CASE WHEN u.usable THEN t.incarnation ELSE -1 END AS incarnation, coalesce(t.xid, '0') AS xid,
  coalesce(t.id, '00000000-0000-0000-0000-000000000000') AS id
FROM (VALUES (true)) AS once
LEFT JOIN registry.summed t ON true
LEFT JOIN seal.state s ON true
CROSS JOIN pg_control_system() c
CROSS JOIN LATERAL (
  SELECT coalesce(NOT s.sweeping AND s.halted_why IS NULL AND s.incarnation = t.of_incarnation
    AND s.system_identifier = c.system_identifier, false) AS usable
) u;

-- What entries that are counted together have in common. Each way of counting leaves other columns out: all but category and
-- programme (K), operation (O), agency and source (A), agency and caller (C), source with category and programme (S), agency
-- with these (G); one has all but operation and caller (F).
CREATE TABLE registry.sum_cell (
  way "char" NOT NULL,
  id int GENERATED ALWAYS AS IDENTITY,
  -- All that follows, as text.
  key text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  permitted boolean NOT NULL,
  reason registry.reason,
  -- RELEASED, WITHHELD or POSSIBLE, of permitted reads.
  disclosure text,
  -- The system that acted, for somebody or by itself.
  system text,
  agency int,
  source int,
  category smallint,
  programme uuid,
  caller text,
  operation_hash text,
  operation_name text,
  PRIMARY KEY (way, id),
  CONSTRAINT sum_cell_key UNIQUE (way, key)
) PARTITION BY LIST (way);

-- Entries by Swedish hours (H), days (D) and months (M): by hours where few columns are told apart (K), by months alone where
-- most are (F).
CREATE TABLE registry.sum (
  way "char" NOT NULL,
  grain "char" NOT NULL CHECK (grain IN ('H', 'D', 'M')),
  starts_at timestamptz NOT NULL,
  cell int NOT NULL,
  entries int NOT NULL,
  PRIMARY KEY (grain, starts_at, cell, way)
) PARTITION BY LIST (way);

DO $$
DECLARE
  way text;
BEGIN
  FOREACH way IN ARRAY '{K,O,A,C,S,G,F}'::text[] LOOP
    EXECUTE format('CREATE TABLE registry.%I PARTITION OF registry.sum_cell FOR VALUES IN (%L)', 'sum_cell_' || lower(way), way);
    EXECUTE format('CREATE TABLE registry.%I PARTITION OF registry.sum FOR VALUES IN (%L) WITH (fillfactor = 80)',
      'sum_' || lower(way), way);
  END LOOP;
END $$;
-- An agency's own readers see what it is source or recipient of: few of these cells.
CREATE INDEX sum_cell_f_agency ON registry.sum_cell_f (agency);
CREATE INDEX sum_cell_f_source ON registry.sum_cell_f (source);
CREATE INDEX sum_f_cell ON registry.sum_f (cell, starts_at);

-- Where the decisions of an answer stand, to find them when it becomes known what became of it.
CREATE TABLE registry.sum_answer (
  answer uuid NOT NULL,
  at timestamptz NOT NULL,
  caller text NOT NULL,
  PRIMARY KEY (answer, at, caller)
);

-- Of a caller in an hour: no fewer than there are, so that a review looks no further where there is nothing to find.
CREATE TABLE registry.sum_caller_hour (
  starts_at timestamptz NOT NULL,
  caller text NOT NULL,
  agency int,
  entries int NOT NULL,
  -- Decisions by a person; youths that these were about; requests that were denied, wholly or in part.
  decisions int NOT NULL,
  youths int NOT NULL,
  denied_requests int NOT NULL,
  CONSTRAINT sum_caller_hour_key UNIQUE NULLS NOT DISTINCT (starts_at, caller, agency)
);
-- As many as MANY_YOUTHS in access-review-rules.ts: so many are counted, of fewer the requests about youths stand here.
CREATE INDEX sum_caller_hour_youths ON registry.sum_caller_hour (starts_at) WHERE youths >= 30;
CREATE INDEX sum_caller_hour_denied ON registry.sum_caller_hour (starts_at) WHERE denied_requests > 0;

-- When a version of a consent last permitted a read: not before the latest that there is.
CREATE TABLE registry.sum_consent (
  consent uuid PRIMARY KEY,
  permits int NOT NULL,
  last_permit_at timestamptz NOT NULL
);

GRANT SELECT ON registry.summed_until, registry.sum, registry.sum_cell, registry.sum_answer, registry.sum_caller_hour,
  registry.sum_consent TO samsyn_registry;
