import type { Mutant } from './mutant.ts';

/** What the coordinator works with: the consent matrix and the consent form. */
export const coordination: readonly Mutant[] = [
  {
    breaks: 'the matrix tells what has ended as ending first',
    file: 'subgraphs/registry/migrations/functions/rule/matrix.sql',
    find: '(u.changed OR bar.since > fresh_since) AND',
    replace: 'false AND',
    tests: ['test/model/matrix'],
  },
  {
    breaks: 'the matrix knows bars',
    file: 'subgraphs/registry/migrations/functions/rule/matrix.sql',
    find: "CASE WHEN bar.since IS NOT NULL THEN 'BARRED' ELSE",
    replace: "CASE WHEN false THEN 'BARRED' ELSE",
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'the matrix ends with the seat',
    file: 'subgraphs/registry/migrations/functions/rule/matrix.sql',
    find: 'least(h.ends_at, v.ends_at) AS until',
    replace: 'v.ends_at AS until',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'the matrix shows a member the own agency’s rows only',
    file: 'subgraphs/registry/view/consent-matrix.ts',
    find: 'source.code === agency || recipient.code === agency',
    replace: 'source !== recipient || agency',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'the form escapes what is put in',
    file: 'gateway/pages/html.ts',
    find: "value.replace(/[&<>\"']/g, (character) => ESCAPES[character] ?? '')",
    replace: 'value',
    tests: ['test/pages'],
  },
  {
    breaks: 'the form is made of an answer without any error',
    file: 'gateway/pages/serve-pages.ts',
    find: 'if (error !== undefined) return refusal(codeOf(error), language);',
    replace: '',
    tests: ['test/pages/consent-form.test'],
  },
  {
    breaks: 'the form asks every guardian',
    file: 'subgraphs/registry/consent/signer.ts',
    find: 'AND (registry.clock() < registry.birthday(y.birth_date, 18)) IS NOT FALSE',
    replace: 'AND registry.clock() < registry.birthday(y.birth_date, 18)',
    tests: ['test/hub/on-one-hub'],
  },
];
