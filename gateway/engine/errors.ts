import { GraphQLError } from 'graphql';
import { HubError } from '../../schema/errors.ts';
import { isJsonObject, type Path } from './json.ts';

/** The most errors in a response; the last one then states that there were more. */
export const MAX_ERRORS = 1_000;

const MORE = new HubError(
  'LIMIT_EXCEEDED',
  `More than ${MAX_ERRORS.toLocaleString('en')} fields have errors; the rest of the errors are left out. Select less at a time.`,
);

/** An error as a subgraph answers it. Only its message, path and three extensions reach the client. */
export interface SubgraphError {
  readonly message: string;
  readonly path?: Path | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The part of a fault that the client sees, wherever it shows. */
export interface ShownFault {
  readonly message: string;
  readonly extensions: Readonly<Record<string, string>>;
}

const PASSED_ON = ['code', 'category', 'field'] as const;

/** The part of a subgraph's error that may reach the client. */
export function faultOf(error: { readonly message: string; readonly extensions?: unknown }): ShownFault {
  const extensions: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = isJsonObject(error.extensions) ? error.extensions[name] : undefined;
    if (typeof value === 'string') extensions[name] = value;
  }
  extensions.code ??= 'INTERNAL_SERVER_ERROR';
  return { message: String(error.message), extensions };
}

/** The fault of a subgraph that did not answer. A HubError carries its own message. */
export function faultOfRejection(reason: unknown): ShownFault {
  return faultOf(reason instanceof HubError ? reason : HubError.constant('SUBGRAPH_UNAVAILABLE', reason));
}

/** Paths with a fault, as a tree. */
interface Branch {
  faulty: boolean;
  readonly below: Map<string | number, Branch>;
}

interface Noted {
  readonly fault: ShownFault;
  readonly path: Path | undefined;
  /** True if it is reported only because the field is shown. */
  readonly loss: boolean;
}

/** The faults of one response, in the client's terms, at most MAX_ERRORS. */
export class ResponseFaults {
  #faults: Noted[] = [];
  readonly #root: Branch = { faulty: false, below: new Map() };
  #more = false;

  /** The number of faults. */
  get count(): number {
    return this.#faults.length;
  }

  /** Adds a fault; `path` is copied. A `loss` belongs to a field that failed without a place of its own. */
  add(fault: ShownFault, path: Path | undefined, loss = false): void {
    if (this.#faults.length >= MAX_ERRORS) {
      this.#more = true;
      return;
    }
    this.#faults.push({ fault, path: path?.slice(), loss });
    if (path !== undefined) this.#mark(path);
  }

  /**
   * Drops the losses added since there were `count` faults, except at or below `cause`: everything around it is gone
   * with the cause.
   */
  dropLosses(count: number, cause: Path): void {
    const isWithin = (path: Path | undefined) => cause.every((key, index) => path?.[index] === key);
    const kept = this.#faults.filter(({ path, loss }, index) => index < count || !loss || isWithin(path));
    if (kept.length === this.#faults.length) return;
    this.#faults = kept;
    this.#root.below.clear();
    for (const { path } of kept) if (path !== undefined) this.#mark(path);
  }

  #mark(path: Path): void {
    let branch = this.#root;
    for (const key of path) {
      const next = branch.below.get(key) ?? { faulty: false, below: new Map() };
      branch.below.set(key, next);
      branch = next;
    }
    branch.faulty = true;
  }

  /** True if a fault at, above or below `path` explains why nothing stands there. */
  explains(path: Path): boolean {
    let branch = this.#root;
    for (const key of path) {
      const next = branch.below.get(key);
      if (next === undefined) return false;
      if (next.faulty) return true;
      branch = next;
    }
    return branch !== this.#root;
  }

  /** The faults as the GraphQL errors that Apollo Server demands, without stack traces, which nobody reads. */
  toErrors(): GraphQLError[] {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      // By place, not by arrival: the bytes must not show which subgraph was faster (C12).
      const errors = this.#faults.toSorted(byPlace).map(({ fault, path }) => {
        return new GraphQLError(fault.message, { path: path ?? null, extensions: { ...fault.extensions } });
      });
      if (this.#more) errors[MAX_ERRORS - 1] = MORE;
      return errors;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

function byPlace(a: { readonly path: Path | undefined }, b: { readonly path: Path | undefined }): number {
  const [left, right] = [a.path ?? [], b.path ?? []];
  for (const [index, key] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (key !== other) return typeof key === 'number' && typeof other === 'number' ? key - other : key < other ? -1 : 1;
  }
  return left.length - right.length;
}
