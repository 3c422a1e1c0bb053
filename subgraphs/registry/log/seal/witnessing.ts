import type pg from 'pg';
import type { Logger } from 'pino';
import { named, statement } from '../../../../chassis/statement.ts';
import { judge, type Policy, type PolicyWitness } from '../../../../schema/log/policy.ts';
import { TiledTree } from '../../../../schema/log/tiles.ts';
import type { Vouching } from './log-opening.ts';
import { type HaltReason, halt, readState } from './state.ts';
import { StoredTiles } from './stored-tiles.ts';
import { submit, type WitnessReply } from './witness-client.ts';

type ReachedWitness = PolicyWitness & { readonly url: string };

/** By the names of witnesses: the last checkpoint that each has cosigned. */
type Heard = Map<string, Pick<StoredCheckpoint, 'log' | 'size'>>;

/** A witness that has said nothing is asked again after so long, in milliseconds. */
const AGAIN_AFTER_MS = 5_000;

interface StoredCheckpoint {
  readonly log: number;
  readonly size: number;
  readonly note: string;
  readonly lines: readonly string[];
  readonly isWitnessed: boolean;
}

const COSIGNATURE = `INSERT INTO seal.cosignature (log, size, witness, line)
  VALUES (:log, :size, :witness, :line) ON CONFLICT DO NOTHING`;

const COSIGNED_SIZE = statement<{ readonly log: number; readonly witness: string }>(
  'seal cosigned size',
  'SELECT coalesce(max(size), 0)::text AS size FROM seal.cosignature WHERE log = :log AND witness = :witness',
);

const COSIGNATURES = statement<Pick<StoredCheckpoint, 'log' | 'size'>>(
  'seal cosignatures',
  'SELECT line FROM seal.cosignature WHERE log = :log AND size = :size ORDER BY witness',
);

const QUORUM = `UPDATE seal.checkpoint SET witnessed_at = clock_timestamp()
  WHERE log = :log AND size = :size AND witnessed_at IS NULL`;

/**
 * Shows the latest stored checkpoint to the witnesses of the policy and keeps their cosignatures. A checkpoint is stored
 * before it is shown: so a witness that has seen more than there is proves that something was lost.
 */
export class Witnessing implements Vouching {
  readonly #pool: pg.Pool;
  readonly #policy: Policy;
  readonly #witnesses: readonly ReachedWitness[];
  readonly #stored: StoredTiles;
  readonly #log: Logger;
  readonly #notBefore = new Map<string, number>();
  /** Witnesses that have cosigned something for this process, on this server, and the last that each has. */
  #heard: Heard = new Map();

  constructor(pool: pg.Pool, policy: Policy, log: Logger) {
    this.#pool = pool;
    this.#policy = policy;
    this.#witnesses = policy.witnesses.filter((witness): witness is ReachedWitness => witness.url !== null);
    this.#stored = new StoredTiles(pool);
    this.#log = log;
  }

  /** Asks every witness again: another server may lack what this one had shown. */
  askAnew(): void {
    // What a witness still answers to an earlier question goes into the old map.
    this.#heard = new Map();
    this.#notBefore.clear();
  }

  /** Has a quorum cosigned this very checkpoint since every witness was asked again? */
  hasVouched({ log, size }: { readonly log: number; readonly size: number }): boolean {
    const names = [...this.#heard].filter(([, at]) => at.log === log && at.size === size).map(([name]) => name);
    return this.#policy.isQuorum(new Set(names));
  }

  /**
   * Asks every witness that has not cosigned the latest checkpoint yet; and each once, to begin with, whether it has seen
   * more: a database that was restored shows cosignatures of its own. Rejects when the database fails.
   */
  async round(): Promise<void> {
    const latest = await this.#latest();
    if (latest === null) return;
    const cosigned = judge(`${latest.note}${latest.lines.join('')}`, this.#policy).cosignedAt;
    const now = performance.now();
    const heard = this.#heard;
    const waiting = this.#witnesses.filter(
      ({ name }) => !(cosigned.has(name) && heard.has(name)) && (this.#notBefore.get(name) ?? 0) <= now,
    );
    await Promise.all(waiting.map((witness) => this.#ask(witness, latest, heard)));
    if (waiting.length > 0 && !latest.isWitnessed) await this.#noteQuorum(latest);
  }

  async #ask(witness: ReachedWitness, latest: StoredCheckpoint, heard: Heard): Promise<void> {
    const known = await this.#cosignedSize(witness, latest);
    const tree = new TiledTree(latest.size, this.#stored.read);
    let reply = await submit(witness, known, await tree.consistencyProof(known), latest.note);
    if (reply.said === 'SIZE' && reply.size !== known && reply.size <= latest.size) {
      const { size } = reply;
      reply = await submit(witness, size, await tree.consistencyProof(size), latest.note);
      // It has cosigned this very size, and another root.
      if (reply.said === 'SIZE' && reply.size === size && size === latest.size) reply = { said: 'DISAGREES' };
    } else if (reply.said === 'SIZE' && reply.size === known) {
      reply = { said: 'DISAGREES' };
    }
    if (reply.said === 'COSIGNED') heard.set(witness.name, latest);
    await this.#take(witness, latest, reply);
  }

  async #take(witness: ReachedWitness, { log, size }: StoredCheckpoint, reply: WitnessReply): Promise<void> {
    if (reply.said === 'COSIGNED') {
      await this.#pool.query(named(COSIGNATURE, { log, size, witness: witness.key.name, line: reply.line }));
      return;
    }
    if (reply.said === 'DISAGREES') return this.#halt(witness, 'WITNESS_DISAGREES');
    // Another sealer may have stored and shown more meanwhile; what was shown is in the database.
    if (reply.said === 'SIZE' && reply.size > (await readState(this.#pool)).size)
      return this.#halt(witness, 'WITNESS_AHEAD');
    this.#notBefore.set(witness.name, performance.now() + AGAIN_AFTER_MS);
    if (reply.said === 'NOTHING') this.#log.warn({ witness: witness.name, why: reply.why }, 'a witness did not cosign');
  }

  async #halt(witness: ReachedWitness, why: HaltReason): Promise<void> {
    if (await halt(this.#pool, why))
      this.#log.fatal(
        { alarm: 'LOG_HALTED', why, witness: witness.name },
        'a witness refuses the access log: reconcile it by npm run registry -- reconcile',
      );
  }

  /** The size of this log that the witness has cosigned, as far as is known here. */
  async #cosignedSize({ key }: ReachedWitness, { log }: StoredCheckpoint): Promise<number> {
    const { rows } = await this.#pool.query<{ size: string }>(COSIGNED_SIZE({ log, witness: key.name }));
    return Number(rows[0]?.size ?? 0);
  }

  async #noteQuorum(latest: StoredCheckpoint): Promise<void> {
    const now = await this.#linesOf(latest);
    if (!judge(`${latest.note}${now.join('')}`, this.#policy).hasQuorum) return;
    await this.#pool.query(named(QUORUM, { log: latest.log, size: latest.size }));
  }

  async #latest(): Promise<StoredCheckpoint | null> {
    const { rows } = await this.#pool.query<{ log: number; size: string; note: string; witnessed: boolean }>({
      name: 'seal latest to witness',
      text: `SELECT c.log, c.size::text AS size, c.note, c.witnessed_at IS NOT NULL AS witnessed
        FROM seal.checkpoint c JOIN seal.state s ON s.log = c.log WHERE s.halted_why IS NULL
        ORDER BY c.size DESC LIMIT 1`,
    });
    const [row] = rows;
    if (row === undefined) return null;
    const { log, note, witnessed } = row;
    const latest = { log, size: Number(row.size), note, lines: [], isWitnessed: witnessed };
    return { ...latest, lines: await this.#linesOf(latest) };
  }

  async #linesOf({ log, size }: Pick<StoredCheckpoint, 'log' | 'size'>): Promise<string[]> {
    const { rows } = await this.#pool.query<{ line: string }>(COSIGNATURES({ log, size }));
    return rows.map(({ line }) => line);
  }
}
