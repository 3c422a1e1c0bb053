-- The entries of the access log (tables/0010-rows-of-calls.sql): each unit of a row as one entry, made when it is asked for and
-- stored nowhere. Conditions on the row's own columns reach its indexes; youths, categories, sources, reasons of denials and
-- protected identity are found by `part_youth` and `marks`, which a question names beside the entry's column.

-- The marks of a category, a source, the reason of a denial, and of protected identity.
CREATE OR REPLACE FUNCTION registry.mark_of_category(category smallint) RETURNS int LANGUAGE sql IMMUTABLE RETURN 100000000 + category;
CREATE OR REPLACE FUNCTION registry.mark_of_source(source int) RETURNS int LANGUAGE sql IMMUTABLE RETURN 200000000 + source;
CREATE OR REPLACE FUNCTION registry.mark_of_reason(reason registry.reason) RETURNS int LANGUAGE sql IMMUTABLE
RETURN 300000000 + CASE reason
  WHEN 'BARRED' THEN 1
  WHEN 'ROLE' THEN 2
  WHEN 'NOT_ASSIGNED' THEN 3
  WHEN 'NO_SEAT' THEN 4
  WHEN 'GROUP_NOT_OPEN' THEN 5
  WHEN 'NO_CONSENT' THEN 6
  WHEN 'NOT_GRANTED' THEN 7
  WHEN 'REFUSED' THEN 8
  WHEN 'WITHDRAWN' THEN 9
  WHEN 'SUPERSEDED' THEN 10
  WHEN 'EXPIRED' THEN 11
  WHEN 'NOT_SIGNED' THEN 12
  WHEN 'SUSPENDED' THEN 13
  WHEN 'NOT_YET_VALID' THEN 14
  WHEN 'NOT_ACKNOWLEDGED' THEN 15
  WHEN 'PROTECTED' THEN 16
  WHEN 'CONSENT' THEN 17
  WHEN 'OWN' THEN 18
END;
CREATE OR REPLACE FUNCTION registry.mark_of_protected() RETURNS int LANGUAGE sql IMMUTABLE RETURN 400000000;

-- The id of a unit, and the row that a unit's id is of.
CREATE OR REPLACE FUNCTION registry.unit_id(row_id uuid, unit bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (substr(row_id::text, 1, 32) || lpad(to_hex(unit), 4, '0'))::uuid;
CREATE OR REPLACE FUNCTION registry.row_of(unit_id uuid) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (substr(unit_id::text, 1, 32) || '0000')::uuid;

-- The units of a decision, change or read, each as an entry; PostgreSQL puts the body in place of the call.
CREATE OR REPLACE FUNCTION registry.units_of(r registry.log_row) RETURNS TABLE (
  id uuid, row_id uuid, xid xid8, incarnation int, at timestamptz, kind text, permitted boolean, request_id uuid,
  operation_hash text, operation_name text, caller text, actor text, agency int, unknown_agency text, roles int, action smallint,
  youth uuid, protected boolean, source int, category smallint, whereabouts boolean, fields text, reason registry.reason,
  assigned boolean, group_id uuid, programme uuid, consent uuid, consent_version int, consent_grant uuid, name text, thing uuid,
  answer uuid, leaf_from bigint, leaf_until bigint, ground text, confirmed_by text, erased_parts int8multirange,
  retention_years smallint, part smallint, part_youth uuid[], marks int[]
) LANGUAGE sql STABLE AS $$
  SELECT registry.unit_id((r).id, u.n), (r).id, (r).xid, (r).incarnation, (r).at, (r).kind,
    coalesce(u.permitted, u.reason >= 'CONSENT'),
    (r).request_id, (r).operation_hash, (r).operation_name, (r).caller, (r).actor, (r).agency, (r).unknown_agency, (r).roles,
    (r).action, (r).part_youth[u.part], (r).part_protected[u.part], u.source,
    (r).kind_category[u.kind], (r).kind_whereabouts[u.kind], (r).kind_fields[u.kind], u.reason,
    (r).part_assigned[u.part], (r).part_group[u.part], (r).part_programme[u.part],
    (r).part_consent[u.part], (r).part_version[u.part], u.consent_grant,
    (r).name, u.thing, (r).answer, (r).leaf_from, (r).leaf_until, (r).ground, (r).confirmed_by, (r).erased_parts,
    (r).part_years[u.part], u.part, (r).part_youth, (r).marks
  FROM unnest((r).unit_part, (r).unit_kind, (r).unit_source, (r).unit_reason, (r).unit_permitted, (r).unit_grant, (r).unit_thing)
    WITH ORDINALITY AS u (part, kind, source, reason, permitted, consent_grant, thing, n)
  WHERE u.part IS NOT NULL
$$;

-- Decisions, changes and reads, a unit each. What became of answers is registry.answer_outcome.
CREATE OR REPLACE VIEW registry.entry WITH (security_invoker = true) AS
SELECT e.* FROM registry.log_row r CROSS JOIN LATERAL registry.units_of(r) e WHERE r.caller IS NOT NULL;

-- What became of the answers of a row, each as an entry of whoever had asked, with the columns of units_of: the decision that the
-- answer was taken for says it, as long as that has not been erased.
CREATE OR REPLACE FUNCTION registry.outcomes_of(r registry.log_row) RETURNS TABLE (
  id uuid, row_id uuid, at timestamptz, kind text, permitted boolean, request_id uuid,
  operation_hash text, operation_name text, caller text, actor text, agency int, unknown_agency text, roles int, action smallint,
  youth uuid, protected boolean, source int, category smallint, whereabouts boolean, fields text, reason registry.reason,
  assigned boolean, group_id uuid, programme uuid, consent uuid, consent_version int, consent_grant uuid, name text, thing uuid,
  answer uuid, part_youth uuid[], marks int[], why text, elapsed_ms int
) LANGUAGE sql STABLE AS $$
  SELECT registry.unit_id((r).id, a.n), (r).id, (r).at, (r).kind, (r).kind <> 'WITHHELD', d.request_id,
    d.operation_hash, d.operation_name, d.caller, d.actor, d.agency, d.unknown_agency, d.roles, NULL::smallint,
    NULL::uuid, NULL::boolean, NULL::int, NULL::smallint, NULL::boolean, NULL::text, NULL::registry.reason,
    NULL::boolean, NULL::uuid, NULL::uuid, NULL::uuid, NULL::int, NULL::uuid, (r).name, NULL::uuid,
    a.answer, NULL::uuid[], NULL::int[], a.why, a.elapsed_ms
  FROM unnest((r).answer_id, (r).answer_why, (r).answer_elapsed_ms) WITH ORDINALITY AS a (answer, why, elapsed_ms, n)
  LEFT JOIN LATERAL (
    SELECT d.* FROM registry.log_row d
    WHERE d.answer = a.answer AND d.answer IS NOT NULL AND d.kind = 'DECISION' AND d.name = (r).name
      AND d.at <= (r).at AND d.at > (r).at - interval '1 day'
    ORDER BY d.at, d.id LIMIT 1
  ) d ON true
  WHERE a.answer IS NOT NULL
$$;

CREATE OR REPLACE VIEW registry.outcome_entry WITH (security_invoker = true) AS
SELECT e.* FROM registry.log_row r CROSS JOIN LATERAL registry.outcomes_of(r) e WHERE r.answer_id IS NOT NULL;

-- What became of answers, an answer each.
CREATE OR REPLACE VIEW registry.answer_outcome WITH (security_invoker = true) AS
SELECT registry.unit_id(r.id, a.n) AS id, r.id AS row_id, r.at, r.kind, r.name, a.answer, a.why, a.elapsed_ms, a.records
FROM registry.log_row r
CROSS JOIN LATERAL unnest(r.answer_id, r.answer_why, r.answer_elapsed_ms, r.answer_records)
  WITH ORDINALITY AS a (answer, why, elapsed_ms, records, n)
WHERE r.answer_id IS NOT NULL AND a.answer IS NOT NULL;

-- The marks of a row, as authorize writes them of a decision.
CREATE OR REPLACE FUNCTION registry.marks_of(r registry.log_row) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY(
    SELECT DISTINCT mark.value
    FROM unnest(r.unit_part, r.unit_kind, r.unit_source, r.unit_reason) AS u (part, kind, source, reason)
    CROSS JOIN LATERAL (VALUES
      (registry.mark_of_category(r.kind_category[u.kind])), (registry.mark_of_source(u.source)),
      (CASE WHEN u.reason < 'CONSENT' THEN registry.mark_of_reason(u.reason) END),
      (CASE WHEN r.part_protected[u.part] THEN registry.mark_of_protected() END)
    ) AS mark (value)
    WHERE u.part IS NOT NULL AND mark.value IS NOT NULL
  )
$$;

-- What became of an answer of a sector that was decided for at an instant, whenever it was noted. OFFSET has it found by the answer
-- alone: the planner takes an answer for one of many alike, and would read a day of rows as well.
CREATE OR REPLACE FUNCTION registry.became_of(of_answer uuid, decided_at timestamptz, of_sector text)
  RETURNS TABLE (kind text, why text, elapsed_ms int) LANGUAGE sql STABLE AS $$
  SELECT r.kind, r.answer_why[array_position(r.answer_id, of_answer)], r.answer_elapsed_ms[array_position(r.answer_id, of_answer)]
  FROM (
    SELECT o.at, o.kind, o.name, o.answer_id, o.answer_why, o.answer_elapsed_ms FROM registry.log_row o
    WHERE of_answer IS NOT NULL AND o.answer_id @> ARRAY[of_answer] AND o.answer_id IS NOT NULL OFFSET 0
  ) r
  WHERE r.name = of_sector AND r.at >= decided_at
$$;

-- Only the function that erases what two have agreed upon passes (seal/erasure.sql): it runs as a role that nobody can be, called
-- by the one who confirms. The owner can be the first and not the second.
CREATE OR REPLACE FUNCTION registry.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'TRUNCATE' AND current_user = 'samsyn_erasure' AND session_user = 'samsyn_erasure_confirmer' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The access log is only appended to.' USING ERRCODE = 'insufficient_privilege';
END $$;

-- C13: the transaction of a row is on disk before its answer, whatever its session is set to.
CREATE OR REPLACE FUNCTION registry.demand_durability() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER row_is_durable BEFORE INSERT ON registry.log_row
  FOR EACH STATEMENT EXECUTE FUNCTION registry.demand_durability();

CREATE OR REPLACE TRIGGER row_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.log_row
  FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

-- The rows of the log that release 0.1.0 kept stay as they are, whoever names them (tables/0010-rows-of-calls.sql).
DO $$
DECLARE
  kept regclass;
BEGIN
  FOR kept IN SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = to_regnamespace('closed_log') AND c.relkind IN ('r', 'p') LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER row_is_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting()', kept);
  END LOOP;
END $$;

-- Appends what became of a sector's answers: one row for those that came to the same. A permit whose answer has no outcome, or a
-- late one, counts as possibly disclosed.
CREATE OR REPLACE FUNCTION registry.note_outcomes(outcomes jsonb, of_sector text) RETURNS void LANGUAGE sql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.log_row (kind, name, part_from, answer_id, answer_why, answer_elapsed_ms, answer_records)
  -- Any other kind is none, which no row may have: a sector tells of its answers and of nothing else.
  SELECT CASE WHEN g.outcome IN ('RELEASED', 'WITHHELD', 'LATE') THEN g.outcome END, of_sector,
    ARRAY(SELECT n::smallint FROM generate_series(1, cardinality(g.answers) + 1) n), g.answers, g.why, g.elapsed_ms, g.records
  FROM (
    SELECT o.outcome, array_agg(o.answer) AS answers, array_agg(o.why) AS why, array_agg(o.elapsed_ms) AS elapsed_ms,
      array_agg(o.records) AS records
    FROM jsonb_to_recordset(outcomes) AS o (outcome text, answer uuid, why text, elapsed_ms int, records jsonb)
    GROUP BY o.outcome
  ) g
$$;

GRANT SELECT ON registry.entry, registry.answer_outcome, registry.outcome_entry TO samsyn_registry, samsyn_sealer, samsyn_auditor, samsyn_erasure;
GRANT EXECUTE ON FUNCTION registry.mark_of_category, registry.mark_of_source, registry.mark_of_reason, registry.mark_of_protected,
  registry.unit_id, registry.row_of, registry.became_of, registry.units_of, registry.outcomes_of TO samsyn_registry, samsyn_sealer, samsyn_auditor, samsyn_erasure;
