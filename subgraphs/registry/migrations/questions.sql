-- What auditors ask of the access log (HSLF-FS 2016:40), what they found, and the alarms that go out by themselves.

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

GRANT SELECT ON registry.review, registry.review_entry, registry.alarm TO samsyn_registry;
GRANT INSERT (id, agency, outcome, note, seed, recorded_by) ON registry.review TO samsyn_registry;
GRANT INSERT ON registry.review_entry TO samsyn_registry;
GRANT INSERT (kind, occasion, entry, request_id, agency, source) ON registry.alarm TO samsyn_registry;
GRANT UPDATE (delivered_at) ON registry.alarm TO samsyn_registry;
GRANT SELECT ON registry.review, registry.review_entry TO samsyn_auditor;
