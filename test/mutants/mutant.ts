/** One change that breaks a promise, and the tests that must notice. */
export interface Mutant {
  /** The promise that the change breaks. */
  readonly breaks: string;
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Patterns of test files, as jest takes them, the most telling first: the first that fails is enough. */
  readonly tests: readonly string[];
}

/** What judges the rule in SQL: the reference model, with the database that the rule runs in. */
export const MODEL = 'test/model/differential';

/** Changes of one of the registry's files of functions: each a promise, the text that keeps it, and what stands there instead, if anything. */
export function changesOf(
  file: string,
  tests: readonly string[],
  changes: readonly (readonly [breaks: string, find: string, replace?: string])[],
): Mutant[] {
  const path = `subgraphs/registry/migrations/functions/${file}.sql`;
  return changes.map(([breaks, find, replace = '']) => ({ breaks, file: path, find, replace, tests }));
}
