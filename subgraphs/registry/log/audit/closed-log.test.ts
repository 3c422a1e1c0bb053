import { createPrivateKey, createPublicKey, hash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { newKeyPair } from '../../../../process/key-pair.ts';
import { formatCheckpoint } from '../../../../schema/log/checkpoint.ts';
import { canonicalText } from '../../../../schema/log/leaf.ts';
import { hashLeaf } from '../../../../schema/log/merkle.ts';
import { formatNote, SIGNATURE_TYPES, signNote, verifierKey } from '../../../../schema/log/note.ts';
import { parsePolicy } from '../../../../schema/log/policy.ts';
import { ORIGIN } from '../../../../test/setup/sealed-log.ts';
import { policyOf } from '../../../../test/setup/witnesses.ts';
import { TreeEdge } from '../seal/stored-tiles.ts';
import { ExportReader, ExportWriter, FILES } from './exported.ts';
import { leafLine } from './exported-row.ts';
import { verifyExport } from './verify.ts';

const { privateKey } = newKeyPair();
const COUNT = 300;

/** An export as release 0.1.0 wrote it, of which a line may be other than it was; the entry with the number `gone` is erased. */
function oldExport({ gone, forge = (line) => line }: { gone: number; forge?: (line: string) => string }): string {
  const folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'closed-'));
  const writer = new ExportWriter(folder);
  const tree = TreeEdge.empty();
  const erasure = { name: 'eraseEntries', leaf_from: gone, leaf_until: gone + 1, leaves: `{[${gone},${gone + 1})}` };
  const lines = Array.from({ length: COUNT }, (_, index) => {
    const isLast = index === COUNT - 1;
    const at = new Date(Date.now() - (isLast ? 0 : 6 * 366 * 86_400_000)).toISOString();
    const text = canonicalText({
      ...{ id: randomUUID(), kind: 'CHANGE', at, permitted: true, caller: `p-${index}` },
      ...(isLast ? { ...erasure, ground: 'x', confirmed_by: 'p-2' } : {}),
    });
    const salt = randomBytes(32);
    const leaf = Buffer.concat([Buffer.of(1, 1), hash('sha256', Buffer.concat([salt, Buffer.from(text)]), 'buffer')]);
    tree.append(hashLeaf(leaf));
    return index === gone
      ? leafLine(index, leaf)
      : `{"index":${index},"salt":"${salt.toString('base64')}","entry":${text}}`;
  });
  writer.file(FILES.entries, `${lines.map(forge).join('\n')}\n`);
  for (const { level, index, hashes } of tree.changed())
    writer.tile({ level, index, width: hashes.length / 32 }, hashes);
  writer.file(FILES.erasures, `${lines.at(-1)}\n`);
  writer.file(FILES.unsealed, '');
  const text = formatCheckpoint({ origin: ORIGIN, size: COUNT, root: tree.root() });
  const key = verifierKey(ORIGIN, createPublicKey(privateKey), SIGNATURE_TYPES.NOTE);
  writer.file(FILES.checkpoint, formatNote({ text, signatures: [signNote(text, key, createPrivateKey(privateKey))] }));
  writer.file(FILES.manifest, JSON.stringify({ format: 1, from: 0, until: COUNT }));
  return folder;
}

const policy = parsePolicy(policyOf(privateKey, []).replace(/group[\s\S]*/, 'quorum none\n'));
const verdictOn = (folder: string) => verifyExport(new ExportReader(folder), { policy, known: [], retentionYears: 5 });

test('an export of a log that release 0.1.0 kept verifies, with what was erased of it', async () => {
  const { verified, erased, faults } = await verdictOn(oldExport({ gone: 7 }));
  expect({ verified, erased, faults }).toEqual({ verified: COUNT - 1, erased: 1, faults: [] });
});

test('a row that was changed in it does not read as it was sealed', async () => {
  const forge = (line: string) => line.replace('"caller":"p-20"', '"caller":"p-66"');
  const { faults } = await verdictOn(oldExport({ gone: 7, forge }));
  expect(faults.map(({ kind, leaves }) => [kind, leaves])).toEqual([
    ['CHANGED', [20, 21]],
    ['OTHER_TREE', null],
  ]);
});
