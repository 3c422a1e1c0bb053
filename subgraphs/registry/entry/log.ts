import type { EntityManager } from '@mikro-orm/postgresql';
import type { QueryConfig, QueryResultRow } from 'pg';
import { roleMask } from '../../../chassis/decide/authorize.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { HubError, isRateLimited } from '../../../schema/errors.ts';

/** The columns of an entry that every request to the registry fills. */
const ASKER_COLUMNS = 'request_id, operation_hash, operation_name, caller, actor, roles, agency, unknown_agency';

/** The SQL of these columns, from the values of `asker`. */
const ASKER = `:requestId::uuid, :operationHash::text, :operationName::text, :caller::text, :actor::text, :roles::int,
  (SELECT id FROM registry.agency WHERE code = :agency::text),
  CASE WHEN NOT EXISTS (SELECT FROM registry.agency WHERE code = :agency::text) THEN :agency::text END`;

/** The caller and the operation: values of every statement that writes entries. */
export interface Asker {
  readonly requestId: string;
  readonly operationHash: string;
  readonly operationName: string | null;
  readonly caller: string;
  readonly actor: string | null;
  /** The token's roles as a mask. */
  readonly roles: number;
  /** The code of the caller's agency. */
  readonly agency: string;
}

/** The caller and the operation of this request. */
export function asker({ caller, operation }: HubContext): Asker {
  return {
    requestId: operation.requestId,
    operationHash: operation.hash,
    operationName: operation.name,
    caller: caller.subject,
    actor: caller.actor,
    roles: roleMask(caller.roles),
    agency: caller.agency,
  };
}

/** The columns of an entry that a statement may give, each with its type. */
const COLUMNS = {
  /** The mutation, or what was read. */
  name: 'text',
  /** The question, and how it was asked. */
  fields: 'text',
  youth: 'uuid',
  group_id: 'uuid',
  programme: 'uuid',
  consent: 'uuid',
  consent_version: 'integer',
  source: 'integer',
  consent_grant: 'uuid',
  /** The thing that was changed or read. */
  thing: 'uuid',
} as const;

/** SQL of an entry's columns, by name. */
export type EntryColumns = Readonly<Partial<Record<keyof typeof COLUMNS, string>>>;

/**
 * SQL that appends one row to the log with an entry for each row of `rows`, to stand inside the statement that decides: it is
 * durable before its answer arrives (C13). Entries of several names make a row each. The statement takes the values of `asker`.
 */
export function appendSql(kind: 'READ' | 'CHANGE', permitted: string, columns: EntryColumns, rows: string): string {
  const given = Object.entries(COLUMNS).map(
    ([name, type]) => `${columns[name as keyof typeof COLUMNS] ?? 'NULL'}::${type} AS ${name}`,
  );
  return `INSERT INTO registry.log_row (kind, ${ASKER_COLUMNS}, name, kind_fields, part_youth, part_group, part_programme,
      part_consent, part_version, part_from, unit_part, unit_kind, unit_source, unit_permitted, unit_grant, unit_thing, marks)
    SELECT '${kind}', ${ASKER}, r.name, r.fields, r.youths, r.groups, r.programmes, r.consents, r.versions,
      ARRAY(SELECT n::smallint FROM generate_series(1, r.count + 1) n), ARRAY(SELECT n::smallint FROM generate_series(1, r.count) n),
      CASE WHEN r.fields IS NOT NULL THEN array_fill(1::smallint, ARRAY[r.count]) END, r.sources, r.permitted, r.grants, r.things,
      ARRAY(SELECT DISTINCT registry.mark_of_source(s) FROM unnest(r.sources) s WHERE s IS NOT NULL)
    FROM (
      SELECT e.name, count(*)::int AS count, CASE WHEN count(e.fields) > 0 THEN ARRAY[min(e.fields)] END AS fields,
        array_agg(e.permitted) AS permitted, array_agg(e.youth) AS youths, array_agg(e.group_id) AS groups,
        ${['programme', 'consent', 'source', 'thing'].map(present).join(', ')},
        ${present('consent_version', 'versions')}, ${present('consent_grant', 'grants')}
      FROM (SELECT ${permitted} AS permitted, ${given.join(', ')} ${rows}) e
      GROUP BY e.name
    ) r`;
}

/** SQL of a column's values as an array; null where no entry has one. */
function present(column: string, as: string | number): string {
  return `CASE WHEN count(e.${column}) > 0 THEN array_agg(e.${column}) END AS ${typeof as === 'string' ? as : `${column}s`}`;
}

/** The things that the entry of a change names, besides the person who made it. */
export interface Named {
  readonly name: string;
  readonly agency: number;
  readonly thing?: string | null;
  readonly youth?: string | null;
  readonly groupId?: string | null;
  readonly programme?: string | null;
  readonly consent?: string | null;
  readonly consentVersion?: number | null;
  readonly consentGrant?: string | null;
  readonly source?: number | null;
}

const CHANGED = `INSERT INTO registry.log_row (kind, request_id, operation_hash, operation_name, caller, actor, roles, agency, name,
    part_youth, part_group, part_programme, part_consent, part_version, part_from, unit_part, unit_source, unit_permitted,
    unit_grant, unit_thing, marks)
  SELECT 'CHANGE', e.request_id, e.operation_hash, e.operation_name, e.caller, e.actor, e.roles, e.agency, e.name,
    ARRAY[e.youth], ARRAY[e.group_id], ARRAY[e.programme], ARRAY[e.consent], ARRAY[e.version], '{1,2}', '{1}', ARRAY[e.source],
    '{true}', ARRAY[e.consent_grant], ARRAY[e.thing],
    CASE WHEN e.source IS NOT NULL THEN ARRAY[registry.mark_of_source(e.source)] END
  FROM jsonb_to_record(?::jsonb) AS e (request_id uuid, operation_hash text, operation_name text, caller text, actor text,
    roles int, agency int, name text, youth uuid, group_id uuid, programme uuid, consent uuid, version int, source int,
    consent_grant uuid, thing uuid)`;

/** Appends the entry of a change that has been made, in its transaction. */
export async function appendChange(em: EntityManager, made: Named, { caller, operation }: HubContext): Promise<void> {
  const entry = {
    request_id: operation.requestId,
    operation_hash: operation.hash,
    operation_name: operation.name,
    caller: caller.subject,
    actor: caller.actor,
    roles: roleMask(caller.roles),
    agency: made.agency,
    name: made.name,
    youth: made.youth,
    group_id: made.groupId,
    programme: made.programme,
    consent: made.consent,
    version: made.consentVersion,
    source: made.source,
    consent_grant: made.consentGrant,
    thing: made.thing,
  };
  await em.execute(CHANGED, [JSON.stringify(entry)]);
}

/**
 * Runs a statement that writes entries. LOG_UNAVAILABLE if it fails: then nothing is released (C13). RATE_LIMITED if the caller's
 * budget is spent: `units` are the entries that it writes at least, or 0 if they never count.
 */
export async function logged<Row extends QueryResultRow>(
  statement: QueryConfig,
  context: HubContext,
  units = 1,
): Promise<Row[]> {
  try {
    await context.spend(units);
    const { rows } = await context.sector.pool.query<Row>(statement);
    if (units > 0) context.charge(rows.length - units);
    return rows;
  } catch (cause) {
    throw isRateLimited(cause) ? cause : HubError.constant('LOG_UNAVAILABLE', cause);
  }
}
