import pg from 'pg';
import { sumSealed } from '../../subgraphs/registry/seal/summing.ts';
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
    CREATE TABLE registry.test_answer AS SELECT NULL::uuid AS answer WHERE false;
    CREATE TABLE registry.test_case AS SELECT n, gen_random_uuid() AS youth, gen_random_uuid() AS group_id,
      gen_random_uuid() AS consent, '${NOW}'::timestamptz - n * interval '13 days' AS ended_at FROM generate_series(1, 5) n;
    SET session_replication_role = replica;
    INSERT INTO registry.youth (id, lead_agency) SELECT youth, 1001 FROM registry.test_case;
    INSERT INTO registry.intervention_group (id, youth, programme, lead_agency)
      SELECT group_id, youth, gen_random_uuid(), 1001 FROM registry.test_case;
    INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given,
        language, recorded_by)
      SELECT consent, group_id, 1, '${BEGIN}', '2027-08-20', 'x', 'x', 'x', 'sv', 'x' FROM registry.test_case;
    INSERT INTO registry.statement_reach (statement, consent, kind, ended_at)
      SELECT gen_random_uuid(), consent, 'WITHDRAWAL', ended_at FROM registry.test_case WHERE n > 1;
    RESET session_replication_role`;

/** Requests with their units, some with an outcome, which may be another sector's, come twice, or come later. */
const WRITE = `
  WITH request AS MATERIALIZED (
    SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS answer, random() AS fate, random() AS kind,
      -- A third in three busy hours, a twentieth within the last seconds, the others at any time.
      '${NOW}'::timestamptz - CASE WHEN n % 3 = 0 THEN floor(random() * 3) * interval '11 hours' + random() * interval '1 hour'
        WHEN n % 20 = 1 THEN random() * interval '20 seconds'
        ELSE random() * ('${NOW}'::timestamptz - '${BEGIN}'::timestamptz) END AS at,
      (ARRAY['${PERSONS.join("','")}', 's-1', 's-2'])[1 + floor(random() * 6)::int] AS caller,
      (ARRAY[NULL, NULL, 's-1', 's-2'])[1 + floor(random() * 4)::int] AS actor,
      1000 + ceil(random() * ${AGENCIES})::int AS agency, (ARRAY['school', 'police'])[1 + floor(random() * 2)::int] AS sector
    FROM generate_series(1, $1::int) n
  ), decided AS (
    INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency, roles,
      action, youth, source, category, reason, group_id, programme, consent, answer)
    SELECT r.at, CASE WHEN r.kind < 0.8 THEN 'DECISION' WHEN r.kind < 0.9 THEN 'READ' ELSE 'CHANGE' END,
      CASE WHEN r.kind < 0.8 THEN u.reason >= 'CONSENT' ELSE r.fate < 0.5 END, r.id,
      repeat((1 + r.n % 3)::text, 64), CASE WHEN r.n % 2 = 0 THEN 'named' END, r.caller, r.actor, nullif(r.agency, 1004),
      CASE WHEN r.caller LIKE 's-%' AND r.fate < 0.8 THEN 8 ELSE 4 END, CASE WHEN r.kind < 0.8 THEN (ARRAY[1, 1, 1, 2])[1 + r.n % 4]::smallint END,
      CASE WHEN r.kind < 0.8 AND u.reason IN ('CONSENT', 'WITHDRAWN') THEN c.youth ELSE gen_random_uuid() END, u.source, k.id, CASE WHEN r.kind < 0.8 THEN u.reason END, NULL,
      (ARRAY[NULL, '00000000-0000-0000-0000-000000000001'::uuid])[1 + r.n % 2],
      CASE WHEN r.kind < 0.8 AND u.reason IN ('CONSENT', 'WITHDRAWN') THEN c.consent END, CASE WHEN r.kind < 0.8 THEN r.answer END
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
    RETURNING 1
  ), remembered AS (
    INSERT INTO registry.test_answer SELECT answer FROM request WHERE fate > 0.7
  )
  INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, name, answer, elapsed_ms)
  SELECT least(r.at + interval '1 second', '${NOW}'), o.kind, o.kind <> 'WITHHELD', r.id, repeat('1', 64), r.caller, r.agency, 4,
    CASE WHEN fate < 0.05 THEN 'leisure' ELSE r.sector END, r.answer, 5
  FROM request r CROSS JOIN LATERAL (
    SELECT unnest(CASE floor(fate * 40)::int % 4 WHEN 0 THEN '{RELEASED}' WHEN 1 THEN '{WITHHELD}' WHEN 2 THEN '{LATE}'
      ELSE '{WITHHELD,RELEASED}' END::text[]) AS kind
  ) o
  WHERE fate < 0.6`;

/** What becomes known later of some of the answers of which nothing was known. */
const LATER = `
  WITH told AS (
    DELETE FROM registry.test_answer WHERE answer IN (SELECT answer FROM registry.test_answer ORDER BY md5(answer::text) LIMIT $1)
    RETURNING answer
  )
  INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, roles, name, answer, elapsed_ms)
  SELECT registry.clock(), (ARRAY['RELEASED', 'WITHHELD', 'LATE'])[1 + floor(random() * 3)::int], true, gen_random_uuid(), 'x',
    'p-1', 4, k.sector, t.answer, 5
  FROM (SELECT DISTINCT ON (answer) t.answer, e.category FROM told t JOIN registry.entry e USING (answer) ORDER BY answer) t
  JOIN registry.category k ON k.id = t.category`;

/** A log that is filled at random, and sealed and summed when it is told to. */
export interface RandomLog extends SealedLog {
  /** A superuser's connection. */
  readonly admin: pg.Client;
  /** Writes so many requests. */
  write(requests: number): Promise<void>;
  /** Writes what became of so many answers of which nothing was known. */
  tellLater(answers: number): Promise<void>;
  /** Erases this share of the entries. */
  erase(share: number): Promise<void>;
  /** Sums once, at most so many entries; how many they were. */
  sum(most: number): Promise<number>;
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
    write: async (requests) => {
      await admin.query(WRITE, [requests]);
    },
    tellLater: async (answers) => {
      await admin.query(LATER, [answers]);
    },
    erase: async (share) => {
      await admin.query(`BEGIN; ALTER TABLE registry.entry DISABLE TRIGGER entry_is_kept;
        DELETE FROM registry.entry WHERE random() < ${share};
        ALTER TABLE registry.entry ENABLE TRIGGER entry_is_kept; COMMIT`);
    },
    sum: (most) => sumSealed(log.pool, most),
    end: async () => {
      await admin.end();
      await log.end();
    },
  };
}
