-- The access log (DESIGN section 5). Rows are appended, never changed; the sealer takes them in the order (incarnation, xid,
-- id), which within one transaction is the order of writing. There are no foreign keys: an entry outlives what it tells of,
-- and a caller may have asked about a youth that does not exist. A column that is added later is null in older rows, which
-- leaves their seals as they are.

-- In the order of DESIGN section 2: of several reasons the latest is told. Permits come last.
CREATE TYPE registry.reason AS ENUM (
  'BARRED', 'ROLE', 'NOT_ASSIGNED', 'NO_SEAT', 'GROUP_NOT_OPEN', 'NO_CONSENT', 'NOT_GRANTED', 'REFUSED', 'WITHDRAWN',
  'SUPERSEDED', 'EXPIRED', 'NOT_SIGNED', 'SUSPENDED', 'NOT_YET_VALID', 'NOT_ACKNOWLEDGED', 'PROTECTED', 'CONSENT', 'OWN'
);

-- It stands in partitions of a year (functions/log/partitions.sql). Ids are unique by being random: the key only has to find
-- a row.
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
  -- The entry is kept so many years after its group has ended, or after itself where there is no group
  -- (functions/log/retention.sql). Fixed when it is written; null, as in entries without it, is 5.
  retention_years smallint CHECK (retention_years >= 5),
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX entry_sealing_order ON registry.entry (incarnation, xid, id);
-- What was permitted, apart: after an end it is looked for among many denials.
CREATE INDEX entry_youth ON registry.entry (youth, permitted, at);
CREATE INDEX entry_outcome ON registry.entry (answer) WHERE elapsed_ms IS NOT NULL;

-- One index for each question, ending in `at`: entries are read latest first, and the entries of one statement share their
-- instant, which makes them cheap to add. A group's or a consent's entries are found by entry_youth, for all of them name its
-- youth.
CREATE INDEX entry_at ON registry.entry (at);
CREATE INDEX entry_caller ON registry.entry (caller, at);
CREATE INDEX entry_actor ON registry.entry (actor, at) WHERE actor IS NOT NULL;
CREATE INDEX entry_agencies ON registry.entry (agency, source, at);
CREATE INDEX entry_category ON registry.entry (category, at) WHERE category IS NOT NULL;
CREATE INDEX entry_denied ON registry.entry (reason, at) WHERE NOT permitted;
CREATE INDEX entry_protected ON registry.entry (at) WHERE protected;
CREATE INDEX entry_operation ON registry.entry (operation_hash, at) WHERE operation_name IS NULL;
CREATE INDEX entry_published ON registry.entry (operation_name, at) WHERE operation_name IS NOT NULL;
CREATE INDEX entry_other ON registry.entry (kind, at) WHERE kind NOT IN ('DECISION', 'RELEASED');

-- A net: an entry is written whatever its instant. It is empty, or the sealer's process says so.
CREATE TABLE registry.entry_default PARTITION OF registry.entry DEFAULT;
