import type { Sql } from '../../chassis/sql.ts';
import { type DemoRecord, daysBefore, seedLinks, seedRecords } from '../../chassis/store/demo-records.ts';
import { bornOn, DEMO_YOUTHS, type DemoAgency, type DemoYouthName, PERSONAS } from '../../schema/demo-world.ts';

const SKOVDE = 'social-services:skovde';
const OREBRO = 'social-services:orebro';
const coordinator = PERSONAS['social-coordinator'].subject;
const mentor = PERSONAS['social-mentor'].subject;
const orebroCoordinator = PERSONAS['orebro-coordinator'].subject;

/** Invented first names of the youth and of the two guardians. */
const FAMILIES = {
  everything: ['Alva', 'Karin', 'Johan'],
  attendanceOnly: ['Nils', 'Sara', 'Peter'],
  withdrawn: ['Maja', 'Helena', 'Omar'],
  expired: ['Elias', 'Amina', 'Lars'],
  startsTomorrow: ['Tuva', 'Jenny', 'Mikael'],
  awaitingSignature: ['Leo', 'Fatima', 'Anders'],
  refused: ['Saga', 'Ulrika', 'Stefan'],
  turning15: ['Hugo', 'Linda', 'Tomas'],
  turning18: ['Ines', 'Maria', 'Hassan'],
  protected: ['Vera', 'Eva', 'Fredrik'],
  heldPoliceRecord: ['Adam', 'Zahra', 'Niklas'],
  twoSchools: ['Lova', 'Camilla', 'Daniel'],
  noConsent: ['Sixten', 'Petra', 'Jonas'],
  orebro: ['Ella', 'Susanne', 'Ali'],
} as const satisfies Partial<Record<DemoYouthName, readonly [string, string, string]>>;

type KnownYouth = keyof typeof FAMILIES;

const youths = Object.keys(FAMILIES) as KnownYouth[];

/** Makes a record about a youth, of the youth's lead agency. `mark` makes a text unique. */
type Fill = (youth: KnownYouth, mark: (text: string, at: string) => string) => DemoRecord['columns'];

function each(fill: Fill, { by = coordinator, textCleared = false } = {}): DemoRecord[] {
  return youths.map((youth) => ({
    youth,
    agency: agencyOf(youth),
    author: youth === 'orebro' ? orebroCoordinator : by,
    textCleared,
    columns: fill(youth, (text, at) => `${text} (${youth}-${at})`),
  }));
}

function agencyOf(youth: KnownYouth): DemoAgency {
  return youth === 'orebro' ? OREBRO : SKOVDE;
}

function confirmedBy(youth: KnownYouth): string {
  return youth === 'orebro' ? orebroCoordinator : mentor;
}

/** A telephone number from those that the Post and Telecom Authority keeps for fiction: 070-174 06 05 to 070-174 06 99. */
function telephone(youth: KnownYouth, person: 0 | 1 | 2): string {
  return `070-174 06 ${String(5 + youths.indexOf(youth) * 3 + person).padStart(2, '0')}`;
}

/** Fills social services' part of the demo world: records of every kind about each youth that has a group. */
export async function seed(sql: Sql, today: string): Promise<void> {
  const inSkovde = youths.filter((youth) => agencyOf(youth) === SKOVDE);
  await seedLinks(sql, SKOVDE, inSkovde, coordinator, today);
  await seedLinks(sql, OREBRO, ['orebro'], orebroCoordinator, today);
  await seedPersons(sql, today);
  await seedCases(sql, today);
  await seedPlans(sql, today);
  await seedPlanParts(sql, today);
}

async function seedPersons(sql: Sql, today: string): Promise<void> {
  const identities = each((youth, mark) => ({
    name: mark(`${FAMILIES[youth][0]} Testsson`, 'na'),
    date_of_birth: bornOn(DEMO_YOUTHS[youth], today),
    contact: mark(telephone(youth, 0), 'co'),
    address: mark(`Exempelgatan ${youths.indexOf(youth) + 1}`, 'ad'),
  }));
  const guardians = ([1, 2] as const).flatMap((person) =>
    each((youth, mark) => ({
      name: mark(`${FAMILIES[youth][person]} Testsson`, `gn${person}`),
      contact: mark(telephone(youth, person), `gc${person}`),
    })),
  );
  await seedRecords(sql, 'identity', identities, today);
  await seedRecords(sql, 'guardian', guardians, today);
}

async function seedCases(sql: Sql, today: string): Promise<void> {
  const cleared = { textCleared: true };
  const cases = each((_, mark) => ({
    status: 'INTERVENTION',
    officer: mark('Socialsekreterare Moa Provberg', 'of'),
    opened: daysBefore(today, 88),
  }));
  const interventions = [
    ...each(
      (_, mark) => ({
        type: 'MENTOR',
        provider: mark('Öppenvården, lotsgruppen', 'pv'),
        from: daysBefore(today, 75),
        to: daysBefore(today, 15),
      }),
      cleared,
    ),
    // A contact person is a private person, so the text is not cleared and the name does not cross.
    ...each((_, mark) => ({
      type: 'CONTACT_PERSON',
      provider: mark('Rut Exempelsson', 'pn'),
      from: daysBefore(today, 74),
      to: null,
    })),
  ];
  const placements = each(
    (_, mark) => ({
      form: 'RESIDENTIAL_CARE',
      purpose: mark('Lugn och ro, och hjälp till skolan', 'pp'),
      from: daysBefore(today, 72),
      to: daysBefore(today, 12),
      returning_home: true,
      location: mark('HVB Björkbacken, Mariestad', 'lo'),
    }),
    cleared,
  );
  const assessments = each(
    (_, mark) => ({
      method: 'SAVRY',
      level: 'MODERATE',
      date: daysBefore(today, 71),
      summary: mark('Risky company; football and grandparents protect', 'rs'),
    }),
    cleared,
  );
  await seedRecords(sql, 'social_case', cases, today);
  await seedRecords(sql, 'intervention', interventions, today);
  await seedRecords(sql, 'placement', placements, today);
  await seedRecords(sql, 'risk_assessment', assessments, today);
}

async function seedPlans(sql: Sql, today: string): Promise<void> {
  const plans = each(
    (_, mark) => ({
      adopted: daysBefore(today, 68),
      situation: mark('Wants to finish school and to stop hanging about in town', 'ps'),
      goals: [
        { number: 1, text: mark('Be at school every day', 'g1') },
        { number: 2, text: mark('Something to do on Friday nights', 'g2') },
      ],
    }),
    { textCleared: true },
  );
  await seedRecords(sql, 'action_plan', plans, today);
}

async function seedPlanParts(sql: Sql, today: string): Promise<void> {
  const byMentor = { by: mentor, textCleared: true };
  const commitments = [
    { agency: 'school', status: 'PLANNED', due: -30, goal: 1, what: 'Weekly talk about the timetable', at: '1' },
    { agency: 'leisure', status: 'PLANNED', due: 7, goal: 2, what: 'Open the music room on Fridays', at: '2' },
    { agency: 'social-services', status: 'DONE', due: 20, goal: 1, what: 'Go along to the first lesson', at: '3' },
  ].flatMap(({ agency, status, due, goal, what, at }) =>
    each(
      (youth, mark) => ({
        committed_agency: `${agency}:${youth === 'orebro' ? 'orebro' : 'skovde'}`,
        what: mark(what, `cw${at}`),
        who: mark('The unit for youths', `cu${at}`),
        due: daysBefore(today, due),
        status,
        goal,
        confirmed_by: status === 'PLANNED' ? null : confirmedBy(youth),
        confirmed_at: status === 'PLANNED' ? null : `${daysBefore(today, 19)}T10:00:00Z`,
      }),
      { textCleared: true },
    ),
  );
  const followUps = each(
    (_, mark) => ({
      date: daysBefore(today, 61),
      goals: [
        { number: 1, status: 'IN_PROGRESS' },
        { number: 2, status: 'NOT_STARTED' },
      ],
      note: mark('At school four days of five', 'fn'),
      next_review: daysBefore(today, -29),
    }),
    byMentor,
  );
  const meetings = [
    ...each(
      (_, mark) => ({
        kind: 'GROUP',
        date: daysBefore(today, 68),
        invited: [mark('ungdomen', 'mi1'), mark('skolan', 'mi2'), mark('polisen', 'mi3')],
        attended: [mark('ungdomen', 'ma1'), mark('skolan', 'ma2')],
        decisions: [mark('The plan is adopted', 'md')],
      }),
      byMentor,
    ),
    ...each(
      (_, mark) => ({
        kind: 'PARENTS',
        date: daysBefore(today, -10),
        invited: [mark('vårdnadshavarna', 'mi4'), mark('lotsen', 'mi5')],
        attended: null,
        decisions: null,
      }),
      byMentor,
    ),
  ];
  await seedRecords(sql, 'commitment', commitments, today);
  await seedRecords(sql, 'follow_up', followUps, today);
  await seedRecords(sql, 'meeting', meetings, today);
}
