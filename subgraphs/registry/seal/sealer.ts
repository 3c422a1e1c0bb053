import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { formatCheckpoint } from '../../../schema/log/checkpoint.ts';
import { type EntryContent, leafOf, SALT_BYTES } from '../../../schema/log/leaf.ts';
import { hashLeaf } from '../../../schema/log/merkle.ts';
import { formatNote } from '../../../schema/log/note.ts';
import type { Signer } from './signer.ts';
import { type HaltReason, halt, lockState, originOf, type SealState } from './state.ts';
import { TreeEdge } from './stored-tiles.ts';

/** What a round of a sealer came to. */
export type Round =
  | { readonly did: 'SEALED'; readonly entries: number; readonly size: number; readonly isMore: boolean }
  | { readonly did: 'NOTHING' }
  /** Another sealer is at work. */
  | { readonly did: 'WAITED' }
  | { readonly did: 'HALTED'; readonly why: HaltReason; readonly isNew: boolean };

/** Entries sealed by one transaction: it is over long before the transaction_timeout of its role. */
const BATCH = 4_000;

/**
 * Entries after the last sealed one, in the sealing order, whose transactions are over and older than every running one: so
 * that none can still appear before them. Order by id alone would lose those of slow transactions.
 */
const SEALABLE = `SELECT e.id, e.at::text AS at, e.incarnation, e.xid::text AS xid, to_jsonb(e) AS content FROM (
    SELECT e.* FROM registry.entry e
    WHERE (e.incarnation, e.xid, e.id) > ($1::int, $2::xid8, $3::uuid)
      AND (e.incarnation < $4::int OR e.xid < pg_snapshot_xmin(pg_current_snapshot()))
    ORDER BY e.incarnation, e.xid, e.id LIMIT $5
  ) e ORDER BY e.incarnation, e.xid, e.id`;

/** After a restore: entries of earlier incarnations without a leaf, wherever they stand in the order. */
const LEFT_BEHIND = `SELECT e.id, e.at::text AS at, e.incarnation, e.xid::text AS xid, to_jsonb(e) AS content FROM (
    SELECT e.* FROM registry.entry e
    WHERE e.incarnation < $1 AND NOT EXISTS (SELECT FROM seal.leaf l WHERE l.entry = e.id)
    ORDER BY e.incarnation, e.xid, e.id LIMIT $2
  ) e ORDER BY e.incarnation, e.xid, e.id`;

const LEAVES = `INSERT INTO seal.leaf (index, entry, entry_at, salt, content)
  SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::bytea[], $5::bytea[])`;

/** Which days have got entries when they may have been summed: their sums do not count any more. */
const MARK_LATE = 'SELECT registry.mark_late($1::timestamptz[], $2)';

const TILES = `INSERT INTO seal.tile AS t (level, index, hashes)
  SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
  ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`;

const FORWARD = `UPDATE seal.state SET origin = $1, size = $2, root = $3, sealed_incarnation = $4, sealed_xid = $5::xid8,
  sealed_id = $6, sweeping = $7, waits_from = CASE WHEN $8 THEN statement_timestamp() - interval '1 day' ELSE waits_from END,
  system_identifier = (SELECT system_identifier FROM pg_control_system())`;

interface EntryRow {
  readonly id: string;
  /** As text: a Date would lose its microseconds. */
  readonly at: string;
  readonly incarnation: number;
  readonly xid: string;
  readonly content: EntryContent;
}

/** Seals entries into the tree. Any number of sealers may run: the row of the log's state lets one work at a time. */
export class Sealer {
  readonly #pool: pg.Pool;
  readonly #origin: string;
  readonly #sign: Signer;

  /** @param pool connections under the sealer's role, with the session's time zone UTC: it is part of an entry's text. */
  constructor(pool: pg.Pool, origin: string, sign: Signer) {
    this.#pool = pool;
    this.#origin = origin;
    this.#sign = sign;
  }

  /**
   * Seals what can be sealed, at most a batch, in one transaction: leaves, tiles, signed checkpoint and state are all there
   * or none is, so a crash at any point neither loses nor doubles an entry. Rejects when the database or the key fails;
   * the next round begins from what is stored.
   */
  async round(batch: number = BATCH): Promise<Round> {
    const client = await this.#pool.connect();
    let isBroken = false;
    // A connection that is lost between statements is told by the next one; without a listener it would end the process.
    const lost = () => {
      isBroken = true;
    };
    client.on('error', lost);
    try {
      await client.query('BEGIN');
      const done = await this.#seal(client, batch);
      await client.query('COMMIT');
      return done;
    } catch (cause) {
      isBroken = true;
      throw cause;
    } finally {
      // A connection that failed is closed, which rolls back.
      client.release(isBroken);
      if (!isBroken) client.off('error', lost);
    }
  }

  async #seal(client: pg.PoolClient, batch: number): Promise<Round> {
    const state = await lockState(client);
    if (state === null) return { did: 'WAITED' };
    if (state.haltedWhy !== null) return { did: 'HALTED', why: state.haltedWhy, isNew: false };
    if (state.isElsewhere) return this.#halt(client, 'OTHER_SERVER');
    if (state.origin !== null && state.origin !== this.#origin)
      throw new Error('The log has another name than SAMSYN_LOG_ORIGIN says: a log keeps its name.');
    const edge = await TreeEdge.read(client, state.size, state.root);
    if (edge === null) return this.#halt(client, 'TREE_DIFFERS');
    const entries = await sealable(client, state, batch);
    const isSwept = state.sweeping && entries.length < batch;
    if (entries.length === 0 && !isSwept) return { did: 'NOTHING' };
    await append(client, edge, entries);
    await this.#checkpoint(client, state, edge);
    // What was left behind stands before the last sealed entry, and does not move it.
    const last = state.sweeping ? undefined : entries.at(-1);
    const [incarnation, xid, id] = last === undefined ? state.last : [last.incarnation, last.xid, last.id];
    const isSweeping = state.sweeping && !isSwept;
    const isMore = state.sweeping || entries.length === batch;
    await client.query(FORWARD, [this.#origin, edge.size, edge.root(), incarnation, xid, id, isSweeping, !isMore]);
    return { did: 'SEALED', entries: entries.length, size: edge.size, isMore };
  }

  async #halt(client: pg.PoolClient, why: HaltReason): Promise<Round> {
    return { did: 'HALTED', why, isNew: await halt(client, why) };
  }

  async #checkpoint(client: pg.PoolClient, { log, size }: SealState, edge: TreeEdge): Promise<void> {
    if (edge.size === size) return;
    const origin = originOf(this.#origin, log);
    const text = formatCheckpoint({ origin, size: edge.size, root: edge.root() });
    const note = formatNote({ text, signatures: [await this.#sign(origin, text)] });
    await client.query('INSERT INTO seal.checkpoint (log, size, note) VALUES ($1, $2, $3)', [log, edge.size, note]);
  }
}

async function sealable(client: pg.PoolClient, state: SealState, batch: number): Promise<EntryRow[]> {
  const query = state.sweeping
    ? { name: 'seal left behind', text: LEFT_BEHIND, values: [state.incarnation, batch] }
    : { name: 'seal sealable', text: SEALABLE, values: [...state.last, state.incarnation, batch] };
  return (await client.query<EntryRow>(query)).rows;
}

async function append(client: pg.PoolClient, edge: TreeEdge, entries: readonly EntryRow[]): Promise<void> {
  if (entries.length === 0) return;
  const first = edge.size;
  const salts = randomBytes(entries.length * SALT_BYTES);
  const leaves = entries.map(({ id, at, content }, n) => {
    const salt = salts.subarray(n * SALT_BYTES, (n + 1) * SALT_BYTES);
    return { index: first + n, id, at, salt, content: leafOf(content, salt) };
  });
  for (const { content } of leaves) edge.append(hashLeaf(content));
  await client.query({
    name: 'seal leaves',
    text: LEAVES,
    values: [
      leaves.map(({ index }) => index),
      leaves.map(({ id }) => id),
      leaves.map(({ at }) => at),
      leaves.map(({ salt }) => salt),
      leaves.map(({ content }) => content),
    ],
  });
  await client.query({ name: 'seal late', text: MARK_LATE, values: [leaves.map(({ at }) => at), edge.size - 1] });
  const tiles = edge.changed();
  await client.query({
    name: 'seal tiles',
    text: TILES,
    values: [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
  });
}
