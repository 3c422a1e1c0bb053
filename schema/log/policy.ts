import { type Checkpoint, parseSignedCheckpoint } from './checkpoint.ts';
import {
  cosignedAt,
  FormatError,
  formatVerifierKey,
  hasSigned,
  parseVerifierKey,
  SIGNATURE_TYPES,
  type VerifierKey,
} from './note.ts';

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

/** Reads a policy file. Throws a FormatError that names the line. */
export function parsePolicy(text: string): Policy {
  return new PolicyReader().read(text);
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
      const words = line.trim().split(/[ \t]+/);
      if (words[0] === '' || words[0]?.startsWith('#')) continue;
      try {
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
    if (word === 'log' && (rest.length === 1 || rest.length === 2))
      this.#logs.push(this.#key(rest[0], SIGNATURE_TYPES.NOTE));
    else if (word === 'witness' && (rest.length === 2 || rest.length === 3)) this.#witness(rest);
    else if (word === 'group' && rest.length >= 3) this.#group(rest);
    else if (word === 'quorum' && rest.length === 1) this.#setQuorum(rest[0] ?? '');
    else
      throw new FormatError('Expected log KEY, witness NAME KEY [URL], group NAME all|any|COUNT NAME… or quorum NAME.');
  }

  #witness([name = '', key, url]: readonly string[]): void {
    if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
      throw new FormatError('Expected the URL of a witness to start with https:// or http://.');
    this.#witnesses.push({ name, key: this.#key(key, SIGNATURE_TYPES.COSIGNATURE), url: url ?? null });
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

  #key(text: string | undefined, type: VerifierKey['type']): VerifierKey {
    const key = parseVerifierKey(text ?? '');
    if (key.type !== type)
      throw new FormatError('The key is of the wrong kind: a log signs with type 1, a witness with type 4.');
    const bytes = formatVerifierKey(key).split('+').slice(2).join('+');
    const known = [...this.#logs, ...this.#witnesses.map((witness) => witness.key)];
    // A log may use its key under a new name; a witness must not count twice.
    const isDouble = known.some((other) =>
      type === SIGNATURE_TYPES.NOTE
        ? formatVerifierKey(other) === text
        : formatVerifierKey(other).split('+').slice(2).join('+') === bytes,
    );
    if (isDouble) throw new FormatError('The key is in the policy already. Use each key once.');
    return key;
  }
}

/** The verdict of a policy on a signed checkpoint. */
export interface PolicyVerdict {
  readonly checkpoint: Checkpoint;
  /** True if a log that the policy names has signed it, under its own name. */
  readonly isSigned: boolean;
  readonly hasQuorum: boolean;
  /** The times at which witnesses of the policy saw it, in seconds since 1970, by their names in the policy. */
  readonly cosignedAt: ReadonlyMap<string, number>;
}

/** Judges a signed checkpoint by a policy. Throws a FormatError if it is no checkpoint. */
export function judge(text: string, policy: Policy): PolicyVerdict {
  const { note, checkpoint } = parseSignedCheckpoint(text);
  const times = new Map<string, number>();
  for (const { name, key } of policy.witnesses) {
    const seconds = cosignedAt(key, note);
    if (seconds !== null) times.set(name, seconds);
  }
  return {
    checkpoint,
    isSigned: policy.logs.some((log) => log.name === checkpoint.origin && hasSigned(log, note)),
    hasQuorum: policy.isQuorum(new Set(times.keys())),
    cosignedAt: times,
  };
}
