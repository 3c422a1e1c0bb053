import type { Role } from './caller.ts';

/**
 * A persona of the demo world. The demo world has fixed logins and youths; each sector's seed adds its own records. All persons
 * are invented; all personal identity numbers are from the Swedish Tax Agency's test series.
 */
export interface Persona {
  readonly subject: string;
  readonly agency: string;
  readonly roles: readonly Role[];
  readonly who: string;
}

const persona = (subject: string, agency: string, roles: readonly Role[], who: string): Persona => ({
  subject,
  agency,
  roles,
  who,
});

/** The personas who can get a token from the demo issuer, by name. */
export const PERSONAS = {
  'social-coordinator': persona('p-1001', 'social-services:skovde', ['COORDINATOR'], 'coordinator, social services'),
  'social-mentor': persona('p-1002', 'social-services:skovde', ['MENTOR'], 'mentor (lots), social services'),
  'police-officer': persona('p-2001', 'police:nationell', ['CASEWORKER'], 'police officer'),
  'school-counsellor': persona('p-3001', 'school:skovde', ['CASEWORKER'], 'school counsellor'),
  'leisure-worker': persona('p-4001', 'leisure:skovde', ['CASEWORKER'], 'leisure field worker'),
  'school-system': persona('system-school-skovde', 'school:skovde', ['SYSTEM'], 'the school’s pupil system'),
  'school-manager': persona('p-3900', 'school:skovde', ['MANAGER'], 'manager, school'),
  'hub-auditor': persona('p-9001', 'hub:samsyn', ['AUDITOR'], 'auditor of the hub'),
  'school-auditor': persona('p-3901', 'school:skovde', ['AUDITOR'], 'auditor of the school'),
  'social-outsider': persona('p-1009', 'social-services:skovde', ['CASEWORKER'], 'social services, without a seat'),
  'police-outsider': persona('p-2009', 'police:nationell', ['CASEWORKER'], 'police, without a seat'),
  'school-outsider': persona('p-3009', 'school:skovde', ['CASEWORKER'], 'school, without a seat'),
  'leisure-outsider': persona('p-4009', 'leisure:skovde', ['CASEWORKER'], 'leisure, without a seat'),
  'orebro-coordinator': persona(
    'p-5001',
    'social-services:orebro',
    ['COORDINATOR'],
    'coordinator, social services in Örebro',
  ),
} as const satisfies Record<string, Persona>;

export type PersonaName = keyof typeof PERSONAS;

/** The agencies of the demo world, by code. */
export const DEMO_AGENCIES = {
  'hub:samsyn': 'Samsyn',
  'social-services:skovde': 'Skövde kommun, socialtjänsten',
  'social-services:orebro': 'Örebro kommun, socialtjänsten',
  'social-services:soderhamn': 'Söderhamns kommun, Familjeenheten',
  'social-services:strangnas': 'Strängnäs kommun, socialtjänsten',
  'police:nationell': 'Polismyndigheten',
  'school:skovde': 'Skövde kommun, grundskolan',
  'school:frida-friskola': 'Frida friskola',
  'school:orebro': 'Örebro kommun, grundskolan',
  'leisure:skovde': 'Skövde kommun, kultur och fritid',
  'leisure:orebro': 'Örebro kommun, kultur och fritid',
} as const;

export type DemoAgency = keyof typeof DEMO_AGENCIES;

/** A youth of the demo world: the peculiarity, and the agencies that have records about the youth. */
export interface DemoYouth {
  readonly id: string;
  /** The date of birth, or the age and days to the birthday for those whose birthday matters. */
  readonly born: string | { readonly turns: number; readonly inDays: number };
  readonly what: string;
}

const id = (n: number) => `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`;
const youth = (n: number, born: DemoYouth['born'], what: string): DemoYouth => ({ id: id(n), born, what });

/** The youths with fixed ids, by the name that the README and the tests use. */
export const DEMO_YOUTHS = {
  everything: youth(1, '2010-03-14', 'every grant'),
  attendanceOnly: youth(2, '2010-05-21', 'school attendance to social services, nothing else'),
  withdrawn: youth(3, '2010-07-02', 'consent withdrawn'),
  expired: youth(4, '2010-09-18', 'consent expired'),
  startsTomorrow: youth(5, '2010-11-05', 'consent that starts tomorrow'),
  awaitingSignature: youth(6, '2010-01-27', 'consent waiting for the other guardian’s signature'),
  refused: youth(7, '2010-02-11', 'refused by one guardian'),
  turning15: youth(8, { turns: 15, inDays: 40 }, 'turns 15 while the consent runs'),
  turning18: youth(9, { turns: 18, inDays: 40 }, 'turns 18 while the consent runs'),
  protected: youth(10, '2010-04-30', 'every grant; protected identity'),
  heldPoliceRecord: youth(11, '2010-06-08', 'every grant; one police record held back'),
  twoSchools: youth(12, '2010-08-23', 'two schools, of which one is granted'),
  noConsent: youth(13, '2010-10-12', 'a group, and no consent'),
  policeOnly: youth(14, '2010-12-03', 'police records only, no group'),
  orebro: youth(15, '2010-03-29', 'every grant, in Örebro'),
} as const satisfies Record<string, DemoYouth>;

export type DemoYouthName = keyof typeof DEMO_YOUTHS;

/** The date of birth (YYYY-MM-DD) of a demo youth, for a world made on `today` (YYYY-MM-DD). */
export function bornOn(youth: DemoYouth, today: string): string {
  if (typeof youth.born === 'string') return youth.born;
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + youth.born.inDays);
  day.setUTCFullYear(day.getUTCFullYear() - youth.born.turns);
  return day.toISOString().slice(0, 10);
}

/**
 * The personal identity number (12 digits) by which the agencies of the demo world link a youth: the date of birth, 238 or 239
 * from the Tax Agency's test series, and the check digit.
 */
export function testIdentityNumber(born: string, serial: '238' | '239' = '238'): string {
  const digits = born.replaceAll('-', '').slice(2) + serial;
  const sum = [...digits].reduce((total, digit, index) => {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  return `${born.replaceAll('-', '')}${serial}${(10 - (sum % 10)) % 10}`;
}
