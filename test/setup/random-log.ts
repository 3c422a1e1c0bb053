import pg from 'pg';
import { sumNext } from '../../subgraphs/registry/log/sums/summing.ts';
import { type SealedLog, startSealedLog } from './sealed-log.ts';

/** The clock stands still: both ways of counting are asked at the same instant. Ten seconds before it is another hour. */
export const NOW = '2026-11-03T09:00:05Z';
export const BEGIN = '2026-08-20T00:00:00Z';
export const PERSONS = ['p-1', 'p-2', 'p-3', 'p-4'];
export const SYSTEMS = ['s-1', 's-2'];
const AGENCIES = 4;

const FACTS = `
  CREATE OR REPLACE FUNCTION registry.clock() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT '${NOW}'::timestamptz $$;
  INSERT INTO registry.agency (id, code, name, sector) OVERRIDING SYSTEM VALUE
    SELECT 1000 + n, 'school:a' || n, 'x', (ARRAY['school', 'police'])[1 + n % 2] FROM generate_series(1, ${AGENCIES}) n;
  CREATE TABLE registry.test_case AS SELECT n, gen_random_uuid() AS youth, gen_random_uuid() AS group_id, gen_random_uuid() AS consent,
      -- Two of the five consents were withdrawn on the way, and one after all that there is.
      ('{2026-09-20T12:00:00Z,2026-10-28T09:00:00Z,2026-11-03T09:00:00Z}'::timestamptz[])[n] AS ended_at
    FROM generate_series(1, 5) n;
  SET session_replication_role = replica;
  INSERT INTO registry.youth (id, lead_agency) SELECT youth, 1001 FROM registry.test_case;
  INSERT INTO registry.intervention_group (id, youth, programme, lead_agency, opened_at)
    SELECT group_id, youth, gen_random_uuid(), 1001, '${BEGIN}' FROM registry.test_case;
  INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given, language,
      recorded_by)
    SELECT consent, group_id, 1, '${BEGIN}', '2027-08-20T00:00:00Z', 'x', 'x', 'x', 'sv', 'x' FROM registry.test_case;
  INSERT INTO registry.statement (group_id, kind, channel, told_at, recorded_at, recorded_by, counts)
    SELECT group_id, 'WITHDRAWAL', 'PHONE', ended_at, ended_at, 'x', true FROM registry.test_case WHERE ended_at IS NOT NULL;
  INSERT INTO registry.statement_reach (statement, consent, kind, ended_at)
    SELECT s.id, c.consent, 'WITHDRAWAL', s.recorded_at FROM registry.statement s JOIN registry.test_case c ON c.group_id = s.group_id;
  RESET session_replication_role`;

/**
 * Requests with their units, and what became of some. A third are of two callers in three busy hours, two of them on the last
 * settled day, the others at any time; of all, those of `$2` and later only.
 */
const WRITE = `
  WITH request AS MATERIALIZED (
    SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS answer, random() AS fate, random() AS kind,
      greatest($2::timestamptz, '${NOW}'::timestamptz - CASE WHEN n % 3 = 0 THEN floor(random() * 3) * interval '11 hours'
        + random() * interval '1 hour' WHEN n % 20 = 1 THEN random() * interval '20 seconds'
        ELSE random() * ('${NOW}'::timestamptz - '${BEGIN}'::timestamptz) END) AS at,
      CASE WHEN n % 3 = 0 THEN 'p-' || 1 + n % 2 ELSE (ARRAY['${[...PERSONS, ...SYSTEMS].join("','")}'])[1 + floor(random() * 6)::int] END
        AS caller,
      (ARRAY[NULL, NULL, NULL, NULL, 's-1', 's-2'])[1 + floor(random() * 6)::int] AS actor,
      1000 + CASE WHEN n % 3 = 0 THEN 1 ELSE ceil(random() * ${AGENCIES})::int END AS agency,
      (ARRAY['school', 'police'])[1 + floor(random() * 2)::int] AS sector
    FROM generate_series(1, $1::int) n
  ), decided AS (
    INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency, roles,
      action, youth, source, category, reason, group_id, consent, programme, answer, name)
    SELECT r.at, CASE WHEN r.kind < 0.8 THEN 'DECISION' WHEN r.kind < 0.9 THEN 'READ' ELSE 'CHANGE' END,
      CASE WHEN r.kind < 0.8 THEN u.reason >= 'CONSENT' ELSE r.fate < 0.5 END, r.id, repeat((1 + r.n % 3)::text, 64),
      CASE WHEN r.n % 2 = 0 THEN 'named' END, r.caller, r.actor, nullif(r.agency, 1004),
      CASE WHEN r.caller LIKE 's-%' AND r.fate < 0.8 THEN 8 ELSE 4 END, CASE WHEN r.kind < 0.8 THEN 1 END,
      CASE WHEN r.n % 3 = 0 OR u.reason = 'OWN' THEN gen_random_uuid() ELSE c.youth END, u.source, k.id,
      CASE WHEN r.kind < 0.8 THEN u.reason END, CASE WHEN u.reason = 'CONSENT' THEN c.group_id END,
      CASE WHEN u.reason = 'CONSENT' THEN c.consent END, (ARRAY[NULL, '00000000-0000-0000-0000-000000000001'::uuid])[1 + r.n % 2], CASE WHEN r.kind < 0.8 THEN r.answer END,
      CASE WHEN r.kind < 0.8 THEN r.sector ELSE 'x' END
    FROM request r CROSS JOIN generate_series(1, 3) AS unit
    CROSS JOIN LATERAL (
      SELECT (ARRAY['NO_SEAT', 'WITHDRAWN', 'CONSENT', 'CONSENT', 'OWN'])[1 + floor(random() * 5)::int]::registry.reason AS reason,
        nullif(1000 + ceil(random() * 5)::int, 1005) AS source
      WHERE unit > 0
    ) u
    JOIN registry.test_case c ON c.n = 1 + (r.n + unit) % 5
    LEFT JOIN LATERAL (
      SELECT c.id FROM registry.category c WHERE c.sector = r.sector AND unit > 0 ORDER BY md5(c.code || unit || r.n) LIMIT 1
    ) k ON r.kind < 0.85
  )
  INSERT INTO registry.log_row (at, kind, name, part_from, answer_id, answer_elapsed_ms)
  SELECT least(r.at + interval '1 second', '${NOW}'), (ARRAY['RELEASED', 'WITHHELD', 'LATE'])[1 + r.n % 3], r.sector, '{1,2}',
    ARRAY[r.answer], '{5}'
  FROM request r WHERE fate < 0.6`;

/** Takes entries away, as an erasure does: with their sums, in the same transaction. */
const ERASE = (share: number) => `BEGIN;
  ALTER TABLE registry.log_row DISABLE TRIGGER row_is_kept;
  WITH gone AS (DELETE FROM registry.log_row WHERE hashtext(id::text) % 100 + 100 < ${200 * share} RETURNING at)
    SELECT registry.drop_sums(array_agg(at)) FROM gone HAVING count(*) > 0;
  ALTER TABLE registry.log_row ENABLE TRIGGER row_is_kept;
  COMMIT`;

/** A log that is filled at random, and sealed and summed when it is told to. */
export interface RandomLog extends SealedLog {
  /** A superuser's connection. */
  readonly admin: pg.Client;
  /** Writes so many requests, none before an instant. */
  write(requests: number, since?: string): Promise<void>;
  /** Erases this share of the entries. */
  erase(share: number): Promise<void>;
  /** Sums at most so many periods; which. */
  sum(most?: number): Promise<string[]>;
}

/** Makes it, empty, with a clock that stands still. */
export async function startRandomLog(): Promise<RandomLog> {
  const log = await startSealedLog();
  const admin = new pg.Client({ connectionString: log.superuserUrl });
  await admin.connect();
  await admin.query(FACTS);
  return {
    ...log,
    admin,
    write: async (requests, since = BEGIN) => {
      await admin.query(WRITE, [requests, since]);
    },
    erase: async (share) => {
      await admin.query(ERASE(share));
    },
    sum: async (most = Number.POSITIVE_INFINITY) => {
      const summed: string[] = [];
      while (summed.length < most) {
        const period = await sumNext(log.pool);
        if (period === null) break;
        summed.push(period);
      }
      return summed;
    },
    end: async () => {
      await admin.end();
      await log.end();
    },
  };
}
