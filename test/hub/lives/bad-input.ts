import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSchema, type GraphQLInputObjectType, isInputObjectType } from 'graphql';
import { testIdentityNumber } from '../../../schema/demo-world.ts';
import { askAs, type Claims, inTurn, refused, saidBy } from '../mutate.ts';
import { type InputField, spoiltValues } from '../valid-inputs.ts';
import { ago, by, managerOf, operationOf, registry, sharedPlace } from './place.ts';

const COORDINATOR = by('p-1001', 'social-services:skovde', 'COORDINATOR');
const MANAGER = managerOf('police:nationell');
const ID = '77777777-7777-4777-8777-777777777777';
const SCHEMA = buildSchema(
  readFileSync(new URL('../../../schema/generated/registry.graphql', import.meta.url), 'utf8'),
  { assumeValidSDL: true },
);

const GRANT = { source: 'school:skovde', recipient: 'police:nationell', category: 'school.attendance' };
const MATURITY = { assessedAt: ago(1), assessedBy: 'p-1001', reason: 'Väl insatt i saken.' };
const SAID = { consentId: ID, grantId: ID, guardianId: ID, toldAt: ago(1), channel: 'telefon' };

/** An input of each mutation in which nothing is wrong by itself, and who would send it. */
const VALID: Readonly<Record<string, readonly [Claims, Readonly<Record<string, unknown>>]>> = {
  registerYouth: [COORDINATOR, { birthDate: '2010-01-01', protection: 'NONE', idempotencyKey: 'a youth' }],
  recordBirthDate: [COORDINATOR, { youthId: ID, birthDate: '2010-01-01' }],
  recordProtection: [COORDINATOR, { youthId: ID, protection: 'NONE' }],
  recordCustody: [COORDINATOR, { youthId: ID, guardianId: ID, change: 'STARTS', at: ago(1) }],
  proposeGroup: [COORDINATOR, { youthId: ID, programmeCode: 'national-sig', deputy: 'p-1011' }],
  addSeat: [COORDINATOR, { groupId: ID, agency: 'school:skovde', role: 'CASEWORKER' }],
  fillSeat: [MANAGER, { seatId: ID, holder: 'p-2001', deputy: 'p-2011' }],
  openGroup: [COORDINATOR, { groupId: ID }],
  handOverSeat: [MANAGER, { seatId: ID, handedOver: true, until: ago(-1) }],
  endSeat: [MANAGER, { seatId: ID }],
  closeGroup: [COORDINATOR, { groupId: ID, reason: 'OTHER' }],
  proposeConsent: [
    COORDINATOR,
    {
      groupId: ID,
      validFrom: ago(0),
      validUntil: ago(-30),
      purpose: 'Stöd',
      paperReference: 'X',
      informationGiven: 'Muntligt',
      language: 'sv',
      interpreter: false,
      childView: 'Vill vara med',
      maturity: MATURITY,
      grants: [GRANT],
      idempotencyKey: 'a consent',
    },
  ],
  signConsent: [
    COORDINATOR,
    {
      consentId: ID,
      guardianId: ID,
      capacity: 'GOD_MAN',
      toldAt: ago(1),
      method: 'PAPER',
      evidenceHash: 'ab'.repeat(32),
    },
  ],
  waiveSignature: [COORDINATOR, { consentId: ID, guardianId: ID, ground: 'Har inte gått att nå.' }],
  acknowledgeConsent: [COORDINATOR, { consentId: ID, paperReference: 'X' }],
  refuseConsent: [COORDINATOR, SAID],
  withdrawConsent: [COORDINATOR, SAID],
  barCaller: [MANAGER, { subject: 'p-2001', youthId: ID, ground: 'Prövas på nytt.' }],
  liftBar: [MANAGER, { barId: ID }],
  recordReview: [
    MANAGER,
    { entryIds: [ID], outcome: 'JUSTIFIED', note: 'Stämmer med planen.', seed: 'abc', idempotencyKey: 'a review' },
  ],
  decideTelling: [MANAGER, { entryId: ID, decision: 'LEAVE_OUT', ground: 'OSL 18 kap. 1 §, utredning.' }],
};

/** The one text that says which of the hub's own things is meant, and is not stored. */
const CODES = ['programmeCode'];

/** The texts that name a person or a system as tokens do. */
const SUBJECTS = ['holder', 'deputy', 'assessedBy', 'subject'];

interface Spoilt {
  readonly path: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** The input with each field spoilt in every way that its type and description promise to refuse; nested ones too. */
function spoilt(type: GraphQLInputObjectType, input: Readonly<Record<string, unknown>>): Spoilt[] {
  return Object.values(type.getFields()).flatMap((field): Spoilt[] => {
    const { name, description } = field;
    const spelled = String(field.type);
    const described: InputField = {
      name,
      type: field.type,
      isRequired: spelled.endsWith('!') && field.defaultValue === undefined,
      absent: null,
      description: description ?? '',
    };
    // A code may be any text: whether there is such a thing is asked when it is known who asks.
    const isCode = /code of/.test(description ?? '');
    const values: unknown[] = spoiltValues(described).filter((value) => !(isCode && value === 'CANARY'));
    if (/^(ID|String)!?$/.test(spelled)) values.push(7.5, ['CANARY', 'CANARY'], {});
    if (/^Boolean/.test(spelled)) values.push('CANARY', 1);
    if (/^DateTime/.test(spelled)) values.push('2026-02-30T00:00:00Z', '2026-01-01', 'CANARY');
    if (/^DateTime/.test(spelled)) values.push('9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00+14:00');
    // No token can carry these.
    if (SUBJECTS.includes(name)) values.push('p 1001', 'p-1001\u202e', 'p-\u00e51001', '');
    // Where nothing else identifies what is made.
    if (name === 'idempotencyKey' && name in input) values.push(undefined, null);
    if (name === 'expectedRevision') values.push(0, 2 ** 31);
    if (name === 'idempotencyKey') values.push('', 'x'.repeat(201));
    // In any text that is stored a number would stand beside the youth or another person.
    if (!CODES.includes(name) && spelled.startsWith('String')) {
      values.push(`Om ${testIdentityNumber('2010-03-14')}`);
    }
    const here = values.map((value) => ({ path: name, input: { ...input, [name]: value }, value }));
    const inner = SCHEMA.getType(spelled.replace(/[[\]!]/g, ''));
    if (!isInputObjectType(inner)) return here;
    const part = input[name];
    const isList = Array.isArray(part);
    const within = spoilt(inner, (isList ? part[0] : part) as Readonly<Record<string, unknown>>);
    return [
      ...here,
      ...within.map(({ path, input: changed, value }) => ({
        path: isList ? `${name}.0.${path}` : `${name}.${path}`,
        input: { ...input, [name]: isList ? [changed] : changed },
        value,
      })),
    ];
  });
}

/** How many rows each table of facts has, which the log and what is summed of it are not, and how often its rows have changed. */
async function facts() {
  const tables = await registry<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'registry' AND table_type = 'BASE TABLE'
      AND table_name NOT SIMILAR TO 'migration|(entry|log)%|summed_period|late_day' ORDER BY 1`,
  );
  return registry(
    tables
      .map(({ name }) => `SELECT '${name}' AS name, count(*)::int, sum(xmin::text::bigint) FROM registry.${name}`)
      .join(' UNION ALL '),
  );
}

test('every mutation of the registry is tried with bad input', () => {
  expect(Object.keys(VALID).sort()).toEqual(Object.keys(SCHEMA.getMutationType()?.getFields() ?? {}).sort());
});

test('bad input of every kind is refused with the path of its field, and nothing is written', async () => {
  const place = await sharedPlace();
  const before = await facts();
  const answers = await inTurn(Object.entries(VALID), async ([mutation, [who, input]]) => {
    const query = operationOf(mutation);
    const type = SCHEMA.getType(/\$input: (\w+)!/.exec(query)?.[1] ?? '');
    if (!isInputObjectType(type)) throw new Error(`${mutation} takes an input.`);
    const right = saidBy(await askAs(place, who, query, { input }));
    const wrong = await Promise.all(
      spoilt(type, input).map(async ({ path, input: changed, value }) => {
        const answer = await askAs(place, who, query, { input: changed });
        const fault = `${mutation}.${path} = ${JSON.stringify(value)?.slice(0, 40)}`;
        return { fault, path, said: saidBy(answer), repeated: answer.text.includes('CANARY') };
      }),
    );
    return { mutation, right, wrong };
  });
  // What is right by itself is about nothing that there is; but for a youth, with its key, and a bar, which are made.
  expect(answers.map(({ mutation, right }) => [mutation, right.outcome ?? right.errors])).toEqual(
    Object.keys(VALID).map((mutation) => [
      mutation,
      ['registerYouth', 'barCaller'].includes(mutation) ? 'CREATED' : refused('FORBIDDEN').errors,
    ]),
  );
  const wrong = answers.flatMap((each) => each.wrong);
  expect(wrong.length).toBeGreaterThan(300);
  expect(wrong).toEqual(
    wrong.map(({ fault, path }) => ({
      fault,
      path,
      said: refused('BAD_USER_INPUT', `input.${path}`),
      repeated: false,
    })),
  );
  const made = ['youth', 'bar', 'answered_key'];
  const rest = (rows: readonly object[]) => rows.filter((row) => !made.includes(String(Reflect.get(row, 'name'))));
  expect(rest(await facts())).toEqual(rest(before));
  const count = (rows: readonly object[]) =>
    made.map((name) => Number(Reflect.get(rows.find((row) => Reflect.get(row, 'name') === name) ?? {}, 'count')));
  expect(count(await facts())).toEqual(count(before).map((rows) => rows + 1));
}, 120_000);
