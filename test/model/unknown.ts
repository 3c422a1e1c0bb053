import type { Lane } from './registry.ts';
import { Names } from './replay.ts';
import type { Content, Fact } from './world.ts';

const T = Date.UTC(2026, 1, 1, 9);
const SEAT = { is: 'SEAT', group: 'g0', role: 'CASEWORKER', deputy: null } as const;
const GRANT = { source: 'school:north', recipient: 'social-services:north', dataFrom: null, dataTo: null } as const;

/** A youth of 16 whose guardian and who have signed that the school tells the social services of attendance and enrolment. */
const AGREED: readonly Content[] = [
  { is: 'BORN', youth: 'y0', born: '2010-01-01' },
  { is: 'CUSTODY', youth: 'y0', guardian: 'k0', from: T, until: null },
  { is: 'PROTECTION', youth: 'y0', level: 'CONFIDENTIALITY_MARKING' },
  { is: 'GROUP', group: 'g0', youth: 'y0', lead: 'social-services:north', policy: 'DEFAULT' },
  { ...SEAT, seat: 's0', agency: 'social-services:north', holder: 'p0' },
  { ...SEAT, seat: 's1', agency: 'school:north', holder: 'p1' },
  { is: 'OPENED', group: 'g0' },
  {
    ...{
      is: 'PROPOSED',
      consent: 'c0',
      group: 'g0',
      version: 1,
      validFrom: T,
      validUntil: T + 1e9,
      foundMature: false,
    },
    grants: [
      { grant: 'r0', ...GRANT, category: 'school.attendance' },
      { grant: 'r1', ...GRANT, category: 'school.enrolment' },
    ],
  },
  { is: 'SIGNED', consent: 'c0', signer: 'k0', toldAt: T, recorder: 'p0', system: null },
  { is: 'SIGNED', consent: 'c0', signer: 'y0', toldAt: T, recorder: 'p0', system: null },
  { is: 'ACKNOWLEDGED', grant: 'r0', acknowledger: 'p1', system: null },
  { is: 'ACKNOWLEDGED', grant: 'r1', acknowledger: 'p1', system: null },
];

/** The arguments of `authorize`, by what they say. */
const ARGUMENTS = {
  requests: ['50000000-0000-4000-8000-000000000001', 'uuid'],
  subject: ['h0-p0', 'text'],
  actor: [null, 'text'],
  agency: ['social-services:north', 'text'],
  roles: [4, 'int'],
  action: [1, 'smallint'],
  operationHash: ['ab', 'text'],
  operationName: [null, 'text'],
  kindOf: [1, 'int'],
  category: ['school.attendance', 'text'],
  whereabouts: [false, 'boolean'],
  fields: ['', 'text'],
  youthOf: [1, 'int'],
  youth: [new Names(0).id('y0'), 'uuid'],
  assigned: [false, 'boolean'],
  kinds: [1, 'bigint'],
} as const;
type Said = { readonly [Argument in keyof typeof ARGUMENTS]?: string | number | boolean | null };

const CALL = `SELECT source FROM registry.authorize(${Object.values(ARGUMENTS)
  .map(([, type], index) => `ARRAY[$${index + 1}]::${type}[]`)
  .join(', ')})`;

const UNASKED = 'violates check constraint "row_asked"';
const FOREIGN = 'A sector asks for its own declared categories only.';
const OWN: Said = { agency: 'school:north', subject: 'nobody' };
const HOLDER: Said = { agency: 'school:north', subject: 'h0-p1', category: '' };

/** What `authorize` answers when these arguments are others: the agencies permitted, or words of the error. */
const ANSWERS: readonly (readonly [said: Said, answer: string, sector?: string])[] = [
  [{}, 'school:north'],
  // C2: what is missing or unknown denies.
  [{ subject: '' }, ''],
  [{ agency: null }, ''],
  [{ agency: 'school:unknown' }, ''],
  [{ roles: 0 }, ''],
  [{ action: null }, ''],
  [{ action: 0 }, ''],
  [{ action: 5 }, ''],
  [{ category: null }, ''],
  [{ whereabouts: null }, ''],
  [{ youth: null }, ''],
  [{ youth: '60000000-0000-4000-8000-000000000000' }, ''],
  [{ kindOf: 2 }, ''],
  [{ youthOf: 2 }, ''],
  [{ kinds: null }, ''],
  [{ kinds: 0 }, ''],
  [{ kinds: 2 }, ''],
  [{ kinds: -1 }, 'school:north'],
  [{ ...HOLDER, action: 3 }, 'school:north'],
  [{ ...HOLDER, action: null }, ''],
  [{ ...HOLDER, action: 0 }, ''],
  [{ ...HOLDER, action: 5 }, ''],
  [{ ...OWN, assigned: true }, 'school:north'],
  [{ ...OWN, assigned: null }, ''],
  // What cannot be logged is not answered.
  [{ requests: null }, UNASKED],
  [{ subject: null }, UNASKED],
  [{ roles: null }, UNASKED],
  // A category that is not declared, or another sector's, is not answered at all.
  [{ category: 'school.unknown' }, FOREIGN],
  [{ category: 'school.attendance' }, FOREIGN, 'police'],
];

/** C2: how the answers to unknown arguments differ from what they must be, one line each. */
export async function faultsWhenUnknown(lane: Lane): Promise<string[]> {
  const facts = AGREED.map((content, index): Fact => ({ ...content, recordedAt: T + index }));
  await lane.record(facts, new Names(0));
  const faults: string[] = [];
  const compare = (asked: unknown, expected: string, answer: string) => {
    const agrees = expected === '' ? answer === '' : answer.includes(expected);
    if (!agrees) faults.push(`${JSON.stringify(asked)}: ${answer || 'nothing'}, expected ${expected || 'nothing'}`);
  };
  for (const [said, expected, sector = 'school'] of ANSWERS) {
    const values = Object.entries(ARGUMENTS).map(([name, [value]]) =>
      name in said ? said[name as keyof Said] : value,
    );
    const rows = lane.query<{ source: string }>(sector, T + 1000, CALL, values);
    compare(said, expected, await rows.then((rows) => rows.map(({ source }) => source).join(), String));
  }
  const none = Object.values(ARGUMENTS).map(([, type]) => `'{}'::${type}[]`);
  const byOwner = lane.own(`SELECT registry.authorize(${none.join()})`);
  compare('by the owner', "Only a sector's own login role may ask.", await byOwner.then(() => 'answered', String));
  return faults;
}
