import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import type { Caller } from '../../../schema/caller.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { reportOf } from './access-report.ts';
import { seal } from './sealing.ts';
import { ago, ask, CALLERS, MINUTE, sharedRegistry, write } from './shared-registry.ts';

const START = ago(260);
const INTERVAL = { from: START.toISOString(), to: new Date(START.getTime() + 60 * MINUTE).toISOString() };
const YOUTH = DEMO_YOUTHS.protected.id;
const LEAD = 'social-services:skovde';
const POLICE = 'police:nationell';

const reader = (subject: string, agency: string, ...roles: Caller['roles']): Caller => ({
  subject,
  actor: null,
  agency,
  roles,
});

/** The readers of the table, in the order of its columns. Of the entries that the rows are about, the other agency is recipient. */
const READERS = [
  CALLERS.hubAuditor,
  reader('p-1950', LEAD, 'AUDITOR'),
  reader('p-1960', LEAD, 'MANAGER'),
  reader('p-2950', POLICE, 'AUDITOR'),
  reader('p-2960', POLICE, 'MANAGER'),
  CALLERS.coordinator,
  CALLERS.caseworker,
] as const;

/** Who asks about the youth, and what: the police about what the lead agency has. */
const ASKED = { youth: YOUTH, source: LEAD, agency: POLICE, category: 'social-services.case', protected: true };
const DENIED = { ...ASKED, permitted: false };
const CROSSING = { youth: YOUTH, source: 'school:skovde', category: 'school.attendance', version: 1 };
let seated: string;
let unseated: string;
let elsewhere: string;
let between: string;
let within: string;
const ownOf = new Map<string, string>();

beforeAll(async () => {
  const at = (minute: number) => new Date(START.getTime() + minute * MINUTE);
  [seated = '', unseated = '', elsewhere = '', between = '', within = ''] = await write([
    { at: at(1), ...DENIED, reason: 'NOT_GRANTED', caller: 'p-2001' },
    { at: at(2), ...DENIED, reason: 'NO_SEAT', caller: 'p-2009' },
    { at: at(3), agency: 'leisure:skovde', source: 'school:skovde', category: 'school.attendance', reason: 'OWN' },
    { at: at(4), ...CROSSING, agency: 'leisure:skovde', reason: 'CONSENT', programme: 'skovde-sig' },
    { at: at(5), ...CROSSING, agency: 'school:skovde', reason: 'OWN' },
  ]);
  for (const { subject, agency } of READERS) {
    const [own = ''] = await write([
      { at: at(6), caller: subject, agency, source: agency, reason: 'NO_SEAT', permitted: false, protected: true },
    ]);
    ownOf.set(subject, own);
  }
  await seal();
});

interface Entry {
  readonly id: string;
  readonly reason: string | null;
  readonly protected: boolean | null;
}

/** The entry as the list shows it to somebody, if it does. */
async function seen(by: Caller, id: string): Promise<Entry | undefined> {
  const query = `query ($filter: AccessLogFilter!) {
    accessLog(filter: $filter, first: 200) { edges { node { id reason protected } } }
  }`;
  const { data } = await ask(by, query, { filter: INTERVAL });
  const log = data?.accessLog as { edges: readonly { node: Entry }[] } | null | undefined;
  return log?.edges.map(({ node }) => node).find((node) => node.id === id);
}

/** Does a review find the entry? */
async function finds(by: Caller, kind: string, id: string): Promise<boolean> {
  const query = `query ($kind: AccessReviewKind!, $filter: AccessLogFilter!) {
    accessReview(kind: $kind, filter: $filter, first: 200) { findings { entry { id } } }
  }`;
  const { data } = await ask(by, query, { kind, filter: INTERVAL });
  const review = data?.accessReview as { findings: readonly { entry: { id: string } }[] } | null | undefined;
  return review?.findings.some(({ entry }) => entry.id === id) ?? false;
}

async function countsOne(by: Caller): Promise<boolean> {
  const query = `query ($filter: AccessLogFilter!) { accessSummary(filter: $filter, groupBy: [REASON]) { entries } }`;
  const filter = { ...INTERVAL, source: LEAD, recipient: POLICE, reason: 'NO_SEAT', caller: 'p-2009' };
  const { data } = await ask(by, query, { filter });
  const rows = data?.accessSummary as readonly { entries: number | null }[] | null | undefined;
  return rows?.[0]?.entries === 1;
}

async function proves(by: Caller, id: string): Promise<boolean> {
  const { data } = await ask(by, 'query ($id: ID!) { inclusionProof(entryId: $id) { content } }', { id });
  return (data?.inclusionProof as { content: string | null } | null | undefined)?.content != null;
}

async function tells(by: Caller, id: string): Promise<boolean> {
  const report = await reportOf(YOUTH, INTERVAL, by).catch(() => null);
  return report?.rows.some(({ entryId }) => entryId === id) ?? false;
}

/** The rows of the table: in English, in Swedish, and whether a reader sees it. */
const ROWS: readonly (readonly [english: string, swedish: string, sees: (by: Caller) => Promise<boolean>])[] = [
  [
    'Entries between other agencies',
    'Poster mellan andra myndigheter',
    async (by) => (await seen(by, elsewhere)) !== undefined,
  ],
  [
    'Entries in which the own agency is source or recipient',
    'Poster där den egna myndigheten lämnade eller tog emot',
    async (by) => (await seen(by, seated)) !== undefined,
  ],
  [
    '`reason` of somebody else’s denial',
    '`reason` för någon annans avslag',
    async (by) => (await seen(by, unseated))?.reason === 'NO_SEAT',
  ],
  [
    '`reason` of your own denial',
    '`reason` för ditt eget avslag',
    async (by) => ((await seen(by, ownOf.get(by.subject) ?? ''))?.reason ?? null) !== null,
  ],
  [
    '`protected`, decided under an informed seat in an open group',
    '`protected`, beslutat under en informerad plats i en öppen grupp',
    async (by) => (await seen(by, seated))?.protected === true,
  ],
  [
    '`protected`, without such a seat',
    '`protected`, utan en sådan plats',
    async (by) => (await seen(by, unseated))?.protected === true,
  ],
  [
    'Attempts without such a seat in the review `PROTECTED_IDENTITY`',
    'Försök utan en sådan plats i granskningen `PROTECTED_IDENTITY`',
    (by) => finds(by, 'PROTECTED_IDENTITY', unseated),
  ],
  [
    '`content` of `inclusionProof`, with such a seat',
    '`content` i `inclusionProof`, med en sådan plats',
    (by) => proves(by, seated),
  ],
  [
    '`content` of `inclusionProof`, without such a seat',
    '`content` i `inclusionProof`, utan en sådan plats',
    (by) => proves(by, unseated),
  ],
  ['Numbers below five in `accessSummary`', 'Antal under fem i `accessSummary`', countsOne],
  [
    'The extract: readings between other agencies',
    'Utdraget: läsningar mellan andra myndigheter',
    (by) => tells(by, between),
  ],
  [
    'The extract: readings of another agency’s own information by that agency',
    'Utdraget: en annan myndighets läsningar av sina egna uppgifter',
    (by) => tells(by, within),
  ],
];

const guide = (name: string) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

test('the table of who sees what in the log, in both guides, is what the registry answers', async () => {
  const tables: { en: string[]; sv: string[] } = { en: [], sv: [] };
  for (const [english, swedish, sees] of ROWS) {
    const answers: boolean[] = [];
    for (const by of READERS) answers.push(await sees(by));
    tables.en.push(line([english, ...answers.map((yes) => (yes ? 'yes' : 'no'))]));
    tables.sv.push(line([swedish, ...answers.map((yes) => (yes ? 'ja' : 'nej'))]));
  }
  const rowsIn = (text: string) => text.split('\n').filter((each) => / \| (yes|no|ja|nej) \|$/.test(each));
  expect(rowsIn(guide('auditors'))).toEqual(tables.en);
  expect(rowsIn(guide('auditors.sv'))).toEqual(tables.sv);
}, 60_000);

test('who lacks the role for a field about a youth is in the log: an entry for each field and youth', async () => {
  const { requestId, errors } = await ask(
    CALLERS.mentor,
    `query ($of: ID!, $other: ID!) { a: accessReport(youthId: $of) { readings } b: accessReport(youthId: $of) { readings }
      c: accessReport(youthId: $other) { readings } }`,
    { of: YOUTH, other: DEMO_YOUTHS.noConsent.id },
  );
  const changed = await ask(
    CALLERS.schoolManager,
    'mutation ($input: RecordProtectionInput!) { recordProtection(input: $input) { id } }',
    { input: { youthId: YOUTH, protection: 'NONE' } },
  );
  expect([...errors, ...changed.errors].map(({ extensions }) => extensions?.code)).toEqual(Array(4).fill('FORBIDDEN'));
  const { database } = await sharedRegistry();
  const { rows } = await database.admin.query(
    `SELECT kind, name, permitted, caller, youth FROM registry.entry WHERE request_id IN ($1, $2) ORDER BY kind, youth`,
    [requestId, changed.requestId],
  );
  const read = { kind: 'READ', name: 'accessReport', permitted: false, caller: 'p-1002' };
  expect(rows).toEqual([
    { kind: 'CHANGE', name: 'recordProtection', permitted: false, caller: 'p-3801', youth: YOUTH },
    ...[YOUTH, DEMO_YOUTHS.noConsent.id].sort().map((youth) => ({ ...read, youth })),
  ]);
});
