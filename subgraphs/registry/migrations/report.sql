-- Which entries the extract for the youth may tell. An agency that is source or recipient of an entry may decide that it is
-- left out, on a ground that the law gives, and may decide otherwise later. A decision is never changed: of each agency's the
-- latest counts, and what one agency leaves out no other one can have told.

-- Without a foreign key to the entry, as everywhere: the log does not lean on what is decided of it.
CREATE TABLE registry.telling (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  entry uuid NOT NULL,
  -- The youth of the entry, whose decisions are read together.
  youth uuid NOT NULL,
  agency int NOT NULL CONSTRAINT telling_agency_foreign REFERENCES registry.agency,
  -- Counts the decisions of one agency on one entry, from 1.
  revision int NOT NULL,
  decision text NOT NULL CHECK (decision IN ('LEAVE_OUT', 'TELL')),
  ground text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT registry.clock(),
  recorded_by text NOT NULL,
  CONSTRAINT telling_revision UNIQUE (entry, agency, revision)
);
CREATE INDEX telling_youth ON registry.telling (youth, recorded_at);

-- Does an agency's latest decision leave the entry out? Without a decision it is told.
CREATE FUNCTION registry.is_left_out(entry_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM registry.telling t
    WHERE t.entry = entry_id AND t.decision = 'LEAVE_OUT' AND NOT EXISTS (
      SELECT FROM registry.telling later
      WHERE later.entry = t.entry AND later.agency = t.agency AND later.revision > t.revision
    )
  )
$$;

GRANT SELECT ON registry.telling TO samsyn_registry, samsyn_auditor;
GRANT INSERT (id, entry, youth, agency, revision, decision, ground, recorded_by) ON registry.telling TO samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.is_left_out TO samsyn_registry;
