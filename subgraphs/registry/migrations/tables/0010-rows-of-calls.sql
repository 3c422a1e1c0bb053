-- The access log in its final form (docs/design.md, section 5): one row and one leaf per call of `authorize` and sector, with
-- its units as arrays. A log that release 0.1.0 kept, one row per unit, ends here. Its rows, leaves and tiles stay as they are
-- in a schema of their own; its checkpoints stay where they are, and the new log has the next number and so another origin.

DO $$
DECLARE
  s seal.state;
  old regclass;
BEGIN
  SELECT * INTO s FROM seal.state;
  IF EXISTS (SELECT FROM registry.entry e
    WHERE (e.incarnation, e.xid, e.id) > (s.sealed_incarnation, s.sealed_xid, s.sealed_id)) THEN
    RAISE EXCEPTION 'Entries of the access log that ends here wait for their seal: stop the gateway, let release 0.1.0 seal and export the log, and migrate again.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF s.size = 0 THEN
    DROP TABLE registry.entry, seal.leaf, seal.tile CASCADE;
    RETURN;
  END IF;
  CREATE SCHEMA closed_log;
  FOREACH old IN ARRAY ARRAY['registry.entry', 'seal.leaf', 'seal.tile']::regclass[]
    || ARRAY(SELECT i.inhrelid::regclass FROM pg_inherits i WHERE i.inhparent = 'registry.entry'::regclass)
  LOOP
    EXECUTE format('ALTER TABLE %s SET SCHEMA closed_log', old);
  END LOOP;
  CREATE TABLE closed_log.state AS SELECT s.origin, s.log, s.incarnation, s.size, s.root, clock_timestamp() AS closed_at;
  GRANT USAGE ON SCHEMA closed_log TO samsyn_auditor;
  GRANT SELECT ON ALL TABLES IN SCHEMA closed_log TO samsyn_auditor;
  UPDATE seal.state SET log = s.log + 1, size = 0, root = sha256(''),
    sealed_incarnation = s.incarnation, sealed_xid = '0', sealed_id = '00000000-0000-0000-0000-000000000000',
    waits_from = '-infinity', sweeping = false;
  -- What sums and alarms told of it is told by its export.
  TRUNCATE registry.log_sum, registry.summed_period, registry.late_day;
  DELETE FROM seal.erasure_leaves;
  UPDATE seal.erasure SET finished_at = clock_timestamp() WHERE finished_at IS NULL;
END $$;

-- A row of the log: a call of `authorize` by one sector for one request, a change of a fact, a read of the hub's own matters, or
-- what became of answers. Rows are appended, never changed; the sealer takes them in the order (incarnation, xid, id). There
-- are no foreign keys: the log outlives what it tells of, and a caller may ask about a youth who does not exist.
--
-- A row is a header and parts. A part is one youth under one group and one version of a consent, or none of these; of what
-- became of answers, one answer. Each part is erased alone, by nulls in its places; the header goes with the last part.
CREATE TABLE registry.log_row (
  -- Its last 16 bits are zero: there the id of a unit has the unit's number.
  id uuid NOT NULL DEFAULT (substr(uuidv7()::text, 1, 32) || '0000')::uuid,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- A restore starts a new one, since transaction ids may then begin anew.
  incarnation int NOT NULL DEFAULT 1,
  at timestamptz NOT NULL DEFAULT registry.clock(),
  kind text NOT NULL CHECK (kind IN ('DECISION', 'CHANGE', 'READ', 'RELEASED', 'WITHHELD', 'LATE')),
  -- Who asked, and by which operation. Null where the row is of what became of answers: the decision's row says it.
  request_id uuid,
  operation_hash text,
  operation_name text,
  caller text,
  -- The system that acted on the caller's behalf.
  actor text,
  agency int,
  -- The agency of the token, where the hub has none of that code.
  unknown_agency text,
  -- Sum of 1 COORDINATOR, 2 MENTOR, 4 CASEWORKER, 8 SYSTEM, 16 MANAGER, 32 AUDITOR.
  roles int,
  -- 1 READ, 2 WRITE, 3 LINK, 4 MANAGE.
  action smallint,
  -- The mutation of a CHANGE, what was read, or the sector that decided or answered.
  name text,
  -- The answer that a decision was taken for.
  answer uuid,
  -- Of an export or an erasure: the leaves that it took, from the first on and before the second; of an erasure which parts of
  -- them (leaf * 65536 + part), on which ground, and who confirmed it.
  leaf_from bigint,
  leaf_until bigint,
  ground text,
  confirmed_by text,
  erased_parts int8multirange,
  -- The kinds of information that were asked for, each with the fields that asked; a CHANGE or READ has one without category.
  kind_category smallint[],
  kind_whereabouts boolean[],
  kind_fields text[],
  part_youth uuid[],
  part_group uuid[],
  part_programme uuid[],
  part_consent uuid[],
  part_version int[],
  -- Had the youth protected identity then (C16)? Did the sector state that its database assigns the youth to the caller (C3)?
  part_protected boolean[],
  part_assigned boolean[],
  -- A part is kept so many years after its group has ended, or after the row where there is no group.
  part_years smallint[],
  -- The number of each part's first unit, and behind them the number after the last unit. It stays when a part is erased.
  part_from smallint[] NOT NULL,
  unit_part smallint[],
  unit_kind smallint[],
  unit_source int[],
  -- The reason of a decision; of anything else whether it was permitted.
  unit_reason registry.reason[],
  unit_permitted boolean[],
  unit_grant uuid[],
  unit_thing uuid[],
  -- What became of answers: why one did not leave, milliseconds from the request's arrival, and how many records of each
  -- category were read for it. That number is shown to no client (C11).
  answer_id uuid[],
  answer_why text[],
  answer_elapsed_ms int[],
  answer_records jsonb[],
  -- What the row is found by (registry.mark): categories, sources, reasons of denials, protected identity. Not sealed: it
  -- follows from the rest.
  marks int[],
  PRIMARY KEY (id, at),
  -- Its leaf has a length of 16 bits (C2SP tlog-tiles, entry bundles).
  CONSTRAINT row_fits CHECK (cardinality(part_from) <= 2047),
  CONSTRAINT row_asked CHECK ((kind IN ('RELEASED', 'WITHHELD', 'LATE')) = (caller IS NULL)
    AND num_nulls(request_id, operation_hash, caller, roles) IN (0, 4)),
  CONSTRAINT row_units CHECK (coalesce(cardinality(unit_part), cardinality(answer_id), 0) = part_from[cardinality(part_from)] - 1)
) PARTITION BY RANGE (at);
-- Ids do not compress; a call about fifty youths fits into a page.
ALTER TABLE registry.log_row
  ALTER part_youth SET STORAGE EXTERNAL, ALTER part_group SET STORAGE EXTERNAL, ALTER part_programme SET STORAGE EXTERNAL,
  ALTER part_consent SET STORAGE EXTERNAL, ALTER unit_grant SET STORAGE EXTERNAL, ALTER unit_thing SET STORAGE EXTERNAL,
  ALTER answer_id SET STORAGE EXTERNAL;
CREATE INDEX log_row_order ON registry.log_row (incarnation, xid, id);
CREATE INDEX log_row_at ON registry.log_row (at, id);
CREATE INDEX log_row_caller ON registry.log_row (caller, at);
CREATE INDEX log_row_actor ON registry.log_row (actor, at) WHERE actor IS NOT NULL;
CREATE INDEX log_row_agency ON registry.log_row (agency, at);
CREATE INDEX log_row_operation ON registry.log_row (operation_hash, at) WHERE operation_name IS NULL;
CREATE INDEX log_row_published ON registry.log_row (operation_name, at) WHERE operation_name IS NOT NULL;
CREATE INDEX log_row_other ON registry.log_row (kind, at) WHERE kind NOT IN ('DECISION', 'RELEASED');
CREATE INDEX log_row_answer ON registry.log_row (answer) WHERE answer IS NOT NULL;
CREATE INDEX log_row_outcome ON registry.log_row USING gin (answer_id) WHERE answer_id IS NOT NULL;
CREATE INDEX log_row_about ON registry.log_row USING gin (part_youth, marks);

DO $$
BEGIN
  EXECUTE format('ALTER TABLE registry.log_row ALTER incarnation SET DEFAULT %s', (SELECT s.incarnation FROM seal.state s));
END $$;

-- A net: a row is written whatever its instant. It is empty, or the sealer's process says so.
CREATE TABLE registry.log_row_default PARTITION OF registry.log_row DEFAULT;

-- An erased row leaves its leaf, without row and salts. Of an erased part the salt is zeros.
CREATE TABLE seal.leaf (
  index bigint PRIMARY KEY,
  row_id uuid UNIQUE,
  -- The row's own instant, by which its partition is found.
  row_at timestamptz,
  -- 16 random bytes for the header, and 16 for each part.
  salts bytea,
  content bytea NOT NULL,
  CONSTRAINT leaf_salted CHECK (num_nonnulls(row_id, row_at, salts) IN (0, 3))
);

CREATE TABLE seal.tile (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (level, index)
);
-- Hashes do not compress.
ALTER TABLE seal.leaf ALTER salts SET STORAGE EXTERNAL, ALTER content SET STORAGE EXTERNAL;
ALTER TABLE seal.tile ALTER hashes SET STORAGE EXTERNAL;

GRANT INSERT (kind, request_id, operation_hash, operation_name, caller, actor, agency, unknown_agency, roles, name,
  kind_category, kind_whereabouts, kind_fields, part_youth, part_group, part_programme, part_consent, part_version, part_from,
  unit_part, unit_kind, unit_source, unit_permitted, unit_grant, unit_thing, marks) ON registry.log_row TO samsyn_registry;
GRANT SELECT ON registry.log_row TO samsyn_registry, samsyn_sealer, samsyn_auditor, samsyn_erasure;
GRANT UPDATE (part_youth, part_group, part_programme, part_consent, part_version, part_protected, part_assigned, part_years,
  unit_part, unit_kind, unit_source, unit_reason, unit_permitted, unit_grant, unit_thing, answer_id, answer_why,
  answer_elapsed_ms, answer_records, marks), DELETE ON registry.log_row TO samsyn_erasure;
GRANT INSERT (kind, request_id, operation_hash, caller, agency, roles, name, ground, confirmed_by, leaf_from, leaf_until,
  erased_parts, part_from, unit_part, unit_permitted, unit_thing) ON registry.log_row TO samsyn_erasure;
GRANT SELECT ON seal.leaf, seal.tile TO samsyn_registry, samsyn_sealer, samsyn_auditor;
GRANT SELECT ON seal.leaf TO samsyn_erasure;
GRANT UPDATE (row_id, row_at, salts) ON seal.leaf TO samsyn_erasure;
GRANT INSERT ON seal.leaf, seal.tile TO samsyn_sealer;
GRANT UPDATE (hashes) ON seal.tile TO samsyn_sealer;

-- The parts of an erasure that are still to go, and how many have gone.
ALTER TABLE seal.erasure RENAME entries TO parts;
DROP TABLE seal.erasure_leaves;
CREATE TABLE seal.erasure_parts (
  erasure uuid NOT NULL REFERENCES seal.erasure,
  leaf bigint NOT NULL,
  parts smallint[] NOT NULL,
  PRIMARY KEY (erasure, leaf)
);
GRANT SELECT, INSERT, DELETE ON seal.erasure_parts TO samsyn_erasure;
-- What one step of an erasure takes; empty between the steps.
CREATE TABLE seal.erasing (
  leaf bigint NOT NULL,
  row_id uuid,
  row_at timestamptz,
  parts smallint[] NOT NULL,
  units int[],
  is_whole boolean
);
GRANT SELECT, INSERT, UPDATE, DELETE ON seal.erasing TO samsyn_erasure;
