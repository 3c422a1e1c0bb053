import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { named } from '../../../chassis/statement.ts';
import { hashLeaf } from '../../../schema/log/merkle.ts';
import { originOf, readState, type SealState } from '../log/seal/state.ts';
import { TreeEdge } from '../log/seal/stored-tiles.ts';

/** A log that cannot be reconciled. The message says how to proceed. */
export class ReconcileFault extends Error {}

/** The continuation of a log. */
export interface Reconciled {
  readonly why: NonNullable<SealState['haltedWhy']>;
  readonly origin: string;
  /** True if it continues under another name. Then witnesses and auditors must be told its new key name. */
  readonly isNewLog: boolean;
}

const BATCH = 10_000;

/**
 * Ends a halt, after an operator has found out what happened, and writes an entry about it. A log that has lost or rewritten sealed
 * entries never passes for the one that witnesses know: it continues under another name, from the entries that remain. A new
 * incarnation begins, and entries written meanwhile are sealed wherever they stand. `db` is a session of the owner.
 */
export async function reconcile(db: pg.Client, by: string, reason: string): Promise<Reconciled> {
  await db.query('BEGIN');
  await db.query("SET LOCAL lock_timeout = '10s'");
  await db.query('SELECT registry.forget_sums()');
  // Nobody writes an entry while the incarnation changes.
  await db.query('LOCK TABLE registry.log_row, seal.state IN ACCESS EXCLUSIVE MODE');
  const state = await readState(db);
  const { haltedWhy: why } = state;
  if (why === null) throw new ReconcileFault('The access log is not halted: there is nothing to reconcile.');
  const tree = why === 'TREE_DIFFERS' ? await rebuilt(db, state) : state;
  const isSame =
    why === 'OTHER_SERVER' ||
    why === 'MEMORY_LOST' ||
    (why === 'TREE_DIFFERS' && Buffer.compare(tree.root, state.root) === 0);
  const log = isSame ? state.log : state.log + 1;
  const incarnation = state.incarnation + 1;
  await db.query(
    named(
      `UPDATE seal.state SET log = :log, incarnation = :incarnation, root = :root, sweeping = true, halted_at = NULL, halted_why = NULL,
       system_identifier = (SELECT system_identifier FROM pg_control_system()), timeline = seal.timeline(),
       sealed_incarnation = :incarnation, sealed_xid = '0', sealed_id = '00000000-0000-0000-0000-000000000000'`,
      { log, incarnation, root: tree.root },
    ),
  );
  // The operator vouches for this running server; a sealer opens it.
  await db.query("SELECT seal.name_server('-infinity')");
  await db.query(`ALTER TABLE registry.log_row ALTER COLUMN incarnation SET DEFAULT ${incarnation}`);
  const operation = createHash('sha256').update('reconcileLog').digest('hex');
  await db.query(
    named(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, agency, roles, name, ground, part_from, unit_part,
         unit_permitted)
       VALUES ('CHANGE', :request, :operation, :by, (SELECT id FROM registry.agency WHERE code = 'hub:samsyn'), 0, 'reconcileLog',
         :ground, '{1,2}', '{1}', '{true}')`,
      { request: randomUUID(), operation, by, ground: `${why}: ${reason}` },
    ),
  );
  await db.query('COMMIT');
  return { why, origin: originOf(state.origin ?? '', log), isNewLog: !isSame };
}

const LEAVES = `SELECT l.index::text AS index, l.content FROM seal.leaf l
  WHERE l.index >= :from AND l.index < :until ORDER BY l.index`;

const TILES = `INSERT INTO seal.tile (level, index, hashes)
  SELECT * FROM unnest(:levels::smallint[], :indexes::bigint[], :hashes::bytea[])`;

/** The tree over the leaves that remain, with its tiles written anew. */
async function rebuilt(db: pg.Client, { size }: SealState): Promise<{ root: Buffer }> {
  const tree = TreeEdge.empty();
  while (tree.size < size) {
    const { rows } = await db.query<{ index: string; content: Buffer }>(
      named(LEAVES, { from: tree.size, until: Math.min(tree.size + BATCH, size) }),
    );
    if (rows.length === 0) break;
    for (const { index, content } of rows) {
      if (Number(index) !== tree.size)
        throw new ReconcileFault(
          'Leaves of the access log are missing. Restore the registry’s database from a backup first.',
        );
      tree.append(hashLeaf(content));
    }
  }
  if (tree.size !== size)
    throw new ReconcileFault(
      'Leaves of the access log are missing. Restore the registry’s database from a backup first.',
    );
  await db.query('DELETE FROM seal.tile');
  const tiles = tree.changed();
  await db.query(
    named(TILES, {
      levels: tiles.map(({ level }) => level),
      indexes: tiles.map(({ index }) => index),
      hashes: tiles.map(({ hashes }) => hashes),
    }),
  );
  return { root: tree.root() };
}
