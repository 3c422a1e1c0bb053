import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from './rounds.ts';

/** What was to be reached, and what was measured. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What a benchmark leaves: enough to read it without having seen it run. */
export interface Result {
  readonly name: string;
  readonly title: string;
  /** What was measured, in a sentence or two for somebody who has not seen the code. */
  readonly about: string;
  readonly machine: string;
  /** How often each was measured, where that is the same for all. */
  readonly rounds?: number;
  /** The value that the chart shows, and its unit; rows whose name begins so stand in the table alone, out of all proportion. */
  readonly chart: { readonly value: string; readonly unit: string; readonly leavesOut?: string };
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
  /** What more was measured, for whoever reads the file. */
  readonly details?: unknown;
}

const FOLDER = fileURLToPath(new URL('./results', import.meta.url));

/** The machine that figures hold for. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} cores, ${first?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`;
}

/** Writes a result beside the others. */
export function writeResult(result: Result): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** All results that there are, by name. */
export function readResults(): Result[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Result);
}

/** The median of a value of a row; throws when nobody measured it. */
export function medianOf(rows: readonly Row[], name: string, value: string): number {
  const figure = rows.find((row) => row.name === name)?.figures[value];
  if (figure === undefined) throw new Error(`${value} of ${name} was not measured.`);
  return figure.median;
}

/** A goal that some ratio be at least, or at most, so much. */
export function ratioGoal(what: string, ratio: number, bound: { least: number } | { most: number }): Goal {
  const measured = `${ratio.toFixed(2)} x`;
  if ('least' in bound) return { what, goal: `at least ${bound.least} x`, measured, met: ratio >= bound.least };
  return { what, goal: `at most ${bound.most} x`, measured, met: ratio <= bound.most };
}
