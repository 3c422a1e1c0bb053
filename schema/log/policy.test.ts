import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { cosign } from './cosignature.ts';
import { formatNote, formatVerifierKey, SIGNATURE_TYPES, signNote, verifierKey } from './note.ts';
import { judge, parsePolicy } from './policy.ts';

const named = (name: string, type: 1 | 4) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = verifierKey(name, publicKey, type);
  return { key, privateKey, text: formatVerifierKey(key) };
};
const log = named('log.example', SIGNATURE_TYPES.NOTE);
const rotated = named('log.example', SIGNATURE_TYPES.NOTE);
const witnesses = ['a', 'b', 'c'].map((name) => named(`${name}.example`, SIGNATURE_TYPES.COSIGNATURE));
const lines = witnesses.map(({ text }, n) => `witness ${'abc'[n]} ${text} https://${'abc'[n]}.example/witness`);
const POLICY = `# whom we trust
log ${log.text}
log ${rotated.text}
${lines.join('\n')}
group two 2 a b c
quorum two
`;
const body = `log.example\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`;

function checkpoint(signer: typeof log, ...cosigners: number[]): string {
  const signatures = [
    signNote(body, signer.key, signer.privateKey),
    ...witnesses.flatMap(({ key, privateKey }, n) =>
      cosigners.includes(n) ? [cosign(body, 100 + n, key, privateKey)] : [],
    ),
  ];
  return formatNote({ text: body, signatures });
}

const verdict = (text: string, policy = POLICY) => {
  const { isSigned, hasQuorum, cosignedAt } = judge(text, parsePolicy(policy));
  return { isSigned, hasQuorum, cosignedAt: Object.fromEntries(cosignedAt) };
};

test('accepts a checkpoint that a log of the policy signed and the quorum cosigned', () => {
  expect(verdict(checkpoint(log, 0, 2))).toEqual({ isSigned: true, hasQuorum: true, cosignedAt: { a: 100, c: 102 } });
  expect(verdict(checkpoint(log, 1))).toEqual({ isSigned: true, hasQuorum: false, cosignedAt: { b: 101 } });
});

test('accepts the old key and the new one as the log’s after a rotation', () => {
  expect(verdict(checkpoint(rotated, 0, 1)).isSigned).toBe(true);
  expect(verdict(checkpoint(named('log.example', SIGNATURE_TYPES.NOTE), 0, 1)).isSigned).toBe(false);
  expect(verdict(checkpoint(named('other.example', SIGNATURE_TYPES.NOTE), 0, 1)).isSigned).toBe(false);
});

test('takes groups in groups, and a policy that asks for nobody', () => {
  const nested = POLICY.replace(
    'group two 2 a b c\nquorum two',
    'group ab any a b\ngroup all-of all ab c\nquorum all-of',
  );
  expect(verdict(checkpoint(log, 0, 2), nested).hasQuorum).toBe(true);
  expect(verdict(checkpoint(log, 0, 1), nested).hasQuorum).toBe(false);
  expect(verdict(checkpoint(log), `log ${log.text}\nquorum none\n`).hasQuorum).toBe(true);
});

test.each([
  ['no quorum', POLICY.replace('quorum two', '')],
  ['a quorum of nobody known', POLICY.replace('quorum two', 'quorum three')],
  ['two quorums', `${POLICY}quorum a\n`],
  ['a group larger than itself', POLICY.replace('group two 2', 'group two 4')],
  ['a witness in two groups', POLICY.replace('quorum two', 'group more any a\nquorum two')],
  ['a witness that counts twice', POLICY.replace(lines[1] ?? '', (lines[0] ?? '').replace('witness a', 'witness b'))],
  ['a witness with a log’s key', POLICY.replace(witnesses[0]?.text ?? '', log.text)],
  ['a name used twice', POLICY.replace('group two', 'group a').replace('quorum two', 'quorum a')],
  ['an unknown word', `${POLICY}trust everybody\n`],
  ['a URL of another kind', POLICY.replace('https://a.example', 'ftp://a.example')],
])('refuses %s', (_, policy) => {
  expect(() => parsePolicy(policy)).toThrow(/policy/);
});
