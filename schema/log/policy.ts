import { type Checkpoint, parseSignedCheckpoint } from './checkpoint.ts';
import { verdictOf } from './cosignature.ts';
import { FormatError, formatVerifierKey, parseVerifierKey, SIGNATURE_TYPES, utf8, type VerifierKey } from './note.ts';

/** A witness that a policy names. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  /** The URL that takes checkpoints; null if the policy is for verifying alone. */
  readonly url: string | null;
}

/** The trusted logs and witnesses, and the quorum of witnesses (C2SP tlog-policy). */
export interface Policy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly PolicyWitness[];
  /** True if these witnesses, by their names, suffice. */
  readonly isQuorum: (cosigners: ReadonlySet<string>) => boolean;
  /** False if the policy asks for no witness at all. */
  readonly asksForWitnesses: boolean;
}

type Rule = (cosigners: ReadonlySet<string>) => boolean;

const { NOTE, COSIGNATURE, ML_DSA_COSIGNATURE } = SIGNATURE_TYPES;
const LOG_TYPES: readonly VerifierKey['type'][] = [NOTE, COSIGNATURE, ML_DSA_COSIGNATURE];
const WITNESS_TYPES: readonly VerifierKey['type'][] = [COSIGNATURE, ML_DSA_COSIGNATURE];

/** Matches a control character of ASCII but tab and line end. */
const CONTROL = /[^\P{Cc}\t\n\u{80}-\u{9f}]/u;

/** Reads a policy file, its bytes or its text. Throws a FormatError that names the line. */
export function parsePolicy(file: string | Uint8Array): Policy {
  return new PolicyReader().read(typeof file === 'string' ? file : textOf(file));
}

/** The text of a file that need not be UTF-8. If it is not, a character stands for each byte: so no two names become one. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

class PolicyReader {
  readonly #logs: VerifierKey[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #rules = new Map<string, Rule>();
  readonly #members = new Set<string>();
  #quorum: Rule | undefined;
  #asksForWitnesses = true;

  read(text: string): Policy {
    for (const [index, line] of text.split('\n').entries()) {
      const words = line.split(/[ \t]+/).filter((word) => word !== '');
      try {
        if (CONTROL.test(line)) throw new FormatError('Expected no control characters but tab and line end.');
        if (words[0] === undefined || words[0].startsWith('#')) continue;
        this.#line(words);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : '';
        throw new FormatError(`Line ${index + 1} of the policy is wrong. ${why}`, { cause });
      }
    }
    if (this.#quorum === undefined)
      throw new FormatError('The policy has no line quorum. Add one that names a witness, a group or none.');
    return {
      logs: this.#logs,
      witnesses: this.#witnesses,
      isQuorum: this.#quorum,
      asksForWitnesses: this.#asksForWitnesses,
    };
  }

  #line([word, ...rest]: readonly string[]): void {
    if (word === 'log' && (rest.length === 1 || rest.length === 2)) this.#logs.push(this.#logKey(rest[0]));
    else if (word === 'witness' && (rest.length === 2 || rest.length === 3)) this.#witness(rest);
    else if (word === 'group' && rest.length >= 3) this.#group(rest);
    else if (word === 'quorum' && rest.length === 1) this.#setQuorum(rest[0] ?? '');
    else
      throw new FormatError('Expected log KEY, witness NAME KEY [URL], group NAME all|any|COUNT NAME… or quorum NAME.');
  }

  #witness([name = '', key, url]: readonly string[]): void {
    if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
      throw new FormatError('Expected the URL of a witness to start with https:// or http://.');
    this.#witnesses.push({ name, key: this.#witnessKey(key), url: url ?? null });
    this.#define(name, (cosigners) => cosigners.has(name));
  }

  #group([name = '', count = '', ...members]: readonly string[]): void {
    const rules = members.map((member) => {
      const rule = this.#rules.get(member);
      if (rule === undefined || this.#members.has(member))
        throw new FormatError('A group must have members that are named above it, each in one group only.');
      this.#members.add(member);
      return rule;
    });
    const least =
      count === 'all' ? rules.length : count === 'any' ? 1 : /^[1-9]\d{0,3}$/.test(count) ? Number(count) : 0;
    if (least < 1 || least > rules.length)
      throw new FormatError('A group must ask for all, any, or a number of its members.');
    this.#define(name, (cosigners) => rules.filter((rule) => rule(cosigners)).length >= least);
  }

  #setQuorum(name: string): void {
    const rule = name === 'none' ? () => true : this.#rules.get(name);
    if (rule === undefined || this.#quorum !== undefined)
      throw new FormatError('Expected one line quorum, with a witness or group named above it, or none.');
    this.#quorum = rule;
    this.#asksForWitnesses = name !== 'none';
  }

  #define(name: string, rule: Rule): void {
    if (name === 'none' || this.#rules.has(name))
      throw new FormatError('A name of a witness or group must be used only once.');
    this.#rules.set(name, rule);
  }

  /** A log may use its key under a new name: so a log goes on under the next origin. */
  #logKey(text: string | undefined): VerifierKey {
    const key = typedKey(text, LOG_TYPES, 'a log signs with type 1, 4 or 6');
    const isDouble = this.#logs.some((other) => formatVerifierKey(other) === text);
    if (isDouble || this.#witnesses.some((witness) => witness.key.material.equals(key.material)))
      throw new FormatError(DOUBLE);
    return key;
  }

  /** A witness must not count twice, nor a log as its own witness. */
  #witnessKey(text: string | undefined): VerifierKey {
    const key = typedKey(text, WITNESS_TYPES, 'a witness signs with type 4 or 6');
    const known = [...this.#logs, ...this.#witnesses.map((witness) => witness.key)];
    if (known.some(({ material }) => material.equals(key.material))) throw new FormatError(DOUBLE);
    return key;
  }
}

const DOUBLE = 'The key is in the policy already. Use each key once.';

function typedKey(text: string | undefined, types: readonly VerifierKey['type'][], says: string): VerifierKey {
  const key = parseVerifierKey(text ?? '');
  if (!types.includes(key.type)) throw new FormatError(`The key is of the wrong kind: ${says}.`);
  return key;
}

/** The verdict of a policy on a signed checkpoint. */
export interface PolicyVerdict {
  readonly checkpoint: Checkpoint;
  /** True if a log that the policy names has signed it, under its own name, and no line of a key of the policy is broken. */
  readonly isSigned: boolean;
  /** Likewise false if a line of a key of the policy is broken. */
  readonly hasQuorum: boolean;
  /** Names of keys of the policy whose lines do not verify. They make the note one to reject (C2SP signed-note). */
  readonly broken: readonly string[];
  /** Names of keys of the policy that have signed in a way that this Node cannot verify. They do not count. */
  readonly unverified: readonly string[];
  /** The times at which witnesses of the policy saw it, in seconds since 1970, by their names in the policy. */
  readonly cosignedAt: ReadonlyMap<string, number>;
}

/** Judges a signed checkpoint by a policy. Throws a FormatError if it is no checkpoint. */
export function judge(text: string, policy: Policy): PolicyVerdict {
  const { note, checkpoint } = parseSignedCheckpoint(text);
  const verdicts = new Map(
    [...policy.logs, ...policy.witnesses.map(({ key }) => key)].map((key) => [key, verdictOf(key, note)]),
  );
  const namesOf = (said: string) => [...verdicts].filter(([, each]) => each.said === said).map(([{ name }]) => name);
  const times = new Map<string, number>();
  for (const { name, key } of policy.witnesses) {
    const verdict = verdicts.get(key);
    if (verdict?.said === 'SIGNED' && verdict.at !== null) times.set(name, verdict.at);
  }
  const broken = namesOf('BROKEN');
  const isBySome = policy.logs.some((log) => log.name === checkpoint.origin && verdicts.get(log)?.said === 'SIGNED');
  return {
    checkpoint,
    isSigned: broken.length === 0 && isBySome,
    hasQuorum: broken.length === 0 && policy.isQuorum(new Set(times.keys())),
    broken,
    unverified: namesOf('UNVERIFIED'),
    cosignedAt: times,
  };
}
