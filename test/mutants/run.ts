import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from 'commander';
import { MUTANTS, type Mutant } from './mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Not copied: big, or made by a run. */
const LEFT_OUT = new Set(['node_modules', '.git', '.samsyn', 'coverage']);

interface Verdict {
  readonly mutant: Mutant;
  /** Names of the tests that failed; empty when none noticed. */
  readonly caughtBy: readonly string[];
}

/** What jest writes with --json, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** `npm run mutants [-- PATTERN]`: makes each change in a copy, one by one, and lists which tests noticed. */
async function main(): Promise<void> {
  program.argument('[pattern]', 'only mutants whose promise contains this').parse();
  const pattern = program.args[0] ?? '';
  const chosen = MUTANTS.filter(({ breaks }) => breaks.includes(pattern));
  for (const { file, find } of chosen) place(join(ROOT, file), find);
  process.stdout.write('The tests without a change … ');
  const failing = await inCopy((folder) => failingTests(folder, [...new Set(chosen.flatMap(({ tests }) => tests))]));
  if (failing.length > 0) throw new Error(`they fail as they are, so they prove nothing: ${failing.join('; ')}`);
  process.stdout.write('pass\n');
  const verdicts: Verdict[] = [];
  for (const [index, mutant] of chosen.entries()) {
    process.stdout.write(`${index + 1}/${chosen.length}  ${mutant.breaks} … `);
    const caughtBy = await judge(mutant);
    verdicts.push({ mutant, caughtBy });
    process.stdout.write(caughtBy.length === 0 ? 'NOT NOTICED\n' : `caught by ${caughtBy.length}: ${caughtBy[0]}\n`);
  }
  const survivors = verdicts.filter(({ caughtBy }) => caughtBy.length === 0);
  process.stdout.write(`\n${verdicts.length - survivors.length} of ${verdicts.length} mutants were caught.\n`);
  for (const { mutant } of survivors) process.stdout.write(`Not noticed: ${mutant.breaks} (${mutant.file})\n`);
  process.exit(survivors.length === 0 && verdicts.length > 0 ? 0 : 1);
}

function judge(mutant: Mutant): Promise<string[]> {
  return inCopy((folder) => {
    const path = join(folder, mutant.file);
    writeFileSync(path, place(path, mutant.find).join(mutant.replace));
    return failingTests(folder, mutant.tests);
  });
}

async function inCopy<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-mutant-'));
  try {
    cpSync(ROOT, folder, {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(basename(source)) || relative(ROOT, source).includes('/'),
    });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text before and after the place of a change; throws when there is not exactly one. */
function place(path: string, find: string): string[] {
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length === 2) return parts;
  throw new Error(
    `${path} has ${parts.length - 1} places like ${JSON.stringify(find)}; expected one. Mend the mutant.`,
  );
}

async function failingTests(folder: string, tests: readonly string[]): Promise<string[]> {
  const output = join(folder, 'report.json');
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const child = spawn(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', jest, '--json', `--outputFile=${output}`, ...tests],
    { cwd: folder, stdio: 'ignore', env: { ...process.env, SAMSYN_MODEL_SHRINK: 'off' } },
  );
  await new Promise((done) => child.once('exit', done));
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report;
  if (testResults.length === 0) throw new Error(`No test matches ${tests.join(', ')}. Mend the mutant.`);
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed').map(({ fullName }) => fullName);
    // A suite that does not even load has noticed, too.
    return failed.length > 0 ? failed : status === 'failed' ? [`${relative(folder, name)} does not run`] : [];
  });
}

await main();
