import { hash, type KeyObject } from 'node:crypto';
import type { Checkpoint } from '../../../../schema/log/checkpoint.ts';
import { cosign, verdictOf } from '../../../../schema/log/cosignature.ts';
import { EMPTY_ROOT, isConsistent } from '../../../../schema/log/merkle.ts';
import { FormatError, formatNote, formatSignature, isBy, utf8, type VerifierKey } from '../../../../schema/log/note.ts';
import { parseSubmission } from '../../../../schema/log/submission.ts';

/** The answer of a witness (C2SP tlog-witness). */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  /** Signature lines, a tree size, or a sentence. */
  readonly body: string;
}

/** The latest checkpoint of a log that a witness has cosigned. */
export interface CosignedCheckpoint extends Checkpoint {
  /** With the log's signatures and the cosignature; null if an earlier release kept it, which left them out. */
  readonly note: string | null;
}

/** The memory of a witness, by the log's name: the latest checkpoint that it has cosigned. */
export interface WitnessMemory {
  get(origin: string): CosignedCheckpoint | null;
  /** Returns when it is on disk. */
  keep(cosigned: CosignedCheckpoint & { readonly note: string }): void;
  /** Keeps a signed checkpoint that does not go on from the one before: it proves what the log's operator did. */
  keepEvidence(note: string): void;
}

/** Who witnesses, and which logs. */
export interface WitnessIdentity {
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
  /** The keys of the logs that it knows; a log that rotates its key has several under one name. */
  readonly logs: readonly VerifierKey[];
}

/**
 * Cosigns a log's checkpoints, each only if it goes on from the one before: so a log cannot be shortened, rewritten or split
 * in two without this witness's refusal. All of a request is done in one turn, so no two can pass each other.
 */
export class Witness {
  readonly #identity: WitnessIdentity;
  readonly #memory: WitnessMemory;

  constructor(identity: WitnessIdentity, memory: WitnessMemory) {
    this.#identity = identity;
    this.#memory = memory;
  }

  /** Answers `add-checkpoint`; `now` is in seconds since 1970. */
  addCheckpoint(request: string | Uint8Array, now: number): WitnessAnswer {
    let read: ReturnType<typeof parseSubmission>;
    try {
      read = parseSubmission(typeof request === 'string' ? request : utf8(request));
    } catch (cause) {
      if (cause instanceof FormatError) return { status: 400, body: `${cause.message}\n` };
      throw cause;
    }
    const { old, proof, note, text, checkpoint } = read;
    const keys = this.#identity.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return { status: 404, body: 'This witness does not know the log.\n' };
    const verdicts = keys.map((each) => verdictOf(each, note).said);
    if (!verdicts.includes('SIGNED'))
      return { status: 403, body: 'No key of the log that this witness knows signed it.\n' };
    if (verdicts.includes('BROKEN'))
      return { status: 403, body: 'A signature of a key of the log that this witness knows does not verify.\n' };
    if (old > checkpoint.size) return { status: 400, body: 'The old size is at most the size of the checkpoint.\n' };
    const last = this.#memory.get(checkpoint.origin);
    const seen = last?.size ?? 0;
    if (old !== seen) return { status: 409, body: `${seen}\n` };
    if (!goesOn(last, checkpoint, proof)) {
      this.#memory.keepEvidence(text);
      return { status: 422, body: 'The checkpoint does not go on from the one that this witness has cosigned.\n' };
    }
    const { key, privateKey } = this.#identity;
    const cosignature = cosign(note.text, now, key, privateKey);
    const signatures = note.signatures.filter((line) => keys.some((each) => isBy(line, each)));
    this.#memory.keep({
      ...checkpoint,
      note: formatNote({ text: note.text, signatures: [...signatures, cosignature] }),
    });
    return { status: 200, body: formatSignature(cosignature) };
  }

  /** The latest checkpoint that was cosigned, for `GET <origin hash>/checkpoint`; null if there is none of such a log. */
  cosigned(originHash: string): CosignedCheckpoint | null {
    const known = this.#identity.logs.find(({ name }) => hash('sha256', name, 'hex') === originHash);
    return known === undefined ? null : this.#memory.get(known.name);
  }
}

function goesOn(last: Checkpoint | null, next: Checkpoint, proof: readonly Buffer[]): boolean {
  if (next.size === 0) return proof.length === 0 && EMPTY_ROOT.equals(next.root);
  return last === null || last.size === 0 ? proof.length === 0 : isConsistent(last, next, proof);
}
