import type { QueryConfig, QueryResultRow } from 'pg';
import { roleMask } from '../../../chassis/decide/authorize.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { HubError } from '../../../schema/errors.ts';

/** The columns of an entry that every request of the registry's own gives. */
const ASKER_COLUMNS = 'request_id, operation_hash, operation_name, caller, actor, roles, agency, unknown_agency';

/** SQL for those columns' values, from the values of `asker`. */
const ASKER = `:requestId::uuid, :operationHash::text, :operationName::text, :caller::text, :actor::text, :roles::int,
  (SELECT id FROM registry.agency WHERE code = :agency::text),
  CASE WHEN NOT EXISTS (SELECT FROM registry.agency WHERE code = :agency::text) THEN :agency::text END`;

/** Who asks, and by which operation: values of every statement that writes entries. */
export interface Asker {
  readonly requestId: string;
  readonly operationHash: string;
  readonly operationName: string | null;
  readonly caller: string;
  readonly actor: string | null;
  /** The token's roles as a mask. */
  readonly roles: number;
  /** The code of the agency that the caller acts for. */
  readonly agency: string;
}

/** Who asks in this request. */
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
 * SQL that appends one entry per row of `rows`, to stand inside the statement that decides: the entry is durable before
 * its answer arrives (C13). `columns` gives the SQL of further columns by name. The statement takes the values of `asker`.
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

/** Runs a statement that writes entries; LOG_UNAVAILABLE when it fails: then nothing is released (C13). */
export async function logged<Row extends QueryResultRow>(statement: QueryConfig, context: HubContext): Promise<Row[]> {
  try {
    return (await context.sector.pool.query<Row>(statement)).rows;
  } catch (cause) {
    throw HubError.constant('LOG_UNAVAILABLE', cause);
  }
}
