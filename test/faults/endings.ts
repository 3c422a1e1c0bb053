import type { Hub } from '../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, PERSONAS, type PersonaName } from '../../schema/demo-world.ts';
import { type Answer, ask, sql } from '../setup/ask.ts';

/** One way in which a permission ends: by which mutation, and how a reader notices. */
export interface Ending {
  readonly name: string;
  readonly by: PersonaName;
  readonly mutation: string;
  readonly variables: (hub: Hub) => Promise<Readonly<Record<string, unknown>>>;
  /** What the mutation did, first and when it is called again. */
  readonly outcomes: readonly [string, string];
  readonly isCommitted: (hub: Hub) => Promise<true | undefined>;
  readonly reader: PersonaName;
  readonly youth: DemoYouthName;
  readonly read: string;
  /** Does an answer show what the ending takes away? */
  readonly shows: (answer: Answer) => boolean;
  /** The reason by which it was permitted. */
  readonly permit: 'CONSENT' | 'OWN';
  /** The reason of the denial; null where the category stays permitted and the record or text is gone. */
  readonly reason: string | null;
  /** Where the end itself is to be seen, and as what when it is over. */
  readonly status?: {
    readonly read: string;
    readonly of: (answer: Answer) => string | null;
    readonly later: string;
  };
}

const ATTENDANCE = 'query ($youthId: ID!) { youth(id: $youthId) { attendance { id from minutesPresent } } }';
const CONSENTS = 'query ($youthId: ID!) { youth(id: $youthId) { consents { status } } }';

const SAID = { toldAt: '2026-01-02T03:04:05Z', channel: 'by phone (typed)' };

const mutation = (name: string, input: string) =>
  `mutation ($input: ${input}!) { done: ${name}(input: $input) { outcome } }`;

type Listed = { youth?: Record<string, readonly Record<string, unknown>[] | null> };
const list = ({ data }: Answer, field: string) => (data as Listed | null | undefined)?.youth?.[field] ?? [];
const showsAttendance = (answer: Answer) => list(answer, 'attendance').length > 0;
const consentStatus = (answer: Answer) => String(list(answer, 'consents')[0]?.status);

/** Is there a row? */
async function there(hub: Hub, database: string, text: string, values: readonly unknown[]): Promise<true | undefined> {
  return (await sql(hub, `SAMSYN_${database}_OWNER_URL`, text, values)).length > 0 ? true : undefined;
}

const said = (youth: DemoYouthName) => (hub: Hub) =>
  there(
    hub,
    'REGISTRY',
    'SELECT FROM registry.statement s JOIN registry.intervention_group g ON g.id = s.group_id WHERE g.youth = $1 AND s.channel = $2',
    [DEMO_YOUTHS[youth].id, SAID.channel],
  );

const hasEnded = (table: 'link' | 'assignment', youth: DemoYouthName) => (hub: Hub) =>
  there(hub, 'SCHOOL', `SELECT FROM agency.${table} WHERE youth_id = $1 AND agency = $2 AND ended_at IS NOT NULL`, [
    DEMO_YOUTHS[youth].id,
    'school:skovde',
  ]);

/** The latest record of a table that the school has about a youth. */
const latest = (table: string, youth: DemoYouthName) => async (hub: Hub) => {
  const [row] = await sql<{ id: string; held: boolean; text_cleared: boolean }>(
    hub,
    'SAMSYN_SCHOOL_OWNER_URL',
    `SELECT r.* FROM agency.${table} r JOIN agency.link l ON l.id = r.link_id WHERE l.youth_id = $1 ORDER BY r."from" DESC`,
    [DEMO_YOUTHS[youth].id],
  );
  if (row === undefined) throw new Error(`The school has no ${table} of ${youth}.`);
  return row;
};

async function consentOf(hub: Hub, youth: DemoYouthName): Promise<{ consent: string; mother: string; grant: string }> {
  const [row] = await sql<{ consent: string; mother: string; grant: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT c.id AS consent, cg.id AS grant, (SELECT min(k.guardian::text) FROM registry.custody k WHERE k.youth = g.youth) AS mother
     FROM registry.consent c JOIN registry.intervention_group g ON g.id = c.group_id
     JOIN registry.consent_grant cg ON cg.consent = c.id
     JOIN registry.agency s ON s.id = cg.source AND s.code = 'school:skovde'
     JOIN registry.agency r ON r.id = cg.recipient AND r.code = 'social-services:skovde'
     JOIN registry.category k ON k.id = cg.category AND k.code = 'school.attendance'
     WHERE g.youth = $1`,
    [DEMO_YOUTHS[youth].id],
  );
  if (row === undefined) throw new Error(`${youth} has no consent with attendance.`);
  return row;
}

/** Makes what is to be ended and is not in the demo world: an assignment. */
export async function prepareEndings(hub: Hub): Promise<void> {
  const { errors } = await ask(hub, 'school-manager', mutation('schoolAssignYouth', 'SchoolAssignYouthInput'), {
    input: { youthId: DEMO_YOUTHS.noConsent.id, subject: PERSONAS['school-outsider'].subject },
  });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}

const attendanceOf = (youth: DemoYouthName, reader: PersonaName) =>
  ({ reader, youth, read: ATTENDANCE, shows: showsAttendance, permit: 'CONSENT' }) as const;

/** Each on a youth, or a record, that no other concerns. */
export const ENDINGS: readonly Ending[] = [
  {
    name: 'withdrawConsent',
    by: 'school-counsellor',
    mutation: mutation('withdrawConsent', 'StatementInput'),
    variables: async (hub) => ({ input: { consentId: (await consentOf(hub, 'everything')).consent, ...SAID } }),
    outcomes: ['CREATED', 'CREATED'],
    isCommitted: said('everything'),
    ...attendanceOf('everything', 'social-coordinator'),
    reason: 'WITHDRAWN',
    status: { read: CONSENTS, of: consentStatus, later: 'WITHDRAWN' },
  },
  {
    name: 'refuseConsent by a guardian',
    by: 'leisure-worker',
    mutation: mutation('refuseConsent', 'StatementInput'),
    variables: async (hub) => {
      const { consent, mother } = await consentOf(hub, 'protected');
      return { input: { consentId: consent, guardianId: mother, ...SAID } };
    },
    outcomes: ['CREATED', 'CREATED'],
    isCommitted: said('protected'),
    ...attendanceOf('protected', 'police-officer'),
    reason: 'REFUSED',
    status: { read: CONSENTS, of: consentStatus, later: 'REFUSED' },
  },
  {
    name: 'withdrawConsent of one grant',
    by: 'social-mentor',
    mutation: mutation('withdrawConsent', 'StatementInput'),
    variables: async (hub) => {
      const { consent, grant } = await consentOf(hub, 'turning18');
      return { input: { consentId: consent, grantId: grant, ...SAID } };
    },
    outcomes: ['CREATED', 'CREATED'],
    isCommitted: said('turning18'),
    ...attendanceOf('turning18', 'social-coordinator'),
    reason: 'WITHDRAWN',
    status: {
      read: `query ($youthId: ID!) { youth(id: $youthId) { consents { grants {
        status source { code } recipient { code } category { code } } } } }`,
      of: (answer) => {
        const grants = list(answer, 'consents')[0]?.grants as readonly {
          readonly status: string;
          readonly recipient: { readonly code: string };
          readonly category: { readonly code: string };
        }[];
        const grant = grants.find(
          ({ recipient, category }) =>
            recipient.code === 'social-services:skovde' && category.code === 'school.attendance',
        );
        return grant?.status ?? null;
      },
      later: 'WITHDRAWN',
    },
  },
  {
    name: 'endSeat',
    by: 'social-coordinator',
    mutation: mutation('endSeat', 'EndSeatInput'),
    variables: async (hub) => {
      const [seat] = await sql<{ id: string }>(
        hub,
        'SAMSYN_REGISTRY_OWNER_URL',
        `SELECT s.id FROM registry.seat s JOIN registry.intervention_group g ON g.id = s.group_id
         WHERE g.youth = $1 AND s.holder = $2`,
        [DEMO_YOUTHS.heldPoliceRecord.id, PERSONAS['police-officer'].subject],
      );
      return { input: { seatId: seat?.id } };
    },
    outcomes: ['CHANGED', 'UNCHANGED'],
    isCommitted: (hub) =>
      there(
        hub,
        'REGISTRY',
        'SELECT FROM registry.seat s JOIN registry.intervention_group g ON g.id = s.group_id WHERE g.youth = $1 AND s.ended_at IS NOT NULL',
        [DEMO_YOUTHS.heldPoliceRecord.id],
      ),
    ...attendanceOf('heldPoliceRecord', 'police-officer'),
    reason: 'NO_SEAT',
    status: {
      read: 'query ($youthId: ID!) { youth(id: $youthId) { groups { seats { holder status } } } }',
      of: (answer) => {
        const seats = list(answer, 'groups')[0]?.seats as readonly {
          readonly holder: string;
          readonly status: string;
        }[];
        return seats.find(({ holder }) => holder === PERSONAS['police-officer'].subject)?.status ?? null;
      },
      later: 'ENDED',
    },
  },
  {
    name: 'barCaller',
    by: 'school-manager',
    mutation: mutation('barCaller', 'BarCallerInput'),
    variables: async () => ({
      input: {
        subject: PERSONAS['leisure-worker'].subject,
        youthId: DEMO_YOUTHS.turning15.id,
        ground: 'a ground that was typed',
      },
    }),
    outcomes: ['CREATED', 'UNCHANGED'],
    isCommitted: (hub) =>
      there(hub, 'REGISTRY', 'SELECT FROM registry.bar WHERE youth = $1', [DEMO_YOUTHS.turning15.id]),
    ...attendanceOf('turning15', 'leisure-worker'),
    reason: 'BARRED',
  },
  {
    name: 'schoolUnlinkYouth',
    by: 'school-counsellor',
    mutation: mutation('schoolUnlinkYouth', 'SchoolUnlinkYouthInput'),
    variables: async () => ({ input: { youthId: DEMO_YOUTHS.twoSchools.id } }),
    outcomes: ['WITHDRAWN', 'UNCHANGED'],
    isCommitted: hasEnded('link', 'twoSchools'),
    ...attendanceOf('twoSchools', 'social-coordinator'),
    reason: null,
  },
  {
    name: 'schoolUnassignYouth',
    by: 'school-manager',
    mutation: mutation('schoolUnassignYouth', 'SchoolAssignYouthInput'),
    variables: async () => ({
      input: { youthId: DEMO_YOUTHS.noConsent.id, subject: PERSONAS['school-outsider'].subject },
    }),
    outcomes: ['WITHDRAWN', 'UNCHANGED'],
    isCommitted: hasEnded('assignment', 'noConsent'),
    ...attendanceOf('noConsent', 'school-outsider'),
    permit: 'OWN',
    reason: 'NOT_ASSIGNED',
  },
  {
    name: 'schoolHoldRecord',
    by: 'school-counsellor',
    mutation: mutation('schoolHoldRecord', 'SchoolHoldRecordInput'),
    variables: async (hub) => ({
      input: { recordId: (await latest('attendance', 'attendanceOnly')(hub)).id, held: true },
    }),
    outcomes: ['CHANGED', 'UNCHANGED'],
    isCommitted: async (hub) => (await latest('attendance', 'attendanceOnly')(hub)).held || undefined,
    ...attendanceOf('attendanceOnly', 'social-coordinator'),
    shows: (answer) => list(answer, 'attendance').length === 2,
    reason: null,
  },
  {
    name: 'schoolClearText, the mark taken away',
    by: 'school-counsellor',
    mutation: mutation('schoolClearText', 'SchoolClearTextInput'),
    variables: async (hub) => ({
      input: { recordId: (await latest('support_measure', 'turning18')(hub)).id, cleared: false },
    }),
    outcomes: ['CHANGED', 'UNCHANGED'],
    isCommitted: async (hub) => ((await latest('support_measure', 'turning18')(hub)).text_cleared ? undefined : true),
    ...attendanceOf('turning18', 'leisure-worker'),
    read: 'query ($youthId: ID!) { youth(id: $youthId) { supportMeasures { id measure } } }',
    shows: (answer) => list(answer, 'supportMeasures').some(({ measure }) => measure !== null),
    reason: null,
  },
];
