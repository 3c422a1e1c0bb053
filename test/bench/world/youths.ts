/** The id of the bench world's youth with this number, from 0. */
export function youthId(number: number): string {
  return `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;
}

/** Youths whose groups one caseworker coordinates. */
export const YOUTHS_PER_HOLDER = 50;

/** The claims of the coordinator of this youth's group. */
export function coordinatorOf(number: number): { sub: string; agency: string; roles: string[] } {
  const sub = `bench-${Math.floor(number / YOUTHS_PER_HOLDER)}`;
  return { sub, agency: 'social-services:skovde', roles: ['COORDINATOR'] };
}

/** What each youth's consent grants to the coordinator's agency: source and category. */
export const GRANTED = [
  ['police:nationell', 'police.suspicion'],
  ['police:nationell', 'police.association'],
  ['police:nationell', 'police.intervention'],
  ['police:nationell', 'police.concern-talk'],
  ['school:skovde', 'school.enrolment'],
  ['school:skovde', 'school.attendance'],
  ['school:skovde', 'school.support'],
  ['school:skovde', 'school.incident'],
  ['leisure:skovde', 'leisure.activity'],
  ['leisure:skovde', 'leisure.field-note'],
] as const;
