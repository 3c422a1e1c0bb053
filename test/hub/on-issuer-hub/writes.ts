import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { sql } from '../../setup/ask.ts';
import { type Claims, mutate, type Said, saidBy } from '../mutate.ts';
import { type Fields, kindsOf } from '../valid-inputs.ts';
import { sharedPlace } from './shared-place.ts';

/** Whom the records are about; every sector has linked both. */
export const YOUTH = DEMO_YOUTHS.everything.id;
export const OTHER_YOUTH = DEMO_YOUTHS.protected.id;
/** Whom nobody has linked. */
export const NOBODY = '99999999-9999-4999-8999-999999999999';

/** The home agency of each sector, who holds a seat there, who does not, and a stranger of another agency. */
const SECTORS = {
  'social-services': { agency: 'social-services:skovde', holder: 'p-1001', role: 'COORDINATOR' },
  police: { agency: 'police:nationell', holder: 'p-2001', role: 'CASEWORKER' },
  school: { agency: 'school:skovde', holder: 'p-3001', role: 'CASEWORKER' },
  leisure: { agency: 'leisure:skovde', holder: 'p-4001', role: 'CASEWORKER' },
} as const;

export type SectorName = keyof typeof SECTORS;
export const NAMES = Object.keys(SECTORS) as SectorName[];

/** Every write that the hub has decided, as the log must have it. */
export const decided: { request: string; caller: string; agency: string; fields: string; permitted: boolean }[] = [];

/** The holder of a sector’s seat. */
export const staffOf = (name: SectorName): Claims => {
  const { agency, holder, role } = SECTORS[name];
  return { sub: holder, agency, roles: [role] };
};
/** A sector’s own system. */
export const systemOf = (name: SectorName): Claims => ({
  sub: `system-${name}`,
  agency: SECTORS[name].agency,
  roles: ['SYSTEM'],
});

/** Sends a mutation, and notes what was decided about it. */
export async function write(by: Claims, mutation: string, input: Fields): Promise<Said> {
  const answer = await mutate(await sharedPlace(), by, mutation, input);
  const said = saidBy(answer);
  // What is forbidden may have been decided or not, and what is faulty has not.
  const isDecided = said.outcome !== undefined || JSON.stringify(said).includes('CONFLICT');
  if (isDecided)
    decided.push({ request: answer.requestId, caller: by.sub, agency: by.agency, fields: mutation, permitted: true });
  return said;
}

/** A row of a sector's table, as its owner sees it. */
export async function rowsOf(name: SectorName, table: string, where: string, value: string): Promise<Fields[]> {
  const found = await sql<{ row: Fields }>(
    (await sharedPlace()).hub,
    ownerOf(name),
    `SELECT to_jsonb(r) AS row FROM agency.${table} r WHERE ${where} = $1`,
    [value],
  );
  return found.map(({ row }) => row);
}

/** The variable that names the database of a sector, as its owner. */
export const ownerOf = (name: SectorName): string => `SAMSYN_${name.toUpperCase().replace('-', '_')}_OWNER_URL`;

/** How many rows each table of a sector has, and how many changes they have seen. */
export async function countsOf(name: SectorName): Promise<Fields[]> {
  const tables = kindsOf(name).map(
    ({ table }) =>
      `SELECT '${table}' AS table, count(*)::int AS rows, coalesce(sum(version), 0)::int AS versions FROM agency.${table}`,
  );
  return sql((await sharedPlace()).hub, ownerOf(name), `${tables.join(' UNION ALL ')} ORDER BY 1`);
}
