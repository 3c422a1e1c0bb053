import type { Mutant } from './mutant.ts';

const TESTS = ['schema/caller'];

const changes: readonly (readonly [breaks: string, find: string, replace: string])[] = [
  [
    'an assertion is for one subgraph, not for a list',
    "if (typeof payload.aud !== 'string') {",
    "if (payload.aud === 'nobody') {",
  ],
  ['an assertion states the kid of the configured key', 'if (protectedHeader.kid !== kid) {', "if (kid === '') {"],
  [
    'an assertion is refused once the release deadline has passed, whatever its exp states',
    'age <= RELEASE_DEADLINE_MS / 1000 + toleranceSeconds',
    'age <= RELEASE_DEADLINE_MS + toleranceSeconds',
  ],
  ['an assertion is not made ahead of now', 'age >= -toleranceSeconds && ', ''],
];

/** The callers' assertions. */
export const assertions: readonly Mutant[] = changes.map(([breaks, find, replace]) => ({
  breaks,
  file: 'schema/caller.ts',
  find,
  replace,
  tests: TESTS,
}));
