import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../process/root.ts';
import { resultsPage, withHeadlines } from './report.ts';
import { readResults } from './result.ts';

const textAt = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('RESULTS.md holds the tables of the results that are kept', () => {
  expect(textAt('test/bench/RESULTS.md')).toBe(resultsPage(readResults()));
});

test('the README shows six of them, as they were measured', () => {
  const readme = textAt('README.md');
  const shown = /<!-- headlines: [\s\S]*?<!-- headlines end -->/.exec(readme)?.[0] ?? '';
  expect(shown.match(/^\| [A-Z].*\|$/gm)).toHaveLength(6);
  expect(readme).toBe(withHeadlines(readme, readResults()));
});

test('refuses a README without the markers', () => {
  expect(() => withHeadlines('# Samsyn', readResults())).toThrow('The README needs the lines');
});
