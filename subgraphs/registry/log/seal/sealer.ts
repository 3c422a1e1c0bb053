import type pg from 'pg';
import { named, statement } from '../../../../chassis/statement.ts';
import { formatCheckpoint } from '../../../../schema/log/checkpoint.ts';
import { hashLeaf } from '../../../../schema/log/merkle.ts';
import { formatNote } from '../../../../schema/log/note.ts';
import type { NoteSigner } from './signer.ts';
import { type HaltReason, halt, lockState, originOf, type SealState } from './state.ts';
import { TreeEdge } from './stored-tiles.ts';

/** The result of a round of a sealer. */
export type Round =
  | { readonly did: 'SEALED'; readonly entries: number; readonly size: number; readonly isMore: boolean }
  | { readonly did: 'NOTHING' }
  /** Another sealer is at work, or the server was promoted and nothing has vouched for it yet. */
  | { readonly did: 'WAITED' }
  | { readonly did: 'HALTED'; readonly why: HaltReason; readonly isNew: boolean };

/**
 * Rows sealed by one transaction: it is over long before the transaction_timeout of its role. Rows can be large; after a round
 * that failed, or took long, the next takes fewer.
 */
const BATCH = 4_000;
const LONG_MS = 2_000;

/**
 * Rows after the last sealed one, in the sealing order, whose transactions are over and older than every running one: so that
 * none can still appear before them. Order by id alone would lose those of slow transactions.
 */
const SEALABLE = `(r.incarnation, r.xid, r.id) > (:lastIncarnation::int, :lastXid::xid8, :lastId::uuid)
      AND (r.incarnation < :incarnation::int OR r.xid < pg_snapshot_xmin(pg_current_snapshot()))`;

/** After a restore: rows of earlier incarnations without a leaf, wherever they stand in the order. */
const LEFT_BEHIND = `r.incarnation < :incarnation::int AND NOT EXISTS (SELECT FROM seal.leaf l WHERE l.row_id = r.id)`;

/** SQL of what the text of a part is made from (seal.part_text). */
const PART_COLUMNS = [
  ...['part_youth', 'part_group', 'part_programme', 'part_consent', 'part_version', 'part_protected'],
  ...[
    'part_assigned',
    'part_years',
    'unit_kind',
    'unit_source',
    'unit_reason',
    'unit_permitted',
    'unit_grant',
    'unit_thing',
  ],
  ...['answer_id', 'answer_why', 'answer_elapsed_ms', 'answer_records'],
]
  .map((column) => `r.${column}`)
  .join(', ');

/**
 * Writes the leaves of the next of these rows, from an index on, at most a batch, and answers their contents one behind the
 * other, each with its length in front, and the last of the rows. PostgreSQL makes them where the rows are, instead of sending
 * these here and taking the leaves back. A salt is a random UUID.
 */
const leavesOf = (rows: string) => `WITH next AS MATERIALIZED (
    SELECT r.id, r.at, r.incarnation, r.xid, seal.header_text(r) AS header, parts.count, parts.salts, parts.hashes,
      row_number() OVER (ORDER BY r.incarnation, r.xid, r.id) - 1 AS place
    FROM registry.log_row r
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count, string_agg(p.salt, '' ORDER BY p.part) AS salts,
        string_agg(seal.part_hash(p.salt, p.part, seal.part_text(p.part, p.first, p.units, ${PART_COLUMNS})), '' ORDER BY p.part) AS hashes
      FROM (
        SELECT part, r.part_from[part] AS first, r.part_from[part + 1] - r.part_from[part] AS units, uuid_send(gen_random_uuid()) AS salt
        FROM generate_series(1, cardinality(r.part_from) - 1) part
      ) p
    ) parts
    WHERE ${rows}
    ORDER BY r.incarnation, r.xid, r.id LIMIT :batch
  ), leaf AS MATERIALIZED (
    SELECT n.place, n.id, n.at, n.incarnation, n.xid, n.salt || coalesce(n.salts, '') AS salts,
      seal.leaf_content(n.header, n.salt, n.count, n.hashes) AS content
    FROM (SELECT next.*, uuid_send(gen_random_uuid()) AS salt FROM next) n
  ), written AS (
    INSERT INTO seal.leaf (index, row_id, row_at, salts, content)
    SELECT :from::bigint + place, id, at, salts, content FROM leaf ORDER BY place
  )
  SELECT (SELECT string_agg(int4send(octet_length(content)) || content, '' ORDER BY place) FROM leaf) AS leaves,
    id, incarnation, xid::text AS xid
  FROM leaf ORDER BY place DESC LIMIT 1`;

/** Which leaves are written. */
interface Next {
  readonly from: number;
  readonly batch: number;
  readonly incarnation: number;
}

const SEAL_LEFT_BEHIND = statement<Next>('seal left behind', leavesOf(LEFT_BEHIND));
const SEAL_SEALABLE = statement<
  Next & { readonly lastIncarnation: number; readonly lastXid: string; readonly lastId: string }
>('seal sealable', leavesOf(SEALABLE));

/** Which days have got entries, from a leaf on, when they may have been summed: their sums do not count any more. */
const MARK_LATE = statement<{ readonly from: number }>(
  'seal late',
  'SELECT registry.mark_late(array_agg(l.row_at), max(l.index)) FROM seal.leaf l WHERE l.index >= :from',
);

const TILES = statement<{
  readonly levels: readonly number[];
  readonly indexes: readonly number[];
  readonly hashes: readonly Buffer[];
}>(
  'seal tiles',
  `INSERT INTO seal.tile AS t (level, index, hashes)
  SELECT * FROM unnest(:levels::smallint[], :indexes::bigint[], :hashes::bytea[])
  ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`,
);

const FORWARD = `UPDATE seal.state SET origin = :origin, size = :size, root = :root, sealed_incarnation = :incarnation,
  sealed_xid = :xid::xid8, sealed_id = :id, sweeping = :sweeping, waits_from = CASE WHEN :waits THEN statement_timestamp() - interval '1 day' ELSE waits_from END,
  system_identifier = (SELECT system_identifier FROM pg_control_system())`;

const CHECKPOINT = 'INSERT INTO seal.checkpoint (log, size, note) VALUES (:log, :size, :note)';

/** Leaves that have been written. */
interface Written {
  readonly leaves: Buffer;
  /** The id of the last entry among them. */
  readonly id: string;
  readonly incarnation: number;
  readonly xid: string;
}

/**
 * The time zone and the style of dates are part of an entry's text, which its seal is over. A backlog is read by the index of its
 * order, however large it looks to a planner without statistics. The settings last for the transaction, behind a pooler too.
 */
const BEGIN = `BEGIN; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = off`;

/** Seals entries into the tree. Any number of sealers may run: the row of the log's state lets one work at a time. */
export class Sealer {
  readonly #pool: pg.Pool;
  readonly #origin: string;
  readonly #sign: NoteSigner;
  #batch = BATCH;

  /** @param pool connections under the sealer's role. */
  constructor(pool: pg.Pool, origin: string, sign: NoteSigner) {
    this.#pool = pool;
    this.#origin = origin;
    this.#sign = sign;
  }

  /**
   * Seals what can be sealed, at most a batch, in one transaction: leaves, tiles, signed checkpoint and state are all there
   * or none is, so a crash at any point neither loses nor doubles an entry. Rejects when the database or the key fails;
   * the next round begins from what is stored.
   */
  async round(batch: number = this.#batch): Promise<Round> {
    const beganAt = performance.now();
    const client = await this.#pool.connect();
    let isBroken = false;
    // The next statement reports a connection that is lost between statements; without a listener it would end the process.
    const lost = () => {
      isBroken = true;
    };
    client.on('error', lost);
    try {
      await client.query(BEGIN);
      const done = await this.#seal(client, batch);
      await client.query('COMMIT');
      const isLong = performance.now() - beganAt > LONG_MS;
      this.#batch = isLong ? Math.ceil(this.#batch / 2) : Math.min(BATCH, this.#batch * 2);
      return done;
    } catch (cause) {
      isBroken = true;
      this.#batch = Math.ceil(this.#batch / 4);
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
    if (state.isPromoted) return { did: 'WAITED' };
    if (state.origin !== null && state.origin !== this.#origin)
      throw new Error('The log has another name than SAMSYN_LOG_ORIGIN says: a log keeps its name.');
    const edge = await TreeEdge.read(client, state.size, state.root);
    if (edge === null) return this.#halt(client, 'TREE_DIFFERS');
    const last = await append(client, state, edge, batch);
    const entries = edge.size - state.size;
    const isSwept = state.sweeping && entries < batch;
    if (entries === 0 && !isSwept) return { did: 'NOTHING' };
    await this.#checkpoint(client, state, edge);
    // What was left behind stands before the last sealed entry, and does not move it.
    const [incarnation, xid, id] =
      state.sweeping || last === undefined ? state.last : [last.incarnation, last.xid, last.id];
    const isSweeping = state.sweeping && !isSwept;
    const isMore = state.sweeping || entries === batch;
    const tree = { origin: this.#origin, size: edge.size, root: edge.root() };
    await client.query(named(FORWARD, { ...tree, incarnation, xid, id, sweeping: isSweeping, waits: !isMore }));
    return { did: 'SEALED', entries, size: edge.size, isMore };
  }

  async #halt(client: pg.PoolClient, why: HaltReason): Promise<Round> {
    return { did: 'HALTED', why, isNew: await halt(client, why) };
  }

  async #checkpoint(client: pg.PoolClient, { log, size }: SealState, edge: TreeEdge): Promise<void> {
    if (edge.size === size) return;
    const origin = originOf(this.#origin, log);
    const text = formatCheckpoint({ origin, size: edge.size, root: edge.root() });
    const note = formatNote({ text, signatures: [await this.#sign(origin, text)] });
    await client.query(named(CHECKPOINT, { log, size: edge.size, note }));
  }
}

/** Appends the next entries to the tree, and tells the last of them; nothing when there is none. */
async function append(
  client: pg.PoolClient,
  state: SealState,
  edge: TreeEdge,
  batch: number,
): Promise<Written | undefined> {
  const next: Next = { from: state.size, batch, incarnation: state.incarnation };
  const [lastIncarnation, lastXid, lastId] = state.last;
  const { rows } = await client.query<Written>(
    state.sweeping ? SEAL_LEFT_BEHIND(next) : SEAL_SEALABLE({ ...next, lastIncarnation, lastXid, lastId }),
  );
  const [written] = rows;
  if (written === undefined) return undefined;
  for (let at = 0; at < written.leaves.length; ) {
    const begins = at + 4;
    at = begins + written.leaves.readUInt32BE(at);
    edge.append(hashLeaf(written.leaves.subarray(begins, at)));
  }
  await client.query(MARK_LATE({ from: state.size }));
  const tiles = edge.changed();
  await client.query(
    TILES({
      levels: tiles.map(({ level }) => level),
      indexes: tiles.map(({ index }) => index),
      hashes: tiles.map(({ hashes }) => hashes),
    }),
  );
  return written;
}
