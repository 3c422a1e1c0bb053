-- What the seal (tables/0003-seal.sql) demands of the log, and how far it has come.

-- Since when the entry that has waited longest waits for its seal; null when none waits. The id of an entry has the real
-- time of its writing.
CREATE OR REPLACE FUNCTION seal.waiting_since(s seal.state) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
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
CREATE OR REPLACE FUNCTION seal.content(entry registry.entry) RETURNS jsonb LANGUAGE sql STABLE SET timezone = 'UTC'
  AS $$ SELECT to_jsonb(entry) $$;

-- Exporting the log is itself an entry, and the auditor's role writes no other.
CREATE OR REPLACE FUNCTION seal.note_export(by text, leaf_from bigint, leaf_until bigint) RETURNS void LANGUAGE sql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, agency, roles, name, leaf_from, leaf_until)
  SELECT 'READ', true, gen_random_uuid(), encode(sha256('exportLog'), 'hex'), by, a.id, 32, 'exportLog', leaf_from, leaf_until
  FROM (VALUES (true)) AS once LEFT JOIN registry.agency a ON a.code = 'hub:samsyn'
$$;

-- C13, bounded: a log that is not being sealed can be rewritten unnoticed, so nothing is decided that only it would tell of.
CREATE OR REPLACE FUNCTION seal.demand() RETURNS void LANGUAGE plpgsql STABLE AS $$
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
CREATE OR REPLACE FUNCTION seal.keep_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR OLD.halted_why IS NOT NULL AND NOT pg_has_role(current_user, 'samsyn_registry_owner', 'USAGE') THEN
    RAISE EXCEPTION 'The sealer only goes on.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER state_goes_forward BEFORE UPDATE ON seal.state
  FOR EACH ROW EXECUTE FUNCTION seal.keep_forward();

GRANT EXECUTE ON FUNCTION seal.waiting_since TO samsyn_sealer;
GRANT EXECUTE ON FUNCTION seal.content TO samsyn_registry;
GRANT EXECUTE ON FUNCTION seal.note_export TO samsyn_auditor;
