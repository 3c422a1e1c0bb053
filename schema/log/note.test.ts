import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { formatCheckpoint, parseCheckpoint, parseSignedCheckpoint } from './checkpoint.ts';
import { cosign, cosignedAt } from './cosignature.ts';
import {
  formatNote,
  formatSignature,
  formatVerifierKey,
  hasSigned,
  parseNote,
  parseVerifierKey,
  SIGNATURE_TYPES,
  signNote,
  verifierKey,
} from './note.ts';

/** A note, and the key that signed it, from Go’s package golang.org/x/mod/sumdb/note, the origin of the format. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

test('verifies a note signed by another implementation, and no changed one', () => {
  const key = parseVerifierKey(GO_KEY);
  expect(hasSigned(key, parseNote(GO_NOTE))).toBe(true);
  expect(hasSigned(key, parseNote(GO_NOTE.replace('answer', 'danger')))).toBe(false);
  expect(formatVerifierKey(key)).toBe(GO_KEY);
  expect(formatNote(parseNote(GO_NOTE))).toBe(GO_NOTE);
});

/** The cosigned checkpoint in C2SP tlog-cosignature, which does not show the keys. */
const C2SP_CHECKPOINT = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

test('reads and writes a checkpoint in the format', () => {
  const { note, checkpoint } = parseSignedCheckpoint(C2SP_CHECKPOINT);
  expect({ ...checkpoint, root: checkpoint.root.toString('base64') }).toEqual({
    origin: 'example.com/behind-the-sofa',
    size: 20852163,
    root: 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
  });
  expect(formatCheckpoint(checkpoint)).toBe(note.text);
  expect(note.signatures.map(({ name, keyId }) => [name, keyId])).toEqual([
    ['example.com/behind-the-sofa', '033de0ae'],
    ['witness.example.com/w1', '8d66cf3f'],
  ]);
});

const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';

test.each([
  ['a size with a zero in front', `a\n01\n${root}\n`],
  ['a size below zero', `a\n-1\n${root}\n`],
  ['a short root', 'a\n1\nAAAA\n'],
  ['no origin', `\n1\n${root}\n`],
  ['an empty fourth line', `a\n1\n${root}\n\n`],
  ['no last line end', `a\n1\n${root}`],
])('refuses %s as a checkpoint', (_, text) => {
  expect(() => parseCheckpoint(text)).toThrow('Expected a checkpoint');
});

const pair = generateKeyPairSync('ed25519');
const text = `log.example\n1\n${root}\n`;

test('verifies a signature for one key under one name', () => {
  const key = verifierKey('log.example', pair.publicKey, SIGNATURE_TYPES.NOTE);
  const note = { text, signatures: [signNote(text, key, pair.privateKey)] };
  const other = generateKeyPairSync('ed25519').publicKey;

  expect(hasSigned(parseVerifierKey(formatVerifierKey(key)), note)).toBe(true);
  expect(hasSigned(verifierKey('log.example', other, SIGNATURE_TYPES.NOTE), note)).toBe(false);
  expect(hasSigned(verifierKey('other.example', pair.publicKey, SIGNATURE_TYPES.NOTE), note)).toBe(false);
  expect(hasSigned(key, { ...note, signatures: [] })).toBe(false);
});

test('finds a cosignature’s time, and does not count it as the log’s signature', () => {
  const key = verifierKey('w.example', pair.publicKey, SIGNATURE_TYPES.COSIGNATURE);
  const note = parseNote(`${text}\n${formatSignature(cosign(text, 1_679_315_147, key, pair.privateKey))}`);

  expect(cosignedAt(key, note)).toBe(1_679_315_147);
  expect(cosignedAt(key, { ...note, text: text.replace('\n1\n', '\n2\n') })).toBe(null);
  expect(hasSigned(key, note)).toBe(false);
});

test('refuses malformed notes', () => {
  for (const wrong of [
    '',
    'text\n',
    `${text}\n`,
    `${text}\n- log.example AAAAAAAA\n`,
    `${text}\n— log.example AAAA\n`,
    GO_NOTE.slice(0, -1),
    GO_NOTE.replace('then', '\u0007'),
  ]) {
    expect(() => parseNote(wrong)).toThrow(/^Expected/);
  }
  for (const wrong of ['', 'a+00000000+AAAA', GO_KEY.replace('c74f20a3', 'c74f20a4'), GO_KEY.replace('Peter', 'P')]) {
    expect(() => parseVerifierKey(wrong)).toThrow(/verifier key/);
  }
  const rsa = createPublicKey(
    createPrivateKey(
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ),
  );
  expect(() => verifierKey('a', rsa, SIGNATURE_TYPES.NOTE)).toThrow('Expected an Ed25519 key.');
});
