import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runChild } from '../../../hub/child.ts';
import type { Hub } from '../../../hub/hub.ts';
import { importCommand } from '../../../hub/import/import.ts';
import { DEMO_YOUTHS, type DemoYouthName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { inTurn, say } from '../../hub/mutate.ts';
import { ask, sql } from '../../setup/ask.ts';
import { person } from '../../setup/school.ts';
import { identityNumbersIn, spellingsOf } from '../identity-numbers-in.ts';
import { identityNumberOf, logFiles } from '../logs.ts';
import { until } from '../until.ts';
import { everyText } from './every-text.ts';
import { asSuperuser, SLOT, sharedHub } from './shared-hub.ts';

const AUDITOR = 'SAMSYN_REGISTRY_AUDITOR_URL';
/** Of nobody in the demo world; the others are coordination numbers, whose day is 60 more, and one of a day that is not known. */
const STRANGER = testIdentityNumber('2009-07-11');
const COORDINATION = testIdentityNumber('2009-07-71');
const UNKNOWN_DAY = testIdentityNumber('2009-00-60');
const KNOWN = [
  ...(Object.keys(DEMO_YOUTHS) as DemoYouthName[]).map(identityNumberOf),
  ...[STRANGER, COORDINATION, UNKNOWN_DAY],
];
const hyphened = (number: string) => `${number.slice(0, 8)}-${number.slice(8)}`;

let hub: Hub;
let folder: string;

beforeAll(async () => {
  hub = await sharedHub();
  folder = mkdtempSync(join(tmpdir(), 'samsyn-numbers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The numbers that stand in texts, each with where. */
function numbersIn(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([where, text]) =>
    identityNumbersIn(text, KNOWN).map((number) => `${where}: ${number}`),
  );
}

/** Every row of every table of the registry's database, by table. */
async function rows(): Promise<Record<string, string>> {
  const tables = await asSuperuser<{ name: string }>(
    hub,
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('registry', 'seal') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const texts = await inTurn(tables, async ({ name }) => {
    const [row] = await asSuperuser<{ text: string }>(
      hub,
      `SELECT coalesce(string_agg(t::text, E'\\n'), '') AS text FROM ${name} t`,
    );
    return [name, row?.text ?? ''] as const;
  });
  return Object.fromEntries(texts);
}

/** What the registry's database has written ahead since the suite began, decoded. */
async function writtenAhead(): Promise<Record<string, string>> {
  const [row] = await asSuperuser<{ text: string }>(
    hub,
    `SELECT coalesce(string_agg(data, E'\\n'), '') AS text FROM pg_logical_slot_peek_changes($1, NULL, NULL)`,
    [SLOT],
  );
  return { wal: row?.text ?? '' };
}

/** An export of the log by `npm run audit`, by file. */
async function exported(name: string): Promise<Record<string, string>> {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const to = join(folder, name);
  await runChild({
    name,
    entry: 'subgraphs/registry/log/audit/audit-command.ts',
    args: ['export', to, '--from', day(-2), '--to', day(2)],
    env: { [AUDITOR]: hub.databaseUrls[AUDITOR] ?? '' },
    logFile: join(folder, `${name}.log`),
  });
  const files = readdirSync(to, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return textsOf(files.map(({ parentPath, name: file }) => join(parentPath, file)));
}

function textsOf(files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'latin1')]));
}

test.each(spellingsOf(STRANGER).concat(spellingsOf(COORDINATION)))(
  '%j is found by its shape and check digit',
  (text) => {
    expect(identityNumbersIn(`x ${text}.`).length).toBe(1);
    const wrong = `${text.slice(0, -1)}${(Number(text.at(-1)) + 1) % 10}`;
    expect(identityNumbersIn(`x ${wrong}.`)).toEqual([]);
  },
);

test('agencies link, record and import by numbers, and read', async () => {
  const expired = DEMO_YOUTHS.expired.id;
  const youthId = DEMO_YOUTHS.everything.id;
  const link = { youthId: expired, identityNumber: hyphened(identityNumberOf('expired')) };
  const report = {
    youthId,
    date: '2026-01-10',
    text: `Om ${hyphened(identityNumberOf('everything'))}`,
    textCleared: false,
  };
  const said = [
    await say(hub, 'school-counsellor', 'schoolLinkYouth', link),
    await say(hub, 'school-counsellor', 'recordSchoolReport', report),
    await say(hub, 'school-system', 'recordSchoolReport', { ...report, sourceId: identityNumberOf('everything') }),
  ];
  expect(said.map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED', 'CREATED']);
  const file = join(folder, 'persons.json');
  const numbers = [STRANGER, COORDINATION, UNKNOWN_DAY, identityNumberOf('everything')];
  const persons = numbers.map((number, n) => person(`p-${n}`, number));
  writeFileSync(file, JSON.stringify({ data: persons }));
  const silent = { write: () => true };
  const around = {
    env: { SAMSYN_SCHOOL_DATABASE_URL: hub.databaseUrls.SAMSYN_SCHOOL_DATABASE_URL },
    stdout: silent,
    stderr: silent,
  };
  expect(await importCommand(['school', 'ss12000', file, '--agency', 'school:skovde'], around)).toBe(0);
  const query = 'query ($id: ID!) { youth(id: $id) { enrolments { id } schoolReports { text } } }';
  const { data, errors } = await ask(hub, 'school-counsellor', query, { id: youthId });
  expect(errors).toEqual([]);
  expect(identityNumbersIn(JSON.stringify(data), KNOWN)).not.toEqual([]);
});

test('whatever text a number is typed into, no answer repeats it', async () => {
  const typed = [hyphened(STRANGER), UNKNOWN_DAY.slice(2)].flatMap(everyText);
  const answers = await inTurn(chunksOf(typed, 12), (some) =>
    Promise.all(
      some.map(async ({ field, by, query, variables }) => {
        const { text, errors } = await ask(hub, by, query, variables);
        return { field, text, codes: errors.map(({ extensions }) => extensions?.code) };
      }),
    ),
  );
  const all = answers.flat();
  expect(all.length).toBeGreaterThan(500);
  expect(all.filter(({ text }) => identityNumbersIn(text, KNOWN).length > 0)).toEqual([]);
  const unexpected = ['INTERNAL_SERVER_ERROR', 'LOG_UNAVAILABLE', 'GRAPHQL_VALIDATION_FAILED', 'undefined'];
  expect(all.filter(({ codes }) => codes.some((code) => unexpected.includes(String(code))))).toEqual([]);
}, 120_000);

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return items.flatMap((_, at) => (at % size === 0 ? [items.slice(at, at + size)] : []));
}

test('no number is in the registry’s rows, in what it writes ahead, in an export or in a log', async () => {
  const places = {
    ...(await rows()),
    ...(await writtenAhead()),
    ...(await exported('clean')),
    ...textsOf(logFiles(hub)),
  };
  // Each place holds something: a search of them proves something.
  expect(Object.keys(places)).toEqual(
    expect.arrayContaining(['registry.log_row', 'registry.consent', 'seal.leaf', 'wal']),
  );
  expect(places.wal).toMatch(/table registry\.log_row\w*: INSERT/);
  expect(Object.keys(places).filter((place) => place.startsWith(folder)).length).toBeGreaterThan(2);
  expect(numbersIn(places)).toEqual([]);
}, 120_000);

test('one that gets there is found in each place', async () => {
  const [row] = await asSuperuser<{ id: string }>(
    hub,
    `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, part_from, unit_part, unit_permitted)
     VALUES ('READ', gen_random_uuid(), 'x', 'p-0', 1, $1, '{1,2}', '{1}', '{true}') RETURNING id`,
    [`about ${hyphened(STRANGER)}`],
  );
  await until('the row is sealed', async () => {
    const sealed = await sql(hub, AUDITOR, 'SELECT FROM seal.leaf WHERE row_id = $1', [row?.id]);
    return sealed.length === 1 ? true : undefined;
  });
  const found = numbersIn({ ...(await rows()), ...(await writtenAhead()), ...(await exported('control')) });
  const places = found.map((each) => each.replace(/:.*/, '').replace(/^.*\/control\/.*/, 'export'));
  expect([...new Set(places)].sort()).toEqual(['export', 'registry.log_row', 'wal']);
}, 60_000);
