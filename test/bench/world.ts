import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { prepareHub } from '../../subgraphs/hub.ts';
import { startPostgres } from '../../subgraphs/postgres.ts';
import { GRANTED, YOUTHS_PER_HOLDER } from './youths.ts';

/*
 * A hub's data with many youths: each with two guardians, a group with four seats, a signed consent with 10 grants, 10
 * entries in the access log, and a link and a record in each of four sectors. The servers make the rows themselves, in
 * sets: no trigger settles anything, so the rows say what the triggers would have settled.
 */

const MARK = 'bench-world.txt';

/** Youths that one statement makes: a statement's transaction stays small enough for the write-ahead log. */
const AT_ONCE = 50_000;

/** Makes the world in `folder`, unless it is there already. */
export async function buildWorld(folder: string, youths: number): Promise<void> {
  const mark = join(folder, MARK);
  const made = `${youths} ${tables()}`;
  if (existsSync(mark) && readFileSync(mark, 'utf8') === made) return;
  rmSync(folder, { recursive: true, force: true });
  const began = performance.now();
  tell('making the databases');
  await prepareHub({ folder, fsync: false });
  await onServer(folder, 'registry', async (connect) => {
    await fill(await connect('samsyn_registry'), 'registry', REGISTRY, youths);
  });
  await onServer(folder, 'sectors', async (connect) => {
    for (const [database, statements] of Object.entries(SECTORS)) {
      await fill(await connect(database), 'agency', statements, youths);
    }
  });
  writeFileSync(mark, made);
  tell(`${youths.toLocaleString('en')} youths in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** Tells one state of the migrations from another: a world of other tables is made anew. */
function tables(): string {
  const root = fileURLToPath(new URL('../../subgraphs', import.meta.url));
  const hash = createHash('sha256');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.includes('/migrations/'),
  );
  for (const file of files.sort()) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Nobody reads while rows are made, and who loses power makes them again. */
const FILLING = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  shared_buffers: '512MB',
  maintenance_work_mem: '512MB',
};

async function onServer(
  folder: string,
  name: string,
  work: (connect: (database: string) => Promise<pg.Client>) => Promise<void>,
): Promise<void> {
  const server = await startPostgres({
    folder: join(folder, `${name}-server`),
    port: 0,
    fsync: false,
    settings: FILLING,
  });
  const clients: pg.Client[] = [];
  try {
    await work(async (database) => {
      const url = new URL(server.adminUrl);
      url.pathname = `/${database}`;
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      clients.push(client);
      return client;
    });
  } finally {
    for (const client of clients) await client.end();
    await server.stop();
  }
}

/** Runs each statement for all youths; `$1` and `$2` are the first and the last number. */
async function fill(client: pg.Client, schema: string, statements: readonly string[], youths: number): Promise<void> {
  // As a replica the tables' triggers and foreign keys are silent.
  await client.query('SET session_replication_role = replica; SET synchronous_commit = off');
  await client.query(`CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT (lpad(kind::text, 8, '0') || '-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid $$`);
  for (const statement of statements) {
    for (let first = 0; first < youths; first += AT_ONCE) {
      await client.query(statement, [first, Math.min(first + AT_ONCE, youths) - 1]);
    }
    tell(`${schema}: ${/INTO (\S+)/.exec(statement)?.[1]}`);
  }
  await client.query('VACUUM ANALYZE');
}

const NUMBERS = 'generate_series($1::bigint, $2::bigint) AS n';
const HOME = "(SELECT id FROM registry.agency WHERE code = 'social-services:skovde')";
const HOLDER = `'bench-' || n / ${YOUTHS_PER_HOLDER}`;

const SEATS = `(VALUES ('social-services:skovde', 'COORDINATOR'), ('police:nationell', 'CASEWORKER'),
  ('school:skovde', 'CASEWORKER'), ('leisure:skovde', 'CASEWORKER')) AS seat (code, role)`;

const GRANTS = `(VALUES ${GRANTED.map(([source, category]) => `('${source}', '${category}')`).join(', ')})
  AS granted (source, category)`;

const REGISTRY: readonly string[] = [
  `INSERT INTO registry.youth (id, lead_agency, birth_date)
    SELECT pg_temp.id(0, n), ${HOME}, current_date - 16 * 365 - 30 FROM ${NUMBERS}`,
  `INSERT INTO registry.custody (id, youth, guardian, starts_at)
    SELECT pg_temp.id(10 + g, n), pg_temp.id(0, n), pg_temp.id(20 + g, n), now() - interval '16 years'
    FROM ${NUMBERS}, generate_series(0, 1) AS g`,
  `INSERT INTO registry.intervention_group (id, youth, programme, lead_agency, proposed_at, opened_at)
    SELECT pg_temp.id(1, n), pg_temp.id(0, n), p.id, ${HOME}, now() - interval '60 days', now() - interval '50 days'
    FROM ${NUMBERS}, (SELECT id FROM registry.programme WHERE code = 'skovde-sig' ORDER BY version DESC LIMIT 1) p`,
  `INSERT INTO registry.seat (id, group_id, agency, role, holder, deputy, informed_at)
    SELECT pg_temp.id(30 + a.id, n), pg_temp.id(1, n), a.id, seat.role, ${HOLDER}, 'bench-deputy', now() - interval '40 days'
    FROM ${NUMBERS}, ${SEATS} JOIN registry.agency a ON a.code = seat.code`,
  `INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference,
      information_given, language, recorded_by, fully_signed_at)
    SELECT pg_temp.id(2, n), pg_temp.id(1, n), 1, now() - interval '40 days', now() + interval '140 days',
      'Stöd att bryta en negativ utveckling', 'BENCH-' || n, 'Muntligt och skriftligt', 'sv', ${HOLDER},
      now() - interval '40 days' FROM ${NUMBERS}`,
  `INSERT INTO registry.consent_grant (id, consent, source, recipient, category, acknowledged_at, acknowledged_by)
    SELECT pg_temp.id(100 + k.id, n), pg_temp.id(2, n), s.id, ${HOME}, k.id, now() - interval '39 days', ${HOLDER}
    FROM ${NUMBERS}, ${GRANTS} JOIN registry.agency s ON s.code = granted.source
    JOIN registry.category k ON k.code = granted.category`,
  `INSERT INTO registry.signature (id, consent, guardian, capacity, told_at, recorded_at, method, evidence_hash, recorded_by)
    SELECT pg_temp.id(50 + g, n), pg_temp.id(2, n), CASE WHEN g < 2 THEN pg_temp.id(20 + g, n) END,
      CASE WHEN g < 2 THEN 'GUARDIAN_WITH_CUSTODY' ELSE 'YOUTH' END, now() - interval '40 days', now() - interval '40 days',
      'PAPER', repeat('0', 64), ${HOLDER} FROM ${NUMBERS}, generate_series(0, 2) AS g`,
  `INSERT INTO registry.entry (kind, at, permitted, request_id, operation_hash, caller, agency, roles, action, youth,
      protected, source, category, whereabouts, fields, reason, assigned, group_id, programme, consent, consent_version)
    SELECT 'DECISION', now() - interval '1 day', true, pg_temp.id(60, n), repeat('0', 64), ${HOLDER}, ${HOME}, 1, 1,
      pg_temp.id(0, n), false, s.id, k.id, false, 'date', 'CONSENT', false, pg_temp.id(1, n), p.id, pg_temp.id(2, n), 1
    FROM ${NUMBERS}, ${GRANTS} JOIN registry.agency s ON s.code = granted.source
    JOIN registry.category k ON k.code = granted.category,
    (SELECT id FROM registry.programme WHERE code = 'skovde-sig' ORDER BY version DESC LIMIT 1) p`,
];

/** The statements of a sector: a link for each youth, and one record. */
function sector(agency: string, table: string, columns: string, values: string): readonly string[] {
  return [
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
      SELECT pg_temp.id(1, n), pg_temp.id(0, n), '${agency}', 'bench-' || n, 'bench', now() FROM ${NUMBERS}`,
    `INSERT INTO agency.${table} (id, link_id, agency, author, recorded_at, ${columns})
      SELECT pg_temp.id(2, n), pg_temp.id(1, n), '${agency}', 'bench', now(), ${values} FROM ${NUMBERS}`,
  ];
}

const SECTORS: Readonly<Record<string, readonly string[]>> = {
  samsyn_social_services: sector(
    'social-services:skovde',
    'intervention',
    'type, provider, "from"',
    `'MENTOR', 'Familjeenheten', current_date - 30`,
  ),
  samsyn_police: sector(
    'police:nationell',
    'suspicion',
    'offence_group, date, status',
    `'THEFT', current_date - 20, 'INVESTIGATED'`,
  ),
  samsyn_school: sector(
    'school:skovde',
    'attendance',
    '"from", "to", minutes_planned, minutes_present, minutes_valid_absence, minutes_invalid_absence',
    'current_date - 30, current_date - 1, 5000, 4000, 500, 500',
  ),
  samsyn_leisure: sector(
    'leisure:skovde',
    'field_note',
    'place_type, date, note',
    `'STREET', current_date - 10, 'Ett par ord'`,
  ),
};

function tell(what: string): void {
  process.stderr.write(`world: ${what}\n`);
}
