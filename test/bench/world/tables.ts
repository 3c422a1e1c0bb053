import { GRANTED, YOUTHS_PER_HOLDER } from './youths.ts';

/** A table of the bench world, and the rows that one youth has in it, as COPY reads them. */
export interface Table {
  /** With the columns that the rows fill; the others have their defaults. */
  readonly into: string;
  readonly rowsOf: (number: number) => string;
}

/** What the registry of the demo world calls what the bench world's rows refer to. */
export interface Known {
  readonly agencies: Readonly<Record<string, number>>;
  readonly categories: Readonly<Record<string, number>>;
  readonly programme: string;
  /** The instant that the world is made at. */
  readonly now: Date;
}

/** Who sits in each group, of which agency. */
const SEATS = [
  ['social-services:skovde', 'COORDINATOR'],
  ['police:nationell', 'CASEWORKER'],
  ['school:skovde', 'CASEWORKER'],
  ['leisure:skovde', 'CASEWORKER'],
] as const;

const DAY_MS = 86_400_000;

/** A row of text format: the values are ids, numbers, times and plain words, in which nothing needs escaping. */
export function row(...values: readonly (string | number)[]): string {
  return `${values.join('\t')}\n`;
}

/** A random-looking id that tells a kind of row and a youth's number. */
export function idOf(kind: number, number: number): string {
  return `${String(100_000_000 + kind).slice(1)}-0000-4000-9000-${String(number).padStart(12, '0')}`;
}

export const idKinds = { youth: 0, group: 1, consent: 2, request: 60 } as const;

/** The subject of the coordinator of a youth's group. */
export function holderOf(number: number): string {
  return `bench-${Math.floor(number / YOUTHS_PER_HOLDER)}`;
}

/** What the registry knows, but for its log: two guardians, a group with four seats, a signed consent with its grants. */
export function registryTables({ agencies, categories, programme, now }: Known): readonly Table[] {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
  const home = known(agencies, 'social-services:skovde');
  const grants = GRANTED.map(([source, category]) => [known(agencies, source), known(categories, category)] as const);
  const seats = SEATS.map(([agency, role]) => [known(agencies, agency), role] as const);
  const { youth, group, consent } = idKinds;
  const birthDate = daysAgo(16 * 365 + 30).slice(0, 10);
  const [born, proposed, opened] = [daysAgo(16 * 365), daysAgo(60), daysAgo(50)];
  const [signed, acknowledged, until] = [daysAgo(40), daysAgo(39), daysAgo(-140)];
  return [
    {
      into: 'registry.youth (id, lead_agency, birth_date)',
      rowsOf: (n) => row(idOf(youth, n), home, birthDate),
    },
    {
      into: 'registry.custody (id, youth, guardian, starts_at)',
      rowsOf: (n) => rows([0, 1], (g) => row(idOf(10 + g, n), idOf(youth, n), idOf(20 + g, n), born)),
    },
    {
      into: 'registry.intervention_group (id, youth, programme, lead_agency, proposed_at, opened_at)',
      rowsOf: (n) => row(idOf(group, n), idOf(youth, n), programme, home, proposed, opened),
    },
    {
      into: 'registry.seat (id, group_id, agency, role, holder, deputy, informed_at)',
      rowsOf: (n) =>
        rows(seats, ([agency, role]) =>
          row(idOf(30 + agency, n), idOf(group, n), agency, role, holderOf(n), 'bench-deputy', signed),
        ),
    },
    {
      into: `registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given,
        language, recorded_by, fully_signed_at)`,
      rowsOf: (n) =>
        row(
          ...[idOf(consent, n), idOf(group, n), 1, signed, until],
          ...['Stöd att bryta en negativ utveckling', `BENCH-${n}`, 'Muntligt och skriftligt', 'sv'],
          ...[holderOf(n), signed],
        ),
    },
    {
      into: 'registry.consent_grant (id, consent, source, recipient, category, acknowledged_at, acknowledged_by)',
      rowsOf: (n) =>
        rows(grants, ([source, category]) =>
          row(idOf(100 + category, n), idOf(consent, n), source, home, category, acknowledged, 'bench-deputy'),
        ),
    },
    {
      into: `registry.signature (id, consent, guardian, capacity, told_at, recorded_at, method, evidence_hash, recorded_by)`,
      rowsOf: (n) =>
        rows([idOf(20, n), idOf(21, n), '\\N'], (guardian, g) =>
          row(
            ...[idOf(50 + g, n), idOf(consent, n), guardian, g < 2 ? 'GUARDIAN_WITH_CUSTODY' : 'YOUTH'],
            ...[signed, signed, 'PAPER', '0'.repeat(64), holderOf(n)],
          ),
        ),
    },
  ];
}

/** What each sector's database has: a link for each youth, and one record. */
export function sectorTables({ now }: Pick<Known, 'now'>): Readonly<Record<string, readonly Table[]>> {
  const day = (daysAgo: number) => new Date(now.getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
  const at = now.toISOString();
  const sector = (agency: string, table: string, columns: string, ...values: readonly (string | number)[]) => [
    {
      into: 'agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)',
      rowsOf: (n: number) => row(idOf(1, n), idOf(idKinds.youth, n), agency, `bench-${n}`, 'bench', at),
    },
    {
      into: `agency.${table} (id, link_id, agency, author, recorded_at, ${columns})`,
      rowsOf: (n: number) => row(idOf(2, n), idOf(1, n), agency, 'bench', at, ...values),
    },
  ];
  const span = '"from", "to", minutes_planned, minutes_present, minutes_valid_absence, minutes_invalid_absence';
  return {
    samsyn_social_services: sector(
      ...(['social-services:skovde', 'intervention', 'type, provider, "from"'] as const),
      ...['MENTOR', 'Familjeenheten', day(30)],
    ),
    samsyn_police: sector(
      ...(['police:nationell', 'suspicion', 'offence_group, date, status'] as const),
      ...['THEFT', day(20), 'INVESTIGATED'],
    ),
    samsyn_school: sector(
      ...(['school:skovde', 'attendance', span] as const),
      ...[day(30), day(1), 5000, 4000, 500, 500],
    ),
    samsyn_leisure: sector(
      ...(['leisure:skovde', 'field_note', 'place_type, date, note'] as const),
      ...['STREET', day(10), 'Ett par ord'],
    ),
  };
}

/** The number under a name; throws when the demo world has no such thing. */
export function known(numbers: Readonly<Record<string, number>>, name: string): number {
  const number = numbers[name];
  if (number === undefined) throw new Error(`The demo world should have ${name}; the bench world refers to it.`);
  return number;
}

function rows<Each>(each: readonly Each[], rowOf: (each: Each, index: number) => string): string {
  return each.map(rowOf).join('');
}
