import type { QueryConfig, QueryResultRow } from 'pg';
import { roleMask } from '../../../chassis/decide/authorize.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { HubError } from '../../../schema/errors.ts';

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

/**
 * The SQL that appends one entry per row of `rows`, as part of the statement that decides: the entry is durable before its answer
 * arrives (C13). `columns` has the SQL of further columns by name. The statement takes the values of `asker`.
 */
export function appendSql(
  kind: 'READ' | 'CHANGE',
  permitted: string,
  columns: Readonly<Record<string, string>>,
  rows: string,
): string {
  const names = Object.keys(columns).map((name) => `, ${name}`);
  const values = Object.values(columns).map((value) => `, ${value}`);
  return `INSERT INTO registry.entry (kind, permitted, ${ASKER_COLUMNS}${names.join('')})
    SELECT '${kind}', ${permitted}, ${ASKER}${values.join('')} ${rows}`;
}

/** Runs a statement that writes entries. LOG_UNAVAILABLE if it fails: then nothing is released (C13). */
export async function logged<Row extends QueryResultRow>(statement: QueryConfig, context: HubContext): Promise<Row[]> {
  try {
    return (await context.sector.pool.query<Row>(statement)).rows;
  } catch (cause) {
    throw HubError.constant('LOG_UNAVAILABLE', cause);
  }
}
