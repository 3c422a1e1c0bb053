import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Hub } from '../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName } from '../../schema/demo-world.ts';
import { until } from '../faults/until.ts';
import { ask, sql } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import { operation } from './log-pages.ts';

const MODEL = DEMO_YOUTHS.everything.id;
const MORE_YOUTHS = 49;
const SECTORS = ['leisure', 'police', 'school', 'social-services'] as const;

const NEWS = operation('news');
const FULL_VIEW = readFileSync(new URL('../../schema/operations/full-view.graphql', import.meta.url), 'utf8');
/** The full view of one youth, of all youths at once. */
const ALL_YOUTHS = `query ($first: Int!) { youths(first: $first) { edges { node ${FULL_VIEW.slice(
  FULL_VIEW.indexOf('{', FULL_VIEW.indexOf('youth(id')),
  FULL_VIEW.lastIndexOf('}'),
)} } } }`;

let hub: Hub;
let end: () => Promise<void>;

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
  await Promise.all([multiplyRegistry(), ...SECTORS.map(multiplySector)]);
  await Promise.all([hub.postgres.registry, hub.postgres.sectors].map(logStatements));
  // A backend learns of the setting after its next statement.
  while (SECTORS.some((name) => (lastCount.get(authorizing(name)) ?? 0) === 0)) await counted({ first: 1 });
});
afterAll(() => end());

/** SQL of the id of the nth copy; youths of `00000000` come before those of the demo world in every list. */
const nth = (kind: string) => `('${kind}-0000-4000-0000-' || lpad(n::text, 12, '0'))::uuid`;
const EACH = `generate_series(1, ${MORE_YOUTHS}) AS n`;

/** Copies of the youth with every grant: group, seats, consent and signatures, settled by the same triggers. */
async function multiplyRegistry(): Promise<void> {
  const copy = (table: string, from: string, where: string, changes: string) =>
    sql(
      hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `INSERT INTO registry.${table} SELECT made.* FROM ${from}, ${EACH}, LATERAL jsonb_populate_record(
         NULL::registry.${table}, to_jsonb(t) || jsonb_build_object(${changes})) made WHERE ${where}`,
      [MODEL],
    );
  const group = 'registry.intervention_group g';
  const consent = `registry.consent c JOIN ${group} ON g.id = c.group_id`;
  await copy('youth', 'registry.youth t', 't.id = $1', `'id', ${nth('00000000')}`);
  await copy('custody', 'registry.custody t', 't.youth = $1', `'id', gen_random_uuid(), 'youth', ${nth('00000000')}`);
  await copy(
    'intervention_group',
    'registry.intervention_group t',
    't.youth = $1',
    `'id', ${nth('51000000')}, 'youth', ${nth('00000000')}`,
  );
  await copy(
    'seat',
    `registry.seat t JOIN ${group} ON g.id = t.group_id`,
    'g.youth = $1',
    `'id', gen_random_uuid(), 'group_id', ${nth('51000000')}`,
  );
  await copy(
    'consent',
    `registry.consent t JOIN ${group} ON g.id = t.group_id`,
    'g.youth = $1',
    `'id', ${nth('52000000')}, 'group_id', ${nth('51000000')}, 'fully_signed_at', NULL`,
  );
  // C5: what was acknowledged before the last signature counts for nothing.
  const acknowledged = ", 'acknowledged_at', clock_timestamp()";
  for (const [table, more] of Object.entries({ signature: '', consent_grant: acknowledged })) {
    await copy(
      table,
      `registry.${table} t JOIN ${consent} ON c.id = t.consent`,
      'g.youth = $1',
      `'id', gen_random_uuid(), 'consent', ${nth('52000000')}${more}`,
    );
  }
}

/** Links to the copies, and a copy of every record about the youth with every grant. */
async function multiplySector(name: string): Promise<void> {
  const owner = `SAMSYN_${name.toUpperCase().replace('-', '_')}_OWNER_URL`;
  const tables = await sql<{ table: string }>(
    hub,
    owner,
    `SELECT table_name AS table FROM information_schema.columns WHERE table_schema = 'agency' AND column_name = 'link_id'`,
  );
  const link = `md5(l.id::text || n)::uuid`;
  await sql(
    hub,
    owner,
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
     SELECT ${link}, ${nth('00000000')}, l.agency, l.identity_number || '-' || n, l.linked_by, l.linked_at
     FROM agency.link l, ${EACH} WHERE l.youth_id = $1`,
    [MODEL],
  );
  for (const { table } of tables) {
    await sql(
      hub,
      owner,
      `INSERT INTO agency.${table} SELECT made.* FROM agency.${table} t JOIN agency.link l ON l.id = t.link_id, ${EACH},
         LATERAL jsonb_populate_record(NULL::agency.${table},
           to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'link_id', ${link})) made
       WHERE l.youth_id = $1`,
      [MODEL],
    );
  }
}

/** Has a server write every statement into its log, with who sent it. */
async function logStatements({ adminUrl }: { readonly adminUrl: string }): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`ALTER SYSTEM SET log_line_prefix = '%u '`);
    await client.query(`ALTER SYSTEM SET log_statement = 'all'`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

/** The name of a sector's login role in the registry's server, and in its own. */
const roleOf = (name: string) => `samsyn_${name.replace('-', '_')}`;
const authorizing = (name: string) => `registry ${roleOf(name)}`;
const reading = (name: string) => `sectors ${roleOf(name)}`;

let lastCount = new Map<string, number>();

/** How many statements each role sends to each server for an operation; the full view unless told otherwise. */
async function counted(variables: object, query = ALL_YOUTHS, persona: PersonaName = 'social-coordinator') {
  await untilTold();
  const files = ['registry', 'sectors'].map((server) => ({
    server,
    file: openSync(join(dirname(dirname(hub.logFile('gateway'))), `${server}-server`, 'log'), 'r'),
  }));
  const starts = files.map(({ file }) => fstatSync(file).size);
  const { data, errors } = await ask(hub, persona, query, { ...variables });
  lastCount = new Map();
  files.forEach(({ server, file }, index) => {
    for (const role of rolesIn(textFrom(file, starts[index] ?? 0))) {
      // It seals the log all the time, whoever asks.
      if (role === 'samsyn_sealer') continue;
      lastCount.set(`${server} ${role}`, (lastCount.get(`${server} ${role}`) ?? 0) + 1);
    }
    closeSync(file);
  });
  const { youths } = (data ?? {}) as { youths?: { edges: object[] } };
  const records = JSON.stringify(data).match(/"recordedAt"/g)?.length ?? 0;
  return { data, errors, youths: youths?.edges.length ?? 0, records, statements: lastCount };
}

/** Until the log knows what became of every answer: what a sector still has to tell would count with the next. */
async function untilTold(): Promise<void> {
  await until('the outcomes', async () => {
    const [row] = await sql<{ told: boolean }>(
      hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `SELECT NOT EXISTS (
        SELECT FROM registry.entry e WHERE e.permitted AND e.action = 1 AND NOT EXISTS (
          SELECT FROM registry.answer_outcome became WHERE became.answer = e.answer
        )
      ) AS told`,
    );
    return row?.told === true ? true : undefined;
  });
}

function textFrom(file: number, start: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size - start);
  readSync(file, bytes, 0, bytes.length, start);
  return bytes.toString('utf8');
}

/**
 * Who sent each statement, prepared or not; continued lines have no prefix. A lease of the caller's budget is no statement of the
 * operation: it is for a thousand units, whatever asks for them.
 */
function rolesIn(log: string): string[] {
  return [...log.matchAll(/^(\w+) LOG: {2}(?:statement|execute (?!take lease:)[^:]*): /gm)].map(([, role]) =>
    String(role),
  );
}

test('a view of 50 youths costs the statements of a view of one: one decision, and one per type', async () => {
  const one = await counted({ first: 1 });
  const fifty = await counted({ first: 50 });
  expect([one, fifty].map(({ errors, youths }) => ({ errors, youths }))).toEqual([
    { errors: [], youths: 1 },
    { errors: [], youths: 50 },
  ]);
  // 22 records and more about each youth have been read, not only asked for.
  expect(fifty.records).toBeGreaterThan(40 * one.records);
  const expected = statementsOf(one.statements);
  expect(sorted(one.statements)).toEqual(sorted(expected));
  expect(sorted(fifty.statements)).toEqual(sorted(expected));
});

test('leases the caller’s budget by the thousand, as many units as are decided', async () => {
  await counted({ first: 50 });
  const [row] = await sql<{ units: number; leased: number }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT (SELECT count(*)::int FROM registry.entry WHERE kind = 'DECISION' AND caller = 'p-1001' AND name = 'police') AS units,
      (SELECT sum(units)::int FROM registry.lease WHERE caller = 'p-1001' AND sector = 'police') AS leased`,
  );
  const { units = 0, leased = 0 } = row ?? {};
  expect(units).toBeGreaterThanOrEqual(50 * 6);
  // What is left of a lease is lost at the end of an hour.
  expect([leased >= units, leased < units + 2_000, leased % 1_000]).toEqual([true, true, 0]);
});

test('news of 50 youths cost the statements of news of one, in the first poll and in the next', async () => {
  const [first, polled] = [await counted({ first: 1 }, NEWS), await counted({ first: 50 }, NEWS)];
  const cursors = cursorsIn(polled.data);
  const next = [await counted({ first: 1, ...cursors }, NEWS), await counted({ first: 50, ...cursors }, NEWS)];
  const polls = [first, polled, ...next];
  expect(polls.map(({ errors, youths }) => ({ errors, youths }))).toEqual(
    [1, 50, 1, 50].map((youths) => ({ errors: [], youths })),
  );
  const told = polls.map(({ data }) => JSON.stringify(data).match(/"kind":"RECORDED"/g)?.length ?? 0);
  expect(told[1]).toBeGreaterThan(40 * (told[0] ?? 0));
  expect(told.slice(2)).toEqual([0, 0]);
  // The key of the cursors is read once in the life of a process: in the first poll.
  expect(polls.slice(1).map(({ statements }) => sorted(statements))).toEqual(
    polls.slice(1).map(() => sorted(statementsOf(polled.statements))),
  );
});

test('what is overdue in the plans of 50 youths costs one decision and one statement per type', async () => {
  const overdue = operation('overdue-commitments');
  const [one, fifty] = [
    await counted({ first: 1 }, overdue, 'social-mentor'),
    await counted({ first: 50 }, overdue, 'social-mentor'),
  ];
  const toSocialServices = ({ statements }: typeof one) =>
    [authorizing, reading].map((roleFor) => statements.get(roleFor('social-services')));
  // Two types, and who is assigned.
  expect([one, fifty].map((each) => [each.errors, each.youths, toSocialServices(each)])).toEqual([
    [[], 1, [1, 3]],
    [[], 50, [1, 3]],
  ]);
});

test('C11 for somebody who may not read the plan nothing is judged to be overdue: it is decided, and nothing read', async () => {
  const query =
    'query ($id: ID!) { youth(id: $id) { actionPlan { nextReview commitments(overdue: true) { id status } } } }';
  const { statements, errors } = await counted({ id: MODEL }, query, 'police-outsider');
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['CONSENT_REQUIRED']);
  expect(SECTORS.map((name) => [name, statements.get(reading(name)) ?? 0])).toEqual(SECTORS.map((name) => [name, 0]));
  expect(statements.get(authorizing('social-services'))).toBeGreaterThan(0);
});

/** The cursors of an answer, by the variable that sends them back. */
function cursorsIn(data: unknown): Readonly<Record<string, string[]>> {
  const { youths } = data as { youths: { edges: { node: Record<string, { cursor: string }> }[] } };
  const of = (field: string) => youths.edges.flatMap(({ node }) => node[field]?.cursor ?? []);
  return {
    leisure: of('leisureNews'),
    police: of('policeNews'),
    school: of('schoolNews'),
    socialServices: of('socialServicesNews'),
  };
}

/** What one operation on all kinds of records may cost; the registry's own part as it was. */
function statementsOf(statements: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([
    ...SECTORS.map((name) => [authorizing(name), 1] as const),
    [reading('leisure'), 3],
    [reading('police'), 5],
    [reading('school'), 6],
    // Ten types, and who is assigned: the caller is of this sector.
    [reading('social-services'), 11],
    ['registry samsyn_registry', statements.get('registry samsyn_registry') ?? 0],
  ]);
}

function sorted(map: ReadonlyMap<string, number>): [string, number][] {
  return [...map].sort();
}
