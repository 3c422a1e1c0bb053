-- The seal of the access log (DESIGN section 5): an RFC 6962 tree over its entries in the layout of C2SP tlog-tiles, with
-- signed checkpoints. Only the sealer's role writes here. Nothing in a leaf, tile or checkpoint is personal; the salts are
-- what ties a leaf to its entry, and they go when the entry goes.

CREATE SCHEMA seal;

-- The one row that says how far the log is sealed. Whoever holds its lock is the sealer at work.
CREATE TABLE seal.state (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- The log's name, and its number: a log that has lost sealed entries goes on as another log, under another name.
  origin text,
  log int NOT NULL DEFAULT 1,
  -- Entries of one incarnation are ordered by their transactions; a restore starts a new one.
  incarnation int NOT NULL DEFAULT 1,
  size bigint NOT NULL DEFAULT 0,
  root bytea NOT NULL DEFAULT sha256(''),
  -- The last entry that is sealed; all that come later in the sealing order are not.
  sealed_incarnation int NOT NULL DEFAULT 0,
  sealed_xid xid8 NOT NULL DEFAULT '0',
  sealed_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  -- When all that could be sealed had last been, less a day: no transaction of the hub lasts so long, so nothing waits that is
  -- older, and what asks for what waits need not look into the log's old partitions.
  waits_from timestamptz NOT NULL DEFAULT '-infinity',
  -- After a restore: entries of earlier incarnations that were never sealed are looked for first, wherever they stand.
  sweeping boolean NOT NULL DEFAULT false,
  -- Entries are kept so many years, unless their programme asks for more. Changed by the owner alone; entries that there are
  -- keep what is written on them.
  retention_years smallint NOT NULL DEFAULT 5 CHECK (retention_years BETWEEN 5 AND 100),
  -- Of the server whose transactions order the entries.
  system_identifier bigint,
  -- Entries may wait so long for their seal; longer, and nothing is decided.
  lag_limit interval NOT NULL DEFAULT interval '60 seconds'
    CHECK (lag_limit BETWEEN interval '5 seconds' AND interval '1 hour'),
  halted_at timestamptz,
  halted_why text CHECK (halted_why IN ('WITNESS_AHEAD', 'WITNESS_DISAGREES', 'TREE_DIFFERS', 'OTHER_SERVER')),
  CONSTRAINT state_halted CHECK ((halted_at IS NULL) = (halted_why IS NULL))
);
INSERT INTO seal.state DEFAULT VALUES;

-- An erased entry leaves its leaf, without entry and salt.
CREATE TABLE seal.leaf (
  index bigint PRIMARY KEY,
  entry uuid UNIQUE,
  -- The entry's own instant, by which its partition is found.
  entry_at timestamptz,
  salt bytea,
  content bytea NOT NULL,
  CONSTRAINT leaf_salted CHECK (num_nonnulls(entry, entry_at, salt) IN (0, 3))
);

CREATE TABLE seal.tile (
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (level, index)
);
-- Hashes do not compress.
ALTER TABLE seal.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE seal.checkpoint (
  log int NOT NULL,
  size bigint NOT NULL,
  -- As the log signed it; it is stored before anybody is shown it.
  note text NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When the quorum of witnesses had cosigned it.
  witnessed_at timestamptz,
  PRIMARY KEY (log, size)
);
CREATE INDEX checkpoint_sealed ON seal.checkpoint (sealed_at);

CREATE TABLE seal.cosignature (
  log int NOT NULL,
  size bigint NOT NULL,
  witness text NOT NULL,
  line text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (log, size, witness),
  FOREIGN KEY (log, size) REFERENCES seal.checkpoint ON DELETE CASCADE
);

-- Since when the entry that has waited longest waits for its seal; null when none waits. The id of an entry has the real
-- time of its writing.
CREATE FUNCTION seal.waiting_since(s seal.state) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- Whatever became of the clock, entries of now are seen.
  since CONSTANT timestamptz := least(s.waits_from, statement_timestamp() - interval '1 day');
BEGIN
  RETURN (
    SELECT uuid_extract_timestamp(e.id) FROM registry.entry e
    WHERE (e.incarnation, e.xid, e.id) > (s.sealed_incarnation, s.sealed_xid, s.sealed_id) AND e.at >= since
    ORDER BY e.incarnation, e.xid, e.id LIMIT 1
  );
END $$;

-- An entry as its leaf commits to it, whatever the time zone of who reads it.
CREATE FUNCTION seal.content(entry registry.entry) RETURNS jsonb LANGUAGE sql STABLE SET timezone = 'UTC'
  AS $$ SELECT to_jsonb(entry) $$;

-- Exporting the log is itself an entry, and the auditor's role writes no other.
CREATE FUNCTION seal.note_export(by text, leaf_from bigint, leaf_until bigint) RETURNS void LANGUAGE sql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, agency, roles, name, leaf_from, leaf_until)
  SELECT 'READ', true, gen_random_uuid(), encode(sha256('exportLog'), 'hex'), by, a.id, 32, 'exportLog', leaf_from, leaf_until
  FROM (VALUES (true)) AS once LEFT JOIN registry.agency a ON a.code = 'hub:samsyn'
$$;

-- C13, bounded: a log that is not being sealed can be rewritten unnoticed, so nothing is decided that only it would tell of.
CREATE FUNCTION seal.demand() RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  s seal.state;
BEGIN
  SELECT * INTO s FROM seal.state;
  IF s.halted_why IS NOT NULL OR s.one IS NULL THEN
    RAISE EXCEPTION 'The access log is halted.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'An operator reconciles it: npm run registry -- reconcile.';
  END IF;
  IF seal.waiting_since(s) < clock_timestamp() - s.lag_limit THEN
    RAISE EXCEPTION 'The access log has waited too long for its seal.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Start a sealer, or mend it.';
  END IF;
END $$;

-- A halt is ended by an operator, as the owner, and a log never gets shorter.
CREATE FUNCTION seal.keep_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR OLD.halted_why IS NOT NULL AND NOT pg_has_role(current_user, 'samsyn_registry_owner', 'USAGE') THEN
    RAISE EXCEPTION 'The sealer only goes on.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER state_goes_forward BEFORE UPDATE ON seal.state
  FOR EACH ROW EXECUTE FUNCTION seal.keep_forward();
