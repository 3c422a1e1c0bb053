import { afterAll } from '@jest/globals';
import type { Caller } from '../../../schema/caller.ts';
import { type DemoRegistry, startDemoRegistry } from '../../setup/registry-database.ts';
import { type RegistryAnswer, type RegistrySubgraph, serveRegistry } from '../../setup/registry-subgraph.ts';

interface Shared {
  readonly database: DemoRegistry;
  readonly registry: RegistrySubgraph;
}

let started: Promise<Shared> | undefined;

/** The registry that all parts of this suite ask; each works in an interval of its own. It ends with the suite. */
export function sharedRegistry(): Promise<Shared> {
  started ??= startDemoRegistry().then(async (database) => ({ database, registry: await serveRegistry(database) }));
  return started;
}

const endings: (() => Promise<unknown>)[] = [];

/** Has something end before the registry does. */
export function endBefore(end: () => Promise<unknown>): void {
  endings.push(end);
}

afterAll(async () => {
  await Promise.all(endings.map((end) => end()));
  if (started === undefined) return;
  const { database, registry } = await started;
  await registry.end();
  await database.end();
});

const person = (subject: string, agency: string, ...roles: Caller['roles']): Caller => ({
  subject,
  actor: null,
  agency,
  roles,
});

/** Who asks in this suite. */
export const CALLERS = {
  hubAuditor: person('p-9901', 'hub:samsyn', 'AUDITOR'),
  schoolAuditor: person('p-3901', 'school:skovde', 'AUDITOR'),
  schoolManager: person('p-3801', 'school:skovde', 'MANAGER'),
  mixedAuditor: person('p-9902', 'hub:samsyn', 'AUDITOR', 'MANAGER'),
  leisureManager: person('p-4801', 'leisure:skovde', 'MANAGER'),
  caseworker: person('p-3001', 'school:skovde', 'CASEWORKER'),
  coordinator: person('p-1001', 'social-services:skovde', 'COORDINATOR'),
  mentor: person('p-1002', 'social-services:skovde', 'MENTOR'),
  seated: person('p-3001', 'school:skovde', 'CASEWORKER'),
  coordinatorElsewhere: person('p-5001', 'social-services:orebro', 'COORDINATOR'),
} as const;

/** An entry to put into the log, as far as the tests care. */
export interface Written {
  readonly at: Date;
  readonly kind?: string;
  readonly permitted?: boolean;
  readonly caller?: string;
  readonly actor?: string;
  readonly agency?: string;
  readonly source?: string;
  readonly category?: string;
  readonly youth?: string;
  readonly protected?: boolean;
  readonly reason?: string;
  readonly group?: string;
  readonly consent?: string;
  readonly version?: number;
  /** The code of a programme. */
  readonly programme?: string;
  readonly whereabouts?: boolean;
  /** Of a decision; 1, which is to read, unless given. */
  readonly action?: number;
  readonly answer?: string;
  readonly request?: string;
  readonly name?: string;
  readonly fields?: string;
  readonly elapsed?: number;
  readonly why?: string;
  readonly hash?: string;
  readonly operation?: string;
  readonly roles?: number;
}

const INSERT = `
  INSERT INTO registry.entry (id, at, kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency, roles,
    action, youth, protected, source, category, whereabouts, reason, group_id, consent, consent_version, programme,
    answer, name, fields)
  SELECT uuidv7(w.at - now()), w.at, coalesce(w.kind, 'DECISION'), coalesce(w.permitted, true),
    coalesce(w.request, gen_random_uuid()), coalesce(w.hash, 'x'), w.operation, coalesce(w.caller, 'p-1001'), w.actor, a.id,
    coalesce(w.roles, 4), CASE WHEN coalesce(w.kind, 'DECISION') = 'DECISION' THEN coalesce(w.action, 1) END, w.youth, w.protected, s.id, k.id,
    coalesce(w.whereabouts, false), w.reason, w."group", w.consent, w.version, p.id, w.answer,
    -- The sector that decided; without a category, that of the answers that tests write.
    coalesce(w.name, CASE WHEN coalesce(w.kind, 'DECISION') = 'DECISION' THEN coalesce(k.sector, 'school') END), w.fields
  FROM jsonb_to_recordset($1::jsonb) AS w (at timestamptz, kind text, permitted boolean, caller text, actor text,
    agency text, source text, category text, youth uuid, protected boolean, reason registry.reason, "group" uuid, consent uuid,
    answer uuid, request uuid, name text, hash text, operation text, roles int, version int,
    programme text, whereabouts boolean, action int, fields text)
  LEFT JOIN registry.agency a ON a.code = coalesce(w.agency, 'school:skovde')
  LEFT JOIN registry.agency s ON s.code = w.source
  LEFT JOIN registry.category k ON k.code = w.category
  LEFT JOIN registry.programme p ON p.code = w.programme
  RETURNING id`;

/** What became of an answer, as the sector's next call writes it. */
const OUTCOME = `
  INSERT INTO registry.log_row (at, kind, name, part_from, answer_id, answer_elapsed_ms, answer_why)
  SELECT w.at, w.kind, w.name, '{1,2}', ARRAY[w.answer], ARRAY[w.elapsed], ARRAY[w.why]
  FROM jsonb_to_recordset($1::jsonb) AS w (at timestamptz, kind text, name text, answer uuid, elapsed int,
    why text)
  RETURNING registry.unit_id(id, 1) AS id`;

/** Puts entries into the log; their ids, in the same order. */
export async function write(entries: readonly Written[]): Promise<string[]> {
  const { admin } = (await sharedRegistry()).database;
  const ids: string[] = [];
  for (const entry of entries) {
    const { rows } = await admin.query<{ id: string }>(isOutcome(entry) ? OUTCOME : INSERT, [JSON.stringify([entry])]);
    ids.push(rows[0]?.id ?? '');
  }
  return ids;
}

function isOutcome({ kind }: Written): boolean {
  return ['RELEASED', 'WITHHELD', 'LATE'].includes(kind ?? '');
}

/** Asks the shared registry. */
export async function ask(caller: Caller, query: string, variables?: Record<string, unknown>): Promise<RegistryAnswer> {
  return (await sharedRegistry()).registry.ask(caller, query, variables);
}

/** A field of an answer that has no errors. */
export async function fieldOf<T>(
  caller: Caller,
  field: string,
  query: string,
  variables?: Record<string, unknown>,
): Promise<T> {
  const { data, errors } = await ask(caller, query, variables);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data?.[field] as T;
}

/** Minutes and days, in milliseconds. */
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** An instant so many days and minutes ago, on a full second. */
export function ago(days: number, minutes = 0): Date {
  const at = Date.now() - days * DAY - minutes * MINUTE;
  return new Date(at - (at % 1000));
}
