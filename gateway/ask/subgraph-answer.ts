import type { SubgraphAnswer } from '../engine/fetch/fetch.ts';

/** The reason that a subgraph's answer cannot be used. The message never quotes the answer. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
}

/** No whole answer came while it was of use. */
export class TooLate extends Unusable {
  constructor() {
    super('Timeout');
  }
}

/** The JSON of an answer. Throws Unusable, because the parser's own message quotes the answer. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unusable('the answer is not JSON');
  }
}

/**
 * The errors of an answer, with their extensions mapped by `extensionsOf`. Throws Unusable if they are not GraphQL
 * errors.
 */
export function errorsOf(
  errors: unknown,
  extensionsOf: (extensions: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): NonNullable<SubgraphAnswer['errors']> {
  if (errors === undefined) return [];
  if (!Array.isArray(errors)) throw new Unusable('errors is not a list');
  return errors.map((error: unknown) => {
    if (!isObject(error) || typeof error.message !== 'string') throw new Unusable('an error has no message');
    const { message, path, extensions } = error;
    return {
      message,
      ...(isPath(path) ? { path } : {}),
      extensions: extensionsOf(isObject(extensions) ? extensions : {}),
    };
  });
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((key) => typeof key === 'string' || Number.isInteger(key));
}

/** The reason that a request failed, for the log: the message of an Unusable, or the fault's name and code. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Unusable) return cause.message;
  const { name, code } = Object(cause) as { name?: unknown; code?: unknown };
  return [name, code].filter((word) => typeof word === 'string').join(' ');
}
