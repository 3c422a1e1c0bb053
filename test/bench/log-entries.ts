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

/** The entries of requests number $1 to $2 of $3, evenly over the year before now. */
const ENTRIES = `
  INSERT INTO registry.entry (id, at, kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency, roles,
    action, youth, protected, source, category, whereabouts, fields, reason, assigned, group_id, programme, consent,
    consent_version, consent_grant, name, answer, elapsed_ms)
  SELECT uuidv7(r.at - now()), r.at, CASE WHEN u.unit > ${UNITS} THEN 'RELEASED' ELSE 'DECISION' END, r.reason >= 'CONSENT',
    r.request_id, md5(r.operation::text) || md5(r.operation::text), CASE WHEN r.operation < 9 THEN 'published-' || r.operation END,
    'bench-' || r.caller, CASE WHEN r.caller % 50 = 0 THEN 'system-' || r.caller END, own.id, 4,
    d.action, d.youth, d.protected, d.source, d.category, d.whereabouts, d.fields, d.reason, d.assigned, d.group_id, NULL, d.consent,
    d.version, d.consent, CASE WHEN u.unit > ${UNITS} THEN src.sector END, r.request_id, CASE WHEN u.unit > ${UNITS} THEN 40 END
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
  CROSS JOIN generate_series(1, ${ENTRIES_OF_A_REQUEST}) AS u (unit)
  LEFT JOIN registry.bench_category k ON k.sector = src.sector AND k.place = u.unit - 1
  LEFT JOIN LATERAL (
    SELECT 1::smallint AS action, c.youth, c.place % 100 = 0 AS protected, src.id AS source, k.id AS category,
      false AS whereabouts, 'date,kind,agency' AS fields, r.reason, false AS assigned, c.group_id, c.consent, 1 AS version
    WHERE u.unit <= ${UNITS}
  ) d ON true
  -- Of one answer in five hundred nothing is known.
  WHERE u.unit <= ${UNITS} OR (r.reason >= 'CONSENT' AND r.n % 500 <> 0)`;

/** The log's indexes but for its key: they are made once it is full, which takes a fraction of the time. */
const INDEXES = `
  SELECT indexname AS name, replace(indexdef, ' ON ONLY ', ' ON ') AS definition FROM pg_indexes
  WHERE schemaname = 'registry' AND tablename = 'entry' AND indexname <> 'entry_pkey'`;

/**
 * Fills a registry's log with about `entries` entries, evenly over the year before now, in the order in which they would have
 * been written. Takes a superuser's connection: it passes the triggers.
 */
export async function fillLog(admin: pg.Client, entries: number, tell: (text: string) => void): Promise<void> {
  await admin.query("SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '64MB'");
  await admin.query(FACTS);
  await admin.query("SELECT registry.make_partition(extract(year FROM now() AT TIME ZONE 'UTC')::int - 1)");
  const { rows: indexes } = await admin.query<{ name: string; definition: string }>(INDEXES);
  for (const { name } of indexes) await admin.query(`DROP INDEX registry.${name}`);
  const requests = Math.ceil(entries / ENTRIES_OF_A_REQUEST);
  for (let first = 1; first <= requests; first += REQUESTS_AT_ONCE) {
    const last = Math.min(first + REQUESTS_AT_ONCE - 1, requests);
    await admin.query(ENTRIES, [first, last, requests]);
    tell(`${Math.round((100 * last) / requests)} %`);
  }
  tell('and indexed');
  await admin.query("SET maintenance_work_mem = '1GB'");
  for (const { definition } of indexes) await admin.query(definition);
  await admin.query('RESET session_replication_role');
  await admin.query('VACUUM (ANALYZE) registry.entry');
  await admin.query('ANALYZE');
}
