import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { formatCheckpoint } from '../../../../schema/log/checkpoint.ts';
import { cosignedAt } from '../../../../schema/log/cosignature.ts';
import { hashLeaf } from '../../../../schema/log/merkle.ts';
import {
  formatNote,
  parseNote,
  parseSignatures,
  SIGNATURE_TYPES,
  signNote,
  verifierKey,
} from '../../../../schema/log/note.ts';
import { formatSubmission } from '../../../../schema/log/submission.ts';
import { TiledTree } from '../../../../schema/log/tiles.ts';
import { keptTiles } from '../../../../test/setup/kept-tiles.ts';
import { Witness } from './witness.ts';
import { WitnessFolder } from './witness-folder.ts';

const ORIGIN = 'log.example';
const NOW = 1_700_000_000;
const pairs = {
  log: generateKeyPairSync('ed25519'),
  next: generateKeyPairSync('ed25519'),
  witness: generateKeyPairSync('ed25519'),
};
const logKey = verifierKey(ORIGIN, pairs.log.publicKey, SIGNATURE_TYPES.NOTE);
const nextKey = verifierKey(ORIGIN, pairs.next.publicKey, SIGNATURE_TYPES.NOTE);
const key = verifierKey('w.example', pairs.witness.publicKey, SIGNATURE_TYPES.COSIGNATURE);
const privateKey = createPrivateKey(pairs.witness.privateKey.export({ type: 'pkcs8', format: 'pem' }));

const leaves = Array.from({ length: 300 }, (_, n) => hashLeaf(Buffer.from(`leaf ${n}`)));
const other = leaves.map((leaf, n) => (n === 5 ? hashLeaf(leaf) : leaf));

async function signed(
  size: number,
  given: { origin?: string; of?: readonly Buffer[]; by?: 'log' | 'next' | 'witness' } = {},
): Promise<string> {
  const { origin = ORIGIN, of = leaves, by = 'log' } = given;
  const root = await new TiledTree(size, keptTiles(of.slice(0, size))).root();
  const text = formatCheckpoint({ origin, size, root });
  const signer = verifierKey(origin, pairs[by].publicKey, SIGNATURE_TYPES.NOTE);
  return formatNote({ text, signatures: [signNote(text, signer, pairs[by].privateKey)] });
}

async function submission(old: number, size: number, given: Parameters<typeof signed>[1] = {}): Promise<string> {
  const proof = await new TiledTree(size, keptTiles((given?.of ?? leaves).slice(0, size))).consistencyProof(
    Math.min(old, size),
  );
  return formatSubmission({ old, proof, text: await signed(size, given) });
}

const newFolder = () => mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'witness-'));
const witnessIn = (memory: WitnessFolder) => new Witness({ key, privateKey, logs: [logKey, nextKey] }, memory);

test('a checkpoint that goes on is cosigned, as of now', async () => {
  const memory = new WitnessFolder(newFolder());
  const witness = witnessIn(memory);
  for (const [old, size] of [
    [0, 7],
    [7, 7],
    [7, 256],
    [256, 300],
  ] as const) {
    const { status, body } = witness.addCheckpoint(await submission(old, size), NOW + size);
    const { text } = parseNote(await signed(size));
    expect([status, cosignedAt(key, { text, signatures: parseSignatures(body) })]).toEqual([200, NOW + size]);
  }
  memory.release();
});

test('after a rotation the log’s new key is as good as the old one', async () => {
  const witness = witnessIn(new WitnessFolder(newFolder()));
  expect(witness.addCheckpoint(await submission(0, 7), NOW).status).toBe(200);
  expect(witness.addCheckpoint(await submission(7, 8, { by: 'next' }), NOW).status).toBe(200);
});

test('a checkpoint that does not go on is refused, and kept as evidence when the log signed it', async () => {
  const folder = newFolder();
  const witness = witnessIn(new WitnessFolder(folder));
  expect(witness.addCheckpoint(await submission(0, 200), NOW).status).toBe(200);
  const answers = await Promise.all([
    submission(100, 250),
    submission(0, 100),
    submission(200, 100),
    submission(200, 200, { of: other }),
    submission(200, 250, { of: other }),
    submission(200, 250).then((text) => text.replace(/\n[A-Za-z0-9+/=]{44}\n/, '\n')),
    submission(200, 250, { by: 'witness' }),
    submission(0, 10, { origin: 'other.example' }),
    submission(200, 250).then((text) => text.replace('old 200', 'old 0200')),
    submission(200, 250).then((text) => text.replace('old 200', 'new 200')),
    '',
  ]);
  expect(answers.map((body) => witness.addCheckpoint(body, NOW)).map(({ status, body }) => [status, body])).toEqual([
    [409, '200\n'],
    [409, '200\n'],
    [400, expect.any(String)],
    [422, expect.any(String)],
    [422, expect.any(String)],
    [422, expect.any(String)],
    [403, expect.any(String)],
    [404, expect.any(String)],
    [400, expect.any(String)],
    [400, expect.any(String)],
    [400, expect.any(String)],
  ]);
  expect(readdirSync(folder).filter((name) => name.startsWith('evidence-'))).toHaveLength(3);
});

test('the next process remembers what was cosigned, and one process has it at a time', async () => {
  const folder = newFolder();
  const first = new WitnessFolder(folder);
  expect(witnessIn(first).addCheckpoint(await submission(0, 200), NOW).status).toBe(200);
  expect(() => new WitnessFolder(folder)).toThrow('Another witness works from this folder');
  first.release();
  const second = new WitnessFolder(folder);
  expect(witnessIn(second).addCheckpoint(await submission(0, 100), NOW)).toEqual({ status: 409, body: '200\n' });
  second.release();
});

test('a memory of release 0.1.0 goes on, and has a note to serve from the next checkpoint on', async () => {
  const folder = newFolder();
  const first = new WitnessFolder(folder);
  witnessIn(first).addCheckpoint(await submission(0, 200), NOW);
  first.release();
  const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('log-'));
  const { text } = parseNote(readFileSync(join(folder, name), 'utf8'));
  writeFileSync(join(folder, name), text);
  const again = witnessIn(new WitnessFolder(folder));
  const originHash = createHash('sha256').update(ORIGIN).digest('hex');
  expect([again.cosigned(originHash)?.size, again.cosigned(originHash)?.note]).toEqual([200, null]);
  expect(again.addCheckpoint(await submission(0, 100), NOW).status).toBe(409);
  expect(again.addCheckpoint(await submission(200, 250), NOW).status).toBe(200);
  expect(cosignedAt(key, parseNote(again.cosigned(originHash)?.note ?? ''))).toBe(NOW);
});

test('a witness whose memory cannot be read cosigns nothing', async () => {
  const folder = newFolder();
  const first = new WitnessFolder(folder);
  witnessIn(first).addCheckpoint(await submission(0, 200), NOW);
  first.release();
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'garbage');
  const again = witnessIn(new WitnessFolder(folder));
  const body = await submission(0, 100);
  expect(() => again.addCheckpoint(body, NOW)).toThrow('Expected a checkpoint');
});
