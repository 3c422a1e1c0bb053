import type { Sql } from '../../chassis/sql.ts';
import { bornOn, DEMO_AGENCIES, DEMO_YOUTHS, type DemoYouthName, PERSONAS } from '../../schema/demo-world.ts';
import { ownProgrammes } from './operate/programme-file.ts';
import { storeProgramme } from './operate/store-programme.ts';

const HOME = 'social-services:skovde';
const SKOVDE_SEATS = [
  { agency: HOME, role: 'COORDINATOR', holder: PERSONAS['social-coordinator'].subject, deputy: 'p-1011' },
  { agency: HOME, role: 'MENTOR', holder: PERSONAS['social-mentor'].subject, deputy: 'p-1012' },
  { agency: 'police:nationell', role: 'CASEWORKER', holder: PERSONAS['police-officer'].subject, deputy: 'p-2011' },
  { agency: 'school:skovde', role: 'CASEWORKER', holder: PERSONAS['school-counsellor'].subject, deputy: 'p-3011' },
  { agency: 'leisure:skovde', role: 'CASEWORKER', holder: PERSONAS['leisure-worker'].subject, deputy: 'p-4011' },
];
const FRIDA_SEAT = { agency: 'school:frida-friskola', role: 'CASEWORKER', holder: 'p-3101', deputy: 'p-3111' };
const OREBRO_SEATS = [
  {
    agency: 'social-services:orebro',
    role: 'COORDINATOR',
    holder: PERSONAS['orebro-coordinator'].subject,
    deputy: 'p-5011',
  },
  { agency: 'social-services:orebro', role: 'MENTOR', holder: 'p-5002', deputy: 'p-5012' },
  { agency: 'police:nationell', role: 'CASEWORKER', holder: 'p-5201', deputy: 'p-5211' },
  { agency: 'school:orebro', role: 'CASEWORKER', holder: 'p-5301', deputy: 'p-5311' },
  { agency: 'leisure:orebro', role: 'CASEWORKER', holder: 'p-5401', deputy: 'p-5411' },
];

type Grants = 'every' | 'attendance' | 'one school';
type Signer = 'mother' | 'father' | 'youth';
const ALL: readonly Signer[] = ['mother', 'father', 'youth'];

/** The state of a demo youth's group; days are counted from today. */
interface Life {
  readonly programme: string;
  readonly grants?: Grants;
  readonly signed?: readonly Signer[];
  readonly from?: number;
  readonly until?: number;
}

const LIVES: Readonly<Partial<Record<DemoYouthName, Life>>> = {
  everything: { programme: 'skovde-sig', grants: 'every', signed: ALL },
  attendanceOnly: { programme: 'skovde-sig', grants: 'attendance', signed: ALL },
  protected: { programme: 'skovde-sig', grants: 'every', signed: ALL },
  heldPoliceRecord: { programme: 'skovde-sig', grants: 'every', signed: ALL },
  twoSchools: { programme: 'skovde-sig', grants: 'one school', signed: ALL },
  withdrawn: { programme: 'national-sig', grants: 'every', signed: ALL },
  expired: { programme: 'national-sig', grants: 'every', signed: ALL, from: -210, until: -30 },
  startsTomorrow: { programme: 'national-sig', grants: 'every', signed: ALL, from: 1, until: 180 },
  awaitingSignature: { programme: 'national-sig', grants: 'every', signed: ['mother', 'youth'] },
  refused: { programme: 'national-sig', grants: 'every', signed: ['mother', 'youth'] },
  turning15: { programme: 'national-sig', grants: 'every', signed: ['mother', 'father'] },
  turning18: { programme: 'national-sig', grants: 'every', signed: ALL },
  noConsent: { programme: 'national-sig' },
  orebro: { programme: 'orebro-sig', grants: 'every', signed: ALL },
};

/** A fixed id per youth and kind of thing, so that every demo world is the same. */
const idOf = (kind: 'group' | 'consent' | Exclude<Signer, 'youth'>, youth: DemoYouthName): string => {
  const first = { group: '10000000', consent: '20000000', mother: '30000000', father: '40000000' }[kind];
  return first + DEMO_YOUTHS[youth].id.slice(8);
};

/** The id of a youth's group, for tests and the README. */
export const demoGroupId = (youth: DemoYouthName): string => idOf('group', youth);
export const demoConsentId = (youth: DemoYouthName): string => idOf('consent', youth);

/**
 * Fills an empty registry with the demo world, for a world made on `today` (YYYY-MM-DD). Facts are inserted in the order of a case,
 * so that the same triggers settle them as in production. The lists of sectors and categories must exist.
 */
export async function seed(sql: Sql, today: string): Promise<void> {
  await seedAgencies(sql);
  await seedProgrammes(sql);
  await seedYouths(sql, today);
  await seedGroups(sql);
  await seedConsents(sql, today);
  await seedGrants(sql);
  await seedSignatures(sql);
  await seedEndings(sql);
}

/** Inserts rows given as objects, in one statement; `columns` names them with their types and `query` selects from `r`. */
async function insert(
  sql: Sql,
  target: string,
  columns: string,
  query: string,
  rows: readonly object[],
): Promise<void> {
  await sql(`INSERT INTO registry.${target} ${query.replace('ROWS', `jsonb_to_recordset(:rows) AS r (${columns})`)}`, {
    rows: JSON.stringify(rows),
  });
}

async function seedAgencies(sql: Sql): Promise<void> {
  await insert(
    sql,
    'agency (code, name, sector)',
    'code text, name text',
    `SELECT r.code, r.name, s.code FROM ROWS LEFT JOIN registry.sector s ON s.code = split_part(r.code, ':', 1)`,
    Object.entries(DEMO_AGENCIES).map(([code, name]) => ({ code, name })),
  );
}

async function seedProgrammes(sql: Sql): Promise<void> {
  for (const programme of ownProgrammes()) await storeProgramme(sql, programme);
}

const youthNames = Object.keys(DEMO_YOUTHS) as DemoYouthName[];
const groups = youthNames.flatMap((youth) => {
  const life = LIVES[youth];
  return life === undefined ? [] : [{ youth, life }];
});
const consents = groups.filter(({ life }) => life.grants !== undefined);
const leadOf = (youth: DemoYouthName): string => (youth === 'orebro' ? 'social-services:orebro' : HOME);

async function seedYouths(sql: Sql, today: string): Promise<void> {
  await insert(
    sql,
    'youth (id, lead_agency, birth_date, protection)',
    'id uuid, lead text, born date, protection text',
    'SELECT r.id, a.id, r.born, r.protection FROM ROWS JOIN registry.agency a ON a.code = r.lead',
    youthNames.map((youth) => ({
      id: DEMO_YOUTHS[youth].id,
      lead: leadOf(youth),
      born: bornOn(DEMO_YOUTHS[youth], today),
      protection: youth === 'protected' ? 'PROTECTED_REGISTRATION' : 'NONE',
    })),
  );
  await insert(
    sql,
    'custody (youth, guardian, starts_at)',
    'youth uuid, guardian uuid',
    `SELECT r.youth, r.guardian, registry.birthday(y.birth_date, 0) FROM ROWS JOIN registry.youth y ON y.id = r.youth`,
    youthNames.flatMap((youth) =>
      (['mother', 'father'] as const).map((guardian) => ({
        youth: DEMO_YOUTHS[youth].id,
        guardian: idOf(guardian, youth),
      })),
    ),
  );
}

async function seedGroups(sql: Sql): Promise<void> {
  await insert(
    sql,
    'intervention_group (id, youth, programme, lead_agency, proposed_at, opened_at)',
    'id uuid, youth uuid, programme text, lead text',
    `SELECT r.id, r.youth, p.id, a.id, registry.clock() - interval '220 days', registry.clock() - interval '215 days' FROM ROWS
      JOIN registry.programme p ON p.code = r.programme JOIN registry.agency a ON a.code = r.lead`,
    groups.map(({ youth, life }) => ({
      id: idOf('group', youth),
      youth: DEMO_YOUTHS[youth].id,
      programme: life.programme,
      lead: leadOf(youth),
    })),
  );
  await insert(
    sql,
    'seat (group_id, agency, role, holder, deputy)',
    'group_id uuid, agency text, role text, holder text, deputy text',
    'SELECT r.group_id, a.id, r.role, r.holder, r.deputy FROM ROWS JOIN registry.agency a ON a.code = r.agency',
    groups.flatMap(({ youth }) => seatsOf(youth).map((seat) => ({ group_id: idOf('group', youth), ...seat }))),
  );
}

function seatsOf(youth: DemoYouthName) {
  if (youth === 'orebro') return OREBRO_SEATS;
  return youth === 'twoSchools' ? [...SKOVDE_SEATS, FRIDA_SEAT] : SKOVDE_SEATS;
}

async function seedConsents(sql: Sql, today: string): Promise<void> {
  await insert(
    sql,
    `consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given, language,
      child_view, recorded_by)`,
    'id uuid, group_id uuid, "from" int, until int, reference text, child_view text, recorded_by text, today date',
    `SELECT r.id, r.group_id, 1, midnight + make_interval(days => r."from"), midnight + make_interval(days => r.until),
      'Stöd att bryta en negativ utveckling', r.reference, 'Muntligt och skriftligt, med blanketten', 'sv', r.child_view,
      r.recorded_by
      FROM ROWS CROSS JOIN LATERAL (SELECT r.today::timestamp AT TIME ZONE 'Europe/Stockholm' AS midnight) t`,
    consents.map(({ youth, life }, index) => ({
      id: idOf('consent', youth),
      group_id: idOf('group', youth),
      from: life.from ?? -30,
      until: life.until ?? 150,
      reference: `SAMTYCKE-${String(index + 1).padStart(3, '0')}`,
      child_view: youth === 'turning15' ? 'Vill ha hjälp med skolan' : null,
      recorded_by: seatsOf(youth)[0]?.holder,
      today,
    })),
  );
}

/**
 * Seeds a grant from each agency of the group to each other. If the consent is fully signed, the source's caseworker or mentor, who
 * recorded none of its signatures, has acknowledged it.
 */
async function seedGrants(sql: Sql): Promise<void> {
  await sql(
    `INSERT INTO registry.consent_grant (consent, source, recipient, category, acknowledged_at, acknowledged_by)
    SELECT c.id, s.id, r.id, k.id, CASE WHEN wanted.signed THEN registry.clock() END, CASE WHEN wanted.signed THEN seated.holder END
    FROM jsonb_to_recordset(:wanted) AS wanted (consent uuid, grants text, signed boolean)
    JOIN registry.consent c ON c.id = wanted.consent
    JOIN (
      SELECT group_id, agency, min(holder) FILTER (WHERE role <> 'COORDINATOR') AS holder
      FROM registry.seat GROUP BY group_id, agency
    ) seated ON seated.group_id = c.group_id
    JOIN registry.agency s ON s.id = seated.agency
    JOIN (SELECT DISTINCT group_id, agency FROM registry.seat) other
      ON other.group_id = c.group_id AND other.agency <> seated.agency
    JOIN registry.agency r ON r.id = other.agency
    JOIN registry.category k ON k.sector = s.sector AND k.grantable
    WHERE CASE wanted.grants
      WHEN 'every' THEN true
      WHEN 'attendance' THEN k.code = 'school.attendance' AND r.sector = 'social-services'
      WHEN 'one school' THEN s.code = 'school:skovde' AND (r.code <> 'school:frida-friskola' OR k.code = 'school.attendance')
    END`,
    {
      wanted: JSON.stringify(
        consents.map(({ youth, life: { grants, signed = [] } }) => ({
          consent: idOf('consent', youth),
          grants,
          signed: signed.includes('mother') && signed.includes('father'),
        })),
      ),
    },
  );
}

async function seedSignatures(sql: Sql): Promise<void> {
  await insert(
    sql,
    'signature (consent, guardian, capacity, told_at, recorded_at, method, evidence_hash, recorded_by)',
    'consent uuid, guardian uuid, capacity text, recorded_by text, evidence text',
    `SELECT r.consent, r.guardian, r.capacity, t.signed_at, t.signed_at, 'PAPER',
      encode(sha256(convert_to(r.evidence, 'UTF8')), 'hex'), r.recorded_by
      FROM ROWS JOIN registry.consent c ON c.id = r.consent
      CROSS JOIN LATERAL (SELECT least(c.valid_from, registry.clock() - interval '2 days') AS signed_at) t`,
    consents.flatMap(({ youth, life }) =>
      (life.signed ?? []).map((signer) => ({
        consent: idOf('consent', youth),
        guardian: signer === 'youth' ? null : idOf(signer, youth),
        capacity: signer === 'youth' ? 'YOUTH' : 'GUARDIAN_WITH_CUSTODY',
        recorded_by: seatsOf(youth)[0]?.holder,
        evidence: `${youth} ${signer}`,
      })),
    ),
  );
  // The effects of these signatures are dated back to when they were given. The expired consent could not be completed any more,
  // so it is written as it was settled then.
  await sql(
    `UPDATE registry.consent SET fully_signed_at = least(valid_from, registry.clock() - interval '2 days')
      WHERE fully_signed_at IS NOT NULL OR id = :expired`,
    { expired: idOf('consent', 'expired') },
  );
  await sql(`UPDATE registry.seat SET informed_at = c.fully_signed_at
    FROM registry.consent c JOIN registry.consent_grant g ON g.consent = c.id
    WHERE c.fully_signed_at IS NOT NULL AND seat.group_id = c.group_id AND seat.agency IN (g.source, g.recipient)`);
}

async function seedEndings(sql: Sql): Promise<void> {
  await insert(
    sql,
    'statement (group_id, kind, guardian, channel, told_at, recorded_at, recorded_by)',
    'group_id uuid, kind text, guardian uuid, recorded_by text',
    `SELECT r.group_id, r.kind, r.guardian, 'PHONE', yesterday, yesterday, r.recorded_by
      FROM ROWS CROSS JOIN (SELECT registry.clock() - interval '1 day' AS yesterday) t`,
    [
      { group_id: idOf('group', 'withdrawn'), kind: 'WITHDRAWAL', guardian: null },
      { group_id: idOf('group', 'refused'), kind: 'REFUSAL', guardian: idOf('father', 'refused') },
    ].map((statement) => ({ ...statement, recorded_by: PERSONAS['social-coordinator'].subject })),
  );
}
