import type { QueryConfig, QueryResultRow } from 'pg';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { HubError } from '../../../../schema/errors.ts';

/** The messages of PostgreSQL, and of its client, for a statement that took too long. */
const TOO_LONG = new Set(['57014', '25P04']);

/** Answers a question about the log; LIMIT_EXCEEDED when it takes longer than an answer may. */
export async function answerOf<Row extends QueryResultRow>(
  question: QueryConfig,
  { sector }: HubContext,
): Promise<Row[]> {
  try {
    return (await sector.pool.query<Row>(question)).rows;
  } catch (cause) {
    if (!tookTooLong(cause)) throw cause;
    throw new HubError(
      'LIMIT_EXCEEDED',
      'The question takes too long over so many entries. Ask for a shorter interval, or for less.',
      {
        cause,
      },
    );
  }
}

function tookTooLong(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return TOO_LONG.has(String(Reflect.get(cause, 'code'))) || cause.message === 'Query read timeout';
}
