-- How the sums of the log (tables/0006-sums.sql) are made, marked as late, dropped and read.

-- The periods whose sums tell of all sealed entries.
CREATE OR REPLACE VIEW registry.summed_right WITH (security_invoker = true) AS
SELECT p.grain, p.at, p.until FROM registry.summed_period p
WHERE NOT EXISTS (SELECT FROM registry.late_day l WHERE l.at >= p.at AND l.at < p.until AND l.leaf >= p.leaf);

-- How many leaves there are, where everything after the last of them in the sealing order is not sealed and nothing before it
-- is missing; else null, and nothing is summed or answered from sums.
CREATE OR REPLACE FUNCTION registry.leaves_in_order() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT s.size FROM seal.state s CROSS JOIN pg_control_system() c
  WHERE NOT s.sweeping AND s.halted_why IS NULL AND s.system_identifier = c.system_identifier
$$;

-- The sealer's, in the transaction that seals entries of these instants: marks the days that may have been settled. It waits
-- for nobody who sums.
CREATE OR REPLACE FUNCTION registry.mark_late(times timestamptz[], last_leaf bigint) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO registry.late_day AS l (at, leaf)
  SELECT DISTINCT date_trunc('day', t, 'Europe/Stockholm'), last_leaf FROM unnest(times) t
  WHERE t < registry.clock() - interval '1 hour'
  ON CONFLICT (at) DO UPDATE SET leaf = greatest(l.leaf, excluded.leaf)
$$;

-- Whoever sums, and whoever takes entries away, has it to itself until its transaction ends.
CREATE OR REPLACE FUNCTION registry.sums_lock() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT hashtextextended('sums of the log', 0) $$;

-- In the transaction that erases entries of these instants: nothing of them stays in sums. It waits for who sums.
CREATE OR REPLACE FUNCTION registry.drop_sums(times timestamptz[]) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(registry.sums_lock());
  WITH touched AS (
    SELECT DISTINCT g.grain::"char" AS grain, date_trunc(g.unit, t, 'Europe/Stockholm') AS at,
      date_trunc(g.unit, t AT TIME ZONE 'Europe/Stockholm') + g.length AS until
    FROM unnest(times) t CROSS JOIN (VALUES ('D', 'day', interval '1 day'), ('M', 'month', interval '1 month')) g (grain, unit, length)
  ), gone AS (
    DELETE FROM registry.summed_period p USING touched x WHERE p.grain = x.grain AND p.at = x.at
  )
  DELETE FROM registry.log_sum s USING touched x
    WHERE s.cube = ANY ('{C,K,A,P,Y,N}'::"char"[]) AND s.at >= x.at AND s.at < x.until AT TIME ZONE 'Europe/Stockholm'
      AND (s.grain = x.grain OR x.grain = 'D' AND s.grain = 'H');
  DELETE FROM registry.log_candidate c USING (SELECT DISTINCT date_trunc('day', t, 'Europe/Stockholm') AS at FROM unnest(times) t) x
    WHERE c.kind = ANY ('{U,E}'::"char"[]) AND c.at >= x.at
      AND c.at < (x.at AT TIME ZONE 'Europe/Stockholm' + interval '1 day') AT TIME ZONE 'Europe/Stockholm';
END $$;

-- When a log is reconciled: all days are summed anew, once it is sealed again. Called before the log is locked.
CREATE OR REPLACE FUNCTION registry.forget_sums() RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(registry.sums_lock());
  TRUNCATE registry.log_sum, registry.summed_period, registry.late_day, registry.log_candidate;
END $$;

-- Sums a day. The reading comes first: a transaction that has written holds back the seal, and this one writes for a moment.
CREATE OR REPLACE FUNCTION registry.sum_day(starts_at timestamptz, ends_at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- As in access-review-rules.ts: who lowers one drops the sums that there are.
  many_youths CONSTANT int := 30;
  repeated_denials CONSTANT int := 10;
  -- The release deadline, as in schema/deadline.ts.
  on_its_way CONSTANT interval := interval '3 seconds';
BEGIN
  INSERT INTO registry.log_sum (cube, grain, at, entries, caller, actor, agency, source, category, kind, permitted, reason, programme)
    SELECT CASE WHEN grouping(e.caller) = 0 THEN 'C'::"char" ELSE 'K' END, 'H', e.hour, count(*), e.caller, e.actor, e.agency,
      e.source, e.category, e.kind, e.permitted, e.reason, e.programme
    FROM (SELECT date_trunc('hour', at, 'Europe/Stockholm') AS hour, caller, actor, agency, source, category, kind, permitted, reason,
        programme FROM registry.entry WHERE at >= starts_at AND at < ends_at) e
    GROUP BY GROUPING SETS (
      (e.hour, e.caller, e.actor, e.agency, e.source, e.kind, e.permitted, e.reason, e.programme),
      (e.hour, e.category, e.kind, e.permitted, e.reason, e.programme)
    )
    ORDER BY 1, 3;
  INSERT INTO registry.log_sum (cube, grain, at, entries, caller, actor, agency, source, kind, permitted, reason)
    SELECT CASE WHEN grouping(s.caller) = 0 THEN 'P'::"char" ELSE 'A' END, 'D', starts_at, sum(s.entries), s.caller, s.actor, s.agency,
      s.source, s.kind, s.permitted, s.reason
    FROM registry.log_sum s WHERE s.cube = 'C' AND s.grain = 'H' AND s.at >= starts_at AND s.at < ends_at
    GROUP BY GROUPING SETS ((s.caller, s.actor, s.agency, s.permitted), (s.agency, s.source, s.kind, s.permitted, s.reason))
    ORDER BY 1;
  INSERT INTO registry.log_sum (cube, grain, at, entries, category, kind, permitted, reason, programme)
    SELECT 'K', 'D', starts_at, sum(s.entries), s.category, s.kind, s.permitted, s.reason, s.programme
    FROM registry.log_sum s WHERE s.cube = 'K' AND s.grain = 'H' AND s.at >= starts_at AND s.at < ends_at
    GROUP BY s.category, s.kind, s.permitted, s.reason, s.programme;
  -- Youths are told apart only for callers with as many entries.
  INSERT INTO registry.log_sum (cube, grain, at, entries, caller, agency)
    SELECT 'Y', 'H', c.at, y.youths, c.caller, c.agency
    FROM (
      SELECT s.at, s.caller, s.agency FROM registry.log_sum s
      WHERE s.cube = 'C' AND s.grain = 'H' AND s.at >= starts_at AND s.at < ends_at AND s.kind = 'DECISION'
      GROUP BY s.at, s.caller, s.agency HAVING sum(s.entries) >= many_youths
    ) c CROSS JOIN LATERAL (
      SELECT count(DISTINCT e.youth) AS youths FROM registry.entry e
      WHERE e.caller = c.caller AND e.agency IS NOT DISTINCT FROM c.agency AND e.at >= c.at AND e.at < c.at + interval '1 hour'
        AND e.kind = 'DECISION' AND (e.roles & 8 = 0 OR e.actor IS NOT NULL)
    ) y WHERE y.youths >= many_youths;
  INSERT INTO registry.log_sum (cube, grain, at, entries, caller, agency)
    SELECT 'N', 'D', starts_at, count(DISTINCT e.request_id), e.caller, e.agency FROM registry.entry e
    WHERE e.at >= starts_at AND e.at < ends_at AND e.kind = 'DECISION' AND e.reason IN ('BARRED', 'ROLE', 'NOT_ASSIGNED', 'NO_SEAT')
    GROUP BY e.caller, e.agency HAVING count(DISTINCT e.request_id) >= repeated_denials;
  -- An answer that was released stays so; of any other the question itself looks up what became of it.
  INSERT INTO registry.log_candidate (kind, at, row_id)
    SELECT 'U', r.at, r.id FROM registry.log_row r
    WHERE r.at >= starts_at AND r.at < ends_at AND r.kind = 'DECISION' AND r.action = 1
      AND EXISTS (SELECT FROM unnest(r.unit_reason) AS u (reason) WHERE u.reason >= 'CONSENT')
      AND NOT EXISTS (
        SELECT FROM registry.log_row o CROSS JOIN LATERAL unnest(o.answer_id) AS a (answer)
        WHERE o.kind = 'RELEASED' AND o.answer_id IS NOT NULL AND o.at >= starts_at AND o.at < ends_at + interval '1 day'
          AND a.answer = r.answer AND o.name = r.name AND o.at >= r.at
      );
  -- An end that is recorded later is of later reads.
  INSERT INTO registry.log_candidate (kind, at, row_id)
    SELECT DISTINCT 'E'::"char", e.at, e.row_id FROM registry.entry e JOIN registry.permission_end x ON x.consent = e.consent
    WHERE e.at >= starts_at AND e.at < ends_at AND e.kind = 'DECISION' AND e.permitted AND e.action = 1
      AND (x.consent_grant IS NULL OR x.consent_grant = e.consent_grant) AND e.at > x.ended_at - on_its_way;
END $$;

-- Sums the latest settled day that has no right sums, or if all have, a month of such days; null when nothing is left, or
-- another process sums. It holds no lock that anybody waits for who seals, decides or settles.
CREATE OR REPLACE FUNCTION registry.sum_next() RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET work_mem = '32MB' AS $$
DECLARE
  leaves bigint;
  -- What is older is not summed: an instant may be of a clock that was wrong.
  oldest CONSTANT timestamptz := registry.clock() - interval '10 years';
  -- As the clocks in Sweden show them.
  first CONSTANT timestamp := (SELECT date_trunc('month',
    CASE WHEN min(e.at) > oldest THEN min(e.at) WHEN min(e.at) IS NOT NULL THEN oldest END AT TIME ZONE 'Europe/Stockholm')
    FROM registry.log_row e);
  settled CONSTANT timestamp := date_trunc('day', (registry.clock() - interval '1 hour') AT TIME ZONE 'Europe/Stockholm');
  unit text := 'day';
  begins timestamp;
  starts_at timestamptz;
  ends_at timestamptz;
BEGIN
  IF NOT pg_try_advisory_xact_lock(registry.sums_lock()) THEN RETURN NULL; END IF;
  -- Before anything else is read: whatever is sealed after it is marked with a leaf that is not before it.
  leaves := registry.leaves_in_order();
  IF leaves IS NULL THEN RETURN NULL; END IF;
  SELECT max(d) INTO begins FROM generate_series(first, settled - interval '1 day', interval '1 day') d
    WHERE NOT EXISTS (SELECT FROM registry.summed_right p WHERE p.grain = 'D' AND p.at = d AT TIME ZONE 'Europe/Stockholm');
  IF begins IS NULL THEN
    unit := 'month';
    SELECT max(m) INTO begins FROM generate_series(first, settled - interval '1 month', interval '1 month') m
      WHERE NOT EXISTS (SELECT FROM registry.summed_right p WHERE p.grain = 'M' AND p.at = m AT TIME ZONE 'Europe/Stockholm');
  END IF;
  IF begins IS NULL THEN RETURN NULL; END IF;
  starts_at := begins AT TIME ZONE 'Europe/Stockholm';
  ends_at := (begins + ('1 ' || unit)::interval) AT TIME ZONE 'Europe/Stockholm';
  IF EXISTS (
    SELECT FROM registry.log_row e CROSS JOIN seal.state s
    WHERE e.at >= starts_at AND e.at < ends_at AND unit = 'day'
      AND (e.incarnation, e.xid, e.id) > (s.sealed_incarnation, s.sealed_xid, s.sealed_id)
  ) THEN RETURN NULL; END IF;
  -- What is left of sums that do not count any more.
  DELETE FROM registry.log_sum s WHERE s.cube = ANY ('{C,K,A,P,Y,N}'::"char"[])
    AND s.grain = ANY (CASE unit WHEN 'day' THEN '{H,D}' ELSE '{M}' END::"char"[]) AND s.at >= starts_at AND s.at < ends_at;
  IF unit = 'day' THEN
    DELETE FROM registry.log_candidate c WHERE c.kind = ANY ('{U,E}'::"char"[]) AND c.at >= starts_at AND c.at < ends_at;
    PERFORM registry.sum_day(starts_at, ends_at);
  ELSE
    INSERT INTO registry.log_sum (cube, grain, at, entries, caller, actor, agency, source, category, kind, permitted, reason, programme)
      SELECT s.cube, 'M', starts_at, sum(s.entries), s.caller, s.actor, s.agency, s.source, s.category, s.kind, s.permitted, s.reason,
        s.programme
      FROM registry.log_sum s WHERE s.cube = ANY ('{A,K,P}'::"char"[]) AND s.grain = 'D' AND s.at >= starts_at AND s.at < ends_at
      GROUP BY s.cube, s.caller, s.actor, s.agency, s.source, s.category, s.kind, s.permitted, s.reason, s.programme
      ORDER BY 1;
  END IF;
  INSERT INTO registry.summed_period (grain, at, until, leaf)
    VALUES (CASE unit WHEN 'day' THEN 'D' ELSE 'M' END, starts_at, ends_at, leaves)
    ON CONFLICT (grain, at) DO UPDATE SET leaf = excluded.leaf;
  RETURN to_char(begins, CASE unit WHEN 'day' THEN 'YYYY-MM-DD' ELSE 'YYYY-MM' END);
END $$;

-- What an interval is counted from: whole months (M), days (D) and hours (H) of right sums, and rows (R) where there are none.
-- `coarsest` is what sums are asked for at most. For P, all parts of summed days are P, however short.
CREATE OR REPLACE FUNCTION registry.summed_cover(from_at timestamptz, to_at timestamptz, coarsest "char")
  RETURNS TABLE (grain "char", starts_at timestamptz, ends_at timestamptz) LANGUAGE plpgsql STABLE ROWS 10
  SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
  -- More than this many entries that wait for their seal are not looked through.
  most CONSTANT int := 20000;
  s seal.state;
  -- Entries of days that may be settled which wait: they have come late.
  waiting timestamptz[];
  waits bigint := most;
  latest CONSTANT timestamptz := (SELECT max(p.until) FROM registry.summed_period p WHERE p.grain = 'D');
BEGIN
  IF registry.leaves_in_order() IS NOT NULL THEN
    SELECT * INTO s FROM seal.state;
    SELECT array_agg(u.at) FILTER (WHERE u.at < latest), count(*) INTO waiting, waits FROM (
      SELECT e.at FROM registry.log_row e
      WHERE (e.incarnation, e.xid, e.id) > (s.sealed_incarnation, s.sealed_xid, s.sealed_id)
      ORDER BY e.incarnation, e.xid, e.id LIMIT most
    ) u;
  END IF;
  RETURN QUERY
  WITH known AS MATERIALIZED (
    SELECT p.grain, p.at, p.until, p.at >= from_at AND p.until <= to_at AS is_whole FROM registry.summed_right p
    WHERE waits < most AND p.at < to_at AND p.until > from_at
      AND NOT EXISTS (SELECT FROM unnest(waiting) w WHERE w >= p.at AND w < p.until)
  ), month AS (
    SELECT coalesce(range_agg(tstzrange(k.at, k.until)), '{}') AS parts FROM known k
    WHERE k.grain = 'M' AND coarsest = 'M' AND k.is_whole
  ), day AS (
    SELECT coalesce(range_agg(tstzrange(k.at, k.until)), '{}') - (SELECT m.parts FROM month m) AS parts FROM known k
    WHERE k.grain = 'D' AND coarsest IN ('D', 'M') AND k.is_whole
  ), part AS (
    SELECT greatest(k.at, from_at) AS starts_at, least(k.until, to_at) AS ends_at FROM known k WHERE k.grain = 'D'
  ), hour AS (
    SELECT coalesce(range_agg(tstzrange(p.starts_at, greatest(p.starts_at, p.ends_at))), '{}')
      - (SELECT m.parts + d.parts FROM month m, day d) AS parts
    FROM (
      SELECT CASE coarsest WHEN 'P' THEN p.starts_at ELSE date_trunc('hour', p.starts_at + interval '3599.999999 seconds', 'UTC') END
          AS starts_at,
        CASE coarsest WHEN 'P' THEN p.ends_at ELSE date_trunc('hour', p.ends_at, 'UTC') END AS ends_at
      FROM part p
    ) p
  ), cover AS (
    SELECT 'M'::"char" AS grain, m.parts FROM month m
    UNION ALL SELECT 'D', d.parts FROM day d
    UNION ALL SELECT CASE coarsest WHEN 'P' THEN 'P'::"char" ELSE 'H' END, h.parts FROM hour h
    UNION ALL SELECT 'R', tstzmultirange(tstzrange(from_at, to_at)) - m.parts - d.parts - h.parts FROM month m, day d, hour h
  )
  SELECT c.grain, lower(r.part), upper(r.part) FROM cover c CROSS JOIN LATERAL unnest(c.parts) AS r (part);
END $$;

GRANT EXECUTE ON FUNCTION registry.leaves_in_order, registry.summed_cover TO samsyn_registry;
GRANT EXECUTE ON FUNCTION registry.mark_late, registry.sum_next TO samsyn_sealer;
GRANT EXECUTE ON FUNCTION registry.drop_sums TO samsyn_erasure;
GRANT SELECT ON registry.summed_right TO samsyn_registry, samsyn_auditor;
