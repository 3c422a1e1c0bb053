import type { QueryConfig, QueryResultRow } from 'pg';
import { roleMask } from '../../../chassis/decide/authorize.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { HubError } from '../../../schema/errors.ts';

/** The columns of an entry that every request of the registry's own gives, in the order of `askerValues`. */
const ASKER_COLUMNS = 'request_id, operation_hash, operation_name, caller, actor, roles, agency, unknown_agency';

/** SQL for those columns' values, with parameters from `$1` to `$7`. */
const ASKER = `$1::uuid, $2::text, $3::text, $4::text, $5::text, $6::int,
  (SELECT id FROM registry.agency WHERE code = $7::text),
  CASE WHEN NOT EXISTS (SELECT FROM registry.agency WHERE code = $7::text) THEN $7::text END`;

/** Parameters `$1` to `$7` of statements that write entries: who asks, and by which operation. */
export function asker({ caller, operation }: HubContext): unknown[] {
  return [
    operation.requestId,
    operation.hash,
    operation.name,
    caller.subject,
    caller.actor,
    roleMask(caller.roles),
    caller.agency,
  ];
}

/**
 * SQL that appends one entry per row of `rows`, to stand inside the statement that decides: the entry is durable before
 * its answer arrives (C13). `columns` gives the SQL of further columns by name.
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
