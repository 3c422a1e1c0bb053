-- What the seal (tables/0003-seal.sql) demands of the log, and how far it has come.

-- Since when the row that has waited longest waits for its seal; null when none waits. The id of a row has the real time of its
-- writing.
CREATE OR REPLACE FUNCTION seal.waiting_since(s seal.state) RETURNS timestamptz LANGUAGE plpgsql STABLE
  -- A backlog is read by the index of its order, however large it looks to a planner without statistics.
  SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
  -- Whatever became of the clock, rows of now are seen.
  since CONSTANT timestamptz := least(s.waits_from, statement_timestamp() - interval '1 day');
BEGIN
  RETURN (
    SELECT uuid_extract_timestamp(r.id) FROM registry.log_row r
    WHERE (r.incarnation, r.xid, r.id) > (s.sealed_incarnation, s.sealed_xid, s.sealed_id) AND r.at >= since
    ORDER BY r.incarnation, r.xid, r.id LIMIT 1
  );
END $$;

-- Exporting the log is itself a row, and the auditor's role writes no other.
CREATE OR REPLACE FUNCTION seal.note_export(by text, leaf_from bigint, leaf_until bigint) RETURNS void LANGUAGE sql VOLATILE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, agency, roles, name, leaf_from, leaf_until, part_from,
    unit_part, unit_permitted)
  SELECT 'READ', gen_random_uuid(), encode(sha256('exportLog'), 'hex'), by, a.id, 32, 'exportLog', leaf_from, leaf_until,
    '{1,2}', '{1}', '{true}'
  FROM (VALUES (true)) AS once LEFT JOIN registry.agency a ON a.code = 'hub:samsyn'
$$;

-- Which history of the server this is: a promotion starts another. Null on a standby.
CREATE OR REPLACE FUNCTION seal.timeline() RETURNS int LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN NOT pg_is_in_recovery() THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END
$$;

-- Names the running server, database and incarnation in the row OPEN.
CREATE OR REPLACE FUNCTION seal.name_server(until timestamptz) RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE seal.open SET server_started_at = pg_postmaster_start_time(), incarnation = s.incarnation, decide_until = until,
    database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  FROM seal.state s
$$;

-- Lets decisions be taken until the row that has waited longest has waited as long as the limit says, and tells whether it did:
-- not while the log is halted, and not on another server than the one with which the sealer has compared what it remembers.
CREATE OR REPLACE FUNCTION seal.keep_open(compared timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s seal.state;
BEGIN
  SELECT * INTO s FROM seal.state;
  IF s.halted_why IS NOT NULL OR s.one IS NULL OR compared IS DISTINCT FROM pg_postmaster_start_time() THEN
    RETURN false;
  END IF;
  -- What a crash takes back it would have closed anyway, and no standby need wait for it.
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM seal.name_server(coalesce(seal.waiting_since(s), clock_timestamp()) + s.lag_limit);
  RETURN true;
END $$;

-- C13, bounded: what is not being sealed can be rewritten unnoticed, and what stands on a copy may lack a withdrawal. So nothing
-- is decided unless a sealer has compared this very server with what it remembers, and goes on sealing.
CREATE OR REPLACE FUNCTION seal.demand_open() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF EXISTS (
    SELECT FROM seal.open o
    JOIN seal.state s ON s.incarnation = o.incarnation AND s.halted_why IS NULL
    JOIN pg_database d ON d.oid = o.database AND d.datname = current_database()
    WHERE o.server_started_at = pg_postmaster_start_time() AND o.decide_until > clock_timestamp()
  ) THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM seal.state s WHERE s.halted_why IS NULL) THEN
    RAISE EXCEPTION 'The access log is halted.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'An operator reconciles it: npm run registry -- reconcile.';
  END IF;
  IF EXISTS (
    SELECT FROM seal.open o
    JOIN seal.state s ON s.incarnation = o.incarnation
    JOIN pg_database d ON d.oid = o.database AND d.datname = current_database()
    WHERE o.server_started_at = pg_postmaster_start_time() AND o.decide_until > '-infinity'
  ) THEN
    RAISE EXCEPTION 'The access log has waited too long for its seal.'
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Start a sealer, or mend it.';
  END IF;
  RAISE EXCEPTION 'The access log is not open on this server.' USING ERRCODE = 'object_not_in_prerequisite_state',
    HINT = 'A sealer opens it, after comparing the log with what it remembers: start one, and read what it says.';
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

GRANT EXECUTE ON FUNCTION seal.waiting_since, seal.timeline, seal.keep_open TO samsyn_sealer;
GRANT EXECUTE ON FUNCTION seal.note_export TO samsyn_auditor;
