import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { newKeyPair } from '../../process/key-pair.ts';
import { cosign } from '../../schema/log/cosignature.ts';
import {
  formatSignature,
  formatVerifierKey,
  parseNote,
  SIGNATURE_TYPES,
  type VerifierKey,
  verifierKey,
} from '../../schema/log/note.ts';
import { ORIGIN, type SealedLog } from './sealed-log.ts';

/** A witness's key, with which a test cosigns what and when it likes. */
export interface TestWitness {
  readonly name: string;
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
}

/** A witness with a new key. */
export function testWitness(name: string): TestWitness {
  const { privateKey, publicKey } = newKeyPair();
  const key = verifierKey(`${name}.example/witness`, createPublicKey(publicKey), SIGNATURE_TYPES.COSIGNATURE);
  return { name, key, privateKey: createPrivateKey(privateKey) };
}

/** The policy that trusts the log's key and asks for two of the witnesses. */
export function policyOf(keyPem: string, witnesses: readonly TestWitness[], origin: string = ORIGIN): string {
  const log = verifierKey(origin, createPublicKey(createPrivateKey(keyPem)), SIGNATURE_TYPES.NOTE);
  return [
    `log ${formatVerifierKey(log)}`,
    ...witnesses.map(({ name, key }) => `witness ${name} ${formatVerifierKey(key)}`),
    `group two 2 ${witnesses.map(({ name }) => name).join(' ')}`,
    'quorum two',
    '',
  ].join('\n');
}

/** Lets witnesses cosign the latest checkpoint as of an instant, and returns the whole note. */
export async function cosignLatest(
  log: SealedLog,
  witnesses: readonly TestWitness[],
  at = new Date(),
): Promise<string> {
  const { rows } = await log.pool.query<{ log: number; size: string; note: string }>(
    'SELECT log, size, note FROM seal.checkpoint ORDER BY log DESC, size DESC LIMIT 1',
  );
  const [latest] = rows;
  if (latest === undefined) throw new Error('Nothing is sealed.');
  const { text } = parseNote(latest.note);
  const lines = witnesses.map(({ key, privateKey }) => ({
    witness: key.name,
    line: formatSignature(cosign(text, Math.floor(at.getTime() / 1000), key, privateKey)),
  }));
  for (const { witness, line } of lines)
    await log.pool.query('INSERT INTO seal.cosignature (log, size, witness, line) VALUES ($1, $2, $3, $4)', [
      latest.log,
      latest.size,
      witness,
      line,
    ]);
  await log.pool.query('UPDATE seal.checkpoint SET witnessed_at = clock_timestamp() WHERE log = $1 AND size = $2', [
    latest.log,
    latest.size,
  ]);
  return `${latest.note}${lines.map(({ line }) => line).join('')}`;
}
