import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { REASONS } from '../../model/rule.ts';
import { type Answer, ask, sql } from '../../setup/ask.ts';
import { operation } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const MATRIX = operation('consent-matrix');
const FULL_VIEW = operation('full-view');
/** What is for every member. */
const WITHOUT_REASON = MATRIX.replace('reason', '');

/** The holders of seats in Skövde, by agency. */
const HOLDERS: readonly (readonly [PersonaName, ...PersonaName[]])[] = [
  ['social-coordinator', 'social-mentor'],
  ['police-officer'],
  ['school-counsellor'],
  ['leisure-worker'],
];
/** Other parts of this suite withdraw one's consent. */
const YOUTHS = (Object.keys(DEMO_YOUTHS) as DemoYouthName[]).filter(
  (name) => !['turning18', 'policeOnly', 'orebro'].includes(name),
);

interface Row {
  readonly source: { readonly code: string };
  readonly recipient: { readonly code: string };
  readonly category: { readonly code: string };
  readonly whereabouts: boolean;
  readonly decision: string;
  readonly reason?: string | null;
  readonly until: string | null;
  readonly consentVersion: number | null;
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
}

const rowsOf = ({ data }: Answer): Row[] =>
  ((data?.youth ?? {}) as { consentMatrix?: Row[] | null }).consentMatrix ?? [];
const unitOf = ({ source, recipient, category, whereabouts }: Row) =>
  [source.code, recipient.code, category.code, whereabouts ? '(w)' : ''].join(' ');

let hub: Hub;
/** The matrix of each youth, as the coordinator sees it. */
const matrices = new Map<DemoYouthName, Answer>();
/** What was decided for each member at that time: other parts of this suite change some youths' facts. */
const decided = new Map<string, (row: Row) => string | null>();

beforeAll(async () => {
  hub = await sharedHub();
  for (const name of YOUTHS) {
    matrices.set(name, await ask(hub, 'social-coordinator', MATRIX, { youthId: DEMO_YOUTHS[name].id }));
    for (const persona of HOLDERS.flat()) decided.set(`${persona} ${name}`, await decisions(persona, name));
  }
});

const matrixOf = (name: DemoYouthName): Row[] => {
  const answer = matrices.get(name);
  if (answer === undefined || answer.errors.length > 0) throw new Error(`${name}: ${answer?.text}`);
  return rowsOf(answer);
};

/** What the log says was decided about each unit when a member asked for everything; null of what it does not name. */
async function decisions(persona: PersonaName, name: DemoYouthName): Promise<(row: Row) => string | null> {
  const { requestId } = await ask(hub, persona, FULL_VIEW, { youthId: DEMO_YOUTHS[name].id });
  const entries = await sql<{ source: string | null; category: string; whereabouts: boolean; reason: string }>(
    hub,
    OWNER,
    `SELECT a.code AS source, c.code AS category, e.whereabouts, e.reason FROM registry.entry e
     JOIN registry.category c ON c.id = e.category LEFT JOIN registry.agency a ON a.id = e.source
     WHERE e.request_id = $1 AND e.kind = 'DECISION'`,
    [requestId],
  );
  return ({ source, category, whereabouts }) => {
    const about = entries.filter((entry) => entry.category === category.code && entry.whereabouts === whereabouts);
    const found = about.find((entry) => entry.source === source.code) ?? about.find((entry) => entry.source === null);
    return found?.reason ?? null;
  };
}

/** Of several holders the reason latest in the list. */
const best = (reasons: readonly (string | null)[]) =>
  REASONS.findLast((reason) => reasons.some((each) => each === reason)) ?? null;

describe('the consent matrix of a demo youth', () => {
  test.each(YOUTHS)('%s tells the coordinator what each member is permitted, and why not', (name) => {
    const rows = matrixOf(name);
    expect(rows.length).toBeGreaterThan(50);
    for (const holders of HOLDERS) {
      const { agency } = PERSONAS[holders[0]];
      const own = rows.filter(({ recipient }) => recipient.code === agency);
      const reasonOf = (row: Row) => best(holders.map((persona) => decided.get(`${persona} ${name}`)?.(row) ?? null));
      // Of another agency of the own sector that no consent names `authorize` says nothing at all.
      const told = own.filter((row) => reasonOf(row) !== null);
      expect(told.length).toBeGreaterThan(0);
      expect(told.map((row) => `${unitOf(row)} ${row.reason}`)).toEqual(
        told.map((row) => `${unitOf(row)} ${reasonOf(row)}`),
      );
      expect(own.filter((row) => reasonOf(row) === null && row.decision !== 'DENY')).toEqual([]);
      expect(own.map((row) => row.decision)).toEqual(
        own.map(({ reason }) => (reason === 'CONSENT' ? 'PERMIT' : 'DENY')),
      );
    }
  });

  test('has the reasons that the youths are there for', () => {
    const reasons = (name: DemoYouthName) => [...new Set(matrixOf(name).map(({ reason }) => reason))].sort();
    expect(Object.fromEntries(YOUTHS.map((name) => [name, reasons(name)]))).toEqual({
      everything: ['CONSENT'],
      attendanceOnly: ['CONSENT', 'NOT_GRANTED', 'NO_SEAT'],
      withdrawn: ['WITHDRAWN'],
      expired: ['EXPIRED'],
      startsTomorrow: ['NOT_YET_VALID'],
      awaitingSignature: ['NOT_SIGNED', 'NO_SEAT'],
      refused: ['NO_SEAT', 'REFUSED'],
      turning15: ['CONSENT', 'NOT_SIGNED'],
      protected: ['CONSENT', 'PROTECTED'],
      heldPoliceRecord: ['CONSENT'],
      twoSchools: ['CONSENT', 'NOT_GRANTED'],
      noConsent: ['NO_CONSENT', 'NO_SEAT'],
    });
  });

  test('C16 shows whereabouts apart, and they alone are denied while the identity is protected', () => {
    const rows = matrixOf('protected').filter(({ recipient }) => recipient.code === 'police:nationell');
    const ofSchool = rows.filter(({ category }) => category.code === 'school.enrolment');
    expect(ofSchool.map(({ whereabouts, decision, reason, until }) => [whereabouts, decision, reason, until])).toEqual([
      [false, 'PERMIT', 'CONSENT', expect.any(String)],
      [true, 'DENY', 'PROTECTED', null],
    ]);
    expect(rows.every(({ whereabouts, reason }) => (reason === 'PROTECTED') === whereabouts)).toBe(true);
  });

  test('C8 says until when: the 15th birthday, if the youth must sign from then on', async () => {
    const [{ birthday = null } = {}] = await sql<{ birthday: Date }>(
      hub,
      OWNER,
      'SELECT registry.birthday(birth_date, 15) AS birthday FROM registry.youth WHERE id = $1',
      [DEMO_YOUTHS.turning15.id],
    );
    const untils = matrixOf('turning15').flatMap(({ decision, until }) => (decision === 'PERMIT' ? [until] : []));
    expect(new Set(untils)).toEqual(new Set([birthday?.toISOString()]));
  });
});

describe('another member', () => {
  const asMember = (persona: PersonaName, name: DemoYouthName, query = WITHOUT_REASON) =>
    ask(hub, persona, query, { youthId: DEMO_YOUTHS[name].id });

  test('sees the rows of the own agency, and the same decisions', async () => {
    const answer = await asMember('police-officer', 'twoSchools');
    const own = matrixOf('twoSchools').filter(({ source, recipient }) =>
      [source.code, recipient.code].includes('police:nationell'),
    );
    expect(answer.errors).toEqual([]);
    expect(rowsOf(answer).map((row) => [unitOf(row), row.decision])).toEqual(
      own.map((row) => [unitOf(row), row.decision]),
    );
  });

  test('learns of what is denied only that it is', async () => {
    const alike = (rows: readonly Row[]) =>
      new Set(
        rows
          .filter(({ decision }) => decision === 'DENY')
          .map(({ until, consentVersion, dataFrom, dataTo, reason }) =>
            JSON.stringify([until, consentVersion, dataFrom, dataTo, reason ?? null]),
          ),
      );
    const [withdrawn, expired] = [
      await asMember('police-officer', 'withdrawn'),
      await asMember('police-officer', 'expired'),
    ];
    expect([alike(rowsOf(withdrawn)), alike(rowsOf(expired))]).toEqual([
      new Set(['[null,null,null,null,null]']),
      new Set(['[null,null,null,null,null]']),
    ]);
    const strip = (answer: Answer) => answer.text.replaceAll(/"groupId":"[^"]*"/g, '');
    expect(strip(withdrawn)).toBe(strip(expired));
  });

  test('is told the end of the consent, and not the birthday', async () => {
    const [{ until = null } = {}] = await sql<{ until: Date }>(
      hub,
      OWNER,
      'SELECT c.valid_until AS until FROM registry.consent c JOIN registry.intervention_group g ON g.id = c.group_id WHERE g.youth = $1',
      [DEMO_YOUTHS.turning15.id],
    );
    const rows = rowsOf(await asMember('police-officer', 'turning15'));
    const untils = rows.flatMap((row) => (row.decision === 'PERMIT' ? [row.until] : []));
    expect(new Set(untils)).toEqual(new Set([until?.toISOString()]));
  });

  test.each(['police-officer', 'social-mentor'] as const)('%s is refused the reasons', async (persona) => {
    const answer = await asMember(persona, 'everything', MATRIX);
    expect(new Set(answer.errors.map(({ message }) => message))).toEqual(new Set([CONSTANT_MESSAGES.FORBIDDEN]));
    expect(answer.errors.map(({ path }) => path?.at(-1))).toEqual(rowsOf(answer).map(() => 'reason'));
    expect(new Set(rowsOf(answer).map(({ reason }) => reason))).toEqual(new Set([null]));
  });
});

test.each(['police-outsider', 'school-manager', 'hub-auditor', 'school-system', 'orebro-coordinator'] as const)(
  '%s gets the same bytes of every youth, and of none',
  async (persona) => {
    const ids = [DEMO_YOUTHS.everything.id, DEMO_YOUTHS.withdrawn.id, DEMO_YOUTHS.policeOnly.id];
    const answers = await Promise.all(
      [...ids, '00000000-0000-4000-8000-00000000ffff'].map((youthId) => ask(hub, persona, MATRIX, { youthId })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(JSON.parse(answers[0]?.text ?? '')).toEqual({
      errors: [
        {
          message: CONSTANT_MESSAGES.FORBIDDEN,
          path: ['youth', 'consentMatrix'],
          extensions: { code: 'FORBIDDEN' },
        },
      ],
      data: { youth: { consentMatrix: null } },
    });
  },
);

test('reading the matrix is an entry, refused or not', async () => {
  const youthId = DEMO_YOUTHS.everything.id;
  const [read, refused] = [
    await ask(hub, 'social-coordinator', MATRIX, { youthId }),
    await ask(hub, 'police-outsider', MATRIX, { youthId }),
  ];
  const entries = await sql<Record<string, unknown>>(
    hub,
    OWNER,
    `SELECT kind, permitted, caller, youth, name, operation_name FROM registry.entry
     WHERE request_id = ANY ($1::uuid[]) ORDER BY id`,
    [[read.requestId, refused.requestId]],
  );
  const entry = { kind: 'READ', youth: youthId, name: 'youth', operation_name: 'consent-matrix' };
  expect(entries).toEqual([
    { ...entry, permitted: true, caller: 'p-1001' },
    { ...entry, permitted: false, caller: 'p-2009' },
  ]);
});

test('C18 a bar of everybody who holds a seat denies, and shows as ending at first', async () => {
  const youthId = DEMO_YOUTHS.twoSchools.id;
  const ours = `youth = $1 AND ground = 'Jäv i matrisen'`;
  const bar = (subject: string, ago: string) =>
    sql(
      hub,
      OWNER,
      `INSERT INTO registry.bar (agency, subject, youth, ground, recorded_by, recorded_at)
       SELECT id, $1, $2, 'Jäv i matrisen', 'p-3900', registry.clock() - $3::interval FROM registry.agency
       WHERE code = 'school:skovde'`,
      [subject, youthId, ago],
    );
  const told = async () => {
    const rows = rowsOf(await ask(hub, 'social-coordinator', MATRIX, { youthId })).filter(
      ({ source, recipient }) => source.code === 'school:skovde' && recipient.code === 'social-services:skovde',
    );
    return [...new Set(rows.map(({ decision, reason, until }) => `${decision} ${reason} ${until === null}`))];
  };
  try {
    await bar('p-1001', '1 minute');
    expect(await told()).toEqual(['PERMIT CONSENT false']);
    await bar('p-1002', '1 second');
    expect(await told()).toEqual(['ENDING null true']);
    await sql(hub, OWNER, `UPDATE registry.bar SET recorded_at = recorded_at - interval '1 minute' WHERE ${ours}`, [
      youthId,
    ]);
    expect(await told()).toEqual(['DENY BARRED true']);
  } finally {
    await sql(hub, OWNER, `UPDATE registry.bar SET lifted_at = registry.clock() WHERE ${ours}`, [youthId]);
  }
});

test('C4 the end of a seat’s hand-over ends a row before the consent does', async () => {
  const youthId = DEMO_YOUTHS.twoSchools.id;
  const ofSeat = `UPDATE registry.seat SET handed_over_from = $2, handed_over_until = $3
    WHERE holder = 'p-4001' AND group_id = (SELECT id FROM registry.intervention_group WHERE youth = $1)`;
  const [from, until] = [-1, 2].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  try {
    await sql(hub, OWNER, ofSeat, [youthId, from, until]);
    const rows = rowsOf(await ask(hub, 'social-coordinator', MATRIX, { youthId }));
    const untils = (recipient: string) =>
      new Set(
        rows.filter((row) => row.recipient.code === recipient && row.decision === 'PERMIT').map((row) => row.until),
      );
    expect(untils('leisure:skovde')).toEqual(new Set([until]));
    expect(untils('school:skovde')).not.toEqual(new Set([until]));
  } finally {
    await sql(hub, OWNER, ofSeat, [youthId, null, null]);
  }
});
