-- Sums over the sealed entries of the access log: so that who counts a year of it need not read a year of it. They follow
-- from the log alone and can be made anew from it at any time. They hold no youth, group or consent's content; who reads
-- the log learns from them exactly what counting its rows would tell (subgraphs/registry/access-summary.test.ts).

-- How far, in the sealing order, entries are in the sums: all until there, none after it. Its lock makes one change at a time.
CREATE TABLE registry.summed (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- The incarnation of the log that it was begun in. A log that was reconciled is summed anew.
  of_incarnation int NOT NULL DEFAULT 1,
  incarnation int NOT NULL DEFAULT 0,
  xid xid8 NOT NULL DEFAULT '0',
  id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO registry.summed DEFAULT VALUES;

-- One row, whatever is missing. Where entries may stand before the seal's end and not be sealed, no entry counts as summed.
CREATE VIEW registry.summed_until AS
SELECT u.usable, CASE WHEN u.usable THEN t.incarnation ELSE -1 END AS incarnation, coalesce(t.xid, '0') AS xid,
  coalesce(t.id, '00000000-0000-0000-0000-000000000000') AS id
FROM (VALUES (true)) AS once
LEFT JOIN registry.summed t ON true
LEFT JOIN seal.state s ON true
CROSS JOIN pg_control_system() c
CROSS JOIN LATERAL (
  SELECT coalesce(NOT s.sweeping AND s.halted_why IS NULL AND s.incarnation = t.of_incarnation
    AND s.system_identifier = c.system_identifier, false) AS usable
) u;

-- What entries that are counted together have in common. Each of the five ways of counting leaves other columns out.
CREATE TABLE registry.sum_cell (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  way "char" NOT NULL CHECK (way IN ('K', 'O', 'A', 'C', 'F')),
  -- All that follows, as text.
  key text NOT NULL UNIQUE,
  kind text NOT NULL,
  permitted boolean NOT NULL,
  reason registry.reason,
  -- RELEASED, WITHHELD or POSSIBLE, of permitted reads.
  disclosure text,
  -- The system that acted, for somebody or by itself.
  system text,
  agency int,
  source int,
  category smallint,
  programme uuid,
  caller text,
  operation_hash text,
  operation_name text
);

-- Entries by Swedish hours (H), days (D) and months (M).
CREATE TABLE registry.sum (
  way "char" NOT NULL,
  grain "char" NOT NULL CHECK (grain IN ('H', 'D', 'M')),
  starts_at timestamptz NOT NULL,
  cell int NOT NULL,
  entries int NOT NULL,
  PRIMARY KEY (way, grain, starts_at, cell)
) WITH (fillfactor = 80);

-- Where the decisions of an answer stand, to find them when it becomes known what became of it.
CREATE TABLE registry.sum_answer (
  answer uuid NOT NULL,
  at timestamptz NOT NULL,
  caller text NOT NULL,
  PRIMARY KEY (answer, at, caller)
);

-- Of a caller in an hour: no fewer than there are, so that a review looks no further where there is nothing to find.
CREATE TABLE registry.sum_caller_hour (
  starts_at timestamptz NOT NULL,
  caller text NOT NULL,
  agency int,
  entries int NOT NULL,
  -- Decisions by a person; youths that these were about; requests that were denied, wholly or in part.
  decisions int NOT NULL,
  youths int NOT NULL,
  denied_requests int NOT NULL,
  CONSTRAINT sum_caller_hour_key UNIQUE NULLS NOT DISTINCT (starts_at, caller, agency)
);
-- As many as MANY_YOUTHS in access-review-rules.ts: so many are counted, of fewer the requests about youths stand here.
CREATE INDEX sum_caller_hour_youths ON registry.sum_caller_hour (starts_at) WHERE youths >= 30;
CREATE INDEX sum_caller_hour_denied ON registry.sum_caller_hour (starts_at) WHERE denied_requests > 0;

-- When a version of a consent last permitted a read: not before the latest that there is.
CREATE TABLE registry.sum_consent (
  consent uuid PRIMARY KEY,
  permits int NOT NULL,
  last_permit_at timestamptz NOT NULL
);

CREATE TYPE registry.sum_change AS (
  at timestamptz, kind text, permitted boolean, reason registry.reason, disclosure text, system text, agency int, source int,
  category smallint, programme uuid, caller text, operation_hash text, operation_name text, entries int
);

-- Adds to the sums, or takes from them where `entries` is negative. Only under the lock of registry.summed.
CREATE FUNCTION registry.add_sums(changes registry.sum_change[]) RETURNS void LANGUAGE plpgsql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  emptied registry.sum[];
BEGIN
  WITH change AS MATERIALIZED (
    SELECT *, date_trunc('day', at, 'Europe/Stockholm') AS day FROM unnest(changes)
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
    SELECT 'F', day, kind, permitted, reason, disclosure, system, agency, source, category, programme, NULL, NULL, NULL,
      sum(entries)
    FROM change GROUP BY day, kind, permitted, reason, disclosure, system, agency, source, category, programme
  ), keyed AS MATERIALIZED (
    SELECT *, ROW(way, kind, permitted, reason, disclosure, system, agency, source, category, programme, caller,
      operation_hash, operation_name)::text AS key
    FROM counted WHERE entries <> 0
  ), made AS (
    INSERT INTO registry.sum_cell (way, key, kind, permitted, reason, disclosure, system, agency, source, category, programme,
      caller, operation_hash, operation_name)
    SELECT DISTINCT ON (key) way, key, kind, permitted, reason, disclosure, system, agency, source, category, programme, caller,
      operation_hash, operation_name
    FROM keyed WHERE NOT EXISTS (SELECT FROM registry.sum_cell c WHERE c.key = keyed.key)
    RETURNING id, key
  ), cell AS (
    SELECT id, key FROM made
    UNION ALL
    SELECT c.id, c.key FROM registry.sum_cell c WHERE c.key IN (SELECT key FROM keyed)
  ), added AS (
    INSERT INTO registry.sum AS s (way, grain, starts_at, cell, entries)
    SELECT k.way, g.grain, g.starts_at, c.id, sum(k.entries)::int
    FROM keyed k JOIN cell c ON c.key = k.key
    CROSS JOIN LATERAL (
      SELECT 'H'::"char" AS grain, k.at AS starts_at WHERE k.way = 'K'
      UNION ALL SELECT 'D', date_trunc('day', k.at, 'Europe/Stockholm')
      UNION ALL SELECT 'M', date_trunc('month', k.at, 'Europe/Stockholm')
    ) g
    GROUP BY 1, 2, 3, 4 HAVING sum(k.entries) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (way, grain, starts_at, cell) DO UPDATE SET entries = s.entries + excluded.entries
    RETURNING s.*
  )
  SELECT array_agg(ROW(a.*)::registry.sum) INTO emptied FROM added a WHERE a.entries = 0;
  IF emptied IS NULL THEN RETURN; END IF;
  DELETE FROM registry.sum s USING unnest(emptied) AS e
    WHERE (s.way, s.grain, s.starts_at, s.cell) = (e.way, e.grain, e.starts_at, e.cell);
  -- Of callers whose entries are gone nothing is left here either.
  DELETE FROM registry.sum_cell c USING unnest(emptied) AS e
    WHERE e.grain = 'M' AND c.id = e.cell AND NOT EXISTS (
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

GRANT SELECT ON registry.summed_until, registry.sum, registry.sum_cell, registry.sum_answer, registry.sum_caller_hour,
  registry.sum_consent TO samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.sum_sealed TO samsyn_sealer;
