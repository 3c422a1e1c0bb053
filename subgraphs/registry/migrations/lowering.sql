-- How entries leave the sums again (sums.sql).

-- What is erased from the log leaves the sums in the same transaction. It waits for a batch that may have read the entry.
CREATE FUNCTION registry.lower_sums() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t registry.summed;
  changes registry.sum_change[];
BEGIN
  SELECT * INTO t FROM registry.summed FOR UPDATE;
  WITH summed AS MATERIALIZED (
    SELECT * FROM gone e WHERE (e.incarnation, e.xid, e.id) <= (t.incarnation, t.xid, t.id)
  ), outcome AS (
    SELECT answer, name, kind FROM summed WHERE elapsed_ms IS NOT NULL
  ), known_after AS MATERIALIZED (
    SELECT * FROM registry.outcomes_until(
      ARRAY(SELECT DISTINCT answer FROM summed WHERE answer IS NOT NULL), t.incarnation, t.xid, t.id)
  ), known_before AS MATERIALIZED (
    SELECT answer, sector,
      CASE WHEN bool_or(became = 'RELEASED') THEN 'RELEASED' WHEN bool_and(became = 'WITHHELD') THEN 'WITHHELD' ELSE 'POSSIBLE' END
        AS became
    FROM (SELECT answer, sector, became FROM known_after UNION ALL SELECT answer, name, kind FROM outcome) AS known
    GROUP BY answer, sector
  ), lowered AS (
    SELECT e.*, -1 AS n,
      CASE WHEN e.kind = 'DECISION' AND e.permitted AND e.action = 1 THEN coalesce(b.became, 'POSSIBLE') END AS disclosure
    FROM summed e LEFT JOIN registry.category k ON k.id = e.category
    LEFT JOIN known_before b ON b.answer = e.answer AND b.sector = k.sector
    UNION ALL
    -- A decision that outlasts what was known of its answer.
    SELECT e.*, moved.n, moved.disclosure
    FROM (SELECT * FROM registry.sum_answer a WHERE a.answer IN (SELECT answer FROM outcome)) a
    JOIN registry.entry e ON e.caller = a.caller AND e.at = a.at AND e.answer = a.answer
    JOIN registry.category k ON k.id = e.category
    LEFT JOIN known_before b ON b.answer = e.answer AND b.sector = k.sector
    LEFT JOIN known_after o ON o.answer = e.answer AND o.sector = k.sector
    CROSS JOIN LATERAL (
      VALUES (-1, coalesce(b.became, 'POSSIBLE')), (1, coalesce(o.became, 'POSSIBLE'))
    ) AS moved (n, disclosure)
    WHERE e.kind = 'DECISION' AND e.permitted AND e.action = 1
      AND (e.incarnation, e.xid, e.id) <= (t.incarnation, t.xid, t.id)
      AND coalesce(b.became, 'POSSIBLE') <> coalesce(o.became, 'POSSIBLE')
  )
  SELECT array_agg(ROW(c.*)::registry.sum_change) INTO changes
  FROM (
    SELECT date_trunc('hour', e.at, 'Europe/Stockholm') AS at, e.kind, e.permitted, e.reason, e.disclosure,
      coalesce(e.actor, CASE WHEN e.roles & 8 <> 0 THEN e.caller END) AS system, e.agency, e.source, e.category, e.programme,
      e.caller, e.operation_hash, e.operation_name, sum(e.n)::int AS entries
    FROM lowered e
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 HAVING sum(e.n) <> 0
  ) c;
  IF changes IS NOT NULL THEN PERFORM registry.add_sums(changes); END IF;
  UPDATE registry.sum_caller_hour h SET entries = h.entries - g.entries
    FROM (
      SELECT date_trunc('hour', e.at, 'Europe/Stockholm') AS starts_at, e.caller, e.agency, count(*) AS entries FROM gone e
      WHERE (e.incarnation, e.xid, e.id) <= (t.incarnation, t.xid, t.id) GROUP BY 1, 2, 3
    ) g
    WHERE h.starts_at = g.starts_at AND h.caller = g.caller AND h.agency IS NOT DISTINCT FROM g.agency;
  DELETE FROM registry.sum_caller_hour h USING gone e
    WHERE h.entries <= 0 AND h.starts_at = date_trunc('hour', e.at, 'Europe/Stockholm') AND h.caller = e.caller;
  UPDATE registry.sum_consent c SET permits = c.permits - g.permits
    FROM (
      SELECT e.consent, count(*) AS permits FROM gone e
      WHERE e.kind = 'DECISION' AND e.permitted AND e.consent IS NOT NULL
        AND (e.incarnation, e.xid, e.id) <= (t.incarnation, t.xid, t.id) GROUP BY 1
    ) g
    WHERE c.consent = g.consent;
  DELETE FROM registry.sum_consent c USING gone e WHERE c.permits <= 0 AND c.consent = e.consent;
  DELETE FROM registry.sum_answer a USING gone g
    WHERE a.answer = g.answer AND a.caller = g.caller AND a.at = g.at AND NOT EXISTS (
      SELECT FROM registry.entry e WHERE e.caller = a.caller AND e.at = a.at AND e.answer = a.answer
    );
  RETURN NULL;
END $$;

CREATE TRIGGER entry_leaves_sums AFTER DELETE ON registry.entry REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION registry.lower_sums();
