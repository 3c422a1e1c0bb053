import type { ApolloServerPlugin } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import type { ReleaseHandle } from '../../process/release.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { REMEMBERED_CHARACTERS } from '../engine/plan/plan.ts';
import { Admission } from './admission.ts';
import { type BoundedDocument, boundDocument } from './bounds.ts';
import { isUrgent } from './urgent.ts';

/** A text that the gateway knows. */
export interface KnownText {
  /** The operation's name in the access log. */
  readonly hash: string;
  /** null if the text is not GraphQL, which Apollo Server reports to the client. */
  readonly document: BoundedDocument | null;
}

/** The request that a text came with. */
export interface Asking extends Pick<ReleaseHandle, 'timeLeft'> {
  /** Calls `report` once, when the request is over. */
  onOutcome(report: () => void): void;
}

/** The part of a request's context that makes its operation known. */
export interface Becoming {
  /** Call it when the operation has been validated: from then on it is known. */
  readonly validated: () => void;
  /** Call it when the operation has been planned: then the next new one is let in. */
  readonly planned: () => void;
}

/** A text on its way to execution. */
export interface Admitted extends KnownText, Becoming {}

/** For a request whose operation is known, or that has none. */
export const NOTHING_BECOMES_KNOWN: Becoming = { validated: nothing, planned: nothing };

/** Notes that an operation has been validated. */
export const noteValidated: ApolloServerPlugin<Becoming> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ contextValue }) {
        contextValue.validated();
      },
    };
  },
};

/**
 * The texts that have been bounded and validated. They pass at once; new ones are let in one after the other. It
 * remembers as much as Apollo Server (apollo.ts) and the engine do, so that a text known here is neither parsed nor
 * planned there again.
 */
export class KnownOperations {
  readonly #admission = new Admission();
  readonly #published: readonly string[];
  #known = remembered();
  #fenced: ReadonlySet<string> = new Set();

  /** @param published texts that are known from the start, so that a start under load lets them in. */
  constructor(published: readonly string[] = []) {
    // With and without the end of the last line, which not every client sends.
    this.#published = published.flatMap((text) => [text, text.trim()]);
  }

  /** Forgets everything but what is published, because there is another schema with these `@fenced` mutation fields. */
  forget(fenced: ReadonlySet<string>): void {
    this.#known = remembered();
    this.#fenced = fenced;
    for (const text of this.#published) this.#known.set(text, this.#bounded(text));
  }

  /**
   * Admits a text when it is its turn. Fails with LIMIT_EXCEEDED if it exceeds a bound, and as Admission does.
   *
   * @param asking the request that asks: it knows the time for which its answer is of use, and reports when it is over,
   *   whatever its outcome.
   * @param caller whose turn it takes; the same for all where callers are not distinguished.
   */
  async admit(text: string, asking: Asking, caller = ''): Promise<Admitted> {
    const known = this.#known.get(text);
    if (known !== undefined) return { ...known, ...NOTHING_BECOMES_KNOWN };
    let isOver = false;
    asking.onOutcome(() => {
      isOver = true;
    });
    const turn = await this.#admission.enter({
      caller,
      isUrgent: isUrgent(text),
      isTooLate: () => isOver || asking.timeLeft() <= 0,
      onOver: (leave) => asking.onOutcome(leave),
    });
    asking.onOutcome(turn.leave);
    const memory = this.#known;
    const learnt = memory.get(text);
    if (learnt !== undefined) {
      turn.leave();
      return { ...learnt, ...NOTHING_BECOMES_KNOWN };
    }
    const bounded = this.#bounded(text);
    const validated = () => {
      memory.set(text, bounded);
      turn.passed();
    };
    return { ...bounded, validated, planned: turn.leave };
  }

  #bounded(text: string): KnownText {
    return { hash: operationHash(text), document: boundDocument(text, this.#fenced) };
  }
}

function nothing(): void {}

function remembered() {
  return new LRUCache<string, KnownText>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_, text) => Math.max(1, text.length),
  });
}
