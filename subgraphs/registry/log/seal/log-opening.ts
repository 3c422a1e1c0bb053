import type pg from 'pg';
import { statement } from '../../../../chassis/statement.ts';
import { isConsistent } from '../../../../schema/log/merkle.ts';
import { TiledTree } from '../../../../schema/log/tiles.ts';
import type { LogMemory, Remembered } from './log-memory.ts';
import { remembered } from './log-memory.ts';
import { type HaltReason, halt, logNumber } from './state.ts';
import { StoredTiles } from './stored-tiles.ts';

/** The result of a comparison of the log with what is known outside its database. */
export type Compared =
  /** The log has all that is known of it. */
  | { readonly did: 'AGREED' }
  /** Witnesses are still to be heard. */
  | { readonly did: 'WAITED' }
  | { readonly did: 'HALTED'; readonly why: HaltReason; readonly isNew: boolean };

/** Those who can vouch that a server has all that was sealed. */
export interface Vouching {
  /** Asks every witness again, whatever it has said before. */
  askAnew(): void;
  /** Has a quorum of witnesses cosigned this very checkpoint since it was asked anew? */
  hasVouched(checkpoint: { readonly log: number; readonly size: number }): boolean;
}

const STANDING = `SELECT pg_postmaster_start_time()::text AS started_at, s.log, s.size::text AS size, s.root,
    s.halted_why IS NOT NULL AS is_halted, coalesce(s.timeline <> seal.timeline(), false) AS is_promoted, c.note,
    o.server_started_at = pg_postmaster_start_time() AND o.incarnation = s.incarnation
      AND o.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AS is_named
  FROM seal.state s CROSS JOIN seal.open o LEFT JOIN seal.checkpoint c ON c.log = s.log AND c.size = s.size`;

interface Standing {
  readonly startedAt: string;
  readonly log: number;
  readonly size: number;
  readonly root: Buffer;
  readonly isHalted: boolean;
  readonly isPromoted: boolean;
  /** The checkpoint of this size; null before the first, and where a log that follows another has none yet. */
  readonly note: string | null;
  /** Has another sealer, or an operator who reconciled the log, vouched for this running server? */
  readonly isNamed: boolean;
}

const TIMELINE = `UPDATE seal.state SET timeline = seal.timeline()
  WHERE timeline IS DISTINCT FROM seal.timeline() AND halted_why IS NULL`;

const KEEP_OPEN = statement<{ readonly comparedAt: string }>(
  'seal keep open',
  'SELECT seal.keep_open(:comparedAt::timestamptz)',
);

/**
 * Opens the log for decisions, on one running server at a time: after comparing the stored tree with the checkpoint that is
 * remembered outside the database and, where the server was promoted or nothing is remembered, with what witnesses have cosigned.
 */
export class LogOpening {
  readonly #pool: pg.Pool;
  readonly #origin: string;
  readonly #memory: LogMemory;
  readonly #vouching: Vouching | null;
  /** When the server started with which all was compared. */
  #comparedAt: string | null = null;
  /** When the server started for which witnesses are asked. */
  #askedAt: string | null = null;
  #remembered: Remembered | null = null;

  constructor(pool: pg.Pool, origin: string, memory: LogMemory, vouching: Vouching | null) {
    this.#pool = pool;
    this.#origin = origin;
    this.#memory = memory;
    this.#vouching = vouching;
  }

  /** Has the server that started then been compared? */
  isComparedWith(startedAt: string): boolean {
    return this.#comparedAt === startedAt;
  }

  /** Compares, and halts the log when it lacks what is known of it. Rejects when the database or the memory cannot be read. */
  async compare(): Promise<Compared> {
    const now = await this.#standing();
    // The sealer's round tells why.
    if (now.isHalted) return { did: 'AGREED' };
    this.#remembered = await this.#memory.read();
    const why = await this.#fault(now);
    if (why !== null) return this.#halt(why);
    const isUnknown = now.isPromoted || (this.#remembered === null && now.size > 0);
    if (isUnknown && !now.isNamed) {
      if (this.#vouching === null || now.note === null)
        return this.#halt(now.isPromoted ? 'OTHER_SERVER' : 'MEMORY_LOST');
      if (this.#askedAt !== now.startedAt) this.#vouching.askAnew();
      this.#askedAt = now.startedAt;
      if (!this.#vouching.hasVouched(now)) return { did: 'WAITED' };
    }
    await this.#pool.query({ name: 'seal timeline', text: TIMELINE });
    this.#comparedAt = now.startedAt;
    return { did: 'AGREED' };
  }

  /**
   * Remembers the latest checkpoint, and lets decisions be taken until rows will have waited too long for their seal: nothing
   * is decided that could be lost unnoticed. Does nothing on a server that has not been compared.
   */
  async keep(): Promise<Compared> {
    const now = await this.#standing();
    if (now.isHalted || !this.isComparedWith(now.startedAt)) return { did: 'WAITED' };
    if (now.note !== null && now.note !== this.#remembered?.note) {
      // Another sealer may have sealed it, or nobody.
      const why = await this.#fault(now);
      if (why !== null) return this.#halt(why);
      await this.#memory.write(now.note);
      this.#remembered = remembered(now.note);
    }
    await this.#pool.query(KEEP_OPEN({ comparedAt: now.startedAt }));
    return { did: 'AGREED' };
  }

  /** The part of what is remembered that the log lacks; null when it lacks nothing. */
  async #fault({ log, size, root }: Standing): Promise<HaltReason | null> {
    const known = this.#remembered;
    if (known === null) return null;
    const number = logNumber(this.#origin, known.origin);
    if (number === null)
      throw new Error('SAMSYN_LOG_MEMORY remembers a log of another name: give each log a file of its own.');
    // An operator has reconciled the log since.
    if (number < log) return null;
    if (number > log || known.size > size) return 'MEMORY_AHEAD';
    const tree = new TiledTree(size, new StoredTiles(this.#pool).read);
    try {
      const proof = await tree.consistencyProof(known.size);
      return isConsistent(known, { size, root }, proof) ? null : 'MEMORY_DISAGREES';
    } catch (fault) {
      if (fault instanceof RangeError) return 'TREE_DIFFERS';
      throw fault;
    }
  }

  async #halt(why: HaltReason): Promise<Compared> {
    return { did: 'HALTED', why, isNew: await halt(this.#pool, why) };
  }

  async #standing(): Promise<Standing> {
    const { rows } = await this.#pool.query<{
      started_at: string;
      log: number;
      size: string;
      root: Buffer;
      is_halted: boolean;
      is_promoted: boolean;
      note: string | null;
      is_named: boolean;
    }>({ name: 'seal standing of server', text: STANDING });
    const [row] = rows;
    if (row === undefined) throw new Error('The state of the log is gone: restore it.');
    return {
      startedAt: row.started_at,
      log: row.log,
      size: Number(row.size),
      root: row.root,
      isHalted: row.is_halted,
      isPromoted: row.is_promoted,
      note: row.note,
      isNamed: row.is_named,
    };
  }
}
