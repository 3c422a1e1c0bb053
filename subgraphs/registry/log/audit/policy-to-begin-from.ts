import { parseSignedCheckpoint } from '../../../../schema/log/checkpoint.ts';

/**
 * A policy to begin from, for who verifies an export: the names and key ids that its checkpoint bears, without the keys. Whom to
 * trust must never come from what is to be verified.
 */
export function examplePolicy(checkpoint: string): string {
  const {
    checkpoint: { origin },
    note,
  } = parseSignedCheckpoint(checkpoint);
  const keyOf = ({ name, keyId }: (typeof note.signatures)[number]) => `${name}+${keyId}`;
  const logs = note.signatures.filter(({ name }) => name === origin);
  const witnesses = note.signatures.filter(({ name }) => name !== origin);
  const names = witnesses.map((_, index) => `w${index + 1}`);
  return [
    '# Whom you trust (C2SP tlog-policy). The names and key ids below are those that signed the checkpoint of this export.',
    '# Put each key in the place of KEY, as its holder gives it to you and not as anything in an export says: the log’s from',
    '# who runs the hub (npm run registry -- verifier-key), each witness’s from the witness. Then take away the # before it.',
    ...logs.map((signature) => `# log ${keyOf(signature)}+KEY`),
    ...witnesses.map((signature, index) => `# witness ${names[index]} ${keyOf(signature)}+KEY`),
    ...(names.length === 0
      ? ['# Nobody has cosigned it yet: who holds the log’s key can have rewritten it.', '# quorum none']
      : [
          '# So many of the witnesses must have cosigned it:',
          `# group enough ${Math.floor(names.length / 2) + 1} ${names.join(' ')}`,
          '# quorum enough',
        ]),
    '',
  ].join('\n');
}
