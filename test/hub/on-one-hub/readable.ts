import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName } from '../../../schema/demo-world.ts';
import { ask, sql } from '../../setup/ask.ts';
import { type ExpectedUnit, expectedUnits, KINDS } from '../demo-expectations.ts';
import { sharedHub } from './shared-hub.ts';

const READABLE = readFileSync(new URL('../../../schema/operations/readable.graphql', import.meta.url), 'utf8');
const FIELDS = {
  leisureReadable: 'leisure',
  policeReadable: 'police',
  schoolReadable: 'school',
  socialServicesReadable: 'social-services',
} as const;
const READERS = ['social-coordinator', 'police-officer', 'school-system', 'police-outsider'] as const;
const YOUTHS = [
  'attendanceOnly',
  'withdrawn',
  'policeOnly',
  'protected',
  'startsTomorrow',
  'awaitingSignature',
] as const;

let hub: Hub;
beforeAll(async () => {
  hub = await sharedHub();
});

const readableTo = (persona: PersonaName, youthId: string) => ask(hub, persona, READABLE, { youthId });

/** The categories of a sector that these decisions open, by code. */
function opened(units: readonly ExpectedUnit[], sector: string) {
  const isOpen = (category: string, whereabouts: boolean): boolean | null =>
    KINDS.some((kind) => kind.category === category && kind.whereabouts === whereabouts)
      ? units.some(
          (unit) =>
            unit.category === category &&
            unit.whereabouts === whereabouts &&
            (unit.reason === 'OWN' || unit.reason === 'CONSENT'),
        )
      : null;
  return [...new Set(KINDS.map(({ category }) => category))]
    .filter((category) => category.startsWith(`${sector}.`))
    .filter((category) => isOpen(category, false) === true || isOpen(category, true) === true)
    .map((category) => ({ category, whereabouts: isOpen(category, true) }))
    .sort(byCategory);
}

const byCategory = (a: { category: string }, b: { category: string }) => (a.category < b.category ? -1 : 1);
const keyOf = ({ category, whereabouts, source, reason }: ExpectedUnit) =>
  [category, whereabouts, source, reason].join(' ');

describe.each(READERS)('what %s may read', (persona) => {
  test.each(YOUTHS)('of the youth %s is listed as the fields decide it, and logged as they are', async (youth) => {
    const { data, errors, requestId } = await readableTo(persona, DEMO_YOUTHS[youth].id);
    const units = expectedUnits(persona, youth);
    expect(errors).toEqual([]);
    const listed = (data?.youth ?? {}) as Readonly<Record<string, { category: string }[]>>;
    expect(
      Object.fromEntries(Object.entries(listed).map(([field, list]) => [field, [...list].sort(byCategory)])),
    ).toEqual(Object.fromEntries(Object.entries(FIELDS).map(([field, sector]) => [field, opened(units, sector)])));
    const entries = await sql<ExpectedUnit & { fields: string }>(
      hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `SELECT c.code AS category, e.whereabouts, a.code AS source, e.reason, e.fields
       FROM registry.entry e JOIN registry.category c ON c.id = e.category LEFT JOIN registry.agency a ON a.id = e.source
       WHERE e.kind = 'DECISION' AND e.request_id = $1`,
      [requestId],
    );
    expect(entries.map(keyOf).sort()).toEqual(units.map(keyOf).sort());
    expect([...new Set(entries.map(({ fields }) => fields))].sort()).toEqual(Object.keys(FIELDS).sort());
  });
});

test('C12 of a youth about whom one may read nothing and of one that does not exist the lists are the same bytes', async () => {
  const nobody = '99999999-9999-4999-8999-999999999999';
  const [known, unknown] = await Promise.all(
    [DEMO_YOUTHS.everything.id, nobody].map((id) => readableTo('police-outsider', id)),
  );
  expect(known?.text).toBe(unknown?.text);
});

test('is refused to those who read no content', async () => {
  for (const persona of ['school-manager', 'hub-auditor'] as const) {
    const { data, errors } = await readableTo(persona, DEMO_YOUTHS.everything.id);
    expect({ persona, youth: data?.youth }).toEqual({
      persona,
      youth: Object.fromEntries(Object.keys(FIELDS).map((field) => [field, null])),
    });
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(Object.keys(FIELDS).map(() => 'FORBIDDEN'));
  }
});
