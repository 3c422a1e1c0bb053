import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { program } from 'commander';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { ROOT, type Verdict, Workshop } from './workshop.ts';

/** `npm run mutants [-- WORDS]`: makes each change in a copy, one by one, and tells which test noticed it. */
async function main(): Promise<void> {
  program
    .argument('[words...]', 'only mutants whose promise or file contains all of these')
    .option('--list', 'tell which there are, and try none')
    .parse();
  const chosen = MUTANTS.filter(({ breaks, file }) =>
    program.args.every((word) => `${breaks} ${file}`.toLowerCase().includes(word.toLowerCase())),
  );
  demandPlaces(chosen);
  if (program.opts<{ list?: boolean }>().list === true) {
    for (const mutant of chosen) write(`${title(mutant)}\n`);
    return;
  }
  const workshop = await Workshop.open();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void workshop.close().finally(() => process.exit(1)));
  }
  try {
    await workshop.demandGreen(chosen);
    const verdicts: Verdict[] = [];
    for (const mutant of chosen) {
      const verdict = await workshop.judge(mutant);
      verdicts.push(verdict);
      write(`${String(verdicts.length).padStart(4)}/${chosen.length}  ${row(verdict)}\n`);
    }
    summarize(verdicts);
  } finally {
    await workshop.close();
  }
}

/** Names every mutant whose place is not in the code as it is. */
function demandPlaces(mutants: readonly Mutant[]): void {
  const faults = mutants.flatMap((mutant) => {
    const { length } = readFileSync(join(ROOT, mutant.file), 'utf8').split(mutant.find);
    return length === 2 ? [] : [`${title(mutant)}: ${length - 1} places like ${JSON.stringify(mutant.find)}`];
  });
  if (faults.length > 0) throw new Error(`Mend these mutants, each has one place:\n${faults.join('\n')}`);
}

function summarize(verdicts: readonly Verdict[]): void {
  const survivors = verdicts.filter(({ caughtBy }) => caughtBy === null);
  const byTest = new Map<string, number>();
  for (const { caughtBy } of verdicts) byTest.set(caughtBy ?? '–', (byTest.get(caughtBy ?? '–') ?? 0) + 1);
  write('\ncaught  by\n');
  for (const [test, caught] of [...byTest].toSorted(([, a], [, b]) => b - a)) {
    write(`${String(caught).padStart(6)}  ${test}\n`);
  }
  write(`\n${verdicts.length - survivors.length} of ${verdicts.length} mutants were caught.\n`);
  for (const { mutant } of survivors) write(`Not noticed: ${title(mutant)}\n`);
  process.exitCode = survivors.length === 0 && verdicts.length > 0 ? 0 : 1;
}

function row({ mutant, caughtBy, seconds }: Verdict): string {
  return `${seconds.toFixed(1).padStart(5)} s  ${title(mutant)}: ${caughtBy === null ? 'NOT NOTICED' : `caught by “${caughtBy}”`}`;
}

function title({ breaks, file }: Mutant): string {
  return `${basename(file)}: ${breaks}`;
}

function write(text: string): void {
  process.stdout.write(text);
}

await main();
