-- The access log (DESIGN section 5). Rows are appended, never changed; the sealer takes them in the order (xid, id), which
-- within one transaction is the order of writing. There are no foreign keys: an entry outlives what it tells of, and a
-- caller may have asked about a youth that does not exist.

-- In the order of DESIGN section 2: of several reasons the latest is told. Permits come last.
CREATE TYPE registry.reason AS ENUM (
  'BARRED', 'ROLE', 'NOT_ASSIGNED', 'NO_SEAT', 'GROUP_NOT_OPEN', 'NO_CONSENT', 'NOT_GRANTED', 'REFUSED', 'WITHDRAWN',
  'SUPERSEDED', 'EXPIRED', 'NOT_SIGNED', 'SUSPENDED', 'NOT_YET_VALID', 'NOT_ACKNOWLEDGED', 'PROTECTED', 'CONSENT', 'OWN'
);

CREATE TABLE registry.entry (
  id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT registry.clock(),
  -- DECISION of authorize, CHANGE of a fact, READ of the hub's own matters.
  kind text NOT NULL CHECK (kind IN ('DECISION', 'CHANGE', 'READ')),
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
  thing uuid
);
CREATE INDEX entry_sealing_order ON registry.entry (xid, id);
CREATE INDEX entry_youth ON registry.entry (youth, at);

CREATE FUNCTION registry.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
