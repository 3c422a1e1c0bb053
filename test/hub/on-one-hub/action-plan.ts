import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { ask, sql } from '../../setup/ask.ts';
import { operation } from '../log-pages.ts';
import { refused, type Said, say as saidTo } from '../mutate.ts';
import { sharedHub } from './shared-hub.ts';

const YOUTH = DEMO_YOUTHS.protected.id;
const OTHER_YOUTH = DEMO_YOUTHS.attendanceOnly.id;
const NOBODY = '99999999-9999-4999-8999-999999999999';
const OWNER = 'SAMSYN_SOCIAL_SERVICES_OWNER_URL';
const MENTOR = PERSONAS['social-mentor'].subject;

let hub: Hub;
/** Days by the database's date in Sweden. */
let yesterday: string;
let today: string;
let tomorrow: string;

beforeAll(async () => {
  hub = await sharedHub();
  const [days] = await sql<{ yesterday: string; today: string; tomorrow: string }>(
    hub,
    OWNER,
    `SELECT (d - 1)::text AS yesterday, d::text AS today, (d + 1)::text AS tomorrow
     FROM (SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date AS d) t`,
  );
  ({ yesterday, today, tomorrow } = days ?? { yesterday: '', today: '', tomorrow: '' });
});

const say = (persona: PersonaName, mutation: string, input: object): Promise<Said> =>
  saidTo(hub, persona, mutation, input);

/** Makes something that must succeed; its id. */
async function made(persona: PersonaName, mutation: string, input: object): Promise<string> {
  const said = await say(persona, mutation, { youthId: YOUTH, ...input });
  if (said.id === undefined) throw new Error(`${mutation} said ${JSON.stringify(said)}`);
  return said.id;
}

type Plan = Readonly<Record<string, unknown>>;

/** The action plan of the youth as somebody reads it, or the codes of the errors. */
async function plan(persona: PersonaName, selection: string, youthId: string = YOUTH): Promise<Plan | unknown[]> {
  const query = `query ($id: ID!) { youth(id: $id) { actionPlan { ${selection} } } }`;
  const { data, errors } = await ask(hub, persona, query, { id: youthId });
  const { actionPlan = null } = (data?.youth ?? {}) as { actionPlan?: Plan | null };
  return actionPlan ?? errors.map(({ extensions }) => extensions);
}

/** One commitment as somebody reads it. */
async function commitment(persona: PersonaName, id: string, fields: string): Promise<unknown> {
  const { commitments } = (await plan(persona, `commitments { id ${fields} }`)) as { commitments: { id: string }[] };
  return commitments.find((each) => each.id === id);
}

const PROMISE = {
  committedAgency: 'school:skovde',
  what: 'A talk every week',
  who: 'The student health team',
  textCleared: false,
};
const GOALS = [
  { number: 1, text: 'Be at school every day' },
  { number: 3, text: 'A summer job' },
];

describe('a plan', () => {
  const mutations: Readonly<Record<string, () => object>> = {
    adoptActionPlan: () => ({ youthId: YOUTH, adopted: yesterday, goals: GOALS, textCleared: false }),
    addCommitment: () => ({ youthId: YOUTH, due: tomorrow, ...PROMISE }),
    confirmCommitment: () => ({ id: NOBODY, status: 'DONE' }),
    scheduleMeeting: () => ({ youthId: YOUTH, kind: 'GROUP', date: tomorrow, invited: [], textCleared: false }),
    recordMeeting: () => ({
      ...{ youthId: YOUTH, kind: 'GROUP', date: today, invited: [], textCleared: false },
      ...{ attended: [], decisions: [] },
    }),
    recordFollowUp: () => ({ youthId: YOUTH, date: today, goals: [], textCleared: false }),
  };
  const byRole: Readonly<Record<string, readonly string[]>> = {
    'social-mentor': ['adoptActionPlan', 'addCommitment', 'confirmCommitment'],
    'social-outsider': Object.keys(mutations),
    'police-officer': Object.keys(mutations),
    'school-manager': Object.keys(mutations),
    'orebro-coordinator': Object.keys(mutations),
  };

  // confirmCommitment is the mentor's too; of a commitment that there is not it is forbidden to everybody.
  test.each(Object.entries(byRole))('%s may not do what others do', async (persona, forbidden) => {
    const said = await Promise.all(
      forbidden.map((mutation) => say(persona as PersonaName, mutation, mutations[mutation]?.() ?? {})),
    );
    expect(said).toEqual(forbidden.map(() => refused('FORBIDDEN')));
  });

  test('is adopted, promised in, reported on, confirmed and followed up, each by whom it is for', async () => {
    await made('social-coordinator', 'adoptActionPlan', { adopted: yesterday, goals: GOALS, textCleared: false });
    // A promise is of an agency with a seat in the group: here is none of another school, another place or a mistyped one.
    const strangers = ['school:frida-friskola', 'leisure:orebro', 'school:skovd'];
    const said = await Promise.all(
      strangers.map((committedAgency) =>
        say('social-coordinator', 'addCommitment', { youthId: YOUTH, ...PROMISE, committedAgency, due: today }),
      ),
    );
    expect(said).toEqual(strangers.map(() => refused('BAD_USER_INPUT', 'input.committedAgency')));
    const due = (day: string) => made('social-coordinator', 'addCommitment', { ...PROMISE, due: day, goal: 3 });
    const [late, last, ahead] = [await due(yesterday), await due(today), await due(tomorrow)];
    const status = async () =>
      Promise.all([late, last, ahead].map((id) => commitment('social-mentor', id, 'status confirmedBy')));
    const planned = (id: string, standing: string) => ({ id, status: standing, confirmedBy: null });
    expect(await status()).toEqual([planned(late, 'LATE'), planned(last, 'PLANNED'), planned(ahead, 'PLANNED')]);

    await made('school-counsellor', 'recordSchoolReport', {
      ...{ commitmentId: late, date: today, text: 'Done at last', textCleared: false },
    });
    const { data } = await ask(
      hub,
      'social-mentor',
      'query ($id: ID!) { youth(id: $id) { schoolReports { agency commitmentId date } } }',
      { id: YOUTH },
    );
    expect((data?.youth as { schoolReports?: object[] } | undefined)?.schoolReports?.[0]).toEqual({
      agency: 'school:skovde',
      commitmentId: late,
      date: today,
    });

    const confirm = (persona: PersonaName, more: object) =>
      say(persona, 'confirmCommitment', { id: late, status: 'DONE', ...more });
    expect([
      await confirm('school-counsellor', {}),
      await confirm('social-mentor', { version: 7 }),
      await confirm('social-mentor', { version: 1 }),
      await confirm('social-mentor', {}),
      await say('social-coordinator', 'confirmCommitment', { id: ahead, status: 'DROPPED' }),
      await confirm('social-mentor', { status: 'LATE' }),
    ]).toEqual([
      refused('FORBIDDEN'),
      refused('CONFLICT'),
      { id: late, version: 2, outcome: 'CHANGED' },
      { id: late, version: 2, outcome: 'UNCHANGED' },
      { id: ahead, version: 2, outcome: 'CHANGED' },
      refused('BAD_USER_INPUT', 'input.status'),
    ]);
    expect(await status()).toEqual([
      { id: late, status: 'DONE', confirmedBy: MENTOR },
      planned(last, 'PLANNED'),
      { id: ahead, status: 'DROPPED', confirmedBy: PERSONAS['social-coordinator'].subject },
    ]);

    await made('social-mentor', 'recordFollowUp', {
      date: today,
      goals: [{ number: 3, status: 'REACHED' }],
      nextReview: tomorrow,
      textCleared: false,
    });
    expect(
      await plan('social-mentor', 'adopted nextReview goals { number } followUps { goals { number status } }'),
    ).toEqual({
      adopted: yesterday,
      nextReview: tomorrow,
      goals: [{ number: 1 }, { number: 3 }],
      followUps: expect.arrayContaining([{ goals: [{ number: 3, status: 'REACHED' }] }]),
    });
  });

  test('has no goals but its own', async () => {
    const goals = [
      { number: 1, status: 'REACHED' },
      { number: 2, status: 'REACHED' },
    ];
    expect([
      await say('social-coordinator', 'addCommitment', { youthId: YOUTH, due: today, goal: 2, ...PROMISE }),
      await say('social-mentor', 'recordFollowUp', { youthId: YOUTH, date: today, goals, textCleared: false }),
    ]).toEqual([refused('BAD_USER_INPUT', 'input.goal'), refused('BAD_USER_INPUT', 'input.goals.1.number')]);
  });
});

describe('what is overdue', () => {
  const OVERDUE = operation('overdue-commitments');
  interface Listed {
    readonly edges: readonly {
      readonly node: { readonly id: string; readonly actionPlan: { readonly commitments: object[] } };
    }[];
  }

  test('is what is past its day and neither done nor dropped, in the plans of all the mentor’s youths', async () => {
    const { data, errors } = await ask(hub, 'social-mentor', OVERDUE, { first: 200 });
    const { youths } = (data ?? {}) as { youths?: Listed };
    const listed = (youths?.edges ?? []).map(({ node }) => [node.id, node.actionPlan.commitments] as const);
    const expected = await sql<{ youth: string; commitments: object[] }>(
      hub,
      OWNER,
      `SELECT l.youth_id AS youth, json_agg(json_build_object('id', r.id, 'version', r.version,
         'committedAgency', r.committed_agency, 'what', r.what, 'who', r.who, 'due', r.due, 'status', 'LATE', 'goal', r.goal)
         ORDER BY r.due DESC, r.recorded_at DESC, r.id) AS commitments
       FROM agency.commitment r JOIN agency.link l ON l.id = r.link_id
       WHERE r.due < $1 AND r.status = 'PLANNED' AND r.withdrawn_at IS NULL AND l.ended_at IS NULL GROUP BY 1`,
      [today],
    );
    const byYouth = new Map(expected.map(({ youth, commitments }) => [youth, commitments]));
    expect(errors).toEqual([]);
    expect(listed.length).toBeGreaterThan(10);
    expect(listed).toEqual(listed.map(([id]) => [id, byYouth.get(id)]));
  });

  test('and what is not are together all of it', async () => {
    const ids = async (argument: string) =>
      ((await plan('social-mentor', `commitments${argument} { id }`)) as { commitments: { id: string }[] }).commitments
        .map(({ id }) => id)
        .sort();
    const [late, others, all] = [await ids('(overdue: true)'), await ids('(overdue: false)'), await ids('')];
    expect(late.length * others.length).toBeGreaterThan(0);
    expect([...late, ...others].sort()).toEqual(all);
  });

  test('C11 is judged for nobody who may not read it: the same bytes, whatever is asked and whatever is there', async () => {
    const query = (overdue: boolean) =>
      `query ($id: ID!) { youth(id: $id) { actionPlan { commitments(overdue: ${overdue}) { id } } } }`;
    const answers = await Promise.all(
      [YOUTH, NOBODY].flatMap((id) =>
        [true, false].map((overdue) => ask(hub, 'police-outsider', query(overdue), { id })),
      ),
    );
    expect(answers.map(({ text }) => JSON.parse(text))).toEqual(
      answers.map(() => ({
        errors: [
          {
            message: CONSTANT_MESSAGES.CONSENT_REQUIRED,
            path: ['youth', 'actionPlan'],
            extensions: { code: 'CONSENT_REQUIRED', category: 'social-services.plan' },
          },
        ],
        data: { youth: { actionPlan: null } },
      })),
    );
  });
});

describe('a meeting', () => {
  const ASKED = { kind: 'PARENTS', invited: ['the guardians', 'the mentor'] };
  const CALL = { ...ASKED, textCleared: false };
  const CAME = { attended: ['the mentor'], decisions: ['Try again next week'] };
  const meetings = async () =>
    (
      (await plan('social-mentor', 'meetings { id kind date invited attended decisions }')) as {
        meetings: { id: string }[];
      }
    ).meetings;

  test('is scheduled, moved and then recorded, once', async () => {
    const meetingId = await made('social-mentor', 'scheduleMeeting', { ...CALL, date: tomorrow });
    const seen = async () => (await meetings()).filter(({ id }) => id === meetingId);
    const reads = [await seen()];
    const said = [await say('social-coordinator', 'correctMeeting', { id: meetingId, ...CALL, date: today })];
    reads.push(await seen());
    const record = () =>
      say('social-mentor', 'recordMeeting', { youthId: YOUTH, meetingId, ...CALL, ...CAME, date: today });
    said.push(await record(), await record());
    reads.push(await seen());
    said.push(await say('social-mentor', 'correctMeeting', { id: meetingId, ...CALL, ...CAME, date: tomorrow }));
    const meeting = { id: meetingId, ...ASKED, date: today, attended: null, decisions: null };
    expect({ said, reads }).toEqual({
      said: [
        { id: meetingId, version: 2, outcome: 'CHANGED' },
        { id: meetingId, version: 3, outcome: 'CHANGED' },
        refused('CONFLICT'),
        refused('BAD_USER_INPUT', 'input.date'),
      ],
      reads: [[{ ...meeting, date: tomorrow }], [meeting], [{ ...meeting, ...CAME }]],
    });
  });

  test('of another youth, of another agency and that there is not are completed alike: not at all', async () => {
    const others = await sql<{ id: string }>(
      hub,
      OWNER,
      `SELECT r.id FROM agency.meeting r JOIN agency.link l ON l.id = r.link_id
       WHERE r.attended IS NULL AND (l.youth_id = $1 OR r.agency <> 'social-services:skovde')`,
      [OTHER_YOUTH],
    );
    expect(others.length).toBe(2);
    const said = await Promise.all(
      [...others.map(({ id }) => id), NOBODY].map((meetingId) =>
        say('social-mentor', 'recordMeeting', { youthId: YOUTH, meetingId, ...CALL, ...CAME, date: today }),
      ),
    );
    expect(said).toEqual(said.map(() => refused('BAD_USER_INPUT', 'input.meetingId')));
  });

  test('is refused on a day on which it cannot be, and half recorded', async () => {
    const whole = { youthId: YOUTH, ...CALL, date: today };
    const [known] = await meetings();
    const id = known?.id;
    expect([
      await say('social-mentor', 'scheduleMeeting', { ...whole, date: yesterday }),
      await say('social-mentor', 'recordMeeting', { ...whole, ...CAME, date: tomorrow }),
      await say('social-mentor', 'recordMeeting', { ...whole, ...CAME, meetingId: 'CANARY' }),
      await say('social-mentor', 'correctMeeting', { id, ...CALL, date: today, attended: [] }),
      await say('social-mentor', 'correctMeeting', { id, ...CALL, date: today, decisions: [] }),
    ]).toEqual([
      refused('BAD_USER_INPUT', 'input.date'),
      refused('BAD_USER_INPUT', 'input.date'),
      refused('BAD_USER_INPUT', 'input.meetingId'),
      refused('BAD_USER_INPUT', 'input.decisions'),
      refused('BAD_USER_INPUT', 'input.attended'),
    ]);
  });
});
