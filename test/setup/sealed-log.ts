import { createPrivateKey, createPublicKey } from 'node:crypto';
import type pg from 'pg';
import { sealerLogin } from '../../chassis/folders.ts';
import { newKeyPair } from '../../process/key-pair.ts';
import { parseSignedCheckpoint } from '../../schema/log/checkpoint.ts';
import { GrowingTree, hashLeaf } from '../../schema/log/merkle.ts';
import { hasSigned, SIGNATURE_TYPES, verifierKey } from '../../schema/log/note.ts';
import { type Round, Sealer } from '../../subgraphs/registry/log/seal/sealer.ts';
import { sealerPool } from '../../subgraphs/registry/log/seal/sealer-pool.ts';
import { keySigner, type NoteSigner } from '../../subgraphs/registry/log/seal/signer.ts';
import { type RegistryDatabase, startRegistryDatabase } from './registry-database.ts';

export const ORIGIN = 'samsyn.example/test';

/** A registry's database with a sealer that works when it is told to. */
export interface SealedLog extends RegistryDatabase {
  readonly pool: pg.Pool;
  readonly sealer: Sealer;
  readonly signer: NoteSigner;
  readonly keyPem: string;
  /** Seals until nothing more can be sealed. */
  seal(): Promise<Round>;
}

/** Makes the database and the sealer. */
export async function startSealedLog({ fsync = false } = {}): Promise<SealedLog> {
  const database = await startRegistryDatabase({ fsync });
  const { privateKey } = newKeyPair();
  const pool = sealerPool(database.urls[sealerLogin().variable] ?? '');
  // The pool says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', () => undefined);
  const signer = keySigner(privateKey);
  const sealer = new Sealer(pool, ORIGIN, signer);
  return {
    ...database,
    pool,
    sealer,
    signer,
    keyPem: privateKey,
    seal: async () => {
      let round = await sealer.round();
      while (round.did === 'SEALED') round = await sealer.round();
      return round;
    },
    end: async () => {
      await pool.end();
      await database.end();
    },
  };
}

/** What is wrong with a log, told by comparing all of it: rows, leaves, tree, checkpoint. Nothing is [] . */
export async function faultsOf(log: Pick<SealedLog, 'pool' | 'keyPem'>): Promise<string[]> {
  const count = async (what: string, sql: string) => {
    const { rows } = await log.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
    return rows[0]?.n === 0 ? [] : [`${what}: ${rows[0]?.n}`];
  };
  const { rows } = await log.pool.query<{ content: Buffer }>('SELECT content FROM seal.leaf ORDER BY index');
  const tree = new GrowingTree();
  for (const { content } of rows) tree.append(hashLeaf(content));
  const latest = await log.pool.query<{ note: string; root: Buffer; size: string }>(
    'SELECT c.note, s.root, s.size FROM seal.state s JOIN seal.checkpoint c ON c.log = s.log AND c.size = s.size',
  );
  const { note, checkpoint } = parseSignedCheckpoint(latest.rows[0]?.note ?? '');
  const key = verifierKey(checkpoint.origin, createPublicKey(createPrivateKey(log.keyPem)), SIGNATURE_TYPES.NOTE);
  return [
    ...(await count(
      'rows without a leaf',
      '(SELECT id FROM registry.log_row EXCEPT SELECT row_id FROM seal.leaf) missing',
    )),
    ...(await count(
      'leaves without a row',
      '(SELECT row_id FROM seal.leaf EXCEPT SELECT id FROM registry.log_row) extra',
    )),
    ...(await count(
      'leaves out of their place',
      '(SELECT index, row_number() OVER (ORDER BY index) - 1 AS place FROM seal.leaf) l WHERE index <> place',
    )),
    ...(await count(
      'rows out of order',
      `(SELECT index, row_number() OVER (ORDER BY r.incarnation, r.xid, r.id) - 1 AS place
        FROM seal.leaf l JOIN registry.log_row r ON r.id = l.row_id) l WHERE index <> place`,
    )),
    ...(await count(
      'rows that do not read as they were sealed',
      `(SELECT l.index FROM seal.leaf l JOIN registry.log_row r ON r.id = l.row_id CROSS JOIN LATERAL seal.texts_of(r) t
        WHERE l.content <> seal.leaf_content(t.header, substr(l.salts, 1, 16), cardinality(t.parts), (
          SELECT string_agg(seal.part_hash(substr(l.salts, p.n::int * 16 + 1, 16), p.n::int, p.text), '' ORDER BY p.n)
          FROM unnest(t.parts) WITH ORDINALITY AS p (text, n)))) l`,
    )),
    ...(Buffer.compare(tree.root(), checkpoint.root) === 0 ? [] : ['the checkpoint is of another tree']),
    ...(hasSigned(key, note) ? [] : ['the checkpoint is not signed']),
    ...(Number(latest.rows[0]?.size) === rows.length ? [] : ['the state is of another size']),
  ];
}
