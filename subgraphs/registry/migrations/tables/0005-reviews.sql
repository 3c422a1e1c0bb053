-- What auditors found who asked the access log (HSLF-FS 2016:40), the alarms that go out by themselves, and what the extract
-- for the youth may tell.

-- What somebody found who reviewed entries of the log. The note is about the reviewed access, never about the youth.
CREATE TABLE registry.review (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  agency int NOT NULL CONSTRAINT review_agency_foreign REFERENCES registry.agency,
  outcome text NOT NULL CHECK (outcome IN ('JUSTIFIED', 'NOT_JUSTIFIED', 'FOLLOW_UP')),
  note text NOT NULL,
  -- The seed of the sample that the entries were drawn by, if they were.
  seed text,
  recorded_at timestamptz NOT NULL DEFAULT registry.clock(),
  recorded_by text NOT NULL
);
CREATE INDEX review_recorded ON registry.review (recorded_at);

-- Without a foreign key to the entry: what was found outlasts its row.
CREATE TABLE registry.review_entry (
  review uuid NOT NULL CONSTRAINT review_entry_review_foreign REFERENCES registry.review,
  entry uuid NOT NULL,
  PRIMARY KEY (review, entry)
);

-- Each alarm once: `occasion` is what it is about, as a hash, until its entry is erased. It is sent until the receiver has taken
-- it.
CREATE TABLE registry.alarm (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL CHECK (kind IN ('DENIED_UNITS', 'MANY_YOUTHS', 'RELEASED_AFTER_END')),
  occasion text NOT NULL,
  -- The latest entry that it rests on, and its request.
  entry uuid NOT NULL,
  request_id uuid NOT NULL,
  -- The entry's: who may read the alarm is told by them, also when the entry has been erased.
  agency int,
  source int,
  raised_at timestamptz NOT NULL DEFAULT registry.clock(),
  delivered_at timestamptz,
  CONSTRAINT alarm_occasion UNIQUE (kind, occasion)
);
CREATE INDEX alarm_raised ON registry.alarm (raised_at);
CREATE INDEX alarm_undelivered ON registry.alarm (raised_at) WHERE delivered_at IS NULL;

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
