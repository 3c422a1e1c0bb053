import type { Mutant } from './mutant.ts';

const WITNESS = 'subgraphs/registry/log/witness/witness.ts';
const COSIGNATURE = 'schema/log/cosignature.ts';
const POLICY = 'schema/log/policy.ts';
const TABLE = ['test/standards/c2sp'];

/** The sentences of C2SP that the log and its witnesses follow. */
export const standards: readonly Mutant[] = [
  {
    breaks: 'A witness refuses a checkpoint with a broken line of a trusted key',
    file: WITNESS,
    find: "if (verdicts.includes('BROKEN'))",
    replace: "if (verdicts.includes('UNVERIFIED'))",
    tests: TABLE,
  },
  {
    breaks: 'A witness refuses an empty tree with another root',
    file: WITNESS,
    find: 'proof.length === 0 && EMPTY_ROOT.equals(next.root)',
    replace: 'proof.length === 0',
    tests: TABLE,
  },
  {
    breaks: 'A witness serves no line that it has not verified',
    file: WITNESS,
    find: 'note.signatures.filter((line) => keys.some((each) => isBy(line, each)))',
    replace: 'note.signatures.filter((line) => keys.length > 0 && line.name !== "")',
    tests: TABLE,
  },
  {
    breaks: 'A cosignature without a time dates nothing',
    file: COSIGNATURE,
    find: 'time !== null && time > 0n && time <= LAST_TIME',
    replace: 'time !== null && time <= LAST_TIME',
    tests: TABLE,
  },
  {
    breaks: 'An ML-DSA-44 cosignature is under the cosigner’s name',
    file: COSIGNATURE,
    find: 'Buffer.concat([LABEL, counted(name), ',
    replace: 'Buffer.concat([LABEL, counted(origin), ',
    tests: TABLE,
  },
  {
    breaks: 'A cosignature that this Node cannot verify does not count',
    file: COSIGNATURE,
    find: "if (key.key === null) return { said: 'UNVERIFIED' };",
    replace: "if (key.key === null) return { said: 'SIGNED', at: 100 };",
    tests: TABLE,
  },
  {
    breaks: 'A broken line of a trusted key rejects the note',
    file: POLICY,
    find: 'isSigned: broken.length === 0 && isBySome',
    replace: 'isSigned: isBySome',
    tests: TABLE,
  },
  {
    breaks: 'Names of a policy are bytes',
    file: POLICY,
    find: "return Buffer.from(bytes).toString('latin1');",
    replace: "return Buffer.from(bytes).toString('utf8');",
    tests: TABLE,
  },
];
