import type pg from 'pg';
import type { Logger } from 'pino';
import { logFault } from '../../../../chassis/log.ts';
import { named } from '../../../../chassis/statement.ts';
import { createPool } from '../../../../chassis/store/database.ts';
import { entryById } from '../read/entry-answer.ts';
import { type AlarmHook, alarmHookOf, alarmWatchOf } from './alarm-configuration.ts';
import { post } from './alarm-hook.ts';
import { ALARM_RULES } from './alarm-rules.ts';

/** Alarms that go out in one round, and how long an alarm is tried: a receiver that is back gets what is still news. */
const ROUND = 20;
const TRIED_FOR = '7 days';

interface Alarm {
  readonly id: string;
  readonly kind: string;
  readonly entry: string;
  readonly request_id: string;
  readonly raised_at: Date;
}

const COLUMNS = 'id, kind, entry, request_id, raised_at';

const raiseSql = (grounds: string) => `
  INSERT INTO registry.alarm (kind, occasion, entry, request_id, agency, source)
  SELECT g.kind, g.occasion, g.entry, g.request_id, e.agency, e.source
  FROM (${grounds}) AS g CROSS JOIN ${entryById('g.entry')}
  ON CONFLICT (kind, occasion) DO NOTHING
  RETURNING ${COLUMNS}`;

const UNDELIVERED = `
  SELECT ${COLUMNS} FROM registry.alarm
  WHERE delivered_at IS NULL AND raised_at > registry.clock() - interval '${TRIED_FOR}'
  ORDER BY raised_at, id LIMIT ${ROUND}`;

const DELIVERED = 'UPDATE registry.alarm SET delivered_at = registry.clock() WHERE id = :id';

/**
 * Looks at the access log once: raises each alarm that there are grounds for and that has not been raised, with a line in
 * the process's log, and sends to the hook what has not been delivered. An alarm arrives at least once, always with the same
 * id. It names an entry and nobody: who it was is for those to read who may read the log.
 */
export async function watchOnce(pool: pg.Pool, hook: AlarmHook | null, log: Logger): Promise<void> {
  for (const [kind, grounds] of Object.entries(ALARM_RULES)) {
    try {
      const { rows } = await pool.query<Alarm>(raiseSql(grounds));
      for (const { id, kind: alarm, entry, request_id: requestId } of rows) {
        log.warn({ alarm, alarmId: id, entryId: entry, requestId }, 'alarm');
      }
    } catch (cause) {
      // One kind of alarm that cannot be looked for must not keep the others from going out.
      logFault(log, `alarm ${kind}`, cause);
    }
  }
  if (hook !== null) await deliver(pool, hook, log);
}

async function deliver(pool: pg.Pool, hook: AlarmHook, log: Logger): Promise<void> {
  try {
    const { rows } = await pool.query<Alarm>(UNDELIVERED);
    for (const { id, kind, entry, request_id: requestId, raised_at: raisedAt } of rows) {
      const status = await post(hook, { id, kind, raisedAt: raisedAt.toISOString(), entryId: entry, requestId });
      // A receiver that answers may take the next, and must not keep it waiting.
      if (status < 200 || status > 299) log.warn({ alarmId: id, status }, 'alarm not taken');
      else await pool.query(named(DELIVERED, { id }));
    }
  } catch (cause) {
    // Nobody answers, or the database does not: the rest goes out in the next round.
    logFault(log, 'alarm hook', cause);
  }
}

/** Writes what callers were refused in the hours that are over, an entry for each (subgraphs/registry/migrations/functions/log/budget.sql). */
async function endHours(pool: pg.Pool, log: Logger): Promise<void> {
  try {
    await pool.query('SELECT registry.log_refused()');
  } catch (cause) {
    // The next round writes it.
    logFault(log, 'refused units', cause);
  }
}

/**
 * Watches the access log in the registry's process: at once, since nobody watched while there was none, and again and again
 * until it is closed.
 */
export async function watchBeside(env: NodeJS.ProcessEnv, log: Logger): Promise<{ close(): Promise<void> }> {
  const hook = alarmHookOf(env);
  const { database, seconds } = alarmWatchOf(env);
  const pool = createPool(database, 1);
  pool.on('error', () => log.warn('an idle database connection was lost'));
  let round: Promise<unknown> | null = null;
  const look = () => {
    // A round that takes longer than that is not joined by another.
    round ??= Promise.all([watchOnce(pool, hook, log), endHours(pool, log)]).finally(() => {
      round = null;
    });
  };
  look();
  const timer = setInterval(look, seconds * 1000);
  return {
    async close() {
      clearInterval(timer);
      await round;
      await pool.end();
    },
  };
}
