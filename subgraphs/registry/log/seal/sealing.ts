import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { sealerLogin } from '../../../../chassis/folders.ts';
import { logFault } from '../../../../chassis/log.ts';
import { named } from '../../../../chassis/statement.ts';
import { mayPrepare } from '../../../../chassis/store/demand-server.ts';
import { keepSummed } from '../sums/summing.ts';
import { analyseLog } from './analysing.ts';
import { LogMemory } from './log-memory.ts';
import { type Compared, LogOpening } from './log-opening.ts';
import { serveLog } from './log-server.ts';
import { type LogStanding, SealMetrics } from './metrics.ts';
import { makePartitions } from './partitions.ts';
import type { SealConfiguration } from './seal-configuration.ts';
import { type Round, Sealer } from './sealer.ts';
import { sealerPool } from './sealer-pool.ts';
import type { HaltReason } from './state.ts';
import { thinCheckpoints } from './thinning.ts';
import { Witnessing } from './witnessing.ts';

/** Between two looks at the log, in milliseconds: an entry is sealed within two seconds of its commit, also under load. */
const PAUSE_MS = 250;
/** The same while the log is halted. */
const HALTED_PAUSE_MS = 2_000;
/** The same while the database, the key or the memory fails: a hub decides again within two seconds of its database's return. */
const FAULT_PAUSE_MS = 500;
/** Between two times that the log is kept open while nothing is sealed, in milliseconds; far less than any limit of the lag. */
const OPEN_EVERY_MS = 1_000;
/** Between two looks at whether there is a checkpoint to show to witnesses, in milliseconds. */
const WITNESS_PAUSE_MS = 500;
/** Between two times that checkpoints are thinned and partitions made, in milliseconds. */
const UPKEEP_MS = 60 * 60 * 1000;
/** Between two looks at whether the log has grown enough to be analysed, in milliseconds. */
const ANALYSIS_PAUSE_MS = 5 * 60 * 1000;

/** Sealing as it goes on beside a process's other work. */
export interface Sealing {
  /** Where checkpoint, tiles and metrics are served; null is nowhere. */
  readonly port: number | null;
  /** Ends it; what is under way is finished first. */
  close(): Promise<void>;
}

/**
 * Seals the log until it is closed. Resolves when what waited at the start is sealed, or cannot be: then it goes on trying,
 * and `authorize` refuses when entries have waited too long.
 */
export async function startSealing(configuration: SealConfiguration, log: Logger): Promise<Sealing> {
  const { databaseUrl } = configuration;
  const pool = sealerPool(databaseUrl, { isNamed: await mayPrepare(databaseUrl, sealerLogin().variable) });
  pool.on('error', () => log.warn('an idle database connection of the sealer was lost'));
  const metrics = new SealMetrics(() => readStanding(pool));
  const { origin, policy } = configuration;
  const witnessing = policy === null ? null : new Witnessing(pool, policy, log);
  const opening = new LogOpening(pool, origin, new LogMemory(configuration.memory), witnessing);
  const loop = new SealingLoop(new Sealer(pool, origin, configuration.sign), opening, pool, metrics, log);
  await setLagLimit(pool, configuration.lagLimitSeconds, log);
  // First of all: a log that was restored from a backup must not go on before somebody has looked.
  if (witnessing !== null) await loop.witness(witnessing);
  await loop.catchUp();
  const server = configuration.listen === null ? null : await serveLog(pool, metrics, configuration.listen);
  const running = Promise.all([
    loop.run(),
    loop.runAnalysis(),
    keepSummed(pool, log, loop.ended),
    witnessing === null ? null : loop.runWitnessing(witnessing),
  ]);
  return {
    port: server?.port ?? null,
    close: async () => {
      loop.end();
      await Promise.all([running, server?.close()]);
      await pool.end();
    },
  };
}

/** True when there is anything to do. It asks without a lock, and without a transaction id of its own. */
const PENDING = `SELECT pg_postmaster_start_time()::text AS started_at, s.halted_why IS NOT NULL OR s.sweeping OR seal.waiting_since(s) IS NOT NULL
      OR coalesce(s.system_identifier <> c.system_identifier, false) AS pending
  FROM seal.state s CROSS JOIN pg_control_system() c`;

class SealingLoop {
  readonly #sealer: Sealer;
  readonly #opening: LogOpening;
  readonly #pool: pg.Pool;
  readonly #metrics: SealMetrics;
  readonly #log: Logger;
  readonly #ended = new AbortController();
  #alarmed: HaltReason | null = null;
  /** The next look waits so long, in milliseconds. */
  #pause = PAUSE_MS;
  #openedAt = Number.NEGATIVE_INFINITY;

  constructor(sealer: Sealer, opening: LogOpening, pool: pg.Pool, metrics: SealMetrics, log: Logger) {
    this.#sealer = sealer;
    this.#opening = opening;
    this.#pool = pool;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Aborted when the loop is to end. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Seals all that waits. */
  async catchUp(): Promise<void> {
    while (!this.#ended.signal.aborted && (await this.#round())) {
      // On to the next batch.
    }
  }

  async run(): Promise<void> {
    let upkeepAt = performance.now();
    while (!this.#ended.signal.aborted) {
      await this.catchUp();
      if (performance.now() >= upkeepAt) {
        upkeepAt += UPKEEP_MS;
        await thinCheckpoints(this.#pool).catch((fault: unknown) => logFault(this.#log, 'thin checkpoints', fault));
        await makePartitions(this.#pool, this.#log).catch((fault: unknown) =>
          logFault(this.#log, 'make partitions', fault),
        );
      }
      await wait(this.#pause, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }

  /** Beside the sealing, which must not wait for it. */
  async runAnalysis(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await analyseLog(this.#pool).catch((fault: unknown) => logFault(this.#log, 'analyse the log', fault));
      await wait(ANALYSIS_PAUSE_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }

  async runWitnessing(witnessing: Witnessing): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.witness(witnessing);
      await wait(WITNESS_PAUSE_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }

  /** Shows the latest checkpoint to the witnesses, once. */
  async witness(witnessing: Witnessing): Promise<void> {
    try {
      await witnessing.round();
    } catch (fault) {
      this.#metrics.faults.inc();
      logFault(this.#log, 'witness', fault);
    }
  }

  end(): void {
    this.#ended.abort();
  }

  /** true when more waits. */
  async #round(): Promise<boolean> {
    this.#pause = PAUSE_MS;
    try {
      const { rows } = await this.#pool.query<{ started_at: string; pending: boolean }>({
        name: 'seal pending',
        text: PENDING,
      });
      const [look] = rows;
      if (look === undefined) throw new Error('The state of the log is gone: restore it.');
      if (!this.#opening.isComparedWith(look.started_at)) {
        this.#openedAt = Number.NEGATIVE_INFINITY;
        const compared = await this.#opening.compare();
        if (compared.did !== 'AGREED') return this.#took(compared);
      }
      return look.pending ? await this.#seal() : await this.#idle();
    } catch (fault) {
      this.#metrics.faults.inc();
      logFault(this.#log, 'seal', fault);
      this.#pause = FAULT_PAUSE_MS;
      return false;
    }
  }

  async #seal(): Promise<boolean> {
    const stop = this.#metrics.rounds.startTimer();
    const round = await this.#sealer.round();
    if (round.did === 'SEALED') stop();
    const isMore = this.#took(round);
    // A long backlog is sealed without a look at the memory after each batch.
    const isDue = !isMore || performance.now() >= this.#openedAt + OPEN_EVERY_MS;
    if (round.did !== 'HALTED' && isDue) await this.#keepOpen();
    return isMore;
  }

  async #idle(): Promise<false> {
    this.#alarmed = null;
    if (performance.now() >= this.#openedAt + OPEN_EVERY_MS) await this.#keepOpen();
    return false;
  }

  async #keepOpen(): Promise<void> {
    const kept = await this.#opening.keep();
    if (kept.did === 'AGREED') this.#openedAt = performance.now();
    else this.#took(kept);
  }

  #took(round: Round | Compared): boolean {
    if (round.did === 'HALTED') {
      this.#pause = HALTED_PAUSE_MS;
      if (this.#alarmed !== round.why) this.#alarm(round.why);
      return false;
    }
    this.#alarmed = null;
    if (round.did !== 'SEALED') return false;
    this.#metrics.entries.inc(round.entries);
    return round.isMore;
  }

  #alarm(why: HaltReason): void {
    this.#alarmed = why;
    this.#log.fatal(
      { alarm: 'LOG_HALTED', why },
      'the access log is halted: reconcile it by npm run registry -- reconcile',
    );
  }
}

const LAG_LIMIT = `UPDATE seal.state SET lag_limit = make_interval(secs => :seconds)
  WHERE lag_limit <> make_interval(secs => :seconds) AND halted_why IS NULL`;

async function setLagLimit(pool: pg.Pool, seconds: number | null, log: Logger): Promise<void> {
  if (seconds === null) return;
  try {
    await pool.query(named(LAG_LIMIT, { seconds }));
  } catch (fault) {
    // The limit that stands goes on: it is an hour at most.
    logFault(log, 'lag limit', fault);
  }
}

async function readStanding(pool: pg.Pool): Promise<LogStanding> {
  const { rows } = await pool.query<{ size: string; lag: number; halted: boolean; witnessed: string }>({
    name: 'seal standing',
    text: `SELECT s.size, s.halted_why IS NOT NULL AS halted,
        greatest(0, coalesce(extract(epoch FROM clock_timestamp() - seal.waiting_since(s)), 0))::float8 AS lag,
        coalesce((SELECT max(size) FROM seal.checkpoint c WHERE c.log = s.log AND c.witnessed_at IS NOT NULL), 0) AS witnessed
      FROM seal.state s`,
  });
  const [row] = rows;
  if (row === undefined) throw new Error('The state of the log is gone: restore it.');
  return { size: Number(row.size), lagSeconds: row.lag, isHalted: row.halted, witnessedSize: Number(row.witnessed) };
}
