import { DEMO_YOUTHS, type DemoYouthName, PERSONAS, type PersonaName } from '../../schema/demo-world.ts';

/** A field on Youth of the full view: its category, and what of its records is whereabouts or free text (DOMAIN, C10, C16). */
export interface ViewedField {
  readonly sector: 'social-services' | 'police' | 'school' | 'leisure';
  readonly table: string;
  readonly category: string;
  readonly single?: true;
  /** The date by which the latest comes first, where it is neither `date` nor `from`. */
  readonly latestBy?: string;
  readonly whereabouts?: readonly string[];
  readonly freeText?: readonly string[];
  /** Names of places, units, programmes and staff. */
  readonly places?: readonly string[];
  /** A field of a category of its own. */
  readonly apart?: { readonly field: string; readonly category: string };
  readonly parts?: Readonly<Record<string, ViewedField>>;
  /** Fields that follow from the row, or from the rows of its parts that the caller may read. */
  readonly derived?: Readonly<
    Record<string, (row: StoredRow, parts: (name: string) => readonly StoredRow[]) => unknown>
  >;
}

/** A row as its owner sees it, dates as text. */
export type StoredRow = Readonly<Record<string, unknown>>;

const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());

const social = { sector: 'social-services' } as const;
const plan = { ...social, category: 'social-services.plan' } as const;
const police = { sector: 'police' } as const;
const school = { sector: 'school' } as const;
const leisure = { sector: 'leisure' } as const;

/** Each field of the full view, as the table of docs/domain.md has it. */
export const VIEW: Readonly<Record<string, ViewedField>> = {
  identity: {
    ...social,
    table: 'identity',
    category: 'social-services.identity',
    single: true,
    whereabouts: ['contact', 'address'],
  },
  guardians: { ...social, table: 'guardian', category: 'social-services.guardians' },
  socialCase: { ...social, table: 'social_case', category: 'social-services.case', single: true, places: ['officer'] },
  interventions: { ...social, table: 'intervention', category: 'social-services.intervention', freeText: ['provider'] },
  placements: {
    ...social,
    table: 'placement',
    category: 'social-services.placement',
    freeText: ['purpose'],
    apart: { field: 'location', category: 'social-services.placement-location' },
  },
  riskAssessments: { ...social, table: 'risk_assessment', category: 'social-services.risk', freeText: ['summary'] },
  actionPlan: {
    ...plan,
    table: 'action_plan',
    single: true,
    freeText: ['situation', 'goals'],
    derived: { nextReview: (_, parts) => parts('followUps')[0]?.next_review ?? null },
    parts: {
      commitments: {
        ...plan,
        table: 'commitment',
        latestBy: 'due',
        freeText: ['what', 'who'],
        derived: {
          status: ({ status, due }) => (status === 'PLANNED' && String(due) < today ? 'LATE' : status),
        },
      },
      followUps: { ...plan, table: 'follow_up', freeText: ['note'] },
      meetings: { ...plan, table: 'meeting', freeText: ['invited', 'attended', 'decisions'] },
    },
  },
  suspicions: { ...police, table: 'suspicion', category: 'police.suspicion' },
  associations: {
    ...police,
    table: 'association',
    category: 'police.association',
    whereabouts: ['placeType'],
    freeText: ['context'],
  },
  policeInterventions: { ...police, table: 'police_intervention', category: 'police.intervention' },
  concernTalks: { ...police, table: 'concern_talk', category: 'police.concern-talk' },
  policeReports: { ...police, table: 'police_report', category: 'police.report', freeText: ['text'] },
  enrolments: {
    ...school,
    table: 'enrolment',
    category: 'school.enrolment',
    whereabouts: ['schoolUnit', 'schoolUnitId'],
    places: ['programme'],
  },
  attendance: { ...school, table: 'attendance', category: 'school.attendance' },
  supportMeasures: { ...school, table: 'support_measure', category: 'school.support', freeText: ['measure'] },
  schoolIncidents: { ...school, table: 'school_incident', category: 'school.incident', freeText: ['measure'] },
  studentHealth: { ...school, table: 'student_health', category: 'school.health', freeText: ['plannedSupport'] },
  schoolReports: { ...school, table: 'school_report', category: 'school.report', freeText: ['text'] },
  activities: {
    ...leisure,
    table: 'activity',
    category: 'leisure.activity',
    whereabouts: ['organiser', 'place'],
    places: ['activity'],
  },
  fieldNotes: {
    ...leisure,
    table: 'field_note',
    category: 'leisure.field-note',
    whereabouts: ['placeType'],
    freeText: ['note'],
  },
  leisureReports: { ...leisure, table: 'leisure_report', category: 'leisure.report', freeText: ['text'] },
};

/** Every (category, whereabouts) that the full view asks about. */
export const KINDS: readonly { readonly category: string; readonly whereabouts: boolean }[] = [
  ...new Set(Object.values(VIEW).map(({ category }) => category)),
]
  .map((category) => ({ category, whereabouts: false }))
  .concat(
    Object.values(VIEW).flatMap(({ category, whereabouts, apart }) => [
      ...(whereabouts === undefined ? [] : [{ category, whereabouts: true }]),
      ...(apart === undefined ? [] : [{ category: apart.category, whereabouts: true }]),
    ]),
  );

/** One unit as it should be decided and logged. */
export interface ExpectedUnit {
  readonly category: string;
  readonly whereabouts: boolean;
  readonly source: string | null;
  readonly reason: string;
}

/** How the group of a demo youth stands towards a caller with a seat in it, for what crosses. */
type Crossing = 'CONSENT' | 'WITHDRAWN' | 'EXPIRED' | 'NOT_YET_VALID' | 'NOT_SIGNED' | 'REFUSED' | 'NO_CONSENT';

interface Standing {
  readonly crossing: Crossing;
  /** Are all seats informed, or only those of the lead agency and these? */
  readonly informed: 'all' | readonly string[];
  readonly grants: 'every' | 'attendance' | 'one school' | 'none';
}

const full = (crossing: Crossing): Standing => ({ crossing, informed: 'all', grants: 'every' });

/** The demo world as DESIGN section 8 describes it, youth by youth. */
const STANDINGS: Readonly<Record<DemoYouthName, Standing | null>> = {
  everything: full('CONSENT'),
  attendanceOnly: { crossing: 'CONSENT', informed: ['school:skovde'], grants: 'attendance' },
  withdrawn: full('WITHDRAWN'),
  expired: full('EXPIRED'),
  startsTomorrow: full('NOT_YET_VALID'),
  awaitingSignature: { crossing: 'NOT_SIGNED', informed: [], grants: 'every' },
  refused: { crossing: 'REFUSED', informed: [], grants: 'every' },
  turning15: full('CONSENT'),
  turning18: full('CONSENT'),
  protected: full('CONSENT'),
  heldPoliceRecord: full('CONSENT'),
  twoSchools: { crossing: 'CONSENT', informed: 'all', grants: 'one school' },
  noConsent: { crossing: 'NO_CONSENT', informed: [], grants: 'none' },
  policeOnly: null,
  orebro: full('CONSENT'),
};

const SEATS = {
  skovde: ['social-coordinator', 'social-mentor', 'police-officer', 'school-counsellor', 'leisure-worker'],
  orebro: ['orebro-coordinator'],
} as const;

const AGENCIES = {
  skovde: ['social-services:skovde', 'police:nationell', 'school:skovde', 'leisure:skovde'],
  orebro: ['social-services:orebro', 'police:nationell', 'school:orebro', 'leisure:orebro'],
};

const sectorOf = (code: string): string => code.split(/[:.]/)[0] ?? '';

/** The units that one persona's full view of one youth should come to. */
export function expectedUnits(personaName: PersonaName, youth: DemoYouthName): ExpectedUnit[] {
  return KINDS.flatMap((kind) => expectedOf(personaName, youth, kind));
}

function expectedOf(personaName: PersonaName, youth: DemoYouthName, kind: (typeof KINDS)[number]): ExpectedUnit[] {
  const { agency, roles } = PERSONAS[personaName];
  const place = youth === 'orebro' ? 'orebro' : 'skovde';
  const standing = STANDINGS[youth];
  const isOwnSector = sectorOf(agency) === sectorOf(kind.category);
  const isSeated = standing !== null && SEATS[place].some((name) => name === personaName);
  const isSystem = roles.some((role) => role === 'SYSTEM');
  const mayRead = !roles.some((role) => role === 'AUDITOR' || role === 'MANAGER');
  const unit = (source: string | null, reason: string): ExpectedUnit => ({
    ...kind,
    source,
    reason: mayRead ? reason : 'ROLE',
  });

  const isInformed =
    isSeated &&
    (standing.informed === 'all' || sectorOf(agency) === 'social-services' || standing.informed.includes(agency));
  const isAssigned = personaName === 'police-officer' && youth === 'policeOnly';
  const own = isOwnSector ? [unit(agency, isSystem || isInformed || isAssigned ? 'OWN' : 'NOT_ASSIGNED')] : [];
  const sources = isSeated
    ? sourcesNamed(standing, place, sectorOf(kind.category)).filter((source) => source !== agency)
    : [];
  const crossing = sources.map((source) =>
    unit(source, isInformed ? crossingReason(standing, agency, kind, youth) : 'NO_SEAT'),
  );
  if (own.length + crossing.length > 0) return [...own, ...crossing];
  if (!isInformed) return [unit(null, 'NO_SEAT')];
  return [unit(null, standing?.grants === 'none' ? 'NO_CONSENT' : 'NOT_GRANTED')];
}

function sourcesNamed({ grants }: Standing, place: 'skovde' | 'orebro', sector: string): string[] {
  if (grants === 'none') return [];
  return AGENCIES[place].filter(
    (code) => sectorOf(code) === sector && (grants === 'every' || code === 'school:skovde'),
  );
}

function crossingReason(
  standing: Standing | null,
  agency: string,
  kind: (typeof KINDS)[number],
  youth: DemoYouthName,
): string {
  if (standing === null) return 'NO_SEAT';
  if (kind.category === 'social-services.guardians') return 'NOT_GRANTED'; // C10
  if (
    standing.grants === 'attendance' &&
    !(kind.category === 'school.attendance' && agency === 'social-services:skovde')
  )
    return 'NOT_GRANTED';
  if (standing.crossing !== 'CONSENT') return standing.crossing;
  if (youth === 'turning15' && kind.category === 'school.health') return 'NOT_SIGNED'; // the youth must sign, and is 14
  if (youth === 'protected' && kind.whereabouts) return 'PROTECTED'; // C16
  return 'CONSENT';
}

/** Every youth and persona of the demo world. */
export const ALL_YOUTHS = Object.keys(DEMO_YOUTHS) as DemoYouthName[];
export const ALL_PERSONAS = Object.keys(PERSONAS) as PersonaName[];
