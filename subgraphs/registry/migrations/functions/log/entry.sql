-- What keeps the access log (tables/0002-log.sql): it is only appended to, and an entry is on disk before its answer.

-- Only the function that erases what two have agreed upon passes (erasure.sql): it runs as a role that nobody can be, called
-- by the one who confirms. The owner can be the first and not the second.
CREATE OR REPLACE FUNCTION registry.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'samsyn_erasure' AND session_user = 'samsyn_erasure_confirmer' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The access log is only appended to.' USING ERRCODE = 'insufficient_privilege';
END $$;

-- C13: the transaction of an entry is on disk before its answer, whatever its session is set to.
CREATE OR REPLACE FUNCTION registry.demand_durability() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER entry_is_durable BEFORE INSERT ON registry.entry
  FOR EACH STATEMENT EXECUTE FUNCTION registry.demand_durability();

CREATE OR REPLACE TRIGGER entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.entry
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

-- Appends what became of a sector's answers. A permit whose answer has no such entry, or a late one, counts as possibly
-- disclosed.
CREATE OR REPLACE FUNCTION registry.note_outcomes(outcomes jsonb, of_sector text) RETURNS void LANGUAGE sql VOLATILE
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
