-- The access log (DESIGN section 5). Rows are appended, never changed; the sealer takes them in the order (incarnation, xid,
-- id), which within one transaction is the order of writing. There are no foreign keys: an entry outlives what it tells of,
-- and a caller may have asked about a youth that does not exist. A column that is added later is null in older rows, which
-- leaves their seals as they are.

-- In the order of DESIGN section 2: of several reasons the latest is told. Permits come last.
CREATE TYPE registry.reason AS ENUM (
  'BARRED', 'ROLE', 'NOT_ASSIGNED', 'NO_SEAT', 'GROUP_NOT_OPEN', 'NO_CONSENT', 'NOT_GRANTED', 'REFUSED', 'WITHDRAWN',
  'SUPERSEDED', 'EXPIRED', 'NOT_SIGNED', 'SUSPENDED', 'NOT_YET_VALID', 'NOT_ACKNOWLEDGED', 'PROTECTED', 'CONSENT', 'OWN'
);

-- It stands in partitions (partitions.sql). Ids are unique by being random: the key only has to find a row.
CREATE TABLE registry.entry (
  id uuid NOT NULL DEFAULT uuidv7(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- A restore starts a new one, since transaction ids may then begin anew.
  incarnation int NOT NULL DEFAULT 1,
  at timestamptz NOT NULL DEFAULT registry.clock(),
  -- DECISION of authorize, CHANGE of a fact, READ of the hub's own matters; RELEASED, WITHHELD or LATE is what became of a
  -- sector's answer.
  kind text NOT NULL CHECK (kind IN ('DECISION', 'CHANGE', 'READ', 'RELEASED', 'WITHHELD', 'LATE')),
  permitted boolean NOT NULL,
  request_id uuid NOT NULL,
  operation_hash text NOT NULL,
  operation_name text,
  caller text NOT NULL,
  -- The system that acted on the caller's behalf.
  actor text,
  agency int,
  -- What the token said, when it is no agency of the hub.
  unknown_agency text,
  -- Sum of 1 COORDINATOR, 2 MENTOR, 4 CASEWORKER, 8 SYSTEM, 16 MANAGER, 32 AUDITOR.
  roles int NOT NULL,
  -- 1 READ, 2 WRITE, 3 LINK, 4 MANAGE.
  action smallint,
  youth uuid,
  -- Had the youth protected identity then (C16)?
  protected boolean,
  source int,
  category smallint,
  whereabouts boolean,
  fields text,
  reason registry.reason,
  -- The sector stated that its database assigns the youth to the caller (C3).
  assigned boolean,
  group_id uuid,
  programme uuid,
  consent uuid,
  consent_version int,
  consent_grant uuid,
  -- The mutation of a CHANGE, or what was read, and the thing it was about.
  name text,
  thing uuid,
  -- The answer that a decision was taken for, and what became of it: why it did not leave, milliseconds from the request's
  -- arrival, and how many records were read for it of each category. That number is shown to no client (C11).
  answer uuid,
  why text,
  elapsed_ms int,
  records jsonb,
  -- Of an export or an erasure: the leaves that it took; of an erasure, on which ground, and who confirmed it.
  leaf_from bigint,
  leaf_until bigint,
  ground text,
  confirmed_by text,
  -- Which of those leaves an erasure took, when not all.
  leaves int8multirange,
  -- The entry is kept so many years after its group has ended, or after itself where there is no group (retention.sql). Fixed
  -- when it is written; null, as in entries without it, is 5.
  retention_years smallint CHECK (retention_years >= 5),
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX entry_sealing_order ON registry.entry (incarnation, xid, id);
-- What was permitted, apart: after an end it is looked for among many denials.
CREATE INDEX entry_youth ON registry.entry (youth, permitted, at);
CREATE INDEX entry_outcome ON registry.entry (answer) WHERE elapsed_ms IS NOT NULL;

-- Only the function that erases what two have agreed upon passes (erasure.sql): it runs as a role that nobody can be, called
-- by the one who confirms. The owner can be the first and not the second.
CREATE FUNCTION registry.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'samsyn_erasure' AND session_user = 'samsyn_erasure_confirmer' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The access log is only appended to.' USING ERRCODE = 'insufficient_privilege';
END $$;

-- C13: the transaction of an entry is on disk before its answer, whatever its session is set to.
CREATE FUNCTION registry.demand_durability() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  RETURN NULL;
END $$;

CREATE TRIGGER entry_is_durable BEFORE INSERT ON registry.entry
  FOR EACH STATEMENT EXECUTE FUNCTION registry.demand_durability();

CREATE TRIGGER entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.entry
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

-- Appends what became of a sector's answers. A permit whose answer has no such entry, or a late one, counts as possibly
-- disclosed.
CREATE FUNCTION registry.note_outcomes(outcomes jsonb, of_sector text) RETURNS void LANGUAGE sql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency,
    unknown_agency, roles, name, answer, why, elapsed_ms, records)
  -- Any other kind is none, which no entry may have: a sector tells of its answers and of nothing else.
  SELECT CASE WHEN o.outcome IN ('RELEASED', 'WITHHELD', 'LATE') THEN o.outcome END, o.outcome <> 'WITHHELD', o.request_id, o.operation_hash, o.operation_name, o.caller, o.actor, a.id,
    CASE WHEN a.id IS NULL THEN o.agency END, o.roles, of_sector, o.answer, o.why, o.elapsed_ms, o.records
  FROM jsonb_to_recordset(outcomes) AS o (outcome text, request_id uuid, operation_hash text,
    operation_name text, caller text, actor text, agency text, roles int, answer uuid, why text, elapsed_ms int,
    records jsonb)
  LEFT JOIN registry.agency a ON a.code = o.agency
$$;
