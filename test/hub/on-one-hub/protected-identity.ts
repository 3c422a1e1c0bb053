import { beforeAll, describe, expect, test } from '@jest/globals';
import { denialMessage } from '../../../chassis/decide/denial.ts';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { type Answer, ask, askWith, sql, tokenOf } from '../../setup/ask.ts';
import { GUARDED, type GuardedField, othersOf, ownerOf, queryFor, valuesAt } from '../guarded-fields.ts';
import { sharedHub } from './shared-hub.ts';

const WHEREABOUTS = GUARDED.filter(({ whereabouts, isLeaf }) => whereabouts && isLeaf);
const QUERY = queryFor(WHEREABOUTS);

/** A youth with every grant at each level; that of the third is recorded through the hub. */
const YOUTHS = {
  NONE: 'everything',
  CONFIDENTIALITY_MARKING: 'turning15',
  PROTECTED_REGISTRATION: 'protected',
} as const satisfies Record<string, DemoYouthName>;
type Level = keyof typeof YOUTHS;
const LEVELS = Object.keys(YOUTHS) as Level[];

let hub: Hub;
let marked: Promise<Answer>;
const answers = new Map<string, Promise<Answer>>();

beforeAll(async () => {
  hub = await sharedHub();
  // Not awaited: it answers after the fence, while others prepare.
  marked = ask(
    hub,
    'social-coordinator',
    'mutation ($input: RecordProtectionInput!) { recordProtection(input: $input) { outcome } }',
    { input: { youthId: DEMO_YOUTHS[YOUTHS.CONFIDENTIALITY_MARKING].id, protection: 'CONFIDENTIALITY_MARKING' } },
  );
});

/** All whereabouts of the youth at a level, as somebody reads them; asked once. */
function answerTo(persona: PersonaName, level: Level): Promise<Answer> {
  const key = `${persona} ${level}`;
  const answer = answers.get(key) ?? ask(hub, persona, QUERY, { id: DEMO_YOUTHS[YOUTHS[level]].id });
  answers.set(key, answer);
  return answer;
}

/** What an answer has of one field: the values, and the errors at them. */
function partOf({ data, errors }: Answer, { path }: GuardedField) {
  const names = (each: readonly unknown[] = []) => each.filter((step) => typeof step === 'string').join('.');
  return {
    values: valuesAt(data?.youth ?? null, path),
    errors: errors.filter((error) => names(error.path?.slice(1)) === path.join('.')),
  };
}

/** What the log has of an answer's decisions about whereabouts of a category. */
function entriesOf({ requestId }: Answer, { category }: GuardedField) {
  return sql(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT e.permitted, e.reason, e.protected FROM registry.entry e JOIN registry.category c ON c.id = e.category
     WHERE e.request_id = $1 AND c.code = $2 AND e.whereabouts`,
    [requestId, category],
  );
}

test('each level is tried on a youth who has it', async () => {
  expect((await marked).data).toEqual({ recordProtection: { outcome: 'CHANGED' } });
  const found = await sql<{ id: string; protection: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    'SELECT id, protection FROM registry.youth WHERE id = ANY ($1::uuid[])',
    [Object.values(YOUTHS).map((name) => DEMO_YOUTHS[name].id)],
  );
  const levels = await sql<{ levels: string[] }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    'SELECT array_agg(DISTINCT protection) AS levels FROM registry.youth',
  );
  expect(new Map(found.map(({ id, protection }) => [protection, id]))).toEqual(
    new Map(LEVELS.map((level) => [level, DEMO_YOUTHS[YOUTHS[level]].id])),
  );
  expect([...(levels[0]?.levels ?? [])].sort()).toEqual([...LEVELS].sort());
});

test('whereabouts are found by their label', () => {
  expect(WHEREABOUTS.length).toBeGreaterThanOrEqual(9);
});

describe.each(WHEREABOUTS.map((field) => [field.path.join('.'), field] as const))('%s', (_, field) => {
  test.each(LEVELS)('C16 at %s is read by the own agency', async (level) => {
    await marked;
    const answer = await answerTo(ownerOf(field), level);
    const { values, errors } = partOf(answer, field);
    expect({ errors, isEmpty: values.every(({ value }) => value === null) }).toEqual({ errors: [], isEmpty: false });
    expect(await entriesOf(answer, field)).toEqual([{ permitted: true, reason: 'OWN', protected: level !== 'NONE' }]);
  });

  test.each(LEVELS)('C16 at %s crosses a line only where there is no protection', async (level) => {
    await marked;
    const own = partOf(await answerTo(ownerOf(field), level), field).values;
    for (const other of othersOf(field)) {
      const answer = await answerTo(other, level);
      const { values, errors } = partOf(answer, field);
      if (level === 'NONE') {
        expect({ other, values, errors }).toEqual({ other, values: own, errors: [] });
        expect(await entriesOf(answer, field)).toEqual([{ permitted: true, reason: 'CONSENT', protected: false }]);
        continue;
      }
      // C12: null and the constant error in each record, and the records themselves are there.
      const denied = own.map(({ at }) => at);
      expect({ other, values, errors }).toEqual({
        other,
        values: denied.map((at) => ({ at, value: null })),
        errors: denied.map((at) => ({
          message: denialMessage('CONSENT_REQUIRED', field.category, PERSONAS[other]),
          path: ['youth', ...at],
          extensions: { code: 'CONSENT_REQUIRED', category: field.category },
        })),
      });
      expect(await entriesOf(answer, field)).toEqual([{ permitted: false, reason: 'PROTECTED', protected: true }]);
    }
  });
});

test('C16 no byte of a protected youth’s whereabouts leaves for anybody else, a system on behalf of a seat holder included', async () => {
  await marked;
  for (const level of LEVELS.filter((each) => each !== 'NONE')) {
    const id = DEMO_YOUTHS[YOUTHS[level]].id;
    const onBehalf = await askWith(hub, await tokenOf(hub, 'school-counsellor?act=school-system'), QUERY, { id });
    const leaks = await Promise.all(
      WHEREABOUTS.map(async (field) => {
        const own = partOf(await answerTo(ownerOf(field), level), field).values.map(({ value }) =>
          JSON.stringify(value),
        );
        const others = await Promise.all(othersOf(field).map((other) => answerTo(other, level)));
        const left = ownerOf(field) === 'school-counsellor' ? others : [...others, onBehalf];
        return left.flatMap(({ text }) => own.filter((value) => value !== 'null' && text.includes(value)));
      }),
    );
    expect({ level, leaks: leaks.flat() }).toEqual({ level, leaks: [] });
  }
});
