/** The environment variable that holds the parts that this run of the tests wants; without it every part runs. */
export const WANTED = 'SAMSYN_TEST_PARTS';

/**
 * The suites whose parts share what takes long to start, by the paths of their files from the project's root, without
 * `.test.ts`. Each names its parts, in the order in which they run, by their paths from the suite's folder, without `.ts`.
 */
export const SUITES: Readonly<Record<string, readonly string[]>> = {
  'test/hub/on-one-hub': [
    // First, since it holds what each youth was made for against what is decided: the others change some of that.
    'on-one-hub/consent-matrix',
    'on-one-hub/readable',
    'on-one-hub/access-log-entries',
    'on-one-hub/access-log',
    'on-one-hub/access-report-page',
    'on-one-hub/action-plan',
    'on-one-hub/answered-keys',
    'on-one-hub/asked-units',
    'on-one-hub/bars',
    'on-one-hub/consent-form',
    'on-one-hub/consent-rights',
    'on-one-hub/held-records',
    'on-one-hub/imported-enrolments',
    'on-one-hub/news',
    'on-one-hub/group-updates',
    'on-one-hub/log-proofs',
    'on-one-hub/operations',
    'on-one-hub/protected-identity',
    'on-one-hub/roots-to-youth',
    'on-one-hub/sector-schemas',
    // Last: what the pages show to send changes some of the demo world.
    'on-one-hub/snippets',
  ],
  'test/hub/on-issuer-hub': [
    'on-issuer-hub/identity',
    'on-issuer-hub/two-roles',
    'on-issuer-hub/fairness',
    'on-issuer-hub/links-and-marks',
    'on-issuer-hub/own-links',
    'on-issuer-hub/writing',
    'on-issuer-hub/feeds',
    'on-issuer-hub/refused-writing',
    // Last: it looks for what the two before it have written.
    'on-issuer-hub/written-entries',
  ],
  'test/hub/case-life': [
    'lives/soderhamn',
    'lives/skovde',
    'lives/national',
    'lives/orebro',
    'lives/strangnas',
    'lives/renewal',
    'lives/revisions',
    'lives/refusals',
    'lives/left-out',
    'lives/bad-input',
    // Last: it hears what the others have begun.
    'lives/answers',
  ],
  'test/registry/on-one-registry': [
    'on-one-registry/answer-outcomes',
    'on-one-registry/access-questions',
    'on-one-registry/access-summaries',
    'on-one-registry/access-reviews',
    'on-one-registry/samples-and-reviews',
    'on-one-registry/alarms',
    'on-one-registry/budgets',
    'on-one-registry/watching',
    'on-one-registry/bars',
    'on-one-registry/lists',
    'on-one-registry/told-of-consents',
    'on-one-registry/reading-reviews-and-alarms',
    'on-one-registry/access-reports',
    'on-one-registry/access-report-pages',
    'on-one-registry/access-report-makers',
    'on-one-registry/tellings',
    'on-one-registry/who-sees-what',
    // Last: it seals what the others have written before their tests.
    'on-one-registry/access-report-proofs',
  ],
  'test/import/on-one-school': [
    'on-one-school/command',
    'on-one-school/files',
    'on-one-school/batches',
    'on-one-school/persons',
    'on-one-school/linked-by-key',
    'on-one-school/enrolments',
    'on-one-school/aggregated-attendance',
    'on-one-school/kinds',
    'on-one-school/many-persons',
  ],
  'test/faults/on-one-hub': [
    'on-one-hub/assertions',
    'on-one-hub/mistakes',
    'on-one-hub/other-routers',
    'on-one-hub/identity-numbers',
    'on-one-hub/codes',
    // Last: it may change anything.
    'on-one-hub/fuzz',
  ],
};

/** Parts that look for what other parts have done, with those: whoever wants the one gets the others too. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'on-issuer-hub/written-entries': ['on-issuer-hub/writing', 'on-issuer-hub/refused-writing'],
  'lives/answers': ['soderhamn', 'skovde', 'national', 'orebro', 'strangnas', 'revisions', 'left-out'].map(
    (life) => `lives/${life}`,
  ),
  'on-one-registry/access-reports': ['on-one-registry/access-report-proofs'],
};

/** The parts of a suite that this run wants, in their order. Throws for a suite that is not among `SUITES`. */
export function partsOf(suite: string, env: Readonly<Record<string, string | undefined>> = process.env): string[] {
  const parts = SUITES[suite];
  if (parts === undefined) throw new RangeError(`Expected a suite of test/setup/parts.ts, got ${suite}.`);
  const wanted = (JSON.parse(env[WANTED] ?? '{}') as Readonly<Record<string, readonly string[]>>)[suite];
  return parts.filter((part) => wanted === undefined || wanted.includes(part));
}

/** A choice of tests: patterns of test files as jest takes them, and the parts that are wanted of some suites. */
export interface Choice {
  readonly patterns: readonly string[];
  readonly wanted: Readonly<Record<string, readonly string[]>>;
}

/**
 * Finds the parts that patterns mean. A pattern that matches a suite's own file means all of its parts; one that matches
 * parts alone means these, and their suite's file is added to the patterns.
 */
export function choose(patterns: readonly string[], root: string): Choice {
  const matches = (path: string) => patterns.some((pattern) => new RegExp(pattern, 'i').test(`${root}/${path}`));
  const wanted = Object.entries(SUITES).flatMap(([suite, parts]) => {
    if (matches(`${suite}.test.ts`)) return [];
    const meant = parts.filter((part) => matches(`${folderOf(suite)}/${part}.ts`));
    const needed = new Set(meant.flatMap((part) => [part, ...(NEEDED[part] ?? [])]));
    const chosen = parts.filter((part) => needed.has(part));
    return chosen.length === 0 ? [] : [[suite, chosen] as const];
  });
  return {
    patterns: [...patterns, ...wanted.map(([suite]) => `${suite}\\.test\\.ts`)],
    wanted: Object.fromEntries(wanted),
  };
}

const folderOf = (suite: string) => suite.slice(0, suite.lastIndexOf('/'));
