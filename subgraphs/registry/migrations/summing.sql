-- How sealed entries get into the sums (sums.sql): in the sealing order, batch by batch, beside the sealer and never in the
-- transaction of a decision.

CREATE TYPE registry.sum_change AS (
  at timestamptz, kind text, permitted boolean, reason registry.reason, disclosure text, system text, agency int, source int,
  category smallint, programme uuid, caller text, operation_hash text, operation_name text, entries int
);

-- Adds to the sums, or takes from them where `entries` is negative. Only under the lock of registry.summed.
CREATE FUNCTION registry.add_sums(changes registry.sum_change[]) RETURNS void LANGUAGE plpgsql VOLATILE
  SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  emptied registry.sum[];
BEGIN
  WITH change AS MATERIALIZED (
    SELECT *, date_trunc('day', at, 'Europe/Stockholm') AS day, date_trunc('month', at, 'Europe/Stockholm') AS month
    FROM unnest(changes)
  ), counted AS (
    SELECT 'K'::"char" AS way, at, kind, permitted, reason, disclosure, system, NULL::int AS agency, NULL::int AS source,
      category, programme, NULL::text AS caller, NULL::text AS operation_hash, NULL::text AS operation_name,
      sum(entries)::int AS entries
    FROM change GROUP BY at, kind, permitted, reason, disclosure, system, category, programme
    UNION ALL
    SELECT 'O', day, kind, permitted, reason, disclosure, system, NULL, NULL, NULL, NULL, NULL, operation_hash,
      operation_name, sum(entries)
    FROM change GROUP BY day, kind, permitted, reason, disclosure, system, operation_hash, operation_name
    UNION ALL
    SELECT 'A', day, kind, permitted, reason, disclosure, system, agency, source, NULL, NULL, NULL, NULL, NULL, sum(entries)
    FROM change GROUP BY day, kind, permitted, reason, disclosure, system, agency, source
    UNION ALL
    SELECT 'C', day, kind, permitted, reason, disclosure, system, agency, NULL, NULL, NULL, caller, NULL, NULL, sum(entries)
    FROM change GROUP BY day, kind, permitted, reason, disclosure, system, agency, caller
    UNION ALL
    SELECT 'S', day, kind, permitted, reason, disclosure, system, NULL, source, category, programme, NULL, NULL, NULL,
      sum(entries)
    FROM change GROUP BY day, kind, permitted, reason, disclosure, system, source, category, programme
    UNION ALL
    SELECT 'G', day, kind, permitted, reason, disclosure, system, agency, NULL, category, programme, NULL, NULL, NULL,
      sum(entries)
    FROM change GROUP BY day, kind, permitted, reason, disclosure, system, agency, category, programme
    UNION ALL
    SELECT 'F', month, kind, permitted, reason, disclosure, system, agency, source, category, programme, NULL, NULL, NULL,
      sum(entries)
    FROM change GROUP BY month, kind, permitted, reason, disclosure, system, agency, source, category, programme
  ), keyed AS MATERIALIZED (
    SELECT *, ROW(way, kind, permitted, reason, disclosure, system, agency, source, category, programme, caller,
      operation_hash, operation_name)::text COLLATE "C" AS key
    FROM counted WHERE entries <> 0
  ), made AS (
    INSERT INTO registry.sum_cell (way, key, kind, permitted, reason, disclosure, system, agency, source, category, programme,
      caller, operation_hash, operation_name)
    SELECT DISTINCT ON (key) way, key, kind, permitted, reason, disclosure, system, agency, source, category, programme, caller,
      operation_hash, operation_name
    FROM keyed WHERE NOT EXISTS (SELECT FROM registry.sum_cell c WHERE c.way = keyed.way AND c.key = keyed.key)
    RETURNING id, key
  ), cell AS (
    SELECT id, key FROM made
    UNION ALL
    SELECT c.id, c.key FROM registry.sum_cell c WHERE (c.way, c.key) IN (SELECT way, key FROM keyed)
  ), placed AS MATERIALIZED (
    SELECT k.way, k.at, c.id, k.entries FROM keyed k JOIN cell c ON c.key = k.key
  ), added AS (
    INSERT INTO registry.sum AS s (way, grain, starts_at, cell, entries)
    SELECT p.way, g.grain, g.starts_at, p.id, sum(p.entries)::int
    FROM placed p
    CROSS JOIN LATERAL (
      SELECT 'H'::"char" AS grain, p.at AS starts_at WHERE p.way = 'K'
      UNION ALL SELECT 'D', date_trunc('day', p.at, 'Europe/Stockholm') WHERE p.way <> 'F'
      UNION ALL SELECT 'M', date_trunc('month', p.at, 'Europe/Stockholm')
    ) g
    GROUP BY 1, 2, 3, 4 HAVING sum(p.entries) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (grain, starts_at, cell, way) DO UPDATE SET entries = s.entries + excluded.entries
    RETURNING s.*
  )
  SELECT array_agg(ROW(a.*)::registry.sum) INTO emptied FROM added a WHERE a.entries = 0;
  IF emptied IS NULL THEN RETURN; END IF;
  DELETE FROM registry.sum s USING unnest(emptied) AS e
    WHERE (s.way, s.grain, s.starts_at, s.cell) = (e.way, e.grain, e.starts_at, e.cell);
  -- Of callers whose entries are gone nothing is left here either.
  DELETE FROM registry.sum_cell c USING unnest(emptied) AS e
    WHERE e.grain = 'M' AND c.way = e.way AND c.id = e.cell AND NOT EXISTS (
      SELECT FROM registry.sum s WHERE s.way = c.way AND s.grain = 'M' AND s.cell = c.id
    );
END $$;

-- What became of answers, as the entries until a place in the sealing order tell: of several the one that discloses most.
CREATE FUNCTION registry.outcomes_until(answers uuid[], until_incarnation int, until_xid xid8, until_id uuid)
  RETURNS TABLE (answer uuid, sector text, became text) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.answer, e.name,
    CASE WHEN bool_or(e.kind = 'RELEASED') THEN 'RELEASED' WHEN bool_and(e.kind = 'WITHHELD') THEN 'WITHHELD' ELSE 'POSSIBLE' END
  FROM registry.entry e
  WHERE e.answer = ANY (answers) AND e.elapsed_ms IS NOT NULL
    AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
  GROUP BY e.answer, e.name
$$;

-- Sums the next sealed entries, at most so many; how many they were. The process that seals calls it.
CREATE FUNCTION registry.sum_sealed(most int) RETURNS int LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  -- The batch is read by the index of its order, however large the log looks without statistics.
  SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
  t registry.summed;
  s seal.state;
  until_incarnation int;
  until_xid xid8;
  until_id uuid;
  answers uuid[];
  late uuid[];
  changes registry.sum_change[];
  taken int;
BEGIN
  -- Whoever finds nothing to do locks nothing.
  IF NOT EXISTS (
    SELECT FROM registry.summed m, seal.state l
    WHERE m.of_incarnation <> l.incarnation
      OR (m.incarnation, m.xid, m.id) < (l.sealed_incarnation, l.sealed_xid, l.sealed_id)
  ) THEN RETURN 0; END IF;
  SELECT * INTO t FROM registry.summed FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN 0; END IF;
  SELECT * INTO s FROM seal.state;
  IF s.one IS NULL OR s.sweeping OR s.halted_why IS NOT NULL THEN RETURN 0; END IF;
  IF s.incarnation <> t.of_incarnation THEN
    -- Nobody reads them: they are not usable before this has been committed.
    TRUNCATE registry.sum, registry.sum_cell, registry.sum_answer, registry.sum_caller_hour, registry.sum_consent;
    t := ROW(true, s.incarnation, 0, '0', '00000000-0000-0000-0000-000000000000');
  END IF;
  SELECT count(*), (array_agg(e.incarnation ORDER BY n DESC))[1], (array_agg(e.xid ORDER BY n DESC))[1],
    (array_agg(e.id ORDER BY n DESC))[1]
  INTO taken, until_incarnation, until_xid, until_id
  FROM (
    SELECT e.incarnation, e.xid, e.id, row_number() OVER () AS n FROM (
      SELECT e.incarnation, e.xid, e.id FROM registry.entry e
      WHERE (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
        AND (e.incarnation, e.xid, e.id) <= (s.sealed_incarnation, s.sealed_xid, s.sealed_id)
      ORDER BY e.incarnation, e.xid, e.id LIMIT most
    ) e
  ) e;
  IF taken = 0 THEN
    UPDATE registry.summed SET of_incarnation = t.of_incarnation, incarnation = t.incarnation, xid = t.xid, id = t.id
      WHERE of_incarnation <> t.of_incarnation;
    RETURN 0;
  END IF;

  -- Outcomes of answers whose decisions were summed before them move these.
  SELECT array_agg(DISTINCT e.answer) FILTER (WHERE e.elapsed_ms IS NULL),
    array_agg(DISTINCT e.answer) FILTER (WHERE e.elapsed_ms IS NOT NULL)
  INTO answers, late
  FROM registry.entry e
  WHERE e.answer IS NOT NULL AND (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
    AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id);
  late := ARRAY(SELECT DISTINCT a.answer FROM registry.sum_answer a WHERE a.answer = ANY (late));

  WITH now_known AS MATERIALIZED (
    SELECT * FROM registry.outcomes_until(answers || late, until_incarnation, until_xid, until_id)
  ), known_before AS MATERIALIZED (
    SELECT * FROM registry.outcomes_until(late, t.incarnation, t.xid, t.id)
  ), taken AS (
    SELECT e.*, 1 AS n,
      CASE WHEN e.kind = 'DECISION' AND e.permitted AND e.action = 1 THEN coalesce(o.became, 'POSSIBLE') END AS disclosure
    FROM registry.entry e
    LEFT JOIN registry.category k ON k.id = e.category
    LEFT JOIN now_known o ON o.answer = e.answer AND o.sector = k.sector
    WHERE (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
      AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
    UNION ALL
    SELECT e.*, moved.n, moved.disclosure
    FROM (SELECT * FROM registry.sum_answer a WHERE a.answer = ANY (late)) a
    JOIN registry.entry e ON e.caller = a.caller AND e.at = a.at AND e.answer = a.answer
    JOIN registry.category k ON k.id = e.category
    LEFT JOIN known_before b ON b.answer = e.answer AND b.sector = k.sector
    LEFT JOIN now_known o ON o.answer = e.answer AND o.sector = k.sector
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
    FROM taken e
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 HAVING sum(e.n) <> 0
  ) c;
  PERFORM registry.add_sums(changes);
  PERFORM registry.sum_bounds(t, until_incarnation, until_xid, until_id);
  UPDATE registry.summed
    SET of_incarnation = t.of_incarnation, incarnation = until_incarnation, xid = until_xid, id = until_id;
  RETURN taken;
END $$;

-- What reviews and later outcomes are found by, of the entries from one place in the sealing order to another.
CREATE FUNCTION registry.sum_bounds(t registry.summed, until_incarnation int, until_xid xid8, until_id uuid)
  RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO registry.sum_answer (answer, at, caller)
    SELECT DISTINCT e.answer, e.at, e.caller FROM registry.entry e
    WHERE e.kind = 'DECISION' AND e.permitted AND e.action = 1 AND e.answer IS NOT NULL
      AND (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
      AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
    ON CONFLICT DO NOTHING;
  INSERT INTO registry.sum_consent AS c (consent, permits, last_permit_at)
    SELECT e.consent, count(*), max(e.at) FROM registry.entry e
    WHERE e.kind = 'DECISION' AND e.permitted AND e.consent IS NOT NULL
      AND (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
      AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
    GROUP BY e.consent ORDER BY e.consent
    ON CONFLICT (consent) DO UPDATE SET permits = c.permits + excluded.permits,
      last_permit_at = greatest(c.last_permit_at, excluded.last_permit_at);
  INSERT INTO registry.sum_caller_hour AS h (starts_at, caller, agency, entries, decisions, youths, denied_requests)
    SELECT a.starts_at, a.caller, a.agency, sum(a.entries), sum(a.decisions), count(*) FILTER (WHERE a.decisions > 0),
      count(DISTINCT a.request_id) FILTER (WHERE a.is_denied)
    FROM (
      SELECT date_trunc('hour', e.at, 'Europe/Stockholm') AS starts_at, e.caller, e.agency, e.request_id, e.youth,
        count(*) AS entries,
        count(*) FILTER (WHERE e.kind = 'DECISION' AND (e.roles & 8 = 0 OR e.actor IS NOT NULL)) AS decisions,
        bool_or(e.kind = 'DECISION' AND NOT e.permitted) AS is_denied
      FROM registry.entry e
      WHERE (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
        AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
      GROUP BY 1, 2, 3, 4, 5
    ) a
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (starts_at, caller, agency) DO UPDATE SET entries = h.entries + excluded.entries,
      decisions = h.decisions + excluded.decisions, youths = h.youths + excluded.youths,
      denied_requests = h.denied_requests + excluded.denied_requests;
  UPDATE registry.sum_caller_hour h SET youths = least(h.youths, (
      SELECT count(DISTINCT e.youth) FROM registry.entry e
      WHERE e.caller = h.caller AND e.agency IS NOT DISTINCT FROM h.agency
        AND e.at >= h.starts_at AND e.at < h.starts_at + interval '1 hour'
        AND e.kind = 'DECISION' AND (e.roles & 8 = 0 OR e.actor IS NOT NULL)
        AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
    ))
    WHERE h.youths >= 30 AND (h.starts_at, h.caller) IN (
      SELECT date_trunc('hour', e.at, 'Europe/Stockholm'), e.caller FROM registry.entry e
      WHERE (e.incarnation, e.xid, e.id) > (t.incarnation, t.xid, t.id)
        AND (e.incarnation, e.xid, e.id) <= (until_incarnation, until_xid, until_id)
    );
END $$;

GRANT EXECUTE ON FUNCTION registry.sum_sealed TO samsyn_sealer;
