import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql';
import { denialMessage } from '../../chassis/decide/denial.ts';
import type { Hub } from '../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, PERSONAS, type Persona, type PersonaName } from '../../schema/demo-world.ts';
import { type Answer, ask, sql } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import {
  ALL_PERSONAS,
  ALL_YOUTHS,
  type ExpectedUnit,
  expectedUnits,
  VIEW,
  type ViewedField,
} from './demo-expectations.ts';

const FULL_VIEW = readFileSync(new URL('../../schema/operations/full-view.graphql', import.meta.url), 'utf8');

type Row = Record<string, unknown> & { youth_id: string; agency: string; held: boolean; text_cleared: boolean };
type Value = Record<string, unknown>;

let hub: Hub;
let end: () => Promise<void>;
/** Every row of every table of records, as the owners of the databases see them, latest first. */
let rows: Map<string, Row[]>;
let answers: Map<string, Answer>;

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
  rows = await everyRow(hub);
  answers = new Map();
  for (const persona of ALL_PERSONAS) {
    // One persona at a time, all youths at once: as many as a busy agency has in flight.
    await Promise.all(
      ALL_YOUTHS.map(async (youth) => {
        answers.set(`${persona} ${youth}`, await ask(hub, persona, FULL_VIEW, { youthId: DEMO_YOUTHS[youth].id }));
      }),
    );
  }
});
afterAll(() => end());

const answerTo = (persona: PersonaName, youth: DemoYouthName): Answer => {
  const answer = answers.get(`${persona} ${youth}`);
  if (answer === undefined) throw new Error(`${persona} has not asked about ${youth}.`);
  return answer;
};

describe.each(ALL_PERSONAS)('C2 the full view of %s', (persona) => {
  test.each(ALL_YOUTHS)('of the youth %s is exactly what the consent opens', (youth) => {
    const { data, errors } = answerTo(persona, youth);
    const units = expectedUnits(persona, youth);
    const expected = expectedAnswer(units, persona, youth);
    expect(data).toEqual({ youth: expected.data });
    expect([...errors].sort(byPath)).toEqual([...expected.errors].sort(byPath));
  });
});

test('C13 every decision is in the access log, with its reason', async () => {
  const logged = await sql<{ request: string } & ExpectedUnit>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT e.request_id AS request, c.code AS category, e.whereabouts, a.code AS source, e.reason
     FROM registry.entry e JOIN registry.category c ON c.id = e.category LEFT JOIN registry.agency a ON a.id = e.source
     WHERE e.kind = 'DECISION'`,
  );
  for (const [key, { requestId }] of answers) {
    const [persona, youth] = key.split(' ') as [PersonaName, DemoYouthName];
    const entries = logged.filter(({ request }) => request === requestId).map(({ request: _, ...unit }) => unit);
    expect({ key, entries: entries.sort(byUnit) }).toEqual({
      key,
      entries: expectedUnits(persona, youth).sort(byUnit),
    });
  }
});

test('C2 no byte that left carries a value that was not granted', () => {
  const canaries = new Set([...rows.values()].flat().flatMap((row) => canariesIn(row)));
  expect(canaries.size).toBeGreaterThan(300);
  for (const [key, { text, data, headers }] of answers) {
    const [persona, youth] = key.split(' ') as [PersonaName, DemoYouthName];
    const granted = JSON.stringify(expectedAnswer(expectedUnits(persona, youth), persona, youth).data);
    const left = text + JSON.stringify([...headers]);
    const leaked = [...canaries].filter((canary) => left.includes(canary) && !granted.includes(canary));
    expect({ key, leaked }).toEqual({ key, leaked: [] });
    expect(data).not.toBeNull();
  }
});

test('C12 to a caller without permission a youth with records and one that does not exist are the same bytes', async () => {
  const nobody = '99999999-9999-4999-8999-999999999999';
  const known = answerTo('police-outsider', 'everything').text.replaceAll(DEMO_YOUTHS.everything.id, nobody);
  const unknown = await ask(hub, 'police-outsider', FULL_VIEW, { youthId: nobody });
  expect(unknown.text).toBe(known);
});

test('C4 a grant that is limited to a period opens the records inside it, and none of a kind without a date', async () => {
  for (const category of ['school.attendance', 'school.enrolment', 'police.intervention'])
    await limitTo('turning18', category);
  const { data } = await ask(
    hub,
    'social-coordinator',
    'query ($id: ID!) { youth(id: $id) { attendance { id } enrolments { id } policeInterventions { id } concernTalks { id } } }',
    { id: DEMO_YOUTHS.turning18.id },
  );
  const all = (table: string) =>
    (rows.get(table) ?? []).filter(({ youth_id }) => youth_id === DEMO_YOUTHS.turning18.id);
  const inside = ({ from, to }: Row) => String(from) >= PERIOD.from && to !== null && String(to) < PERIOD.to;
  const within = all('school attendance').filter(inside);
  expect({ within: within.length, of: all('school attendance').length }).toEqual({ within: 1, of: expect.any(Number) });
  expect(data).toEqual({
    youth: {
      attendance: within.map(({ id }) => ({ id })),
      enrolments: [],
      policeInterventions: all('police police_intervention')
        .filter(({ date }) => String(date) >= PERIOD.from && String(date) < PERIOD.to)
        .map(({ id }) => ({ id })),
      concernTalks: all('police concern_talk').map(({ id }) => ({ id })),
    },
  });
});

/** A period that holds some of the demo world's records and not others: it begins with the latest month of attendance. */
const PERIOD = { from: '', to: '' };

async function limitTo(youth: DemoYouthName, category: string): Promise<void> {
  const spans = (rows.get('school attendance') ?? []).filter(({ youth_id }) => youth_id === DEMO_YOUTHS[youth].id);
  const [latest] = spans
    .map(({ from }) => String(from))
    .sort()
    .reverse();
  PERIOD.from = latest ?? '';
  PERIOD.to = '2999-01-01';
  await sql(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `UPDATE registry.consent_grant g SET data_from = $1, data_to = $2 FROM registry.category k, registry.consent c, registry.intervention_group i
     WHERE k.id = g.category AND k.code = $3 AND c.id = g.consent AND i.id = c.group_id AND i.youth = $4`,
    [PERIOD.from, PERIOD.to, category, DEMO_YOUTHS[youth].id],
  );
}

function expectedAnswer(units: readonly ExpectedUnit[], persona: PersonaName, youth: DemoYouthName) {
  const errors: { message: string; path: (string | number)[]; extensions: Value }[] = [];
  const data: Value = { id: DEMO_YOUTHS[youth].id };
  for (const [name, selection] of fieldsOfYouth()) {
    const field = VIEW[name];
    if (field === undefined) continue;
    const view = new Expectation(units, PERSONAS[persona], DEMO_YOUTHS[youth].id, errors);
    data[name] = view.field(field, selection, ['youth', name]);
  }
  return { data, errors };
}

/** What one field of one youth should read as, for one caller. */
class Expectation {
  constructor(
    readonly units: readonly ExpectedUnit[],
    readonly caller: Persona,
    readonly youthId: string,
    readonly errors: { message: string; path: (string | number)[]; extensions: Value }[],
  ) {}

  field(field: ViewedField, selection: SelectionSetNode, path: (string | number)[]): unknown {
    const sources = this.#sources(field.category, false);
    if (sources.length === 0) return this.#denied(path, field.category);
    const records = this.#records(field, sources);
    if (field.single === true)
      return records[0] === undefined ? null : this.#record(field, records[0], selection, path);
    return records.map((row, index) => this.#record(field, row, selection, [...path, index]));
  }

  #record(field: ViewedField, row: Row, selection: SelectionSetNode, path: (string | number)[]): Value {
    return Object.fromEntries(
      selection.selections.flatMap((node) => {
        if (node.kind !== Kind.FIELD) return [];
        const name = node.name.value;
        return [[name, this.#value(field, row, node, [...path, name])]];
      }),
    );
  }

  #value(field: ViewedField, row: Row, node: FieldNode, path: (string | number)[]): unknown {
    const name = node.name.value;
    const part = field.parts?.[name];
    if (part !== undefined && node.selectionSet !== undefined) {
      return this.#records(part, [row.agency]).map((each, index) =>
        this.#record(part, each, node.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] }, [...path, index]),
      );
    }
    if (field.apart?.field === name && !this.#sources(field.apart.category, true).includes(row.agency)) {
      return this.#denied(path, field.apart.category);
    }
    if (field.whereabouts?.includes(name) === true && !this.#sources(field.category, true).includes(row.agency)) {
      return this.#denied(path, field.category);
    }
    const isOwn = row.agency === this.caller.agency;
    if (name === 'sourceId' && !isOwn) return null;
    if (name === 'namesNoPlace') return isOwn ? row.names_no_place !== null : null;
    if (field.freeText?.includes(name) === true && !isOwn && !row.text_cleared) return null; // C10
    if (isText(field, name) && !isOwn && this.youthId === DEMO_YOUTHS.protected.id) return null; // C16: no text is marked
    const derived = field.derived?.[name];
    if (derived !== undefined) {
      return derived(row, (of) => {
        const part = field.parts?.[of];
        return part === undefined ? [] : this.#records(part, [row.agency]);
      });
    }
    const value = row[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    if (name === 'confirmedAt' && typeof value === 'string') return new Date(value).toISOString();
    return value instanceof Date ? value.toISOString() : value;
  }

  #records({ sector, table }: ViewedField, sources: readonly string[]): Row[] {
    return (rows.get(`${sector} ${table}`) ?? []).filter(
      ({ youth_id, agency, held }) =>
        youth_id === this.youthId && sources.includes(agency) && (!held || agency === this.caller.agency), // C17
    );
  }

  #sources(category: string, whereabouts: boolean): string[] {
    return this.units
      .filter(
        (unit) =>
          unit.category === category && unit.whereabouts === whereabouts && ['OWN', 'CONSENT'].includes(unit.reason),
      )
      .flatMap(({ source }) => (source === null ? [] : [source]));
  }

  #denied(path: (string | number)[], category: string): null {
    this.errors.push({
      message: denialMessage('CONSENT_REQUIRED', category, this.caller),
      path,
      extensions: { code: 'CONSENT_REQUIRED', category },
    });
    return null;
  }
}

function isText({ freeText = [], places = [] }: ViewedField, name: string): boolean {
  return [...freeText, ...places].includes(name);
}

function fieldsOfYouth(): [string, SelectionSetNode][] {
  const [operation] = parse(FULL_VIEW).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The full view is one operation.');
  const [youth] = operation.selectionSet.selections;
  if (youth?.kind !== Kind.FIELD) throw new Error('The full view asks for youth.');
  return (youth.selectionSet?.selections ?? []).flatMap((node) =>
    node.kind === Kind.FIELD && node.selectionSet !== undefined
      ? [[node.name.value, node.selectionSet] as [string, SelectionSetNode]]
      : [],
  );
}

async function everyRow(hub: Hub): Promise<Map<string, Row[]>> {
  const viewed = Object.values(VIEW).flatMap((field) => [field, ...Object.values(field.parts ?? {})]);
  const found = await Promise.all(
    viewed.map(async ({ sector, table, latestBy }) => {
      const variable = `SAMSYN_${sector.toUpperCase().replace('-', '_')}_OWNER_URL`;
      // Dates as text, as the API has them; ordered by the date of the record and then as recorded.
      const all = await sql<{ row: Row; recorded_at: Date }>(
        hub,
        variable,
        `SELECT to_jsonb(r) || jsonb_build_object('youth_id', l.youth_id) AS row, r.recorded_at
         FROM agency.${table} r JOIN agency.link l ON l.id = r.link_id
         ORDER BY coalesce(to_jsonb(r) ->> '${latestBy ?? 'date'}', to_jsonb(r) ->> 'from') DESC NULLS LAST, r.recorded_at DESC, r.id`,
      );
      return [`${sector} ${table}`, all.map(({ row, recorded_at }) => ({ ...row, recorded_at }))] as const;
    }),
  );
  return new Map(found);
}

/** The texts of a row that stand nowhere else: those that carry a mark as `(everything-ad)`. */
function canariesIn(row: Row): string[] {
  return [...JSON.stringify(row).matchAll(/\(([A-Za-z0-9]+-[a-z0-9]+)\)/g)].map(([, mark]) => `(${mark})`);
}

function byPath(a: { path?: readonly unknown[] }, b: { path?: readonly unknown[] }): number {
  return JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1;
}

function byUnit(a: ExpectedUnit, b: ExpectedUnit): number {
  return JSON.stringify([a.category, a.whereabouts, a.source]) < JSON.stringify([b.category, b.whereabouts, b.source])
    ? -1
    : 1;
}
