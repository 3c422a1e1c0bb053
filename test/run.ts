import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildArgv, run } from 'jest';
import { choose, WANTED } from './setup/parts.ts';

/**
 * `npm test [-- PATTERNS] [OPTIONS]`: runs jest. A pattern selects test files as it does with jest, and also the parts of
 * suites that share one hub or one registry: `npm test -- action-plan`.
 */
async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const { _: positional = [], testPathPatterns = [] } = await buildArgv(given);
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const { patterns, wanted } = choose([...positional, ...testPathPatterns].map(String), root);
  if (Object.keys(wanted).length > 0) process.env[WANTED] = JSON.stringify(wanted);
  const added = patterns.slice(positional.length + testPathPatterns.length);
  await run([...given, ...added]);
}

await main();
