import type pg from 'pg';

/** Youths of the filled log, each with one group and one consent. */
const YOUTHS = 20_000;
const CALLERS = 2_000;
const AGENCIES = 40;
/** A request asks for this many kinds of information of one sector, and has one outcome. */
const UNITS = 6;
const ENTRIES_OF_A_REQUEST = UNITS + 1;
const REQUESTS_AT_ONCE = 50_000;

/** A number from 0 to 1 that looks random, and is the same for the same request and purpose. */
const chance = (of: string, purpose: number) =>
  `((hashint8extended(${of}, ${purpose}) & 1073741823) / 1073741824.0)::float8`;

const FACTS = `
  INSERT INTO registry.agency (code, name, sector)
    SELECT s.code || ':bench-' || n, 'Bench', s.code FROM registry.sector s CROSS JOIN generate_series(1, ${AGENCIES / 4}) n;
  CREATE UNLOGGED TABLE registry.bench_agency AS
    SELECT row_number() OVER (ORDER BY id)::int - 1 AS place, id, sector FROM registry.agency WHERE name = 'Bench';
  CREATE UNLOGGED TABLE registry.bench_category AS
    SELECT row_number() OVER (PARTITION BY sector ORDER BY id)::int - 1 AS place, id, sector FROM registry.category;
  CREATE UNLOGGED TABLE registry.bench_kinds AS
    SELECT sector, count(*)::int AS count, array_agg(id ORDER BY place) AS ids, array_agg((place + 1)::smallint ORDER BY place) AS places,
      array_agg(registry.mark_of_category(id)) AS marks
    FROM registry.bench_category WHERE place < ${UNITS} GROUP BY sector;
  CREATE UNLOGGED TABLE registry.bench_case AS
    SELECT n AS place, gen_random_uuid() AS youth, gen_random_uuid() AS group_id, gen_random_uuid() AS consent,
      -- Every fifth consent was withdrawn, the latest lately.
      CASE WHEN n % 5 = 0 THEN now() - (${YOUTHS} - n) * interval '25 minutes' END AS ended_at
    FROM generate_series(0, ${YOUTHS - 1}) n;
  INSERT INTO registry.youth (id, lead_agency) SELECT b.youth, a.id FROM registry.bench_case b, registry.bench_agency a WHERE a.place = 0;
  INSERT INTO registry.intervention_group (id, youth, programme, lead_agency, opened_at)
    SELECT b.group_id, b.youth, p.id, a.id, now() FROM registry.bench_case b, registry.bench_agency a,
      (SELECT id FROM registry.programme LIMIT 1) p WHERE a.place = 0;
  INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given,
      language, recorded_by)
    SELECT consent, group_id, 1, now() - interval '1 year', now() + interval '1 year', 'x', 'x', 'x', 'sv', 'x'
    FROM registry.bench_case;
  INSERT INTO registry.statement (group_id, kind, channel, told_at, recorded_at, recorded_by, counts)
    SELECT group_id, 'WITHDRAWAL', 'PHONE', ended_at, ended_at, 'x', true
    FROM registry.bench_case WHERE ended_at IS NOT NULL;
  INSERT INTO registry.statement_reach (statement, consent, kind, ended_at)
    SELECT s.id, b.consent, 'WITHDRAWAL', s.recorded_at FROM registry.statement s
    JOIN registry.bench_case b ON b.group_id = s.group_id;
`;

/** The rows of requests number $1 to $2 of $3, evenly over the year before now: a decision each, and what became of most answers. */
const ROWS = `
  INSERT INTO registry.log_row (id, at, kind, request_id, operation_hash, operation_name, caller, actor, agency, roles, action, name,
    answer, kind_category, kind_whereabouts, kind_fields, part_youth, part_group, part_consent, part_version, part_protected,
    part_assigned, part_years, part_from, unit_part, unit_kind, unit_source, unit_reason, unit_grant, marks, answer_id,
    answer_elapsed_ms)
  SELECT row.*
  FROM (
    SELECT asked.*, CASE WHEN b.ended_at < asked.at THEN 'WITHDRAWN' ELSE asked.decided END AS reason
    FROM (
    SELECT n, gen_random_uuid() AS request_id, now() - interval '365 days' + interval '365 days' * (n::float8 / $3) AS at,
      floor(power(${chance('n', 1)}, 2) * ${CALLERS})::int AS caller, floor(power(${chance('n', 2)}, 1.5) * ${YOUTHS})::int AS youth,
      floor(${chance('n', 3)} * ${AGENCIES})::int AS source, floor(power(${chance('n', 4)}, 3) * 200)::int AS operation,
      CASE WHEN ${chance('n', 5)} < 0.88 THEN 'CONSENT' ELSE
        ('{NO_SEAT,NO_SEAT,NOT_GRANTED,NOT_GRANTED,NOT_GRANTED,WITHDRAWN,EXPIRED,NOT_ASSIGNED}'::text[])[1 + floor(${chance('n', 6)} * 8)::int]
      END::registry.reason AS decided
    FROM generate_series($1::bigint, $2::bigint) n
    ) asked JOIN registry.bench_case b ON b.place = asked.youth
  ) r
  JOIN registry.bench_case c ON c.place = r.youth
  JOIN registry.bench_agency src ON src.place = r.source
  JOIN registry.bench_agency own ON own.place = r.caller % ${AGENCIES}
  JOIN registry.bench_kinds k ON k.sector = src.sector
  CROSS JOIN LATERAL (
    SELECT registry.row_of(uuidv7(r.at - now())), r.at, 'DECISION', r.request_id, md5(r.operation::text) || md5(r.operation::text),
      CASE WHEN r.operation < 9 THEN 'published-' || r.operation END, 'bench-' || r.caller,
      CASE WHEN r.caller % 50 = 0 THEN 'system-' || r.caller END, own.id, 4, 1::smallint, src.sector, r.request_id, k.ids,
      array_fill(false, ARRAY[k.count]), array_fill('date,kind,agency'::text, ARRAY[k.count]), ARRAY[c.youth], ARRAY[c.group_id],
      ARRAY[c.consent], ARRAY[1], ARRAY[c.place % 100 = 0], ARRAY[false], ARRAY[5::smallint], ARRAY[1, k.count + 1]::smallint[],
      array_fill(1::smallint, ARRAY[k.count]), k.places, array_fill(src.id, ARRAY[k.count]), array_fill(r.reason, ARRAY[k.count]),
      array_fill(c.consent, ARRAY[k.count]), array_remove(k.marks || ARRAY[registry.mark_of_source(src.id),
        CASE WHEN r.reason < 'CONSENT' THEN registry.mark_of_reason(r.reason) END,
        CASE WHEN c.place % 100 = 0 THEN registry.mark_of_protected() END], NULL), NULL::uuid[], NULL::int[]
    UNION ALL
    SELECT registry.row_of(uuidv7(r.at - now())), r.at, 'RELEASED', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, src.sector, NULL,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{1,2}', NULL, NULL, NULL, NULL, NULL, NULL, ARRAY[r.request_id],
      ARRAY[40]
    -- Of one answer in five hundred nothing is known.
    WHERE r.reason >= 'CONSENT' AND r.n % 500 <> 0
  ) row`;

/** The log's indexes but for its key: they are made once it is full, which takes a fraction of the time. */
const INDEXES = `
  SELECT indexname AS name, replace(indexdef, ' ON ONLY ', ' ON ') AS definition FROM pg_indexes
  WHERE schemaname = 'registry' AND tablename = 'log_row' AND indexname <> 'log_row_pkey'`;

/**
 * Fills a registry's log with about `entries` entries, evenly over the year before now, in the order in which they would have
 * been written. Takes a superuser's connection: it passes the triggers.
 */
export async function fillLog(admin: pg.Client, entries: number, tell: (text: string) => void): Promise<void> {
  await admin.query("SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '64MB'");
  await admin.query(FACTS);
  await admin.query(
    `SELECT registry.make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => n))::date)
     FROM generate_series(1, 12) n`,
  );
  const { rows: indexes } = await admin.query<{ name: string; definition: string }>(INDEXES);
  for (const { name } of indexes) await admin.query(`DROP INDEX registry.${name}`);
  const requests = Math.ceil(entries / ENTRIES_OF_A_REQUEST);
  for (let first = 1; first <= requests; first += REQUESTS_AT_ONCE) {
    const last = Math.min(first + REQUESTS_AT_ONCE - 1, requests);
    await admin.query(ROWS, [first, last, requests]);
    tell(`${Math.round((100 * last) / requests)} %`);
  }
  tell('and indexed');
  await admin.query("SET maintenance_work_mem = '1GB'");
  for (const { definition } of indexes) await admin.query(definition);
  await admin.query('RESET session_replication_role');
  await admin.query('VACUUM (ANALYZE) registry.log_row');
  await admin.query('ANALYZE');
}
