import { createPrivateKey, createPublicKey } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { sealerLogin } from '../../../chassis/folders.ts';
import { newKeyPair } from '../../../process/key-pair.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { parseSignedCheckpoint } from '../../../schema/log/checkpoint.ts';
import { type EntryContent, leafOf } from '../../../schema/log/leaf.ts';
import { hashLeaf, isIncluded } from '../../../schema/log/merkle.ts';
import { hasSigned, SIGNATURE_TYPES, verifierKey } from '../../../schema/log/note.ts';
import { Sealer } from '../../../subgraphs/registry/log/seal/sealer.ts';
import { sealerPool } from '../../../subgraphs/registry/log/seal/sealing.ts';
import { keySigner } from '../../../subgraphs/registry/log/seal/signer.ts';
import { ORIGIN } from '../../setup/sealed-log.ts';
import { type Report, reportOf } from './access-report.ts';
import { ago, CALLERS, endBefore, fieldOf, sharedRegistry, write } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.turning18.id;
const START = ago(170);
const INTERVAL = { from: START.toISOString(), to: ago(169).toISOString() };
const PROOF = `query Proof($id: ID!) {
  inclusionProof(entryId: $id) { index leaf salt content hashes checkpoint { size root note } }
}`;
const { privateKey } = newKeyPair();
const KEY = verifierKey(ORIGIN, createPublicKey(createPrivateKey(privateKey)), SIGNATURE_TYPES.NOTE);
const bytes = (text: string) => Buffer.from(text, 'base64');

interface Proof {
  readonly index: string;
  readonly salt: string;
  readonly content: string;
  readonly hashes: readonly string[];
  readonly checkpoint: { readonly size: string; readonly root: string; readonly note: string };
}

let unsealed: Report;
beforeAll(async () => {
  const read = { youth: YOUTH, reason: 'OWN', source: 'school:skovde' };
  await write([
    { at: START, ...read, category: 'school.attendance' },
    { at: START, ...read, category: 'school.health', roles: 8 },
  ]);
  unsealed = await reportOf(YOUTH, INTERVAL, CALLERS.hubAuditor);
  const { database } = await sharedRegistry();
  const pool = sealerPool(database.urls[sealerLogin().variable] ?? '');
  // The pool says goodbye without waiting, and the server that stops may be faster.
  pool.on('error', () => undefined);
  endBefore(() => pool.end());
  const sealer = new Sealer(pool, ORIGIN, keySigner(privateKey));
  while ((await sealer.round()).did === 'SEALED');
});

test('each row of an extract is proven by its entry against the checkpoint that the extract names', async () => {
  const { rows, checkpoint } = await reportOf(YOUTH, INTERVAL, CALLERS.hubAuditor);
  expect(rows.map(({ entryId, category }) => [entryId, category])).toEqual(
    unsealed.rows.map(({ entryId, category }) => [entryId, category]),
  );
  expect(unsealed.rows.map(({ leafIndex }) => leafIndex)).toEqual([null, null]);
  const signed = parseSignedCheckpoint(checkpoint?.note ?? '');
  expect([hasSigned(KEY, signed.note), signed.checkpoint.root.toString('base64')]).toEqual([true, checkpoint?.root]);
  for (const { entryId, leafIndex, at, category } of rows) {
    const proof = await fieldOf<Proof>(CALLERS.hubAuditor, 'inclusionProof', PROOF, { id: entryId });
    expect(proof.checkpoint).toEqual({ size: checkpoint?.size, root: checkpoint?.root, note: checkpoint?.note });
    // The leaf is made anew from the entry: what the row tells is what was sealed.
    const entry = JSON.parse(proof.content) as EntryContent;
    expect([entry.id, new Date(String(entry.at)).toISOString(), entry.youth]).toEqual([entryId, at, YOUTH]);
    const { database } = await sharedRegistry();
    const codes = await database.admin.query('SELECT code FROM registry.category WHERE id = $1', [entry.category]);
    expect(codes.rows).toEqual([{ code: category }]);
    const { size, root } = signed.checkpoint;
    const claim = { index: Number(leafIndex), size, root, leafHash: hashLeaf(leafOf(entry, bytes(proof.salt))) };
    expect([proof.index, isIncluded(claim, proof.hashes.map(bytes))]).toEqual([leafIndex, true]);
    const forged = hashLeaf(leafOf({ ...entry, caller: 'p-0000' }, bytes(proof.salt)));
    expect(isIncluded({ ...claim, leafHash: forged }, proof.hashes.map(bytes))).toBe(false);
  }
});
