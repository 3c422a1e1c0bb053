import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildASTSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  parse,
} from 'graphql';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, type PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES, DENIALS } from '../../../schema/errors.ts';
import { type Answer, ask, sql } from '../../setup/ask.ts';
import { operation } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const SECTORS = ['leisureNews', 'policeNews', 'schoolNews', 'socialServicesNews'] as const;
const READERS: readonly PersonaName[] = [
  'social-coordinator',
  'police-officer',
  'school-counsellor',
  'leisure-worker',
  'school-system',
  'police-outsider',
];
const YOUTHS: readonly DemoYouthName[] = [
  'everything',
  'attendanceOnly',
  'withdrawn',
  'protected',
  'heldPoliceRecord',
  'twoSchools',
  'policeOnly',
];

let hub: Hub;
let everyNews: string;
let everything: string;

beforeAll(async () => {
  hub = await sharedHub();
  const supergraph = readFileSync(new URL('../../../schema/generated/supergraph.graphql', import.meta.url), 'utf8');
  everyNews = newsOfAllKinds(buildASTSchema(parse(supergraph), { assumeValidSDL: true }));
  everything = ordinaryFields();
});

/** The news of every sector, of every kind of record, with every field of it. */
function newsOfAllKinds(schema: GraphQLSchema): string {
  const youth = schema.getType('Youth');
  if (!isObjectType(youth)) throw new Error('The supergraph has a type Youth.');
  const sectors = SECTORS.map((name) => {
    const news = getNamedType(youth.getFields()[name]?.type);
    if (!isObjectType(news)) throw new Error(`Youth has the field ${name}.`);
    const kinds = Object.values(news.getFields()).filter(({ name: kind }) => kind !== 'cursor');
    const asked = kinds.map((kind) => `${kind.name} { kind id agency record ${fieldsOf(recordOf(kind.type))} }`);
    return `${name}(after: $${name}) { cursor ${asked.join(' ')} }`;
  });
  return sectors.join('\n');
}

function recordOf(type: unknown): GraphQLObjectType {
  const news = getNamedType(type as Parameters<typeof getNamedType>[0]);
  const record = isObjectType(news) ? getNamedType(news.getFields().record?.type) : undefined;
  if (!isObjectType(record)) throw new Error('News leads to a record.');
  return record;
}

/** All fields of a record but the other records that hang on it. */
function fieldsOf(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).flatMap(({ name, type: of }) => {
    const named = getNamedType(of);
    if (isLeafType(named)) return [name];
    return isObjectType(named) && named.getFields().recordedAt === undefined ? [`${name} ${fieldsOf(named)}`] : [];
  });
  return `{ ${fields.join(' ')} }`;
}

/** What full-view asks of a youth. */
function ordinaryFields(): string {
  const text = operation('full-view');
  return text.slice(text.indexOf('{', text.indexOf('youth(id')) + 1, text.lastIndexOf('}', text.lastIndexOf('}') - 1));
}

type Value = Readonly<Record<string, unknown>>;
interface Item {
  readonly kind: string;
  readonly id: string | null;
  readonly agency: string;
  readonly record: Value | null;
}

/** Everything that the news of a youth tells, and the categories that are denied in it. */
async function poll(persona: PersonaName, youth: DemoYouthName, after: readonly unknown[] = []) {
  const variables = SECTORS.map((name) => `$${name}: [String!]`).join();
  const answer = await ask(hub, persona, `query ($id: ID!, ${variables}) { youth(id: $id) { ${everyNews} } }`, {
    id: DEMO_YOUTHS[youth].id,
    ...Object.fromEntries(SECTORS.map((name, index) => [name, after[index] ?? null])),
  });
  const told: Readonly<Record<string, Value | null>> = answer.data?.youth ?? {};
  const news = SECTORS.map((name) => told[name] ?? {});
  const kinds = news.flatMap(({ cursor: _, ...rest }) => Object.values(rest) as (Item[] | null)[]);
  return {
    answer,
    items: kinds.flatMap((told) => told ?? []),
    denied: kinds.filter((told) => told === null).length,
    cursors: news.map(({ cursor }) => cursor),
  };
}

/** Every record in an answer by its id, without those that hang on it. */
function recordsIn(value: unknown, found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) for (const each of value) recordsIn(each, found);
  else if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    if ('recordedAt' in value) found.set(String((value as Value).id), JSON.stringify(ownFields(fields)));
    for (const [, each] of fields) recordsIn(each, found);
  }
  return found;
}

function ownFields(fields: [string, unknown][]): [string, unknown][] {
  const isRecords = (value: unknown) => JSON.stringify(value ?? null).includes('"recordedAt"');
  return fields
    .filter(([name, value]) => !isRecords(value) && !HANGING.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Lists of records below another, which may be empty. */
const HANGING = ['commitments', 'followUps', 'meetings'];

const codesOf = ({ errors }: Answer) =>
  [...new Set(errors.map(({ message, extensions }) => JSON.stringify([message, extensions])))].sort();

describe.each(READERS)('the news for %s', (persona) => {
  test.each(YOUTHS)('of %s is what the ordinary fields read, and denied where they are', async (youth) => {
    const told = await poll(persona, youth);
    const view = `query ($id: ID!) { youth(id: $id) { ${everything} } }`;
    const ordinary = await ask(hub, persona, view, { id: DEMO_YOUTHS[youth].id });
    expect(new Set(told.items.map(({ kind }) => kind))).toEqual(new Set(told.items.length === 0 ? [] : ['RECORDED']));
    const read = recordsIn(ordinary.data);
    // Of action plans the ordinary field reads the latest alone, and another part of the suite adopts new ones.
    const compared = told.items.filter(({ id, record }) => !('adopted' in (record ?? {})) || read.has(String(id)));
    expect(sorted(recordsIn(compared))).toEqual(sorted(read));
    expect(codesOf(told.answer)).toEqual(codesOf(ordinary));
  });
});

function sorted(records: ReadonlyMap<string, string>): [string, string][] {
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1));
}

test('C12 nobody without a permission learns more than a cursor that tells nothing', async () => {
  for (const persona of ['police-outsider', 'school-manager'] as const) {
    for (const youth of ['everything', 'policeOnly'] as const) {
      const { items, denied, answer } = await poll(persona, youth);
      expect({ items, denied, messages: [...new Set(answer.errors.map(({ message }) => message))].sort() }).toEqual({
        items: [],
        denied: 24,
        // The own agency's information has a text of its own.
        messages: [CONSTANT_MESSAGES.CONSENT_REQUIRED, DENIALS.own],
      });
    }
  }
});

test('a poll after a poll tells nothing, and its readings are in the log', async () => {
  const first = await poll('social-coordinator', 'everything');
  const second = await poll('social-coordinator', 'everything', first.cursors);
  expect(first.items.length).toBeGreaterThan(20);
  expect(second.items).toEqual([]);
  const [entries] = await sql<{ permitted: number; categories: number }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT count(*) FILTER (WHERE permitted)::int AS permitted, count(DISTINCT category)::int AS categories
     FROM registry.entry WHERE request_id = $1`,
    [second.answer.requestId],
  );
  // Each category is decided and logged, whether or not there is anything new; some with their whereabouts apart.
  expect(entries?.categories).toBe(22);
  expect(entries?.permitted).toBeGreaterThanOrEqual(22);
});

test('C4 a system tells its agency’s own records and crosses no line', async () => {
  const { items } = await poll('school-system', 'everything');
  expect([...new Set(items.map(({ agency }) => agency))]).toEqual(['school:skovde']);
});

test('what a person records through the hub is told to who may read it, and to nobody else', async () => {
  const names = ['social-coordinator', 'police-officer', 'leisure-outsider'] as const;
  const youth = 'turning15';
  const before = await Promise.all(names.map((name) => poll(name, youth)));
  const suspicion = { date: '2026-01-10', offenceGroup: 'THEFT', status: 'REPORTED', idempotencyKey: 'news' };
  const input = { youthId: DEMO_YOUTHS[youth].id, ...suspicion };
  const written = await ask(hub, 'police-officer', operation('record-suspicion'), { input });
  const { id } = (written.data?.recordSuspicion ?? {}) as { id?: string };
  const after = await Promise.all(names.map((name, index) => poll(name, youth, before[index]?.cursors)));
  expect(after.map(({ items }) => items.map(({ kind, id }) => `${kind} ${id}`))).toEqual([
    [`RECORDED ${id}`],
    [`RECORDED ${id}`],
    [],
  ]);
});
