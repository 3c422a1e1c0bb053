import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelJudge } from './model-judge.ts';
import { MODEL, type Mutant } from './mutant.ts';

/** The project, as it is without a change. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The longest test, that of a whole hub, takes a third of this on a busy machine. */
const LONGEST_MS = 10 * 60_000;
/** Not copied: big, or made by a run. */
const LEFT_OUT = new Set(['node_modules', '.git', '.samsyn', 'coverage']);

/** What was said of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** The first test that failed; null when none noticed. */
  readonly caughtBy: string | null;
  readonly seconds: number;
}

/** What jest writes with --json, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** One copy of the project for all mutants: what is compiled for one of them serves the next. */
export class Workshop {
  readonly #folder: string;
  #model: ModelJudge | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<Workshop> {
    const folder = mkdtempSync(join(tmpdir(), 'samsyn-mutant-'));
    cpSync(ROOT, folder, {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(basename(source)) || relative(ROOT, source).includes('/'),
    });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new Workshop(folder);
  }

  /** Throws when a test fails without any change: it would prove nothing. */
  async demandGreen(mutants: readonly Mutant[]): Promise<void> {
    const tests = [...new Set(mutants.flatMap(({ tests }) => tests))];
    const failed = await this.#firstFailure(tests);
    if (failed !== null) throw new Error(`Without any change this fails: ${failed}`);
  }

  /** Makes the change, asks the tests one after the other until one fails, and takes the change back. */
  async judge(mutant: Mutant): Promise<Verdict> {
    const begun = performance.now();
    const path = join(this.#folder, mutant.file);
    const unchanged = readFileSync(path, 'utf8');
    writeFileSync(path, unchanged.split(mutant.find).join(mutant.replace));
    try {
      const caughtBy = await this.#firstFailure(mutant.tests);
      return { mutant, caughtBy, seconds: (performance.now() - begun) / 1000 };
    } catch (cause) {
      throw new Error(`Mend the mutant “${mutant.breaks}” of ${mutant.file}: what it makes does not run.`, { cause });
    } finally {
      writeFileSync(path, unchanged);
    }
  }

  async close(): Promise<void> {
    await this.#model?.stop();
    rmSync(this.#folder, { recursive: true });
  }

  async #firstFailure(tests: readonly string[]): Promise<string | null> {
    for (const test of tests) {
      const failure = test === MODEL ? await this.#judgeModel() : await this.#runJest(test);
      if (failure !== null) return `${test}: ${failure}`;
    }
    return null;
  }

  async #judgeModel(): Promise<string | null> {
    this.#model ??= await ModelJudge.start(this.#folder);
    return this.#model.firstFailure();
  }

  /** The name of the first test that fails; a suite that does not even load has noticed, too. */
  async #runJest(pattern: string): Promise<string | null> {
    const output = join(this.#folder, 'report.json');
    const flags = ['--experimental-vm-modules', '--no-warnings', 'test/run.ts', '--json', `--outputFile=${output}`];
    const ended = await run(process.execPath, [...flags, pattern], this.#folder);
    if (!ended) return 'it does not end';
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report;
    rmSync(output);
    if (testResults.length === 0) throw new Error(`No test matches ${pattern}.`);
    const failures = testResults.flatMap(({ name, status, assertionResults }) => {
      const failed = assertionResults.filter((each) => each.status === 'failed').map(({ fullName }) => fullName);
      return failed.length > 0 ? failed : status === 'failed' ? [`${relative(this.#folder, name)} does not run`] : [];
    });
    return failures[0] ?? null;
  }
}

/** Runs a command in a folder; whether it ended by itself. A change can make a loop of what it breaks. */
async function run(command: string, args: readonly string[], cwd: string): Promise<boolean> {
  const child = spawn(command, args, { cwd, stdio: 'ignore', timeout: LONGEST_MS, killSignal: 'SIGKILL' });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal === null;
}
